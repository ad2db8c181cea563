"""A fake in which an order on a perpetual finds what it needs, of a user who holds fifty positions.

Takes the Unix milliseconds to freeze its clock at and ``rests`` or ``fills``, prints what ``bingx-fake serve
--json`` prints, and serves until stdin closes. What makes room for orders, or has another user sell, every so
many orders, is at its own cost, as in ``ordering_fake``.
"""

import asyncio
import json
import sys
from decimal import Decimal

from bingx_fake.clock import ExchangeClock, system_ms
from bingx_fake.exchange import Exchange
from bingx_fake.faults.fault import Delivery
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType
from bingx_fake.serving import Ports, Serving
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form
from bingx_fake.venue.order_book import Side

POSITIONS = 50
SYMBOLS = [f"C{number:02}-USDT" for number in range(POSITIONS)]
SYMBOL = SYMBOLS[POSITIONS // 2]
"""Where orders are placed: one in which there is a position already."""
KEY, SECRET = "buyer-key", b"buyer-secret"
QUANTITY = "0.3"
RESTING_AT, PRICE = "90", "100"
BUYER, SELLER = 1, 2
ORDERS_BETWEEN = 500
_OFFERED = Decimal(1_000)
"""Much more than so many orders buy."""
_WALLET = {"USDTMPerp": {"USDT": "1000000000"}}
STATE = {
    "users": [
        {
            "uid": BUYER,
            "keys": [{"key": KEY, "secret": SECRET.decode(), "permissions": ["read", "trade"]}],
            "balances": _WALLET,
        },
        {"uid": SELLER, "balances": _WALLET},
    ],
    "markets": [
        {
            "product": "swap",
            "symbol": symbol,
            "tick": "0.01",
            "step": "0.1",
            "price": PRICE,
            "ladder": "none",
        }
        for symbol in SYMBOLS
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
        for symbol in SYMBOLS:
            self.place(SELLER, symbol, Side.SELL, Decimal(1))
            self.place(BUYER, symbol, Side.BUY, Decimal(1))
        held = self.books.swap.records.positions(BUYER)
        assert len(held) == POSITIONS
        assert not any(position.is_isolated for position in held)

    def place(self, uid: int, symbol: str, side: Side, quantity: Decimal) -> None:
        """Have a user place a limit order."""
        new = NewPerpOrder(
            symbol=symbol, side=side, type=PerpType.LIMIT, quantity=quantity, price=Decimal(PRICE)
        )
        self.books.swap.place(uid, new, self.clock.now_ms())

    def receive(self, request: WireRequest) -> Delivery:
        """Take a request, after what makes it pass if it is time for that."""
        if self._requests % ORDERS_BETWEEN == 0:
            self._prepare()
        self._requests += 1
        return super().receive(request)

    def _prepare(self) -> None:
        self.books.swap.cancel_all(SELLER if self._fills else BUYER, None, self.clock.now_ms())
        if self._fills:
            self.place(SELLER, SYMBOL, Side.SELL, _OFFERED)


def serving(now_ms: int, *, fills: bool) -> Ordering:
    """The exchange, its clock standing."""
    clock = ExchangeClock(system_ms, frozen_ms=now_ms)
    return Ordering(Settings(form=read_form(STATE), clock=lambda: clock, rate_limits=False), fills=fills)


async def serve(exchange: Exchange) -> None:
    """Serve on free ports."""
    serving = Serving(exchange, Ports(), None)
    await serving.start()
    try:
        print(json.dumps({**serving.urls, "ca": None}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await serving.stop()


if __name__ == "__main__":
    asyncio.run(serve(serving(int(sys.argv[1]), fills=sys.argv[2] == "fills")))
