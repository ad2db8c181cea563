"""Property: a snapshot and the updates since are the book, whatever happens to the frames on their way."""

from collections.abc import Callable
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from streaming.wire import BTC, Wire, book, packed, streams

from bingx_client.streaming.events import Book, Disconnected, Gap, GapClosed

TOPIC = streams.book(BTC)
State = tuple[dict[str, str], dict[str, str]]

# Bids stand below 100 and asks above, so that every book is one that a market can have.
CHANGES = st.tuples(
    st.dictionaries(st.integers(90, 99).map(str), st.integers(0, 5).map(str), max_size=3),
    st.dictionaries(st.integers(101, 110).map(str), st.integers(0, 5).map(str), max_size=3),
)
FATES = ("sent", "sent", "sent", "lost", "twice", "after the next", "broken", "the connection ends", "late")


class Exchange:
    """A naive exchange: its book after each number, and the frames that show it."""

    def __init__(self) -> None:
        self.states: dict[int, State] = {0: ({"99": "1"}, {"101": "1"})}
        self.number = 0

    def change(self, changes: State) -> dict[str, Any]:
        now = tuple(
            {price: left for price, left in {**side, **changed}.items() if left != "0"}
            for side, changed in zip(self.states[self.number], changes, strict=True)
        )
        self.number += 1
        self.states[self.number] = (now[0], now[1])
        return book("update", self.number, *changes)

    def snapshot(self) -> dict[str, Any]:
        return book("all", self.number, *self.states[self.number])


def is_right(told: Book, exchange: Exchange) -> bool:
    bids, asks = exchange.states[told.update_id]
    shown = ({str(level.price): str(level.quantity) for level in side} for side in (told.bids, told.asks))
    return (bids, asks) == tuple(shown)


def serve(wire: Wire, exchange: Exchange) -> None:
    """Do what the client asks: acknowledge, and send a snapshot to who subscribes."""
    for name in wire.acknowledge():
        if name == TOPIC.name:
            wire.push(TOPIC, exchange.snapshot())


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(CHANGES, st.sampled_from(FATES)), max_size=30))
def test_every_book_that_is_told_is_the_exchanges_and_after_each_fault_it_is_told_again(
    history: list[tuple[State, str]],
) -> None:
    exchange, wire = Exchange(), Wire(TOPIC)
    wire.core.begin(wire.at_ms)
    wire.take()
    wire.core.connected(wire.at_ms)
    serve(wire, exchange)
    held: list[Callable[[], None]] = []
    told: list[Any] = []

    def send(data: dict[str, Any]) -> Callable[[], None]:
        return lambda: wire.push(TOPIC, data)

    for changes, fate in history:
        push = send(exchange.change(changes))
        earlier, held = held, []
        match fate:
            case "sent":
                push()
            case "twice":
                push()
                push()
            case "after the next":
                held = [push]
            case "broken":
                wire.frame(packed("nonsense"))
            case "late":
                wire.wait(3_000)
                push()
            case "the connection ends":
                earlier = []
                wire.core.lost(wire.at_ms, "broke off")
                wire.wait(31_000)
                wire.take()
                wire.core.connected(wire.at_ms)
        for late in earlier:
            late()
        serve(wire, exchange)
        told += wire.events()
        wire.wait(1_001)
        serve(wire, exchange)
    wire.push(TOPIC, exchange.change(({"98": "3"}, {})))
    serve(wire, exchange)
    told += wire.events()
    books = [event for event in told if isinstance(event, Book)]
    assert all(is_right(event, exchange) for event in books)
    assert books[-1].update_id == exchange.number, "whole again"
    numbers = [event.update_id for event in books]
    assert numbers == sorted(numbers)
    assert_no_silent_jump(told)


def assert_no_silent_jump(told: list[Any]) -> None:
    """Books follow each other one by one, but where a gap was told of in between."""
    last, is_gap = None, True
    for event in told:
        if isinstance(event, Book):
            assert is_gap or last is None or event.update_id == last + 1
            last, is_gap = event.update_id, False
        elif isinstance(event, Gap | Disconnected):
            is_gap = True


def test_each_fault_alone_is_told_and_closed() -> None:
    numbers = count(1)
    for fate in ("lost", "after the next", "broken", "the connection ends"):
        exchange, wire = Exchange(), Wire(TOPIC).begin()
        wire.push(TOPIC, exchange.snapshot())
        wire.events()
        missing = exchange.change(({"98": str(next(numbers))}, {}))
        following = exchange.change(({"97": "1"}, {}))
        match fate:
            case "broken":
                wire.frame(packed("nonsense"))
            case "the connection ends":
                wire.core.lost(wire.at_ms, "broke off")
                wire.wait(31_000)
                wire.take()
                wire.core.connected(wire.at_ms)
                serve(wire, exchange)
        wire.push(TOPIC, following)
        if fate == "after the next":
            wire.push(TOPIC, missing)
        wire.wait(0)
        serve(wire, exchange)
        told = wire.events()
        assert [type(event) for event in told if isinstance(event, Gap | GapClosed)] == [Gap, GapClosed], fate
        assert is_right([event for event in told if isinstance(event, Book)][-1], exchange), fate
