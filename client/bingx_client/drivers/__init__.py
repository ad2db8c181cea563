"""What moves bytes and sleeps for a call, and decides nothing."""
