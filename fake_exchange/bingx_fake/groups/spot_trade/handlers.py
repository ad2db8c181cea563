"""Which handler serves which endpoint of spot orders."""

from collections.abc import Mapping

from bingx_fake.groups.call import Handler
from bingx_fake.groups.spot_trade import cancelling, oco, placing, queries

HANDLERS: Mapping[str, Handler] = {
    "place_order": placing.place_order,
    "place_orders": placing.place_orders,
    "cancel_order": cancelling.cancel_order,
    "cancel_orders": cancelling.cancel_orders,
    "cancel_open_orders": cancelling.cancel_open_orders,
    "cancel_all_after": cancelling.cancel_all_after,
    "replace_order": cancelling.replace_order,
    "query_order": queries.query_order,
    "open_orders": queries.open_orders,
    "order_history": queries.order_history,
    "fills": queries.fills,
    "commission_rate": queries.commission_rate,
    "place_oco": oco.place_oco,
    "cancel_oco": oco.cancel_oco,
    "query_oco": oco.query_oco,
    "open_ocos": oco.open_ocos,
    "oco_history": oco.oco_history,
}
"""By the endpoint's name in the group."""
