"""What the pytest plugin is made of, short of its hooks and fixtures."""
