"""What the console shows of a market's book, of users' orders and positions; see ``views``."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Context
from heapq import merge, nlargest
from itertools import chain, islice
from operator import attrgetter
from typing import Any

import msgspec

from bingx_fake.books.money import plain
from bingx_fake.control.calls import ControlCall
from bingx_fake.control.console.views import found_users
from bingx_fake.control.markets import the_stall
from bingx_fake.control.orders import perp_row
from bingx_fake.control.positions import position_row
from bingx_fake.exchange import Exchange
from bingx_fake.market.stall import Stall
from bingx_fake.perpetuals.orders import PerpFill, PerpOrder
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.records import UserPerps
from bingx_fake.state.orders import order_form
from bingx_fake.trading.records import UserOrders
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import SpotFill, SpotOrder

_MOST_LEVELS = 8
_MOST_TRADES = 16
_MOST_ORDERS = 100
_MOST_FILLS = 50
_MOST_POSITIONS = 100
_LEAST_TICKS = 2
"""Of a price that may be set."""
_PRECISE = Context(prec=60)


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
    spot, desks = exchange.books.desk.records.users, exchange.books.perps
    uids = [user.uid for user in found_users(exchange, call)]
    users: list[UserOrders | UserPerps] = [spot[uid] for uid in uids if uid in spot]
    users += [it.records.users[uid] for it in desks for uid in uids if uid in it.records.users]
    opened: list[Iterable[SpotOrder | PerpOrder]] = [user.open.values() for user in users]
    filled: list[Iterable[SpotFill | PerpFill]] = [reversed(user.fills) for user in users]
    fills = merge(*filled, key=attrgetter("at_ms", "trade_id"), reverse=True)
    latest = nlargest(_MOST_ORDERS, chain.from_iterable(opened), key=attrgetter("id"))
    return {
        "count": sum(len(user.open) for user in users),
        "open": [_order(order) for order in latest],
        "fills": [_fill(fill) for fill in islice(fills, _MOST_FILLS)],
    }


def _order(order: SpotOrder | PerpOrder) -> dict[str, Any]:
    list_id = 0
    if isinstance(order, SpotOrder):
        form, list_id = msgspec.to_builtins(order_form(order, None)), order.list_id
    else:
        form = perp_row(order)
    return {
        **form,
        "id": str(order.id),
        "uid": str(order.uid),
        "product": order.market[0],
        "filled": form.get("filled", "0"),
        "has_limit": order.type.has_limit,
        "oco": str(list_id) if list_id else None,
    }


def _fill(fill: SpotFill | PerpFill) -> dict[str, Any]:
    if isinstance(fill, SpotFill):
        order_id, uid, side, instrument = fill.order_id, fill.uid, fill.side, fill.instrument
        coin = instrument.base if side is Side.BUY else instrument.quote
    else:
        order = fill.order
        order_id, uid, side, instrument = order.id, order.uid, order.side, order.instrument
        coin = instrument.coin
    return {
        "id": str(fill.trade_id),
        "order": str(order_id),
        "at": fill.at_ms,
        "uid": str(uid),
        "product": instrument.product,
        "symbol": instrument.symbol,
        "side": side.value,
        "price": plain(instrument.price(fill.price)),
        "quantity": plain(instrument.quantity(fill.quantity)),
        "fee": f"{plain(fill.fee)} {coin}",
        "maker": fill.is_maker,
    }


def get_positions(exchange: Exchange, call: ControlCall) -> Any:
    """The latest open positions, newest first; ``find`` is part of a user's UID or e-mail address."""
    uids, desks = [user.uid for user in found_users(exchange, call)], exchange.books.perps
    opened = [position for uid in uids for desk in desks for position in desk.records.positions(uid)]
    latest = nlargest(_MOST_POSITIONS, opened, key=attrgetter("id"))
    return {"count": len(opened), "open": [_position(exchange, position) for position in latest]}


def _position(exchange: Exchange, position: Position) -> dict[str, Any]:
    return {
        **position_row(exchange, position),
        "id": str(position.id),
        "uid": str(position.uid),
        "product": position.market[0],
        "liquidating": _liquidating(exchange, position),
    }


def _liquidating(exchange: Exchange, position: Position) -> str | None:
    """The nearest mark, in whole ticks, at which a position is liquidated; None where there is none."""
    margins, instrument = exchange.books.perps_of(position.market).margins, position.instrument
    price = margins.liquidation_price(position, margins.wallet(position.uid, instrument.coin))
    away = ROUND_FLOOR if position.is_long else ROUND_CEILING
    ticks = int(_PRECISE.divide(price, instrument.tick).to_integral_value(away))
    return plain(instrument.price(ticks)) if ticks >= _LEAST_TICKS else None
