"""Transfers between own accounts: the write, the older routes, the coins."""

from typing import Any

import pytest
from support.sender import ALICE, COINS, NOW_MS, TRANSFER, TRANSFERS, Sender

from bingx_contracts import TRANSFER_TYPES
from bingx_fake import FakeExchange

OLD_ROUTES = [TRANSFERS, "/openApi/api/v3/post/asset/transfer"]
ACCOUNTS = ["fund", "spot", "stdFutures", "coinMPerp", "USDTMPerp"]


def _free(exchange: FakeExchange, account: str, asset: str = "USDT") -> str:
    return format(exchange.balance(ALICE, account, asset).free, "f")


@pytest.mark.clause("XFER-1")
@pytest.mark.parametrize("name", TRANSFER_TYPES)
def test_each_type_moves_exactly_the_amount(sender: Sender, exchange: FakeExchange, name: str) -> None:
    direction = TRANSFER_TYPES[name]
    for account in ("fund", "stdFutures", "USDTMPerp"):
        exchange.credit(ALICE, account, "TEST", 10)
    assert sender.post(TRANSFER, type=name, asset="TEST", amount="0.00000000000000000001").code == 0
    assert _free(exchange, direction.from_account, "TEST") == "9.99999999999999999999"
    assert _free(exchange, direction.to_account, "TEST") == "10.00000000000000000001"


@pytest.mark.clause("XFER-2")
@pytest.mark.parametrize("source", ACCOUNTS)
@pytest.mark.parametrize("target", ACCOUNTS)
def test_any_two_accounts_can_be_named(
    sender: Sender, exchange: FakeExchange, source: str, target: str
) -> None:
    for account in ACCOUNTS:
        exchange.credit(ALICE, account, "TEST", 10)
    reply = sender.post(TRANSFER, fromAccount=source, toAccount=target, asset="TEST", amount=3)
    if source == target:
        assert reply.code == 100400
    else:
        assert reply.code == 0
        assert (_free(exchange, source, "TEST"), _free(exchange, target, "TEST")) == ("7", "13")


@pytest.mark.clause("XFER-3", "REQ-9")
def test_the_answer_names_the_id_wherever_a_document_looks_for_it(sender: Sender) -> None:
    answer = sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1).json
    tran_id, transfer_id = answer["data"]["tranId"], answer["transferId"]
    assert answer == {
        "code": 0,
        "msg": "",
        "timestamp": NOW_MS,
        "transferId": transfer_id,
        "data": {"tranId": tran_id, "transferId": transfer_id},
    }
    assert (len(tran_id), len(transfer_id)) == (19, 22)
    for number in (tran_id, transfer_id):
        assert int(float(number)) != int(number), "an id that survives a float hides precision mistakes"


@pytest.mark.clause("XFER-4")
@pytest.mark.parametrize("amount", ["1000.00000000000000000001", "1001", "9" * 60])
def test_more_than_is_free_gets_100202_and_moves_nothing(
    sender: Sender, exchange: FakeExchange, amount: str
) -> None:
    before = exchange.state
    assert sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=amount).code == 100202
    assert exchange.state == before


@pytest.mark.clause("XFER-4")
def test_locked_amounts_do_not_move(sender: Sender) -> None:
    assert sender.post(TRANSFER, type="FUND_PFUTURES", asset="BTC", amount="0.51").code == 100202
    assert sender.post(TRANSFER, type="FUND_PFUTURES", asset="BTC", amount="0.5").code == 0


@pytest.mark.clause("XFER-5")
@pytest.mark.parametrize(
    "amount",
    [
        "0",
        "0.0",
        "-1",
        "+1",
        "1e2",
        "1E2",
        ".5",
        "5.",
        "",
        " 1",
        "1 ",
        "1,5",
        "NaN",
        "Infinity",
        "0x1",
        "１",
        "0." + "0" * 20 + "1",
        "0." + "0" * 20,
    ],
)
def test_what_is_no_plain_positive_amount_gets_100400_and_moves_nothing(
    sender: Sender, exchange: FakeExchange, amount: str
) -> None:
    before = exchange.state
    assert sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=amount).code == 100400
    assert exchange.state == before


@pytest.mark.clause("XFER-6")
def test_an_unknown_coin_gets_100437(sender: Sender) -> None:
    assert sender.post(TRANSFER, type="FUND_PFUTURES", asset="NOPE", amount=1).code == 100437


