"""Whose a key is, and what it may do."""

from bingx_client.calls.account.reads import api_permissions, uid

__all__ = ["api_permissions", "uid"]
