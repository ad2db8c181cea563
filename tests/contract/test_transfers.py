"""Transfers between own accounts: the smallest amount, there and back; the others are to be refused."""

from decimal import Decimal

import pytest
from contract import shapes
from contract.conftest import Meet
from contract.movements import ASSET, RoundTrip, fund_of, shown_ids
from contract.target import How, Target
from support.sender import TRANSFER, TRANSFER_RECORDS, TRANSFERS

from bingx_contracts import ENDPOINTS

pytestmark = pytest.mark.writes
BY_ACCOUNTS = {"fromAccount": "fund", "toAccount": "USDTMPerp"}
TOO_MUCH = "100000000000000"


@pytest.mark.clause("XFER-1", "XFER-3", "REQ-4")
def test_a_transfer_by_type_moves_exactly_the_amount(target: Target, meets: Meet) -> None:
    with RoundTrip(target) as trip:
        assert fund_of(target) == trip.before - trip.amount
        meets("V4", "type")
        meets("V5", *shapes.transfer_answer(trip.reply.json))


@pytest.mark.clause("XFER-2")
def test_a_transfer_by_accounts_moves_exactly_the_amount(target: Target, meets: Meet) -> None:
    with RoundTrip(target, BY_ACCOUNTS) as trip:
        assert fund_of(target) == trip.before - trip.amount
        meets("V4", "accounts")


@pytest.mark.clause("REQ-5")
def test_a_transfer_may_be_a_json_body(target: Target) -> None:
    with RoundTrip(target, how=How(place="json")):
        pass


@pytest.mark.clause("REQ-6")
def test_a_transfer_may_stand_in_the_query(target: Target) -> None:
    with RoundTrip(target, how=How(place="query")):
        pass


@pytest.mark.clause("SIGN-4")
def test_query_and_body_are_signed_together(target: Target) -> None:
    with RoundTrip(target, how=How(place="both")):
        pass


@pytest.mark.clause("XFER-8")
def test_trailing_zeros_do_not_change_an_amount(target: Target) -> None:
    with RoundTrip(target) as trip:
        text = f"{trip.amount:f}"
        longer = f"{text}0" if "." in text else f"{text}.0"
        shown_ids(target.post(TRANSFER, type="PFUTURES_FUND", asset=ASSET, amount=longer))
        assert fund_of(target) == trip.before
        shown_ids(target.post(TRANSFER, type="FUND_PFUTURES", asset=ASSET, amount=text))


@pytest.mark.clause("XFER-9")
@pytest.mark.parametrize("endpoint_id", ["spot_account.transfer_v3", "spot_account.transfer_v3_post"])
def test_the_older_routes_transfer_too(target: Target, endpoint_id: str) -> None:
    with RoundTrip(target) as trip:
        path, amount = ENDPOINTS[endpoint_id].path, f"{trip.amount:f}"
        for direction in ("FUND_PFUTURES", "PFUTURES_FUND"):
            answer = target.post(path, type=direction, asset=ASSET, amount=amount).json
            assert str(answer.get("tranId") or answer["data"]["tranId"]).isdigit()
        assert fund_of(target) == trip.before - trip.amount


@pytest.mark.clause("REC-3", "REC-4", "REQ-9")
def test_a_transfer_is_in_the_records_with_every_digit(target: Target, meets: Meet) -> None:
    with RoundTrip(target, BY_ACCOUNTS) as trip:
        number = trip.ids.get("transferId") or trip.ids["tranId"]
        queries = {
            "type": {"type": "FUND_PFUTURES"},
            "accounts-or-transferId": {"transferId": number},
            "accounts-or-tranId": {"tranId": number},
        }
        for answer, query in queries.items():
            reply = target.get(TRANSFER_RECORDS, **query)
            rows = shapes.record_rows(reply.json) if reply.json.get("code", 0) == 0 else []
            found = [row for row in rows if str(row["transferId"]) == number]
            if found and (answer == "type" or len(rows) == 1):
                meets("V12", answer)
                assert isinstance(found[0]["transferId"], str)
                assert isinstance(found[0]["amount"], str)
                assert Decimal(found[0]["amount"]) == trip.amount


@pytest.mark.clause("XFER-3", "REC-1", "REC-4")
def test_where_an_answer_shows_two_numbers_each_answers_to_its_own_query(target: Target) -> None:
    with RoundTrip(target, BY_ACCOUNTS) as trip:
        ids = trip.ids
        if len(ids) == 2:
            assert ids["tranId"] != ids["transferId"]
            for path, name in ((TRANSFERS, "tranId"), (TRANSFER_RECORDS, "transferId")):
                found = {
                    number: [
                        str(row[name]) for row in shapes.record_rows(target.get(path, **{name: number}).json)
                    ]
                    for number in ids.values()
                }
                assert found == {number: [number] if number == ids[name] else [] for number in ids.values()}


@pytest.mark.clause("XFER-4")
def test_an_amount_above_the_free_balance_moves_nothing(target: Target, meets: Meet) -> None:
    before = fund_of(target)
    reply = target.post(TRANSFER, type="FUND_PFUTURES", asset=ASSET, amount=TOO_MUCH)
    meets("V6", *shapes.transfer_failure(reply.json))
    assert reply.json.get("code") == 100202
    assert fund_of(target) == before


@pytest.mark.clause("XFER-5")
@pytest.mark.parametrize("amount", ["0", "-1", "1e-8", "", "one", "0.000000000000000000001"])
def test_an_amount_that_is_no_positive_plain_decimal_moves_nothing(target: Target, amount: str) -> None:
    before = fund_of(target)
    assert target.post(TRANSFER, type="FUND_PFUTURES", asset=ASSET, amount=amount).code == 100400
    assert fund_of(target) == before


@pytest.mark.clause("XFER-6")
def test_an_unknown_coin_is_refused(target: Target) -> None:
    assert target.post(TRANSFER, type="FUND_PFUTURES", asset="NOSUCHCOIN", amount="1").code == 100437


@pytest.mark.clause("XFER-7")
@pytest.mark.parametrize(
    "direction",
    [{}, {"type": "FUND_FUND"}, {"fromAccount": "fund", "toAccount": "fund"}, {"fromAccount": "fund"}],
    ids=["none", "unknown", "to itself", "half"],
)
def test_a_transfer_without_a_direction_is_refused(target: Target, direction: dict[str, str]) -> None:
    order = {**direction, "asset": ASSET, "amount": "0.00000001"}
    assert target.ask("POST", TRANSFER, order).code == 100400


@pytest.mark.clause("XFER-10")
@pytest.mark.fake_only("it spends everything that the account holds")
def test_what_was_spent_cannot_be_spent_again(target: Target) -> None:
    order = {"type": "FUND_PFUTURES", "asset": ASSET, "amount": f"{fund_of(target):f}"}
    codes = [target.ask("POST", TRANSFER, order).code for _ in range(3)]
    assert codes == [0, 100202, 100202]
    assert fund_of(target) == 0
