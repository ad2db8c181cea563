"""Orders on the spot markets: calls, and what they answer."""

from bingx_client.calls.spot_trade.reads import (
    commission_rate,
    fills,
    oco_history,
    open_ocos,
    open_orders,
    order_history,
    query_oco,
    query_order,
)
from bingx_client.calls.spot_trade.writes import (
    cancel_all_after,
    cancel_oco,
    cancel_open_orders,
    cancel_order,
    cancel_orders,
    place_oco,
    place_order,
    place_orders,
    replace_order,
)

__all__ = [
    "cancel_all_after",
    "cancel_oco",
    "cancel_open_orders",
    "cancel_order",
    "cancel_orders",
    "commission_rate",
    "fills",
    "oco_history",
    "open_ocos",
    "open_orders",
    "order_history",
    "place_oco",
    "place_order",
    "place_orders",
    "query_oco",
    "query_order",
    "replace_order",
]
