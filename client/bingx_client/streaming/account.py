"""What is known of an account's topics: its orders as they were told, and its balances."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bingx_client.calls import spot_account, spot_trade
from bingx_client.calls.spot_trade.models import Order
from bingx_client.calls.spot_trade.models import Orders as Rows
from bingx_client.flow.call import Call
from bingx_client.streaming import readers
from bingx_client.streaming.events import FINISHED, Event, OrderReport
from bingx_client.streaming.followers import MARGIN_MS, REMEMBERED, Calls, Missed
from bingx_client.streaming.readers import Push
from bingx_client.streaming.topics import Topic

_ZERO = Decimal(0)
_STAGES = {"NEW": 0, "PENDING": 1, "PARTIALLY_FILLED": 2}
FINISHED_STAGE = 3
_MOST_ROWS = 100
_MOST_FILLS = 1_000


class Known:
    """An order as it was told.

    ``states`` are status and what was filled; ``reached`` is the furthest of them.
    """

    __slots__ = ("reached", "states", "symbol", "told_ms")

    def __init__(self, symbol: str) -> None:
        self.symbol = symbol
        self.states: set[tuple[str, Decimal]] = set()
        self.reached: tuple[Decimal, int] = (_ZERO, -1)
        self.told_ms: int | None = None


class AnyOrders:
    """Reports on orders: each state of each is told once, and a fill that is missing is noticed.

    What a report and an order over REST look like, and what to ask for, is each product's own.
    """

    is_whole = tells_again = wants_snapshot = False

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.missed: Missed | None = None
        self._orders: dict[str, Known] = {}
        self._symbols: dict[str, None] = dict.fromkeys(topic.symbols)
        self._left: set[str] = set()
        self._since_ms: int | None = None

    # Each product's own

    def _read(self, push: Push) -> Any:
        """The report that was pushed."""
        raise NotImplementedError

    def _stage(self, status: str) -> int:
        """How far a status is; ``FINISHED_STAGE`` is furthest."""
        raise NotImplementedError

    def _first(self, start_ms: int | None) -> Calls:
        """What to ask for after a gap, orders that are finished among it."""
        raise NotImplementedError

    def _page_after(self, answers: Sequence[Any]) -> Calls:
        """The next page of finished orders; nothing after the last."""
        raise NotImplementedError

    def _orders_in(self, answer: Any) -> Iterable[Any]:
        """The reports, as far as an answer gives them, of the orders that it tells of; fills tell of none."""
        raise NotImplementedError

    def _query(self, symbol: str, order_id: str) -> Call[Any]:
        """One order."""
        raise NotImplementedError

    # Common to all

    def take(self, push: Push) -> Sequence[Event]:
        """See ``Follower``."""
        report = self._read(push)
        self._symbols[report.symbol] = None
        known = self._known(report.order_id, report.symbol)
        if (report.status, report.filled) in known.states:
            return ()
        state = self._reached(report)
        is_late = state < known.reached
        self._note_fill(report, known)
        self._reach(report, known)
        return (replace(report, is_late=True) if is_late else report,)

    def _note_fill(self, report: Any, known: Known) -> None:
        """Notice a fill between this and what was told before, where it is known how the order began."""
        if report.last_quantity is None or report.trade_id is None:
            return
        before = report.filled - report.last_quantity
        if known.states and before > known.reached[0]:
            reason = (
                f"order {report.order_id} had {before} filled before its last fill, which was not all told"
            )
            self.missed = Missed(reason, known.told_ms)

    def _reached(self, report: Any) -> tuple[Decimal, int]:
        """How far an order is, as far as that can be compared."""
        return report.filled, self._stage(report.status)

    def _reach(self, report: Any, known: Known) -> None:
        known.states.add((report.status, report.filled))
        known.told_ms = report.time_ms
        known.reached = max(known.reached, self._reached(report))

    def _known(self, order_id: str, symbol: str) -> Known:
        known = self._orders.get(order_id)
        if known is None:
            known = self._orders[order_id] = Known(symbol)
            if len(self._orders) > REMEMBERED:
                self._forget()
        return known

    def _forget(self) -> None:
        """Let go of the order that was first told of and is finished, or else of the first one."""
        finished = (
            order_id for order_id, known in self._orders.items() if known.reached[1] == FINISHED_STAGE
        )
        del self._orders[next(finished, next(iter(self._orders)))]

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """Open orders, those that were changed since, and the fills since."""
        self._left = {
            order_id for order_id, known in self._orders.items() if known.reached[1] != FINISHED_STAGE
        }
        self._since_ms = None if since_ms is None else max(since_ms - MARGIN_MS, 0)
        return self._first(self._since_ms)

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """Orders that are further than what was told of them. What REST is behind with is left out."""
        events: list[Event] = []
        reports = [report for answer in answers for report in self._orders_in(answer)]
        self._left -= {report.order_id for report in reports}
        for report in reports:
            known = self._known(report.order_id, report.symbol)
            if self._reached(report) > known.reached:
                self._reach(report, known)
                self._symbols[report.symbol] = None
                events.append(report)
        return events, self._next(answers)

    def _next(self, answers: Sequence[Any]) -> Calls:
        """The next page of finished orders; then each order that was open and is on none, by its id."""
        page = self._page_after(answers)
        if page:
            return page
        left, self._left = self._left, set()
        known = [(order_id, self._orders[order_id]) for order_id in sorted(left) if order_id in self._orders]
        return tuple(
            self._query(order.symbol, order_id)
            for order_id, order in known
            if order.reached[1] != FINISHED_STAGE
        )


class Orders(AnyOrders):
    """Reports on spot orders."""

    _page = 1

    def _read(self, push: Push) -> OrderReport:
        return readers.order_report(self.topic, push)

    def _stage(self, status: str) -> int:
        return FINISHED_STAGE if status in FINISHED else _STAGES.get(status, 0)

    def _first(self, start_ms: int | None) -> Calls:
        """The fills are those in the markets that are known."""
        self._page = 1
        return (
            spot_trade.open_orders(),
            spot_trade.order_history(start_ms=start_ms, page_index=1, page_size=_MOST_ROWS),
            *(spot_trade.fills(symbol, start_ms=start_ms, limit=_MOST_FILLS) for symbol in self._symbols),
        )

    def _page_after(self, answers: Sequence[Any]) -> Calls:
        history = next((answer for answer in reversed(answers) if isinstance(answer, Rows)), None)
        if history is None or len(history.rows) < _MOST_ROWS:
            return ()
        self._page += 1
        call = spot_trade.order_history(start_ms=self._since_ms, page_index=self._page, page_size=_MOST_ROWS)
        return (call,)

    def _orders_in(self, answer: Any) -> Iterable[OrderReport]:
        rows = answer.rows if isinstance(answer, Rows) else (answer,) if isinstance(answer, Order) else ()
        return (_report(self.topic, order) for order in rows)

    def _query(self, symbol: str, order_id: str) -> Call[Order]:
        return spot_trade.query_order(symbol, order_id=order_id)


class Balances:
    """Balances: an update that comes again is dropped, one that comes late says so.

    Of two with one time, the later to come is the later one (ours, A143).
    """

    tells_again = True
    wants_snapshot = False

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.missed: Missed | None = None
        self.is_whole = False
        self._told: dict[Any, None] = {}
        self._times: dict[str, int] = {}

    def take(self, push: Push) -> Sequence[Event]:
        """See ``Follower``."""
        update = readers.account_update(self.topic, push)
        told = (update.time_ms, update.reason, update.changes)
        if update.reason == "INIT":
            self.is_whole = True
        elif told in self._told:
            return ()
        self._told[told] = None
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        is_late = False
        for change in update.changes:
            latest = self._times.get(change.asset, 0)
            is_late |= update.time_ms < latest
            self._times[change.asset] = max(latest, update.time_ms)
        return (replace(update, is_late=True) if is_late else update,)

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """All balances."""
        self.is_whole = False
        return (spot_account.spot_balance(),)

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """Nothing: whether REST is ahead cannot be told, since balances carry no time there."""
        return (), ()


def _report(topic: Topic, order: Order) -> OrderReport:
    return OrderReport(
        topic=topic.name,
        symbol=order.symbol,
        order_id=order.order_id,
        client_order_id=order.client_order_id,
        side=order.side,
        type=order.type,
        execution=None,
        status=order.status,
        price=order.price,
        quantity=order.quantity,
        quote_quantity=order.quote_quantity,
        filled=order.filled,
        filled_worth=order.filled_worth,
        last_quantity=None,
        last_price=None,
        last_fee=None,
        fee_asset=order.fee_asset,
        trade_id=None,
        is_maker=None,
        placed_ms=order.placed_ms,
        time_ms=order.updated_ms,
        raw=order.raw,
        from_rest=True,
    )
