"""The account of the perpetuals: balances, positions, what moved them."""

from bingx_client.calls.swap_account.reads import balances, commission_rates, income, income_export, positions

__all__ = ["balances", "commission_rates", "income", "income_export", "positions"]
