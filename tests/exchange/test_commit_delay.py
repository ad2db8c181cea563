"""Writes that are answered now and take effect later: ``commit-delay``."""

import contextlib
from decimal import Decimal
from http.client import HTTPException
from typing import Any

import pytest
import requests
from support.sender import (
    ALICE,
    BOB,
    INNER_RECORDS,
    INNER_TRANSFER,
    NOW_MS,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    TRANSFER_RECORDS,
    Sender,
)

from bingx_fake import FakeExchange

LATER_MS = 2_000
TO_BOB: dict[str, Any] = {
    "coin": "USDT",
    "amount": "10",
    "userAccountType": 1,
    "userAccount": BOB,
    "walletType": 1,
}


def move(sender: Sender, amount: object = 100) -> Any:
    """Ask for a transfer from fund to USDTMPerp; the answer."""
    return sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=amount)


def records(exchange: FakeExchange) -> list[tuple[str, int]]:
    """Ids and times of alice's transfers, newest first."""
    rows = Sender(exchange).call("GET", TRANSFER_RECORDS, timestamp=exchange.clock.now_ms()).data
    return [(row["transferId"], row["timestamp"]) for row in rows]


def inner_records(exchange: FakeExchange, **query: Any) -> list[tuple[int, int]]:
    """Ids and times of alice's internal transfers, newest first."""
    sender, now_ms = Sender(exchange), exchange.clock.now_ms()
    rows = sender.call("GET", INNER_RECORDS, {"coin": "USDT", **query}, timestamp=now_ms).data["data"]
    return [(row["id"], row["time"]) for row in rows]


def money(exchange: FakeExchange) -> tuple[Any, ...]:
    """What alice's fund account has free and locked, and what is free in her perpetual futures account."""
    fund = exchange.balance(ALICE, "fund", "USDT")
    return fund.free, fund.locked, exchange.balance(ALICE, "USDTMPerp", "USDT").free


def funds(exchange: FakeExchange) -> list[tuple[Any, ...]]:
    """What alice's and bob's fund accounts have free and locked."""
    return [tuple(exchange.balance(uid, "fund", "USDT")) for uid in (ALICE, BOB)]


def assert_conserved(exchange: FakeExchange) -> None:
    """The books balance, and no USDT came or went."""
    exchange.call(lambda inner: inner.books.ledger.assert_conserved())
    held = exchange.call(lambda inner: list(inner.books.ledger.books()))
    total = sum(
        balance.free + balance.locked for _, _, book in held for balance in [book["USDT"]] if "USDT" in book
    )
    assert total == Decimal("1900.5")


@pytest.fixture(autouse=True)
def _money_is_conserved(exchange: FakeExchange) -> Any:
    yield
    assert_conserved(exchange)


def test_a_transfer_is_answered_at_once_and_made_later(exchange: FakeExchange) -> None:
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        answer = move(Sender(exchange))
    transfer_id = answer.data["transferId"]
    assert answer.json["timestamp"] == NOW_MS
    assert money(exchange) == (900, 100, 100)
    assert records(exchange) == []
    exchange.clock.advance(LATER_MS - 1)
    assert money(exchange) == (900, 100, 100)
    assert records(exchange) == []
    exchange.clock.advance(1)
    assert money(exchange) == (900, 0, 200)
    assert records(exchange) == [(transfer_id, NOW_MS + LATER_MS)]


def test_an_internal_transfer_is_answered_at_once_and_made_later(exchange: FakeExchange) -> None:
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        sent = Sender(exchange).post(INNER_TRANSFER, **TO_BOB, transferClientId="abc").data
    assert funds(exchange) == [(990, 10), (500, 0)]
    assert inner_records(exchange) == inner_records(exchange, transferClientId="abc") == []
    assert inner_records(exchange, id=sent["id"]) == []
    exchange.clock.advance(LATER_MS)
    assert funds(exchange) == [(990, 0), (510, 0)]
    made = [(int(sent["id"]), NOW_MS + LATER_MS)]
    assert inner_records(exchange) == inner_records(exchange, transferClientId="abc") == made


def test_the_journal_says_that_the_request_takes_effect(exchange: FakeExchange) -> None:
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        move(Sender(exchange))
    (entry,) = exchange.requests
    assert (entry["fault"], entry["applied"], entry["code"]) == ("commit-delay", True, 0)


PARTNERS = [
    {"kind": "reset"},
    {"kind": "empty"},
    {"kind": "truncate"},
    {"kind": "dribble", "ms": 0},
    {"kind": "latency", "ms": 0},
    {"kind": "http-error", "status": 504},
    {"kind": "html-error"},
    {"kind": "malformed"},
    {"kind": "redirect"},
]


