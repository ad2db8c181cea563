"""A fake that counts every request against its limits and refuses none: the limits are raised out of reach.

Takes the Unix milliseconds to freeze its clock at, prints what ``bingx-fake serve --json`` prints, and
serves until stdin closes.
"""

import asyncio
import json
import sys
from dataclasses import replace

from bingx_fake.clock import ExchangeClock, system_ms
from bingx_fake.exchange import Exchange
from bingx_fake.profiles.quotas import Quota, Quotas
from bingx_fake.serving import Ports, Serving
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form

_OUT_OF_REACH = 10**9


def _exchange(now_ms: int) -> Exchange:
    clock = ExchangeClock(system_ms, frozen_ms=now_ms)
    exchange = Exchange(Settings(form=read_form(None), clock=lambda: clock, rate_limits=True))
    rules = exchange._rules  # noqa: SLF001  # no option raises the documented limits
    quotas = {
        endpoint_id: Quotas(_raised(known.address), _raised(known.user))
        for endpoint_id, known in rules.quotas.items()
    }
    exchange._rules = replace(rules, quotas=quotas)  # noqa: SLF001  # see above
    return exchange


def _raised(quotas: tuple[Quota, ...]) -> tuple[Quota, ...]:
    return tuple(replace(quota, count=_OUT_OF_REACH) for quota in quotas)


async def serve(now_ms: int) -> None:
    """Serve on free ports."""
    serving = Serving(_exchange(now_ms), Ports(), None)
    await serving.start()
    try:
        print(json.dumps({**serving.urls, "ca": None}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await serving.stop()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
