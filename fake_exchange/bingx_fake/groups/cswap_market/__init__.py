"""Market data of the coin-margined perpetuals."""
