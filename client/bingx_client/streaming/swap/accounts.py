"""What is known of an account with perpetuals: its orders, its wallets and positions, its choices."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from bingx_client.calls import coinm_trade, swap_account, swap_trade
from bingx_client.calls.swap_trade.models import Order
from bingx_client.calls.swap_trade.models import Orders as Rows
from bingx_client.flow.call import Call
from bingx_client.streaming.account import FINISHED_STAGE, AnyOrders, Known
from bingx_client.streaming.events import Event
from bingx_client.streaming.followers import REMEMBERED, Calls, Missed
from bingx_client.streaming.readers import Push
from bingx_client.streaming.swap import readers
from bingx_client.streaming.swap.events import FINISHED, AccountUpdate, OrderReport
from bingx_client.streaming.topics import Topic

_ZERO = Decimal(0)
_MOST_ROWS = 1_000
_WEEK_MS = 7 * 86_400_000
"""The longest period that may be asked for."""


class _Asked(NamedTuple):
    """What is asked for of a product after a gap."""

    open_orders: Callable[..., Call[Rows]]
    history: Callable[..., Call[Rows]]
    query: Callable[..., Call[Order]]
    balances: Callable[..., Call[Any]]
    positions: Callable[..., Call[Any]]


_LINEAR = _Asked(
    swap_trade.open_orders,
    swap_trade.order_history,
    swap_trade.query_order,
    swap_account.balances,
    swap_account.positions,
)
_COIN = _Asked(
    coinm_trade.open_orders,
    coinm_trade.order_history,
    coinm_trade.query_order,
    coinm_trade.balances,
    coinm_trade.positions,
)


def _asked(topic: Topic) -> _Asked:
    return _COIN if topic.product == "coinm" else _LINEAR


class Orders(AnyOrders):
    """Reports on orders for perpetuals. NEW and PENDING are one state: a push has one word for both."""

    def _read(self, push: Push) -> OrderReport:
        report = readers.order_report(self.topic, push)
        if report.last_quantity is None and report.profit is not None:
            return self._worked_out(report, self._orders.get(report.order_id))
        return report

    def _worked_out(self, report: OrderReport, known: Known | None) -> OrderReport:
        """Where a push does not say what was filled last, it is what was not filled before (V102)."""
        if known is None or not known.states or report.filled <= known.reached[0]:
            return report
        return replace(report, last_quantity=report.filled - known.reached[0])

    def _stage(self, status: str) -> int:
        if status in FINISHED:
            return FINISHED_STAGE
        return 1 if status == "PARTIALLY_FILLED" else 0

    def _first(self, start_ms: int | None) -> Calls:
        """The fills of all orders since a time can be asked for of linear perpetuals alone."""
        asked = _asked(self.topic)
        calls: Calls = (asked.open_orders(), asked.history(start_ms=start_ms, limit=_MOST_ROWS))
        if start_ms is None or self.topic.product == "coinm":
            return calls
        return (*calls, swap_trade.fills(start_ms=start_ms, end_ms=start_ms + _WEEK_MS))

    def _page_after(self, answers: Sequence[Any]) -> Calls:
        """Up to the oldest order of a full page (ours, A206)."""
        history = next((answer for answer in reversed(answers) if isinstance(answer, Rows)), None)
        if history is None or len(history.rows) < _MOST_ROWS:
            return ()
        times = [row.placed_ms for row in history.rows if row.placed_ms is not None]
        if len(set(times)) < 2:
            return ()
        call = _asked(self.topic).history(start_ms=self._since_ms, end_ms=min(times), limit=_MOST_ROWS)
        return (call,)

    def _orders_in(self, answer: Any) -> Iterable[OrderReport]:
        rows = answer.rows if isinstance(answer, Rows) else (answer,) if isinstance(answer, Order) else ()
        return (_report(self.topic, order) for order in rows)

    def _query(self, symbol: str, order_id: str) -> Call[Order]:
        return _asked(self.topic).query(symbol, order_id=order_id)


class Wallets:
    """Wallets and positions: an update that comes again is dropped, one that comes late says so.

    Of two with one time, the later to come is the later one (ours, A143). All of them are never pushed, so a
    gap is closed over REST, by ``answers``: what carries no time there tells nothing of what came first, so
    that it is asked for again where an update came meanwhile.
    """

    is_whole = tells_again = wants_snapshot = False

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.missed: Missed | None = None
        self._told: dict[Any, None] = {}
        self._times: dict[tuple[str, str], int] = {}
        self._is_told = False

    def take(self, push: Push) -> Sequence[Event]:
        """See ``Follower``."""
        self._is_told = True
        update = readers.account_update(self.topic, push)
        told = (update.time_ms, update.reason, update.wallets, update.positions)
        if told in self._told:
            return ()
        self._told[told] = None
        if len(self._told) > REMEMBERED:
            del self._told[next(iter(self._told))]
        is_late = False
        for what in _about(update):
            latest = self._times.get(what, 0)
            is_late |= update.time_ms < latest
            self._times[what] = max(latest, update.time_ms)
        return (replace(update, is_late=True) if is_late else update,)

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """All wallets, and all positions."""
        self._is_told = False
        asked = _asked(self.topic)
        return asked.balances(), asked.positions()

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """Nothing; see above."""
        return (), self.calls(None) if self._is_told else ()


class Choices:
    """What was chosen: told when it is another than before. All of it is pushed again and again.

    After a gap all is told again, and that closes it: once a market comes a second time, every one has come.
    """

    tells_again = True
    wants_snapshot = False

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.missed: Missed | None = None
        self.is_whole = False
        self._told: dict[str, tuple[int, int, bool]] = {}

    def take(self, push: Push) -> Sequence[Event]:
        """See ``Follower``."""
        choice = readers.choice(self.topic, push)
        chosen = choice.long_leverage, choice.short_leverage, choice.is_isolated
        before = self._told.get(choice.symbol)
        self.is_whole |= before is not None
        self._told[choice.symbol] = chosen
        return () if before == chosen else (choice,)

    def calls(self, since_ms: int | None, *, goes_on: bool = False) -> Calls:
        """None: it comes by itself."""
        self.is_whole = False
        self._told.clear()
        return ()

    def found(self, answers: Sequence[Any]) -> tuple[Sequence[Event], Calls]:
        """Nothing."""
        return (), ()


def _about(update: AccountUpdate) -> list[tuple[str, str]]:
    """The wallets and positions that an update is about."""
    positions = [(it.symbol, "BOTH" if it.is_one_way else it.side) for it in update.positions]
    return [*((it.asset, "") for it in update.wallets), *positions]


def _report(topic: Topic, order: Order) -> OrderReport:
    return OrderReport(
        topic=topic.name,
        symbol=order.symbol,
        order_id=order.order_id,
        client_order_id=order.client_order_id,
        side=order.side,
        position_side=order.position_side,
        type=order.type,
        execution=None,
        status="NEW" if order.status in (None, "PENDING") else str(order.status),
        price=order.price,
        stop_price=order.stop_price,
        average_price=order.average_price or None,
        quantity=order.quantity,
        filled=_ZERO if order.filled is None else order.filled,
        last_quantity=None,
        last_price=None,
        last_fee=None,
        fee_asset=None,
        profit=None,
        trade_id=None,
        reduce_only=order.reduce_only,
        working_type=order.working_type,
        time_ms=order.updated_ms,
        raw=order.raw,
        from_rest=True,
    )
