"""What is due on the exchange's clock happens whoever asks, and when nobody does."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
import requests
from support.sender import (
    ALICE,
    COINS,
    FUND_BALANCE,
    NOW_MS,
    SERVER_TIME,
    TRANSFER,
    TRANSFER_RECORDS,
    Sender,
)

from bingx_fake import FakeExchange
from bingx_fake.agenda import MOST_STEPS, Rank
from bingx_fake.clock import ExchangeClock
from bingx_fake.exchange import Exchange
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.real_time import real_s
from bingx_fake.settings import Settings
from bingx_fake.state.files import build, read_form


@dataclass(frozen=True)
class _Step:
    """A step of a market, as it were."""

    name: str = "step"


def move(exchange: FakeExchange, delay_ms: int) -> None:
    """Move 100 USDT of alice's from fund to USDTMPerp, later."""
    now_ms = exchange.clock.now_ms()
    order = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 100}
    with exchange.fault("com", "commit-delay", ms=delay_ms):
        assert Sender(exchange).call("POST", TRANSFER, order, timestamp=now_ms).code == 0


def unasked(exchange: FakeExchange) -> Any:
    """What is free in alice's perpetual futures account, without asking for what is due."""
    return exchange.call(lambda inner: inner._books.ledger.balance(ALICE, "USDTMPerp", "USDT").free)


def happens(condition: Callable[[], bool]) -> bool:
    end_s = real_s() + 30
    while not condition():
        if real_s() > end_s:
            return False
    return True


def expected(exchange: FakeExchange) -> list[tuple[int, str]]:
    """When something is due, and of which rank."""
    return exchange.call(lambda inner: [(item.at_ms, item.rank.name) for item in inner.agenda])


def test_an_advance_of_a_frozen_clock_does_it_all(exchange: FakeExchange) -> None:
    move(exchange, 2_000)
    exchange.clock.advance(1_999)
    assert (unasked(exchange), expected(exchange)) == (100, [(NOW_MS + 2_000, "COMMIT")])
    exchange.clock.advance(1)
    assert (unasked(exchange), expected(exchange)) == (200, [])


@pytest.mark.parametrize("others", [[], [{"domain": "pro", "kind": "refuse", "at_ms": 3_600_000}]])
def test_while_the_clock_runs_a_timer_does_it(exchange: FakeExchange, others: list[dict[str, Any]]) -> None:
    exchange.clock.run()
    exchange.play([*others, {"domain": "com", "kind": "commit-delay", "ms": 100}])
    order = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 100}
    assert Sender(exchange).call("POST", TRANSFER, order, timestamp=exchange.clock.now_ms()).code == 0
    assert happens(lambda: unasked(exchange) == 200)


def test_what_comes_due_while_the_timer_is_at_work_is_done_too(exchange: FakeExchange) -> None:
    done: list[str] = []

    def add(inner: Exchange) -> None:
        def work(step: _Step, at_ms: int) -> None:
            done.append(step.name)
            if step.name == "long":
                due_ms = inner.clock.now_ms() + 1
                inner.agenda.add(due_ms, _Step("short"))
                while inner.clock.now_ms() <= due_ms:
                    pass

        inner.agenda.learn(_Step, Rank.SOURCE, work)
        inner.agenda.add(inner.clock.now_ms() + 50, _Step("long"))

    exchange.clock.run()
    exchange.call(add)
    assert happens(lambda: done == ["long", "short"])


def test_the_timer_does_what_came_due_while_the_clock_stood_still(exchange: FakeExchange) -> None:
    exchange.clock.run()
    move(exchange, 600)
    exchange.clock.freeze()
    now_ms = exchange.clock.now_ms()
    exchange.clock.run(offset_ms=1_000)
    assert exchange.clock.now_ms() >= now_ms
    assert happens(lambda: unasked(exchange) == 200)


def test_it_is_known_when_faults_on_connections_begin_and_end(exchange: FakeExchange) -> None:
    ids = exchange.play(
        [
            {"domain": "com", "kind": "refuse", "at_ms": 10_000, "for_ms": 5_000},
            {"domain": "pro", "kind": "blackhole", "for_ms": 12_000},
            {"domain": "pro", "kind": "refuse"},
            {"domain": "com", "kind": "timeout", "at_ms": 11_000},
        ]
    )
    changes = [(NOW_MS + after_ms, "FAULT") for after_ms in (10_000, 12_000, 15_000)]
    assert expected(exchange) == changes
    exchange.clock.advance(11_000)
    assert expected(exchange) == changes[1:]
    exchange.clock.freeze(NOW_MS + 9_000)
    assert expected(exchange) == changes, "a clock that is set back sees it again"
    exchange.call(lambda inner: inner.remove_fault(ids[0]))
    assert expected(exchange) == [changes[1]]
    exchange.clear_faults()
    assert expected(exchange) == []


def test_a_schedule_starts_again_with_a_reset(exchange: FakeExchange) -> None:
    move(exchange, 500)
    exchange.play([{"domain": "com", "kind": "refuse", "at_ms": 10_000}])
    exchange.reset()
    exchange.clock.freeze(NOW_MS)
    assert expected(exchange) == []


