"""Faults that answer, but not what was asked."""

from bingx_fake import answers
from bingx_fake.faults.fault import MATCHING, Delivery, Fault, Kind

_BUSY = 100500


def _http_error(fault: Fault, now_ms: int) -> Delivery:
    status = 500 if fault.status is None else fault.status
    if fault.body is not None:
        return answers.Answer(status, fault.body.encode(), _BUSY)
    return answers.error(_BUSY, f"HTTP {status} by order of a fault", now_ms, http_status=status)


def _business_error(fault: Fault, now_ms: int) -> Delivery:
    code = _BUSY if fault.code is None else fault.code
    return answers.error(code, f"error {code} by order of a fault", now_ms)


HTTP_ERROR = Kind("http-error", MATCHING | {"phase", "status", "body"}, _http_error)
"""``status`` with a JSON body."""

BUSINESS_ERROR = Kind("business-error", MATCHING | {"code"}, _business_error)
"""HTTP 200 with ``code``; the request is not applied."""
