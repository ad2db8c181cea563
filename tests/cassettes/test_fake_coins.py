"""Coin-margined perpetuals, call by call: the bytes on the wire, signature included, are those recorded."""

from decimal import Decimal

from bingx_client import Client
from bingx_client.calls import coinm_trade

SYMBOL = "BTC-USD"


def test_a_coin_margined_position_is_opened_looked_at_and_closed(client: Client) -> None:
    client.transfer("BTC", "0.01", from_account="fund", to_account="coinMPerp")
    assert client.send(coinm_trade.set_leverage(SYMBOL, 10, side="LONG")).long == 10
    bid = coinm_trade.place_order(SYMBOL, "BUY", "LIMIT", quantity=1, price="50000", client_order_id="rests")
    rests = client.send(bid)
    assert [it.order_id for it in client.send(coinm_trade.open_orders(SYMBOL))] == [rests.order_id]
    assert client.send(coinm_trade.cancel_order(SYMBOL, client_order_id="rests")).status == "CANCELED"
    now = coinm_trade.place_order(SYMBOL, "BUY", "MARKET", quantity=3, client_order_id="now")
    bought = client.send(now)
    (fill,) = client.send(coinm_trade.fills(bought.order_id))
    assert (fill.quantity, fill.fee_asset) == (Decimal(3), "BTC")
    (position,) = client.send(coinm_trade.positions(SYMBOL))
    assert (position.side, position.contracts, position.leverage) == ("LONG", Decimal(3), 10)
    (coin,) = client.send(coinm_trade.balances())
    assert coin.balance < Decimal("0.01")
    client.send(coinm_trade.close_all_positions(SYMBOL))
    assert client.send(coinm_trade.positions()) == []
