"""The kinds of fault there are, and the strict reading of orders for them."""

from collections.abc import Mapping
from typing import Any

import msgspec

from bingx_contracts.reading.loading import explain
from bingx_contracts.reading.toml_lines import Path
from bingx_fake.clock import LATEST_MS
from bingx_fake.faults.commit_delay import COMMIT_DELAY
from bingx_fake.faults.connections import BLACKHOLE, DNS, REFUSE, TLS
from bingx_fake.faults.fault import Fault, Kind
from bingx_fake.faults.reads import EMPTY_DATA, STALE
from bingx_fake.faults.silence import EMPTY, RESET, TIMEOUT, TRUNCATE
from bingx_fake.faults.slowness import DRIBBLE, LATENCY, LONGEST_WAIT_MS
from bingx_fake.faults.streams import STREAM_KINDS
from bingx_fake.faults.wrong_answers import (
    BUSINESS_ERROR,
    HTML_ERROR,
    HTTP_ERROR,
    MALFORMED,
    RATE_LIMIT,
    REDIRECT,
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        REFUSE,
        DNS,
        TLS,
        BLACKHOLE,
        TIMEOUT,
        RESET,
        EMPTY,
        TRUNCATE,
        DRIBBLE,
        LATENCY,
        HTTP_ERROR,
        HTML_ERROR,
        MALFORMED,
        REDIRECT,
        BUSINESS_ERROR,
        RATE_LIMIT,
        COMMIT_DELAY,
        STALE,
        EMPTY_DATA,
        *STREAM_KINDS,
    )
}

REST_KINDS = {name: kind for name, kind in KINDS.items() if "com" in kind.domains}
"""Those that ``.com`` and ``.pro`` can have."""

_ALWAYS = frozenset({"domain", "kind", "at_ms", "for_ms"})
_LARGEST_SIGMA = 5
_NEVER_SENT = (1005, 1006)
"""Codes that stand for a close without a code, and for none at all (RFC 6455, 7.4.1)."""


class FaultError(ValueError):
    """An order for a fault makes no sense, or cannot be carried out here; nothing was changed.

    :param path: where in the orders the mistake stands, such as ``(1, "kind")``.
    """

    def __init__(self, reason: str, path: Path = ()) -> None:
        super().__init__(reason, path)
        self.reason, self.path = reason, path

    def __str__(self) -> str:
        place = ".".join(str(part) for part in self.path)
        return f"{place}: {self.reason}" if place else self.reason

    def within(self, index: int) -> "FaultError":
        """The same mistake, in an order that is one of a list."""
        return FaultError(self.reason, (index, *self.path))


def unavailable(*, tls: bool, names: bool) -> Mapping[str, str]:
    """The kinds that cannot be had, and why.

    :param tls: whether the domains are served over TLS.
    :param names: whether host names are intercepted.
    """
    missing = {}
    if not tls:
        missing["tls"] = "the domains are served without TLS, so no handshake can fail"
    if not names:
        missing["dns"] = "host names are not intercepted, so none can fail to resolve"
    return missing


def read_orders(orders: Any, *, missing: Mapping[str, str]) -> list[Fault]:
    """Check one order, or a list of them that is taken whole or not at all.

    :param orders: the JSON form of ``POST /faults``.
    :param missing: kinds that cannot be had here, and why (``unavailable``).
    :raises FaultError: for the first order that makes no sense.
    """
    if not isinstance(orders, list):
        return [read_fault(orders, missing=missing)]
    faults = []
    for index, order in enumerate(orders):
        try:
            faults.append(read_fault(order, missing=missing))
        except FaultError as error:
            raise error.within(index) from None
    return faults


