"""Internal transfers. They go to other people, so none is ever sent live; the records are read."""

from decimal import Decimal
from typing import Any

import pytest
from contract import shapes
from contract.conftest import Meet
from contract.target import Account, Target
from support.sender import ALICE, BOB, INNER_RECORDS, INNER_TRANSFER, SPOT_BALANCE, Reply

never_sent = pytest.mark.fake_only("no internal transfer is ever sent live")
TO_BOB = {"coin": "USDT", "amount": "1.5", "userAccountType": 1, "userAccount": BOB, "walletType": 1}
BOBS = Account("bob-key", "bob-secret")


def send(target: Target, **changes: Any) -> Reply:
    """Send to bob, with some parameters changed; None takes one out."""
    merged = {**TO_BOB, **changes}
    return target.post(INNER_TRANSFER, **{name: value for name, value in merged.items() if value is not None})


@never_sent
@pytest.mark.clause("INNER-1")
@pytest.mark.parametrize(
    "receiver",
    [
        {},
        {"userAccountType": 2, "userAccount": "15100000000", "callingCode": "49"},
        {"userAccountType": 3, "userAccount": "bob@example.com"},
    ],
    ids=["uid", "phone", "e-mail"],
)
def test_a_receiver_is_named_by_uid_phone_or_email(
    target: Target, meets: Meet, receiver: dict[str, Any]
) -> None:
    reply = send(target, **receiver)
    meets("V14", *shapes.inner_transfer_id(reply.json))
    (row,) = target.get(INNER_RECORDS, coin="USDT").data["data"]
    assert row["receiver"] == BOB


@never_sent
@pytest.mark.clause("INNER-2")
def test_the_wallet_type_chooses_the_account_that_pays(target: Target, meets: Meet) -> None:
    taken = [wallet for wallet in (1, 3, 15, 4) if send(target, walletType=wallet, amount="1").code == 0]
    assert taken == [1, 3, 15, 4]
    meets("V15", "1,2,3,15", "4-for-spot")
    spot = target.get(SPOT_BALANCE).data["balances"]
    assert {row["asset"]: Decimal(row["free"]) for row in spot}["USDT"] == Decimal("248.5")


@never_sent
@pytest.mark.clause("INNER-3")
def test_a_phone_number_needs_its_calling_code(target: Target) -> None:
    assert send(target, userAccountType=2, userAccount="15100000000").code == 100400


@never_sent
@pytest.mark.clause("INNER-4")
@pytest.mark.parametrize(("receiver", "code"), [(1, 100450), (ALICE, 100400)], ids=["nobody", "oneself"])
def test_an_unknown_receiver_and_oneself_are_refused(target: Target, receiver: int, code: int) -> None:
    assert send(target, userAccount=receiver).code == code


@never_sent
@pytest.mark.clause("INNER-5")
def test_the_same_client_id_with_the_same_request_gets_the_first_answer(target: Target, meets: Meet) -> None:
    first, again = send(target, transferClientId="a1"), send(target, transferClientId="a1")
    other = send(target, transferClientId="a1", amount="2")
    assert other.code == 100400
    meets("V22", "first-answer-again" if again.code == 0 else "always-refused")
    if again.code == 0:
        assert again.data["id"] == first.data["id"]
    assert target.get(INNER_RECORDS, coin="USDT").data["total"] == 1


@never_sent
@pytest.mark.clause("INNER-6")
def test_a_sub_account_may_neither_send_nor_list(target: Target) -> None:
    carol = Account("carol-key", "carol-secret")
    assert target.ask("POST", INNER_TRANSFER, TO_BOB, account=carol).code == 100403
    assert target.ask("GET", INNER_RECORDS, {"coin": "USDT"}, account=carol).code == 100403


@never_sent
@pytest.mark.clause("INNER-10")
def test_target_account_is_taken_for_user_account(target: Target) -> None:
    assert send(target, userAccount=None, targetAccount=BOB).code == 0


@never_sent
@pytest.mark.clause("INNER-7")
def test_both_sides_see_a_transfer_from_their_side(target: Target) -> None:
    send(target)
    mine = target.get(INNER_RECORDS, coin="USDT").data["data"][0]
    theirs = target.ask("GET", INNER_RECORDS, {"coin": "USDT"}, account=BOBS).data["data"][0]
    assert (mine["recordType"], theirs["recordType"]) == ("out", "in")
    assert mine["id"] == theirs["id"]


@pytest.mark.clause("INNER-7")
def test_the_records_have_the_documented_fields(target: Target) -> None:
    if not target.is_live:
        send(target)
    page = target.get(INNER_RECORDS, coin="USDT").data
    assert isinstance(page["total"], int)
    for row in page["data"]:
        assert isinstance(row["id"], int)
        assert row["coin"] == "USDT"
        assert row["status"] in (4, 5, 6)
        assert row["recordType"] in ("out", "in")
        assert row["receiver"]
        assert row["fromUid"]


@never_sent
@pytest.mark.clause("INNER-8")
def test_the_id_wins_over_the_client_id(target: Target) -> None:
    ids = [send(target, transferClientId=name).data["id"] for name in ("a1", "a2")]
    page = target.get(INNER_RECORDS, coin="USDT", id=ids[0], transferClientId="a2").data
    assert [str(row["id"]) for row in page["data"]] == [ids[0]]


@pytest.mark.clause("INNER-9")
@pytest.mark.parametrize(("name", "value"), [("limit", 0), ("limit", 1001), ("offset", -1)])
def test_a_page_outside_the_documented_range_is_refused(target: Target, name: str, value: int) -> None:
    assert target.get(INNER_RECORDS, coin="USDT", **{name: value}).code == 100400


@pytest.mark.clause("INNER-9")
def test_limit_and_offset_choose_a_page(target: Target) -> None:
    if not target.is_live:
        send(target)
        send(target)
    both = target.get(INNER_RECORDS, coin="USDT", limit=2, offset=0).data["data"]
    for offset, row in enumerate(both):
        (only,) = target.get(INNER_RECORDS, coin="USDT", limit=1, offset=offset).data["data"]
        assert only["id"] == row["id"]
