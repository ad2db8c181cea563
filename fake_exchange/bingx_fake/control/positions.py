"""The control API's calls about positions in perpetuals."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

from bingx_fake.books.money import EXACT, ZERO, plain
from bingx_fake.control.calls import ControlCall, ControlError
from bingx_fake.exchange import Exchange
from bingx_fake.perpetuals.positions import Position

_ROUNDED = Context(prec=28, rounding=ROUND_HALF_EVEN)
_PLACES = 8
"""How many places more than a tick prices have that are worked out."""


def get_positions(exchange: Exchange, call: ControlCall) -> Any:
    """Open positions; ``uid`` leaves others out."""
    uid = call.query.get("uid")
    if uid is not None and not (uid.isascii() and uid.isdigit()):
        raise ControlError(f"uid: {uid!r} is not a number")
    try:
        return rows(exchange, None if uid is None else int(uid))
    except ValueError as error:
        raise ControlError(str(error)) from None


def rows(exchange: Exchange, uid: int | None) -> list[dict[str, Any]]:
    """Positions, by user and in the order of opening. Amounts are plain decimals as text.

    :param uid: whose; None for everybody's.
    :raises ValueError: where there is no such user.
    """
    books = exchange.books
    if uid is not None and uid not in books.directory.users:
        raise ValueError(f"uid: there is no user {uid}")
    uids = {user for desk in books.perps for user in desk.records.users} if uid is None else {uid}
    return [
        position_row(exchange, position)
        for user in sorted(uids)
        for desk in books.perps
        for position in desk.records.positions(user)
    ]


def position_row(exchange: Exchange, position: Position) -> dict[str, Any]:
    """A position as ``GET /positions`` lists it."""
    margins, instrument = exchange.books.perps_of(position.market).margins, position.instrument
    wallet = margins.wallet(position.uid, instrument.coin)
    mark = margins.mark(position.market)
    liquidation = margins.liquidation_price(position, wallet)
    price = instrument.price(mark)
    away = _ROUNDED.divide(EXACT.subtract(liquidation, price).copy_abs(), price)
    return {
        "id": position.id,
        "uid": position.uid,
        "symbol": instrument.symbol,
        "side": "LONG" if position.is_long else "SHORT",
        "margin_type": "ISOLATED" if position.is_isolated else "CROSSED",
        "leverage": position.leverage,
        "quantity": plain(instrument.quantity(position.quantity)),
        "cost": plain(position.cost),
        "entry": _price(position, position.entry),
        "mark": plain(price),
        "unrealised": plain(position.unrealised(mark)),
        "margin": plain(position.held_margin),
        "equity": plain(margins.scope_equity(position, wallet)),
        "maintenance": plain(margins.scope_maintenance(position)),
        "liquidation": _price(position, liquidation) if liquidation else None,
        "distance": plain(round(away, 6)) if liquidation else None,
        "profit": plain(position.profit),
        "fees": plain(position.fees),
        "funding": plain(position.funding or ZERO),
        "opened": position.opened_ms,
        "updated": position.updated_ms,
    }


def _price(position: Position, price: Decimal) -> str:
    places = position.instrument.price_places + _PLACES
    return plain(price.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN))
