"""Markets: pages of prices over sockets while somebody trades, the order book alone, days that pass."""

import statistics
from collections.abc import Mapping
from typing import Any

from benchmarks.book_probe import FEW, MANY
from benchmarks.market_probe import DAY_S, ROWS
from benchmarks.plan import Plan
from benchmarks.processes import Child, module
from benchmarks.reads import CONNECTIONS, Requests, Side, run_pair
from benchmarks.table import Row, Target, median_row
from benchmarks.trading_fake import LEVELS, READS_BETWEEN, SYMBOL

_DEPTH = "/openApi/spot/v1/market/depth"
_KLINES = "/openApi/spot/v2/market/kline"
_WARM_UP = {"fake": 200, "bare": 200}
_PATIENCE_S = 180.0
"""Between two signs of life."""


def pages_while_somebody_trades(plan: Plan) -> list[Row]:
    """Depth and candles, with a trade between every ten reads, against a bare handler with the same bytes."""
    depth = f"{_DEPTH}?symbol={SYMBOL}&limit={LEVELS}"
    candles = f"{_KLINES}?symbol={SYMBOL}&interval=1m&limit={ROWS}"
    return [
        _reads(plan, f"depth of {LEVELS} levels, rate", Requests(_DEPTH, [depth], {}), 0.40),
        _reads(plan, f"{ROWS:,} candles, rate", Requests(_KLINES, [candles], {}), 0.35),
    ]


def _reads(plan: Plan, what: str, requests: Requests, least: float) -> Row:
    fake, bare = Side("fake"), Side("bare")
    pairs, rounds = plan.rounds(full=3, quick=1), plan.rounds(full=20, quick=6)
    for _ in plan.progress.track(range(pairs), description=what):
        run_pair(module("trading_fake"), requests, fake, bare, rounds, warm_up=_WARM_UP, alike=False)
    ratios = [ours / theirs for ours, theirs in zip(fake.rates, bare.rates, strict=True)]
    return median_row(
        what,
        "bare aiohttp handler, same bytes",
        ratios,
        "",
        Target("at least", least),
        f"a trade between every {READS_BETWEEN} reads; {CONNECTIONS} connections; {pairs} pairs of processes "
        f"with {rounds} paired rounds; {statistics.median(fake.rates):,.0f} requests/s; {fake.busy()}",
    )


def order_book(plan: Plan) -> list[Row]:
    """The book alone: beside a published one, and with many orders in it."""
    rounds, commands = plan.rounds(full=15, quick=3), plan.rounds(full=50_000, quick=10_000)
    found = follow(plan, [*module("book_probe"), str(rounds), str(commands)], last="against")
    against, sizes = found["against"], found["sizes"]
    return [
        median_row(
            "order book, mixed place, cancel, match",
            "pyorderbook on the same orders",
            against["ratios"],
            "x",
            Target("at least", 2),
            f"{against['us']:.1f} µs a command; {commands:,} commands on a book of {FEW:,} orders, the same "
            "fills in both; processor time",
        ),
        median_row(
            f"order book of {MANY:,} orders, the same",
            f"one of {FEW:,}",
            sizes["ratios"],
            "x",
            Target("at most", 1.5),
            f"{sizes['us']:.1f} µs a command; processor time",
        ),
    ]


def days_and_candles(plan: Plan) -> list[Row]:
    """How fast a simulated day passes, and what a page of candles costs."""
    rounds, seconds = plan.rounds(full=5, quick=2), plan.rounds(full=DAY_S, quick=5_000)
    found = follow(plan, [*module("market_probe"), str(rounds), str(seconds)], last="pages")
    pages: Mapping[str, Mapping[str, list[float]]] = found["pages"]
    how = f"{seconds:,} steps of a second each, one market, ladder of 20 levels; processor time"
    return [
        median_row("a simulated day, idle", "real time", found["idle"], "x", Target("at least", 20_000), how),
        median_row(
            "a simulated day, users' orders resting",
            "real time",
            found["resting"],
            "x",
            Target("at least", 5_000),
            how,
        ),
        _slowest(f"page of {ROWS:,} candles, the first", pages, "first", 300),
        _slowest(f"page of {ROWS:,} candles, after the first", pages, "again", 5),
        _slowest(f"page of {ROWS:,} candles, another of the past", pages, "elsewhere", 5),
    ]


def _slowest(
    what: str, pages: Mapping[str, Mapping[str, list[float]]], which: str, most_ms: float | None
) -> Row:
    """A row of the market and the interval whose pages take longest."""
    slowest = max(pages, key=lambda name: statistics.median(pages[name][which]))
    fastest_ms = min(statistics.median(kind[which]) for kind in pages.values())
    return median_row(
        what,
        f"request to answer, {slowest}: the slowest",
        pages[slowest][which],
        "ms",
        None if most_ms is None else Target("at most", most_ms),
        f"{len(pages)} kinds of pages, the fastest takes {fastest_ms:.1f} ms; processor time, without "
        "the socket",
    )


def follow(plan: Plan, command: list[str], last: str) -> Any:
    """Run a probe, show its progress, and give its last word, which has this in it."""
    with Child(command) as probe:
        task = plan.progress.add_task("markets")
        while last not in (message := probe.receive(_PATIENCE_S)):
            plan.progress.update(
                task, description=message["doing"], completed=message["done"], total=message["total"]
            )
        plan.progress.remove_task(task)
        return message
