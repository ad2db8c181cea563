"""A child that reads the spot balance with our clients and with ccxt's, as ``benchmarks.clients`` orders.

Speaks lines of JSON. The first line names ``base_urls``, primary and fallback. Each further line orders one
round, ``{"client": name, "calls": n}``, and is answered with ``{"seconds": s}``, or ``{"error": …}``.
The asynchronous clients make their calls ``CONCURRENT`` at a time.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import ccxt
import ccxt.async_support

from bingx_client import AsyncClient, Client

KEY, SECRET = "alice-key", "alice-secret"
CONCURRENT = 100

Call = Callable[[], Any]


class Callers:
    """One client of each kind, and the event loop of two of them."""

    def __init__(self, base_urls: tuple[str, str]) -> None:
        self._runner = asyncio.Runner()
        ours = Client("prod-vst", KEY, SECRET, base_urls=base_urls)
        theirs = _pointed_at(ccxt.bingx, base_urls[0])
        self._ours_async, self._theirs_async = self._runner.run(self._asynchronous(base_urls))
        self._calls: dict[str, Call] = {
            "Client": ours.spot_balance,
            "ccxt": theirs.spotV1PrivateGetAccountBalance,
        }
        self._awaited: dict[str, Callable[[], Awaitable[Any]]] = {
            "AsyncClient": self._ours_async.spot_balance,
            "ccxt async": self._theirs_async.spotV1PrivateGetAccountBalance,
        }
        for name, call in self._calls.items():
            _check(name, call())
        for name, start in self._awaited.items():
            _check(name, self._runner.run(_await(start)))

    def run(self, name: str, calls: int) -> float:
        """Make the calls; how many seconds they took."""
        started = time.perf_counter()
        if name in self._calls:
            call = self._calls[name]
            for _ in range(calls):
                call()
        else:
            self._runner.run(_many(self._awaited[name], calls))
        return time.perf_counter() - started

    def close(self) -> None:
        """Close the asynchronous clients and their loop."""
        self._runner.run(self._ours_async.close())
        self._runner.run(self._theirs_async.close())
        self._runner.close()

    @staticmethod
    async def _asynchronous(base_urls: tuple[str, str]) -> tuple[AsyncClient, Any]:
        return (
            AsyncClient("prod-vst", KEY, SECRET, base_urls=base_urls),
            _pointed_at(ccxt.async_support.bingx, base_urls[0]),
        )


def _pointed_at(kind: Any, url: str) -> Any:
    """A client of ccxt's that sends its calls to this server."""
    # Its own rate limit would have every call wait.
    exchange = kind({"apiKey": KEY, "secret": SECRET, "enableRateLimit": False})
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], f"{url}/openApi")
    return exchange


async def _await(start: Callable[[], Awaitable[Any]]) -> Any:
    return await start()


async def _many(start: Callable[[], Awaitable[Any]], calls: int) -> None:
    for _ in range(calls // CONCURRENT):
        await asyncio.gather(*(start() for _ in range(CONCURRENT)))


def _check(name: str, answer: Any) -> None:
    """The first answer must hold a balance; later ones that do not raise by themselves."""
    if "USDT" not in str(answer):
        raise ValueError(f"{name} got {str(answer)[:300]}")


def main() -> None:
    """Follow the orders on stdin until it closes."""
    base_urls = json.loads(sys.stdin.readline())["base_urls"]
    callers = Callers((base_urls[0], base_urls[1]))
    gc.freeze()  # ccxt's tables would be gone through again and again, in whoever's round it falls
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        try:
            result: dict[str, Any] = {"seconds": callers.run(order["client"], order["calls"])}
        except Exception as error:  # whatever a client raises, the round is void
            result = {"error": f"{order['client']}: {type(error).__name__}: {error}"}
        print(json.dumps(result), flush=True)
    callers.close()


if __name__ == "__main__":
    main()
