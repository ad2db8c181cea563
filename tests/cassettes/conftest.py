"""How a test of this folder gets its cassette: the one that is named as the test is.

A test that asks for ``connect`` runs three times over: recorded from the exchange once more, which must give
the very bytes of the cassette, and played to each of the two clients.
"""

import asyncio
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, cast

import pytest
from support.cassettes import (
    COM,
    DOCUMENTED,
    FAKE,
    PRO,
    by_documented_parts,
    byte_for_byte,
    playing,
    read,
    recording,
    render,
    under_lasting_names,
)
from support.sender import ALICE, BOB, NOW_MS

from bingx_client import AsyncClient, Client
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_fake import FakeExchange

Connect = Callable[..., Client]

RECORDING = os.environ.get("BINGX_RECORD") == "1"
"""Set by `make cassettes` alone."""

_HOUR_MS = 3_600_000
_TRANSFERS = [
    # id, asset, amount, from, to, hours ago
    (1700000000000000001, "USDT", "25", "fund", "USDTMPerp", 3),
    (1700000000000000003, "BTC", "0.00000000000000000001", "fund", "spot", 2),
    (1700000000000000005, "USDT", "1.50", "USDTMPerp", "fund", 1),
]
_INNER_TRANSFERS = [
    (1700000000000000007, "USDT", "0.1", ALICE, BOB, "first"),
    (1700000000000000009, "USDT", "7", BOB, ALICE, "second"),
]


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember which test failed, since its conversation is not worth keeping."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


def named_after(request: pytest.FixtureRequest, folder: Path) -> Path:
    """The cassette of the test that asks."""
    assert isinstance(request.node, pytest.Function)
    return folder / f"{request.node.originalname.removeprefix('test_')}.yaml"


@pytest.fixture(params=["recorded", "requests", "aiohttp"])
def way(request: pytest.FixtureRequest) -> str:
    """``recorded``, or the library of the client that the cassette is played to."""
    return str(request.param)


@pytest.fixture
def cassette(request: pytest.FixtureRequest, way: str, exchange: FakeExchange) -> Iterator[FakeExchange]:
    """The exchange, which a played cassette stands in for: what gets past it must fail there, by a fault."""
    exchange.load(_with_history(exchange.state))
    path, prepare = named_after(request, FAKE), under_lasting_names(exchange.base_urls)
    if way == "recorded":
        with recording(prepare) as turns:
            yield exchange
        if not request.node.stash.get(_FAILED, False):
            _keep_or_compare(path, render(turns))
    else:
        with playing(path, prepare, byte_for_byte):
            yield exchange
        past = [entry for entry in exchange.requests if entry["fault"] is None]
        assert past == [], "the client went past the cassette"


def _keep_or_compare(path: Path, text: str) -> None:
    if RECORDING:
        path.write_text(text, encoding="utf-8")
    held = path.read_text(encoding="utf-8") if path.exists() else "nothing"
    assert held == text, f"`make cassettes` would change {path.name}"


@pytest.fixture
def connect(cassette: FakeExchange, way: str, timeout_s: float) -> Iterator[Connect]:
    """Makes a client of alice on the exchange's clock, as ``make_client`` does."""
    with ExitStack() as stack:
        account = _account_on(cassette) | {"timeout": timeout_s}
        yield lambda **options: _connected(stack, way, account | options)


@pytest.fixture
def client(connect: Connect) -> Client:
    """A client of alice."""
    return connect()


@pytest.fixture(params=["requests", "aiohttp"])
def documented_client(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client that gets what the documents print, and has to ask as the documents do."""
    PROCESS_WRITES.clear()
    path = named_after(request, DOCUMENTED)
    match = by_documented_parts(read(path).metadata.get("the_client_also_sends", []))
    account = {"api_key": "documented-key", "secret_key": "documented-secret", "base_urls": (COM, PRO)}
    with ExitStack() as stack, playing(path, lambda request: request, match):
        yield _connected(stack, request.param, {**account, "clock": lambda: NOW_MS})


def _account_on(exchange: FakeExchange) -> dict[str, Any]:
    return {
        "api_key": "alice-key",
        "secret_key": "alice-secret",
        "base_urls": exchange.base_urls,
        "clock": exchange.clock.now_ms,
        "sleep": exchange.clock.sleep,
    }


def _with_history(state: dict[str, Any]) -> dict[str, Any]:
    """The built-in example, and some transfers of the past."""
    return {
        **state,
        "transfers": [
            {"uid": ALICE, "id": number, "asset": asset, "amount": amount, "from": source, "to": target}
            | {"at": NOW_MS - hours * _HOUR_MS}
            for number, asset, amount, source, target, hours in _TRANSFERS
        ],
        "inner_transfers": [
            {"uid": uid, "to_uid": to_uid, "id": number, "asset": asset, "amount": amount, "from": "fund"}
            | {"transfer_client_id": client_id, "at": NOW_MS - _HOUR_MS}
            for number, asset, amount, uid, to_uid, client_id in _INNER_TRANSFERS
        ],
    }


def _connected(stack: ExitStack, way: str, options: dict[str, Any]) -> Client:
    if way != "aiohttp":
        return stack.enter_context(Client("prod-vst", **options))
    runner = stack.enter_context(asyncio.Runner())
    if "sleep" in options:
        options = options | {"sleep": _awaitable(options["sleep"])}
    client = AsyncClient("prod-vst", **options)
    stack.callback(lambda: runner.run(client.close()))
    return cast(Client, _Blocking(client, runner))


def _awaitable(sleep: Callable[[float], object]) -> Callable[[float], Any]:
    async def asleep(seconds: float) -> None:
        sleep(seconds)

    return asleep


class _Blocking:
    """An asynchronous client whose calls wait for their results, so that one test serves both clients."""

    def __init__(self, client: AsyncClient, runner: asyncio.Runner) -> None:
        self._client, self._runner = client, runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._client, name)
        return lambda *positional, **named: self._runner.run(method(*positional, **named))