@pytest.mark.parametrize("partner", PARTNERS, ids=lambda order: str(order["kind"]))
@pytest.mark.parametrize("delay_first", [True, False])
def test_with_another_fault_the_answer_is_lost_and_the_request_still_takes_effect_later(
    exchange: FakeExchange, partner: dict[str, Any], delay_first: bool
) -> None:
    orders = [{"kind": "commit-delay", "ms": LATER_MS}, {**partner, "phase": "after"}]
    exchange.play([{"domain": "com", **order} for order in (orders if delay_first else reversed(orders))])
    with contextlib.suppress(OSError, HTTPException, ValueError):
        move(Sender(exchange))
    (entry,) = exchange.requests
    assert (entry["fault"], entry["applied"]) == (partner["kind"], True)
    assert money(exchange) == (900, 100, 100)
    exchange.clear_faults()
    exchange.clock.advance(LATER_MS)
    assert money(exchange) == (900, 0, 200)
    assert [at_ms for _, at_ms in records(exchange)] == [NOW_MS + LATER_MS]


@pytest.mark.parametrize(
    "partner",
    [{"kind": "empty"}, {"kind": "http-error"}, {"kind": "business-error"}, {"kind": "rate-limit"}],
    ids=str,
)
def test_a_request_that_another_fault_keeps_from_being_applied_has_nothing_to_delay(
    exchange: FakeExchange, partner: dict[str, Any]
) -> None:
    exchange.play([{"domain": "com", "kind": "commit-delay", "ms": LATER_MS}, {"domain": "com", **partner}])
    with contextlib.suppress(HTTPException):
        move(Sender(exchange))
    assert money(exchange) == (1000, 0, 100)
    assert exchange.call(lambda inner: inner.faults.describe())[0]["hits"] == 0


def test_a_late_request_is_delayed_from_its_arrival(exchange: FakeExchange) -> None:
    exchange.play(
        [
            {"domain": "com", "kind": "latency", "ms": 20},
            {"domain": "com", "kind": "commit-delay", "ms": LATER_MS},
        ]
    )
    assert move(Sender(exchange)).code == 0
    assert (money(exchange), exchange.requests[-1]["applied"]) == ((900, 100, 100), True)


