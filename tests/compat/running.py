"""Runs published clients against the exchange, and says of each call what its caller would meet."""

import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, ExitStack
from dataclasses import dataclass, field
from typing import Any

from compat import bingx_py_calls, bingx_python_calls, ccxt_calls, inverse, market_data, trading
from compat.asking import Ask, Call, Failure
from compat.bingx_py_calls import BINGX_PY_CALLS
from compat.bingx_python_calls import BINGX_PYTHON_CALLS
from compat.ccxt_calls import CCXT_CALLS
from compat.failures import FAILURES
from compat.steps import Step

from bingx_contracts import PROFILES, VARIATIONS
from bingx_fake import FakeExchange, TriedToLeave

WORKS = "works"
SILENT = "**silent**"
NOT_OFFERED = "not offered"

Make = Callable[[str, str], AbstractAsyncContextManager[Any]]


@dataclass(frozen=True)
class Library:
    """A published library: its clients, the synchronous one first, and what they offer."""

    name: str
    module: str
    makes: tuple[Make, ...]
    calls: list[Call]


LIBRARIES = [
    Library("ccxt", "ccxt", (ccxt_calls.synchronous, ccxt_calls.asynchronous), CCXT_CALLS),
    Library(
        "bingx-py", "bingx_py", (bingx_py_calls.synchronous, bingx_py_calls.asynchronous), BINGX_PY_CALLS
    ),
    Library("bingx-python", "bingx", (bingx_python_calls.synchronous,), BINGX_PYTHON_CALLS),
]


@dataclass(frozen=True)
class Setting:
    """How the exchange answers: a profile, or departures from ``documented``."""

    shown: str
    profile: str = "documented"
    vary: Mapping[str, str] = field(default_factory=dict)


PROFILE_SETTINGS = [Setting(name, profile=name) for name in PROFILES]
UNCOMMON_SETTINGS = [
    Setting(f"{variation.id}={answer.name}", vary={variation.id: answer.name})
    for variation in VARIATIONS.values()
    if variation.is_switchable
    for answer in variation.answers
    if all(profile.answers[variation.id] != answer.name for profile in PROFILES.values())
]
"""The documented answers that no profile gives."""


@dataclass
class Found:
    """What the run found, in words, and which requests it took.

    :param calls: by library, call and setting.
    :param failures: by library and failure.
    :param journal: method, path and code of each request of ``calls`` under a profile.
    :param prices: what of market data, by client, method and profile.
    :param orders: the same of orders.
    :param perpetuals: the same of perpetuals.
    :param inverse: what of market data of coin-margined perpetuals.
    :param others: the same of clients that offer little for spot.
    """

    calls: dict[tuple[str, str, str], str] = field(default_factory=dict)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    journal: set[tuple[str, str, int | None]] = field(default_factory=set)
    prices: dict[str, market_data.Found] = field(default_factory=dict)
    orders: dict[str, market_data.Found] = field(default_factory=dict)
    perpetuals: dict[str, market_data.Found] = field(default_factory=dict)
    inverse: dict[str, market_data.Found] = field(default_factory=dict)
    others: dict[str, market_data.Found] = field(default_factory=dict)


async def run_everything(exchange: FakeExchange) -> Found:
    """Every call of every client under every setting, and every failure."""
    found = Found()
    for library in LIBRARIES:
        async with AsyncExitStack() as stack:
            clients = await _made(library, stack)
            for setting in [*PROFILE_SETTINGS, *UNCOMMON_SETTINGS]:
                for call in library.calls:
                    usual = found.calls.get((library.name, call.shown, "documented"), WORKS)
                    if setting in UNCOMMON_SETTINGS and not usual.startswith(WORKS):
                        continue  # only what breaks is told
                    outcomes = [await _outcome_of_call(exchange, it, call, setting, found) for it in clients]
                    found.calls[library.name, call.shown, setting.shown] = _together(*outcomes)
            for failure in FAILURES:
                ask = failure.asks[library.name]
                as_alice = (failure.key, failure.secret) == ("alice-key", "alice-secret")
                own = clients if as_alice else await _made(library, stack, failure.key, failure.secret)
                outcomes = [await _outcome_of_failure(exchange, it, failure, ask) for it in own]
                found.failures[library.name, failure.shown] = _together(*outcomes)
    return found


