"""The ledger's history: pages by direction and time, and single records by their ids."""

from decimal import Decimal
from typing import Any

import pytest
from support.records import inner, transfer

from bingx_fake.books.history import Timeline, Transfer
from bingx_fake.books.ledger import Ledger


@pytest.fixture
def ledger() -> Ledger:
    """User 1 has 10 USDT in the fund account."""
    books = Ledger()
    books.credit(1, "fund", "USDT", Decimal(10))
    return books


@pytest.fixture
def history(ledger: Ledger) -> Ledger:
    """User 1 moved 1 USDT from fund to spot at 10, 20, 30, 40, and once back at 25, as transfer 9."""
    for number in (1, 2, 3, 4):
        ledger.transfer(transfer(number, amount=Decimal(1), at_ms=10 * number))
    ledger.transfer(transfer(9, amount=Decimal(1), from_account="spot", to_account="fund", at_ms=25))
    return ledger


@pytest.mark.parametrize(
    ("query", "total", "ids"),
    [
        ({}, 5, [4, 3, 9, 2, 1]),
        ({"size": 2}, 5, [4, 3]),
        ({"size": 2, "skip": 2}, 5, [9, 2]),
        ({"size": 2, "skip": 4}, 5, [1]),
        ({"size": 2, "skip": 5}, 5, []),
        ({"size": 2, "skip": 99}, 5, []),
        ({"direction": ("fund", "spot")}, 4, [4, 3, 2, 1]),
        ({"direction": ("spot", "fund")}, 1, [9]),
        ({"direction": ("fund", "grid")}, 0, []),
        ({"start_ms": 20, "end_ms": 30}, 3, [3, 9, 2]),
        ({"start_ms": 21, "end_ms": 29}, 1, [9]),
        ({"start_ms": 30}, 2, [4, 3]),
        ({"end_ms": 20}, 2, [2, 1]),
        ({"start_ms": 20, "end_ms": 40, "skip": 1, "size": 2}, 4, [3, 9]),
        ({"start_ms": 20, "end_ms": 30, "skip": 2, "size": 2}, 3, [2]),
        ({"start_ms": 41}, 0, []),
        ({"start_ms": 30, "end_ms": 20}, 0, []),
    ],
)
def test_a_page_of_transfers_is_found_by_direction_and_time_newest_first(
    history: Ledger, query: dict[str, Any], total: int, ids: list[int]
) -> None:
    found, page = history.transfers(1, **{"size": 10} | query)
    assert (found, [row.id for row in page]) == (total, ids)


def test_another_user_has_no_transfers(history: Ledger) -> None:
    assert history.transfers(2, size=10) == (0, [])
    assert history.transfers(2, direction=("fund", "spot"), size=10) == (0, [])


def test_a_transfer_is_found_by_its_id_by_its_own_user(history: Ledger) -> None:
    assert history.transfer_by_id(1, 3) == transfer(3, amount=Decimal(1), at_ms=30)
    assert history.transfer_by_id(2, 3) is None
    assert history.transfer_by_id(1, 5) is None


@pytest.fixture
def sent(ledger: Ledger) -> Ledger:
    """User 1 sent user 2 1 USDT at 10, 20 and 30 as a1, a2 and a3, and 1 BTC at 40 without an id."""
    ledger.credit(1, "fund", "BTC", Decimal(1))
    for number in (1, 2, 3):
        record = inner(number, amount=Decimal(1), client_id=f"a{number}", at_ms=10 * number)
        ledger.inner_transfer(record, to_account="fund")
    coin = inner(4, amount=Decimal(1), asset="BTC", client_id="", at_ms=40)
    ledger.inner_transfer(coin, to_account="fund")
    return ledger


@pytest.mark.parametrize("uid", [1, 2])
@pytest.mark.parametrize(
    ("query", "total", "ids"),
    [
        ({}, 3, [3, 2, 1]),
        ({"size": 1}, 3, [3]),
        ({"skip": 1}, 3, [2, 1]),
        ({"start_ms": 11}, 2, [3, 2]),
        ({"end_ms": 29}, 2, [2, 1]),
    ],
)
def test_sender_and_receiver_find_internal_transfers_of_one_coin(
    sent: Ledger, uid: int, query: dict[str, int], total: int, ids: list[int]
) -> None:
    found, page = sent.inner_transfers(uid, "USDT", **{"size": 10} | query)
    assert (found, [row.id for row in page]) == (total, ids)


def test_somebody_else_and_another_coin_find_none(sent: Ledger) -> None:
    assert sent.inner_transfers(3, "USDT", size=10) == (0, [])
    assert sent.inner_transfers(1, "ETH", size=10) == (0, [])
    assert [row.id for row in sent.inner_transfers(1, "BTC", size=10)[1]] == [4]


@pytest.mark.parametrize(("uid", "found"), [(1, True), (2, True), (3, False)])
def test_an_internal_transfer_is_found_by_its_id_by_both_sides(sent: Ledger, uid: int, found: bool) -> None:
    record = inner(2, amount=Decimal(1), client_id="a2", at_ms=20)
    assert sent.inner_transfer_by_id(uid, 2) == (record if found else None)
    assert sent.inner_transfer_by_id(uid, 5) is None


def test_an_internal_transfer_is_found_by_its_client_id_by_its_sender(sent: Ledger) -> None:
    record = inner(2, amount=Decimal(1), client_id="a2", at_ms=20)
    assert sent.inner_transfer_by_client_id(1, "a2") == record
    assert sent.inner_transfer_by_client_id(2, "a2") is None
    assert sent.inner_transfer_by_client_id(1, "a4") is None
    assert sent.inner_transfer_by_client_id(1, "") is None


def test_records_of_one_time_stand_in_the_order_of_their_ids() -> None:
    timeline: Timeline[Transfer] = Timeline()
    for number in (3, 1, 2):
        timeline.add(transfer(number))
    total, page = timeline.page(start_ms=None, end_ms=None, skip=0, size=10)
    assert (total, [row.id for row in page]) == (3, [3, 2, 1])


def test_the_latest_transfers_are_those_that_were_recorded_last(history: Ledger) -> None:
    assert [record.id for record in history.latest_transfers(2)] == [9, 4]
    assert [record.id for record in history.latest_transfers(99)] == [9, 4, 3, 2, 1]


def test_the_latest_internal_transfers_are_those_that_were_recorded_last() -> None:
    ledger = Ledger()
    for number in (3, 1, 2):
        ledger.record_inner(inner(number, client_id=""))
    assert [record.id for record in ledger.latest_inner_transfers(2)] == [2, 1]
    assert [record.id for record in ledger.latest_inner_transfers(99)] == [2, 1, 3]


@pytest.mark.parametrize(
    ("make", "names"),
    [(transfer, ["asset", "from_account", "to_account"]), (inner, ["asset", "from_account"])],
)
def test_records_share_the_names_that_each_request_brings_anew(make: Any, names: list[str]) -> None:
    first, second = (make(**{name: f"new{name}" for name in names}) for _ in range(2))
    for name in names:
        assert getattr(first, name) is getattr(second, name), name


def test_the_revision_counts_the_entries_of_the_books(ledger: Ledger) -> None:
    seen = [ledger.revision.number]
    ledger.transfer(transfer(1, amount=Decimal(1)))
    seen.append(ledger.revision.number)
    ledger.debit(1, "spot", "USDT", Decimal(1))
    seen.append(ledger.revision.number)
    assert seen == [1, 2, 3]
