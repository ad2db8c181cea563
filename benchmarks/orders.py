"""Users' orders in process: what a command costs with everything that it moves, and what an order takes."""

from benchmarks.market import follow
from benchmarks.order_probe import ORDERS
from benchmarks.plan import Plan
from benchmarks.processes import module
from benchmarks.table import Row, Target, median_row

_MOST_US = 15
_MOST_BYTES = {"open": 1_000, "finished": 600}


def orders_in_process(plan: Plan) -> list[Row]:
    """Place, fill and cancel, with holds, fees and the ledger; bytes of an order."""
    rounds = plan.rounds(full=30, quick=3)
    found = follow(plan, [*module("order_probe"), str(rounds)], last="us")
    how = f"{rounds} rounds of {ORDERS:,} limit orders with client ids; processor time"
    most = Target("at most", _MOST_US)
    rows = [
        median_row(what, "from coins to what became of it", found["us"][name], "µs", most, how)
        for what, name in (
            ("an order that rests", "rests"),
            ("an order that fills another one", "fills"),
            ("a cancel", "cancels"),
        )
    ]
    rows += [
        median_row(
            f"memory of an order, {state}",
            "with its client id, and what finds it",
            [found["bytes"][state]],
            "bytes",
            Target("at most", number),
            f"{ORDERS:,} orders on 50 prices; as Python counts",
        )
        for state, number in _MOST_BYTES.items()
    ]
    return rows
