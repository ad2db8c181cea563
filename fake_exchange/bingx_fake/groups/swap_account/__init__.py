"""The account of the perpetuals: balances, positions, rates, and what moved the wallet."""
