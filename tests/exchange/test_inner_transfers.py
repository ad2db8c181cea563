"""Transfers to other users, and their records."""

from decimal import Decimal
from typing import Any

import pytest
from support.sender import ALICE, BOB, CAROL, INNER_RECORDS, INNER_TRANSFER, NOW_MS, Sender

from bingx_fake import FakeExchange

TO_BOB: dict[str, Any] = {
    "coin": "USDT",
    "amount": "10",
    "userAccountType": 1,
    "userAccount": BOB,
    "walletType": 1,
}


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in TO_BOB.items() if key != name}


@pytest.mark.clause("INNER-1")
@pytest.mark.parametrize(
    "receiver",
    [
        {"userAccountType": 1, "userAccount": BOB},
        {"userAccountType": 2, "userAccount": "15100000000", "callingCode": "49"},
        {"userAccountType": 3, "userAccount": "bob@example.com"},
        {"userAccountType": 3, "userAccount": "Bob@Example.com"},
    ],
)
def test_a_receiver_is_named_by_uid_phone_or_email(
    sender: Sender, exchange: FakeExchange, receiver: dict[str, Any]
) -> None:
    assert sender.post(INNER_TRANSFER, **(TO_BOB | receiver)).code == 0
    assert exchange.balance(BOB, "fund", "USDT").free == 510
    assert exchange.balance(ALICE, "fund", "USDT").free == 990


def test_the_answer_has_the_id_as_text_and_the_clients_own(sender: Sender) -> None:
    answer = sender.post(INNER_TRANSFER, **TO_BOB, transferClientId="abc123").json
    number = answer["data"]["id"]
    assert int(number) > 2**53
    assert answer == {
        "code": 0,
        "msg": "",
        "timestamp": NOW_MS,
        "data": {"id": number, "transferClientId": "abc123"},
    }


@pytest.mark.clause("INNER-2")
@pytest.mark.parametrize(
    ("wallet_type", "account"), [(1, "fund"), (2, "stdFutures"), (3, "USDTMPerp"), (15, "spot"), (4, "spot")]
)
def test_wallet_type_chooses_the_account_that_pays(
    sender: Sender, exchange: FakeExchange, wallet_type: int, account: str
) -> None:
    exchange.credit(ALICE, account, "TEST", 10)
    assert sender.post(INNER_TRANSFER, **(TO_BOB | {"coin": "TEST", "walletType": wallet_type})).code == 0
    assert exchange.balance(ALICE, account, "TEST").free == 0


@pytest.mark.clause("INNER-2")
@pytest.mark.parametrize("wallet_type", [0, 5, 16, "x", ""])
def test_another_wallet_type_gets_100400(sender: Sender, wallet_type: object) -> None:
    assert sender.post(INNER_TRANSFER, **(TO_BOB | {"walletType": wallet_type})).code == 100400


@pytest.mark.clause("INNER-3")
def test_a_phone_number_needs_its_calling_code(sender: Sender) -> None:
    phone = TO_BOB | {"userAccountType": 2, "userAccount": "15100000000"}
    assert sender.post(INNER_TRANSFER, **phone).code == 100400
    assert sender.post(INNER_TRANSFER, **phone, callingCode="86").code == 100450


@pytest.mark.clause("INNER-4")
@pytest.mark.parametrize(
    ("receiver", "code"),
    [
        ({"userAccountType": 1, "userAccount": 999}, 100450),
        ({"userAccountType": 3, "userAccount": "nobody@example.com"}, 100450),
        ({"userAccountType": 1, "userAccount": ALICE}, 100400),
        ({"userAccountType": 3, "userAccount": "alice@example.com"}, 100400),
        ({"userAccountType": 1, "userAccount": "bob@example.com"}, 100400),
        ({"userAccountType": 3, "userAccount": BOB}, 100400),
        ({"userAccountType": 4}, 100400),
    ],
)
def test_an_unknown_receiver_or_oneself_is_refused(
    sender: Sender, exchange: FakeExchange, receiver: dict[str, Any], code: int
) -> None:
    before = exchange.state
    assert sender.post(INNER_TRANSFER, **(TO_BOB | receiver)).code == code
    assert exchange.state == before


