"""The order book alone, in this process: beside another one that is published, and with many orders in it.

Prints lines of JSON: ``{"doing", "done", "total"}`` on the way, and the figures at the end. Before anything
is timed, both books have given the same fills for the same commands. The time is the processor's, for
placing, which takes making an order, matching and cancelling.
"""

import gc
import json
import statistics
import sys
import time
from collections.abc import Sequence
from random import Random
from typing import NamedTuple, Protocol

import pyorderbook

from bingx_fake.venue.matching import TimeInForce, match_order, settle
from bingx_fake.venue.order_book import Order, OrderBook, Side

FEW, MANY = 1_000, 100_000
MIDDLE = 10_000
PRICES = 500
"""Ticks on each side of the middle that orders rest at, where there are many."""

_SYMBOL = "BTC"
_IN_TURN = 2_000
"""Commands in one round on a book of which the size matters, so few that it stays what it is."""

Fills = list[tuple[int, int]]


class Command(NamedTuple):
    """Place an order, or, where ``quantity`` is 0, cancel the one of this number."""

    number: int
    side: Side
    price: int
    quantity: int


def mixed(count: int, resting: int, prices: int, seed: int) -> list[Command]:
    """Commands of which half place an order that rests, a third cancel one, and the others trade.

    :param resting: how many orders are there before; they are the first commands, and not among ``count``.
    """
    chance = Random(seed)
    commands: list[Command] = []
    alive: list[int] = []
    numbers = iter(range(resting + count))

    def rest() -> None:
        number, side = next(numbers), chance.choice((Side.BUY, Side.SELL))
        away = chance.randrange(1, prices + 1)
        price = MIDDLE - away if side is Side.BUY else MIDDLE + away
        commands.append(Command(number, side, price, chance.randrange(1, 40)))
        alive.append(number)

    for _ in range(resting):
        rest()
    sides = {command.number: command for command in commands}
    for _ in range(count):
        kind = chance.random()
        if kind < 0.5 or not alive:
            rest()
            sides[commands[-1].number] = commands[-1]
        elif kind < 0.83:
            position = chance.randrange(len(alive))
            alive[position], alive[-1] = alive[-1], alive[position]
            cancelled = sides[alive.pop()]
            commands.append(cancelled._replace(quantity=0))
        else:
            side = chance.choice((Side.BUY, Side.SELL))
            price = MIDDLE + 3 if side is Side.BUY else MIDDLE - 3
            commands.append(Command(next(numbers), side, price, chance.randrange(1, 60)))
    return commands


class Book(Protocol):
    """A book that carries commands out."""

    def run(self, commands: Sequence[Command]) -> None:
        """As fast as it goes."""

    def fills(self, command: Command) -> Fills:
        """Carry one out, and say what it filled: price and quantity."""


class Ours:
    """Our book. Each order is another owner's, as those of the other book are."""

    def __init__(self) -> None:
        self.book = OrderBook()

    def run(self, commands: Sequence[Command]) -> None:
        """As fast as it goes."""
        book, gtc = self.book, TimeInForce.GTC
        for number, side, price, quantity in commands:
            if quantity:
                order = Order(number, number, side, price, quantity)
                settle(book, order, match_order(book, order, gtc))
            elif number in book:
                book.remove(number)

    def fills(self, command: Command) -> Fills:
        """Carry one out, and say what it filled."""
        if not command.quantity:
            self.run([command])
            return []
        order = Order(command.number, command.number, command.side, command.price, command.quantity)
        decided = match_order(self.book, order, TimeInForce.GTC)
        settle(self.book, order, decided)
        return [(fill.price, fill.quantity) for fill in decided.fills]


class Published:
    """pyorderbook's."""

    def __init__(self) -> None:
        self.book = pyorderbook.Book()
        self._orders: dict[int, pyorderbook.Order] = {}

    def run(self, commands: Sequence[Command]) -> None:
        """As fast as it goes."""
        book, orders, resting = self.book, self._orders, self.book.order_map
        make_bid, make_ask = pyorderbook.bid, pyorderbook.ask
        for number, side, price, quantity in commands:
            if quantity:
                make = make_bid if side is Side.BUY else make_ask
                order = orders[number] = make(_SYMBOL, price, quantity)
                book.match(order)
            elif orders[number].id in resting:
                book.cancel(orders[number])

    def fills(self, command: Command) -> Fills:
        """Carry one out, and say what it filled."""
        if not command.quantity:
            self.run([command])
            return []
        make = pyorderbook.bid if command.side is Side.BUY else pyorderbook.ask
        order = self._orders[command.number] = make(_SYMBOL, command.price, command.quantity)
        return [(int(trade.fill_price), trade.fill_quantity) for trade in self.book.match(order).trades]


def _check(commands: Sequence[Command]) -> int:
    """Have both books fill the same, command by command; the number of fills."""
    ours, theirs, count = Ours(), Published(), 0
    for command in commands:
        mine, other = ours.fills(command), theirs.fills(command)
        assert mine == other, f"command {command.number}: {mine} here, {other} there"
        count += len(mine)
    assert count, "nothing was traded"
    return count


def _time(make_book: type[Book], commands: Sequence[Command], resting: int) -> float:
    """Seconds for each command, its order's making included, on a book that has been filled before."""
    book = make_book()
    book.run(commands[:resting])
    rest = commands[resting:]
    gc.collect()
    started = time.process_time()
    book.run(rest)
    return (time.process_time() - started) / len(rest)


def _against(rounds: int, count: int) -> dict[str, object]:
    """Both books in turn; how many times as fast ours is."""
    commands = mixed(count, FEW, 20, seed=1)
    fills = _check(commands)
    ratios, us = [], []
    for number in range(rounds):
        turns: list[type[Book]] = [Ours, Published]
        took_s = {book: _time(book, commands, FEW) for book in (turns if number % 2 else reversed(turns))}
        ours_s, theirs_s = took_s[Ours], took_s[Published]
        ratios.append(theirs_s / ours_s)
        us.append(1e6 * ours_s)
        _say("order book beside pyorderbook", number + 1, rounds)
    return {"ratios": ratios, "us": statistics.median(us), "fills": fills, "commands": count}


def _sizes(rounds: int) -> dict[str, object]:
    """The same commands on a book of many orders and on one of few; how many times as long each takes."""
    few, many = mixed(_IN_TURN, FEW, PRICES, seed=2), mixed(_IN_TURN, MANY, PRICES, seed=2)
    ratios, us = [], []
    for number in range(rounds):
        few_s = _time(Ours, few, FEW)
        many_s = _time(Ours, many, MANY)
        ratios.append(many_s / few_s)
        us.append(1e6 * many_s)
        _say(f"a book of {MANY:,} orders", number + 1, rounds)
    return {"ratios": ratios, "us": statistics.median(us)}


def _say(doing: str, done: int, total: int) -> None:
    print(json.dumps({"doing": doing, "done": done, "total": total}), flush=True)


def main(rounds: int, count: int) -> None:
    """Measure and print."""
    print(json.dumps({"against": _against(rounds, count), "sizes": _sizes(rounds)}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
