"""The events by which the console, and any other program, hears what has changed."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from aiohttp import web
from support.sender import ALICE, NOW_MS, PLACE_ORDER, SERVER_TIME, TRANSFER, Sender, wait_until

from bingx_fake import FakeExchange
from bingx_fake.clock import ExchangeClock
from bingx_fake.control.console.routes import Feed
from bingx_fake.exchange import Exchange
from bingx_fake.inprocess.markets import Market
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form
from bingx_fake.streams.frames import Frame
from bingx_fake.venue.order_book import Side

TOPICS = {"clock", "faults", "journal", "orders", "positions", "profile", "state", "streams"}
"""Told once each; ``market`` is told of each market."""


class Listener:
    """A reader of the events."""

    def __init__(self, control_url: str) -> None:
        self.answer = requests.get(f"{control_url}/events", stream=True, timeout=10)
        self._lines = self.answer.iter_lines()
        self.first = dict(self.next() for _ in TOPICS)
        markets = requests.get(f"{control_url}/markets", timeout=10).json()
        self.markets = [self.next() for _ in markets]

    def next(self) -> tuple[str, Any]:
        """The next event's name and data."""
        name = next(self._lines).decode().removeprefix("event: ")
        data = json.loads(next(self._lines).decode().removeprefix("data: "))
        assert next(self._lines) == b""
        return name, data

    def wait_for(self, name: str) -> Any:
        """The data of the next event of this name."""
        while True:
            heard, data = self.next()
            if heard == name:
                return data


@pytest.fixture
def listener(exchange: FakeExchange) -> Iterator[Listener]:
    listener = Listener(exchange.control_url)
    yield listener
    listener.answer.close()


def test_a_new_reader_is_told_everything_once(exchange: FakeExchange, listener: Listener) -> None:
    assert listener.answer.headers["Content-Type"] == "text/event-stream"
    assert listener.first == {
        "clock": {"mode": "frozen", "now": NOW_MS, "offset": 0},
        "faults": {"com": "up", "pro": "up", "stream": "up", "faults": 0},
        "journal": {"latest": None},
        "orders": {"open": 0},
        "positions": {"open": 0},
        "streams": {"open": 0},
        "profile": {"profile": "documented", "vary": {}, "strict": False},
        "state": {"users": 3, "revision": listener.first["state"]["revision"]},
    }
    markets = requests.get(f"{exchange.control_url}/markets", timeout=10).json()
    assert listener.markets == [("market", market) for market in markets]


def come(exchange: FakeExchange, **user: Any) -> None:
    """Somebody becomes a user."""
    assert requests.post(f"{exchange.control_url}/users", json=user, timeout=10).status_code == 200


def order(exchange: FakeExchange) -> str:
    """Alice places an order that rests."""
    asked = {"symbol": "ETH-USDT", "side": "SELL", "type": "LIMIT", "quantity": "0.1", "price": "3500"}
    return str(Sender(exchange).post(PLACE_ORDER, **asked).data["orderId"])


class Nobody:
    """Takes what is pushed."""

    def send(self, pushed: Frame) -> None:
        """Take a frame."""

    def close(self, code: int) -> None:
        """End."""

    def reset(self) -> None:
        """End."""


