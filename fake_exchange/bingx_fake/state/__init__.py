"""The state of an exchange as a file."""