@pytest.mark.clause("XFER-7")
@pytest.mark.parametrize(
    "direction",
    [
        {},
        {"type": "FUND_FUND"},
        {"type": "fund_pfutures"},
        {"fromAccount": "fund"},
        {"toAccount": "spot"},
        {"fromAccount": "fund", "toAccount": "fund"},
        {"fromAccount": "fund", "toAccount": "grid"},
        {"type": "FUND_PFUTURES", "fromAccount": "fund", "toAccount": "spot"},
    ],
)
def test_no_direction_or_a_contradictory_one_gets_100400(sender: Sender, direction: dict[str, str]) -> None:
    assert sender.post(TRANSFER, asset="USDT", amount=1, **direction).code == 100400


@pytest.mark.clause("XFER-2")
def test_type_and_accounts_may_say_the_same(sender: Sender) -> None:
    direction = {"type": "FUND_PFUTURES", "fromAccount": "fund", "toAccount": "USDTMPerp"}
    assert sender.post(TRANSFER, asset="USDT", amount=1, **direction).code == 0


@pytest.mark.parametrize("missing", ["asset", "amount"])
def test_a_missing_parameter_gets_100400_by_name(sender: Sender, missing: str) -> None:
    given: dict[str, Any] = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 1}
    del given[missing]
    reply = sender.post(TRANSFER, **given)
    assert reply.code == 100400
    assert missing in reply.json["msg"]


@pytest.mark.clause("XFER-8")
def test_one_and_one_point_zero_are_the_same_amount(sender: Sender, exchange: FakeExchange) -> None:
    sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="1")
    sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="1.0")
    assert exchange.balance(ALICE, "USDTMPerp", "USDT").free == 102


@pytest.mark.clause("XFER-9")
@pytest.mark.parametrize("path", OLD_ROUTES)
def test_the_older_routes_answer_at_top_level_and_in_data(
    sender: Sender, exchange: FakeExchange, path: str
) -> None:
    answer = sender.post(path, type="FUND_PFUTURES", asset="USDT", amount=1).json
    tran_id, transfer_id = answer["tranId"], answer["data"]["transferId"]
    assert answer == {
        "code": 0,
        "msg": "",
        "timestamp": NOW_MS,
        "tranId": tran_id,
        "data": {"tranId": tran_id, "transferId": transfer_id},
    }
    assert _free(exchange, "fund") == "999"


@pytest.mark.clause("XFER-9")
@pytest.mark.parametrize("path", OLD_ROUTES)
def test_the_older_routes_need_a_type(sender: Sender, path: str) -> None:
    reply = sender.post(path, fromAccount="fund", toAccount="spot", asset="USDT", amount=1)
    assert reply.code == 100400


def test_only_the_callers_own_accounts_are_touched(sender: Sender, exchange: FakeExchange) -> None:
    sender.call("POST", TRANSFER, {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 1}, key="bob-key")
    assert _free(exchange, "fund") == "1000"
    assert exchange.balance(16780001, "fund", "USDT").free == 499


@pytest.mark.clause("COINS-1")
def test_coins_are_listed_without_accounts(sender: Sender) -> None:
    assert sender.get(COINS).json == {
        "code": 0,
        "msg": "",
        "data": [
            {"coin": "USDT", "name": "Tether USD", "asset": "USDT", "amount": "1350.5"},
            {"coin": "BTC", "name": "Bitcoin", "asset": "BTC", "amount": "0.5"},
            {"coin": "ETH", "name": "Ethereum", "asset": "ETH", "amount": "2"},
            {"coin": "VST", "name": "Virtual USDT", "asset": "VST", "amount": "0"},
        ],
    }


@pytest.mark.clause("COINS-1")
def test_coins_with_accounts_show_what_is_free_in_the_first(sender: Sender) -> None:
    rows = sender.get(COINS, fromAccount="spot", toAccount="fund").data
    assert {row["coin"]: row["amount"] for row in rows} == {
        "USDT": "250.5",
        "BTC": "0",
        "ETH": "2",
        "VST": "0",
    }


@pytest.mark.parametrize(
    "half", [{"fromAccount": "spot"}, {"toAccount": "spot"}, {"fromAccount": "x", "toAccount": "y"}]
)
def test_coins_with_half_a_direction_get_100400(sender: Sender, half: dict[str, str]) -> None:
    assert sender.get(COINS, **half).code == 100400
