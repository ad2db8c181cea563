"""The kinds of fault there are, and the strict reading of an order for one."""

from typing import Any

import msgspec

from bingx_contracts.loading import explain
from bingx_fake.faults.connections import REFUSE
from bingx_fake.faults.fault import Fault
from bingx_fake.faults.silence import EMPTY, TIMEOUT
from bingx_fake.faults.wrong_answers import BUSINESS_ERROR, HTTP_ERROR

KINDS = {kind.name: kind for kind in (REFUSE, TIMEOUT, EMPTY, HTTP_ERROR, BUSINESS_ERROR)}


class FaultError(ValueError):
    """An order for a fault makes no sense; the message says why."""


def read_fault(order: Any) -> Fault:
    """Check one order, in the JSON form of ``POST /faults``.

    :raises FaultError: for an unknown kind, domain or field, a field that the kind does not take, or a
        value out of range.
    """
    try:
        fault = msgspec.convert(order, Fault)
    except msgspec.ValidationError as error:
        reason, path = explain(error)
        place = ".".join(str(part) for part in path)
        raise FaultError(f"{place}: {reason}" if place else reason) from None
    kind = KINDS.get(fault.kind)
    if kind is None:
        raise FaultError(f"kind: there is no fault {fault.kind!r}; there are {', '.join(KINDS)}")
    for name in order:
        if name not in {"domain", "kind"} | kind.fields:
            raise FaultError(f"{name}: a fault {kind.name!r} does not take this field")
    _check_ranges(fault)
    return fault


def _check_ranges(fault: Fault) -> None:
    if fault.skip < 0:
        raise FaultError(f"skip: {fault.skip} is negative")
    if fault.times is not None and fault.times < 1:
        raise FaultError(f"times: {fault.times} is not 1 or more")
    if not 0 <= fault.probability <= 1:
        raise FaultError(f"probability: {fault.probability} is not between 0 and 1")
    if fault.status is not None and not 400 <= fault.status <= 599:
        raise FaultError(f"status: {fault.status} is not an HTTP error status, 400 to 599")
    if fault.code == 0:
        raise FaultError("code: 0 means success")
    if fault.body is not None:
        try:
            msgspec.json.decode(fault.body)
        except msgspec.DecodeError:
            raise FaultError("body: is not JSON") from None
