"""Settling a lost write, step by step: when it looks, from when on, how far, and whom it waits for."""

import pytest
from client.lost_writes import (
    COM,
    CUT,
    DEADLINE_MS,
    DONE,
    EXPIRED_MS,
    PRO,
    SETTLE_MS,
    START_MS,
    TIMEOUT_MS,
    WINDOW_MS,
    Exchange,
    ask,
    asking,
    lost,
    other,
    record,
)

from bingx_client import OutcomeUnknown
from bingx_client.flow import settling
from bingx_client.flow.plan import MARGIN_MS
from bingx_client.flow.steps import Answered, Attempt, Await
from bingx_client.wire.signing import public_request


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


# When it looks


def test_it_looks_a_millisecond_after_the_request_can_last_be_accepted(exchange: Exchange) -> None:
    ask(exchange, lost())
    assert exchange.pauses == [EXPIRED_MS + 1]


@pytest.mark.parametrize(("ahead_ms", "pauses"), [(EXPIRED_MS, [1]), (EXPIRED_MS + 1, [])])
def test_the_exchange_s_clock_says_when_that_is(exchange: Exchange, ahead_ms: int, pauses: list[int]) -> None:
    exchange.ahead_ms = ahead_ms
    ask(exchange, lost())
    assert exchange.pauses == pauses


def test_who_asks_with_more_patience_waits_longer(exchange: Exchange) -> None:
    ask(exchange, lost(), settle_ms=3000)
    assert exchange.pauses == [WINDOW_MS + 3000 + 1]


def test_who_asks_with_less_patience_waits_as_long_as_the_write_s_own_time(exchange: Exchange) -> None:
    ask(exchange, lost(), settle_ms=0)
    assert exchange.pauses == [EXPIRED_MS + 1]


def test_how_long_the_request_was_valid_is_the_write_s_and_not_the_asking_client_s(
    exchange: Exchange,
) -> None:
    ask(exchange, lost(recv_window_ms=2000, claimant=None))
    assert exchange.pauses == [2000 + SETTLE_MS + 1]


def test_it_waits_for_that_until_its_deadline(exchange: Exchange) -> None:
    assert ask(exchange, lost(), deadline_ms=EXPIRED_MS + 2) is None


def test_it_waits_for_that_though_nothing_can_be_asked_after_it(exchange: Exchange) -> None:
    with pytest.raises(OutcomeUnknown, match="the deadline passed"):
        ask(exchange, lost(), deadline_ms=EXPIRED_MS + 1)
    assert exchange.pauses == [EXPIRED_MS + 1]


def test_it_does_not_wait_for_that_beyond_its_deadline(exchange: Exchange) -> None:
    said = "the records cannot be read: the exchange may accept the request for another 6001 ms"
    with pytest.raises(OutcomeUnknown, match=said):
        ask(exchange, lost(), deadline_ms=EXPIRED_MS)
    assert exchange.pauses == []


# From when on


def test_records_are_asked_for_from_the_earliest_time_at_which_it_can_have_been_taken(
    exchange: Exchange,
) -> None:
    ask(exchange, lost())
    assert exchange.asked == [(START_MS - WINDOW_MS - MARGIN_MS, 0)]


def test_a_clock_that_is_ahead_of_the_exchange_s_moves_that_back(exchange: Exchange) -> None:
    exchange.ahead_ms = -4000
    ask(exchange, lost())
    assert exchange.asked == [(START_MS - 4000 - WINDOW_MS - MARGIN_MS, 0)]


def test_a_clock_that_is_behind_does_not_move_it_forward(exchange: Exchange) -> None:
    exchange.ahead_ms = 4000
    ask(exchange, lost())
    assert exchange.asked == [(START_MS - WINDOW_MS - MARGIN_MS, 0)]


def test_it_is_never_before_the_beginning_of_time(exchange: Exchange) -> None:
    exchange.now_ms = 3000
    ask(exchange, lost(at_ms=2000))
    assert exchange.asked == [(0, 0)]


# Pages


def test_pages_are_read_one_after_the_other_until_one_is_empty(exchange: Exchange) -> None:
    exchange.pages = [[other("1"), other("2")], [other("3")], [record("4")]]
    assert ask(exchange, lost()) == "4"
    assert [number for _, number in exchange.asked] == [0, 1, 2, 3]


def test_a_full_page_that_comes_twice_proves_nothing(exchange: Exchange) -> None:
    exchange.page_size = 2
    exchange.pages = [[other("1"), other("2")]] * 2
    with pytest.raises(OutcomeUnknown, match="cannot be read: a page of the records came twice"):
        ask(exchange, lost())


def test_a_page_that_is_not_full_may_come_twice_where_paging_is_not_known(exchange: Exchange) -> None:
    exchange.page_size = 3
    exchange.pages = [[other("1"), other("2")]] * 2
    assert ask(exchange, lost()) is None


