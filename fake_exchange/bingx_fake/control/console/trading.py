"""What the console shows of a market's book and of users' orders; see ``views``."""

from collections.abc import Sequence
from heapq import merge, nlargest
from itertools import islice
from operator import attrgetter
from typing import Any

import msgspec

from bingx_fake.books.money import plain
from bingx_fake.control.calls import ControlCall
from bingx_fake.control.console.views import found_users
from bingx_fake.control.markets import the_stall
from bingx_fake.exchange import Exchange
from bingx_fake.market.stall import Stall
from bingx_fake.state.orders import order_form
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import SpotFill, SpotOrder

_MOST_LEVELS = 8
_MOST_TRADES = 16
_MOST_ORDERS = 100
_MOST_FILLS = 50


def get_market(exchange: Exchange, call: ControlCall) -> Any:
    """The best prices of a market's book, with what users have there, and the last trades, newest first."""
    stall = the_stall(exchange, call)
    instrument = stall.market.instrument
    bids, asks = exchange.books.floor.levels(stall.market.id, exchange.clock.now_ms())
    return {
        "bids": _levels(stall, Side.BUY, bids[:_MOST_LEVELS]),
        "asks": _levels(stall, Side.SELL, asks[:_MOST_LEVELS]),
        "tape": [
            {
                "id": str(trade.trade_id),
                "at": trade.at_ms,
                "side": trade.taker_side.value,
                "price": plain(instrument.price(trade.price)),
                "quantity": plain(instrument.quantity(trade.quantity)),
            }
            for trade in islice(reversed(stall.tape), _MOST_TRADES)
        ],
    }


def _levels(stall: Stall, side: Side, levels: Sequence[tuple[int, int]]) -> list[Any]:
    """Levels as price, quantity, and who of the users has how much of it, in the order of the queue."""
    owned: dict[int, dict[int, int]] = {price: {} for price, _ in levels}
    for order in stall.market.book.queue(side):
        if order.price not in owned:
            break
        if order.owner > 0:
            there = owned[order.price]
            there[order.owner] = there.get(order.owner, 0) + order.leaves
    instrument = stall.market.instrument
    return [
        {
            "price": plain(instrument.price(price)),
            "quantity": plain(instrument.quantity(steps)),
            "users": [
                {"uid": str(uid), "quantity": plain(instrument.quantity(its))}
                for uid, its in owned[price].items()
            ],
        }
        for price, steps in levels
    ]


def get_orders(exchange: Exchange, call: ControlCall) -> Any:
    """The latest open orders and fills, newest first; ``find`` is part of a user's UID or e-mail address."""
    records = exchange.books.desk.records.users
    users = [records[user.uid] for user in found_users(exchange, call) if user.uid in records]
    latest = nlargest(
        _MOST_ORDERS, (order for user in users for order in user.open.values()), key=attrgetter("id")
    )
    fills = merge(
        *(reversed(user.fills) for user in users), key=attrgetter("at_ms", "trade_id"), reverse=True
    )
    return {
        "count": sum(len(user.open) for user in users),
        "open": [_order(order) for order in latest],
        "fills": [_fill(fill) for fill in islice(fills, _MOST_FILLS)],
    }


def _order(order: SpotOrder) -> dict[str, Any]:
    form: dict[str, Any] = msgspec.to_builtins(order_form(order, None))
    return {
        **form,
        "id": str(order.id),
        "uid": str(order.uid),
        "filled": form.get("filled", "0"),
        "has_limit": order.type.has_limit,
        "oco": str(order.list_id) if order.list_id else None,
    }


def _fill(fill: SpotFill) -> dict[str, Any]:
    instrument = fill.instrument
    return {
        "id": str(fill.trade_id),
        "order": str(fill.order_id),
        "at": fill.at_ms,
        "uid": str(fill.uid),
        "symbol": instrument.symbol,
        "side": fill.side.value,
        "price": plain(instrument.price(fill.price)),
        "quantity": plain(instrument.quantity(fill.quantity)),
        "fee": f"{plain(fill.fee)} {instrument.base if fill.side is Side.BUY else instrument.quote}",
        "maker": fill.is_maker,
    }