def test_the_amount_cannot_be_spent_twice_in_the_meantime(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        assert move(sender, 900).code == 0
        assert move(sender, 101).code == 100202
    assert move(sender, 101).code == 100202
    assert move(sender, 100).code == 0
    exchange.clock.advance(LATER_MS)
    assert money(exchange) == (0, 0, 1100)


def test_the_amount_cannot_be_unlocked_or_taken_out_in_the_meantime(exchange: FakeExchange) -> None:
    def change(how: str, amount: str) -> int:
        body = {"account": "fund", "asset": "USDT", "amount": amount}
        return requests.post(f"{exchange.control_url}/users/{ALICE}/{how}", json=body, timeout=10).status_code

    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        move(Sender(exchange))
    assert change("lock", "5") == 200
    assert (change("unlock", "6"), change("debit", "896")) == (400, 400)
    assert change("unlock", "5") == 200
    exchange.clock.advance(LATER_MS)
    assert money(exchange) == (900, 0, 200)


def test_what_the_gateway_or_the_books_refuse_is_refused_as_ever(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    with exchange.fault("com", "commit-delay", ms=LATER_MS) as fault_id:
        assert sender.call("POST", TRANSFER, {"asset": "USDT"}, secret="wrong").code == 100001
        assert sender.raw("POST", TRANSFER).code == 100413
        assert exchange.requests[-1]["fault"] is None, "what the gateway refuses cannot be delayed"
        assert move(sender, 1001).code == 100202
        faults = exchange.call(lambda inner: inner.faults.describe())
    assert [(fault["id"], fault["hits"]) for fault in faults] == [(fault_id, 1)]
    exchange.clock.advance(LATER_MS)
    assert money(exchange) == (1000, 0, 100)


def test_reads_do_not_meet_it(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    with exchange.fault("com", "commit-delay", ms=LATER_MS, times=1):
        sender.raw("GET", SERVER_TIME)
        sender.get(SPOT_BALANCE)
        move(sender, 100)
        move(sender, 1)
    assert money(exchange) == (899, 100, 101)
    assert [entry["fault"] for entry in exchange.requests] == [None, None, "commit-delay", None]


def test_a_repeated_client_id_gets_the_first_answer_while_the_transfer_is_pending(
    exchange: FakeExchange,
) -> None:
    sender = Sender(exchange)
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        first = sender.post(INNER_TRANSFER, **TO_BOB, transferClientId="abc").data
        again = sender.post(INNER_TRANSFER, **TO_BOB, transferClientId="abc").data
    without_fault = Sender(exchange, "pro").post(INNER_TRANSFER, **TO_BOB, transferClientId="abc").data
    other = sender.post(INNER_TRANSFER, **(TO_BOB | {"amount": "11"}), transferClientId="abc").code
    assert (again, without_fault, other) == (first, first, 100400)
    assert [entry["applied"] for entry in exchange.requests] == [True, False, False, False]
    exchange.clock.advance(LATER_MS)
    assert exchange.balance(BOB, "fund", "USDT").free == 510
    again = sender.call(
        "POST", INNER_TRANSFER, TO_BOB | {"transferClientId": "abc"}, timestamp=NOW_MS + LATER_MS
    ).data
    assert again == first


def test_pending_transfers_without_a_client_id_are_not_taken_for_one_another(exchange: FakeExchange) -> None:
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        ids = {Sender(exchange).post(INNER_TRANSFER, **TO_BOB).data["id"] for _ in range(3)}
    exchange.clock.advance(LATER_MS)
    assert len(ids) == len(inner_records(exchange)) == 3
    assert exchange.balance(BOB, "fund", "USDT").free == 530


def test_transfers_are_made_in_the_order_in_which_they_are_due(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    ids = []
    for later_ms in (3000, 1000, 2000, 1000):
        with exchange.fault("com", "commit-delay", ms=later_ms):
            ids.append(move(sender, 1).data["transferId"])
    exchange.clock.advance(2500)
    assert records(exchange) == [(ids[2], NOW_MS + 2000), (ids[3], NOW_MS + 1000), (ids[1], NOW_MS + 1000)]
    all_transfers = exchange.call(lambda inner: list(inner.books.ledger.all_transfers()))
    made = [str(transfer.transfer_id) for transfer in all_transfers]
    assert made == [ids[1], ids[3], ids[2]]


@pytest.mark.parametrize("look", ["balance", "state", "control", "read", "write"])
def test_whoever_looks_first_sees_what_is_due(exchange: FakeExchange, look: str) -> None:
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        move(Sender(exchange))
    exchange.clock.advance(LATER_MS)
    sender, now_ms = Sender(exchange), NOW_MS + LATER_MS
    if look == "balance":
        assert exchange.balance(ALICE, "USDTMPerp", "USDT").free == 200
    elif look == "state":
        assert exchange.state["users"][0]["balances"]["USDTMPerp"]["USDT"] == "200"
    elif look == "control":
        state = requests.get(f"{exchange.control_url}/state", timeout=10).json()
        assert state["users"][0]["balances"]["USDTMPerp"]["USDT"] == "200"
    elif look == "read":
        assert len(sender.call("GET", TRANSFER_RECORDS, timestamp=now_ms).data) == 1
    else:
        back = {"type": "PFUTURES_FUND", "asset": "USDT", "amount": 200}
        assert sender.call("POST", TRANSFER, back, timestamp=now_ms).code == 0


def test_the_state_shows_a_pending_amount_as_locked(exchange: FakeExchange) -> None:
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        move(Sender(exchange))
    assert exchange.state["users"][0]["balances"]["fund"]["USDT"] == {"free": "900", "locked": "100"}
    assert "transfers" not in exchange.state


def test_a_clock_that_is_set_back_does_not_undo_what_was_due(exchange: FakeExchange) -> None:
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        move(Sender(exchange))
    exchange.clock.advance(LATER_MS)
    exchange.clock.freeze(NOW_MS)
    assert money(exchange) == (900, 0, 200)


def test_a_clock_that_runs_brings_it_too(exchange: FakeExchange) -> None:
    exchange.clock.run()
    with exchange.fault("com", "commit-delay", ms=200):
        now_ms = exchange.clock.now_ms()
        parameters = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 100}
        assert Sender(exchange).call("POST", TRANSFER, parameters, timestamp=now_ms).code == 0
    while money(exchange) != (900, 0, 200):
        assert exchange.clock.now_ms() < now_ms + 60_000
    assert exchange.clock.now_ms() >= now_ms + 200


def test_a_delay_of_nothing_is_none(exchange: FakeExchange) -> None:
    with exchange.fault("com", "commit-delay", ms=0):
        move(Sender(exchange))
    assert money(exchange) == (900, 0, 200)
    assert [at_ms for _, at_ms in records(exchange)] == [NOW_MS]


@pytest.mark.parametrize("how", ["reset", "load"])
def test_new_books_know_nothing_of_what_was_pending(exchange: FakeExchange, how: str) -> None:
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        move(Sender(exchange))
    if how == "reset":
        exchange.reset()
        exchange.clock.freeze(NOW_MS)
    else:
        exchange.load(None)
    exchange.clock.advance(10 * LATER_MS)
    assert money(exchange) == (1000, 0, 100)
    assert records(exchange) == []


def test_it_can_be_narrowed_and_counted_like_any_other(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    with exchange.fault("*", "commit-delay", ms=LATER_MS, path="*/innerTransfer/*", skip=1, times=1):
        move(sender)
        for _ in range(3):
            sender.post(INNER_TRANSFER, **TO_BOB)
    assert [entry["fault"] for entry in exchange.requests] == [None, None, "commit-delay", None]


def test_every_route_that_moves_money_can_be_delayed(exchange: FakeExchange) -> None:
    sender = Sender(exchange)
    with exchange.fault("com", "commit-delay", ms=LATER_MS):
        for path in ("/openApi/api/v3/post/asset/transfer", "/openApi/api/v3/asset/transfer"):
            assert sender.post(path, type="FUND_PFUTURES", asset="USDT", amount=1).code == 0
    assert money(exchange) == (998, 2, 100)
