"""The asynchronous client: the same decisions, and what is its own: cancellation and concurrency."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from support.clients import make_async_client, make_client
from support.sender import ALICE, BOB

from bingx_client import (
    AsyncClient,
    Client,
    InsufficientBalance,
    OutcomeUnknown,
    ProtocolError,
    TimestampRefused,
    TransportError,
)
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_fake import FakeExchange

T = TypeVar("T")


@pytest.fixture(autouse=True)
def _no_claims_of_earlier_tests() -> None:
    PROCESS_WRITES.clear()


def run(exchange: FakeExchange, act: Callable[[AsyncClient], Awaitable[T]], **options: Any) -> T:
    """What ``act`` makes of a client of the exchange."""

    async def main() -> T:
        async with make_async_client(exchange, **options) as client:
            return await act(client)

    return asyncio.run(main())


def domains(exchange: FakeExchange, method: str | None = None) -> list[str]:
    return [entry["domain"] for entry in exchange.requests if method in (None, entry["method"])]


def move(client: AsyncClient, **options: Any) -> Awaitable[Any]:
    return client.transfer("USDT", 100, type="FUND_PFUTURES", **options)


def test_it_has_every_method_of_the_synchronous_client_with_the_same_parameters() -> None:
    def methods(kind: type) -> dict[str, inspect.Signature]:
        return {
            name: inspect.signature(function)
            for name, function in vars(kind).items()
            if inspect.isfunction(function) and not name.startswith("_") and name != "close"
        }

    own = methods(AsyncClient)
    del own["stream"]  # which nobody would want to wait for without asyncio
    assert own == methods(Client)


def test_every_call_gives_what_the_synchronous_client_gives(exchange: FakeExchange) -> None:
    async def everything(client: AsyncClient) -> list[object]:
        await move(client)
        await client.inner_transfer(coin="USDT", amount=1, user_account=BOB, transfer_client_id="abc")
        return [
            await client.spot_balance(),
            await client.fund_balance("USDT"),
            await client.account_overview(),
            await client.transfers(type="FUND_PFUTURES"),
            await client.transfer_records(),
            await client.transferable_coins(),
            await client.inner_transfer_records(coin="USDT"),
            await client.server_time(),
        ]

    found = run(exchange, everything)
    with make_client(exchange) as client:
        assert found == [
            client.spot_balance(),
            client.fund_balance("USDT"),
            client.account_overview(),
            client.transfers(type="FUND_PFUTURES"),
            client.transfer_records(),
            client.transferable_coins(),
            client.inner_transfer_records(coin="USDT"),
            client.server_time(),
        ]


@pytest.mark.clause("FALLBACK-2")
@pytest.mark.parametrize("kind", ["refuse", "timeout", "empty"])
def test_a_read_falls_back_and_no_request_is_sent_behind_our_back(
    exchange: FakeExchange, kind: str, timeout_s: float
) -> None:
    with exchange.fault("com", kind):
        assert run(exchange, AsyncClient.spot_balance, timeout=timeout_s)["ETH"].free == 2
    assert domains(exchange) == (["pro"] if kind == "refuse" else ["com", "pro"])


@pytest.mark.clause("FALLBACK-3")
@pytest.mark.parametrize("kind", ["http-error", "business-error"])
def test_a_json_answer_never_leads_to_the_fallback(exchange: FakeExchange, kind: str) -> None:
    with exchange.fault("com", kind), pytest.raises(Exception, match="100500"):
        run(exchange, AsyncClient.spot_balance)
    assert domains(exchange) == ["com"]


@pytest.mark.clause("FALLBACK-6")
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("refuse", "connection refused"),
        ("timeout", "no complete answer in time"),
        ("empty", "closed without an answer"),
    ],
)
def test_when_both_domains_fail_the_error_names_each_ones_failure(
    exchange: FakeExchange, kind: str, reason: str, timeout_s: float
) -> None:
    with exchange.fault("*", kind), pytest.raises(TransportError) as failure:
        run(exchange, AsyncClient.spot_balance, timeout=timeout_s)
    assert [failed.reason for failed in failure.value.failures] == [reason, reason]


@pytest.mark.clause("WRITE-1")
@pytest.mark.parametrize("kind", ["timeout", "empty", "http-error"])
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_lost_write_is_settled(exchange: FakeExchange, kind: str, phase: str, timeout_s: float) -> None:
    with exchange.fault("com", kind, phase=phase, method="POST", times=1):
        receipt = run(exchange, move, timeout=timeout_s)
    assert receipt.reconciled is (phase == "after")
    assert exchange.balance(ALICE, "fund", "USDT").free == 900


def test_a_write_refused_by_the_primary_goes_to_the_fallback(exchange: FakeExchange) -> None:
    with exchange.fault("com", "refuse"):
        assert not run(exchange, move).reconciled
    assert domains(exchange) == ["pro"]


async def _cancel_once_sent(exchange: FakeExchange, act: Awaitable[Any]) -> Any:
    task = asyncio.ensure_future(act)
    while not exchange.requests:
        await asyncio.sleep(0)
    task.cancel()
    return await task


@pytest.mark.clause("WRITE-9")
@pytest.mark.parametrize("phase", ["before", "after"])
def test_cancelling_a_write_under_way_raises_an_unknown_outcome(exchange: FakeExchange, phase: str) -> None:
    async def act(client: AsyncClient) -> Any:
        return await _cancel_once_sent(exchange, move(client))

    with exchange.fault("com", "timeout", phase=phase), pytest.raises(OutcomeUnknown) as unknown:
        run(exchange, act, timeout=30)
    assert isinstance(unknown.value.__cause__, asyncio.CancelledError)
    exchange.clock.advance(10_000)
    with make_client(exchange) as client:
        assert (unknown.value.reconcile(client) is not None) is (phase == "after")


@pytest.mark.clause("WRITE-9")
def test_cancelling_while_the_records_are_awaited_raises_an_unknown_outcome(exchange: FakeExchange) -> None:
    async def act(client: AsyncClient) -> Any:
        async def never(_: float) -> None:
            await asyncio.Event().wait()

        client._driver._sleep = never
        return await _cancel_once_sent(exchange, move(client))

    with (
        exchange.fault("com", "empty", phase="after", method="POST"),
        pytest.raises(OutcomeUnknown) as unknown,
    ):
        run(exchange, act)
    assert isinstance(unknown.value.__cause__, asyncio.CancelledError)


def test_cancelling_a_read_is_just_a_cancellation(exchange: FakeExchange) -> None:
    async def act(client: AsyncClient) -> Any:
        return await _cancel_once_sent(exchange, client.spot_balance())

    with exchange.fault("com", "timeout"), pytest.raises(asyncio.CancelledError):
        run(exchange, act, timeout=30)


@pytest.mark.clause("WRITE-8")
@pytest.mark.parametrize(
    ("taken", "kind"), [(1.0, "empty"), (0.5, "empty"), (0.5, "timeout"), (0.5, "http-error")]
)
def test_a_hundred_concurrent_transfers_under_faults(exchange: FakeExchange, taken: float, kind: str) -> None:
    # Five groups of twenty identical transfers; half of the faults strike after the transfer took effect.
    amounts = [number % 5 + 1 for number in range(100)]

    async def act(client: AsyncClient) -> list[Any]:
        # Whoever sleeps moves the clock on for all: ten hours are over a hundred times as soon as they look.
        moves = [client.transfer("USDT", amount, type="FUND_PFUTURES", deadline=36_000) for amount in amounts]
        return await asyncio.gather(*moves, return_exceptions=True)

    with (
        exchange.fault("*", kind, phase="after", method="POST", probability=taken / 2),
        exchange.fault("*", kind, phase="before", method="POST", probability=taken / 2, times=150),
    ):
        results = run(exchange, act, timeout=1.0 if kind == "timeout" else 30)
    booked = {transfer["transfer_id"]: transfer["amount"] for transfer in exchange.state["transfers"]}
    done = [
        (result.transfer_id, str(amount))
        for result, amount in zip(results, amounts, strict=True)
        if not isinstance(result, BaseException)
    ]
    assert len(dict(done)) == len(done), "two successes were backed by one transfer"
    assert dict(done) == booked, "money moved without a success, or a success moved none"
    # A sleep of one task moves the exchange's clock for all, so a request may be found too old; that is a
    # definite refusal.
    refused = [result for result in results if isinstance(result, BaseException)]
    assert {type(refusal) for refusal in refused} <= {TimestampRefused}
    assert len(done) > 50
    exchange.call(lambda inner: inner.books.ledger.assert_conserved())


def test_a_hundred_concurrent_transfers_of_100_from_1000_succeed_exactly_ten_times(
    exchange: FakeExchange,
) -> None:
    async def act(client: AsyncClient) -> list[Any]:
        return await asyncio.gather(*(move(client) for _ in range(100)), return_exceptions=True)

    results = run(exchange, act, timeout=10)
    failures = [result for result in results if isinstance(result, BaseException)]
    assert len(failures) == 90
    assert {type(failure) for failure in failures} == {InsufficientBalance}


def test_it_may_be_made_outside_of_a_loop_and_never_used() -> None:
    asyncio.run(AsyncClient("prod-vst", "k", "s").close())


def test_html_is_a_protocol_error(exchange: FakeExchange) -> None:
    with exchange.fault("com", "http-error", body="[]"), pytest.raises(ProtocolError):
        run(exchange, AsyncClient.spot_balance)


@pytest.mark.clause("WRITE-1")
def test_a_write_under_way_when_its_client_is_closed_is_settled_over_new_connections(
    exchange: FakeExchange,
) -> None:
    async def main() -> Any:
        client = make_async_client(exchange)
        write = asyncio.ensure_future(move(client))
        while not exchange.requests:
            await asyncio.sleep(0)
        await client.close()
        return await write

    with exchange.fault("com", "timeout", phase="after", method="POST", times=1):
        assert asyncio.run(main()).reconciled
    assert exchange.balance(ALICE, "fund", "USDT").free == 900
