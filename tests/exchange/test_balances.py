"""The three balance reads."""

import pytest
from support.sender import FUND_BALANCE, NOW_MS, OVERVIEW, SPOT_BALANCE, Sender

from bingx_fake import FakeExchange

SMALLEST = "0.00000000000000000001"


@pytest.mark.clause("BAL-1")
def test_the_spot_balance_lists_asset_free_and_locked_as_strings(sender: Sender) -> None:
    assert sender.get(SPOT_BALANCE).json == {
        "code": 0,
        "msg": "",
        "debugMsg": "",
        "data": {
            "balances": [
                {"asset": "USDT", "free": "250.5", "locked": "0"},
                {"asset": "ETH", "free": "2", "locked": "0"},
            ]
        },
    }


@pytest.mark.clause("BAL-2")
def test_the_fund_balance_is_found_wherever_a_document_looks_for_it(sender: Sender) -> None:
    usdt = {"asset": "USDT", "free": "1000", "locked": "0"}
    btc = {"asset": "BTC", "free": "0.5", "locked": "0.1"}
    by_asset = {"USDT": usdt, "BTC": btc}
    assert sender.get(FUND_BALANCE).json == {
        "code": 0,
        "msg": "",
        "debugMsg": "",
        "data": {
            "balances": [usdt, btc],
            "assets": [usdt, btc],
            "balance": by_asset,
            "data": {"balance": by_asset},
        },
    }


@pytest.mark.clause("BAL-3")
def test_the_fund_balance_can_be_asked_for_one_asset(sender: Sender) -> None:
    assert [row["asset"] for row in sender.get(FUND_BALANCE, asset="BTC").data["balances"]] == ["BTC"]


@pytest.mark.clause("REC-7")
def test_an_asset_never_held_is_an_empty_list(sender: Sender) -> None:
    data = sender.get(FUND_BALANCE, asset="ETH").data
    assert data["balances"] == []
    assert data["balance"] == {}


@pytest.mark.parametrize("asset", ["usdt", "", "A" * 21, "US-DT", "USDT\n"])
def test_what_cannot_be_an_asset_gets_100400(sender: Sender, asset: str) -> None:
    assert sender.get(FUND_BALANCE, asset=asset).code == 100400


@pytest.mark.clause("REQ-9")
def test_twenty_places_and_thirty_digits_are_served_exactly(sender: Sender, exchange: FakeExchange) -> None:
    exchange.load(
        {
            "users": [
                {
                    "uid": 16779999,
                    "keys": [{"key": "alice-key", "secret": "alice-secret", "permissions": ["read"]}],
                    "balances": {"spot": {"A": SMALLEST, "B": "123456789012345678901234567890.5"}},
                }
            ]
        }
    )
    rows = sender.get(SPOT_BALANCE).data["balances"]
    assert [row["free"] for row in rows] == [SMALLEST, "123456789012345678901234567890.5"]


def test_a_user_who_holds_nothing_has_an_empty_spot_account(sender: Sender) -> None:
    assert sender.call("GET", SPOT_BALANCE, key="bob-key").data == {"balances": []}


def test_an_asset_that_was_all_moved_away_stays_listed_with_zero(
    sender: Sender, exchange: FakeExchange
) -> None:
    sender.post("/openApi/api/asset/v1/transfer", asset="ETH", amount=2, fromAccount="spot", toAccount="fund")
    rows = sender.get(SPOT_BALANCE).data["balances"]
    assert {"asset": "ETH", "free": "0", "locked": "0"} in rows


@pytest.mark.clause("BAL-4")
def test_the_overview_lists_every_account_type_with_its_worth_in_usdt(sender: Sender) -> None:
    reply = sender.get(OVERVIEW)
    # fund 1000 USDT and 0.6 BTC at 60000, spot 250.5 USDT and 2 ETH at 3000
    worth = {"sopt": "43250.5", "USDTMPerp": "100"}
    names = ["sopt", "stdFutures", "coinMPerp", "USDTMPerp", "copyTrading", "grid", "eran", "c2c"]
    assert reply.json == {
        "code": 0,
        "msg": "",
        "timestamp": NOW_MS,
        "data": [
            {
                "accountType": name,
                "usdtBalance": worth.get(name, "0"),
                "asset": "USDT",
                "balance": worth.get(name, "0"),
            }
            for name in names
        ],
    }


@pytest.mark.clause("BAL-5")
@pytest.mark.parametrize(("asked", "named"), [("grid", "grid"), ("sopt", "sopt"), ("spot", "sopt")])
def test_the_overview_can_be_asked_for_one_account_type(sender: Sender, asked: str, named: str) -> None:
    assert [row["accountType"] for row in sender.get(OVERVIEW, accountType=asked).data] == [named]


@pytest.mark.clause("BAL-5")
@pytest.mark.parametrize("account_type", ["fund", "SOPT", "", "futures"])
def test_an_unknown_account_type_gets_100400(sender: Sender, account_type: str) -> None:
    assert sender.get(OVERVIEW, accountType=account_type).code == 100400


def test_an_asset_without_a_price_counts_nothing(sender: Sender, exchange: FakeExchange) -> None:
    exchange.credit(16779999, "fund", "DOGE", "1000000")
    assert sender.get(OVERVIEW, accountType="sopt").data[0]["usdtBalance"] == "43250.5"


def test_an_assets_worth_follows_its_market_and_a_mark_before_that(
    sender: Sender, exchange: FakeExchange
) -> None:
    exchange.load(exchange.state | {"prices": {}})
    user = exchange.state["users"][0]["uid"]
    exchange.credit(user, "grid", "BTC", "2")

    def worth() -> str:
        told: str = sender.get(OVERVIEW, accountType="grid").data[0]["usdtBalance"]
        return told

    worths = [worth()]
    exchange.market("BTC-USDT").move(50000)
    worths.append(worth())
    exchange.market("BTC-USDT").mark(41000)
    worths.append(worth())
    assert worths == ["120000", "100000", "82000"]


def test_a_worth_is_cut_to_twenty_places(sender: Sender, exchange: FakeExchange) -> None:
    state = exchange.state
    state["prices"]["ETH"] = "0.33333333333333333333"
    state["users"][0]["balances"] = {"spot": {"ETH": "0.1"}}
    exchange.load(state)
    assert sender.get(OVERVIEW, accountType="sopt").data[0]["usdtBalance"] == "0.03333333333333333333"


def test_a_worth_is_cut_once_for_all_that_it_adds_up(sender: Sender, exchange: FakeExchange) -> None:
    state = exchange.state
    state["prices"]["ETH"] = "0.00000000000000000001"
    state["users"][0]["balances"] = {"fund": {"ETH": "0.5"}, "spot": {"ETH": "0.5"}}
    exchange.load(state)
    assert sender.get(OVERVIEW, accountType="sopt").data[0]["usdtBalance"] == SMALLEST
