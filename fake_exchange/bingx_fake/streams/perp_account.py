"""What an account with perpetuals is told, by itself: its orders, its wallets and positions, its choices."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from bingx_fake.books.money import EXACT, ZERO, plain
from bingx_fake.groups.swap_trade.facts import fixed
from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.perpetuals.orders import PerpStatus, PositionSide
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.records import Choice
from bingx_fake.perpetuals.reports import PerpReport
from bingx_fake.streams.topics import Topic
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Perpetual, Product

Json = dict[str, Any]


class PerpTopics(NamedTuple):
    """What an account's connection has without asking (R, D, O)."""

    orders: Topic
    wallets: Topic
    choices: Topic

    @classmethod
    def of(cls, product: Perpetual) -> "PerpTopics":
        """Those on the connections of a product, which are called alike (A243)."""
        return cls(
            Topic(product, "ORDER_TRADE_UPDATE", "ORDER_TRADE_UPDATE"),
            Topic(product, "ACCOUNT_UPDATE", "ACCOUNT_UPDATE"),
            Topic(product, "ACCOUNT_CONFIG_UPDATE", "ACCOUNT_CONFIG_UPDATE", every_ms=5_000),
        )


BY_THEMSELVES: Mapping[Product, PerpTopics] = {
    "swap": PerpTopics.of("swap"),
    "coinm": PerpTopics.of("coinm"),
}
_PLACES = 8
_WORDS = {
    PerpStatus.NEW: "NEW",
    PerpStatus.PENDING: "NEW",
    PerpStatus.PARTIALLY_FILLED: "PARTIALLY_FILLED",
    PerpStatus.FILLED: "FILLED",
    PerpStatus.CANCELLED: "CANCELED",
    PerpStatus.FAILED: "EXPIRED",
}


def order_update(report: PerpReport, now_ms: int) -> Json:
    """What happened to an order. ``l`` and ``L`` are of this fill (V102), its fee is below zero."""
    order, fill = report.order, report.fill
    instrument = order.instrument
    filled = instrument.quantity(report.filled)

    def text(amount: Decimal) -> str:
        return fixed(amount, _PLACES)

    told = {
        "s": instrument.symbol,
        "c": order.client_id,
        "i": order.id,
        "S": order.side.name,
        "o": order.type.value,
        "q": text(instrument.quantity(report.quantity)),
        "p": text(instrument.price(order.price)),
        "sp": text(instrument.price(order.stop)),
        "ap": text(instrument.price_of(report.value, report.filled)),
        "x": report.execution,
        "X": _WORDS[report.status],
        "N": instrument.coin,
        "n": text(EXACT.minus(fill.fee) if fill else ZERO),
        "T": fill.at_ms if fill else now_ms,
        "wt": order.working.value,
        "ps": order.position_side.value,
        "rp": text(fill.profit if fill else ZERO),
        "z": text(filled),
        "l": text(instrument.quantity(fill.quantity) if fill else ZERO),
        "L": text(instrument.price(fill.price) if fill else ZERO),
        "sg": "false",
        "ti": order.parent,
        "ro": order.closes,
        "td": fill.trade_id if fill else 0,
        "tv": text(instrument.worth(fill.price, fill.quantity) if fill else ZERO),
    }
    return {"e": BY_THEMSELVES["swap"].orders.name, "E": now_ms, "T": now_ms, "o": told}


def wallet_update(
    desk: SwapDesk,
    uid: int,
    reason: str,
    changes: Mapping[str, Decimal],
    positions: Iterable[Position],
    now_ms: int,
) -> Json:
    """How wallets and positions stand after a change. What orders change is told as no change (A, A182)."""
    rows = []
    for asset, change in changes.items():
        wallet = desk.margins.wallet(uid, asset)
        free = {"cw": plain(EXACT.subtract(wallet.balance, wallet.used))} if desk.product == "swap" else {}
        rows.append(
            {
                "a": asset,
                "wb": plain(wallet.balance),
                **free,  # which D's sample of coins has not
                "bc": "0" if reason == "ORDER" else plain(change),
            }
        )
    shown = [_position(desk, position) for position in positions]
    return {
        "e": BY_THEMSELVES["swap"].wallets.name,
        "E": now_ms,
        "T": now_ms,
        "a": {"m": reason, "B": rows, "P": shown},
    }


def _position(desk: SwapDesk, position: Position) -> Json:
    """A position as it stands; in one-way mode a short one is below zero (ours, A182)."""
    instrument = position.instrument
    quantity = instrument.quantity(position.quantity)
    unrealised = position.unrealised(desk.margins.mark(position.market))
    is_below = position.is_one_way and not position.is_long
    of_long = PositionSide.LONG if position.is_long else PositionSide.SHORT
    return {
        "s": instrument.symbol,
        "pa": plain(EXACT.minus(quantity) if is_below and quantity else quantity),
        "ep": fixed(position.entry, instrument.price_places),
        "up": plain(unrealised),
        "mt": "isolated" if position.is_isolated else "cross",
        "iw": plain(EXACT.add(position.held_margin, unrealised)),
        "ps": PositionSide.BOTH.value if position.is_one_way else of_long.value,
        "cr": plain(position.realised),
    }


def choice_updates(desk: SwapDesk, uid: int, markets: Iterable[MarketId], now_ms: int) -> list[Json]:
    """What a user has chosen for each perpetual."""
    user = desk.records.users.get(uid)
    told = []
    for market in markets:
        if market[0] == desk.product:
            choice = (None if user is None else user.choices.get(market)) or Choice()
            chosen = {
                "s": market[1],
                "l": choice.long_leverage,
                "S": choice.short_leverage,
                "mt": "isolated" if choice.is_isolated else "cross",
            }
            told.append({"e": BY_THEMSELVES["swap"].choices.name, "E": now_ms, "ac": chosen})
    return told
