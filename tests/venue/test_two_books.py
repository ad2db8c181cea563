"""The order book beside a naive one: the same commands, the same fills, and the same book after each."""

import os
import random
from fractions import Fraction
from hashlib import sha256

import pytest
from venue.naive_book import NaiveBook, NaiveOrder

from bingx_fake.venue.matching import Rest, TimeInForce, match_order, settle
from bingx_fake.venue.order_book import Order, OrderBook, Side

COMMANDS = 1_000_000 if os.environ.get("BINGX_LONG") else 20_000
WORDS = {
    Rest.NOTHING: "filled",
    Rest.RESTS: "rests",
    Rest.OUT_OF_TIME: "cancelled: out of time",
    Rest.UNFILLABLE: "refused: not whole",
    Rest.WOULD_TAKE: "refused: would take",
    Rest.OWN_ORDER: "cancelled: own order",
}


class Pair:
    """Both books, asked the same."""

    def __init__(self) -> None:
        self.book = OrderBook()
        self.naive = NaiveBook()

    def place(self, order: Order, time_in_force: TimeInForce, *, market: bool) -> tuple[object, object]:
        """What each of them answers: ours, and the naive book's."""
        price, quantity = Fraction(order.price), Fraction(order.quantity)
        naive_order = NaiveOrder(order.id, order.owner, order.side is Side.BUY, price, quantity)
        decided = match_order(self.book, order, time_in_force, is_market=market)
        fills = [(fill.maker.id, fill.price, fill.quantity) for fill in decided.fills]
        settle(self.book, order, decided)
        theirs = self.naive.place(naive_order, market=market, time_in_force=time_in_force.value)
        return (fills, WORDS[decided.rest]), theirs

    def cancel(self, order_id: int) -> tuple[bool, bool]:
        found = order_id in self.book
        if found:
            self.book.remove(order_id)
        return found, self.naive.cancel(order_id)

    def books(self) -> tuple[object, object]:
        """Both books in one form: each side's orders, and its levels."""
        ours, theirs = [], []
        for side in Side:
            queue = [(order.id, order.owner, order.price, order.leaves) for order in self.book.queue(side)]
            ours.append((queue, list(self.book.levels(side))))
            naive_queue = self.naive.queue(side is Side.BUY)
            sums: dict[int, int] = {}
            for _, _, price, left in naive_queue:
                sums[price] = sums.get(price, 0) + left
            theirs.append((naive_queue, list(sums.items())))
        return ours, theirs


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [1, 2])
def test_two_books_that_know_nothing_of_each_other_agree_after_every_command(seed: int) -> None:
    chance = random.Random(seed)
    pair = Pair()
    placed: list[int] = []
    ours_all, theirs_all = sha256(), sha256()
    for number in range(1, COMMANDS // 2 + 1):
        ours: object
        theirs: object
        if placed and (chance.random() < 0.35 or len(pair.book) > 30):
            ours, theirs = pair.cancel(placed.pop(chance.randrange(len(placed))))
        else:
            side = chance.choice([Side.BUY, Side.SELL])
            price = 1000 + chance.randrange(-15, 5) * (1 if side is Side.BUY else -1)
            order = Order(number, chance.randrange(5), side, price, chance.randrange(1, 40))
            time_in_force = chance.choice(list(TimeInForce))
            ours, theirs = pair.place(order, time_in_force, market=chance.random() < 0.15)
            placed.append(number)
        assert ours == theirs, (seed, number)
        our_books, their_books = pair.books()
        assert our_books == their_books, (seed, number)
        ours_all.update(repr((ours, our_books)).encode())
        theirs_all.update(repr((theirs, their_books)).encode())
    assert ours_all.digest() == theirs_all.digest()
