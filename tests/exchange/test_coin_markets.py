"""Markets of coin-margined perpetuals: what a contract is worth, and that sizes count contracts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import requests

from bingx_fake import FakeExchange
from bingx_fake.state.files import StateError
from bingx_fake.venue.candles import Candle
from bingx_fake.venue.commands import MarketId

NOW_MS = 1_795_000_123_456
ADA = {"product": "coinm", "symbol": "ADA-USD", "tick": "0.0001", "step": 1, "price": "0.5"}
BTC: MarketId = ("coinm", "BTC-USD")


@pytest.fixture
def exchange() -> Any:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        yield running


def levels(exchange: FakeExchange) -> list[tuple[int, int]]:
    """Prices in ticks and contracts that the house bids for bitcoin, the best first."""
    return exchange.call(lambda inner: inner.books.floor.levels(BTC, NOW_MS))[0]


def hours(exchange: FakeExchange) -> list[Candle]:
    history = exchange.call(lambda inner: inner.books.floor.stalls[BTC].history)
    return history.page("1h", 0, limit=48, now_ms=NOW_MS, end_ms=NOW_MS - 3_600_000)


@pytest.mark.parametrize(
    ("symbol", "contract"),
    [("BTC-USD", "100"), *((f"{coin}-USD", "10") for coin in ("ETH", "SOL", "LTC", "SHIB"))],
)
def test_every_coin_has_a_market_whose_contract_is_worth_what_is_recorded(
    exchange: FakeExchange, symbol: str, contract: str
) -> None:
    state = exchange.market(symbol, "coinm").state
    assert (state["contract"], state["step"], state["min_notional"]) == (contract, "1", contract)


def test_prices_of_a_state_open_the_markets_of_every_product() -> None:
    with FakeExchange(state={"prices": {"BTC": "50000"}}) as exchange:
        assert exchange.market("BTC-USD", "coinm").last == 50_000


def test_a_level_of_the_ladder_is_worth_5000_to_20000_usd_at_any_price(exchange: FakeExchange) -> None:
    before = levels(exchange)
    exchange.market("BTC-USD", "coinm").move(6_000)
    after = levels(exchange)
    for _, contracts in (*before, *after):
        assert 5_000 <= contracts * 100 <= 20_000
    assert len(before) == len(after) == 20


def test_trades_of_the_past_are_worth_20_to_2000_usd_on_the_average_whatever_the_price(
    exchange: FakeExchange,
) -> None:
    for candle in hours(exchange):
        assert candle.count <= candle.volume <= candle.count * 2_000 // 100


def test_takers_who_come_by_themselves_take_contracts_worth_20_to_2000_usd(exchange: FakeExchange) -> None:
    exchange.market("BTC-USD", "coinm").change(flow={"every_ms": 100})
    exchange.clock.advance(10_000)
    prints = exchange.call(lambda inner: inner.books.floor.stalls[BTC].prints(50))
    sizes = {it.quantity for it in prints if it.at_ms > NOW_MS}
    assert len(sizes) > 5
    assert max(sizes) <= 20


def test_half_a_contract_is_not_traded(exchange: FakeExchange) -> None:
    with pytest.raises(ValueError, match=r"quantity: 0\.5 is not whole steps of 1"):
        exchange.market("BTC-USD", "coinm").trade("BUY", "0.5")


def test_mark_index_and_funding_are_set_and_released(exchange: FakeExchange) -> None:
    market = exchange.market("ETH-USD", "coinm")
    market.mark("2900.5")
    market.funding("-0.0002")
    market.change(index=2901)
    held = market.state
    assert (held["mark"], held["index"], held["funding"]) == ("2900.5", "2901", "-0.0002")
    market.mark(None)
    market.funding(None)
    market.change(index=None)
    assert (market.state["held"], market.state["mark"]) == ([], "3000")


@pytest.mark.parametrize(
    ("form", "contract"),
    [(ADA, "10"), ({**ADA, "contract": "2.5"}, "2.5"), ({**ADA, "symbol": "BTC-USDC"}, "100")],
)
def test_a_described_market_has_the_contract_that_it_names_or_the_one_that_is_recorded(
    exchange: FakeExchange, form: Mapping[str, Any], contract: str
) -> None:
    exchange.load({"markets": [form]})
    state = exchange.market(form["symbol"], "coinm").state
    assert Decimal(state["contract"]) == Decimal(contract)
    assert exchange.state["markets"] == [form], "it is saved as it was described"


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({**ADA, "step": "0.5"}, "step: coin-margined perpetuals count whole contracts, not 0.5"),
        ({**ADA, "contract": 0}, "contract: must be above zero"),
        ({**ADA, "product": "swap", "contract": 10}, 'contract: is of markets with product = "coinm" only'),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(
    exchange: FakeExchange, form: Mapping[str, Any], reason: str
) -> None:
    with pytest.raises(StateError, match=reason):
        exchange.load({"markets": [form]})


def test_another_contract_opens_a_market_anew_at_the_price_that_it_has(exchange: FakeExchange) -> None:
    market = exchange.market("BTC-USD", "coinm")
    market.move(61_000)
    before = levels(exchange)
    market.change(contract=1)
    after = levels(exchange)
    assert market.last == 61_000
    assert market.state["min_notional"] == "5"
    assert sum(it[1] for it in after) > 50 * sum(it[1] for it in before), "as much in more contracts"


def test_a_market_that_is_not_there_is_opened(exchange: FakeExchange) -> None:
    body = {"tick": "0.0001", "step": 1, "price": "0.5"}
    reply = requests.put(f"{exchange.control_url}/markets/coinm/ADA-USD", json=body, timeout=10)
    assert (reply.status_code, reply.json()["contract"]) == (200, "10")
