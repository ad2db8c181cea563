"""What prices do: the house that lays a ladder of orders and trades, and the sources that tell it where."""
