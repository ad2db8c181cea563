"""The listen keys that streams of an account are opened with, as calls.

They move nothing and may be asked for again, so they are sent as reads are: without CONFIRM, and to the
second domain when the first one fails (ours, A142). All are signed, which every document takes (V27).
"""

from typing import Any

from bingx_client.errors import APIError, Busy, RateLimited, TimestampRefused
from bingx_client.flow.call import Call
from bingx_client.wire.parameters import check_call
from bingx_contracts import ENDPOINTS


def make() -> Call[str]:
    """A new key (KEY-1)."""
    return _call("listen_key.generate", {}, lambda answer: answer.get("listenKey").text())


def renew(listen_key: str) -> Call[None]:
    """Another hour for a key (KEY-2)."""
    return _call("listen_key.extend", {"listenKey": listen_key}, lambda _: None)


def is_lasting(error: BaseException) -> bool:
    """Whether asking again would be answered alike."""
    return isinstance(error, APIError) and not isinstance(error, Busy | RateLimited | TimestampRefused)


def _call(endpoint_id: str, given: dict[str, object], read: Any) -> Call[Any]:
    endpoint = ENDPOINTS[endpoint_id]
    return Call(endpoint.method, endpoint.path, check_call(endpoint_id, given), read, endpoint.id)
