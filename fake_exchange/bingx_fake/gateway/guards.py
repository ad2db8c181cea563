"""From raw bytes to an admitted call: a column of guards in the contract's order, one refusal each.

No document gives the order in which the checks run; this one is ours (A1), kept in one place:
``OPEN_GUARDS`` and ``SIGNED_GUARDS``.
"""

import ipaddress
from collections.abc import Callable

import msgspec

from bingx_contracts import HEADERS, WINDOW, Endpoint
from bingx_fake.books.directory import Directory, Key, User
from bingx_fake.gateway.limits import Breach, RateLimits, RateLimitStatus
from bingx_fake.gateway.parameters import Parameters, read_parameters
from bingx_fake.gateway.refusal import (
    ADDRESS_NOT_ALLOWED,
    BAD_PARAMETER,
    KEY_WRONG,
    NOT_FOUND,
    PERMISSION_MISSING,
    RATE_LIMITED,
    SIGNATURE_MISMATCH,
    SIGNATURE_MISSING,
    TIMESTAMP_REFUSED,
    Refusal,
    cut,
)
from bingx_fake.gateway.signature import Form, fault_of_form, verified_form
from bingx_fake.gateway.wire import Unreadable, WireParameter, WireRequest, name_of, read_wire
from bingx_fake.profiles.quotas import Quota
from bingx_fake.profiles.rules import GatewayRules

_KEY_HEADER = HEADERS.key.lower()
_SIGNATURE = "signature"
_SIGNATURE_NAME = _SIGNATURE.encode()
_TIMESTAMP = "timestamp"
BANNED = 418
"""R's HTTP table: banned for going on after 429."""
_LONGEST_TIME = 16
"""Digits."""

_NOWHERE = Endpoint(id="", method="GET", path="", title="no route", source="nowhere")
_NO_KEY = Key(key="", secret=b"", permissions=frozenset(), addresses=frozenset())
_NO_PARAMETERS = Parameters()
_NOBODY = User(uid=0, email=None, phone=None, is_main=False, keys=())


class Admission(msgspec.Struct):
    """One request on its way through the guards; each leaves here what it found out."""

    request: WireRequest
    directory: Directory
    limits: RateLimits | None
    rules: GatewayRules
    now_ms: int
    endpoint: Endpoint = _NOWHERE
    caller: User = _NOBODY
    key: Key = _NO_KEY
    wire: list[WireParameter] = []
    window_ms: int | None = None
    texts: dict[str, str] = {}
    parameters: Parameters = _NO_PARAMETERS
    form: Form | None = None
    rate_limit: RateLimitStatus | None = None
    judged: bool = False


def admit(admission: Admission) -> None:
    """Take a request past every guard that applies to it.

    :raises Refusal: the first guard's that objects.
    """
    for guard in OPEN_GUARDS:
        guard(admission)
    for check in _guards_of(admission):
        check(admission)


def _guards_of(admission: Admission) -> tuple[Callable[[Admission], None], ...]:
    endpoint = admission.endpoint
    if endpoint.public:
        return PUBLIC_GUARDS
    if endpoint.key_alone:
        _read_wire(admission)
        if not admission.texts.get(_SIGNATURE):
            return KEY_GUARDS
    return SIGNED_GUARDS


def check_route(admission: Admission) -> None:
    """100404: this method and path do not exist."""
    request = admission.request
    endpoint = admission.rules.routes.get((request.method, request.path))
    if endpoint is None:
        raise Refusal(NOT_FOUND, f"{cut(request.method)} {request.path[:200]} does not exist")
    admission.endpoint = endpoint


