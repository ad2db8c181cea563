"""``-p support.rehearsal``: a run with ``--bingx-env vst`` whose hosts are answered by a fake, over TLS.

The suite runs as it will live: real host names, certificates that are verified, limits that count, prices
that move. Only where it would wait, the exchange's clock is moved instead, and streams ask sooner whether
anybody is there. Outages come from ``REHEARSAL_FAULTS``, in the form of ``POST /faults``; recordings go to
``REHEARSAL_FOLDER``.
"""

import json
import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from contract.target import TIME, SystemTime

from bingx_fake import FakeExchange, intercept
from bingx_fake.edge import stream_server
from support import cassettes

_HEARTBEAT_S = 0.2


class _ExchangeTime(SystemTime):
    def __init__(self, exchange: FakeExchange) -> None:
        self._clock = exchange.clock

    def now_ms(self) -> int:
        return self._clock.now_ms()

    def monotonic(self) -> float:
        return self._clock.now_ms() / 1000

    def sleep(self, seconds: float) -> None:
        self._clock.sleep(seconds)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    stack = ExitStack()
    config.add_cleanup(stack.close)
    exchange = stack.enter_context(FakeExchange(tls=True, rate_limits=True, market="walk"))
    stack.enter_context(intercept(exchange))
    stream_server.HEARTBEAT_S = _HEARTBEAT_S
    exchange.play(json.loads(os.environ.get("REHEARSAL_FAULTS", "[]")))
    config.stash[TIME] = _ExchangeTime(exchange)
    cassettes.VST = Path(os.environ.get("REHEARSAL_FOLDER", "no-recordings"))
