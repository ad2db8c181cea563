"""``python -m benchmarks.soak``: a day of traffic on a clock that is advanced, in a minute or two.

Two exchanges live through the same day, one without rate limits and one with them, which gets a third as
many requests again. Every endpoint is called, by several users and from many addresses; some requests are
refused, some writes take effect late. Requests go straight in: what is on trial is what an exchange keeps.

Money: for each answer that says a transfer was made, the soak moves the amount in an account of its own, as
for each fill of an order; four times a day the books must agree with it and be conserved in themselves, and
what is held must be what open orders hold.

Memory: transfers, orders and fills are kept for good, everything else is bounded and full by a quarter of
the day. From then on the process may grow by 600 bytes for each new transfer and each new order, by 300 for
each fill, and by 4 MiB for what Python's allocator does.
"""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks.memory import resident_bytes
from benchmarks.processes import BenchmarkError
from benchmarks.soak_traffic import Traffic
from bingx_fake.clock import ExchangeClock
from bingx_fake.commands.progress import bar
from bingx_fake.exchange import Exchange
from bingx_fake.settings import Settings
from bingx_fake.state import files as state

DAY_MS = 24 * 60 * 60 * 1000
START_MS = 1_700_000_000_000
BYTES_PER_TRANSFER = BYTES_PER_ORDER = 600
BYTES_PER_FILL = 300
SLACK_BYTES = 4 * 1024 * 1024
ENOUGH_TO_JUDGE = 200_000
"""Requests: with fewer, what is bounded is not yet full by a quarter of the day."""

_LIMITED_EVERY = 3
_SETTLE_MS = 1_000
_JOURNAL_SIZE = 2_000


@dataclass(frozen=True, slots=True)
class Quarter:
    """How things stand at a quarter of the day."""

    requests: int
    transfers: int
    orders: int
    fills: int
    resident: int


