"""The spot account: its calls, what they answer, and how a lost write is found."""
