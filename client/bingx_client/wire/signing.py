"""From parameters to the bytes of a signed request. Pure: the timestamp is an argument."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import quote

from bingx_contracts import HEADERS

USER_AGENT = "bingx-offline"
"""How requests name their sender. No version: what is sent does not change with a library's."""

Value = str | int
"""A parameter ready to be sent; an ``int`` or ``bool`` stays a JSON number or boolean in a JSON body."""


_NOTHING: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request ready to be sent to any base URL. Its repr shows neither key nor signature."""

    method: str
    path: str
    query: str
    body: bytes | None
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return f"HttpRequest({self.method} {self.path})"

    def url(self, base_url: str) -> str:
        """The whole URL under a base URL."""
        return f"{base_url}{self.path}?{self.query}" if self.query else f"{base_url}{self.path}"


def text_of(value: Value) -> str:
    """A value as it is signed and sent: what S's template string makes of it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def canonical_string(parameters: Mapping[str, Value]) -> str:
    """``k=v&k=v…``, sorted by key in ASCII order, values not percent-encoded (SIGN-2, SIGN-3)."""
    return "&".join(f"{name}={text_of(parameters[name])}" for name in sorted(parameters))


def sign(secret_key: str, canonical: str) -> str:
    """The lower-case hex HMAC-SHA256 of a canonical string (SIGN-1)."""
    return hmac.new(secret_key.encode(), canonical.encode(), hashlib.sha256).hexdigest()


def signed_request(
    method: str,
    path: str,
    parameters: Mapping[str, Value],
    *,
    api_key: str,
    secret_key: str,
    json_body: bool = False,
) -> HttpRequest:
    """Sign parameters, ``timestamp`` among them, and put them where the method wants them.

    GET, PUT and DELETE carry them in the query string, POST in a form body or, with ``json_body``, in a JSON
    object. On the wire, everything but letters, digits and ``-._~`` is percent-encoded in values, so that
    what the server decodes is what was signed.
    """
    signature = sign(secret_key, canonical_string(parameters))
    headers = {HEADERS.key: api_key, HEADERS.source_key: HEADERS.source_key_value}
    if method == "POST" and json_body:
        document = {name: parameters[name] for name in sorted(parameters)} | {"signature": signature}
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        return HttpRequest(method, path, "", body, {**headers, "Content-Type": "application/json"})
    wire = f"{_encoded(parameters)}&signature={signature}"
    if method == "POST":
        form = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        return HttpRequest(method, path, "", wire.encode(), form)
    return HttpRequest(method, path, wire, None, headers)


def public_request(method: str, path: str, parameters: Mapping[str, Value] = _NOTHING) -> HttpRequest:
    """A request without key and signature; X-SOURCE-KEY is sent all the same (REQ-2)."""
    return HttpRequest(
        method, path, _encoded(parameters), None, {HEADERS.source_key: HEADERS.source_key_value}
    )


def _encoded(parameters: Mapping[str, Value]) -> str:
    return "&".join(f"{name}={quote(text_of(parameters[name]), safe='')}" for name in sorted(parameters))
