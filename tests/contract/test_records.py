"""The record queries and the list of coins."""

import pytest
from contract import shapes
from contract.conftest import Meet
from contract.target import Target
from support.sender import COINS, TRANSFER, TRANSFER_RECORDS, TRANSFERS, Reply

LONG_AGO = {"startTime": 1, "endTime": 2}
OLD, NEW = {"type": "FUND_PFUTURES"}, {"fromAccount": "fund", "toAccount": "USDTMPerp"}


def refused(reply: Reply) -> bool:
    """Whether a query was refused for a bad parameter."""
    return bool(reply.json.get("code") == 100400)


@pytest.fixture
def history(target: Target) -> None:
    """Three transfers, where transfers cost nothing."""
    if not target.is_live:
        for amount in (1, 2, 3):
            target.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=amount)


@pytest.mark.clause("REC-1")
@pytest.mark.usefixtures("history")
def test_the_older_records_are_asked_by_type(target: Target, meets: Meet) -> None:
    answer = target.get(TRANSFERS, **OLD).json
    meets("V9", *(shapes.records(answer) - {"list"}))
    for row in shapes.record_rows(answer):
        assert row["type"] == "FUND_PFUTURES"
        assert row["status"] == "CONFIRMED"


@pytest.mark.clause("REC-1", "REC-3")
@pytest.mark.usefixtures("history")
def test_the_older_records_are_asked_by_id(target: Target) -> None:
    rows = shapes.record_rows(target.get(TRANSFERS, **OLD, size=1).json)
    if not rows:
        pytest.skip("this account has made no such transfer")
    assert isinstance(rows[0]["tranId"], int)
    assert isinstance(rows[0]["amount"], str)
    (found,) = shapes.record_rows(target.get(TRANSFERS, tranId=rows[0]["tranId"]).json)
    assert found == rows[0]


@pytest.mark.clause("REC-1")
def test_the_older_records_need_a_type_or_an_id(target: Target) -> None:
    assert refused(target.get(TRANSFERS))


@pytest.mark.clause("REC-4")
@pytest.mark.usefixtures("history")
def test_the_newer_records_may_be_asked_by_type_by_accounts_or_by_nothing(
    target: Target, meets: Meet
) -> None:
    answers = {"nothing": target.get(TRANSFER_RECORDS).json}
    answers["type"] = target.get(TRANSFER_RECORDS, **OLD).json
    answers["accounts"] = target.get(TRANSFER_RECORDS, **NEW).json
    taken = {name for name, answer in answers.items() if answer.get("code", 0) == 0}
    assert "accounts" in taken or "type" in taken, answers
    if {"nothing", "type"} <= taken:
        meets("V12", "type")
    for name in taken:
        meets("V9", *(shapes.records(answers[name]) - {"enveloped"}))
        shapes.record_rows(answers[name])
    assert taken == set(answers), answers


@pytest.mark.clause("REC-2", "REC-5")
@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("path", "query", "number", "size"),
    [(TRANSFERS, OLD, "current", "size"), (TRANSFER_RECORDS, NEW, "pageIndex", "pageSize")],
)
def test_records_come_in_pages(
    target: Target, path: str, query: dict[str, str], number: str, size: str
) -> None:
    both = shapes.record_rows(target.get(path, **query, **{number: 1, size: 2}).json)
    assert len(both) <= 2
    for index, row in enumerate(both, start=1):
        assert shapes.record_rows(target.get(path, **query, **{number: index, size: 1}).json) == [row]


@pytest.mark.clause("REC-2", "REC-5")
@pytest.mark.parametrize(
    ("path", "query", "size"), [(TRANSFERS, OLD, "size"), (TRANSFER_RECORDS, NEW, "pageSize")]
)
@pytest.mark.parametrize("value", [0, 101, "many"])
def test_a_page_size_outside_1_to_100_is_refused(
    target: Target, path: str, query: dict[str, str], size: str, value: object
) -> None:
    assert refused(target.get(path, **query, **{size: value}))


@pytest.mark.clause("REC-6")
@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(("path", "query"), [(TRANSFERS, OLD), (TRANSFER_RECORDS, NEW)])
def test_both_ends_of_a_time_range_belong_to_it(target: Target, path: str, query: dict[str, str]) -> None:
    rows = shapes.record_rows(target.get(path, **query).json)
    if not rows:
        pytest.skip("this account has made no such transfer")
    at = rows[0]["timestamp"]
    assert rows[0] in shapes.record_rows(target.get(path, **query, startTime=at, endTime=at).json)


@pytest.mark.clause("REC-6")
@pytest.mark.parametrize(("path", "query"), [(TRANSFERS, OLD), (TRANSFER_RECORDS, NEW)])
def test_an_end_before_the_start_is_refused(target: Target, path: str, query: dict[str, str]) -> None:
    assert refused(target.get(path, **query, startTime=2, endTime=1))


@pytest.mark.clause("REC-7")
@pytest.mark.parametrize(("path", "query"), [(TRANSFERS, OLD), (TRANSFER_RECORDS, NEW)])
def test_a_query_that_finds_nothing_answers_an_empty_list(
    target: Target, path: str, query: dict[str, str]
) -> None:
    assert shapes.record_rows(target.get(path, **query, **LONG_AGO).json) == []


@pytest.mark.clause("REC-7")
@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(("path", "query"), [(TRANSFERS, OLD), (TRANSFER_RECORDS, NEW)])
def test_records_come_newest_first(target: Target, path: str, query: dict[str, str]) -> None:
    times = [row["timestamp"] for row in shapes.record_rows(target.get(path, **query).json)]
    assert times == sorted(times, reverse=True)


@pytest.mark.clause("REC-8")
@pytest.mark.fake_only("it needs a transfer between spot and fund")
def test_a_record_between_accounts_without_a_type_has_none(target: Target) -> None:
    target.post(TRANSFER, fromAccount="spot", toAccount="fund", asset="USDT", amount="1")
    (row,) = shapes.record_rows(target.get(TRANSFER_RECORDS).json)
    assert row["type"] is None


@pytest.mark.clause("COINS-1")
def test_the_coins_are_listed_by_name(target: Target, meets: Meet) -> None:
    plain = target.get(COINS)
    asked = target.get(COINS, fromAccount="fund", toAccount="spot")
    meets("V11", "none" if plain.json["code"] == 0 else "accounts")
    meets("V10", *shapes.coins(asked.json))
    assert "USDT" in shapes.coin_names(asked.json)
    if plain.json["code"] == 0:
        assert "USDT" in shapes.coin_names(plain.json)
