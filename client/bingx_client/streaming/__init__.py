"""What is told without asking: topics, frames, and what has to be done so that nothing is missed. Sans-IO."""
