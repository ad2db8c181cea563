"""Matching as tables: the book before, an order, its fills, the book after.

An order is written ``owner side quantity@price``; the resting ones stand in the order in which they came.
"""

import gc
import re

import pytest

from bingx_fake.venue.matching import Rest, TimeInForce, match_order, settle
from bingx_fake.venue.order_book import Order, OrderBook, Side

OWNERS = {name: number for number, name in enumerate("ABCDEFH")}
ORDER = re.compile(r"([A-H]) (buy|sell) (\d+)@(\d+|market)(?: (IOC|FOK|PostOnly))?")
BIDS = "A buy 5@100, B buy 3@100, C buy 4@99"
ASKS = "A sell 2@101, B sell 6@102"


def read(text: str, number: int) -> tuple[Order, TimeInForce, bool]:
    """An order from its notation, how long it waits, and whether it takes any price."""
    found = ORDER.fullmatch(text)
    assert found, text
    owner, side, quantity, price, time_in_force = found.groups()
    is_market = price == "market"
    order = Order(number, OWNERS[owner], Side[side.upper()], 1 if is_market else int(price), int(quantity))
    return order, TimeInForce(time_in_force or "GTC"), is_market


def written(book: OrderBook) -> set[str]:
    owners = {number: name for name, number in OWNERS.items()}
    return {
        f"{owners[order.owner]} {side.value.lower()} {order.leaves}@{order.price}"
        for side in Side
        for order in book.queue(side)
    }


def as_set(text: str) -> set[str]:
    return set(filter(None, text.split(", ")))


@pytest.mark.parametrize(
    ("before", "command", "fills", "rest", "after"),
    [
        # Price, then time
        (BIDS, "H sell 6@100", "A 5@100, B 1@100", Rest.NOTHING, "B buy 2@100, C buy 4@99"),
        (BIDS, "H sell 9@99", "A 5@100, B 3@100, C 1@99", Rest.NOTHING, "C buy 3@99"),
        (ASKS, "H buy 3@102", "A 2@101, B 1@102", Rest.NOTHING, "B sell 5@102"),
        # Each at the resting order's price, never worse than the limit
        (ASKS, "H buy 3@101", "A 2@101", Rest.RESTS, "H buy 1@101, B sell 6@102"),
        (ASKS, "H buy 3@100", "", Rest.RESTS, f"H buy 3@100, {ASKS}"),
        # How long it waits
        (ASKS, "H buy 3@101 IOC", "A 2@101", Rest.OUT_OF_TIME, "B sell 6@102"),
        (ASKS, "H buy 3@100 IOC", "", Rest.OUT_OF_TIME, ASKS),
        (ASKS, "H buy 3@101 FOK", "", Rest.UNFILLABLE, ASKS),
        (ASKS, "H buy 3@102 FOK", "A 2@101, B 1@102", Rest.NOTHING, "B sell 5@102"),
        (ASKS, "H buy 3@101 PostOnly", "", Rest.WOULD_TAKE, ASKS),
        (ASKS, "H buy 3@100 PostOnly", "", Rest.RESTS, f"H buy 3@100, {ASKS}"),
        # Any price
        (ASKS, "H buy 7@market", "A 2@101, B 5@102", Rest.NOTHING, "B sell 1@102"),
        (ASKS, "H buy 9@market", "A 2@101, B 6@102", Rest.OUT_OF_TIME, ""),
        ("", "H sell 1@market", "", Rest.OUT_OF_TIME, ""),
        # One's own orders: what is left is cancelled where it would meet them
        (BIDS, "A sell 6@100", "", Rest.OWN_ORDER, BIDS),
        (BIDS, "B sell 6@100", "A 5@100", Rest.OWN_ORDER, "B buy 3@100, C buy 4@99"),
        (BIDS, "B sell 5@100", "A 5@100", Rest.NOTHING, "B buy 3@100, C buy 4@99"),
        (BIDS, "B sell 6@100 FOK", "", Rest.UNFILLABLE, BIDS),
        (BIDS, "A sell 6@100 PostOnly", "", Rest.WOULD_TAKE, BIDS),
        (BIDS, "C sell 8@100", "A 5@100, B 3@100", Rest.NOTHING, "C buy 4@99"),
    ],
)
def test_an_order_trades_by_price_and_then_by_time(
    before: str, command: str, fills: str, rest: Rest, after: str
) -> None:
    book = OrderBook()
    for number, text in enumerate(filter(None, before.split(", "))):
        book.add(read(text, number)[0])
    order, time_in_force, is_market = read(command, 99)
    decided = match_order(book, order, time_in_force, is_market=is_market)
    assert written(book) == as_set(before), "deciding changes nothing"
    owners = {number: name for name, number in OWNERS.items()}
    assert [f"{owners[fill.maker.owner]} {fill.quantity}@{fill.price}" for fill in decided.fills] == list(
        filter(None, fills.split(", "))
    )
    assert decided.rest is rest
    settle(book, order, decided)
    assert written(book) == as_set(after)


def test_a_market_order_takes_no_price_worse_than_its_bound() -> None:
    book = OrderBook()
    for number, text in enumerate(ASKS.split(", ")):
        book.add(read(text, number)[0])
    order, time_in_force, _ = read("H buy 9@market", 99)
    decided = match_order(book, order, time_in_force, is_market=True, worst=101)
    assert [(fill.price, fill.quantity) for fill in decided.fills] == [(101, 2)]


@pytest.mark.parametrize("oldest_first", [True, False])
def test_a_book_keeps_no_more_of_the_orders_that_are_gone_than_rest_in_it(oldest_first: bool) -> None:
    owner = 4_711
    book = OrderBook()
    for number in range(1_000):
        book.add(Order(number, owner, Side.BUY, 100, 1))
    gone = range(900) if oldest_first else range(999, 99, -1)
    for number in gone:
        book.remove(number)
    assert len(list(book.queue(Side.BUY))) == 100
    alive = [it for it in gc.get_objects() if type(it) is Order and it.owner == owner]
    assert len(alive) <= 2 * 100 + 10
