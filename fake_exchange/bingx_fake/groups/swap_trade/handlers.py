"""Which handler serves which endpoint of trading perpetuals."""

from collections.abc import Mapping

from bingx_fake.groups.call import Handler
from bingx_fake.groups.swap_trade import cancelling, choosing, placing, queries

HANDLERS: Mapping[str, Handler] = {
    "place_order": placing.place_order,
    "test_order": placing.test_order,
    "query_order": queries.query_order,
    "open_orders": queries.open_orders,
    "order_history": queries.order_history,
    "fills": queries.fills,
    "cancel_order": cancelling.cancel_order,
    "cancel_open_orders": cancelling.cancel_open_orders,
    "close_all_positions": cancelling.close_all_positions,
    "leverage": choosing.leverage,
    "set_leverage": choosing.set_leverage,
    "margin_type": choosing.margin_type,
    "set_margin_type": choosing.set_margin_type,
    "position_mode": choosing.position_mode,
    "set_position_mode": choosing.set_position_mode,
    "tiers": choosing.tiers,
}
"""By the endpoint's name in the group."""
