"""A write whose answer was lost: what is asked of the exchange before it is decided, byte for byte.

The answer gets lost for real while the cassette is played as well; the cassette holds the write without an
answer. However it was lost, the same requests follow; only after a wait in vain the records are searched from
so much earlier on.
"""

from collections.abc import Callable
from typing import Any

import pytest
from support.sender import BOB

from bingx_client import Client, OutcomeUnknown
from bingx_fake import FakeExchange

Connect = Callable[..., Client]
LOST = pytest.mark.parametrize("kind", ["reset", "empty"])


def move(client: Client, **options: Any) -> Any:
    return client.transfer("USDT", 100, type="FUND_PFUTURES", **options)


def send(client: Client, **options: Any) -> Any:
    return client.inner_transfer(
        coin="USDT", amount=100, user_account=BOB, transfer_client_id="third", **options
    )


@LOST
@pytest.mark.clause("WRITE-1", "WRITE-3", "WRITE-4")
def test_a_transfer_whose_answer_was_lost_is_found_in_the_records(
    cassette: FakeExchange, client: Client, kind: str
) -> None:
    with cassette.fault("com", kind, phase="after", method="POST", times=1):
        receipt = move(client)
    assert (receipt.transfer_id, receipt.reconciled) == ("1800000000000959921001", True)


@LOST
@pytest.mark.clause("WRITE-1", "WRITE-3", "WRITE-5")
def test_a_transfer_that_the_records_do_not_show_is_sent_again_signed_afresh(
    cassette: FakeExchange, client: Client, kind: str
) -> None:
    with cassette.fault("com", kind, phase="before", method="POST", times=1):
        receipt = move(client)
    assert (receipt.transfer_id, receipt.reconciled) == ("1800000000000959921001", False)


@LOST
@pytest.mark.clause("WRITE-1", "WRITE-3", "WRITE-4", "INNER-8")
def test_an_inner_transfer_whose_answer_was_lost_is_found_in_the_records(
    cassette: FakeExchange, client: Client, kind: str
) -> None:
    with cassette.fault("com", kind, phase="after", method="POST", times=1):
        receipt = send(client)
    assert (receipt.id, receipt.transfer_client_id, receipt.reconciled) == (
        *("1800000000000959921", "third"),
        True,
    )


@LOST
@pytest.mark.clause("WRITE-1", "WRITE-3", "WRITE-5")
def test_an_inner_transfer_that_the_records_do_not_show_is_sent_again_signed_afresh(
    cassette: FakeExchange, client: Client, kind: str
) -> None:
    with cassette.fault("com", kind, phase="before", method="POST", times=1):
        receipt = send(client)
    assert (receipt.id, receipt.reconciled) == ("1800000000000959921", False)


@pytest.mark.parametrize("kind", ["timeout"])
@pytest.mark.clause("WRITE-1", "WRITE-3", "WRITE-4")
def test_a_transfer_that_was_waited_for_in_vain_is_found_in_the_records(
    cassette: FakeExchange, client: Client, kind: str
) -> None:
    with cassette.fault("com", kind, phase="after", method="POST", times=1):
        receipt = move(client)
    assert (receipt.transfer_id, receipt.reconciled) == ("1800000000000959921001", True)


@pytest.mark.clause("WRITE-4", "FALLBACK-8")
def test_a_transfer_lost_together_with_its_domain_is_looked_for_at_the_second(
    cassette: FakeExchange, connect: Connect
) -> None:
    with cassette.fault("com", "empty", phase="after"):
        assert move(connect(deadline=10)).reconciled


@pytest.mark.clause("WRITE-2")
def test_a_transfer_answered_with_busy_is_looked_for_in_the_records(
    cassette: FakeExchange, client: Client
) -> None:
    with cassette.fault("com", "business-error", code=100500, method="POST", times=1):
        assert not move(client).reconciled


@pytest.mark.clause("WRITE-7")
def test_a_transfer_of_unknown_outcome_is_settled_on_demand(cassette: FakeExchange, connect: Connect) -> None:
    client = connect(on_unknown="raise")
    with (
        cassette.fault("com", "empty", phase="after", method="POST", times=1),
        pytest.raises(OutcomeUnknown) as unknown,
    ):
        move(client)
    assert unknown.value.reconcile(client).transfer_id == "1800000000000959921001"
