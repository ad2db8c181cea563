"""Failures on demand. ``kinds`` lists them, ``register`` decides which request meets one."""
