"""From raw bytes to an admitted call."""
