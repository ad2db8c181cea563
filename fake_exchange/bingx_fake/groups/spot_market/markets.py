"""Symbols, prices and the order book."""

from decimal import ROUND_HALF_UP, Context, Decimal

from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_market.asking import asked_for, asked_for_one
from bingx_fake.groups.spot_market.facts import Best, Depth, Level, Price, Rows, Symbol, Symbols, Ticker
from bingx_fake.groups.spot_market.trades import trade_of
from bingx_fake.market.floor import Floor
from bingx_fake.market.stall import Stall
from bingx_fake.venue.candles import DAY_MS, MINUTE_MS
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.venue import Status

_STATUS = {Status.TRADING: 1, Status.HALTED: 25, Status.DELISTED: 0}
_HUNDREDTHS = Context(prec=60, rounding=ROUND_HALF_UP)
Sides = tuple[list[tuple[int, int]], list[tuple[int, int]]]


def symbols(books: Books, call: Call) -> Symbols:
    """What can be traded. The least and the most quantity follow the last price (P)."""
    return Symbols([_symbol(stall) for stall in asked_for(books, call)])


def _symbol(stall: Stall) -> Symbol:
    instrument, market = stall.market.instrument, stall.market
    of_a_step = instrument.worth(market.last, 1)
    least, over = divmod(instrument.min_notional, of_a_step)
    return Symbol(
        symbol=instrument.symbol,
        min_quantity=instrument.quantity(int(least) + (over > 0)),
        max_quantity=instrument.quantity(int(instrument.max_notional // of_a_step)),
        min_notional=instrument.min_notional,
        max_notional=instrument.max_notional,
        status=_STATUS[market.status],
        tick=instrument.tick,
        step=instrument.step,
        may_buy=market.is_trading,
        may_sell=market.is_trading,
        online_ms=instrument.online_ms,
    )


def depth(books: Books, call: Call) -> Depth:
    """The order book, down to so many prices a side."""
    stall = asked_for_one(books, call.parameters.required_text("symbol"))
    limit = call.parameters.counted("limit")
    number = stall.published(call.now_ms)
    known: Depth | None = stall.kept.get(limit)
    if known is not None and known.update_id == number:
        return known
    bids, asks = books.floor.levels(stall.market.id, call.now_ms)
    instrument = stall.market.instrument
    shown = Depth(_printed(instrument, bids[:limit]), _printed(instrument, asks[:limit]), number)
    stall.kept[limit] = shown
    return shown


def aggregated_depth(books: Books, call: Call) -> Depth:
    """The order book with prices put together: bids down to a wider step of price, asks up to one."""
    parameters = call.parameters
    stall = asked_for_one(books, parameters.required_text("symbol"))
    limit = parameters.integer("limit") or parameters.counted("depth")
    width = 10 ** int((parameters.text("type") or "step0").removeprefix("step"))
    bids, asks = books.floor.levels(stall.market.id, call.now_ms)
    instrument = stall.market.instrument
    wide_bids = _together([(price - price % width, quantity) for price, quantity in bids])
    wide_asks = _together([(price + -price % width, quantity) for price, quantity in asks])
    return Depth(
        _printed(instrument, wide_bids[:limit]),
        _printed(instrument, wide_asks[:limit]),
        stall.published(call.now_ms),
    )


def _together(levels: list[tuple[int, int]]) -> list[tuple[int, int]]:
    sums: dict[int, int] = {}
    for price, quantity in levels:
        sums[price] = sums.get(price, 0) + quantity
    return list(sums.items())


def _printed(instrument: Instrument, levels: list[tuple[int, int]]) -> list[Level]:
    price_text, quantity_text = instrument.price_text, instrument.quantity_text
    return [Level(price_text(price), quantity_text(quantity)) for price, quantity in levels]


def ticker(books: Books, call: Call) -> Rows:
    """What each market did in the last 24 hours: in whole minutes, the running one included (ours, A29)."""
    return Rows([ticker_of(books.floor, stall, call.now_ms) for stall in asked_for(books, call)])


def ticker_of(floor: Floor, stall: Stall, now_ms: int) -> Ticker:
    """What one market did in the last 24 hours."""
    instrument, last = stall.market.instrument, stall.market.last
    now_ms = max(now_ms, stall.reached_ms)
    since_ms = now_ms - DAY_MS
    traded = stall.history.since(since_ms - since_ms % MINUTE_MS)
    first = last if traded is None else traded.open
    (bid, bid_quantity), (ask, ask_quantity) = best_of(floor.levels(stall.market.id, now_ms))
    return Ticker(
        symbol=instrument.symbol,
        open=instrument.price(first),
        high=instrument.price(last if traded is None else traded.high),
        low=instrument.price(last if traded is None else traded.low),
        last=instrument.price(last),
        change=instrument.price(last - first),
        change_percent=f"{_HUNDREDTHS.quantize(Decimal(100 * (last - first)) / first, Decimal('0.01'))}%",
        volume=instrument.quantity(0 if traded is None else traded.volume),
        quote_volume=instrument.value(0 if traded is None else traded.value),
        open_ms=since_ms,
        close_ms=now_ms,
        ask_price=instrument.price(ask),
        ask_quantity=instrument.quantity(ask_quantity),
        bid_price=instrument.price(bid),
        bid_quantity=instrument.quantity(bid_quantity),
        count=0 if traded is None else traded.count,
    )


def best_of(sides: Sides) -> tuple[tuple[int, int], tuple[int, int]]:
    """The best bid and the best ask as price and quantity; noughts where a side is empty (ours, A31)."""
    bids, asks = sides
    return bids[0] if bids else (0, 0), asks[0] if asks else (0, 0)


def price(books: Books, call: Call) -> Rows:
    """The last trade of each market."""
    return Rows(
        [
            Price(
                symbol=stall.market.instrument.symbol,
                trades=[trade_of(stall.market.instrument, print_) for print_ in stall.prints(1)],
            )
            for stall in asked_for(books, call)
        ]
    )


def book_ticker(books: Books, call: Call) -> Rows:
    """The best prices of each market."""
    rows = []
    for stall in asked_for(books, call):
        bid, ask = best_of(books.floor.levels(stall.market.id, call.now_ms))
        instrument = stall.market.instrument
        rows.append(
            Best(
                symbol=instrument.symbol,
                bid=instrument.price_text(bid[0]),
                bid_quantity=instrument.quantity_text(bid[1]),
                ask=instrument.price_text(ask[0]),
                ask_quantity=instrument.quantity_text(ask[1]),
            )
        )
    return Rows(rows)