def test_pages_that_do_not_end_prove_nothing(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_MOST_PAGES", 3)
    exchange.pages = [[other(str(number))] for number in range(4)]
    with pytest.raises(OutcomeUnknown, match="cannot be read: they have not ended after 3 pages"):
        ask(exchange, lost())


# Records that cannot be read


def test_it_asks_again_after_pauses_that_double_up_to_five_seconds(exchange: Exchange) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    exchange.answers = lambda attempt: CUT
    with pytest.raises(OutcomeUnknown):
        ask(exchange, lost(), deadline_ms=20_000)
    assert exchange.pauses == [500, 1000, 2000, 4000, 5000, 5000]


@pytest.mark.parametrize(("deadline_ms", "pauses"), [(500, [500]), (499, [])])
def test_a_pause_may_end_with_the_deadline_and_no_later(
    exchange: Exchange, deadline_ms: int, pauses: list[int]
) -> None:
    exchange.answers = lambda attempt: CUT
    with pytest.raises(OutcomeUnknown):
        ask(exchange, lost(), deadline_ms=deadline_ms)
    assert exchange.pauses == pauses


def test_it_says_then_what_was_seen_last(exchange: Exchange) -> None:
    exchange.answers = lambda attempt: CUT
    with pytest.raises(
        OutcomeUnknown, match=r"records: the records cannot be read: .*the connection was cut"
    ):
        ask(exchange, lost(), deadline_ms=100)


def test_no_attempt_takes_longer_than_what_is_left_of_the_deadline(exchange: Exchange) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    exchange.answers = lambda attempt: CUT
    with pytest.raises(OutcomeUnknown):
        ask(exchange, lost(), deadline_ms=4000)
    timeouts = [step.timeout_ms for step in exchange.steps if isinstance(step, Attempt)]
    assert timeouts == [4000] * 2 + [3500] * 2 + [2500] * 2 + [500] * 2


@pytest.mark.parametrize("status", [300, 399])
def test_a_redirect_is_not_gone_around(exchange: Exchange, status: int) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    exchange.answers = lambda attempt: Answered(status, b"<html>")
    with pytest.raises(OutcomeUnknown):
        ask(exchange, lost(), deadline_ms=100)
    assert [step.base_url for step in exchange.steps if isinstance(step, Attempt)] == [COM]


@pytest.mark.parametrize("status", [200, 299, 400, 503])
def test_an_answer_that_is_not_the_exchange_s_leads_to_the_other_domain(
    exchange: Exchange, status: int
) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    exchange.pages = [[record("1")]]
    exchange.answers = lambda attempt: Answered(status, b"<html>") if attempt.base_url == COM else DONE
    assert ask(exchange, lost(), deadline_ms=100) == "1"


@pytest.mark.parametrize(
    ("status", "code", "asked"),
    [(503, 100500, [COM, PRO]), (200, 100500, [COM]), (201, 100500, [COM, PRO]), (503, 100413, [COM])],
)
def test_a_refusal_leads_there_only_where_it_is_neither_definite_nor_said_as_the_exchange_says_it(
    exchange: Exchange, status: int, code: int, asked: list[str]
) -> None:
    exchange.answers = lambda attempt: Answered(status, b'{"code":%d,"msg":"no"}' % code)
    with pytest.raises(OutcomeUnknown):
        ask(exchange, lost(), deadline_ms=100)
    assert [step.base_url for step in exchange.steps if isinstance(step, Attempt)] == asked


# Identical writes under way


def test_it_waits_for_identical_writes_to_be_answered_and_then_looks(exchange: Exchange) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    exchange.writes.begin_sending("identity", "another")
    steps = asking(exchange, lost())
    assert isinstance(next(steps), Attempt)
    step = steps.send(DONE)
    assert isinstance(step, Await)
    assert step.timeout_ms == DEADLINE_MS
    assert not step.future.done()
    exchange.writes.end("identity", "another")
    assert step.future.done()
    assert steps.send(None) == Attempt(COM, public_request("GET", "/records"), TIMEOUT_MS)
    steps.close()


def test_no_identical_write_begins_while_it_waits_or_reads_and_then_it_may(exchange: Exchange) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    exchange.writes.begin_sending("identity", "another")
    steps = asking(exchange, lost())
    next(steps)
    steps.send(DONE)
    waiting = exchange.writes.begin_sending("identity", "third")
    assert waiting is not None
    exchange.writes.end("identity", "another")
    steps.send(None)
    assert exchange.writes.begin_sending("identity", "third") is not None
    with pytest.raises(StopIteration):
        steps.send(DONE)
    assert exchange.writes.begin_sending("identity", "third") is None


@pytest.mark.parametrize("left_ms", [1, 700])
def test_it_waits_for_them_no_longer_than_its_deadline(exchange: Exchange, left_ms: int) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    exchange.writes.begin_sending("identity", "another")
    steps = asking(exchange, lost(), deadline_ms=2000)
    next(steps)
    exchange.now_ms += 2000 - left_ms
    step = steps.send(DONE)
    assert isinstance(step, Await)
    assert step.timeout_ms == left_ms
    exchange.now_ms += left_ms
    with pytest.raises(
        OutcomeUnknown, match="cannot be read: identical writes are still in flight at the deadline"
    ):
        steps.send(None)


def test_at_its_deadline_it_does_not_begin_to_wait_for_them(exchange: Exchange) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    exchange.writes.begin_sending("identity", "another")
    steps = asking(exchange, lost(), deadline_ms=2000)
    next(steps)
    exchange.now_ms += 2000
    with pytest.raises(OutcomeUnknown, match="still in flight"):
        steps.send(DONE)


def test_two_who_ask_at_a_time_read_one_after_the_other(exchange: Exchange) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    exchange.pages = [[record("1")]]
    first, second = (asking(exchange, lost(name)) for name in ("first", "second"))
    next(first)
    first.send(DONE)
    next(second)
    step = second.send(DONE)
    assert isinstance(step, Await)
    first.send(DONE)  # the first page, and then the empty one
    with pytest.raises(StopIteration) as found:
        first.send(DONE)
    assert found.value.value == "1"
    assert step.future.done()
    assert isinstance(second.send(None), Attempt)
    second.close()


def test_other_writes_are_neither_waited_for_nor_held_up(exchange: Exchange) -> None:
    exchange.now_ms += EXPIRED_MS + 1
    exchange.writes.begin_sending("other", "another")
    steps = asking(exchange, lost())
    next(steps)
    assert isinstance(steps.send(DONE), Attempt)
    assert exchange.writes.begin_sending("other", "third") is None
    steps.close()
