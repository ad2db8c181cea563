"""Why a request was refused with another code than that of a wrong signature."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from urllib.parse import unquote

from bingx_contracts import ERRORS, HEADERS
from bingx_fake.explain.declined import declined
from bingx_fake.explain.mistake import Mistake
from bingx_fake.explain.parameters import parameter_refused
from bingx_fake.explain.timing import timestamp_refused
from bingx_fake.gateway.refusal import (
    ACCOUNT_WRONG,
    ADDRESS_NOT_ALLOWED,
    BAD_PARAMETER,
    INSUFFICIENT_BALANCE,
    KEY_WRONG,
    NOT_FOUND,
    NOT_MAIN_ACCOUNT,
    PERMISSION_MISSING,
    RATE_LIMITED,
    SIGNATURE_MISSING,
    TIMESTAMP_REFUSED,
    UNKNOWN_COIN,
    UNKNOWN_SYMBOL,
)
from bingx_fake.gateway.wire import METHODS_WITH_A_BODY, as_text, read_wire
from bingx_fake.journal.journal import Refused

Cause = Callable[[Refused], Mistake]

_KEY_HEADER = HEADERS.key.lower()
_KEY_LIKE = re.compile(r"api.?key|access.?key|^authorization$|^key$", re.IGNORECASE)
_SIGNATURE_LIKE = re.compile(r"^(x-bx-)?sig(n|nature|ned|nature.?hex)?$", re.IGNORECASE)
_UNSET = frozenset({"none", "undefined", "null", "nil"})
_NEAR_PATH = 0.85
_LONGEST_PATH = 200
_MOST_NAMED = 5


def _route(refused: Refused) -> Mistake:
    method, path = refused.request.method, refused.request.path[:_LONGEST_PATH]
    routes = refused.rules.routes
    methods = [known for known, known_path in routes if known_path == path]
    if methods:
        return Mistake(
            "wrong-method",
            f"{path} exists for {' and '.join(methods)}, not for {method}.",
            f"Send it with {methods[0]}.",
            f"R (ERR-3); {routes[methods[0], path].source}",
        )
    nearest = _nearest_path(path, {known_path for _, known_path in routes})
    if nearest is not None:
        methods = [known for known, known_path in routes if known_path == nearest]
        return Mistake(
            "path-misspelt",
            f"There is no {path}. The nearest that there is: {nearest}.",
            f"Call {' or '.join(methods)} {nearest}, letter by letter.",
            f"R (ERR-3); {routes[methods[0], nearest].source}",
        )
    return Mistake(
        "no-such-route",
        f"There is no {path}, and nothing like it: this is the spot account, orders on spot markets, market "
        "data and server time.",
        "A path that BingX has for something else, such as perpetuals, is not simulated.",
        "R (ERR-3)",
    )


def _nearest_path(path: str, known: set[str]) -> str | None:
    plain = "/" + re.sub("/+", "/", unquote(path)).strip("/ ")
    for candidate in (plain, f"/openApi{plain}"):
        for real in known:
            if real.lower() == candidate.lower():
                return real
    # An order of perpetuals is not a misspelt one of the spot markets.
    alike = [real for real in known if _product(real) == _product(plain)]
    products = {_product(real) for real in known}
    candidates = alike if _product(plain) in products else known
    near = get_close_matches(plain, sorted(candidates), 1, _NEAR_PATH)
    return near[0] if near else None


def _product(path: str) -> str:
    """What a path is about: ``spot`` of ``/openApi/spot/v1/trade/order``."""
    return path.split("/")[2] if path.count("/") > 1 else ""


def _key(refused: Refused) -> Mistake:
    headers, keys = refused.request.headers, refused.directory.keys
    change, source = f"Send the API key in the header {HEADERS.key}.", "S, R (REQ-1)"
    sent = headers.get(_KEY_HEADER)
    if sent is None:
        happened = f"The header {HEADERS.key} is missing."
        elsewhere = [name for name in headers if _KEY_LIKE.search(name)]
        if elsewhere:
            happened += f" There is a header {elsewhere[0]}, which BingX does not read."
        elif _KEY_LIKE.search(refused.request.target.partition("?")[2]):
            happened += " There is something like a key in the query, where BingX does not look for it."
        return Mistake("key-missing", happened, change, source)
    if not sent or sent.lower() in _UNSET:
        happened = (
            f"The header {HEADERS.key} is {'empty' if not sent else f'the word {sent}'}: the key was not set."
        )
        return Mistake("key-not-set", happened, "Look at how the program comes by its key.", source)
    if sent.encode("utf-8", "surrogateescape") in [key.secret for _, key in keys.values()]:
        return Mistake(
            "key-and-secret-swapped",
            f"What came in {HEADERS.key} is a secret: key and secret are swapped.",
            f"{change} The secret is never sent; after this, make a new one.",
            source,
        )
    return _unknown_key(sent, refused, source)


def _unknown_key(sent: str, refused: Refused, source: str) -> Mistake:
    # What came may be a secret that this exchange does not know, so it is not shown.
    known = list(refused.directory.keys)
    for name in known:
        if sent.strip(" \t\"'") == name:
            change = "Send the key alone."
            return Mistake(
                "blanks-around-key",
                f"There are blanks or quotation marks around the key {name!r}.",
                change,
                source,
            )
        if sent.lower() == name.lower():
            return Mistake(
                "key-letter-case",
                f"The key {name!r} was sent in other capitals.",
                "Send it as it is.",
                source,
            )
    names = ", ".join(known[:_MOST_NAMED]) + (", and more" if len(known) > _MOST_NAMED else "")
    return Mistake(
        "key-unknown",
        f"A key of {len(sent)} characters came that the exchange does not know. It knows {names or 'none'}.",
        "Send one of these, or start with a state file that has yours; no real key is needed.",
        source,
    )


def _address(refused: Refused) -> Mistake:
    _, key = refused.directory.keys[refused.request.headers[_KEY_HEADER]]
    allowed = ", ".join(sorted(key.addresses))
    return Mistake(
        "address-not-allowed",
        f"The request came from {refused.request.address}; the key's whitelist has {allowed}.",
        "Put the address into the key's whitelist (ips in the state file), or leave the list empty.",
        "R (ERR-5)",
    )


def _no_signature(refused: Refused) -> Mistake:
    sent = {as_text(parameter.name): as_text(parameter.value) for parameter in read_wire(refused.request)}
    source = "S, R (SIGN-9)"
    change = "Add the parameter signature, after everything else, to the query, or to the body of a POST."
    if "signature" in sent:
        change = "Look at how the program comes by its signature."
        return Mistake("signature-empty", "The parameter signature is there, and empty.", change, source)
    for kind, names in (("parameter", sent), ("header", refused.request.headers)):
        near = next((name for name in names if _SIGNATURE_LIKE.fullmatch(name)), None)
        if near is not None:
            happened = (
                f"There is no parameter signature. There is a {kind} {near}, which BingX does not read."
            )
            return Mistake("signature-elsewhere", happened, change, source)
    method = refused.request.method
    if refused.request.body and method not in METHODS_WITH_A_BODY:
        happened = f"The body of a {method} is not read, and the query has no signature."
        return Mistake("parameters-in-body", happened, "Send the parameters in the query.", "S (REQ-3)")
    return Mistake("signature-missing", "There is no parameter signature.", change, source)


def _permission(refused: Refused) -> Mistake:
    endpoint = refused.rules.routes[refused.request.method, refused.request.path]
    _, key = refused.directory.keys[refused.request.headers[_KEY_HEADER]]
    has = ", ".join(sorted(key.permissions)) or "none"
    return Mistake(
        "permission-missing",
        f"The key {key.key!r} may {has}; this call needs {endpoint.permission}.",
        "Give the key that permission (at BingX, new keys may only read), or use another key.",
        "R (ERR-4)",
    )


def _rate(refused: Refused) -> Mistake:
    if refused.is_banned:
        return Mistake(
            "banned",
            f"{_sentence(refused.message)} Whatever comes from it is refused until then.",
            "Wait: requests during a ban do not make it longer. After 100410, pause instead of going on. "
            "Tests end a ban by advancing the exchange's clock or by a reset, or do without limits: "
            "--no-rate-limits, FakeExchange(rate_limits=False).",
            "R (LIMIT-1)",
        )
    endpoint = refused.rules.routes[refused.request.method, refused.request.path]
    quotas = refused.rules.quotas[endpoint.id]
    limits = "".join(
        f" {who} may send {' and '.join(quota.says for quota in found)}."
        for who, found in (("A user", quotas.user), ("An address", quotas.address))
        if found
    )
    release_ms = max((quota.release_ms for quota in (*quotas.user, *quotas.address)), default=0)
    if release_ms:
        limits += f" What broke a limit is refused for {release_ms / 60_000:g} minutes."
    return Mistake(
        "too-many-requests",
        f"{_sentence(refused.message)}{limits}",
        "Space requests out, and after 100410 wait min(2^n * 100 ms, 5 s) with full jitter, 5 times at most. "
        "Tests can do without limits: --no-rate-limits, FakeExchange(rate_limits=False).",
        "R (LIMIT-1, LIMIT-2)",
    )


def _balance(refused: Refused) -> Mistake:
    sent = {as_text(parameter.name): as_text(parameter.value) for parameter in read_wire(refused.request)}
    asked = f"{sent.get('amount', '?')} {sent.get('asset', sent.get('coin', '?'))}"
    return Mistake(
        "insufficient-balance",
        f"{_sentence(refused.message)} Asked for: {asked}.",
        "Move no more than is free: what is locked does not move. A test can give more, with "
        "POST /users/{uid}/credit of the control API or with bingx_exchange.credit.",
        "R (XFER-4)",
    )


def _said(name: str, change: str, source: str) -> Cause:
    """A cause of which the message says all that there is to say."""

    def cause(refused: Refused) -> Mistake:
        return Mistake(name, _sentence(refused.message), change, source)

    return cause


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


CAUSES: Mapping[int, Cause] = {
    NOT_FOUND: _route,
    RATE_LIMITED: _rate,
    KEY_WRONG: _key,
    ADDRESS_NOT_ALLOWED: _address,
    SIGNATURE_MISSING: _no_signature,
    TIMESTAMP_REFUSED: timestamp_refused,
    PERMISSION_MISSING: _permission,
    BAD_PARAMETER: parameter_refused,
    INSUFFICIENT_BALANCE: _balance,
    UNKNOWN_COIN: _said(
        "coin-unknown",
        "Use a coin that supportCoins lists; the state file's balances, coins and prices make coins known.",
        "R (XFER-6)",
    ),
    UNKNOWN_SYMBOL: _said(
        "symbol-unknown",
        "Use one that GET /openApi/spot/v1/common/symbols lists; [[markets]] in a state file makes others.",
        "O (MARKET-10)",
    ),
    ACCOUNT_WRONG: _said(
        "receiver-unknown",
        "Name a receiver whom the state has, by UID, phone or e-mail address, as userAccountType says.",
        "R (INNER-4)",
    ),
    NOT_MAIN_ACCOUNT: _said(
        "not-the-main-account",
        'Use a key of the main account (kind = "main" in the state file).',
        "R (INNER-6)",
    ),
}


def cause_of(refused: Refused) -> Mistake:
    """What led to a refusal, and what to change.

    Not for 100001, whose causes :mod:`bingx_fake.explain.search` looks for.
    """
    if refused.because is not None:
        return declined(refused.message, refused.because)
    cause = CAUSES.get(refused.code)
    if cause is not None:
        return cause(refused)
    error = ERRORS[refused.code]
    return Mistake("other", _sentence(refused.message), f"{error.name}: {error.meaning}.", error.source)
