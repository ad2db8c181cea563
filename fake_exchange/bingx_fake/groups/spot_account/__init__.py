"""The spot account: balances, transfers between own accounts and to other users."""
