"""What is told of coin-margined perpetuals otherwise than of linear ones: topics, readers, one event."""
