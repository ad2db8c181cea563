"""The account's stream of perpetuals: orders, wallets and positions, and what was chosen, by themselves."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from streams.listener import Listener
from streams.test_account import new_key
from support.sender import ALICE, NOW_MS, Sender

from bingx_fake import FakeExchange

BTC = "BTC-USDT"
ORDERS, WALLETS, CHOICES = "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE", "ACCOUNT_CONFIG_UPDATE"


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        running.credit(ALICE, "USDTMPerp", "USDT", 100_000)
        yield running


@pytest.fixture
def account(exchange: FakeExchange) -> Iterator[Listener]:
    with Listener(f"{exchange.stream_url}/swap-market?listenKey={new_key(exchange)}") as connected:
        connected.so_far()
        yield connected


def order(exchange: FakeExchange, side: str = "BUY", quantity: str = "0.5", **more: str) -> Any:
    asked = {"type": "MARKET", "positionSide": "BOTH", **more}
    answer = Sender(exchange).post(
        "/openApi/swap/v2/trade/order", symbol=BTC, side=side, quantity=quantity, **asked
    )
    assert answer.code == 0, answer
    return answer.data


def of(account: Listener, event: str) -> list[Any]:
    return [message for message in account.so_far() if message["e"] == event]


def positions(exchange: FakeExchange) -> Any:
    return Sender(exchange).get("/openApi/swap/v2/user/positions", symbol=BTC).data


def test_what_was_chosen_is_told_on_connecting_and_every_five_seconds(exchange: FakeExchange) -> None:
    with Listener(f"{exchange.stream_url}/swap-market?listenKey={new_key(exchange)}") as account:
        first = account.so_far()
        Sender(exchange).post("/openApi/swap/v2/trade/leverage", symbol=BTC, side="BOTH", leverage="20")
        exchange.clock.advance(10_000)
        later = [it for it in account.so_far() if it["ac"]["s"] == BTC]
    assert [it["ac"]["s"] for it in first] == [
        "BTC-USDT",
        "ETH-USDT",
        "SOL-USDT",
        "LTC-USDT",
        "SHIB-USDT",
    ]
    assert first[0] == {"e": CHOICES, "E": NOW_MS, "ac": {"s": BTC, "l": 5, "S": 5, "mt": "cross"}}
    assert [(it["E"] % 5_000, it["ac"]["l"], it["ac"]["S"]) for it in later] == [(0, 20, 20)] * 2


def test_an_order_that_rests_is_told_as_new_and_moves_nothing(
    exchange: FakeExchange, account: Listener
) -> None:
    order(exchange, type="LIMIT", price="50000", clientOrderId="mine")
    (pushed,) = account.so_far()
    told = pushed["o"]
    assert (pushed["e"], pushed["E"]) == (ORDERS, NOW_MS)
    assert (told["x"], told["X"], told["c"], told["p"], told["q"], told["z"]) == (
        "NEW",
        "NEW",
        "mine",
        "50000.00000000",
        "0.50000000",
        "0.00000000",
    )


def test_an_order_that_is_cancelled_is_told_as_such(exchange: FakeExchange, account: Listener) -> None:
    placed = order(exchange, type="LIMIT", price="50000")["order"]
    Sender(exchange).call(
        "DELETE", "/openApi/swap/v2/trade/order", {"symbol": BTC, "orderId": placed["orderId"]}
    )
    told = [(it["o"]["x"], it["o"]["X"]) for it in of(account, ORDERS)]
    assert told == [("NEW", "NEW"), ("CANCELED", "CANCELED")]


def test_fills_say_what_was_last_filled_and_add_up_to_all(exchange: FakeExchange, account: Listener) -> None:
    order(exchange, quantity="2")
    new, *fills = [it["o"] for it in of(account, ORDERS)]
    assert new["x"] == "NEW"
    assert len(fills) > 1
    assert {it["x"] for it in fills} == {"TRADE"}
    assert [it["X"] for it in fills] == ["PARTIALLY_FILLED"] * (len(fills) - 1) + ["FILLED"]
    assert sum(float(it["l"]) for it in fills) == pytest.approx(2)
    assert [float(it["z"]) for it in fills] == pytest.approx(
        [sum(float(it["l"]) for it in fills[: number + 1]) for number in range(len(fills))]
    )
    assert all(float(it["L"]) > 60_000 for it in fills)
    assert [float(it["n"]) for it in fills] == pytest.approx([-0.0005 * float(it["tv"]) for it in fills])


def test_orders_come_first_and_then_the_wallet_with_the_position(
    exchange: FakeExchange, account: Listener
) -> None:
    order(exchange)
    *told, last = account.so_far()
    (held,) = positions(exchange)
    assert {it["e"] for it in told} == {ORDERS}
    assert last["e"] == WALLETS
    assert last["a"]["m"] == "ORDER"
    (wallet,), (position,) = last["a"]["B"], last["a"]["P"]
    assert wallet["bc"] == "0"
    assert float(wallet["wb"]) < 200_000
    assert float(wallet["cw"]) == pytest.approx(float(wallet["wb"]) - float(held["initialMargin"]), abs=0.01)
    assert (position["s"], position["pa"], position["ps"], position["mt"]) == (BTC, "0.5", "BOTH", "cross")
    assert float(position["ep"]) == pytest.approx(float(held["avgPrice"]), abs=0.1)


def test_a_short_position_is_below_zero_in_one_way_mode_and_gone_at_nought(
    exchange: FakeExchange, account: Listener
) -> None:
    order(exchange, "SELL")
    order(exchange, "BUY")
    assert [it["a"]["P"][0]["pa"] for it in of(account, WALLETS)] == ["-0.5", "0"]


def test_funding_on_shared_margin_tells_the_wallet_alone(exchange: FakeExchange, account: Listener) -> None:
    order(exchange)
    account.so_far()
    exchange.market(BTC, "swap").settle_funding()
    (pushed,) = of(account, WALLETS)
    (wallet,) = pushed["a"]["B"]
    assert (pushed["a"]["m"], pushed["a"]["P"]) == ("FUNDING_FEE", [])
    assert float(wallet["bc"]) == pytest.approx(-0.0001 * 0.5 * 60_000, rel=0.01)


def test_funding_on_an_isolated_position_tells_it_as_well(exchange: FakeExchange, account: Listener) -> None:
    Sender(exchange).post("/openApi/swap/v2/trade/marginType", symbol=BTC, marginType="ISOLATED")
    order(exchange)
    account.so_far()
    exchange.market(BTC, "swap").settle_funding()
    (pushed,) = of(account, WALLETS)
    assert [(it["s"], it["mt"]) for it in pushed["a"]["P"]] == [(BTC, "isolated")]


def test_a_liquidation_is_told_as_calculated(exchange: FakeExchange, account: Listener) -> None:
    Sender(exchange).post("/openApi/swap/v2/trade/marginType", symbol=BTC, marginType="ISOLATED")
    order(exchange)
    account.so_far()
    exchange.market(BTC, "swap").mark(40_000)
    told = account.so_far()
    assert [(it["o"]["x"], it["o"]["X"], it["o"]["o"]) for it in told if it["e"] == ORDERS] == [
        ("CALCULATED", "FILLED", "LIQUIDATION")
    ]
    (last,) = [it for it in told if it["e"] == WALLETS]
    assert last["a"]["P"][0]["pa"] == "0"


def test_what_waits_for_a_price_is_told_as_new_once(exchange: FakeExchange, account: Listener) -> None:
    order(exchange)
    account.so_far()
    order(exchange, "SELL", type="STOP_MARKET", stopPrice="59000", workingType="CONTRACT_PRICE")
    exchange.market(BTC, "swap").move(58_900)
    told = [it["o"]["x"] for it in of(account, ORDERS)]
    assert told[0] == "NEW"
    assert set(told[1:]) == {"TRADE"}


@pytest.mark.parametrize(("amount", "reason"), [(10, "DEPOSIT"), (-10, "WITHDRAW")])
def test_what_comes_from_elsewhere_is_a_deposit_and_what_goes_a_withdrawal(
    exchange: FakeExchange, account: Listener, amount: int, reason: str
) -> None:
    if amount > 0:
        exchange.credit(ALICE, "USDTMPerp", "USDT", amount)
    else:
        exchange.call(lambda inner: inner.books.ledger.debit(ALICE, "USDTMPerp", "USDT", Decimal(-amount)))
    (pushed,) = account.so_far()
    assert (pushed["a"]["m"], float(pushed["a"]["B"][0]["bc"])) == (reason, amount)


def test_a_stranger_is_told_nothing(exchange: FakeExchange) -> None:
    with Listener(f"{exchange.stream_url}/swap-market") as stranger:
        order(exchange)
        exchange.clock.advance(5_000)
        assert stranger.so_far() == []


def test_what_comes_by_itself_counts_for_no_topic(exchange: FakeExchange, account: Listener) -> None:
    kinds = ["trade", "ticker", "lastPrice", "markPrice", "bookTicker", "incrDepth"]
    kinds += [f"depth{levels}@{pace}ms" for levels in (5, 10, 20, 50, 100) for pace in (100, 200, 500)]
    lengths = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")
    kinds += [f"kline_{length}" for length in lengths]
    topics = [f"{it}-USDT@{kind}" for kind in kinds for it in ("BTC", "ETH", "SOL", "LTC", "SHIB", "BTC")]
    for topic in dict.fromkeys(topics):
        account.send({"id": topic, "reqType": "sub", "dataType": topic})
    refused = [it for it in account.so_far() if it.get("code")]
    assert len(set(topics)) == 180
    assert refused == []


def test_a_key_that_has_ended_ends_what_comes_by_itself(exchange: FakeExchange, account: Listener) -> None:
    with exchange.fault("stream", "key-expire"):
        assert [it["e"] for it in account.so_far()] == ["listenKeyExpired"]
        exchange.clock.advance(10_000)
        exchange.credit(ALICE, "USDTMPerp", "USDT", 10)
        assert account.so_far() == []
