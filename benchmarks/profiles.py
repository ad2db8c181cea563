"""What it costs to serve another profile than the default one: the same signed read under both."""

from contextlib import ExitStack

from benchmarks.plan import Plan
from benchmarks.processes import Child, fake_command, module, two_cores
from benchmarks.reads import (
    CONNECTIONS,
    HEADERS,
    WARM_UP,
    Side,
    address_of,
    frozen_paths,
    how,
    read_once,
)
from benchmarks.table import Row, Target, median_row

_OTHER = ("skill", "V14=int")


def profile_cost(plan: Plan) -> list[Row]:
    """Measure the ratio of the rates: another profile with a departure of its own, over the default."""
    other, default = Side("other"), Side("default")
    pairs, rounds = plan.rounds(full=4, quick=2), plan.rounds(full=20, quick=6)
    for _ in plan.progress.track(range(pairs), description="profiles"):
        _run_pair(other, default, rounds)
    ratios = [theirs / ours for theirs, ours in zip(other.rates, default.rates, strict=True)]
    return [
        median_row(
            f"signed balance read under --profile {_OTHER[0]} --vary {_OTHER[1]}, rate",
            "under documented",
            ratios,
            "",
            Target("at least", 0.95),
            f"{how()}; {pairs} pairs of processes with {rounds} paired rounds; {other.busy()}",
        )
    ]


def _run_pair(other: Side, default: Side, rounds: int) -> None:
    now_ms, paths = frozen_paths()
    options = ("--no-rate-limits", "--clock", f"frozen:{now_ms}")
    server_core, load_core = two_cores()
    with ExitStack() as stack:
        profile, vary = _OTHER
        command = fake_command(*options, "--profile", profile, "--vary", vary)
        other_server = stack.enter_context(Child(command, server_core))
        default_server = stack.enter_context(Child(fake_command(*options), server_core))
        urls = {"other": other_server.receive()["com"], "default": default_server.receive()["com"]}
        for url in urls.values():
            read_once(url + paths[0])
        load = stack.enter_context(Child(module("load"), load_core))
        targets = {name: address_of(url) for name, url in urls.items()}
        load.send({"connections": CONNECTIONS, "paths": paths, "headers": HEADERS, "targets": targets})
        load.receive()
        for name in targets:
            load.send({"target": name, "requests": WARM_UP["fake"]})
            load.receive()
        for number in range(rounds):
            turns = [(other, other_server), (default, default_server)]
            for side, server in turns if number % 2 else reversed(turns):
                side.run(load, server)
