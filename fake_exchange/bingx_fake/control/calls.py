"""The control API's calls, as functions of the exchange. No web types.

Each function checks its input whole before it changes anything.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, get_args

import msgspec

from bingx_contracts import RULES, VARIATIONS, Account
from bingx_contracts.reading.loading import explain
from bingx_fake.books.accounts import InsufficientBalance
from bingx_fake.books.money import plain, read_amount
from bingx_fake.clock import LATEST_MS, ExchangeClock
from bingx_fake.exchange import Exchange, IdsAtReset
from bingx_fake.faults.kinds import FaultError
from bingx_fake.profiles.adoption import AdoptionError
from bingx_fake.profiles.choice import ProfileError, choose
from bingx_fake.state import files as state
from bingx_fake.state import saving
from bingx_fake.state.files import StateError
from bingx_fake.state.wrong import Wrong


class ControlError(Exception):
    """A call that cannot be carried out; it changed nothing.

    :param status: 400 for bad input, 404 for something that is not there.
    """

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class ControlCall:
    """One call: the names in its path, its query, its JSON body (None where there is none)."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any


def get_state(exchange: Exchange, call: ControlCall) -> Any:
    """The whole state; with ``run=1``, where the markets stand as well."""
    whole = exchange.state()
    if call.query.get("run") == "1":
        whole["run"] = saving.run_of(exchange.books.floor.standings(exchange.clock.now_ms()))
    return whole


def put_state(exchange: Exchange, call: ControlCall) -> Any:
    """Replace the whole state."""
    try:
        exchange.load(state.read_form(the_object(call.body)))
    except StateError as error:
        raise ControlError(str(error)) from None
    return exchange.state()


def reset(exchange: Exchange, call: ControlCall) -> Any:
    """Back to the start; with ``{"ids": "restart"}`` ids begin again too, which otherwise go on."""
    body = {} if call.body is None else the_object(call.body)
    only(body, "ids")
    ids = body.get("ids", "keep")
    if ids not in _IDS_AT_RESET:
        raise ControlError(f"ids: {ids!r} is neither keep nor restart")
    exchange.reset(ids)
    return {}


def get_clock(exchange: Exchange, call: ControlCall) -> Any:
    """Mode, time and offset."""
    return exchange.clock.describe()


def put_clock(exchange: Exchange, call: ControlCall) -> Any:
    """``{"mode": "system"}``, ``{"mode": "frozen", "now": ms}`` or ``{"offset": ms}``."""
    match the_object(call.body):
        case {"mode": "system", **rest} if not rest:
            _set_clock(exchange, lambda clock: clock.run())
        case {"mode": "frozen", "now": now, **rest} if not rest:
            at_ms = _integer("now", now)
            _set_clock(exchange, lambda clock: clock.freeze(at_ms))
        case {"mode": "frozen", **rest} if not rest:
            _set_clock(exchange, lambda clock: clock.freeze())
        case {"offset": offset, **rest} if not rest:
            offset_ms = _integer("offset", offset)
            _set_clock(exchange, lambda clock: clock.run(offset_ms))
        case _:
            raise ControlError('give {"mode": "system"}, {"mode": "frozen", "now": ms} or {"offset": ms}')
    return exchange.clock.describe()


def advance_clock(exchange: Exchange, call: ControlCall) -> Any:
    """``{"ms": n}`` moves the clock forward."""
    body = the_object(call.body)
    only(body, "ms")
    ms = _integer("ms", body.get("ms"))
    _set_clock(exchange, lambda clock: clock.advance(ms))
    return exchange.clock.describe()


def get_faults(exchange: Exchange, call: ControlCall) -> Any:
    """Every fault with its id and how often it was met."""
    return exchange.faults.describe()


def post_faults(exchange: Exchange, call: ControlCall) -> Any:
    """One fault, or a list that is taken whole or not at all."""
    orders = call.body if isinstance(call.body, list) else the_object(call.body)
    try:
        ids = exchange.order_faults(orders)
    except FaultError as error:
        raise ControlError(str(error)) from None
    return [{"id": fault_id} for fault_id in ids] if isinstance(call.body, list) else {"id": ids[0]}


def delete_fault(exchange: Exchange, call: ControlCall) -> Any:
    """Take one fault back."""
    if not exchange.remove_fault(call.path["id"]):
        raise ControlError(f"there is no fault {call.path['id']!r}", 404)
    return {}


def delete_faults(exchange: Exchange, call: ControlCall) -> Any:
    """Take every fault back."""
    exchange.clear_faults()
    return {}


def get_requests(exchange: Exchange, call: ControlCall) -> Any:
    """The journal, newest last; ``limit`` gives the latest ones, ``domain`` one domain's."""
    domain, limit = call.query.get("domain"), call.query.get("limit")
    if domain not in (None, "com", "pro", "stream"):
        raise ControlError(f"domain: {domain!r} is none of com, pro, stream")
    if limit is not None and not (limit.isascii() and limit.isdigit() and len(limit) <= 9):
        raise ControlError(f"limit: {limit!r} is not a number, 0 or more")
    fitting = (note for note in exchange.journal.newest_first() if domain in (None, note.domain))
    latest = list(islice(fitting, None if limit is None else int(limit)))
    return [note.as_entry() for note in reversed(latest)]