CHANGES: dict[str, tuple[str, Callable[[FakeExchange], object]]] = {
    "a connection to streams": (
        "streams",
        lambda exchange: exchange.call(lambda inner: inner.streams.connect("spot", Nobody())),
    ),
    "a request": ("journal", lambda exchange: Sender(exchange).raw("GET", SERVER_TIME)),
    "a transfer": (
        "state",
        lambda exchange: Sender(exchange).post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1),
    ),
    "a credit": ("state", lambda exchange: exchange.credit(ALICE, "fund", "USDT", 1)),
    "another state": ("state", lambda exchange: exchange.load({"users": [{"uid": 1}]})),
    "a user who holds nothing": ("state", lambda exchange: come(exchange, uid=5)),
    "a fault": ("faults", lambda exchange: exchange.play([{"domain": "com", "kind": "empty"}])),
    "a later time": ("clock", lambda exchange: exchange.clock.advance(1)),
    "a clock that runs": ("clock", lambda exchange: exchange.clock.run()),
    "another profile": ("profile", lambda exchange: exchange.change_profile("skill")),
    "a strict profile": ("profile", lambda exchange: exchange.change_profile(strict=True)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_change_is_told_under_its_name(exchange: FakeExchange, listener: Listener, change: str) -> None:
    name, make = CHANGES[change]
    make(exchange)
    assert listener.wait_for(name) != listener.first[name]


@pytest.mark.parametrize(
    "change",
    [
        lambda market: market.move(59000),
        lambda market: market.trade("BUY", "0.01"),
        lambda market: market.mark(41000),
        lambda market: market.change(ladder={"levels": 2}),
        lambda market: market.halt(),
    ],
    ids=["a move", "a trade", "a mark", "another ladder", "a halt"],
)
def test_a_market_that_has_changed_is_told_and_no_other(
    exchange: FakeExchange, listener: Listener, change: Callable[[Market], object]
) -> None:
    market = exchange.market("ETH-USDT")
    change(market)
    assert listener.next() == ("market", market.state)
    exchange.clock.advance(1)
    assert listener.next()[0] == "clock"


def test_orders_are_told_of_when_one_comes_is_cancelled_or_filled(
    exchange: FakeExchange, listener: Listener
) -> None:
    first = order(exchange)
    assert listener.wait_for("orders") == {"open": 1}
    order(exchange)
    assert listener.wait_for("orders") == {"open": 2}
    requests.delete(f"{exchange.control_url}/orders/{first}", timeout=10)
    assert listener.wait_for("orders") == {"open": 1}
    exchange.market("ETH-USDT").move(3500)
    assert listener.wait_for("orders") == {"open": 0}


def test_orders_and_positions_on_perpetuals_are_told_of(exchange: FakeExchange, listener: Listener) -> None:
    def place(kind: PerpType, stop: int | None = None) -> None:
        new = NewPerpOrder(
            symbol="ETH-USDT",
            side=Side.SELL,
            type=kind,
            quantity=Decimal("0.01"),
            stop=None if stop is None else Decimal(stop),
        )
        exchange.call(lambda inner: inner.books.swap.place(ALICE, new, inner.clock.now_ms()))

    place(PerpType.TRIGGER_MARKET, 2900)
    assert listener.wait_for("orders") == {"open": 1}
    place(PerpType.MARKET)
    assert listener.wait_for("positions") == {"open": 1}
    exchange.market("ETH-USDT", "swap").mark(2900)
    assert listener.wait_for("positions") == {"open": 1}


def test_orders_are_told_of_when_a_state_or_a_user_is_put_back(
    exchange: FakeExchange, listener: Listener
) -> None:
    rests = {"uid": 1, "id": 7, "symbol": "ETH-USDT", "side": "BUY", "type": "LIMIT", "at": 1}
    rests |= {"price": "100", "quantity": "1"}
    user = {"uid": 1, "balances": {"spot": {"USDT": {"free": "0", "locked": "100"}}}}
    exchange.load({"users": [user], "orders": [rests]})
    assert listener.wait_for("orders") == {"open": 1}
    requests.delete(f"{exchange.control_url}/orders/7", timeout=10)
    assert listener.wait_for("orders") == {"open": 0}
    requests.post(f"{exchange.control_url}/users/1/reset", timeout=10)
    assert listener.wait_for("orders") == {"open": 1}
    requests.delete(f"{exchange.control_url}/users/1", timeout=10)
    assert listener.wait_for("orders") == {"open": 0}


def test_a_price_that_walks_is_told_as_the_clock_goes_on(exchange: FakeExchange, listener: Listener) -> None:
    exchange.market("ETH-USDT").change(source="walk")
    lasts: list[str] = []
    for _ in range(3):
        exchange.clock.advance(1_000)
        told = listener.wait_for("market")
        while told["source"] != "walk" or told["last"] in (*lasts, "3000"):
            told = listener.wait_for("market")
        lasts.append(told["last"])
    assert len(set(lasts)) == 3


def test_a_fault_that_begins_and_ends_by_the_clock_is_told(
    exchange: FakeExchange, listener: Listener
) -> None:
    exchange.play([{"domain": "com", "kind": "refuse", "at_ms": 1000, "for_ms": 1000}])
    told = [listener.wait_for("faults")["com"]]
    for _ in range(2):
        exchange.clock.advance(1000)
        told.append(listener.wait_for("faults")["com"])
    assert told == ["up", "down", "up"]


def test_a_transfer_that_takes_effect_later_is_told_when_it_does(
    exchange: FakeExchange, listener: Listener, sender: Sender
) -> None:
    with exchange.fault("com", "commit-delay", ms=5000):
        sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1)
    taken = listener.wait_for("state")["revision"]
    exchange.clock.advance(5000)
    assert listener.wait_for("state")["revision"] > taken


