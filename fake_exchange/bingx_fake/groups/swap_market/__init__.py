"""Market data of the USDT-margined perpetuals."""
