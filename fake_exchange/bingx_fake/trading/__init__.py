"""Users' orders from end to end: what they hold, what fills them, and what that moves in the ledger."""
