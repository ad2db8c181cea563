"""Streams: what a push to many costs, an order while many listen, and how fast our client reads."""

from benchmarks.market import follow
from benchmarks.plan import Plan
from benchmarks.processes import module
from benchmarks.stream_probe import PUSHES, READ, READERS
from benchmarks.table import Row, Target, median_row


def streams(plan: Plan) -> list[Row]:
    """A push of 20 levels to 100 connections, an order with 100 streams of its user, pushes read a second."""
    rounds = plan.rounds(full=15, quick=2)

    def figures(what: str) -> dict[str, list[float]]:
        found: dict[str, list[float]] = follow(
            plan, [*module("stream_probe"), what, str(rounds)], last="figures"
        )["figures"]
        return found

    pushed, placed, read = figures("fan-out"), figures("orders"), figures("reading")
    return [
        median_row(
            f"a push of 20 levels to {READERS} connections",
            "bare aiohttp websocket, a prebuilt frame",
            _ratios(pushed["bare"], pushed["fake"]),
            "",
            Target("at least", 0.5),
            f"made, compressed and sent; {rounds} paired rounds of {PUSHES} pushes; processor time",
        ),
        median_row(
            f"a signed order that rests, with {READERS} streams of its user",
            "the same with none",
            _ratios(placed["none"], placed["listening"]),
            "",
            Target("at least", 0.8),
            f"from request to answer; {rounds} paired rounds of {PUSHES} orders, 10 ms apart; its two pushes "
            "to each stream go out meanwhile",
        ),
        median_row(
            "AsyncClient.stream, trades",
            "one core",
            read["trades"],
            "1/s",
            Target("at least", 5_000),
            f"{READ:,} pushes as fast as it reads, none missed; its processor time",
        ),
        median_row(
            "AsyncClient.stream, 20 levels",
            "one core",
            read["depth"],
            "1/s",
            None,
            f"{READ // 4:,} pushes, the same way",
        ),
    ]


def _ratios(better: list[float], worse: list[float]) -> list[float]:
    return [one / other for one, other in zip(better, worse, strict=True)]
