"""ccxt's pro class, unmodified, on streams that fail: what whoever watches meets, and is not told.

One exchange and one ccxt for each fault. Seven watchers call their method again and again, as a bot does; an
error is noted, and the next call is made. The exchange's clock stands still, so that everything happens when
this module makes it happen: a round before the fault, one under it, one after it.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

import ccxt.pro
from support.sender import ALICE

from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderType

PAIR, SYMBOL = "BTC/USDT", "BTC-USDT"
QUIET_S = 0.05
"""How long nothing has to come, three times over, before a round counts as over."""
PATIENCE_S = 5.0
CUTTING = ("ws-close", "ws-reset")
TOPICS = ("*@trade", "*@ticker", "*@depth*", "*@kline*", "spot.executionReport", "ACCOUNT_UPDATE")

Faults = list[dict[str, Any]]


def everywhere(kind: str, **fields: Any) -> Faults:
    """A fault on every topic by itself."""
    return [{"domain": "stream", "kind": kind, "topic": topic, **fields} for topic in TOPICS]


LATE, REORDERED = "`ws-delay`", "`ws-reorder`"
RENEWED, EXPIRED = "none, keys renewed every second", "`key-expire`, keys renewed every second"
FAULTS: dict[str, Faults] = {
    "none": [],
    RENEWED: [],
    "`ws-close`": [{"domain": "stream", "kind": "ws-close", "for_ms": 1}],
    "`ws-close` with code 1000": [{"domain": "stream", "kind": "ws-close", "close_code": 1000, "for_ms": 1}],
    "`ws-reset`": [{"domain": "stream", "kind": "ws-reset", "for_ms": 1}],
    "`ws-close`, then `ws-refuse`": [
        {"domain": "stream", "kind": "ws-close", "for_ms": 1},
        {"domain": "stream", "kind": "ws-refuse"},
    ],
    "`ws-stall`": [{"domain": "stream", "kind": "ws-stall"}],
    "`ws-silent`": [{"domain": "stream", "kind": "ws-silent"}],
    "`ws-drop`, one message of each topic": everywhere("ws-drop", times=1),
    "`ws-duplicate`": everywhere("ws-duplicate"),
    LATE: [{"domain": "stream", "kind": "ws-delay", "ms": 5_000}],
    REORDERED: everywhere("ws-reorder"),
    "`key-expire`": [{"domain": "stream", "kind": "key-expire"}],
    EXPIRED: [{"domain": "stream", "kind": "key-expire"}],
}


class Seen(NamedTuple):
    """What one call of a method gave, or the name of what it raised."""

    value: Any
    error: str = ""


class Watcher:
    """Calls one method again and again, and keeps what came."""

    def __init__(self, call: Callable[[], Awaitable[Any]], read: Callable[[Any], Any]) -> None:
        self._call, self._read = call, read
        self.seen: list[Seen] = []

    async def run(self) -> None:
        while True:
            try:
                self.seen.append(Seen(self._read(await self._call())))
            except Exception as error:
                self.seen.append(Seen(None, type(error).__name__))
                await asyncio.sleep(0.05)


def watchers(exchange: Any) -> dict[str, Watcher]:
    """Each method that is watched, with the part of what it gives that can be held against the truth."""

    def status(orders: Any) -> list[tuple[str, str]]:
        return [(order["id"], order["status"]) for order in orders]

    def ids(trades: Any) -> list[str]:
        return [trade["id"] for trade in trades]

    return {
        "watch_ticker": Watcher(lambda: exchange.watch_ticker(PAIR), lambda it: it["last"]),
        "watch_trades": Watcher(lambda: exchange.watch_trades(PAIR), ids),
        "watch_order_book": Watcher(lambda: exchange.watch_order_book(PAIR), lambda it: it["asks"][0][0]),
        "watch_ohlcv": Watcher(lambda: exchange.watch_ohlcv(PAIR, "1m"), lambda it: it[-1][4]),
        "watch_orders": Watcher(lambda: exchange.watch_orders(PAIR), status),
        "watch_my_trades": Watcher(lambda: exchange.watch_my_trades(PAIR), ids),
        "watch_balance": Watcher(
            lambda: exchange.watch_balance(), lambda it: (it["USDT"]["free"], it["USDT"]["used"])
        ),
    }


ROUNDS = 3
OF_THE_ACCOUNT = ("watch_orders", "watch_my_trades", "watch_balance")
LATEST = ("watch_ticker", "watch_ohlcv", "watch_balance")
LISTS = ("watch_trades", "watch_my_trades")


class Observed(NamedTuple):
    """What came of one fault: the truth and what each method had given after each round."""

    name: str
    truths: list[dict[str, Any]]
    seen: dict[str, list[list[Seen]]]


class Pro(ccxt.pro.bingx):  # type: ignore[misc]
    """ccxt's class, which also counts what it has been sent."""

    def handle_message(self, client: Any, message: Any) -> None:
        """Count, and go on as ever."""
        client.handled = getattr(client, "handled", 0) + 1
        super().handle_message(client, message)

    def open(self, lazy: bool = False) -> None:
        """Open a session; not again for what is still under way when it has been closed."""
        super().open(lazy or self.closed_by_user)

    async def has_read(self, exchange: FakeExchange) -> None:
        """Wait until it has read what it was sent on the connections that there are."""
        ends_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends_s:
            sent = exchange.call(lambda inner: sum(it.sent for it in inner.streams.sessions.values()))
            if sum(getattr(client, "handled", 0) for client in self.clients.values()) >= sent:
                break
            await asyncio.sleep(0.002)
        for _ in range(10):
            await asyncio.sleep(0)  # so that who waited for it calls again


