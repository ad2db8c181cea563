"""What belongs to no product: the exchange's clock."""
