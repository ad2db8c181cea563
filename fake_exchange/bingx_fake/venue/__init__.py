"""The market place: from a command to events. Prices and quantities are whole ticks and steps."""
