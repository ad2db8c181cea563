"""Signs whatever a fuzzer makes up, on the final URL and body, where nothing can change them any more."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit, urlunsplit

from requests import PreparedRequest
from requests.auth import AuthBase

Pair = tuple[bytes, bytes]
"""A name and a value as it is signed."""


class Signing(AuthBase):
    """Puts key, timestamp and signature into requests.

    A body that is neither a form nor a JSON object with plain values has no place for a signature: such
    requests go out unsigned, and ``signed`` does not count them.
    """

    def __init__(self, key: str, secret: str, timestamp: int) -> None:
        self._key, self._secret, self._timestamp = key, secret, timestamp
        self.signed = 0

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Sign one request."""
        request.headers["X-BX-APIKEY"] = self._key
        self.signed += self._sign_query(request) if request.body is None else self._sign_body(request)
        return request

    def _sign_query(self, request: PreparedRequest) -> bool:
        scheme, host, path, query, _ = urlsplit(request.url or "")
        sent = self._framed(query)
        request.url = urlunsplit((scheme, host, path, f"{sent}&signature={self._of(_pairs(sent))}", ""))
        return True

    def _sign_body(self, request: PreparedRequest) -> bool:
        body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
        in_query = _pairs(urlsplit(request.url or "").query)
        match request.headers.get("Content-Type", "").partition(";")[0]:
            case "application/x-www-form-urlencoded":
                sent = self._framed(body.decode())
                signature = self._of([*in_query, *_pairs(sent)])
                request.prepare_body(f"{sent}&signature={signature}".encode(), None)
                return True
            case "application/json":
                document = _json_object(body)
                if document is None:
                    return False
                document = {**document, "timestamp": self._timestamp}
                document.pop("signature", None)
                signature = self._of([*in_query, *_json_pairs(document)])
                request.prepare_body(json.dumps(document | {"signature": signature}).encode(), None)
                return True
        return False

    def _framed(self, text: str) -> str:
        """Pairs with our timestamp, and without a signature."""
        kept = [
            pair
            for pair in text.split("&")
            if pair and pair.partition("=")[0] not in ("timestamp", "signature")
        ]
        return "&".join([*kept, f"timestamp={self._timestamp}"])

    def _of(self, pairs: list[Pair]) -> str:
        message = b"&".join(name + b"=" + value for name, value in sorted(pairs, key=lambda pair: pair[0]))
        return hmac.new(self._secret.encode(), message, hashlib.sha256).hexdigest()


def _pairs(text: str) -> list[Pair]:
    parts = (pair.partition("=") for pair in text.split("&") if pair)
    return [(name.encode(), unquote_to_bytes(value)) for name, _, value in parts]


def _json_object(body: bytes) -> dict[str, Any] | None:
    """A JSON object whose values are all plain, or None."""
    try:
        document = json.loads(body)
    except ValueError:
        return None
    if not isinstance(document, dict) or any(isinstance(value, dict | list) for value in document.values()):
        return None
    return document


def _json_pairs(document: dict[str, Any]) -> list[Pair]:
    """Texts as they are, everything else as it is written in JSON."""
    return [
        (
            name.encode("utf-8", "surrogatepass"),
            value.encode("utf-8", "surrogatepass") if isinstance(value, str) else json.dumps(value).encode(),
        )
        for name, value in document.items()
    ]
