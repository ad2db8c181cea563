"""Where a market stands: what a saved state keeps of it, so that it goes on from there in another exchange.

Prices are ticks and quantities steps, as the market's own form says. That form also says how it opened. Its
ladder stands whole again, and the sequences that a walk and takers draw from begin anew (ours, A120).
"""

from decimal import Decimal
from typing import Annotated

import msgspec

from bingx_fake.market.stall import Stall
from bingx_fake.venue.candles import Candle
from bingx_fake.venue.commands import Traded
from bingx_fake.venue.instruments import Product
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.venue import Status

Whole = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
Ticks = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
Minute = tuple[Whole, Ticks, Ticks, Ticks, Ticks, Whole, int, Whole]
"""When it began, open, high, low, close, volume, value in ticks times steps, trades."""
Print = tuple[Whole, Whole, Ticks, Ticks, Side]
"""Its id, when it was, price, quantity, the side that came in."""


class Standing(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One entry of ``[[run.markets]]``.

    :param opened: when it opened; ``reached`` when it last changed.
    :param source: for how many milliseconds its source had been going.
    :param opening_id: of the last trade before it opened; ``trades`` of the last one altogether.
    :param marks: as ``minutes``, of the mark price since somebody first set it.
    :param refills: by price, how often the ladder's level there was.
    :param updates: how often its book changed; ``published`` how often that was published on streams.
    """

    product: Product
    symbol: str
    opened: Whole
    reached: Whole
    source: Whole
    last: Ticks
    mid: Ticks
    mark: Ticks | None = None
    index: Ticks | None = None
    funding: Decimal | None = None
    status: Status = Status.TRADING
    opening_id: Whole
    trades: Whole
    updates: Whole
    published: Whole
    refills: list[tuple[Ticks, Whole]] = []
    minutes: list[Minute] = []
    marks: list[Minute] = []
    tape: list[Print] = []


def standing_of(stall: Stall, now_ms: int) -> Standing:
    """Where a market stands now."""
    market = stall.market
    return Standing(
        product=market.instrument.product,
        symbol=market.instrument.symbol,
        opened=stall.opened_ms,
        reached=stall.reached_ms,
        source=max(0, now_ms - stall.source_ms),
        last=market.last,
        mid=stall.house.mid,
        mark=market.mark,
        index=market.index,
        funding=stall.funding,
        status=market.status,
        opening_id=stall.opening_id,
        trades=market.trades,
        updates=stall.updates,
        published=stall.spans_with_changes,
        refills=[*stall.house.refills.items()],
        minutes=[msgspec.structs.astuple(minute) for minute in stall.history.minutes.since(0)],
        marks=[msgspec.structs.astuple(minute) for minute in stall.marks.minutes],
        tape=[(it.trade_id, it.at_ms, it.price, it.quantity, it.taker_side) for it in stall.tape],
    )


def stand(stall: Stall, standing: Standing) -> None:
    """Have a market that has just opened stand where another one stood."""
    market = stall.market
    market.last, market.status, market.trades = standing.last, standing.status, standing.trades
    market.mark, market.index, stall.funding = standing.mark, standing.index, standing.funding
    stall.house.stand_around(standing.mid, dict(standing.refills))
    stall.opening_id = standing.opening_id
    stall.go_on(standing.reached, standing.updates, standing.published)
    stall.history.minutes.begin_with([Candle(*minute) for minute in standing.minutes])
    stall.marks.go_on(market, [Candle(*minute) for minute in standing.marks])
    stall.tape.extend(
        Traded(
            number=0,
            at_ms=at_ms,
            market=market.id,
            trade_id=trade_id,
            price=price,
            quantity=quantity,
            taker_side=side,
            maker_order_id=0,
            maker_owner=0,
            maker_leaves=0,
            taker_order_id=0,
            taker_owner=0,
        )
        for trade_id, at_ms, price, quantity, side in standing.tape
    )
