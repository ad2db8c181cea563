"""Our clients against ccxt's: the same signed read, at the same server, from the same process.

One process holds all four clients, and they take turns in short rounds, so that whatever else the machine
does meets all of them. Where a round is a few milliseconds, a pause of the machine shows in one ratio only,
and the median does not mind.
"""

import statistics
from contextlib import ExitStack

from benchmarks.client_calls import CONCURRENT
from benchmarks.plan import Plan
from benchmarks.processes import Child, fake_command, module, two_cores
from benchmarks.table import Row, Target, median_row

CALLS = {"Client": 50, "ccxt": 50, "AsyncClient": CONCURRENT, "ccxt async": CONCURRENT}
"""How many calls make a round, by client."""
_WARM_UP_ROUNDS = 4


def client_calls(plan: Plan) -> list[Row]:
    """Measure the ratios of the times, ours over ccxt's, and all four times."""
    pairs, rounds = plan.rounds(full=3, quick=1), plan.rounds(full=40, quick=6)
    per_call_us: dict[str, list[float]] = {name: [] for name in CALLS}
    for _ in plan.progress.track(range(pairs), description="clients"):
        _run_pair(per_call_us, rounds)
    how = f"{pairs} pairs of processes with {rounds} paired rounds; clients on one core, server on another"
    return [
        _ratio_row("Client.spot_balance(), time", per_call_us, "Client", "ccxt", 0.75, how),
        _ratio_row(
            f"{CONCURRENT} concurrent AsyncClient reads, time",
            per_call_us,
            "AsyncClient",
            "ccxt async",
            1.0,
            how,
        ),
        *(
            median_row(
                f"one balance read, {name}",
                "in a row" if "sync" not in name.lower() else f"{CONCURRENT} at once",
                samples,
                "µs",
            )
            for name, samples in per_call_us.items()
        ),
    ]


def _ratio_row(
    what: str, per_call_us: dict[str, list[float]], ours: str, theirs: str, at_most: float, how: str
) -> Row:
    ratios = [mine / other for mine, other in zip(per_call_us[ours], per_call_us[theirs], strict=True)]
    quarters = statistics.quantiles(ratios, n=4)
    return median_row(
        what,
        f"{theirs}'s implicit call, same server",
        ratios,
        "",
        Target("at most", at_most),
        f"{how}; middle half {quarters[0]:.3f} to {quarters[2]:.3f}",
    )


def _run_pair(per_call_us: dict[str, list[float]], rounds: int) -> None:
    """One server and one process of clients."""
    server_core, client_core = two_cores()
    with ExitStack() as stack:
        server = stack.enter_context(Child(fake_command("--no-rate-limits"), server_core))
        urls = server.receive()
        clients = stack.enter_context(Child(module("client_calls"), client_core))
        clients.send({"base_urls": [urls["com"], urls["pro"]]})
        clients.receive()
        for number in range(-_WARM_UP_ROUNDS, rounds):
            for name in CALLS if number % 2 else reversed(CALLS):
                clients.send({"client": name, "calls": CALLS[name]})
                seconds = clients.receive()["seconds"]
                if number >= 0:
                    per_call_us[name].append(seconds / CALLS[name] * 1e6)
