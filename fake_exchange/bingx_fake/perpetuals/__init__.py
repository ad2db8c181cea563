"""Perpetuals from end to end: orders, positions, margin, and what those move in the ledger."""