def test_an_answer_that_is_sent_late_is_told_too(
    exchange: FakeExchange, listener: Listener, sender: Sender
) -> None:
    with exchange.fault("com", "latency", ms=300):
        sender.raw("GET", SERVER_TIME)
    assert exchange.requests[0]["code"] == 0
    assert [listener.wait_for("journal") for _ in range(2)] == [{"latest": "r1"}] * 2


def test_changes_in_quick_succession_are_told_as_one(exchange: FakeExchange, listener: Listener) -> None:
    for _ in range(500):
        exchange.clock.advance(1)
    exchange.change_profile("skill")
    told: list[tuple[str, Any]] = []
    while not told or told[-1][0] != "profile":
        told.append(listener.next())
    assert len(told) < 100


def test_there_are_only_so_many_readers() -> None:
    with FakeExchange() as exchange:
        listeners = [Listener(exchange.control_url) for _ in range(32)]
        refused = requests.get(f"{exchange.control_url}/events", timeout=10)
        assert refused.status_code == 503
        assert refused.json()["error"] == "32 readers listen to the events already"
        for listener in listeners:
            listener.answer.close()

        def is_welcome() -> bool:
            with requests.get(f"{exchange.control_url}/events", stream=True, timeout=10) as answer:
                return answer.status_code == 200

        wait_until(is_welcome)


def test_an_exchange_closes_although_somebody_listens() -> None:
    with FakeExchange() as exchange:
        listener = Listener(exchange.control_url)
    assert list(listener.answer.iter_content()) == [], "the stream ends, and not in the middle of an event"


def test_ctrl_c_ends_the_command_although_somebody_listens() -> None:
    ports = ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]
    command = [str(Path(sys.executable).parent / "bingx-fake"), "serve", "--json", *ports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        listener = Listener(json.loads(serving.stdout.readline())["control"])
        serving.send_signal(signal.SIGINT)
        _, err = serving.communicate(timeout=5)
        listener.answer.close()
    assert (serving.returncode, err) == (0, "stopped\n")


@asynccontextmanager
async def reader_that_takes_nothing(**patience: float) -> AsyncIterator[tuple[Exchange, Feed]]:
    """A feed that looks without pause, and a reader whose connection holds next to nothing."""
    exchange = Exchange(Settings(read_form(None), lambda: ExchangeClock(lambda: NOW_MS, NOW_MS)))
    feed = Feed(exchange, tick_s=0, **patience)
    application = web.Application()
    application.router.add_get("/events", feed.stream)
    application.on_shutdown.append(feed.stop)
    runner = web.AppRunner(application)
    await runner.setup()
    with socket.create_server(("127.0.0.1", 0)) as listening, socket.socket() as reader:
        for one, option in ((listening, socket.SO_SNDBUF), (reader, socket.SO_RCVBUF)):
            one.setsockopt(socket.SOL_SOCKET, option, 4096)
        await web.SockSite(runner, listening).start()
        reader.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(reader, listening.getsockname())
        await loop.sock_sendall(reader, b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        while not feed.readers:
            await asyncio.sleep(0)
        yield exchange, feed
        await runner.cleanup()


def test_a_reader_that_takes_nothing_is_dropped() -> None:
    async def listen() -> None:
        async with reader_that_takes_nothing(patience_s=0.05) as (exchange, feed):
            while feed.readers:
                exchange.clock.advance(1)
                await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(listen(), 20))


def test_a_reader_that_takes_nothing_does_not_hold_up_the_end() -> None:
    async def listen() -> None:
        async with reader_that_takes_nothing(patience_s=3600) as (exchange, _):
            for _ in range(10_000):  # more news than its connection holds
                exchange.clock.advance(1)
                await asyncio.sleep(0)

    asyncio.run(asyncio.wait_for(listen(), 20))
