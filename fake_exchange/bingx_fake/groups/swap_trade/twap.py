"""Orders for perpetuals that are carried out in slices."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from bingx_fake.books.money import ZERO, plain
from bingx_fake.gateway.refusal import BAD_PARAMETER, Refusal
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_trade.asking import cuts, market_of
from bingx_fake.groups.swap_trade.refusals import refuse
from bingx_fake.perpetuals.orders import PositionSide
from bingx_fake.perpetuals.reasons import Declined
from bingx_fake.perpetuals.twap import LONGEST_MS
from bingx_fake.perpetuals.twap_orders import Twap
from bingx_fake.venue.order_book import Side


class TwapFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One of them, in coins and in the exchange's words."""

    symbol: str
    main_order_id: int
    side: str
    position_side: str
    price_type: str
    price_variance: str
    trigger_price: str
    interval: int
    amount_per_order: str
    total_amount: str
    order_status: str
    executed_qty: str
    duration: int
    max_duration: int
    created_time: int
    update_time: int
    child_orders: Sequence[int]
    now_ms: int

    @property
    def data(self) -> "TwapFacts":
        """Itself, where it stands in data."""
        return self

    @staticmethod
    def of(twap: Twap, now_ms: int) -> "TwapFacts":
        """What it comes to now."""
        instrument = twap.instrument
        until_ms = min(now_ms, twap.created_ms + LONGEST_MS) if twap.status.is_open else twap.updated_ms
        return TwapFacts(
            symbol=instrument.symbol,
            main_order_id=twap.id,
            side=twap.side.name,
            position_side=twap.position_side.value,
            price_type="percentage" if twap.is_percentage else "constant",
            price_variance=plain(twap.variance),
            trigger_price=instrument.price_text(twap.trigger),
            interval=twap.interval_ms // 1000,
            amount_per_order=instrument.quantity_text(twap.each),
            total_amount=instrument.quantity_text(twap.total),
            order_status=twap.status.value,
            executed_qty=instrument.quantity_text(twap.filled),
            duration=(until_ms - twap.created_ms) // 1000,
            max_duration=LONGEST_MS // 1000,
            created_time=twap.created_ms,
            update_time=twap.updated_ms,
            child_orders=twap.orders,
            now_ms=now_ms,
        )


class Twaps(msgspec.Struct, frozen=True):
    """Several of them, and how many there are on all pages together."""

    rows: Sequence[TwapFacts]
    total: int
    now_ms: int

    @property
    def data(self) -> "Twaps":
        """Itself, where it stands in data."""
        return self


def place_twap(books: Books, call: Call) -> TwapFacts:
    """Have an order carried out in slices (ours, A217)."""
    parameters = call.parameters
    variance = parameters.number("priceVariance") or ZERO
    is_percentage = parameters.required_text("priceType") == "percentage"
    if variance < 0 or (is_percentage and variance > 100) or variance >= Decimal(10) ** 12:
        most = "0 to 100" if is_percentage else "0 or more"
        raise Refusal(BAD_PARAMETER, f"priceVariance must be {most}", parameter="priceVariance")
    try:
        twap = books.swap.place_twap(
            call.caller.uid,
            parameters.required_text("symbol"),
            Side[parameters.required_text("side")],
            PositionSide(parameters.required_text("positionSide")),
            call.now_ms,
            is_percentage=is_percentage,
            variance=variance,
            trigger=parameters.number("triggerPrice"),
            interval_ms=1000 * parameters.counted("interval"),
            each=parameters.amount("amountPerOrder"),
            total=parameters.amount("totalAmount"),
            cuts=cuts(call),
        )
    except Declined as why:
        refuse(why, call.answers)
    return TwapFacts.of(twap, call.now_ms)


def cancel_twap(books: Books, call: Call) -> TwapFacts:
    """Cancel what is left of one."""
    twap_id = int(call.parameters.required_text("mainOrderId"))
    try:
        return TwapFacts.of(books.swap.cancel_twap(call.caller.uid, twap_id, call.now_ms), call.now_ms)
    except Declined as why:
        refuse(why, call.answers)


def query_twap(books: Books, call: Call) -> TwapFacts:
    """One of them, open or finished."""
    twap_id = int(call.parameters.required_text("mainOrderId"))
    try:
        return TwapFacts.of(books.swap.find_twap(call.caller.uid, twap_id), call.now_ms)
    except Declined as why:
        refuse(why, call.answers)


def open_twaps(books: Books, call: Call) -> Twaps:
    """Those that are open, the newest first (ours, A217)."""
    found = [twap for twap in _all(books, call) if twap.status.is_open]
    return Twaps([TwapFacts.of(twap, call.now_ms) for twap in found], len(found), call.now_ms)


def twap_history(books: Books, call: Call) -> Twaps:
    """A page of those that are finished, by when they were placed, the newest first (ours, A217)."""
    parameters = call.parameters
    start_ms, end_ms = parameters.counted("startTime"), parameters.counted("endTime")
    found = [
        twap
        for twap in _all(books, call)
        if not twap.status.is_open and start_ms <= twap.created_ms <= end_ms
    ]
    size = parameters.counted("pageSize")
    first = (parameters.counted("pageIndex") - 1) * size
    rows = [TwapFacts.of(twap, call.now_ms) for twap in found[first : first + size]]
    return Twaps(rows, len(found), call.now_ms)


def _all(books: Books, call: Call) -> list[Twap]:
    market = market_of(books, call)
    twaps = books.swap.records.of(call.caller.uid).twaps.values()
    return [twap for twap in reversed(list(twaps)) if market in (None, twap.market)]
