"""Exchanges on plain and on TLS listeners, and how both HTTP libraries come to trust the latter."""

import ssl
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from matrix.cells import AMOUNT, OLD_ID, Cell
from support.sender import ALICE, BOB, NOW_MS

from bingx_client.flow.writes import PROCESS_WRITES
from bingx_fake import FakeExchange

_AN_HOUR_AGO_MS = NOW_MS - 3_600_000


@pytest.fixture(scope="session")
def exchange_on() -> Iterator[Callable[[str], FakeExchange]]:
    """The worker's exchange on ``plain`` or on ``TLS`` listeners, made when it is first asked for."""
    made: dict[str, FakeExchange] = {}
    with ExitStack() as stack:

        def exchange_on(listener: str) -> FakeExchange:
            if listener not in made:
                fake = FakeExchange(_state(), frozen_at_ms=NOW_MS, tls=listener == "TLS")
                made[listener] = stack.enter_context(fake)
            return made[listener]

        yield exchange_on


@pytest.fixture
def cell_of(
    exchange_on: Callable[[str], FakeExchange], monkeypatch: pytest.MonkeyPatch
) -> Callable[[tuple[str, str]], Cell]:
    """Makes an exchange on one sort of listener new, for a client of one style."""

    def cell_of(client: tuple[str, str]) -> Cell:
        listener, style = client
        exchange = exchange_on(listener)
        exchange.reset(ids="restart")
        PROCESS_WRITES.clear()
        if exchange.ca_file is not None:
            _trust(monkeypatch, exchange.ca_file)
        return Cell(exchange, style, monkeypatch)

    return cell_of


@pytest.fixture
def cell(request: pytest.FixtureRequest, cell_of: Callable[[tuple[str, str]], Cell]) -> Cell:
    """A client of one style and an exchange on one sort of listener, as new: the parameter names both."""
    return cell_of(request.param)


def _trust(monkeypatch: pytest.MonkeyPatch, ca_file: Path) -> None:
    """Let requests and aiohttp trust this CA and no other, for one test.

    requests reads the variable at each request. aiohttp makes its default context when it is imported, so
    neither a variable nor a CA that appears later reaches it; that context is replaced.
    """
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca_file))
    context = ssl.create_default_context(cafile=ca_file)
    monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", context)


def _state() -> dict[str, Any]:
    """The built-in example, and one old transfer of each sort that looks like the ones to come."""
    text = resources.files("bingx_fake").joinpath("example_state.toml").read_text(encoding="utf-8")
    old = {"uid": ALICE, "asset": "USDT", "amount": str(AMOUNT), "from": "fund", "at": _AN_HOUR_AGO_MS}
    return {
        **tomllib.loads(text),
        "transfers": [{**old, "id": OLD_ID, "to": "USDTMPerp"}],
        "inner_transfers": [{**old, "id": OLD_ID + 1, "to_uid": BOB, "transfer_client_id": "old"}],
    }
