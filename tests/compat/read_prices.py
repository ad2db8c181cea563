"""A program that asks Python's ccxt for market data, as ``npm/market_data.mjs`` asks Node's.

What to ask comes as JSON on standard input, what each of the two clients was answered goes to standard
output.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from typing import Any

import ccxt
import ccxt.async_support

ORDER: dict[str, Any] = json.load(sys.stdin)


def calls() -> Iterator[tuple[str, list[Any]]]:
    """Methods and arguments."""
    minute_ms = ORDER["now"] - ORDER["now"] % 60_000
    for call in ORDER["methods"]["calls"]:
        given = call["before"]
        if call["since"] is not None:
            given = [*given, minute_ms + call["since"], *call["after"]]
        yield call["method"], given


def told(**outcome: Any) -> dict[str, Any]:
    """One answer, with what it answers."""
    return {"profile": "documented", "now": ORDER["now"]} | outcome


def read() -> Iterator[dict[str, Any]]:
    """What the synchronous client is answered."""
    exchange = ccxt.bingx({"enableRateLimit": False})
    for name, given in calls():
        try:
            yield told(answer=getattr(exchange, name)(*given))
        except ccxt.BaseError as error:
            yield told(error=type(error).__name__)


async def read_asynchronously() -> list[dict[str, Any]]:
    """What the asynchronous one is."""
    found = []
    async with ccxt.async_support.bingx({"enableRateLimit": False}) as exchange:
        for name, given in calls():
            try:
                found.append(told(answer=await getattr(exchange, name)(*given)))
            except ccxt.BaseError as error:
                found.append(told(error=type(error).__name__))
    return found


if __name__ == "__main__":
    found = {"synchronous": list(read()), "asynchronous": asyncio.run(read_asynchronously())}
    sys.stdout.write(json.dumps(found))