def read_fault(order: Any, *, missing: Mapping[str, str]) -> Fault:
    """Check one order.

    :raises FaultError: for an unknown kind, domain or field, a field that the kind does not take, a value
        out of range, or a kind that cannot be had here.
    """
    try:
        fault = msgspec.convert(order, Fault)
    except msgspec.ValidationError as error:
        raise FaultError(*explain(error)) from None
    kind = KINDS.get(fault.kind)
    if kind is None:
        raise FaultError(f"there is no fault {fault.kind!r}; there are {', '.join(KINDS)}", ("kind",))
    _check_domain(fault, kind)
    _check_fields(order, fault, kind)
    _check_matching(fault)
    _check_times(fault)
    _check_answer(fault)
    if kind.name in missing:
        raise FaultError(missing[kind.name], ("kind",))
    if kind.times is not None and fault.times is None:
        return msgspec.structs.replace(fault, times=kind.times)
    return fault


def _check_domain(fault: Fault, kind: Kind) -> None:
    if fault.domain in kind.domains:
        return
    if fault.domain == "stream":
        raise FaultError(f"a fault {kind.name!r} is none of streams: give 'com', 'pro' or '*'", ("domain",))
    raise FaultError(
        f"a fault {kind.name!r} is one of streams: give 'stream', not {fault.domain!r}", ("domain",)
    )


def _check_fields(order: Mapping[str, Any], fault: Fault, kind: Kind) -> None:
    for name in order:
        if name not in _ALWAYS | kind.fields:
            raise FaultError(f"a fault {kind.name!r} does not take this field", (name,))
    for name in kind.needs:
        if getattr(fault, name) is None:
            raise FaultError(f"a fault {kind.name!r} needs this field", (name,))
    if fault.variant is not None and fault.variant not in kind.variants:
        raise FaultError(f"{fault.variant!r} is none of {', '.join(kind.variants)}", ("variant",))


def _check_matching(fault: Fault) -> None:
    if fault.method is not None and not (fault.method.isascii() and fault.method.isupper()):
        raise FaultError(f"{fault.method!r} is no HTTP method in upper case", ("method",))
    if fault.path is not None and not fault.path.startswith(("/", "*", "?", "[")):
        raise FaultError(f"{fault.path!r} fits no path: they start with /", ("path",))
    if fault.topic == "":
        raise FaultError("fits no topic: it is empty", ("topic",))
    if fault.skip < 0:
        raise FaultError(f"{fault.skip} is negative", ("skip",))
    if fault.times is not None and fault.times < 1:
        raise FaultError(f"{fault.times} is not 1 or more", ("times",))
    if not 0 <= fault.probability <= 1:
        raise FaultError(f"{fault.probability} is not between 0 and 1", ("probability",))


def _check_times(fault: Fault) -> None:
    # How long a socket waits is bounded by patience, what runs on the exchange's clock by its last year.
    waits = fault.kind in (DRIBBLE.name, LATENCY.name)
    limits = {"ms": LONGEST_WAIT_MS if waits else LATEST_MS, "at_ms": LATEST_MS, "for_ms": LATEST_MS}
    for name, largest in limits.items():
        value: int | None = getattr(fault, name)
        smallest = 1 if name == "for_ms" else 0
        if value is not None and not smallest <= value <= largest:
            reason = "is negative" if value < 0 else f"is not {smallest} to {largest} milliseconds"
            raise FaultError(f"{value} {reason}", (name,))
    if fault.sigma is not None and not 0 <= fault.sigma <= _LARGEST_SIGMA:
        raise FaultError(f"{fault.sigma} is not between 0 and {_LARGEST_SIGMA}", ("sigma",))


def _check_answer(fault: Fault) -> None:
    if fault.status is not None and not 400 <= fault.status <= 599:
        raise FaultError(f"{fault.status} is not an HTTP error status, 400 to 599", ("status",))
    code = fault.close_code
    if code is not None and (not 1000 <= code <= 4999 or code in _NEVER_SENT):
        raise FaultError(f"{code} closes no websocket: 1000 to 4999, not 1005, 1006", ("close_code",))
    if fault.code == 0:
        raise FaultError("0 means success", ("code",))
    if fault.body is not None:
        try:
            msgspec.json.decode(fault.body)
        except (msgspec.DecodeError, RecursionError):
            raise FaultError("is not JSON", ("body",)) from None
