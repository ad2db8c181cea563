"""A queue of unsettled writes that an earlier version left behind is settled by this one."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.clients import make_client
from support.sender import ALICE, BOB, NOW_MS

from bingx_client import Client, OutcomeUnknown
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_fake import FakeExchange

FOLDER = Path(__file__).parent / "pickles"
CLAIMED, FREE = 1800000000000959921, 1800000000001675397
"""What the transfer's process had claimed when it was pickled, and another identical transfer's id."""


@pytest.fixture
def client(exchange: FakeExchange) -> Iterator[Client]:
    """A client of alice ten seconds after both were lost."""
    PROCESS_WRITES.clear()
    exchange.clock.freeze(NOW_MS + 10_000)
    with make_client(exchange) as client:
        yield client


def load(name: str) -> OutcomeUnknown:
    unknown = pickle.loads((FOLDER / f"{name}-0.1.0.pickle").read_bytes())
    assert isinstance(unknown, OutcomeUnknown)
    return unknown


def record(exchange: FakeExchange, *ids: int) -> None:
    """Let the exchange have made transfers like the lost one, with these ids."""
    made = {"uid": ALICE, "asset": "USDT", "amount": "100", "at": NOW_MS}
    accounts = {"from": "fund", "to": "USDTMPerp"}
    transfers = [{"id": number, **made, **accounts} for number in ids]
    exchange.load({**exchange.state, "transfers": transfers})


@pytest.mark.clause("WRITE-7", "WRITE-11")
def test_a_transfer_that_an_earlier_version_lost_is_found_as_often_as_one_asks(
    exchange: FakeExchange, client: Client
) -> None:
    record(exchange, CLAIMED, FREE)
    unknown = load("transfer")
    assert unknown.reconcile(client).ids >= {str(FREE)}
    assert unknown.reconcile(client).ids >= {str(FREE)}
    assert load("transfer").reconcile(client).ids >= {str(FREE)}


@pytest.mark.clause("WRITE-7")
def test_a_record_that_the_earlier_process_had_claimed_does_not_settle_it(
    exchange: FakeExchange, client: Client
) -> None:
    record(exchange, CLAIMED)
    assert load("transfer").reconcile(client) is None
    assert load("transfer").reconcile(client) is None


@pytest.mark.clause("WRITE-7")
def test_an_internal_transfer_that_an_earlier_version_lost_is_found(
    exchange: FakeExchange, client: Client
) -> None:
    assert load("inner-transfer").reconcile(client) is None
    PROCESS_WRITES.clear()
    exchange.clock.freeze(NOW_MS)
    sent = client.inner_transfer(coin="USDT", amount=100, user_account=BOB, transfer_client_id="atmostonce1")
    exchange.clock.freeze(NOW_MS + 10_000)
    PROCESS_WRITES.clear()
    assert load("inner-transfer").reconcile(client).id == sent.id
