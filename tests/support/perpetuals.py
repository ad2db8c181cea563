"""Every call about perpetuals, and which reader of the client reads which answer."""

from collections.abc import Callable, Mapping
from typing import Any

from bingx_client import Call, Client
from bingx_client.calls import coinm_trade, cswap_market, swap_account, swap_market, swap_trade
from bingx_client.calls.coinm_trade import readers as coins
from bingx_client.calls.cswap_market import readers as coin_market
from bingx_client.calls.spot_trade.readers import countdown
from bingx_client.calls.swap_account import readers as account
from bingx_client.calls.swap_market import readers as market
from bingx_client.calls.swap_trade import assets, twap
from bingx_client.calls.swap_trade import readers as trade
from bingx_client.wire.decode import Node

ABOUT_PERPETUALS: Mapping[str, Callable[[Node], Any]] = {
    "swap_trade.place_order": trade.order,
    "swap_trade.test_order": trade.order,
    "swap_trade.query_order": trade.order,
    "swap_trade.query_open_order": trade.order,
    "swap_trade.cancel_order": trade.order,
    "swap_trade.open_orders": trade.orders,
    "swap_trade.order_history": trade.orders,
    "swap_trade.all_orders": trade.orders,
    "swap_trade.force_orders": trade.orders,
    "swap_trade.place_orders": trade.orders,
    "swap_trade.cancel_orders": trade.cancelled,
    "swap_trade.cancel_open_orders": trade.cancelled,
    "swap_trade.cancel_all_after": countdown,
    "swap_trade.replace_order": trade.replacement,
    "swap_trade.replace_orders": trade.replacements,
    "swap_trade.amend_order": trade.amended,
    "swap_trade.reverse_position": trade.reversed_position,
    "swap_trade.set_auto_margin": trade.done,
    "swap_trade.get_vst": assets.read_vst,
    "swap_trade.asset_mode": assets.read_asset_mode,
    "swap_trade.set_asset_mode": assets.read_asset_mode,
    "swap_trade.multi_assets_rules": assets.read_asset_rules,
    "swap_trade.margin_assets": assets.read_margin_assets,
    "swap_trade.place_twap": twap.read_placed,
    "swap_trade.cancel_twap": twap.read_placed,
    "swap_trade.query_twap": twap.read_twap,
    "swap_trade.open_twaps": twap.read_twaps,
    "swap_trade.twap_history": twap.read_twaps,
    "swap_trade.fills": trade.fills,
    "swap_trade.fill_history": trade.fills,
    "swap_trade.leverage": trade.leverages,
    "swap_trade.set_leverage": trade.leverage_set,
    "swap_trade.margin_type": trade.margin_type,
    "swap_trade.set_margin_type": trade.done,
    "swap_trade.position_mode": trade.is_hedging,
    "swap_trade.set_position_mode": trade.done,
    "swap_trade.tiers": trade.tiers,
    "swap_trade.change_margin": trade.margin_changed,
    "swap_trade.margin_history": trade.margin_changes,
    "swap_trade.close_position": trade.position_closed,
    "swap_trade.close_all_positions": trade.closed,
    "swap_trade.position_history": trade.past_positions,
    "swap_account.balance": account.balances,
    "swap_account.positions": account.positions,
    "swap_account.commission_rate": account.commission_rates,
    "swap_account.income": account.income,
    "swap_account.income_export": Node.workbook,
    "coinm_trade.place_order": coins.order,
    "coinm_trade.cancel_order": coins.order,
    "coinm_trade.query_order": coins.order,
    "coinm_trade.open_orders": coins.orders,
    "coinm_trade.order_history": coins.orders,
    "coinm_trade.force_orders": coins.orders,
    "coinm_trade.cancel_open_orders": coins.cancelled,
    "coinm_trade.delete_open_orders": coins.cancelled,
    "coinm_trade.close_all_positions": coins.closed,
    "coinm_trade.fills": coins.fills,
    "coinm_trade.leverage": coins.leverages,
    "coinm_trade.set_leverage": coins.leverage_set,
    "coinm_trade.margin_type": coins.margin_type,
    "coinm_trade.set_margin_type": trade.done,
    "coinm_trade.change_margin": trade.done,
    "coinm_trade.balance": coins.balances,
    "coinm_trade.positions": coins.positions,
    "coinm_trade.commission_rate": coins.commission_rates,
    "swap_market.contracts": market.contracts,
    "swap_market.trading_rules": market.trading_rules,
    "swap_market.depth": market.depth,
    "swap_market.trades": market.trades,
    "swap_market.old_trades": market.trades,
    "swap_market.klines": market.candles,
    "swap_market.mark_klines": market.candles,
    "swap_market.ticker": market.tickers,
    "swap_market.book_ticker": market.book_tickers,
    "swap_market.price": market.prices,
    "swap_market.premium_index": market.premiums,
    "swap_market.funding_rates": market.funding_rates,
    "swap_market.open_interest": market.open_interest,
    "cswap_market.contracts": coin_market.contracts,
    "cswap_market.depth": coin_market.depth,
    "cswap_market.klines": coin_market.candles,
    "cswap_market.ticker": coin_market.tickers,
    "cswap_market.premium_index": coin_market.premiums,
    "cswap_market.open_interest": coin_market.open_interest,
}
"""By endpoint."""

SYMBOL = "BTC-USDT"


