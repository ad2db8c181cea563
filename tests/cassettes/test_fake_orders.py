"""Orders, call by call: the bytes on the wire, signature included, are those recorded."""

from decimal import Decimal

import pytest

from bingx_client import Client, InsufficientBalance
from bingx_client.calls import spot_trade

SYMBOL = "BTC-USDT"
BID = (SYMBOL, "BUY", "LIMIT")


@pytest.mark.clause("SPOT-1", "SPOT-12", "SPOT-19")
def test_an_order_is_placed_found_and_cancelled(client: Client) -> None:
    bid = spot_trade.place_order(*BID, quantity="0.001", price="50000", client_order_id="mine")
    order = client.send(bid)
    assert (order.status, order.client_order_id) == ("PENDING", "mine")
    found = client.send(spot_trade.query_order(SYMBOL, client_order_id="mine"))
    assert (found.order_id, found.status) == (order.order_id, "PENDING")
    assert [it.order_id for it in client.send(spot_trade.open_orders(SYMBOL))] == [order.order_id]
    assert client.send(spot_trade.cancel_order(SYMBOL, order_id=order.order_id)).status == "CANCELED"


@pytest.mark.clause("SPOT-3", "SPOT-14", "SPOT-15")
def test_a_market_order_and_its_fills(client: Client) -> None:
    buy = spot_trade.place_order(SYMBOL, "BUY", "MARKET", quote_quantity=20, client_order_id="now")
    order = client.send(buy)
    (fill,) = client.send(spot_trade.fills(SYMBOL, order_id=order.order_id))
    assert (fill.quantity, fill.worth, fill.fee_asset) == (order.filled, order.filled_worth, "BTC")
    assert client.send(spot_trade.commission_rate(SYMBOL)).taker == Decimal("0.001")
    assert client.send(spot_trade.order_history(SYMBOL, status="FILLED"))[0].quote_quantity == 20


@pytest.mark.clause("SPOT-5", "SPOT-8", "SPOT-9")
def test_several_orders_in_json_are_placed_and_cancelled(client: Client) -> None:
    bids = [
        spot_trade.place_order(*BID, quantity="0.001", price=price, client_order_id=f"at_{price}")
        for price in (50_000, 49_000)
    ]
    placed = client.send(spot_trade.place_orders(bids))
    wanted = [placed[0].order_id, "1"]
    cancelled = client.send(spot_trade.cancel_orders(SYMBOL, order_ids=wanted, those_that_can_be=True))
    assert [it.order_id for it in cancelled.failures] == ["1"]
    assert [it.client_order_id for it in client.send(spot_trade.cancel_open_orders())] == ["at_49000"]


@pytest.mark.clause("SPOT-10", "SPOT-11")
def test_an_order_is_replaced_and_a_countdown_begins(client: Client) -> None:
    client.send(spot_trade.place_order(*BID, quantity="0.001", price="50000", client_order_id="one"))
    replaced = client.send(
        spot_trade.replace_order(
            *BID, quantity="0.001", price="49000", cancel_client_order_id="one", client_order_id="two"
        )
    )
    assert replaced.placed is not None
    assert replaced.placed.client_order_id == "two"
    assert client.send(spot_trade.cancel_all_after(10)).status == "ACTIVATED"


@pytest.mark.clause("SPOT-16")
def test_a_pair_of_orders_is_placed_and_cancelled(client: Client) -> None:
    prices = {"limit_price": "48000", "trigger_price": "62000", "order_price": "62500"}
    oco = client.send(
        spot_trade.place_oco(SYMBOL, "BUY", quantity="0.001", list_client_order_id="100", **prices)
    )
    assert client.send(spot_trade.query_oco(list_client_order_id="100")).list_id == oco.list_id
    assert len(client.send(spot_trade.open_ocos())) == 1
    client.send(spot_trade.cancel_oco(order_id=oco.legs[0].order_id))
    assert len(client.send(spot_trade.oco_history())) == 1


def test_an_order_of_more_than_there_is(client: Client) -> None:
    bid = spot_trade.place_order(*BID, quantity="0.1", price="50000", client_order_id="much")
    with pytest.raises(InsufficientBalance):
        client.send(bid)