def live(requests: int, seed: int, advance: Callable[[int], object]) -> dict[str, Any]:
    """Live through the day.

    :param requests: how many the exchange without limits gets.
    :param advance: is told how many of them were sent.
    :raises AssertionError: when money is not where it should be.
    """
    started_s = time.monotonic()
    random = Random(seed)
    clock = ExchangeClock(lambda: START_MS, START_MS)
    free, limited = (_traffic(clock, random, limits=limits) for limits in (False, True))
    quarters: list[Quarter] = []
    ends = {requests * quarter // 4 for quarter in (1, 2, 3, 4)}
    for number in range(1, requests + 1):
        due_ms = START_MS + int((number - random.random()) * DAY_MS / requests)
        clock.advance(max(due_ms - clock.now_ms(), 0))
        free.send()
        if number % _LIMITED_EVERY == 0:
            limited.send()
        if number % 1_000 == 0:
            advance(number)
        if number in ends:
            clock.advance(_SETTLE_MS)
            quarters.append(_check(free, limited))
    clock.advance(max(START_MS + DAY_MS - clock.now_ms(), 0))
    return {
        "simulated_hours": (clock.now_ms() - START_MS) / 3_600_000,
        "quarters": [
            {
                "requests": it.requests,
                "transfers": it.transfers,
                "orders": it.orders,
                "fills": it.fills,
                "resident_bytes": it.resident,
            }
            for it in quarters
        ],
        "codes": {
            name: {str(code): count for code, count in sorted(traffic.codes.items())}
            for name, traffic in (("without limits", free), ("with limits", limited))
        },
        "memory": _growth(quarters, judged=requests >= ENOUGH_TO_JUDGE),
        "wall_s": round(time.monotonic() - started_s, 1),
    }


def _traffic(clock: ExchangeClock, random: Random, *, limits: bool) -> Traffic:
    settings = Settings(state.read_form(None), lambda: clock, rate_limits=limits, journal_size=_JOURNAL_SIZE)
    return Traffic(Exchange(settings), random, hammers=limits)


def _check(*traffics: Traffic) -> Quarter:
    """Compare the books with the soak's own accounts, and measure."""
    for traffic in traffics:
        ledger = traffic.exchange.books.ledger
        ledger.assert_conserved()
        traffic.settle()
        held = {
            (uid, account, asset): balance.free + balance.locked
            for uid, account, book in ledger.books()
            for asset, balance in book.items()
        }
        assert held == {place: amount for place, amount in traffic.accounts.items() if place in held}
        assert not any(amount for place, amount in traffic.accounts.items() if place not in held)
        assert len(list(traffic.exchange.journal)) <= _JOURNAL_SIZE, "the journal is bounded"
    return Quarter(
        sum(traffic.codes.total() for traffic in traffics),
        sum(traffic.made for traffic in traffics),
        sum(traffic.orders.placed for traffic in traffics),
        sum(traffic.orders.filled for traffic in traffics),
        resident_bytes(),
    )


def _growth(quarters: list[Quarter], *, judged: bool) -> dict[str, Any]:
    first, last = quarters[0], quarters[-1]
    grown, transfers = last.resident - first.resident, last.transfers - first.transfers
    orders, fills = last.orders - first.orders, last.fills - first.fills
    kept = BYTES_PER_TRANSFER * transfers + BYTES_PER_ORDER * orders + BYTES_PER_FILL * fills
    allowed = kept + SLACK_BYTES
    return {
        "grown_bytes": grown,
        "new_transfers": transfers,
        "new_orders": orders,
        "new_fills": fills,
        "allowed_bytes": allowed,
        "flat": grown <= allowed if judged else None,
    }


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--requests",
    type=click.IntRange(min=100),
    default=500_000,
    show_default=True,
    help=f"In the day, without limits; a third more with limits. Memory is judged from {ENOUGH_TO_JUDGE:,}.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Decides over the traffic.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
def main(requests: int, seed: int, as_json: bool) -> None:
    """Play 24 hours of traffic and see that no money is lost and memory stays flat (a minute or two).

    Exit 1 when memory has grown by more than what is kept may take and 4 MiB, or money is amiss.
    """
    with bar("24 hours") as update:
        try:
            result = live(requests, seed, lambda number: update(number, requests))
        except BenchmarkError as error:
            raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps({"seed": seed, **result}, indent=2))
    else:
        Console().print(_table(result))
        Console().print(_verdict(result), soft_wrap=True)
    sys.exit(1 if result["memory"]["flat"] is False else 0)


def _table(result: dict[str, Any]) -> Table:
    table = Table(title=f"{result['simulated_hours']:.0f} hours in {result['wall_s']} s")
    for heading in ("of the day", "requests", "transfers made", "orders", "fills", "memory"):
        table.add_column(heading, justify="right")
    for share, quarter in zip(("25 %", "50 %", "75 %", "100 %"), result["quarters"], strict=True):
        memory = f"{quarter['resident_bytes'] / 1e6:.1f} MB"
        counts = (f"{quarter[name]:,}" for name in ("requests", "transfers", "orders", "fills"))
        table.add_row(share, *counts, memory)
    return table


def _verdict(result: dict[str, Any]) -> str:
    memory = result["memory"]
    grown, allowed = memory["grown_bytes"] / 1e6, memory["allowed_bytes"] / 1e6
    flat = {True: "flat", False: "NOT FLAT", None: "too few requests to judge"}[memory["flat"]]
    codes = "\n".join(
        f"answers {name}: " + ", ".join(f"{count:,} x {code}" for code, count in counted.items())
        for name, counted in result["codes"].items()
    )
    return (
        f"money: conserved, and every account as the soak's own books have it\n"
        f"memory: {flat}; from 25 % on it grew by {grown:.1f} MB, with {memory['new_transfers']:,} transfers,"
        f" {memory['new_orders']:,} orders and {memory['new_fills']:,} fills; allowed are {allowed:.1f} MB\n"
        f"{codes}"
    )


if __name__ == "__main__":
    main()
