"""A fake BingX: real checks, exact balances, outages on demand. No network and no credentials."""

from bingx_fake.faults.kinds import FaultError
from bingx_fake.server import FakeExchange
from bingx_fake.state import StateError

__all__ = ["FakeExchange", "FaultError", "StateError"]
