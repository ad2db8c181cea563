"""What ccxt's pro class makes of streams that fail: the page says it, and this holds it to that."""

import asyncio
import os
import time
from typing import Any

import pytest
from compat.streaming import (
    BEGIN,
    END,
    FAULTS,
    PAIR,
    SILENT,
    WORKS,
    Observed,
    connected,
    observe_all,
    rendered,
    said,
)
from support.pages import ROOT

from bingx_fake import FakeExchange


@pytest.fixture(scope="module")
def observed() -> dict[str, Observed]:
    """Every fault; about ten seconds, most of them waiting."""
    return asyncio.run(observe_all())


def test_the_page_shows_what_came_of_each_fault(observed: dict[str, Observed]) -> None:
    page = ROOT / "docs" / "published-clients.md"
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    assert begin, f"the page has lost its marker {BEGIN}"
    assert end, f"the page has lost its marker {END}"
    current = f"{before}{BEGIN}\n\n{rendered(observed)}\n\n{END}{after}"
    if os.environ.get("BINGX_WRITE_TABLE"):
        page.write_text(current, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == current, "`make compat` writes the table anew"


def test_everything_works_while_nothing_fails(observed: dict[str, Observed]) -> None:
    assert {said(observed["none"], method) for method in observed["none"].seen} == {WORKS}


@pytest.mark.parametrize("fault", ["`ws-stall`", "`ws-silent`"])
def test_no_method_notices_a_stream_that_says_nothing(observed: dict[str, Observed], fault: str) -> None:
    cells = [said(observed[fault], method) for method in observed[fault].seen]
    assert all(cell.startswith(SILENT) for cell in cells), cells


@pytest.mark.parametrize("fault", [name for name in FAULTS if "close" in name or "reset" in name])
def test_every_method_raises_when_its_connection_ends(observed: dict[str, Observed], fault: str) -> None:
    cells = [said(observed[fault], method) for method in observed[fault].seen]
    assert all(cell.startswith("raises `NetworkError`") for cell in cells), cells


def test_a_balance_with_an_open_order_is_read_right(observed: dict[str, Observed]) -> None:
    # V101: cw and wb are what is free, lk what is held.
    balances = [seen.value for seen in observed["none"].seen["watch_balance"][-1]]
    assert (10_250.5 - 59.0, 59.0) in balances


def test_what_is_watched_no_more_is_pushed_no_more() -> None:
    async def watch() -> tuple[list[str], list[str]]:
        with FakeExchange(frozen_at_ms=int(time.time() * 1000)) as exchange:

            def topics() -> list[str]:
                return exchange.call(
                    lambda inner: [name for it in inner.streams.sessions.values() for name in it.topics]
                )

            async with connected(exchange) as client:
                watching: asyncio.Future[Any] = asyncio.ensure_future(client.watch_trades(PAIR))
                while not topics():
                    await asyncio.sleep(0.01)
                before = topics()
                exchange.market("BTC-USDT").move(61_000)
                await watching
                await client.un_watch_trades(PAIR)
                return before, topics()

    assert asyncio.run(watch()) == (["BTC-USDT@trade"], [])