async def happen(exchange: FakeExchange, number: int, client: Pro | None) -> dict[str, Any]:
    """Two orders are placed and filled, the price moves twice, and two seconds pass. What is so then.

    :param client: reads after each of these; None for one that cannot.
    """
    market = exchange.market(SYMBOL)
    for half in (0, 1):
        price = 59_000 - 200 * number - 100 * half
        new = NewOrder(
            symbol=SYMBOL,
            side=Side.BUY,
            type=OrderType.LIMIT,
            quantity=Decimal("0.001"),
            price=Decimal(price),
        )

        def place(inner: Exchange, new: NewOrder = new) -> None:
            inner.books.desk.place(ALICE, new, inner.clock.now_ms())

        steps: tuple[Callable[[], object], ...] = (
            partial(exchange.call, place),
            partial(market.move, price - 10),
            partial(exchange.clock.advance, 1_000),
        )
        for step in steps:
            step()
            if client is not None:
                await client.has_read(exchange)
    return exchange.call(truth)


def truth(inner: Exchange) -> dict[str, Any]:
    """What each method would give, had it been told everything."""
    stall = inner.books.floor.stalls["spot", SYMBOL]
    instrument, records = stall.market.instrument, inner.books.desk.records
    _, asks = inner.books.floor.levels(stall.market.id, inner.clock.now_ms())
    last = float(instrument.price(stall.market.last))
    usdt = inner.books.ledger.balance(ALICE, "spot", "USDT")
    return {
        "watch_ticker": last,
        "watch_ohlcv": last,
        "watch_order_book": float(instrument.price(asks[0][0])),
        "watch_trades": [str(trade.trade_id) for trade in stall.tape],
        "watch_my_trades": [str(fill.trade_id) for fill in records.fills(ALICE, None)][::-1],
        "watch_orders": {str(order.id): "closed" for order in reversed(list(records.history(ALICE, None)))},
        "watch_balance": (float(usdt.free), float(usdt.locked)),
    }


@asynccontextmanager
async def connected(exchange: FakeExchange, options: dict[str, Any] | None = None) -> AsyncIterator[Pro]:
    """A ccxt that knows the exchange's markets, and is told where its streams are."""
    client = Pro({"apiKey": "alice-key", "secret": "alice-secret", "options": options or {}})
    streams = dict.fromkeys(client.urls["api"]["ws"], f"{exchange.stream_url}/market")
    rest = {kind: f"{exchange.base_urls[0]}/openApi" for kind in client.urls["api"] if kind != "ws"}
    client.urls["api"] = {**rest, "ws": streams}
    try:
        await client.load_markets()
        yield client
    finally:
        client.options["listenKey"] = None  # or a renewal that is due later would open a session once more
        await client.close()


async def observe(name: str) -> Observed:
    """Let one fault happen to a ccxt that watches everything."""
    options = {"listenKeyRefreshRate": 1_000} if name in (RENEWED, EXPIRED) else {}
    with FakeExchange(frozen_at_ms=int(time.time() * 1000)) as exchange:
        exchange.credit(ALICE, "spot", "USDT", 10_000)
        async with connected(exchange, options) as client:
            watching = watchers(client)
            tasks = [asyncio.ensure_future(watcher.run()) for watcher in watching.values()]
            try:
                return await play(name, exchange, client, watching)
            finally:
                for task in tasks:
                    task.cancel()


async def play(name: str, exchange: FakeExchange, client: Pro, watching: dict[str, Watcher]) -> Observed:
    """A round before the fault, one under it, one after it."""
    await subscribed(exchange)
    truths: list[dict[str, Any]] = []
    seen: dict[str, list[list[Seen]]] = {method: [] for method in watching}
    for number in range(ROUNDS):
        if number == 1:
            exchange.play(FAULTS[name])
            exchange.clock.advance(1)
        if number == 2:
            exchange.clear_faults()
            if name == LATE:
                exchange.clock.advance(5_000)
                await client.has_read(exchange)
            await asyncio.sleep(1.2 if name in (RENEWED, EXPIRED) else 0)
            await subscribed(exchange)
        is_cut = number == 1 and any(fault["kind"] in CUTTING for fault in FAULTS[name])
        truths.append(await happen(exchange, number, None if is_cut else client))
        if is_cut:
            await subscribed(exchange)
        await client.has_read(exchange)
        await quiet(watching)
        for method, watcher in watching.items():
            seen[method].append([*watcher.seen])
    return Observed(name, truths, seen)