def test_others_can_come_between_the_steps_of_an_advance(exchange: FakeExchange) -> None:
    move(exchange, 1_000)
    move(exchange, 2_000)

    def advance(inner: Exchange) -> list[Any]:
        seen: list[Any] = []
        inner.set_clock(lambda clock: clock.advance(3_000))
        for at_ms in inner.due_steps():
            fund = inner._books.ledger.balance(ALICE, "fund", "USDT")
            seen.append((at_ms - NOW_MS, inner.clock.now_ms() - NOW_MS, fund.locked))
        return seen

    assert exchange.call(advance) == [(1_000, 3_000, 100), (2_000, 3_000, 0)]


# Without a timer


class Alone:
    """An exchange that nobody keeps a timer for, and a step in 100 ms."""

    def __init__(self) -> None:
        self.now_ms, self.done = NOW_MS, list[int]()
        clock = ExchangeClock(lambda: self.now_ms)
        self.exchange = Exchange(Settings(read_form(None), lambda: clock))
        self.exchange.agenda.learn(_Step, Rank.SOURCE, lambda _, at_ms: self.done.append(at_ms - NOW_MS))
        self.exchange.agenda.add(NOW_MS + 100, _Step())


ASKED: dict[str, Callable[[Exchange], object]] = {
    "a request": lambda inner: inner.receive(WireRequest("com", "GET", SERVER_TIME, {}, b"", "127.0.0.1")),
    "books": lambda inner: inner.books,
    "state": lambda inner: inner.state(),
    "a timer": lambda inner: inner.keep_up(),
    "a clock set back": lambda inner: inner.change_clock(lambda clock: clock.freeze(NOW_MS)),
}


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_due_is_done_before_anything_that_is_asked(asked: str) -> None:
    alone = Alone()
    alone.now_ms += 99
    ASKED[asked](alone.exchange)
    assert alone.done == []
    alone.exchange.change_clock(lambda clock: clock.run())
    alone.now_ms += 900
    ASKED[asked](alone.exchange)
    assert alone.done == [100]


def test_it_is_done_when_the_clock_that_is_changed_has_passed_it() -> None:
    alone = Alone()
    alone.exchange.change_clock(lambda clock: clock.advance(100))
    assert alone.done == [100]


# Too much at once


def add_steps(inner: Exchange) -> None:
    inner.agenda.learn(_Step, Rank.SOURCE, lambda step, at_ms: None)
    inner.agenda.add(NOW_MS + 1, _Step(), every_ms=1)


@pytest.fixture
def stepping(exchange: FakeExchange) -> FakeExchange:
    """Something is due each millisecond, and a transfer in a second."""
    exchange.call(add_steps)
    move(exchange, 1_000)
    return exchange


def test_an_advance_of_more_than_a_million_steps_is_refused_and_changes_nothing(
    stepping: FakeExchange,
) -> None:
    before = expected(stepping)
    with pytest.raises(
        ValueError, match=f"would take {MOST_STEPS + 1} steps of what is due by then; at most"
    ):
        stepping.clock.advance(MOST_STEPS)
    assert stepping.clock.now_ms() == NOW_MS
    assert (expected(stepping), unasked(stepping)) == (before, 100)


def test_the_control_api_says_why_it_refuses(stepping: FakeExchange) -> None:
    calls = {"POST /clock/advance": {"ms": MOST_STEPS}, "PUT /clock": {"mode": "frozen", "now": 10**13}}
    for call, body in calls.items():
        method, path = call.split()
        answer = requests.request(method, f"{stepping.control_url}{path}", json=body, timeout=10)
        assert answer.status_code == 400
        assert "advance it by less at a time" in answer.json()["error"]
    assert (stepping.clock.now_ms(), unasked(stepping)) == (NOW_MS, 100)


def test_an_advance_in_parts_arrives(stepping: FakeExchange) -> None:
    for _ in range(3):
        stepping.clock.advance(500)
    assert (stepping.clock.now_ms(), unasked(stepping)) == (NOW_MS + 1_500, 200)


# What handlers show, and what they move


def test_what_is_shown_can_lag_behind_what_is_moved(exchange: FakeExchange) -> None:
    def lag(inner: Exchange) -> None:
        replica = build(read_form(inner.state())).ledger
        inner._books = replace(inner._books, reads=replica)

    exchange.call(lag)
    sender = Sender(exchange)
    assert sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=900).code == 0
    assert sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=101).code == 100202
    assert sender.get(FUND_BALANCE, asset="USDT").data["balances"][0]["free"] == "1000"
    assert sender.get(TRANSFER_RECORDS).data == []
    assert exchange.balance(ALICE, "fund", "USDT").free == 100


def test_what_may_leave_is_what_the_coins_are_listed_with(exchange: FakeExchange) -> None:
    def need(inner: Exchange) -> None:
        inner.books.ledger.lets_go = lambda uid, account, asset: Decimal(30)

    exchange.call(need)
    sender = Sender(exchange)
    coins = sender.get(COINS, fromAccount="fund", toAccount="spot").data
    assert [coin["amount"] for coin in coins if coin["coin"] == "USDT"] == ["30"]
    assert sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="30.1").code == 100202
    assert sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=30).code == 0
