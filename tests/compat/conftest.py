"""One run for all tests here: every call of every published client, under every profile."""

import asyncio
import os
import shutil
from importlib.util import find_spec

import pytest
from compat import bingx_api, orders, perpetuals, trading
from compat import bingx_python_perpetuals as python_perpetuals
from compat.market_data import NPM
from compat.running import (
    LIBRARIES,
    Found,
    read_market_data,
    read_market_data_with_node,
    run_everything,
    trade,
)
from compat.trading import trade_with_node
from compat.truth import STATE

from bingx_fake import FakeExchange, intercept


@pytest.fixture(scope="session")
def published() -> None:
    """A test that needs them says in one line which of the published clients is not installed."""
    missing = [f"the package {it.name}" for it in LIBRARIES if find_spec(it.module) is None]
    missing += [] if shutil.which("node") else ["the program node"]
    missing += [
        f"{name} for Node (npm ci in tests/compat/npm)"
        for name in ("ccxt", "bingx-api")
        if not (NPM / "node_modules" / name).is_dir()
    ]
    if missing:
        message = f"did not run: {missing[0]} is not installed"
        if os.environ.get("BINGX_REQUIRE_ALL"):
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="session")
def found(published: None) -> Found:
    """What the run found; about twelve seconds."""
    with FakeExchange(state=STATE, tls=True) as exchange, intercept(exchange):
        found = asyncio.run(run_everything(exchange))
        asyncio.run(read_market_data(exchange, found))
    with FakeExchange(state=bingx_api.STATE, tls=True) as exchange:
        found.others["bingx-api"] = bingx_api.ask(exchange)
    with FakeExchange(state=perpetuals.STATE, tls=True) as exchange, intercept(exchange):
        asked = trading.trade(exchange, python_perpetuals.synchronous, python_perpetuals.STEPS)
        found.others["bingx-python"] = asyncio.run(asked)
    for scenario, cells in ((orders, found.orders), (perpetuals, found.perpetuals)):
        with FakeExchange(state=scenario.STATE, tls=True) as exchange, intercept(exchange):
            cells["ccxt"] = asyncio.run(trade(exchange, scenario.STEPS))
        with FakeExchange(state=scenario.STATE) as exchange:
            cells["ccxt for Node"] = trade_with_node(exchange, scenario.STEPS)
    with FakeExchange(state=STATE) as exchange:
        read_market_data_with_node(exchange, found)
    return found
