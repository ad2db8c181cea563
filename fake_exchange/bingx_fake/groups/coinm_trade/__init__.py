"""Trading coin-margined perpetuals: orders, positions, leverage and margin, and their account."""
