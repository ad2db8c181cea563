"""The command ``python -m benchmarks``: measures, prints one table, keeps a results file."""

import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

import click

from benchmarks import (
    clients,
    limiter,
    market,
    orders,
    perps,
    profiles,
    reads,
    scale,
    startup,
    streaming,
    suite,
    writes,
)
from benchmarks.measuring import Measurement, bench

MEASUREMENTS: Mapping[str, Measurement] = {
    "reads": reads.signed_reads,
    "transfers": writes.signed_transfers,
    "limits": writes.limited_reads,
    "prices": market.pages_while_somebody_trades,
    "book": market.order_book,
    "days": market.days_and_candles,
    "orders": orders.orders_in_process,
    "placing": writes.signed_orders,
    "perps": perps.positions,
    "perp-placing": writes.signed_perp_orders,
    "streams": streaming.streams,
    "profiles": profiles.profile_cost,
    "clients": clients.client_calls,
    "limiter": limiter.client_under_limits,
    "scale": scale.million_transfers,
    "exchange": startup.exchange_ready,
    "command": startup.command_ready,
    "suite": suite.whole_suite,
}
"""By the name that ``--only`` takes, in the order of the table."""

RESULTS = Path(__file__).resolve().parent / "results"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--quick", is_flag=True, help="Fewer rounds: a smoke test, no figures to quote.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of the table.")
@click.option(
    "--only", type=click.Choice(list(MEASUREMENTS)), multiple=True, help="Only this one; may be repeated."
)
def main(quick: bool, as_json: bool, only: tuple[str, ...]) -> None:
    """Measure the speed of the fake, the client and the tests on this machine (eleven minutes).

    Prints targets and measured values and writes the same, with every sample, to benchmarks/results/.
    A target that is not met is shown, and is no failure: exit 1 means that something could not be measured;
    the rest was, and stands in the table and in the file.
    """
    signal.signal(signal.SIGTERM, _leave)
    chosen = {name: measure for name, measure in MEASUREMENTS.items() if not only or name in only}
    sys.exit(bench(chosen, RESULTS, quick=quick, as_json=as_json))


def _leave(number: int, frame: FrameType | None) -> None:
    """Unwind on SIGTERM, so that every child is stopped."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
