"""Faults that act on connections, before any request is known."""

from bingx_fake.faults.fault import Kind

REFUSE = Kind("refuse", frozenset(), None)
"""TCP connections are refused, and kept-alive ones are cut."""
