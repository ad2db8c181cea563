"""What agents are shown of those whom they have invited."""
