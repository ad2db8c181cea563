"""From facts and refusals to answers ready to be sent."""
