"""The contract as pages for others: the OpenAPI document, and the register of variations."""
