"""The account's stream of coin-margined perpetuals: the events of others, about contracts and coins."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from streams.listener import Listener
from streams.test_account import new_key
from support.sender import ALICE, NOW_MS, Sender

from bingx_fake import FakeExchange

BTC = "BTC-USD"
ORDERS, WALLETS, CHOICES = "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE", "ACCOUNT_CONFIG_UPDATE"


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        running.credit(ALICE, "coinMPerp", "BTC", "1")
        yield running


@pytest.fixture
def account(exchange: FakeExchange) -> Iterator[Listener]:
    with Listener(f"{exchange.stream_url}/cswap-market?listenKey={new_key(exchange)}") as connected:
        connected.so_far()
        yield connected


def order(exchange: FakeExchange, **more: str) -> None:
    asked = {"symbol": BTC, "side": "BUY", "type": "MARKET", "positionSide": "BOTH", "quantity": "3"} | more
    assert Sender(exchange).post("/openApi/cswap/v1/trade/order", **asked).code == 0


def of(messages: list[Any], event: str) -> list[Any]:
    return [message for message in messages if message["e"] == event]


def test_what_was_chosen_is_told_on_connecting_and_every_five_seconds(exchange: FakeExchange) -> None:
    with Listener(f"{exchange.stream_url}/cswap-market?listenKey={new_key(exchange)}") as account:
        first = account.so_far()
        sent = {"symbol": BTC, "side": "LONG", "leverage": "20"}
        Sender(exchange).post("/openApi/cswap/v1/trade/leverage", **sent)
        exchange.clock.advance(5_000)
        later = [it["ac"] for it in account.so_far() if it["ac"]["s"] == BTC]
    assert [it["ac"]["s"] for it in first] == ["BTC-USD", "ETH-USD", "SOL-USD", "LTC-USD", "SHIB-USD"]
    assert first[0] == {"e": CHOICES, "E": NOW_MS, "ac": {"s": BTC, "l": 5, "S": 5, "mt": "cross"}}
    assert later == [{"s": BTC, "l": 20, "S": 5, "mt": "cross"}]


def test_a_fill_is_told_with_its_fee_in_the_coin_then_wallet_and_position(
    exchange: FakeExchange, account: Listener
) -> None:
    order(exchange, clientOrderId="mine")
    told = account.so_far()
    filled = of(told, ORDERS)[-1]["o"]
    assert (filled["c"], filled["x"], filled["X"], filled["q"]) == ("mine", "TRADE", "FILLED", "3.00000000")
    assert (filled["ap"], filled["N"], filled["n"]) == ("60000.10000000", "BTC", "-0.00000250")
    (change,) = of(told, WALLETS)
    assert told.index(change) > told.index(of(told, ORDERS)[-1])
    (wallet,), (position,) = change["a"]["B"], change["a"]["P"]
    assert wallet.keys() == {"a", "wb", "bc"}
    assert (wallet["a"], Decimal(wallet["wb"])) == ("BTC", exchange.balance(ALICE, "coinMPerp", "BTC").free)
    assert (position["s"], position["pa"], position["ep"], position["mt"]) == (BTC, "3", "60000.1", "cross")


def test_each_kind_of_perpetual_is_told_on_its_own_connection(
    exchange: FakeExchange, account: Listener
) -> None:
    exchange.credit(ALICE, "USDTMPerp", "USDT", 1000)
    asked = {
        "symbol": "BTC-USDT",
        "side": "BUY",
        "type": "MARKET",
        "positionSide": "BOTH",
        "quantity": "0.01",
    }
    assert Sender(exchange).post("/openApi/swap/v2/trade/order", **asked).code == 0
    assert account.so_far() == []
    exchange.credit(ALICE, "coinMPerp", "BTC", "0.5")
    (change,) = account.so_far()
    assert (change["a"]["m"], change["a"]["B"][0]["bc"], change["a"]["P"]) == ("DEPOSIT", "0.5", [])


def test_a_liquidation_is_told_as_calculated(exchange: FakeExchange, account: Listener) -> None:
    sent = {"symbol": BTC, "marginType": "ISOLATED"}
    Sender(exchange).post("/openApi/cswap/v1/trade/marginType", **sent)
    order(exchange)
    account.so_far()
    exchange.market(BTC, "coinm").mark("45000")
    (lost,) = of(account.so_far(), ORDERS)
    assert (lost["o"]["x"], lost["o"]["o"], lost["o"]["N"]) == ("CALCULATED", "LIQUIDATION", "BTC")
