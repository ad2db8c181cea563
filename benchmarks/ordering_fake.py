"""A fake in which an order always finds what it needs: room among its user's open orders, or another's order.

Takes the Unix milliseconds to freeze its clock at and ``rests`` or ``fills``, prints what ``bingx-fake serve
--json`` prints, and serves until stdin closes. What it does for that, every so many orders, is at its own
cost: the open orders are cancelled, or another user sells more.
"""

import asyncio
import json
import sys
from decimal import Decimal

from bingx_fake.clock import ExchangeClock, system_ms
from bingx_fake.exchange import Exchange
from bingx_fake.faults.fault import Delivery
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.serving import Ports, Serving
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderType

SYMBOL = "LTC-USDT"
KEY, SECRET = "buyer-key", b"buyer-secret"
QUANTITY = "0.0567"
RESTING_AT, FILLING_AT = "90", "100"
BUYER, SELLER = 1, 2
ORDERS_BETWEEN = 500
_OFFERED = Decimal(1_000)
"""Much more than so many orders buy."""
STATE = {
    "users": [
        {
            "uid": BUYER,
            "keys": [{"key": KEY, "secret": SECRET.decode(), "permissions": ["read", "trade"]}],
            "balances": {"spot": {"USDT": "1000000000"}},
        },
        {"uid": SELLER, "balances": {"spot": {"LTC": "1000000000"}}},
    ],
    "markets": [
        {"symbol": SYMBOL, "tick": "0.01", "step": "0.0001", "price": FILLING_AT, "ladder": "none"},
    ],
}


class Ordering(Exchange):
    """An exchange that makes room, or has somebody sell, by the number of requests.

    :param fills: whether there is something to buy.
    """

    def __init__(self, settings: Settings, *, fills: bool) -> None:
        super().__init__(settings)
        self._requests = 0
        self._fills = fills

    def receive(self, request: WireRequest) -> Delivery:
        """Take a request, after what makes it pass if it is time for that."""
        if self._requests % ORDERS_BETWEEN == 0:
            self._prepare()
        self._requests += 1
        return super().receive(request)

    def _prepare(self) -> None:
        desk, now_ms = self.books.desk, self.clock.now_ms()
        desk.cancel_all(SELLER if self._fills else BUYER, None, now_ms)
        if self._fills:
            offer = NewOrder(
                symbol=SYMBOL,
                side=Side.SELL,
                type=OrderType.LIMIT,
                quantity=_OFFERED,
                price=Decimal(FILLING_AT),
            )
            desk.place(SELLER, offer, now_ms)


async def serve(now_ms: int, *, fills: bool) -> None:
    """Serve on free ports."""
    clock = ExchangeClock(system_ms, frozen_ms=now_ms)
    exchange = Ordering(Settings(form=read_form(STATE), clock=lambda: clock, rate_limits=False), fills=fills)
    serving = Serving(exchange, Ports(), None)
    await serving.start()
    try:
        print(json.dumps({**serving.urls, "ca": None}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await serving.stop()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), fills=sys.argv[2] == "fills"))