def make_every_call_about_perpetuals(client: Client, now_ms: int) -> None:
    """One call of each documented endpoint about perpetuals whose answer is JSON, by alice.

    :param now_ms: the exchange's clock.
    """
    span: dict[str, Any] = {"start_ms": now_ms - 60_000, "end_ms": now_ms + 60_000}
    client.send(swap_trade.set_hedging(False))
    client.send(swap_trade.set_leverage(SYMBOL, 10))
    client.send(swap_trade.set_margin_type(SYMBOL, "ISOLATED"))
    client.send(swap_trade.place_order(SYMBOL, "BUY", "MARKET", quantity="0.001"))
    client.send(swap_trade.add_margin(SYMBOL, 2))
    bid = swap_trade.place_order(SYMBOL, "BUY", "LIMIT", quantity="0.001", price="58000")
    order = client.send(bid)
    others = client.send(swap_trade.place_orders([bid, bid]))
    reads: list[Call[Any]] = [
        swap_trade.test_order(bid),
        swap_trade.query_order(SYMBOL, order_id=order.order_id),
        swap_trade.query_open_order(SYMBOL, order_id=order.order_id),
        swap_trade.open_orders(),
        swap_trade.order_history(),
        swap_trade.all_orders(),
        swap_trade.forced_orders(),
        swap_trade.fills(**span),
        swap_trade.fill_history(**span),
        swap_trade.leverage(SYMBOL),
        swap_trade.margin_type(SYMBOL),
        swap_trade.is_hedging(),
        swap_trade.tiers(SYMBOL),
        swap_trade.margin_history(SYMBOL),
        swap_trade.asset_mode(),
        swap_trade.multi_assets_rules(),
        swap_trade.margin_assets(),
        swap_account.balances(),
        swap_account.commission_rates(),
        swap_account.income(),
        swap_market.contracts(),
        swap_market.trading_rules(SYMBOL),
        swap_market.depth(SYMBOL),
        swap_market.trades(SYMBOL),
        swap_market.old_trades(SYMBOL),
        swap_market.klines(SYMBOL, "1d"),
        swap_market.mark_klines(SYMBOL, "1d"),
        swap_market.ticker(),
        swap_market.book_ticker(),
        swap_market.price(),
        swap_market.premium_index(),
        swap_market.funding_rates(),
        swap_market.open_interest(SYMBOL),
        cswap_market.contracts(),
        cswap_market.depth("BTC-USD"),
        cswap_market.klines("BTC-USD", "1d"),
        cswap_market.ticker(),
        cswap_market.premium_index(),
        cswap_market.open_interest(),
    ]
    for call in reads:
        client.send(call)
    other = client.send(swap_trade.replace_order(bid, cancel_order_id=others[0].order_id))
    again = swap_trade.replace_order(bid, cancel_order_id=other.placed_id)
    client.send(swap_trade.replace_orders([again]))
    client.send(swap_trade.amend_order(SYMBOL, "0.002", order_id=order.order_id))
    client.send(swap_trade.reverse_position(SYMBOL))
    client.send(swap_trade.cancel_order(SYMBOL, order_id=order.order_id))
    client.send(swap_trade.cancel_orders(SYMBOL, order_ids=[others[1].order_id]))
    client.send(swap_trade.cancel_open_orders())
    client.send(swap_trade.cancel_all_after(10))
    (position,) = client.send(swap_account.positions())
    client.send(swap_trade.close_position(position.position_id))
    client.send(swap_trade.position_history(SYMBOL))
    client.send(swap_trade.close_all_positions())
    make_every_call_about_coins(client)
    client.send(swap_trade.get_vst())
    slices: dict[str, Any] = {"total": "0.002", "each": "0.001", "interval_s": 8}
    wanted = swap_trade.place_twap(SYMBOL, "BUY", **slices, trigger_price=90_000, variance=10)
    placed = client.send(wanted)
    client.send(swap_trade.open_twaps())
    client.send(swap_trade.query_twap(placed.id))
    client.send(swap_trade.cancel_twap(placed.id))
    client.send(swap_trade.twap_history(**span))
    client.send(swap_trade.set_multi_assets(False))
    client.send(swap_trade.set_hedging(True))
    client.send(swap_trade.place_order(SYMBOL, "BUY", "MARKET", quantity="0.001", position_side="LONG"))
    (position,) = client.send(swap_account.positions())
    client.send(swap_trade.set_auto_margin(SYMBOL, position.position_id, 5))
    client.send(swap_trade.close_all_positions())


COINS = "BTC-USD"


def make_every_call_about_coins(client: Client) -> None:
    """The same with coins as margin, of which alice has some."""
    client.send(coinm_trade.set_leverage(COINS, 10, side="LONG"))
    client.send(coinm_trade.set_margin_type(COINS, "ISOLATED"))
    taken = client.send(coinm_trade.place_order(COINS, "BUY", "MARKET", quantity=1))
    client.send(coinm_trade.add_margin(COINS, "0.001", position_side="LONG"))
    bid = coinm_trade.place_order(COINS, "BUY", "LIMIT", quantity=1, price="58000")
    order = client.send(bid)
    reads: list[Call[Any]] = [
        coinm_trade.query_order(COINS, order_id=order.order_id),
        coinm_trade.open_orders(),
        coinm_trade.order_history(),
        coinm_trade.forced_orders(),
        coinm_trade.fills(taken.order_id),
        coinm_trade.leverage(COINS),
        coinm_trade.margin_type(COINS),
        coinm_trade.balances(),
        coinm_trade.positions(),
        coinm_trade.commission_rates(),
    ]
    for call in reads:
        client.send(call)
    client.send(coinm_trade.cancel_order(COINS, order_id=order.order_id))
    client.send(bid)
    client.send(coinm_trade.cancel_open_orders())
    client.call("coinm_trade.delete_open_orders")
    client.send(coinm_trade.close_all_positions())
