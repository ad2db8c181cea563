"""A write is a write whatever its method. No endpoint of the account takes PUT or DELETE: one is made to."""

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.clients import make_async_client, make_client
from support.sender import ALICE, TRANSFER

from bingx_client import OutcomeUnknown, TransferReceipt, TransportError
from bingx_client.calls import spot_account
from bingx_client.flow.plan import Write
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_fake import FakeExchange
from bingx_fake.profiles.rules import GatewayRules

METHODS = ("PUT", "DELETE")
MOVED, NOT_MOVED = Decimal(200), Decimal(100)
"""In alice's futures account, after and before."""

Send = Callable[..., TransferReceipt]


def with_client(exchange: FakeExchange, call: Write[TransferReceipt], **options: Any) -> TransferReceipt:
    with make_client(exchange, **options) as client:
        return client.send(call)


def with_async_client(
    exchange: FakeExchange, call: Write[TransferReceipt], **options: Any
) -> TransferReceipt:
    async def send() -> TransferReceipt:
        async with make_async_client(exchange, **options) as client:
            return await client.send(call)

    return asyncio.run(send())


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest, exchange: FakeExchange) -> Iterator[str]:
    """One by which this exchange takes transfers."""

    documented = exchange.call(lambda inner: inner._rules)
    routes = documented.routes
    also = {**routes, (request.param, TRANSFER): routes["POST", TRANSFER]}

    def take(rules: GatewayRules) -> None:
        exchange.call(lambda inner: setattr(inner, "_rules", rules))

    PROCESS_WRITES.clear()
    take(dataclasses.replace(documented, routes=also))
    yield request.param
    take(documented)


@pytest.fixture(params=[with_client, with_async_client])
def send(request: pytest.FixtureRequest) -> Send:
    found: Send = request.param
    return found


def transfer(method: str) -> Write[TransferReceipt]:
    return dataclasses.replace(spot_account.transfer("USDT", 100, type="FUND_PFUTURES"), method=method)


def held(exchange: FakeExchange) -> Decimal:
    return Decimal(exchange.balance(ALICE, "USDTMPerp", "USDT").free)


def sent(exchange: FakeExchange, method: str) -> list[str]:
    """The domains that were sent writes."""
    return [entry["domain"] for entry in exchange.requests if entry["method"] == method]


def test_it_goes_signed_in_the_query_and_departs_from_nothing(
    exchange: FakeExchange, send: Send, method: str
) -> None:
    send(exchange, transfer(method))
    assert held(exchange) == MOVED
    (entry,) = exchange.requests
    assert (entry["method"], entry["code"], entry["applied"], entry["lint"]) == (method, 0, True, [])


@pytest.mark.parametrize("kind", ["reset", "empty", "truncate"])
def test_one_that_took_effect_and_whose_answer_was_lost_is_found(
    exchange: FakeExchange, send: Send, method: str, kind: str
) -> None:
    with exchange.fault("com", kind, phase="after", method=method, times=1):
        assert send(exchange, transfer(method)).reconciled
    assert held(exchange) == MOVED
    assert sent(exchange, method) == ["com"]


@pytest.mark.parametrize("kind", ["reset", "empty", "truncate"])
def test_one_that_never_got_there_is_sent_again_once_the_records_prove_it(
    exchange: FakeExchange, send: Send, method: str, kind: str
) -> None:
    with exchange.fault("com", kind, phase="before", method=method, times=1):
        assert not send(exchange, transfer(method)).reconciled
    assert held(exchange) == MOVED
    assert sent(exchange, method) == ["com", "com"]
    assert [entry["path"] for entry in exchange.requests[1:-1]] != [], "the clock and the records, in between"


def test_one_whose_answer_is_lost_is_unknown_where_nobody_reconciles(
    exchange: FakeExchange, send: Send, method: str
) -> None:
    with (
        exchange.fault("com", "reset", phase="after", method=method),
        pytest.raises(OutcomeUnknown),
    ):
        send(exchange, transfer(method), on_unknown="raise")
    assert sent(exchange, method) == ["com"]


def test_part_of_an_answer_does_not_say_that_it_was_carried_out_when_it_was_not(
    exchange: FakeExchange, send: Send, method: str
) -> None:
    with (
        exchange.fault("com", "truncate", method=method),
        pytest.raises((OutcomeUnknown, TransportError)),
    ):
        send(exchange, transfer(method))
    assert held(exchange) == NOT_MOVED
    assert {entry["applied"] for entry in exchange.requests if entry["method"] == method} == {False}
