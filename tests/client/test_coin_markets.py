"""Market data of coin-margined perpetuals is read alike, whichever documented form it comes in."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from bingx_client import Client
from bingx_client.calls import cswap_market
from bingx_client.calls.cswap_market import readers
from bingx_client.wire.decode import read_answer
from bingx_contracts import PROFILES, VARIATIONS
from bingx_fake import FakeExchange

SYMBOL = "BTC-USD"
FORMS = {"V45", "V48", "V81", "V82", "V83"}
CHOICES: dict[str, dict[str, str]] = {
    f"{variation.id}={answer.name}": {variation.id: answer.name}
    for variation in VARIATIONS.values()
    if variation.id in FORMS
    for answer in variation.answers
}
CHOICES["reference"] = dict(PROFILES["reference"].answers)


@pytest.fixture(params=CHOICES)
def varied(exchange: FakeExchange, request: pytest.FixtureRequest) -> Iterator[None]:
    exchange.change_profile(vary=CHOICES[request.param])
    yield
    exchange.change_profile()


@pytest.mark.usefixtures("varied")
def test_everything_is_read_alike_in_every_documented_form(exchange: FakeExchange, client: Client) -> None:
    market = exchange.market(SYMBOL, "coinm")
    market.move(61_000)
    market.mark(60_500)
    book = client.send(cswap_market.depth(SYMBOL, limit=5))
    assert (book.bids[0].price, book.asks[0].price) == (Decimal("60999.9"), Decimal("61000.1"))
    assert book.time_ms == exchange.clock.now_ms()
    (ticker,) = client.send(cswap_market.ticker(SYMBOL))
    assert (ticker.last, ticker.bid) in [(Decimal(61000), it) for it in (book.bids[0].price, None)]
    assert -100 < ticker.change_percent < 100
    (candle,) = client.send(cswap_market.klines(SYMBOL, "1m", limit=1))
    assert candle.close == 61_000
    assert candle.volume % 1 == 0
    (premium,) = client.send(cswap_market.premium_index(SYMBOL))
    assert (premium.symbol, premium.mark_price) == (SYMBOL, Decimal(60500))
    (interest,) = client.send(cswap_market.open_interest(SYMBOL))
    assert (interest.symbol, interest.time_ms) == (SYMBOL, exchange.clock.now_ms())
    assert interest.coins == 0


@pytest.mark.parametrize(("answer", "value"), [("hundred", 100), ("ten", 10)])
def test_what_a_contract_is_worth_is_what_the_answer_says(
    exchange: FakeExchange, client: Client, answer: str, value: int
) -> None:
    exchange.change_profile(vary={"V80": answer})
    (contract,) = client.send(cswap_market.contracts(SYMBOL))
    exchange.change_profile()
    assert contract.value == contract.min_value == value
    assert contract.min_quantity == 1
    assert contract.is_open


RECORDED = {
    "depth": """{"code":0,"msg":"","timestamp":1743240979146,"data":{"T":1743240978691,
        "bids":[["83611.4","241.0"],["83611.3","1.0"]],"asks":[["83645.0","4253.0"],["83636.0","5540.0"]]}}""",
    "premium": """{"code":0,"msg":"","timestamp":1787342456049,"data":[{"symbol":"BTC-USD",
        "lastFundingRate":"0.0001","markPrice":"76881.8","indexPrice":"76922.2",
        "nextFundingTime":1787356800000}]}""",
    "interest": """{"code":0,"msg":"","timestamp":1787342456489,"data":[{"symbol":"BTC-USD",
        "openInterest":"1152.6776","timestamp":1787356800000}]}""",
    "ticker": """{"code":0,"msg":"","timestamp":1720647285296,"data":[{"symbol":"SOL-USD",
        "priceChange":"-2.418","priceChangePercent":"-1.6900%","lastPrice":"140.574","lastQty":"1",
        "highPrice":"146.190","lowPrice":"138.586","volume":"1464648.00","quoteVolume":"102928.12",
        "openPrice":"142.994","closeTime":"1720647284976","bidPrice":"140.573","bidQty":"372",
        "askPrice":"140.577","askQty":"58"}]}""",
}
"""What was recorded of the live exchange, 2024 to 2026 (O)."""


def test_what_was_recorded_is_read() -> None:
    answers = {name: read_answer("", 200, body.encode()) for name, body in RECORDED.items()}
    book = readers.depth(answers["depth"])
    assert (book.bids[0].price, book.asks[0].price) == (Decimal("83611.4"), Decimal("83636.0"))
    assert (book.asks[0].quantity, book.time_ms) == (Decimal(5540), 1743240978691)
    (premium,) = readers.premiums(answers["premium"])
    assert (premium.index_price, premium.next_funding_ms) == (Decimal("76922.2"), 1787356800000)
    (interest,) = readers.open_interest(answers["interest"])
    assert interest.coins == Decimal("1152.6776")
    (ticker,) = readers.tickers(answers["ticker"])
    assert (ticker.change_percent, ticker.quote_volume) == (Decimal("-1.69"), Decimal("102928.12"))
    assert (ticker.bid, ticker.ask_quantity) == (Decimal("140.573"), Decimal(58))
    assert ticker.close_ms == 1720647284976
