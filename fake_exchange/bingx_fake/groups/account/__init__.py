"""Whose a key is."""