async def read_market_data(exchange: FakeExchange, found: Found) -> None:
    """Every public method of Python's ccxt under every profile, by clients that know no market before."""
    outcomes, of_inverse = [], []
    for make in (market_data.synchronous, market_data.asynchronous):
        exchange.reset()
        async with make("alice-key", "alice-secret") as client:
            outcomes.append(await market_data.ask_everything(exchange, client))
            asked = market_data.ask_everything(exchange, client, inverse.METHODS, inverse.move)
            of_inverse.append(await asked)
    found.prices["ccxt"], found.inverse["ccxt"] = _both(*outcomes), _both(*of_inverse)


def read_market_data_with_node(exchange: FakeExchange, found: Found) -> None:
    """The same of Node's."""
    com, _ = exchange.base_urls
    where = {"profiles": list(PROFILES), "com": com, "control": exchange.control_url}
    found.prices["ccxt for Node"] = market_data.judged(market_data.ask_node(["node"], **where))


async def trade(exchange: FakeExchange, steps: Sequence[Step]) -> market_data.Found:
    """What Python's ccxt meets when it takes steps, under every profile."""
    pair = market_data.synchronous, market_data.asynchronous
    return _both(*[await trading.trade(exchange, make, steps) for make in pair])


def _both(synchronous: market_data.Found, asynchronous: market_data.Found) -> market_data.Found:
    return {key: _together(outcome, asynchronous[key]) for key, outcome in synchronous.items()}


async def _made(
    library: Library, stack: AsyncExitStack, key: str = "alice-key", secret: str = "alice-secret"
) -> list[Any]:
    return [await stack.enter_async_context(make(key, secret)) for make in library.makes]


def _prepare(exchange: FakeExchange, setting: Setting, *, clock_ms: int = 0) -> None:
    exchange.reset()
    exchange.change_profile(setting.profile, setting.vary)
    # Clients go by the system's clock; frozen, so that the time that they are told is known.
    exchange.clock.freeze(time.time_ns() // 1_000_000 + clock_ms)


async def _outcome_of_call(
    exchange: FakeExchange, client: Any, call: Call, setting: Setting, found: Found
) -> str:
    _prepare(exchange, setting)
    before = _holdings(exchange)
    try:
        answer = await _asked(call.ask, client)
    except TriedToLeave:
        raise
    except Exception as error:
        moved = _holdings(exchange) != before
        return _raised(error, client) + (" **although the money moved**" if moved else "")
    finally:
        if setting in PROFILE_SETTINGS:
            found.journal |= {(entry["method"], entry["path"], entry["code"]) for entry in exchange.requests}
    moved = _holdings(exchange) != before
    if call.moves and not moved:
        return f"{SILENT}: nothing moved"
    assert moved == call.moves, f"{call.shown}: {answer}"
    wrong = call.judge(answer, exchange)
    return WORKS if wrong is None else f"{SILENT}: {wrong}"


async def _outcome_of_failure(exchange: FakeExchange, client: Any, failure: Failure, ask: Ask) -> str:
    _prepare(exchange, Setting(failure.shown, vary=failure.vary), clock_ms=failure.clock_ms)
    before = _holdings(exchange)
    with ExitStack() as faults:
        if failure.code is not None:
            faults.enter_context(exchange.fault("com", "business-error", code=failure.code))
        try:
            await _asked(ask, client)
        except TriedToLeave:
            raise
        except Exception as error:
            outcome = _raised(error, client)
        else:
            outcome = f"{SILENT}: taken for success"
    assert exchange.requests or outcome == NOT_OFFERED, f"{failure.shown} was not sent: {outcome}"
    assert _holdings(exchange) == before, f"{failure.shown} moved money"
    return outcome


async def _asked(ask: Ask, client: Any) -> Any:
    answer = ask(client)
    return await answer if inspect.isawaitable(answer) else answer


def _holdings(exchange: FakeExchange) -> Any:
    return [user.get("balances") for user in exchange.state["users"]]


def _raised(error: Exception, client: Any) -> str:
    if isinstance(error, AttributeError) and error.obj is client:
        return NOT_OFFERED
    name = type(error).__name__
    # bingx-py and bingx-python have names for some codes, and these with the code for all others.
    codes = {"APIError": "code", "APIException": "api_code"}
    code = f" {getattr(error, codes[name], '')}" if name in codes else ""
    return f"raises `{name}`{code}"


def _together(synchronous: str, asynchronous: str | None = None) -> str:
    if asynchronous is None:
        return synchronous
    if synchronous == asynchronous:
        return synchronous
    if asynchronous == NOT_OFFERED:
        return f"{synchronous}, synchronous only"
    return f"{synchronous}; asynchronous {asynchronous}"
