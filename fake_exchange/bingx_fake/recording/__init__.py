"""A session written down while it happens, and played again to a fresh exchange, for the same outputs."""
