"""The account of standard futures."""

from bingx_client.calls.contract.reads import balances

__all__ = ["balances"]
