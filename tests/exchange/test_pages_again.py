"""Candles and books that are asked for again and again: what was kept of them is never old."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.sender import NOW_MS, Sender

from bingx_fake import FakeExchange
from bingx_fake.inprocess.markets import Market

KLINES = "/openApi/spot/v2/market/kline"


@pytest.fixture
def exchanges() -> Iterator[list[FakeExchange]]:
    """Two that are alike."""
    with (
        FakeExchange(frozen_at_ms=NOW_MS, market="walk", seed=3) as first,
        FakeExchange(frozen_at_ms=NOW_MS, market="walk", seed=3) as second,
    ):
        yield [first, second]


def candles(exchange: FakeExchange, query: str) -> Any:
    """The rows, with their numbers as they are written."""
    body = Sender(exchange).raw("GET", f"{KLINES}?symbol=BTC-USDT&{query}").body
    return json.loads(body, parse_float=str, parse_int=str)["data"]


@pytest.mark.parametrize("query", ["interval=1m&limit=40", "interval=1h&limit=40", "interval=1d&limit=5"])
def test_after_trades_it_shows_them_and_nothing_else_is_another(
    exchanges: list[FakeExchange], query: str
) -> None:
    asked, silent = exchanges
    for price in ("61000", "59000", "60500"):
        for exchange in exchanges:
            exchange.market("BTC-USDT").move(price)
            exchange.clock.advance(90_000)
        candles(asked, query)
        candles(asked, query)
    shown = candles(asked, query)
    assert shown == candles(silent, query)
    assert len(shown) == int(query.rpartition("=")[2])


def test_another_state_has_another_past(exchanges: list[FakeExchange]) -> None:
    exchange, _ = exchanges
    before = candles(exchange, "interval=1m&limit=40")
    exchange.load({"prices": {"BTC": "100"}})
    after = candles(exchange, "interval=1m&limit=40")
    assert [row[0] for row in after] == [row[0] for row in before]
    assert all(float(row[1]) < 1_000 < float(old[1]) for row, old in zip(after, before, strict=True))


def test_the_book_that_was_shown_is_not_shown_after_a_change(exchanges: list[FakeExchange]) -> None:
    asked, silent = exchanges
    steps: tuple[Callable[[Market], None], ...] = (
        lambda market: market.trade("BUY", "0.4"),
        lambda market: market.move("60100"),
        lambda market: market.change(ladder={"levels": 3}),
    )
    shown = [depth(asked)]
    for step in steps:
        for exchange in exchanges:
            step(exchange.market("BTC-USDT"))
        depth(asked)
        shown.append(depth(asked))
    assert shown[-1] == depth(silent)
    assert len({json.dumps(book) for book in shown}) == len(shown)
    for exchange in exchanges:
        exchange.clock.advance(5_000)  # the price walks, and what was taken is laid again
    assert depth(asked) == depth(silent) != shown[-1]


def depth(exchange: FakeExchange) -> Any:
    """Both sides of the book, and the number of its last change."""
    body = Sender(exchange).raw("GET", "/openApi/spot/v1/market/depth?symbol=BTC-USDT&limit=7").body
    return json.loads(body)["data"]
