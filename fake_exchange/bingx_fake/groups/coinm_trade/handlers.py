"""Which handler serves which endpoint of trading coin-margined perpetuals."""

from collections.abc import Mapping

from bingx_fake.groups.call import Handler
from bingx_fake.groups.coinm_trade import account, choosing, orders, queries

HANDLERS: Mapping[str, Handler] = {
    "place_order": orders.place_order,
    "cancel_order": orders.cancel_order,
    "cancel_open_orders": orders.cancel_open_orders,
    "delete_open_orders": orders.cancel_open_orders,
    "close_all_positions": orders.close_all_positions,
    "open_orders": queries.open_orders,
    "query_order": queries.query_order,
    "order_history": queries.order_history,
    "fills": queries.fills,
    "force_orders": queries.force_orders,
    "leverage": choosing.leverage,
    "set_leverage": choosing.set_leverage,
    "margin_type": choosing.margin_type,
    "set_margin_type": choosing.set_margin_type,
    "change_margin": choosing.change_margin,
    "commission_rate": account.commission_rate,
    "balance": account.balance,
    "positions": account.positions,
}
"""By the endpoint's name in the group."""
