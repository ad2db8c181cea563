"""The groups of handlers, which are folders that nobody lists."""

from bingx_contracts import ENDPOINTS
from bingx_fake.groups.registry import HANDLERS


def test_every_endpoint_has_a_handler_and_every_handler_an_endpoint() -> None:
    assert HANDLERS.keys() == ENDPOINTS.keys()
