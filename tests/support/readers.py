"""Which reader of the client reads the answer of which endpoint about orders, and about keys."""

from collections.abc import Callable, Mapping
from typing import Any

from bingx_client.calls.account import readers as account
from bingx_client.calls.contract import readers as contract
from bingx_client.calls.spot_trade import readers as trade
from bingx_client.wire.decode import Node

ABOUT_ORDERS: Mapping[str, Callable[[Node], Any]] = {
    "spot_trade.place_order": trade.order,
    "spot_trade.place_orders": trade.orders,
    "spot_trade.query_order": trade.order,
    "spot_trade.open_orders": trade.orders,
    "spot_trade.order_history": trade.orders,
    "spot_trade.fills": trade.fills,
    "spot_trade.commission_rate": trade.commission_rates,
    "spot_trade.replace_order": trade.replacement,
    "spot_trade.cancel_order": trade.order,
    "spot_trade.cancel_orders": trade.orders,
    "spot_trade.cancel_open_orders": trade.orders,
    "spot_trade.cancel_all_after": trade.countdown,
    "spot_trade.place_oco": trade.oco,
    "spot_trade.query_oco": trade.oco,
    "spot_trade.open_ocos": trade.ocos,
    "spot_trade.cancel_oco": trade.oco_cancelled,
    "spot_trade.oco_history": trade.ocos,
}
"""By endpoint."""

ABOUT_KEYS: Mapping[str, Callable[[Node], Any]] = {
    "account.uid": account.uid,
    "account.api_permissions": account.api_permissions,
    "contract.balance": contract.balances,
}
"""By endpoint: whose a key is, what it may do, and what there is in standard futures."""
