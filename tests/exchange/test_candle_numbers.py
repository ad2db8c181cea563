"""What a page of candles prints are the exact decimals, whichever steps a market has."""

from decimal import Decimal

import msgspec
import pytest

from bingx_fake.answers.answer import Answer
from bingx_fake.clock import ExchangeClock
from bingx_fake.exchange import Exchange
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form

NOW_MS = 1_700_000_000_000
NUMBERS = (1, 2, 3, 4, 5, 7)
"""Where in a row: open, high, low, close, volume, quote volume."""


def plain(number: Decimal) -> bytes:
    """A decimal as a person would write it."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text).encode()


@pytest.mark.parametrize("past", ["walk", "flat"])
@pytest.mark.parametrize(
    ("tick", "step", "price"),
    [
        pytest.param("0.01", "0.00001", "60000", id="as bitcoin's"),
        pytest.param("0.00000001", "1", "0.00002511", id="as shiba's"),
        pytest.param("0.00000001", "1", "0.00000911", id="below what a float prints without an exponent"),
        pytest.param("0.25", "0.125", "1017.25", id="parts of one that are no tenths"),
        pytest.param("5", "0.3", "60000", id="no parts of one"),
        pytest.param("0.00000001", "1", "9000000000", id="more digits than a float has"),
    ],
)
def test_candles_are_printed_to_the_last_digit(tick: str, step: str, price: str, past: str) -> None:
    market = {"symbol": "A-B", "tick": tick, "step": step, "price": price, "past": past}
    form = read_form({"markets": [market]})
    exchange = Exchange(Settings(form, lambda: ExchangeClock(lambda: NOW_MS, NOW_MS), seed=1))
    target = "/openApi/spot/v2/market/kline?symbol=A-B&interval=1m&limit=500"
    delivery = exchange.receive(WireRequest("com", "GET", target, {"host": "127.0.0.1"}, b"", "127.0.0.1"))
    assert isinstance(delivery, Answer)
    rows = msgspec.json.decode(delivery.body, type=dict[str, msgspec.Raw])["data"]
    history = exchange.books.floor.stall(("spot", "A-B")).history
    candles = history.page("1m", 0, limit=500, now_ms=NOW_MS)[::-1]
    for row, candle in zip(msgspec.json.decode(rows, type=list[list[msgspec.Raw]]), candles, strict=True):
        prices = [
            plain(ticks * Decimal(tick)) for ticks in (candle.open, candle.high, candle.low, candle.close)
        ]
        volume = plain(candle.volume * Decimal(step))
        quote_volume = plain(candle.value * Decimal(tick) * Decimal(step))
        assert [bytes(row[place]) for place in NUMBERS] == [*prices, volume, quote_volume]
