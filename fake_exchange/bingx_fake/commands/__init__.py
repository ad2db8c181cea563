"""The commands of ``bingx-fake``."""
