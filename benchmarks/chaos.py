"""``python -m benchmarks.chaos``: the same outages for four ways of sending a transfer.

Every strategy plays the same seeded schedules against an exchange of its own: each transfer meets nothing,
a few faults, or an outage of both domains, drawn from the seed. Afterwards the exchange's books say how
often the transfer really happened, and that is compared with what the strategy reported.

The exchange's clock stands still and is moved by whoever waits: a timeout of 10 s costs a few real
milliseconds and 10 s of simulated time.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import nullcontext
from multiprocessing import Manager, get_context
from queue import Queue
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.chaos_schedules import Scenario, scenarios
from benchmarks.chaos_strategies import STRATEGIES, Reported, World

START_MS = 1_700_000_000_000
SETTLE_MS = 1000
CALM_MS = 20_000
"""Passes after each transfer, so that whatever can still take effect has done so."""

COLUMNS = {
    "once": "applied once",
    "twice": "applied twice or more",
    "phantom": "acknowledged, not applied",
    "denied": "reported failed, applied",
    "unknown": "unknown",
    "failed": "failed, not applied",
}


def classify(reported: Reported, applied: int) -> str:
    """The column that a transfer belongs to."""
    if applied > 1:
        return "twice"
    if reported is Reported.UNKNOWN:
        return "unknown"
    if reported is Reported.DONE:
        return "once" if applied else "phantom"
    return "denied" if applied else "failed"


def play(strategy: str, seed: int, transfers: int, progress: "Queue[str]") -> dict[str, Any]:
    """Play every scenario for one strategy and count what came of it."""
    started_s = time.monotonic()
    counts: Counter[str] = Counter()
    unknown_in_reach = 0
    with World(START_MS) as world:
        send = STRATEGIES[strategy](world)
        for scenario in scenarios(seed, transfers):
            outcome, in_reach = _one(world, send, scenario)
            counts[outcome] += 1
            if outcome == "unknown" and in_reach:
                unknown_in_reach += 1
            progress.put(strategy)
        simulated_ms = world.now_ms() - START_MS
    return {
        "strategy": strategy,
        **{name: counts[name] for name in COLUMNS},
        "unknown_although_a_domain_could_be_reached": unknown_in_reach,
        "simulated_s": simulated_ms // 1000,
        "wall_s": round(time.monotonic() - started_s, 1),
    }


def _one(world: World, send: Callable[[str], Reported], scenario: Scenario) -> tuple[str, bool]:
    """The column that a transfer belongs to, and whether a domain's records could be read after it."""
    before = world.applied()
    world.exchange.play(scenario.orders)
    try:
        reported = send(scenario.amount)
    finally:
        world.exchange.clear_faults()
    in_reach = world.could_be_read()
    world.pass_ms(CALM_MS)
    return classify(reported, world.applied() - before), in_reach


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--transfers", type=click.IntRange(1), default=2000, show_default=True, help="For each strategy."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Decides over amounts and outages.")
@click.option("--strategy", type=click.Choice(list(STRATEGIES)), multiple=True, help="Only this one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
def main(transfers: int, seed: int, strategy: tuple[str, ...], as_json: bool) -> None:
    """Play the same outages for every strategy and compare reports with the exchange's books."""
    chosen = strategy or tuple(STRATEGIES)
    errors = Console(stderr=True)
    results: dict[str, dict[str, Any]] = {}
    progress = Progress(console=errors, transient=True)
    with (
        Manager() as manager,
        ProcessPoolExecutor(mp_context=get_context("spawn")) as pool,
        progress if errors.is_terminal else nullcontext(),
    ):
        done: Queue[str] = manager.Queue()
        bars = {name: progress.add_task(name, total=transfers) for name in chosen}
        running = {pool.submit(play, name, seed, transfers, done) for name in chosen}
        while running:
            finished = [future for future in running if future.done()]
            while not done.empty():
                progress.advance(bars[done.get()])
            for future in as_completed(finished):
                result = future.result()
                results[result["strategy"]] = result
                running.discard(future)
            time.sleep(0.05)
    ordered = [results[name] for name in chosen]
    if as_json:
        json.dump({"seed": seed, "transfers": transfers, "strategies": ordered}, sys.stdout, indent=2)
        print()
    else:
        Console().print(_table(ordered, transfers, seed))


def _table(results: list[dict[str, Any]], transfers: int, seed: int) -> Table:
    title = f"{transfers} transfers under the same outages (seed {seed})"
    table = Table(title=title, caption="unknown: in brackets, those while a domain could be reached")
    table.add_column("strategy")
    for heading in (*COLUMNS.values(), "simulated", "wall"):
        table.add_column(heading, justify="right")
    for result in results:
        cells = {name: str(result[name]) for name in COLUMNS}
        cells["unknown"] += f" ({result['unknown_although_a_domain_could_be_reached']})"
        hours = f"{result['simulated_s'] / 3600:.1f} h"
        table.add_row(result["strategy"], *cells.values(), hours, f"{result['wall_s']} s")
    return table


if __name__ == "__main__":
    main()