def get_request(exchange: Exchange, call: ControlCall) -> Any:
    """One entry of the journal, with what decided its answer, and the explanation of its refusal, or null."""
    from bingx_fake.explain.explanation import explain_entry  # for people: not among what has to start fast
    from bingx_fake.explain.text import render

    entry_id = call.path["id"]
    entry = exchange.journal.find(entry_id)
    if entry is None:
        raise ControlError(f"there is no request {entry_id!r} in the journal", 404)
    refused = exchange.journal.refusal(entry_id)
    explanation = explain_entry(entry, refused, exchange.books.directory)
    shown = {**entry, "decided_by": exchange.journal.decided_by(entry_id)}
    if explanation is None:
        return {**shown, "explanation": None}
    return {**shown, "explanation": {**msgspec.to_builtins(explanation), "text": render(explanation)}}


def delete_requests(exchange: Exchange, call: ControlCall) -> Any:
    """Empty the journal."""
    exchange.journal.clear()
    return {}


def get_profile(exchange: Exchange, call: ControlCall) -> Any:
    """The profile in force, and the register with the answers that it gives; null where none can be given."""
    profile = exchange.profile
    register = {
        variation.id: {
            "question": variation.question,
            "answer": profile.answers.get(variation.id),
            "answers": [answer.name for answer in variation.answers],
        }
        for variation in VARIATIONS.values()
    }
    return {
        "profile": profile.name,
        "vary": dict(profile.vary),
        "strict": profile.strict,
        "variations": register,
    }


def put_profile(exchange: Exchange, call: ControlCall) -> Any:
    """Change the profile. What is left out stays, but another profile begins without departures."""
    body = the_object(call.body)
    only(body, "profile", "vary", "strict")
    present = exchange.profile
    name, strict = body.get("profile", present.name), body.get("strict", present.strict)
    vary = body.get("vary", present.vary if name == present.name else {})
    if not isinstance(name, str):
        raise ControlError(f"profile must be a name, not {name!r}")
    if not isinstance(strict, bool):
        raise ControlError(f"strict must be true or false, not {strict!r}")
    if not isinstance(vary, Mapping) or not all(isinstance(answer, str) for answer in vary.values()):
        raise ControlError('vary must be an object such as {"V7": "data.assets"}')
    try:
        exchange.change_profile(choose(name, vary, strict=strict, adopted=exchange.adopted))
    except (ProfileError, AdoptionError) as error:
        raise ControlError(str(error)) from None
    return get_profile(exchange, call)


def move_balance(exchange: Exchange, call: ControlCall) -> Any:
    """``credit``, ``debit``, ``lock`` or ``unlock`` an amount of a user's asset."""
    body = the_object(call.body)
    only(body, "account", "asset", "amount")
    uid = the_uid(exchange, call)
    account, asset, text = (_text(name, body.get(name)) for name in ("account", "asset", "amount"))
    if account not in _ACCOUNTS:
        raise ControlError(f"account: {account!r} is none of {', '.join(_ACCOUNTS)}")
    if not state.is_asset(asset):
        raise ControlError(f"asset: {asset!r} must be {RULES['asset'].says}")
    ledger = exchange.books.ledger
    moves = {"credit": ledger.credit, "debit": ledger.debit, "lock": ledger.lock, "unlock": ledger.unlock}
    try:
        moves[call.path["move"]](uid, account, asset, read_amount(text))
    except (ValueError, InsufficientBalance) as error:
        raise ControlError(f"amount: {error}") from None
    exchange.books.directory.know_coin(asset)
    balance = ledger.balance(uid, account, asset)
    return {"asset": asset, "free": plain(balance.free), "locked": plain(balance.locked)}


_IDS_AT_RESET: tuple[str, ...] = get_args(IdsAtReset)
_ACCOUNTS: tuple[str, ...] = get_args(Account)


def the_object(body: Any) -> dict[str, Any]:
    """A body that has to be a JSON object."""
    if not isinstance(body, dict):
        raise ControlError("the body must be a JSON object")
    return body


@contextmanager
def bad_input() -> Iterator[None]:
    """Tell what cannot be of a form, and where it stands."""
    try:
        yield
    except Wrong as wrong:
        raise ControlError(_told(wrong.path, wrong.reason)) from None
    except msgspec.ValidationError as error:
        reason, path = explain(error)
        raise ControlError(_told(path, reason)) from None


def _told(path: Sequence[str | int], reason: str) -> str:
    return ": ".join((".".join(map(str, path)), reason)) if path else reason


def only(body: Mapping[str, Any], *names: str) -> None:
    """Refuse a body with other fields than these."""
    for name in body:
        if name not in names:
            raise ControlError(f"{name}: unknown field; there are {', '.join(names)}")


def the_uid(exchange: Exchange, call: ControlCall) -> int:
    """The user that a call's path names."""
    uid = call.path["uid"]
    if not (
        uid.isascii() and uid.isdigit() and len(uid) <= 20 and int(uid) in exchange.books.directory.users
    ):
        raise ControlError(f"there is no user {uid!r}", 404)
    return int(uid)


def _integer(name: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LATEST_MS:
        raise ControlError(f"{name}: {value!r} is not a whole number of milliseconds")
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ControlError(f"{name}: must be text, not {value!r}")
    return value


def _set_clock(exchange: Exchange, change: Callable[[ExchangeClock], object]) -> None:
    try:
        exchange.set_clock(change)
    except ValueError as error:
        raise ControlError(str(error)) from None
