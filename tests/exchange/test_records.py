"""The two queries for transfer records."""

from typing import Any

import pytest
from support.sender import NOW_MS, TRANSFER, TRANSFER_RECORDS, TRANSFERS, Sender

from bingx_fake import FakeExchange

Ids = dict[str, str]
QUERIES = [
    (TRANSFERS, {"type": "FUND_PFUTURES"}, "current", "size", "tranId"),
    (TRANSFER_RECORDS, {}, "pageIndex", "pageSize", "transferId"),
]
BOTH = pytest.mark.parametrize(("path", "query", "page", "size", "id_name"), QUERIES)


@pytest.fixture
def history(sender: Sender, exchange: FakeExchange) -> list[Ids]:
    """Twelve transfers of 1 to 12 USDT, one each second; their numbers by name, oldest first."""
    ids = []
    for number in range(1, 13):
        at_ms = NOW_MS + 1000 * (number - 1)
        exchange.clock.freeze(at_ms)
        move = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": number}
        ids.append(sender.call("POST", TRANSFER, move, timestamp=at_ms).data)
    exchange.clock.freeze(NOW_MS)
    return ids


@pytest.mark.clause("REC-1", "REC-3")
def test_the_older_query_answers_bare_and_enveloped_at_once(sender: Sender) -> None:
    number = sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="1.5").data["tranId"]
    row = {
        "asset": "USDT",
        "amount": "1.50000000000000000000",
        "type": "FUND_PFUTURES",
        "status": "CONFIRMED",
        "tranId": int(number),
        "timestamp": NOW_MS,
    }
    assert sender.get(TRANSFERS, type="FUND_PFUTURES").json == {
        "code": 0,
        "msg": "",
        "total": 1,
        "rows": [row],
        "data": {"total": 1, "rows": [row]},
    }


@pytest.mark.clause("REC-4", "REC-3")
def test_the_newer_query_answers_bare_and_as_a_list_at_once(sender: Sender) -> None:
    number = sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="1.5").data["transferId"]
    row = {
        "transferId": number,
        "asset": "USDT",
        "amount": "1.50000000000000000000",
        "fromAccount": "fund",
        "toAccount": "USDTMPerp",
        "type": "FUND_PFUTURES",
        "timestamp": NOW_MS,
        "status": "CONFIRMED",
    }
    assert sender.get(TRANSFER_RECORDS).json == {
        "code": 0,
        "msg": "",
        "total": 1,
        "rows": [row],
        "data": [row],
    }


@pytest.mark.clause("REC-1")
def test_the_older_query_needs_type_or_id(sender: Sender) -> None:
    assert sender.get(TRANSFERS).code == 100400


@pytest.mark.clause("REC-1")
def test_the_older_query_finds_one_transfer_by_id(sender: Sender, history: list[Ids]) -> None:
    rows = sender.get(TRANSFERS, tranId=history[4]["tranId"]).json["rows"]
    assert [row["tranId"] for row in rows] == [int(history[4]["tranId"])]


@pytest.mark.clause("REC-4")
@pytest.mark.parametrize("name", ["transferId", "tranId"])
def test_the_newer_query_finds_one_transfer_by_either_name_of_the_id(
    sender: Sender, history: list[Ids], name: str
) -> None:
    number = history[4]["transferId"]
    rows = sender.get(TRANSFER_RECORDS, **{name: number}).json["rows"]
    assert [row["transferId"] for row in rows] == [number]


@pytest.mark.clause("REC-1", "REC-4")
@pytest.mark.parametrize(
    ("path", "name", "other"),
    [
        (TRANSFERS, "tranId", "transferId"),
        (TRANSFER_RECORDS, "transferId", "tranId"),
        (TRANSFER_RECORDS, "tranId", "tranId"),
    ],
)
def test_the_other_number_of_a_transfer_finds_nothing_as_an_unknown_one_does(
    sender: Sender, history: list[Ids], path: str, name: str, other: str
) -> None:
    found, unknown = (sender.get(path, **{name: number}) for number in (history[4][other], "123456789"))
    assert found.json == unknown.json
    assert (found.json["total"], found.json["rows"]) == (0, [])


@pytest.mark.clause("REC-4")
@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 12),
        ({"type": "FUND_PFUTURES"}, 12),
        ({"type": "PFUTURES_FUND"}, 0),
        ({"fromAccount": "fund", "toAccount": "USDTMPerp"}, 12),
        ({"fromAccount": "fund", "toAccount": "spot"}, 0),
    ],
)
def test_the_newer_query_takes_type_accounts_or_nothing(
    sender: Sender, history: list[Ids], query: dict[str, str], count: int
) -> None:
    assert sender.get(TRANSFER_RECORDS, **query, pageSize=100).json["total"] == count


