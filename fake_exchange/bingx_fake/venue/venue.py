"""The market place: a command goes in, events come out, whole or not at all."""

from dataclasses import dataclass, field
from enum import Enum
from itertools import count

from bingx_fake.venue.commands import (
    Accepted,
    Amend,
    Amended,
    Cancel,
    Cancelled,
    Command,
    Delist,
    Event,
    Halt,
    MarkChanged,
    MarketId,
    Place,
    Quote,
    Quoted,
    Refused,
    Resume,
    SetMark,
    StatusChanged,
    Traded,
)
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.matching import match_order, settle
from bingx_fake.venue.order_book import Order, OrderBook, Side


class Status(Enum):
    """Whether a market trades."""

    TRADING = "trading"
    HALTED = "halted"
    DELISTED = "delisted"

    def __init__(self, word: str) -> None:
        self.trades = word == "trading"
        """Whether orders are taken."""


@dataclass(slots=True)
class Quotes:
    """A maker's orders by price, filled ones included until they are replaced."""

    bids: dict[int, Order] = field(default_factory=dict)
    asks: dict[int, Order] = field(default_factory=dict)

    @property
    def all(self) -> list[Order]:
        """On both sides."""
        return [*self.bids.values(), *self.asks.values()]


@dataclass(slots=True)
class Market:
    """One market as it stands.

    :param id: what it goes by.
    :param last: the price of the last trade, in ticks; the opening price before any.
    :param mid: what the house lays its ladder around, in ticks; None where it lays none.
    :param mark: set by somebody, in ticks; None: it follows the mid, or ``last`` where there is none; as
        ``index`` does.
    :param trades: how many there were.
    :param quotes: those of each maker.
    """

    instrument: Instrument
    last: int
    status: Status = Status.TRADING
    mid: int | None = None
    mark: int | None = None
    index: int | None = None
    trades: int = 0
    book: OrderBook = field(default_factory=OrderBook)
    quotes: dict[int, Quotes] = field(default_factory=dict)
    id: MarketId = field(init=False)

    def __post_init__(self) -> None:
        self.id = (self.instrument.product, self.instrument.symbol)

    @property
    def is_trading(self) -> bool:
        """Whether orders are taken."""
        return self.status.trades

    @property
    def mid_or_last(self) -> int:
        """What mark and index follow."""
        return self.last if self.mid is None else self.mid

    @property
    def mark_price(self) -> int:
        """The price that positions are valued at."""
        return self.mid_or_last if self.mark is None else self.mark

    @property
    def index_price(self) -> int:
        """The price of the coin elsewhere."""
        return self.mid_or_last if self.index is None else self.index


