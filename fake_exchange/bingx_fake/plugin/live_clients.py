"""Clients of the simulated environment for the pytest plugin: reads, and writes where they are allowed."""

from typing import Any

from bingx_client import AsyncClient, Client
from bingx_client.drivers.aiohttp_driver import AiohttpDriver
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.flow.steps import Attempt, Failed, Outcome
from bingx_contracts import ENDPOINTS
from bingx_fake.plugin.live import read_credentials

_NOT_ALLOWED = Failed(delivered=False, reason="not sent: writes need --bingx-allow-writes")


_READS = frozenset((endpoint.method, endpoint.path) for endpoint in ENDPOINTS.values() if not endpoint.write)


def _is_read(attempt: Attempt) -> bool:
    return (attempt.request.method, attempt.request.path) in _READS


class _ReadingDriver(RequestsDriver):
    def send(self, attempt: Attempt) -> Outcome:
        """Send a read."""
        return super().send(attempt) if _is_read(attempt) else _NOT_ALLOWED


class _ReadingAsyncDriver(AiohttpDriver):
    async def send(self, attempt: Attempt) -> Outcome:
        """Send a read."""
        return await super().send(attempt) if _is_read(attempt) else _NOT_ALLOWED


def live_client(*, writes: bool) -> Client:
    """A client with the environment's credentials. Without ``writes``, writes fail before they are sent."""
    return Client(**_account(), driver=RequestsDriver() if writes else _ReadingDriver())


def live_async_client(*, writes: bool) -> AsyncClient:
    """The same, asynchronous."""
    return AsyncClient(**_account(), driver=AiohttpDriver() if writes else _ReadingAsyncDriver())


def _account() -> dict[str, Any]:
    credentials = read_credentials()
    return {"env": "prod-vst", "api_key": credentials.key, "secret_key": credentials.secret}
