"""Reading the data of the contract, strictly: a mistake in a file stops the import."""
