"""A fake BingX: real checks, exact balances, outages on demand. No network and no credentials."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bingx_fake.faults.kinds import FaultError
    from bingx_fake.gateway.limits import Ban
    from bingx_fake.inprocess.fake_exchange import FakeExchange
    from bingx_fake.inprocess.interception import TriedToLeave, intercept
    from bingx_fake.state.files import StateError

__all__ = ["Ban", "FakeExchange", "FaultError", "StateError", "TriedToLeave", "intercept"]

# pytest imports this package in every run, for the plugin in it; the server is imported on first use.
_HOMES = {
    "Ban": "bingx_fake.gateway.limits",
    "FakeExchange": "bingx_fake.inprocess.fake_exchange",
    "FaultError": "bingx_fake.faults.kinds",
    "StateError": "bingx_fake.state.files",
    "TriedToLeave": "bingx_fake.inprocess.interception",
    "intercept": "bingx_fake.inprocess.interception",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
