"""An open position, as answers about positions tell it."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

import msgspec

from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.groups.swap_trade.facts import fixed
from bingx_fake.perpetuals.margins import Margins, Wallet
from bingx_fake.perpetuals.positions import Position

_ROUNDED = Context(prec=40, rounding=ROUND_HALF_EVEN)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """An open position."""

    position_id: int
    symbol: str
    currency: str
    amount: str
    available: str
    position_side: str
    isolated: bool
    average_price: str
    initial_margin: str
    margin: str
    leverage: int
    unrealised: str
    realised: str
    liquidation_price: Decimal
    pnl_ratio: str
    max_margin_reduction: str
    risk_rate: str
    mark_price: str
    position_value: str
    only_one_position: bool
    updated_ms: int


def held_of(position: Position, margins: Margins, wallet: Wallet, closable: int) -> Held:
    """What a position looks like now.

    :param wallet: its owner's, of its coin.
    :param closable: how many steps of it no order closes already.
    """
    instrument = position.instrument
    mark = margins.mark(position.market)
    unrealised = position.unrealised(mark)
    initial = position.initial_margin
    equity = margins.scope_equity(position, wallet)
    needs = margins.scope_maintenance(position)
    price = margins.liquidation_price(position, wallet)
    return Held(
        position_id=position.id,
        symbol=instrument.symbol,
        currency=instrument.coin,
        amount=instrument.quantity_text(position.quantity),
        available=instrument.quantity_text(closable),
        position_side="LONG" if position.is_long else "SHORT",
        isolated=position.is_isolated,
        average_price=fixed(position.entry, instrument.price_places),
        initial_margin=fixed(initial, 4),
        margin=fixed(EXACT.add(position.held_margin, unrealised), 4),
        leverage=position.leverage,
        unrealised=fixed(unrealised, 4),
        realised=fixed(position.realised, 4),
        liquidation_price=Decimal(fixed(price, instrument.price_places + _MORE_PLACES)),
        pnl_ratio=fixed(_ratio(unrealised, initial), 4),
        max_margin_reduction=fixed(margins.removable(position) if position.is_isolated else ZERO, 4),
        risk_rate=fixed(_ratio(needs, equity), 4),
        mark_price=instrument.price_text(mark),
        position_value=fixed(position.value(mark), 4),
        only_one_position=position.is_one_way,
        updated_ms=position.updated_ms,
    )


_MORE_PLACES = 8
"""How many places more than a tick a liquidation price has (ours, A157)."""


def _ratio(part: Decimal, whole: Decimal) -> Decimal:
    return _ROUNDED.divide(part, whole) if whole else ZERO
