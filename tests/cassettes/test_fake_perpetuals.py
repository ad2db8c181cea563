"""Perpetuals, call by call: the bytes on the wire, signature included, are those recorded."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from bingx_client import APIError, Client
from bingx_client.calls import cswap_market, swap_account, swap_market, swap_trade

SYMBOL = "BTC-USDT"
BID = (SYMBOL, "BUY", "LIMIT")


def test_an_order_for_a_perpetual_is_placed_found_and_cancelled(client: Client) -> None:
    exits: dict[str, Any] = {"take_profit": swap_trade.Exit("70000"), "stop_loss": swap_trade.Exit("40000")}
    bid = swap_trade.place_order(*BID, quantity="0.001", price="50000", client_order_id="mine", **exits)
    order = client.send(bid)
    assert (order.status, order.client_order_id) == ("PENDING", "mine")
    found = client.send(swap_trade.query_order(SYMBOL, client_order_id="mine"))
    assert (found.order_id, found.status) == (order.order_id, "PENDING")
    assert [it.order_id for it in client.send(swap_trade.open_orders(SYMBOL))] == [order.order_id]
    assert client.send(swap_trade.cancel_order(SYMBOL, order_id=order.order_id)).status == "CANCELED"


def test_a_position_is_opened_looked_at_and_closed(client: Client) -> None:
    assert client.send(swap_trade.set_leverage(SYMBOL, 10)).leverage == 10
    client.send(swap_trade.place_order(SYMBOL, "BUY", "MARKET", quantity="0.001", client_order_id="now"))
    (position,) = client.send(swap_account.positions(SYMBOL))
    assert (position.side, position.quantity, position.leverage) == ("LONG", Decimal("0.001"), 10)
    (paid,) = client.send(swap_account.income(kind="TRADING_FEE"))
    assert paid.amount < 0
    assert {it.asset for it in client.send(swap_account.balances())} == {"USDT", "USDC"}
    closing = client.send(swap_trade.close_position(position.position_id))
    assert closing.quantity == Decimal("0.001")
    assert client.send(swap_account.positions()) == []


def test_the_income_of_perpetuals_is_exported_as_a_workbook(client: Client) -> None:
    client.send(swap_trade.place_order(SYMBOL, "BUY", "MARKET", quantity="0.001", client_order_id="now"))
    (paid,) = client.send(swap_account.income(kind="TRADING_FEE"))
    sheet = load_workbook(BytesIO(client.send(swap_account.income_export(kind="TRADING_FEE"))))["Income"]
    _, row = sheet.values
    assert (row[0], row[1], Decimal(row[2])) == (SYMBOL, "TRADING_FEE", paid.amount)


def test_several_orders_for_perpetuals_are_placed_and_cancelled_at_once(client: Client) -> None:
    bids = [
        swap_trade.place_order(*BID, quantity="0.001", price=price, client_order_id=f"at_{price}")
        for price in ("50000", "49000")
    ]
    placed = client.send(swap_trade.place_orders(bids))
    assert [it.client_order_id for it in placed] == ["at_50000", "at_49000"]
    cancelled = client.send(swap_trade.cancel_orders(SYMBOL, order_ids=[placed[0].order_id, "1"]))
    assert [it.order_id for it in cancelled.failures] == ["1"]
    assert [it.client_order_id for it in client.send(swap_trade.cancel_open_orders())] == ["at_49000"]


def test_the_book_the_mark_and_the_funding_of_a_perpetual(client: Client) -> None:
    book = client.send(swap_market.depth(SYMBOL, limit=5))
    (premium,) = client.send(swap_market.premium_index(SYMBOL))
    assert book.bids[0].price <= premium.mark_price <= book.asks[0].price
    assert client.send(swap_market.funding_rates(SYMBOL, limit=1))[0].rate == Decimal("0.0001")


def test_mode_and_margin_of_a_perpetual_are_chosen_and_changed(client: Client) -> None:
    client.send(swap_trade.set_hedging(True))
    client.send(swap_trade.set_margin_type(SYMBOL, "ISOLATED"))
    bought: dict[str, Any] = {"quantity": "0.001", "position_side": "LONG", "client_order_id": "now"}
    client.send(swap_trade.place_order(SYMBOL, "BUY", "MARKET", **bought))
    assert client.send(swap_trade.add_margin(SYMBOL, 2, position_side="LONG")).amount == 2
    (position,) = client.send(swap_account.positions(SYMBOL))
    assert (position.is_isolated, position.is_one_way, position.margin > 13) == (True, False, True)
    assert len(client.send(swap_trade.close_all_positions(SYMBOL)).ids) == 1
    (past,) = client.send(swap_trade.position_history(SYMBOL))
    assert (past.position_id, past.is_isolated) == (position.position_id, True)


def test_an_order_for_a_perpetual_is_replaced_and_another_is_refused(client: Client) -> None:
    first = client.send(
        swap_trade.place_order(*BID, quantity="0.001", price="50000", client_order_id="first")
    )
    second = swap_trade.place_order(*BID, quantity="0.001", price="49000", client_order_id="second")
    replaced = client.send(swap_trade.replace_order(second, cancel_order_id=first.order_id))
    assert replaced.cancelled_id == first.order_id
    with pytest.raises(APIError) as refused:
        client.send(swap_trade.place_order(*BID, quantity="1", price="50000", client_order_id="too-much"))
    assert refused.value.code == 101204


def test_the_contract_the_book_and_candles_of_a_coin_margined_perpetual(client: Client) -> None:
    (contract,) = client.send(cswap_market.contracts("BTC-USD"))
    assert contract.value == 100
    book = client.send(cswap_market.depth("BTC-USD", limit=5))
    assert (len(book.bids), book.asks[0].price) == (5, Decimal("60000.1"))
    hours = client.send(cswap_market.klines("BTC-USD", "1h", limit=2))
    assert hours[1].open_ms - hours[0].open_ms == 3_600_000


def test_the_ticker_the_mark_and_what_is_held_of_coin_margined_perpetuals(client: Client) -> None:
    tickers = client.send(cswap_market.ticker())
    assert [it.symbol for it in tickers] == ["BTC-USD", "ETH-USD", "SOL-USD", "LTC-USD", "SHIB-USD"]
    (premium,) = client.send(cswap_market.premium_index("ETH-USD"))
    assert premium.mark_price == 3000
    (interest,) = client.send(cswap_market.open_interest("BTC-USD"))
    assert interest.coins == 0
