"""Trading perpetuals: orders, positions, leverage and margin."""
