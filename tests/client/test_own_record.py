"""Whose a record is, and what is said of it."""

import pickle
from typing import Any

import pytest
from client.lost_writes import CUT, EXPIRED_MS, START_MS, WINDOW_MS, Exchange, ask, lost, record

from bingx_client import APIError, OutcomeUnknown
from bingx_client.flow.plan import MARGIN_MS, Verdict
from bingx_client.flow.writes import Fate


@pytest.fixture
def exchange() -> Exchange:
    return Exchange()


# Whose a record is


def test_what_was_told_once_is_told_again_without_a_question(exchange: Exchange) -> None:
    exchange.pages = [[record("1")]]
    assert ask(exchange, lost()) == "1"
    exchange.steps.clear()
    assert ask(exchange, lost()) == "1"
    assert exchange.steps == []


def test_what_was_told_of_one_write_is_not_told_of_another_one(exchange: Exchange) -> None:
    exchange.pages = [[record("1")]]
    assert ask(exchange, lost()) == "1"
    exchange.pages = []
    assert ask(exchange, lost(), identity="other") is None


def test_a_record_that_the_write_claimed_itself_is_its_own(exchange: Exchange) -> None:
    exchange.writes.claim("identity", ["1"], "this")
    exchange.pages = [[record("1")]]
    assert ask(exchange, lost()) == "1"


def test_a_record_that_is_found_settles_no_other_write(exchange: Exchange) -> None:
    exchange.pages = [[record("1")]]
    assert ask(exchange, lost("first")) == "1"
    assert ask(exchange, lost("second")) is None


def test_a_pending_record_is_reported_and_still_settles_whoever_asks_next(exchange: Exchange) -> None:
    exchange.pages = [[record("1", verdict=Verdict.OPEN)]]
    said = "the exchange recorded it as 1 with status 4, which is not final"
    for name in ("first", "second"):
        with pytest.raises(OutcomeUnknown, match=said):
            ask(exchange, lost(name))


def test_a_record_of_a_failure_is_a_refusal_that_names_it(exchange: Exchange) -> None:
    exchange.pages = [[record("1", verdict=Verdict.FAILED)]]
    with pytest.raises(APIError) as refused:
        ask(exchange, lost())
    error = refused.value
    assert (error.endpoint, error.http_status, error.code) == ("POST /write", 200, None)
    assert error.msg == "the exchange recorded it as 1 with status 4"


def test_a_final_record_comes_before_a_pending_one_and_that_before_a_failed_one(exchange: Exchange) -> None:
    happened, pending, failed = (
        record("9"),
        record("2", verdict=Verdict.OPEN),
        record("1", verdict=Verdict.FAILED),
    )
    exchange.pages = [[failed, pending, happened]]
    assert ask(exchange, lost("first")) == "9"
    with pytest.raises(OutcomeUnknown, match="recorded it as 2"):
        ask(exchange, lost("second"))


def test_of_two_records_the_older_id_counts_first_by_number_and_not_by_letter(exchange: Exchange) -> None:
    exchange.pages = [[record("10"), record("9")]]
    assert ask(exchange, lost()) == "9"


def test_a_record_that_carries_the_write_s_own_name_needs_no_time(exchange: Exchange) -> None:
    exchange.pages = [[record("1"), record("2", at_ms=0, is_named=True)]]
    exchange.pages[0].reverse()
    exchange.writes.claim("identity", ["1"], "another")
    assert ask(exchange, lost()) == "2"


@pytest.mark.parametrize(
    ("at_ms", "found"),
    [
        (START_MS - WINDOW_MS - MARGIN_MS - 1, None),
        (START_MS - WINDOW_MS - MARGIN_MS, "1"),
        (START_MS + EXPIRED_MS, "1"),
        (START_MS + EXPIRED_MS + 1, None),
        (None, "1"),
    ],
)
def test_a_record_counts_when_the_exchange_can_have_taken_the_write_then(
    exchange: Exchange, at_ms: int | None, found: str | None
) -> None:
    exchange.now_ms += 20_000
    exchange.pages = [[record("1", at_ms)]]
    assert ask(exchange, lost()) == found


def test_a_record_of_another_time_does_not_hide_one_of_the_right_time(exchange: Exchange) -> None:
    exchange.pages = [[record("1", START_MS - 60_000), record("2")]]
    assert ask(exchange, lost()) == "2"


@pytest.mark.parametrize("at_ms", [None, START_MS + EXPIRED_MS + 1])
def test_where_another_lost_write_took_its_record_a_later_one_counts(
    exchange: Exchange, at_ms: int | None
) -> None:
    exchange.now_ms += 20_000
    exchange.pages = [[record("1")]]
    assert ask(exchange, lost("first")) == "1"
    exchange.pages = [[record("1"), record("2", at_ms)]]
    assert ask(exchange, lost("second")) == "2"


def test_where_an_answered_write_took_it_a_later_one_does_not_count(exchange: Exchange) -> None:
    exchange.now_ms += 20_000
    exchange.writes.claim("identity", ["1"], "answered")
    exchange.pages = [[record("1"), record("2", START_MS + EXPIRED_MS + 1)]]
    assert ask(exchange, lost()) is None


def test_an_earlier_one_does_not_count_instead(exchange: Exchange) -> None:
    exchange.now_ms += 20_000
    exchange.pages = [[record("1")]]
    assert ask(exchange, lost("first")) == "1"
    exchange.pages[0].append(record("2", START_MS - WINDOW_MS - MARGIN_MS - 1))
    assert ask(exchange, lost("second")) is None


# What it knows when it is raised again


def test_an_unknown_that_stays_unknown_adds_what_is_claimed_now_to_what_it_knew(exchange: Exchange) -> None:
    exchange.writes.claim("identity", ["8"], "answered")
    exchange.writes.claim("identity", ["9"], "this")
    exchange.writes.settle("identity", "another", "key", Fate(record("6")), ["6"])
    exchange.answers = lambda attempt: CUT
    unknown = lost(claimed=frozenset({"5", "7"}), inferred=frozenset({"5"}))
    with pytest.raises(OutcomeUnknown) as still:
        ask(exchange, unknown, deadline_ms=100)
    assert still.value.claimed == {"5", "6", "7", "8"}
    assert still.value.inferred == {"5", "6"}
    assert (unknown.claimed, unknown.inferred) == (frozenset({"5", "7"}), frozenset({"5"}))


def test_what_another_process_inferred_counts_as_if_it_were_inferred_here(exchange: Exchange) -> None:
    exchange.now_ms += 20_000
    exchange.pages = [[record("1"), record("2", START_MS + EXPIRED_MS + 1)]]
    assert ask(exchange, lost(claimed=frozenset({"1"}))) is None
    assert ask(exchange, lost("second", claimed=frozenset({"1"}), inferred=frozenset({"1"}))) == "2"


# What 0.1.0 pickled: without a claimant


def test_a_write_without_a_claimant_is_the_same_one_each_time_it_is_asked_about(exchange: Exchange) -> None:
    exchange.pages = [[record("1")]]
    unknown = lost(claimant=None)
    assert ask(exchange, unknown) == "1"
    assert ask(exchange, pickle.loads(pickle.dumps(unknown))) == "1"


@pytest.mark.parametrize("difference", [{"at_ms": START_MS + 1}, {"claimed": frozenset({"7"})}])
def test_two_writes_without_claimants_that_differ_in_anything_are_two(
    exchange: Exchange, difference: dict[str, Any]
) -> None:
    exchange.pages = [[record("1")]]
    assert ask(exchange, lost(claimant=None)) == "1"
    assert ask(exchange, lost(claimant=None, **difference)) is None
