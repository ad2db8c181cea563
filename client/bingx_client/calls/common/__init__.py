"""What is nobody's own: the exchange's clock."""

from bingx_client.calls.common.reads import server_time

__all__ = ["server_time"]
