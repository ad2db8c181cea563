"""Market data of the spot markets: what the floor has, as everybody may see it."""
