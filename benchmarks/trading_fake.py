"""A fake in which somebody trades between every ten requests, so that no page of prices stays what it was.

Prints what ``bingx-fake serve --json`` prints, and serves until stdin closes.
"""

import asyncio
import json
import sys
from itertools import cycle

from bingx_fake.clock import ExchangeClock, system_ms
from bingx_fake.exchange import Exchange
from bingx_fake.faults.fault import Delivery
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.serving import Ports, Serving
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form
from bingx_fake.venue.order_book import Side

SYMBOL = "BTC-USDT"
LEVELS = 100
READS_BETWEEN = 10
_JOURNAL = 100
"""Entries, so that it drops some from the first round on."""
_STEPS = 1
_STATE = {
    "markets": [
        {
            "symbol": SYMBOL,
            "tick": "0.01",
            "step": "0.00001",
            "price": "60000",
            "ladder": {"levels": LEVELS},
        }
    ]
}


class Trading(Exchange):
    """An exchange whose market trades by the number of requests, at its own cost."""

    def __init__(self, settings: Settings) -> None:
        self._reads = 0
        self._sides = cycle(Side)
        super().__init__(settings)

    def receive(self, request: WireRequest) -> Delivery:
        """Take a request, after a trade if it is its turn."""
        self._reads += 1
        if self._reads % READS_BETWEEN == 0:
            floor = self.books.floor
            floor.trade(("spot", SYMBOL), next(self._sides), _STEPS, self.clock.now_ms())
        return super().receive(request)


async def serve() -> None:
    """Serve on free ports."""
    clock = ExchangeClock(system_ms)
    exchange = Trading(Settings(form=read_form(_STATE), clock=lambda: clock, journal_size=_JOURNAL))
    serving = Serving(exchange, Ports(), None)
    await serving.start()
    try:
        print(json.dumps({**serving.urls, "ca": None}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await serving.stop()


if __name__ == "__main__":
    asyncio.run(serve())
