"""Orders, positions and the account of coin-margined perpetuals: calls, and what they answer."""

from bingx_client.calls.coinm_trade.reads import (
    balances,
    commission_rates,
    fills,
    forced_orders,
    leverage,
    margin_type,
    open_orders,
    order_history,
    positions,
    query_order,
)
from bingx_client.calls.coinm_trade.writes import (
    add_margin,
    cancel_open_orders,
    cancel_order,
    close_all_positions,
    place_order,
    set_leverage,
    set_margin_type,
    take_margin,
)
from bingx_client.calls.swap_trade.orders import Exit

__all__ = [
    "Exit",
    "add_margin",
    "balances",
    "cancel_open_orders",
    "cancel_order",
    "close_all_positions",
    "commission_rates",
    "fills",
    "forced_orders",
    "leverage",
    "margin_type",
    "open_orders",
    "order_history",
    "place_order",
    "positions",
    "query_order",
    "set_leverage",
    "set_margin_type",
    "take_margin",
]