def check_address_limit(admission: Admission) -> None:
    """100410: too many requests from this address; every request that reaches the gateway counts (R)."""
    limits = admission.limits
    if limits is None:
        return
    address = admission.request.address
    until_ms = limits.banned_until_ms(address, admission.now_ms)
    if until_ms is not None:
        admission.rate_limit = RateLimitStatus(0, until_ms)
        raise Refusal(
            RATE_LIMITED,
            f"this address is banned until {until_ms} for going on after 100410",
            http_status=BANNED,
        )
    _count(
        admission, limits, admission.rules.quotas[admission.endpoint.id].address, address, "from this address"
    )


def check_key(admission: Admission) -> None:
    """100413: no API key, or an unknown one."""
    name = admission.request.headers.get(_KEY_HEADER)
    if not name:
        raise Refusal(KEY_WRONG, f"Incorrect apiKey: the header {HEADERS.key} is missing")
    found = admission.directory.keys.get(name)
    if found is None:
        raise Refusal(KEY_WRONG, f"Incorrect apiKey: the API key in {HEADERS.key} is not known")
    admission.caller, admission.key = found


def check_address(admission: Admission) -> None:
    """100419: the key may not be used from this address."""
    allowed = admission.key.addresses
    if allowed and str(ipaddress.ip_address(admission.request.address)) not in allowed:
        raise Refusal(
            ADDRESS_NOT_ALLOWED, f"your IP {admission.request.address} does not match IP whitelist of the key"
        )


def check_signature_present(admission: Admission) -> None:
    """100412: no signature among the parameters; 100400 where no parameters can be read at all."""
    _read_wire(admission)
    if not admission.texts.get(_SIGNATURE):
        raise Refusal(SIGNATURE_MISSING, "the parameter signature is missing", parameter=_SIGNATURE)


def check_timestamp(admission: Admission) -> None:
    """100421: no timestamp, or one further than recvWindow from the exchange's clock.

    Either side, or with V18 ``accepted`` only too old.
    """
    sent = admission.texts.get(_TIMESTAMP)
    if sent is None or not _is_number(sent):
        raise Refusal(
            TIMESTAMP_REFUSED,
            "timestamp must be Unix time in milliseconds",
            parameter=_TIMESTAMP,
            rule="time",
        )
    window_ms = _window_of(admission)
    age_ms = admission.now_ms - int(sent)
    if abs(age_ms) > window_ms and not (age_ms < 0 and admission.rules.takes_future):
        side = "behind" if age_ms > 0 else "ahead of"
        raise Refusal(
            TIMESTAMP_REFUSED,
            f"timestamp {sent} is {abs(age_ms)} ms {side} the server's {admission.now_ms}; "
            f"recvWindow is {window_ms}",
            parameter=_TIMESTAMP,
            rule="time",
        )


def check_signature(admission: Admission) -> None:
    """100001: the signature belongs to other bytes or another secret."""
    signature = admission.texts[_SIGNATURE]
    signed = [parameter for parameter in admission.wire if parameter.name != _SIGNATURE_NAME]
    rules = admission.rules
    admission.form = verified_form(
        admission.key.secret,
        signed,
        signature,
        in_order=rules.sorted_verifies,
        as_sent=rules.as_sent_verifies,
    )
    if admission.form is None:
        fault = fault_of_form(signature) or "it does not match the parameters"
        raise Refusal(SIGNATURE_MISMATCH, f"signature verification failed: {fault}")


def check_user_limit(admission: Admission) -> None:
    """100410: too many requests of this user."""
    if admission.limits is not None:
        quotas = admission.rules.quotas[admission.endpoint.id].user
        _count(admission, admission.limits, quotas, admission.caller.uid, "of this user")


def _count(
    admission: Admission, limits: RateLimits, quotas: tuple[Quota, ...], caller: str | int, whose: str
) -> None:
    """Count a request of an address or a user, and keep the tighter status of the two."""
    if not quotas:
        return
    found = limits.admit(quotas, caller, admission.now_ms)
    if isinstance(found, Breach):
        admission.rate_limit = RateLimitStatus(0, found.until_ms)
        limits.note_refusal(admission.request.address, admission.now_ms)
        release = f"; refused until {found.until_ms}" if found.quota.release_ms else ""
        raise Refusal(RATE_LIMITED, f"more than {found.quota.says} {whose}{release}")
    if admission.rate_limit is None or found.is_tighter_than(admission.rate_limit):
        admission.rate_limit = found


