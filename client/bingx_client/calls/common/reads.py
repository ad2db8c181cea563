"""What can be read of the exchange itself, by anybody."""

from bingx_client.calls.common import readers
from bingx_client.calls.documented import read
from bingx_client.flow.call import Call


def server_time() -> Call[int]:
    """The exchange's clock in Unix milliseconds (TIME-6)."""
    return read("common.server_time", {}, readers.server_time)
