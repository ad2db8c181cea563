"""The order book by increments: a snapshot and what changed since are the book."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from streams.listener import Listener, rest
from support.sender import NOW_MS

from bingx_fake import FakeExchange

ETH = "ETH-USDT"
TOPIC = f"{ETH}@incrDepth"


class Copy:
    """A book that is kept by what is pushed, and that notices a gap."""

    gaps = 0

    def __init__(self) -> None:
        self.sides: dict[str, dict[str, str]] = {"bids": {}, "asks": {}}
        self.number = -1

    def take(self, pushed: Any) -> None:
        data = pushed["data"]
        if data["action"] == "all":
            self.sides = {"bids": {}, "asks": {}}
        else:
            self.gaps += data["lastUpdateId"] != self.number + 1
        self.number = data["lastUpdateId"]
        for side, levels in self.sides.items():
            for price, quantity in data[side]:
                levels[price] = quantity
                if float(quantity) == 0:
                    del levels[price]


STEPS = st.one_of(
    st.tuples(st.just("move"), st.integers(2_900, 3_100)),
    st.tuples(st.just("buy"), st.integers(1, 40)),
    st.tuples(st.just("sell"), st.integers(1, 40)),
    st.tuples(st.just("wait"), st.integers(1, 1_200)),
)


def happen(exchange: FakeExchange, steps: list[tuple[str, int]]) -> None:
    market = exchange.market(ETH)
    for kind, number in steps:
        match kind:
            case "move":
                market.move(number)
            case "buy" | "sell":
                market.trade("BUY" if kind == "buy" else "SELL", number)
            case _:
                exchange.clock.advance(number)


def read(listener: Listener, copy: Copy) -> None:
    for message in listener.so_far():
        if message.get("dataType") == TOPIC:
            copy.take(message)


def is_right(exchange: FakeExchange, copy: Copy) -> bool:
    shown = rest(exchange, f"v1/market/depth?symbol={ETH}&limit=1000")["data"]
    sides = {side: dict(map(tuple, shown[side])) for side in ("bids", "asks")}
    return (copy.number, copy.sides) == (shown["lastUpdateId"], sides)


PUBLISHED = ("wait", 3_000)
"""Until the ladder is refilled, and that is published."""


@settings(max_examples=25)
@given(steps=st.lists(STEPS, max_size=12))
def test_what_is_pushed_adds_up_to_the_book(steps: list[tuple[str, int]]) -> None:
    with (
        FakeExchange(frozen_at_ms=NOW_MS) as exchange,
        Listener(f"{exchange.stream_url}/market") as listener,
    ):
        copy = Copy()
        listener.send({"id": "1", "dataType": TOPIC})
        happen(exchange, [*steps, PUBLISHED])
        read(listener, copy)
        assert copy.gaps == 0
        assert is_right(exchange, copy)


@settings(max_examples=25)
@given(steps=st.lists(STEPS, max_size=12), skip=st.integers(0, 4), times=st.integers(1, 2))
def test_a_gap_shows_in_the_numbers_and_a_new_snapshot_closes_it(
    steps: list[tuple[str, int]], skip: int, times: int
) -> None:
    with (
        FakeExchange(frozen_at_ms=NOW_MS) as exchange,
        Listener(f"{exchange.stream_url}/market") as listener,
    ):
        copy = Copy()
        listener.send({"id": "1", "dataType": TOPIC})
        exchange.play([{"domain": "stream", "kind": "ws-gap", "skip": skip, "times": times}])
        happen(exchange, [*steps, PUBLISHED])
        (fault,) = exchange.call(lambda inner: inner.faults.describe())
        exchange.clear_faults()
        happen(exchange, [("move", 3_150), PUBLISHED])  # something to notice it by
        read(listener, copy)
        assert (copy.gaps > 0) == (fault["hits"] > 0)
        if copy.gaps:
            listener.send({"id": "1", "reqType": "unsub", "dataType": TOPIC})
            listener.send({"id": "2", "dataType": TOPIC})
            read(listener, copy)
        assert is_right(exchange, copy)


def test_numbers_do_not_depend_on_who_listens() -> None:
    def number(listens: bool) -> int:
        with FakeExchange(frozen_at_ms=NOW_MS, market="walk") as exchange:
            if listens:
                with Listener(f"{exchange.stream_url}/market") as listener:
                    listener.subscribe(TOPIC)
                    exchange.clock.advance(10_000)
            else:
                exchange.clock.advance(10_000)
            last: int = rest(exchange, f"v1/market/depth?symbol={ETH}&limit=5")["data"]["lastUpdateId"]
            return last

    assert number(listens=True) == number(listens=False) > 8


def test_who_comes_later_gets_the_book_as_it_was_last_published(exchange: FakeExchange) -> None:
    url = f"{exchange.stream_url}/market"
    with Listener(url) as early, Listener(url) as late:
        early.send({"id": "1", "dataType": TOPIC})
        early_on = early.so_far()[1:]
        exchange.market(ETH).move("3050")
        late.send({"id": "1", "dataType": TOPIC})
        later = late.so_far()[1:]
        assert later == early_on
        exchange.clock.advance(500)
        assert early.so_far() == late.so_far() != []