def check_permission(admission: Admission) -> None:
    """100004: the key may not do this."""
    needed = admission.endpoint.permission
    if needed is not None and needed not in admission.key.permissions:
        raise Refusal(
            PERMISSION_MISSING,
            f"Permission denied: the key lacks the permission {needed}; "
            "a key may do only what it was given, and a new one has no trading permission",
        )


def check_parameters(admission: Admission) -> None:
    """100400: a parameter is missing or malformed."""
    window = admission.texts.get("recvWindow")
    if window is not None and admission.window_ms is None:
        largest_ms = admission.rules.largest_window_ms
        smallest_ms = _smallest_window_ms(admission.rules)
        raise Refusal(
            BAD_PARAMETER,
            f"recvWindow must be {smallest_ms} to {largest_ms}, not {window[:40]!r}",
            parameter="recvWindow",
            rule="recvWindow",
        )
    _read_parameters(admission)


def check_public_parameters(admission: Admission) -> None:
    """100400: a documented parameter is missing or breaks its rule. Who asks for none may send anything."""
    if admission.endpoint.parameters:
        _read_wire(admission)
        _read_parameters(admission)


OPEN_GUARDS = (check_route, check_address_limit)
"""For every request."""

SIGNED_GUARDS = (
    check_key,
    check_address,
    check_signature_present,
    check_timestamp,
    check_signature,
    check_user_limit,
    check_permission,
    check_parameters,
)
"""For requests of endpoints that are not public."""

KEY_GUARDS = (check_key, check_address, check_user_limit, check_permission, check_public_parameters)
"""For requests without a signature, of endpoints to which the key is enough."""

PUBLIC_GUARDS = (check_public_parameters,)
"""For those of public ones, which need no key, no timestamp and no signature, and ignore any."""


def _read_parameters(admission: Admission) -> None:
    _check_utf8(admission)
    admission.parameters = read_parameters(admission.endpoint, admission.texts)


def _read_wire(admission: Admission) -> None:
    try:
        admission.wire = read_wire(admission.request)
    except Unreadable as error:
        raise Refusal(BAD_PARAMETER, str(error)) from None
    admission.texts = {name_of(sent.name): sent.value.decode("utf-8", "replace") for sent in admission.wire}


def _window_of(admission: Admission) -> int:
    """The window that the timestamp is held to; a recvWindow that is none is left to the last guard."""
    sent, rules = admission.texts.get("recvWindow"), admission.rules
    smallest_ms = _smallest_window_ms(rules)
    if sent is not None and _is_number(sent) and smallest_ms <= int(sent) <= rules.largest_window_ms:
        admission.window_ms = int(sent) or WINDOW.default_ms
    return admission.window_ms or WINDOW.default_ms


def _smallest_window_ms(rules: GatewayRules) -> int:
    return 0 if rules.zero_window_is_default else 1


def _is_number(text: str) -> bool:
    """Whether a text is a whole number of milliseconds: nothing but the digits 0 to 9."""
    return len(text) <= _LONGEST_TIME and text.isascii() and text.isdecimal()


def _check_utf8(admission: Admission) -> None:
    for name, value in admission.texts.items():
        # The replacement character may have been sent as such, so the bytes decide.
        if not value.isascii() and "\N{REPLACEMENT CHARACTER}" in value:
            try:
                next(sent for sent in admission.wire if sent.name == name.encode()).value.decode("utf-8")
            except UnicodeDecodeError:
                raise Refusal(BAD_PARAMETER, f"{cut(name)} is not UTF-8 text", parameter=cut(name)) from None