async def subscribed(exchange: FakeExchange) -> None:
    """Wait until all topics are subscribed to, but not for ever: some never are again."""

    def topics(inner: Exchange) -> set[str]:
        sessions = inner.streams.sessions.values()
        return {name for it in sessions for name in it.topics if it.uid or "@" in name}

    ends_s = time.monotonic() + 4
    while len(exchange.call(topics)) < len(TOPICS) and time.monotonic() < ends_s:
        await asyncio.sleep(0.01)


async def quiet(watching: dict[str, Watcher]) -> None:
    """Wait until nothing has come for a while. Who is refused again and again is not waited for."""
    count, same = -1, 0
    while same < 3 and count < 300:
        before, count = count, sum(len(watcher.seen) for watcher in watching.values())
        same = same + 1 if count == before else 0
        await asyncio.sleep(QUIET_S)


async def observe_all() -> dict[str, Observed]:
    """Every fault, a few at a time: they wait more than they work."""
    places = asyncio.Semaphore(5)

    async def one(name: str) -> Observed:
        async with places:
            return await observe(name)

    return dict(zip(FAULTS, await asyncio.gather(*map(one, FAULTS)), strict=True))


# What is said of it

WORKS = "works"
SILENT = "**silent**: "


def said(observed: Observed, method: str) -> str:
    """What a method made of a fault, for a cell of the table."""
    rounds = observed.seen[method]
    errors = dict.fromkeys(seen.error for seen in rounds[-1] if seen.error)
    wrong = [*_wrong(observed, method)]
    if observed.name in (RENEWED, EXPIRED) and method in OF_THE_ACCOUNT:
        # How much is missing, and which kind of ExchangeError tells, depends on when exactly it happens.
        wrong = ["some of it is missing"]
        errors = dict.fromkeys("ExchangeError" if it == "BadRequest" else it for it in errors)
    told = [f"raises `{error}`" for error in errors]
    if observed.name == REORDERED and method in LATEST:
        # Of two messages that are read at once it gives one: whether it is right again is a matter of luck.
        wrong = ["wrong meanwhile"]
    if not wrong:
        return "; ".join(told) or WORKS
    return "; ".join([*told, *wrong]) if told else SILENT + "; ".join(wrong)


def _wrong(observed: Observed, method: str) -> Iterator[str]:
    if method in LISTS:
        yield from _wrong_list(observed, method)
        return
    for number, when in enumerate(("meanwhile", "afterwards"), start=1):
        known, is_right = _known(observed, method, number)
        if not is_right:
            yield f"{known} {when}"


def _known(observed: Observed, method: str, number: int) -> tuple[str, bool]:
    """What a method had told last by the end of a round, and whether it is so."""
    truth, before = observed.truths[number][method], observed.truths[number - 1][method]
    values = [seen.value for seen in observed.seen[method][number] if not seen.error]
    if method != "watch_orders":
        return ("old" if values[-1] == before else "wrong"), values[-1] == truth
    orders = {order_id: status for value in values for order_id, status in value}
    if orders == truth:
        return "", True
    if any(orders.get(order_id, status) != status for order_id, status in truth.items()):
        return "finished orders shown open", False
    return "orders missing", False


def _wrong_list(observed: Observed, method: str) -> Iterator[str]:
    got = [one for seen in observed.seen[method][-1] if not seen.error for one in seen.value]
    truth: list[str] = observed.truths[-1][method]
    first = truth.index(got[0])
    since, until = len(observed.truths[0][method]), len(observed.truths[1][method])
    if missing := set(truth[first:]) - set(got):
        is_over = missing <= set(truth[since:until])
        yield "what happened meanwhile is missing" if is_over else "nothing is told any more"
    if len(set(got)) < len(got):
        yield "the same twice"
    once = list(dict.fromkeys(got))
    if once != [one for one in truth if one in set(once)]:
        yield "out of order"


BEGIN = "<!-- streams of published clients: written by `make compat` -->"
END = "<!-- end of streams -->"


def rendered(found: dict[str, Observed]) -> str:
    """The table for the page: methods that fare alike share a column."""
    methods = [*next(iter(found.values())).seen]
    columns: dict[tuple[str, ...], list[str]] = {}
    for method in methods:
        column = tuple(said(observed, method) for observed in found.values())
        columns.setdefault(column, []).append(f"`{method}`")
    heads = ["fault", *(", ".join(names) for names in columns.values())]
    rows = [[name, *(column[number] for column in columns)] for number, name in enumerate(found)]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
