"""One run for all tests here: every call of every published client, under every profile."""

import asyncio
import os
from importlib.util import find_spec

import pytest
from compat.running import LIBRARIES, Found, run_everything
from compat.truth import STATE

from bingx_fake import FakeExchange, intercept


@pytest.fixture(scope="session")
def found() -> Found:
    """What the run found; about five seconds."""
    for library in LIBRARIES:
        if find_spec(library.module) is None:
            message = f"did not run: the package {library.name} is not installed"
            if os.environ.get("BINGX_REQUIRE_ALL"):
                pytest.fail(message)
            pytest.skip(message)
    with FakeExchange(state=STATE, tls=True) as exchange, intercept(exchange):
        return asyncio.run(run_everything(exchange))