@pytest.mark.clause("INNER-5")
def test_the_same_request_under_the_same_client_id_moves_once(sender: Sender, exchange: FakeExchange) -> None:
    first = sender.post(INNER_TRANSFER, **TO_BOB, transferClientId="abc")
    again = sender.post(INNER_TRANSFER, **(TO_BOB | {"amount": "10.0"}), transferClientId="abc")
    assert first.data == again.data
    assert exchange.balance(BOB, "fund", "USDT").free == 510
    assert [entry["applied"] for entry in exchange.requests] == [True, False]


@pytest.mark.clause("INNER-5")
@pytest.mark.parametrize(
    "change", [{"amount": "11"}, {"coin": "BTC"}, {"userAccount": CAROL}, {"walletType": 15}]
)
def test_another_request_under_a_used_client_id_gets_100400(
    sender: Sender, exchange: FakeExchange, change: dict[str, Any]
) -> None:
    sender.post(INNER_TRANSFER, **TO_BOB, transferClientId="abc")
    before = exchange.state
    assert sender.post(INNER_TRANSFER, **(TO_BOB | change), transferClientId="abc").code == 100400
    assert exchange.state == before


@pytest.mark.clause("INNER-5")
def test_client_ids_of_different_senders_do_not_meet(sender: Sender) -> None:
    assert sender.post(INNER_TRANSFER, **TO_BOB, transferClientId="abc").code == 0
    to_alice = TO_BOB | {"userAccount": ALICE, "transferClientId": "abc"}
    assert sender.call("POST", INNER_TRANSFER, to_alice, key="bob-key").code == 0


@pytest.mark.parametrize("client_id", ["", "a b", "a-b", "a" * 100, "ä"])
def test_a_client_id_is_1_to_99_letters_and_digits(sender: Sender, client_id: str) -> None:
    assert sender.post(INNER_TRANSFER, **TO_BOB, transferClientId=client_id).code == 100400
    assert sender.post(INNER_TRANSFER, **TO_BOB, transferClientId="a" * 99).code == 0


@pytest.mark.clause("INNER-6")
def test_only_a_main_account_may_send_or_list(sender: Sender) -> None:
    assert sender.call("POST", INNER_TRANSFER, TO_BOB, key="carol-key").code == 100403
    assert sender.call("GET", INNER_RECORDS, {"coin": "USDT"}, key="carol-key").code == 100403


@pytest.mark.parametrize("name", TO_BOB)
def test_a_missing_parameter_gets_100400(sender: Sender, name: str) -> None:
    assert sender.post(INNER_TRANSFER, **_without(name)).code == 100400


def test_an_unknown_coin_gets_100437(sender: Sender) -> None:
    assert sender.post(INNER_TRANSFER, **(TO_BOB | {"coin": "NOPE"})).code == 100437


def test_more_than_is_free_gets_100202_and_moves_nothing(sender: Sender, exchange: FakeExchange) -> None:
    before = exchange.state
    assert sender.post(INNER_TRANSFER, **(TO_BOB | {"amount": "1001"})).code == 100202
    assert exchange.state == before


