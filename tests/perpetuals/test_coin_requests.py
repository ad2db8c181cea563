"""What requests about coin-margined perpetuals get: what is declined, in which words, whose the mode is."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from support.sender import ALICE, NOW_MS, Reply, Sender

from bingx_fake import FakeExchange

TRADE, USER = "/openApi/cswap/v1/trade", "/openApi/cswap/v1/user"
DUAL = "/openApi/swap/v1/positionSide/dual"
BID = {"symbol": "BTC-USD", "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "50000"}


@pytest.fixture
def sender() -> Iterator[Sender]:
    with FakeExchange(frozen_at_ms=NOW_MS, market="constant") as exchange:
        exchange.credit(ALICE, "coinMPerp", "BTC", "0.1")
        yield Sender(exchange)


def place(sender: Sender, **changed: str) -> Reply:
    return sender.post(f"{TRADE}/order", **BID | changed)


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        (
            {"symbol": "BTC-USDT"},
            109425,
            "BTC-USDT not exist, please verify it in api endpoint /openApi/cswap",
        ),
        ({"quantity": "0.9"}, 101400, "The minimum order amount is 1 contract."),
        ({"quantity": "100001"}, 101400, "must be less than 10000000 USD"),
        ({"quantity": "10000"}, 101204, "Insufficient margin"),
        ({"positionSide": "LONG"}, 109400, "can only be set to BOTH"),
    ],
)
def test_an_order_is_declined_in_words_of_contracts_and_usd(
    sender: Sender, changed: dict[str, str], code: int, said: str
) -> None:
    answer = place(sender, **changed)
    assert answer.code == code
    assert said in answer.json["msg"]


def test_parts_of_a_contract_are_cut_off(sender: Sender) -> None:
    assert place(sender, quantity="2.9").data["quantity"] == 2


def test_the_least_and_the_highest_leverage_are_told(sender: Sender) -> None:
    too_high = sender.post(f"{TRADE}/leverage", symbol="BTC-USD", side="LONG", leverage="151")
    assert (too_high.code, too_high.json["msg"]) == (101414, "The maximum leverage is 150")
    assert sender.post(f"{TRADE}/leverage", symbol="SOL-USD", side="LONG", leverage="51").code == 101414


def test_the_position_mode_is_the_accounts_and_stays_while_anything_is_open(sender: Sender) -> None:
    assert place(sender).code == 0
    assert sender.post(DUAL, dualSidePosition="true").code == 104103
    sender.post(f"{TRADE}/allOpenOrders")
    assert sender.post(DUAL, dualSidePosition="true").code == 0
    assert place(sender).data["positionSide"] == "LONG", "where an order does not say"
    assert place(sender, positionSide="SHORT", side="SELL", price="70000").data["positionSide"] == "SHORT"
    assert sender.post(DUAL, dualSidePosition="false").code == 104103


def test_what_is_available_counts_profits_and_what_may_be_moved_does_not(sender: Sender) -> None:
    assert place(sender, type="MARKET", quantity="50").code == 0
    sender.exchange.market("BTC-USD", "coinm").mark("66000")
    (coin,) = sender.get(f"{USER}/balance", symbol="BTC-USD").data
    assert Decimal(coin["unrealizedProfit"]) > 0
    shown = Decimal(coin["availableMargin"])
    assert abs(shown - Decimal(coin["equity"]) + Decimal(coin["usedMargin"])) <= Decimal("0.00000001")
    less = Decimal(coin["balance"]) - Decimal(coin["usedMargin"])
    may = sender.exchange.call(lambda inner: inner.books.ledger.may_leave(ALICE, "coinMPerp", "BTC"))
    assert abs(may - less) <= Decimal("0.00000001")
    assert may < shown


def test_what_is_held_of_one_kind_is_in_no_answer_about_the_other(sender: Sender) -> None:
    assert place(sender, type="MARKET").code == 0
    assert place(sender).code == 0
    swap: list[Any] = [
        sender.get("/openApi/swap/v2/user/positions").data,
        sender.get("/openApi/swap/v2/trade/openOrders").data["orders"],
        sender.get("/openApi/swap/v2/user/income").data,
        sender.post("/openApi/swap/v2/trade/closeAllPositions").data["success"],
    ]
    assert swap == [[], [], [], []]
    assert len(sender.get(f"{USER}/positions").data) == 1
    assert {it["uid"] for it in sender.exchange.positions()} == {ALICE}
    assert {it["product"] for it in sender.exchange.orders(ALICE)} == {"coinm"}
