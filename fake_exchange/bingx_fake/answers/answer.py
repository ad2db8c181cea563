"""An answer ready to be sent, and those that no profile has a say in."""

from typing import Any
from urllib.parse import quote

import msgspec

from bingx_contracts import HEADERS
from bingx_fake.gateway.limits import RateLimitStatus
from bingx_fake.gateway.refusal import BUSY

Json = dict[str, Any]

_encode = msgspec.json.Encoder().encode


class Answer(msgspec.Struct, frozen=True):
    """An answer ready to be sent. ``code`` is the business code that it carries, if it carries one."""

    http_status: int
    body: bytes
    code: int | None
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def error(code: int, message: str, now_ms: int, *, http_status: int = 200) -> Answer:
    """An error: HTTP 200 with a code, except where the HTTP layer itself is at fault."""
    body: Json = {"code": code, "msg": message, "timestamp": now_ms, "data": None}
    return Answer(http_status, _encode(body), code)


def not_carried_out(now_ms: int) -> Answer:
    """What a request is answered that a fault kept from being carried out."""
    return error(BUSY, "the request was not carried out, by order of a fault", now_ms)


def with_rate_limit(answer: Answer, rate_limit: RateLimitStatus) -> Answer:
    """An answer that tells what is left of the caller's window (D; the unit of Expire is ours, A9)."""
    remain, expire = str(rate_limit.remain), str(rate_limit.expire_ms)
    headers = (*answer.headers, (HEADERS.limit_remain, remain), (HEADERS.limit_expire, expire))
    return Answer(answer.http_status, answer.body, answer.code, answer.content_type, headers)


def redirect(path: str) -> Answer:
    """A redirect (302) to a path of the same domain."""
    # The path stands in a header now, where bytes beyond ASCII have no place.
    location = quote(path, safe="/%:@!$&'()*+,;=~", errors="surrogateescape")
    return Answer(302, b"", None, headers=(("Location", location),))
