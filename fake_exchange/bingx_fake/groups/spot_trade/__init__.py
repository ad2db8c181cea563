"""Orders of users on the spot markets: from parameters to the desk, and from what it has to facts."""
