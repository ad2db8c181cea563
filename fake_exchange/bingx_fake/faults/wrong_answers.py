"""Faults that answer, but not what was asked. None of them is a reason to fall back.

Three look like something that is not the exchange: after those, reads that settle a lost write may go on.
"""

import http.client

import msgspec

from bingx_fake.answers import answer as answers
from bingx_fake.answers.answer import Answer
from bingx_fake.faults.fault import MATCHING, PHASED, Delivery, Fault, FaultMatch, Kind
from bingx_fake.gateway.refusal import RATE_LIMITED

_BUSY = 100500
_BAD_GATEWAY = 502
_SERVER_ERROR = 500
_BANNED = 418
_BAN_MS = 120_000

_PAGE = """<html>
<head><title>{title}</title></head>
<body>
<center><h1>{title}</h1></center>
<hr><center>by order of a fault</center>
</body>
</html>
"""
_BROKEN_JSON = b'{"code":0,"msg":"","data":{"balances":['


def _http_error(met: FaultMatch) -> Delivery:
    status = _SERVER_ERROR if met.fault.status is None else met.fault.status
    body = met.fault.body
    if body is not None:
        return Answer(status, body.encode(), _code_in(body))
    return answers.error(_BUSY, f"HTTP {status} by order of a fault", met.now_ms, http_status=status)


def _html_error(met: FaultMatch) -> Delivery:
    status = _BAD_GATEWAY if met.fault.status is None else met.fault.status
    title = f"{status} {http.client.responses.get(status, 'Error')}"
    return Answer(status, _PAGE.format(title=title).encode(), None, content_type="text/html")


def _malformed(met: FaultMatch) -> Delivery:
    return Answer(200, _BROKEN_JSON, None)


def _redirect(met: FaultMatch) -> Delivery:
    return answers.redirect(f"/redirected{met.request.path}")


def _business_error(met: FaultMatch) -> Delivery:
    code = _BUSY if met.fault.code is None else met.fault.code
    return answers.error(code, f"error {code} by order of a fault", met.now_ms)


def _rate_limit(met: FaultMatch) -> Delivery:
    if not met.again:
        return answers.error(RATE_LIMITED, "too many requests, by order of a fault", met.now_ms)
    message = "banned for ignoring the rate limit, by order of a fault"
    return answers.error(RATE_LIMITED, message, met.now_ms, http_status=_BANNED)


def _ban_ms(fault: Fault) -> int:
    return _BAN_MS if fault.ms is None else fault.ms


def _code_in(body: str) -> int | None:
    """The business code that a body carries, if it carries one."""
    match msgspec.json.decode(body):
        case {"code": int(code)} if not isinstance(code, bool):
            return code
    return None


HTTP_ERROR = Kind(
    name="http-error",
    fields=PHASED | {"status", "body"},
    may_fall_back=False,
    lets_settle=True,
    deliver=_http_error,
)
"""``status`` with a JSON body."""

HTML_ERROR = Kind(
    name="html-error", fields=PHASED | {"status"}, may_fall_back=False, lets_settle=True, deliver=_html_error
)
"""``status`` with an HTML page, as a gateway in front of the exchange sends it."""

MALFORMED = Kind(name="malformed", fields=PHASED, may_fall_back=False, lets_settle=True, deliver=_malformed)
"""200 with JSON that breaks off."""

REDIRECT = Kind(name="redirect", fields=PHASED, may_fall_back=False, deliver=_redirect)
"""302 to another path of the same domain, so that the journal shows who follows."""

BUSINESS_ERROR = Kind(
    name="business-error", fields=MATCHING | {"code"}, may_fall_back=False, deliver=_business_error
)
"""HTTP 200 with ``code``; the request is not applied."""

RATE_LIMIT = Kind(
    name="rate-limit",
    fields=MATCHING | {"ms"},
    may_fall_back=False,
    deliver=_rate_limit,
    holds_ms=_ban_ms,
)
"""100410 once; whoever asks again within ``ms`` on the exchange's clock is banned (HTTP 418) until then."""
