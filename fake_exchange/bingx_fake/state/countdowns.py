"""Countdowns to cancelling all open orders (cancelAllAfter), as rows of a state."""

from collections.abc import Collection, Iterable, Mapping

from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.state.order_forms import CountdownForm
from bingx_fake.state.wrong import Wrong
from bingx_fake.trading.desk import SpotDesk
from bingx_fake.venue.instruments import Product

Desks = Mapping[Product, SpotDesk | SwapDesk]


def check_countdowns(rows: Iterable[CountdownForm], users: Collection[int]) -> None:
    """Check that there can be such countdowns.

    :raises Wrong: where there is no such user, or one has another countdown on the same product.
    """
    known: set[tuple[int, Product]] = set()
    for index, row in enumerate(rows):
        if row.uid not in users:
            raise Wrong(("countdowns", index, "uid"), f"there is no user {row.uid}")
        if (row.uid, row.product) in known:
            raise Wrong(
                ("countdowns", index, "uid"), f"uid {row.uid} has another countdown on {row.product} already"
            )
        known.add((row.uid, row.product))


def count_down(desks: Desks, rows: Iterable[CountdownForm]) -> None:
    """Have countdowns go on that were begun before.

    One that is over by now cancels before anything else happens (ours, A270).
    """
    for row in rows:
        desks[row.product].cancel_all_after(row.uid, row.at, 0)


def countdown_forms(desks: Desks) -> list[CountdownForm]:
    """The rows of the countdowns that have not ended."""
    return [
        CountdownForm(uid=uid, at=at_ms, product=product)
        for product, desk in desks.items()
        for uid, at_ms in sorted(desk.countdowns().items())
    ]