@pytest.mark.parametrize("half", [{"fromAccount": "fund"}, {"toAccount": "fund"}])
def test_the_newer_query_refuses_half_a_direction(sender: Sender, half: dict[str, str]) -> None:
    assert sender.get(TRANSFER_RECORDS, **half).code == 100400


@pytest.mark.clause("REC-2", "REC-5", "REC-7")
@BOTH
def test_pages_hold_ten_rows_newest_first(
    sender: Sender, history: list[Ids], path: str, query: dict[str, Any], page: str, size: str, id_name: str
) -> None:
    first = sender.get(path, **query).json
    second = sender.get(path, **query, **{page: 2}).json
    ids = [str(row[id_name]) for row in first["rows"] + second["rows"]]
    assert (len(first["rows"]), len(second["rows"]), first["total"]) == (10, 2, 12)
    assert ids == [made[id_name] for made in history[::-1]]


@pytest.mark.clause("REC-2", "REC-5")
@pytest.mark.parametrize(
    ("asked", "rows"), [(1, 1), (5, 5), (12, 12), (100, 12), (0, None), (101, None), (-1, None), ("x", None)]
)
@BOTH
def test_page_sizes_go_from_1_to_100(
    sender: Sender,
    history: list[Ids],
    path: str,
    query: dict[str, Any],
    page: str,
    size: str,
    id_name: str,
    asked: object,
    rows: int | None,
) -> None:
    reply = sender.get(path, **query, **{size: asked})
    if rows is None:
        assert reply.code == 100400
    else:
        assert len(reply.json["rows"]) == rows


@pytest.mark.clause("REC-7")
@pytest.mark.parametrize("number", [3, 1000, 2147483647])
@BOTH
def test_a_page_beyond_the_last_is_empty(
    sender: Sender,
    history: list[Ids],
    path: str,
    query: dict[str, Any],
    page: str,
    size: str,
    id_name: str,
    number: int,
) -> None:
    answer = sender.get(path, **query, **{page: number}).json
    assert (answer["rows"], answer["total"]) == ([], 12)


@pytest.mark.parametrize("number", [0, -1, "x", 2147483648])
@BOTH
def test_pages_count_from_one(
    sender: Sender, path: str, query: dict[str, Any], page: str, size: str, id_name: str, number: object
) -> None:
    assert sender.get(path, **query, **{page: number}).code == 100400


@pytest.mark.clause("REC-6")
@pytest.mark.parametrize(
    ("period", "amounts"),
    [
        ({"startTime": NOW_MS + 10_000}, ["12", "11"]),
        ({"startTime": NOW_MS + 10_001}, ["12"]),
        ({"endTime": NOW_MS}, ["1"]),
        ({"endTime": NOW_MS - 1}, []),
        ({"startTime": NOW_MS + 1000, "endTime": NOW_MS + 2000}, ["3", "2"]),
        ({"startTime": NOW_MS + 1000, "endTime": NOW_MS + 1000}, ["2"]),
    ],
)
@BOTH
def test_times_are_inclusive(
    sender: Sender,
    history: list[Ids],
    path: str,
    query: dict[str, Any],
    page: str,
    size: str,
    id_name: str,
    period: dict[str, int],
    amounts: list[str],
) -> None:
    rows = sender.get(path, **query, **period).json["rows"]
    assert [row["amount"].partition(".")[0] for row in rows] == amounts


@pytest.mark.clause("REC-6")
@BOTH
def test_an_end_before_the_start_gets_100400(
    sender: Sender, path: str, query: dict[str, Any], page: str, size: str, id_name: str
) -> None:
    assert sender.get(path, **query, startTime=2, endTime=1).code == 100400


@pytest.mark.clause("REC-7")
@BOTH
def test_finding_nothing_is_an_empty_list(
    sender: Sender, path: str, query: dict[str, Any], page: str, size: str, id_name: str
) -> None:
    answer = sender.get(path, **query, **{id_name: "123"}).json
    assert (answer["code"], answer["total"], answer["rows"]) == (0, 0, [])


@BOTH
def test_another_users_transfers_are_not_shown(
    sender: Sender, history: list[Ids], path: str, query: dict[str, Any], page: str, size: str, id_name: str
) -> None:
    reply = sender.call("GET", path, {**query, id_name: history[0][id_name]}, key="bob-key")
    assert reply.json["rows"] == []


@pytest.mark.clause("REC-8")
def test_a_direction_without_a_name_has_type_null(sender: Sender) -> None:
    number = sender.post(TRANSFER, fromAccount="fund", toAccount="spot", asset="USDT", amount=1).data[
        "tranId"
    ]
    assert sender.get(TRANSFERS, tranId=number).json["rows"][0]["type"] is None
    assert sender.get(TRANSFER_RECORDS).data[0]["type"] is None
