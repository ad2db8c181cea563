"""The control API's call about streams."""

from typing import Any

from bingx_fake.control.calls import ControlCall
from bingx_fake.exchange import Exchange


def get_streams(exchange: Exchange, call: ControlCall) -> list[dict[str, Any]]:
    """The connections there are, the oldest first. Listen keys are not told."""
    return [
        {
            "id": session.number,
            "product": session.product,
            "address": session.address,
            "uid": session.uid,
            "topics": list(session.topics),
            "sent": session.sent,
        }
        for session in exchange.streams.sessions.values()
    ]
