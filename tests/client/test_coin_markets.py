"""Market data of coin-margined perpetuals is read alike, whichever documented form it comes in."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from bingx_client import Client
from bingx_client.calls import cswap_market
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