class Venue:
    """Every market. Knows no clock, no chance and no money."""

    def __init__(self) -> None:
        self.markets: dict[MarketId, Market] = {}
        self._numbers = count(1)
        self._house_ids = count(-1, -1)

    def add(self, instrument: Instrument, opening: int) -> Market:
        """Open a market at a price in ticks; one of the same product and symbol is replaced."""
        assert opening > 0, opening
        market = Market(instrument, opening)
        self.markets[market.id] = market
        return market

    def apply(self, command: Command, at_ms: int) -> list[Event]:
        """Carry out a command.

        :raises Refused: saying why; nothing has changed then.
        """
        market = self.markets.get(command.market)
        if market is None:
            raise Refused(f"there is no market {' '.join(command.market)}")
        match command:
            case Place():
                return self._place(market, command, at_ms)
            case Cancel(order_id=order_id):
                if order_id not in market.book:
                    raise Refused(f"no order {order_id} rests in {market.instrument.symbol}")
                return [self._cancel(market, order_id, at_ms)]
            case Amend():
                return [self._amend(market, command, at_ms)]
            case Quote():
                return self._quote(market, command, at_ms)
            case Halt():
                return [self._change_status(market, Status.TRADING, Status.HALTED, at_ms)]
            case Resume():
                return [self._change_status(market, Status.HALTED, Status.TRADING, at_ms)]
            case Delist():
                return self._delist(market, at_ms)
            case SetMark(mark=mark):
                if mark is not None and mark <= 0:
                    raise Refused(f"a mark is above zero, not {mark} ticks")
                market.mark = mark
                return [MarkChanged(number=self._number(), at_ms=at_ms, market=market.id, mark=mark)]

    def restore(self, market: MarketId, order: Order, *, filled: int) -> None:
        """Let an order rest that rested before, with some steps of it filled; it must trade with nothing."""
        book = self.markets[market].book
        facing = book.best(order.side.other)
        assert facing is None or (facing > order.price) is (order.side is Side.BUY), order
        order.filled = filled
        book.add(order)

    def _place(self, market: Market, command: Place, at_ms: int) -> list[Event]:
        if not market.is_trading:
            raise Refused(f"{market.instrument.symbol} is {market.status.value}")
        if command.quantity <= 0 or (command.price is not None and command.price <= 0):
            raise Refused("price and quantity are above zero")
        price = market.last if command.price is None else command.price
        order = Order(command.order_id, command.owner, command.side, price, command.quantity)
        decided = match_order(
            market.book,
            order,
            command.time_in_force,
            is_market=command.price is None,
            worst=command.worst,
            budget=command.budget,
        )
        settle(market.book, order, decided)
        events: list[Event] = [
            Accepted(
                number=self._number(),
                at_ms=at_ms,
                market=command.market,
                order_id=order.id,
                owner=order.owner,
                side=order.side,
                price=command.price,
                quantity=order.quantity,
            )
        ]
        for fill in decided.fills:
            maker = fill.maker
            market.trades += 1
            market.last = fill.price
            events.append(
                Traded(
                    number=self._number(),
                    at_ms=at_ms,
                    market=command.market,
                    trade_id=market.trades,
                    price=fill.price,
                    quantity=fill.quantity,
                    taker_side=order.side,
                    maker_order_id=maker.id,
                    maker_owner=maker.owner,
                    maker_leaves=maker.leaves,
                    taker_order_id=order.id,
                    taker_owner=order.owner,
                )
            )
        if decided.rest.is_cancelled:
            events.append(
                Cancelled(
                    number=self._number(),
                    at_ms=at_ms,
                    market=command.market,
                    order_id=order.id,
                    owner=order.owner,
                    leaves=order.leaves,
                    reason=decided.rest,
                )
            )
        return events

    def _quote(self, market: Market, command: Quote, at_ms: int) -> list[Event]:
        if not market.is_trading:
            raise Refused(f"{market.instrument.symbol} is {market.status.value}")
        book, owner = market.book, command.owner
        bid, ask = max(command.bids, default=None), min(command.asks, default=None)
        their_bid, their_ask = (
            next((order.price for order in book.queue(side) if order.owner != owner), None) for side in Side
        )
        for lower, upper in ((bid, ask), (bid, their_ask), (their_bid, ask)):
            if lower is not None and upper is not None and lower >= upper:
                raise Refused(f"quotes are not to trade: a bid at {lower} ticks, an ask at {upper}")
        quotes = market.quotes.setdefault(owner, Quotes())
        for side, standing, wanted in (
            (Side.BUY, quotes.bids, command.bids),
            (Side.SELL, quotes.asks, command.asks),
        ):
            for price, quote in list(standing.items()):
                if quote.filled or wanted.get(price) != quote.quantity:
                    del standing[price]
                    if quote.leaves:
                        book.remove(quote.id)
            for price, quantity in wanted.items():
                if price not in standing:
                    standing[price] = quote = Order(self.new_house_id(), owner, side, price, quantity)
                    book.add(quote)
        return [Quoted(number=self._number(), at_ms=at_ms, market=market.id, owner=owner)]

    def _cancel(self, market: Market, order_id: int, at_ms: int) -> Cancelled:
        order = market.book.remove(order_id)
        return Cancelled(
            number=self._number(),
            at_ms=at_ms,
            market=market.id,
            order_id=order.id,
            owner=order.owner,
            leaves=order.leaves,
        )

    def _amend(self, market: Market, command: Amend, at_ms: int) -> Amended:
        order = market.book.order(command.order_id)
        if order is None:
            raise Refused(f"no order {command.order_id} rests in {market.instrument.symbol}")
        if command.quantity <= order.filled:
            raise Refused(f"{order.filled} steps of order {order.id} are filled")
        market.book.resize(order, command.quantity)
        return Amended(
            number=self._number(),
            at_ms=at_ms,
            market=market.id,
            order_id=order.id,
            owner=order.owner,
            quantity=order.quantity,
        )

    def _delist(self, market: Market, at_ms: int) -> list[Event]:
        events: list[Event] = [self._change_status(market, None, Status.DELISTED, at_ms)]
        resting = [order.id for side in Side for order in market.book.queue(side)]
        return events + [self._cancel(market, order_id, at_ms) for order_id in resting]

    def _change_status(
        self, market: Market, before: Status | None, after: Status, at_ms: int
    ) -> StatusChanged:
        if market.status is after or before not in (None, market.status):
            raise Refused(f"{market.instrument.symbol} is {market.status.value}")
        market.status = after
        return StatusChanged(number=self._number(), at_ms=at_ms, market=market.id, status=after.value)

    def new_house_id(self) -> int:
        """An id for an order of the house: below zero, so that it is none of a user's."""
        return next(self._house_ids)

    def _number(self) -> int:
        return next(self._numbers)
