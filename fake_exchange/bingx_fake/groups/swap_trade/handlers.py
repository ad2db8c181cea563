"""Which handler serves which endpoint of trading perpetuals."""

from collections.abc import Mapping

from bingx_fake.groups.call import Handler
from bingx_fake.groups.swap_trade import (
    assets,
    batches,
    cancelling,
    changing,
    choosing,
    history,
    placing,
    queries,
)

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
    "change_margin": choosing.change_margin,
    "margin_history": history.margin_history,
    "place_orders": batches.place_orders,
    "cancel_orders": batches.cancel_orders,
    "cancel_all_after": batches.cancel_all_after,
    "replace_order": batches.replace_order,
    "query_open_order": queries.query_open_order,
    "all_orders": history.all_orders,
    "force_orders": history.force_orders,
    "fill_history": history.fill_history,
    "fill_history_v1": history.fill_history,
    "close_position": cancelling.close_position,
    "amend_order": changing.amend_order,
    "replace_orders": batches.replace_orders,
    "reverse_position": changing.reverse_position,
    "set_auto_margin": assets.set_auto_margin,
    "get_vst": assets.get_vst,
    "get_vst_v1": assets.get_vst_v1,
    "asset_mode": assets.asset_mode,
    "set_asset_mode": assets.set_asset_mode,
    "multi_assets_rules": assets.multi_assets_rules,
    "margin_assets": assets.margin_assets,
    "position_history": history.position_history,
    "position_history_v2": history.position_history,
}
"""By the endpoint's name in the group."""