@pytest.mark.clause("INNER-7", "REQ-9")
def test_the_sender_sees_out_and_the_receiver_in_with_exact_amounts(sender: Sender) -> None:
    amount = "0.00000000000000000001"
    sent = sender.post(INNER_TRANSFER, **(TO_BOB | {"amount": amount}), transferClientId="abc").data
    row = {
        "id": int(sent["id"]),
        "coin": "USDT",
        "receiver": BOB,
        "amount": 1e-20,
        "time": NOW_MS,
        "status": 6,
        "transferClientId": "abc",
        "fromUid": ALICE,
        "recordType": "out",
    }
    out = sender.get(INNER_RECORDS, coin="USDT")
    assert out.json == {
        "code": 0,
        "msg": "",
        "timestamp": NOW_MS,
        "data": {"total": 1, "data": [row]},
    }
    assert f'"amount":{amount},'.encode() in out.body
    received = sender.call("GET", INNER_RECORDS, {"coin": "USDT"}, key="bob-key").data["data"]
    assert received == [row | {"recordType": "in"}]


@pytest.mark.clause("INNER-8")
def test_records_are_found_by_id_or_client_id_and_the_id_wins(sender: Sender) -> None:
    first = sender.post(INNER_TRANSFER, **TO_BOB, transferClientId="one").data["id"]
    second = sender.post(INNER_TRANSFER, **TO_BOB, transferClientId="two").data["id"]

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in sender.get(INNER_RECORDS, coin="USDT", **query).data["data"]]

    assert found() == [int(second), int(first)]
    assert found(id=first) == [int(first)]
    assert found(transferClientId="two") == [int(second)]
    assert found(id=first, transferClientId="two") == [int(first)]
    assert found(id=12345) == []
    assert found(transferClientId="three") == []


def test_records_of_another_coin_are_not_shown(sender: Sender) -> None:
    number = sender.post(INNER_TRANSFER, **TO_BOB).data["id"]
    assert sender.get(INNER_RECORDS, coin="BTC").data == {"total": 0, "data": []}
    assert sender.get(INNER_RECORDS, coin="BTC", id=number).data == {"total": 0, "data": []}


def test_a_third_user_sees_nothing(sender: Sender, exchange: FakeExchange) -> None:
    number = sender.post(INNER_TRANSFER, **TO_BOB).data["id"]
    state = exchange.state
    state["users"][2]["kind"] = "main"
    exchange.load(state)
    query = {"coin": "USDT", "id": number}
    assert sender.call("GET", INNER_RECORDS, query, key="carol-key").data["data"] == []


@pytest.mark.clause("INNER-9")
@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ({}, [5, 4, 3, 2, 1]),
        ({"limit": 2}, [5, 4]),
        ({"limit": 2, "offset": 3}, [2, 1]),
        ({"offset": 5}, []),
        ({"limit": 1000}, [5, 4, 3, 2, 1]),
        ({"startTime": NOW_MS + 3, "endTime": NOW_MS + 4}, [4, 3]),
    ],
)
def test_records_take_limit_offset_and_times(
    sender: Sender, exchange: FakeExchange, query: dict[str, int], amounts: list[int]
) -> None:
    for amount in range(1, 6):
        exchange.clock.freeze(NOW_MS + amount)
        sender.post(INNER_TRANSFER, **(TO_BOB | {"amount": amount}))
    data = sender.get(INNER_RECORDS, coin="USDT", **query).data
    assert [row["amount"] for row in data["data"]] == amounts


@pytest.mark.clause("INNER-9")
def test_a_hundred_records_come_by_default(sender: Sender, exchange: FakeExchange) -> None:
    for _ in range(101):
        sender.post(INNER_TRANSFER, **(TO_BOB | {"amount": "0.1"}))
    data = sender.get(INNER_RECORDS, coin="USDT").data
    assert (data["total"], len(data["data"])) == (101, 100)
    assert exchange.balance(BOB, "fund", "USDT").free == Decimal("510.1")


@pytest.mark.clause("INNER-9")
@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"startTime": 2, "endTime": 1}]
)
def test_limits_and_offsets_out_of_range_get_100400(sender: Sender, query: dict[str, int]) -> None:
    assert sender.get(INNER_RECORDS, coin="USDT", **query).code == 100400


def test_records_need_a_coin(sender: Sender) -> None:
    assert sender.get(INNER_RECORDS).code == 100400
