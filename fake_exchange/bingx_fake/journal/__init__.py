"""What was asked and answered, and what a careful client would not have sent."""
