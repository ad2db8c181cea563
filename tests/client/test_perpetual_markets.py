"""Market data of perpetuals is read alike, whichever documented form it comes in."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from bingx_client import Client
from bingx_client.calls import swap_market, swap_trade
from bingx_client.flow.call import Call
from bingx_contracts import PROFILES, VARIATIONS
from bingx_fake import FakeExchange

SYMBOL = "BTC-USDT"
FORMS = {"V48", "V52", "V75", "V76", "V77", "V78", "V79"}
CHOICES: dict[str, dict[str, str]] = {name: dict(profile.answers) for name, profile in PROFILES.items()}
CHOICES |= {
    f"{variation.id}={answer.name}": {variation.id: answer.name}
    for variation in VARIATIONS.values()
    if variation.id in FORMS
    for answer in variation.answers
}


@pytest.fixture(params=CHOICES)
def varied(exchange: FakeExchange, request: pytest.FixtureRequest) -> Iterator[None]:
    exchange.change_profile(vary=CHOICES[request.param])
    yield
    exchange.change_profile()


def buy(client: Client) -> Decimal:
    """Buy 0.001 BTC at the market: the price."""
    order = swap_trade.place_order(SYMBOL, "BUY", "MARKET", quantity="0.001")
    placed = client.send(order)
    told = client.send(swap_trade.query_order(SYMBOL, order_id=placed.order_id))
    assert told.average_price is not None
    return told.average_price


@pytest.mark.usefixtures("varied")
def test_prices_and_trades_are_read_alike_in_every_documented_form(client: Client) -> None:
    paid = buy(client)
    (best,) = client.send(swap_market.book_ticker(SYMBOL))
    book = client.send(swap_market.depth(SYMBOL, limit=5))
    assert (best.bid, best.ask) == (book.bids[0].price, book.asks[0].price)
    assert book.bids[0].price > book.bids[-1].price
    assert book.asks[0].price < book.asks[-1].price
    (last,) = client.send(swap_market.price(SYMBOL))
    (ticker,) = client.send(swap_market.ticker(SYMBOL))
    assert (last.price, ticker.last, ticker.bid) == (paid, paid, best.bid)
    last_trades = client.send(swap_market.trades(SYMBOL))
    newest = max(last_trades, key=lambda trade: trade.time_ms)
    assert (newest.price, newest.quantity, newest.worth) == (paid, Decimal("0.001"), Decimal(60))
    assert not newest.is_buyer_maker
    old = client.send(swap_market.old_trades(SYMBOL, limit=3))
    assert len({trade.id for trade in old}) == 3
    (candle,) = client.send(swap_market.klines(SYMBOL, "1m", limit=1))
    assert candle.close == paid
    assert candle.low <= paid <= candle.high


@pytest.mark.usefixtures("varied")
def test_marks_funding_and_contracts_are_read_alike_in_every_documented_form(
    exchange: FakeExchange, client: Client
) -> None:
    exchange.market(SYMBOL, "swap").mark("61000")
    exchange.market(SYMBOL, "swap").funding("-0.0003")
    (premium,) = client.send(swap_market.premium_index(SYMBOL))
    assert (premium.mark_price, premium.funding_rate) == (Decimal(61000), Decimal("-0.0003"))
    assert premium.next_funding_ms > exchange.clock.now_ms()
    (candle,) = client.send(swap_market.mark_klines(SYMBOL, "1m", limit=1))
    assert (candle.close, candle.volume) == (Decimal(61000), Decimal(0))
    buy(client)  # funding is settled where somebody holds something
    exchange.clock.advance(ms=8 * 3_600_000)
    assert client.send(swap_market.funding_rates(SYMBOL, limit=5))[-1].rate == Decimal("-0.0003")
    interest = client.send(swap_market.open_interest(SYMBOL))
    assert (interest.symbol, interest.time_ms) == (SYMBOL, exchange.clock.now_ms())
    assert interest.value > 0
    (contract,) = client.send(swap_market.contracts(SYMBOL))
    assert (contract.size, contract.price_places, contract.quantity_places) == (Decimal("0.0001"), 1, 4)
    assert (contract.maker_fee, contract.taker_fee) == (Decimal("0.0002"), Decimal("0.0005"))
    assert contract.is_open
    assert (contract.asset, contract.currency) == ("BTC", "USDT")


EVERY = [swap_market.ticker(), swap_market.price(), swap_market.book_ticker(), swap_market.premium_index()]


@pytest.mark.parametrize("call", EVERY, ids=lambda call: call.endpoint_id)
def test_without_a_symbol_every_market_is_told(client: Client, call: Call[list[Any]]) -> None:
    every = [contract.symbol for contract in client.send(swap_market.contracts())]
    assert len(every) > 1
    assert [row.symbol for row in client.send(call)] == every
