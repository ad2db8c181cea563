"""An exchange under each kind of listener."""

from collections.abc import Iterator

import pytest
from support.sender import NOW_MS

from bingx_fake import FakeExchange


@pytest.fixture(scope="session")
def _tls_server() -> Iterator[FakeExchange]:
    with FakeExchange(tls=True) as exchange:
        yield exchange


@pytest.fixture
def tls_exchange(_tls_server: FakeExchange) -> FakeExchange:
    """The worker's exchange with TLS, its clock frozen at ``NOW_MS``."""
    _tls_server.reset()
    _tls_server.clock.freeze(NOW_MS)
    return _tls_server


@pytest.fixture(params=["plain", "tls"])
def served(request: pytest.FixtureRequest) -> FakeExchange:
    """An exchange with plain listeners, and one with TLS; their clocks are frozen at ``NOW_MS``."""
    name = "exchange" if request.param == "plain" else "tls_exchange"
    exchange: FakeExchange = request.getfixturevalue(name)
    return exchange


@pytest.fixture
def intercepted(served: FakeExchange) -> Iterator[FakeExchange]:
    """``served``, told that host names lead to it, as whoever intercepts them would."""
    served.intercept_names(True)
    yield served
    served.intercept_names(False)
