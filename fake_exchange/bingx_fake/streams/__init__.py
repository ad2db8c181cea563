"""What clients are told without asking: topics, subscriptions, and pushes that are projections of events."""
