"""Requests sent by hand, and the explanations that the control API gives of them."""

from dataclasses import dataclass, field
from typing import Any

import requests
from support.sender import FORM, TRANSFER, Reply, Sender

from bingx_fake import FakeExchange


@dataclass(frozen=True)
class Sent:
    """A request as somebody's program sends it, down to the last byte.

    :param body: None: no body.
    """

    target: str = TRANSFER
    body: str | None = None
    method: str = "POST"
    content_type: str = FORM
    key: str | None = "alice-key"
    headers: dict[str, str] = field(default_factory=dict)

    def through(self, sender: Sender) -> Reply:
        headers = {"Content-Type": self.content_type, **self.headers}
        if self.key is not None:
            headers["X-BX-APIKEY"] = self.key
        body = None if self.body is None else self.body.encode()
        return sender.raw(self.method, self.target, headers=headers, body=body)


def explanation_of(exchange: FakeExchange, request_id: str) -> Any:
    """What ``GET /requests/{id}`` says."""
    entry = requests.get(f"{exchange.control_url}/requests/{request_id}", timeout=10).json()
    return entry["explanation"]
