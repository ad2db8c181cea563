"""Orders of users in process: placed, filled and cancelled with holds, fees and the ledger, and their memory.

Prints lines of JSON: ``{"doing", "done", "total"}`` on the way, and the figures at the end. Before anything
is timed the same commands have been checked: every order is what it should be, and the books are conserved.
The time is the processor's, from an order in coins to what has become of it.
"""

import json
import sys
import time
import tracemalloc
from collections.abc import Callable, Sequence
from decimal import Decimal

from bingx_fake.agenda import Agenda
from bingx_fake.books.ids import OrderIds
from bingx_fake.books.ledger import Ledger
from bingx_fake.market.floor import Floor
from bingx_fake.market.stall import Listing
from bingx_fake.trading.desk import SpotDesk
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderStatus, OrderType, SpotOrder

ORDERS = 1_000
"""In one round: as many as one user may have open."""
BUYER, SELLER = 1, 2
_NOW_MS = 1_795_000_000_000
_LTC = Instrument(
    product="spot",
    symbol="LTC-USDT",
    base="LTC",
    quote="USDT",
    tick=Decimal("0.01"),
    step=Decimal("0.0001"),
    min_notional=Decimal(5),
    max_notional=Decimal(500_000),
    online_ms=_NOW_MS,
)


class Desk:
    """A desk with a buyer and a seller who can pay for anything, on a market without a ladder."""

    def __init__(self) -> None:
        agenda, self.ledger = Agenda(), Ledger()
        floor = Floor(agenda, 7)
        self.desk = SpotDesk(floor, self.ledger, agenda, OrderIds().next)
        floor.add(Listing(instrument=_LTC, opening=10_000, ladder=None, has_past=False), _NOW_MS)
        for uid in (BUYER, SELLER):
            for asset in (_LTC.base, _LTC.quote):
                self.ledger.credit(uid, "spot", asset, Decimal(10**9))

    def place(self, uid: int, orders: Sequence[NewOrder]) -> list[SpotOrder]:
        """Place orders, the one after the other."""
        place = self.desk.place
        return [place(uid, order, _NOW_MS) for order in orders]

    def cancel(self, uid: int, orders: Sequence[SpotOrder]) -> None:
        """Cancel orders by their ids."""
        cancel = self.desk.cancel
        for order in orders:
            cancel(uid, _LTC.symbol, _NOW_MS, order_id=order.id)


def orders(side: Side, first: int, prices: int = 50) -> list[NewOrder]:
    """Limit orders with a name each, on as many prices from a first one, in ticks, on."""
    return [
        NewOrder(
            symbol=_LTC.symbol,
            side=side,
            type=OrderType.LIMIT,
            quantity=Decimal("1.2345"),  # of all the same, so that each fills one
            price=Decimal(first + number % prices) / 100,
            client_id=f"order_{first}_{number}",
        )
        for number in range(ORDERS)
    ]


def check() -> None:
    """Carry out what is timed later, and see that it comes to what it should."""
    desk = Desk()
    sold = desk.place(SELLER, orders(Side.SELL, 10_000))
    bought = desk.place(BUYER, orders(Side.BUY, 10_600, prices=1))
    assert {order.status for order in bought} == {OrderStatus.FILLED}
    assert {order.status for order in sold} == {OrderStatus.FILLED}
    assert len(list(desk.desk.records.fills(BUYER, None))) == ORDERS
    resting = desk.place(SELLER, orders(Side.SELL, 20_000))
    assert all(order.is_open for order in resting)
    desk.ledger.assert_conserved()


def timed(work: Callable[..., object], *given: object) -> float:
    """Microseconds of the processor for each order."""
    started = time.process_time()
    work(*given)
    return (time.process_time() - started) / ORDERS * 1e6


def measured(rounds: int) -> dict[str, list[float]]:
    """Microseconds for an order that rests, one that fills another one, and a cancel."""
    found: dict[str, list[float]] = {"rests": [], "fills": [], "cancels": []}
    selling, buying = orders(Side.SELL, 10_000), orders(Side.BUY, 10_600, prices=1)
    for number in range(rounds):
        print(json.dumps({"doing": "orders", "done": number, "total": rounds}), flush=True)
        desk = Desk()
        found["rests"].append(timed(desk.place, SELLER, selling))
        found["fills"].append(timed(desk.place, BUYER, buying))
        desk = Desk()
        resting = desk.place(SELLER, selling)
        found["cancels"].append(timed(desk.cancel, SELLER, resting))
    return found


def memory() -> dict[str, float]:
    """Bytes that an open order takes, and what is left of them when it is cancelled."""
    desk = Desk()
    tracemalloc.start()
    resting = [order.id for order in desk.place(SELLER, orders(Side.SELL, 10_000))]
    opened = tracemalloc.get_traced_memory()[0] / ORDERS
    desk.desk.cancel_all(SELLER, None, _NOW_MS)
    finished = tracemalloc.get_traced_memory()[0] / ORDERS
    tracemalloc.stop()
    assert len(resting) == ORDERS
    return {"open": opened, "finished": finished}


def main() -> None:
    """``python -m benchmarks.order_probe ROUNDS``."""
    check()
    print(json.dumps({"us": measured(int(sys.argv[1])), "bytes": memory()}), flush=True)


if __name__ == "__main__":
    main()
