"""Clients of the simulated environment for the pytest plugin: reads, and writes where they are allowed."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from bingx_client import AsyncClient, Client
from bingx_client.drivers.aiohttp_driver import AiohttpDriver
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.flow.steps import Attempt, Failed, Outcome
from bingx_client.wire.signing import HttpRequest
from bingx_contracts import ENDPOINTS
from bingx_fake.plugin.credentials import read_credentials
from bingx_fake.plugin.live import may_change_positions

_READS = frozenset((endpoint.method, endpoint.path) for endpoint in ENDPOINTS.values() if not endpoint.write)


@dataclass(frozen=True, slots=True)
class _Allowed:
    """What may be sent besides reads."""

    writes: bool
    positions: bool

    def refusal(self, attempt: Attempt) -> Failed | None:
        """Why a request is not sent; None where it is."""
        request = attempt.request
        if (request.method, request.path) in _READS:
            return None
        if not self.writes:
            return Failed(delivered=False, reason="not sent: writes need --bingx-allow-writes")
        if not self.positions and may_change_positions(request.method, request.path, _parameters(request)):
            reason = "not sent: what may open or close a position needs --bingx-allow-positions"
            return Failed(delivered=False, reason=reason)
        return None


class _GuardedDriver(RequestsDriver):
    allowed: _Allowed

    def send(self, attempt: Attempt) -> Outcome:
        """Send what is allowed."""
        return self.allowed.refusal(attempt) or super().send(attempt)


class _GuardedAsyncDriver(AiohttpDriver):
    allowed: _Allowed

    async def send(self, attempt: Attempt) -> Outcome:
        """Send what is allowed."""
        return self.allowed.refusal(attempt) or await super().send(attempt)


def live_client(*, writes: bool, positions: bool = False) -> Client:
    """A client with the environment's credentials. What is not allowed fails before it is sent.

    :param writes: whether anything but reads may be sent.
    :param positions: whether that may open or close positions.
    """
    driver = _GuardedDriver()
    driver.allowed = _Allowed(writes, positions)
    return Client(**_account(), driver=driver)


def live_async_client(*, writes: bool, positions: bool = False) -> AsyncClient:
    """The same, asynchronous."""
    driver = _GuardedAsyncDriver()
    driver.allowed = _Allowed(writes, positions)
    return AsyncClient(**_account(), driver=driver)


def _parameters(request: HttpRequest) -> dict[str, str]:
    """Those of a query and of a form; of a JSON body none, so that the worst is assumed."""
    form = (request.body or b"").decode("utf-8", "replace")
    return dict(parse_qsl(f"{request.query}&{form}"))


def _account() -> dict[str, Any]:
    credentials = read_credentials()
    return {"env": "prod-vst", "api_key": credentials.key, "secret_key": credentials.secret}
