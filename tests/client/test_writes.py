"""The registry of this process's writes."""

import pytest

from bingx_client.flow import writes as registry
from bingx_client.flow.writes import Fate, Writes

ONE, OTHER = object(), object()
"""Tickets."""


def test_identical_writes_are_sent_side_by_side() -> None:
    writes = Writes()
    assert writes.begin_sending("a", ONE) is None
    assert writes.begin_sending("a", OTHER) is None


def test_records_are_read_only_when_no_identical_write_is_in_flight() -> None:
    writes = Writes()
    writes.begin_sending("a", ONE)
    writes.want_reading("a", OTHER)
    waiting = writes.begin_reading("a", OTHER)
    assert waiting is not None
    assert not waiting.done()
    writes.end("a", ONE)
    assert waiting.done()
    assert writes.begin_reading("a", OTHER) is None


def test_no_identical_write_starts_while_records_are_read_or_a_reader_waits() -> None:
    writes = Writes()
    writes.want_reading("a", ONE)
    assert writes.begin_sending("a", OTHER) is not None
    assert writes.begin_reading("a", ONE) is None
    waiting = writes.begin_sending("a", OTHER)
    assert waiting is not None
    writes.end("a", ONE)
    assert waiting.done()
    assert writes.begin_sending("a", OTHER) is None


def test_a_reader_that_gives_up_lets_writes_go_on() -> None:
    writes = Writes()
    writes.begin_sending("a", ONE)
    writes.want_reading("a", OTHER)
    writes.end("a", OTHER)
    assert writes.begin_sending("a", OTHER) is None


def test_only_one_reads_at_a_time() -> None:
    writes = Writes()
    writes.want_reading("a", ONE)
    writes.want_reading("a", OTHER)
    assert writes.begin_reading("a", ONE) is None
    assert writes.begin_reading("a", OTHER) is not None
    writes.end("a", OTHER)
    assert writes.begin_sending("a", OTHER) is not None, "the first one still reads"


def test_who_never_began_may_end_all_the_same() -> None:
    writes = Writes()
    writes.begin_sending("a", ONE)
    writes.end("a", OTHER)
    writes.want_reading("a", OTHER)
    assert writes.begin_reading("a", OTHER) is not None, "one is still in flight"


def test_other_writes_do_not_matter() -> None:
    writes = Writes()
    writes.want_reading("a", ONE)
    writes.begin_reading("a", ONE)
    writes.claim("a", ["1"], "some write")
    assert writes.begin_sending("b", ONE) is None
    assert writes.claimed_by_others("b", "another") == frozenset()
    assert writes.claimed_by_others("a", "another") == {"1"}


def test_a_write_that_was_answered_and_then_interrupted_may_claim_its_own_record() -> None:
    writes = Writes()
    writes.claim("a", ["7"], "first")
    assert writes.claimed_by_others("a", "first") == frozenset()
    assert writes.claimed_by_others("a", "second") == {"7"}


def test_what_became_of_a_lost_write_is_remembered_and_its_record_claimed() -> None:
    writes = Writes()
    assert writes.fate("a", "first", "key") is None
    writes.settle("a", "first", "key", Fate("record"), ["7", "8"])
    assert writes.fate("a", "first", "key") == Fate("record")
    assert writes.settled("a") == [Fate("record")]
    assert writes.claimed_by_others("a", "first") == frozenset()
    assert writes.claimed_by_others("a", "second") == {"7", "8"}
    writes.clear()
    assert writes.fate("a", "first", "key") is None


def test_what_the_records_of_another_account_say_is_not_remembered_for_this_one() -> None:
    writes = Writes()
    writes.settle("a", "first", "another account's key", Fate(None))
    assert writes.fate("a", "first", "key") is None


def test_memory_stays_bounded_and_the_latest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_MOST", 100)
    writes = Writes()
    writes.begin_sending("busy", ONE)
    for number in range(110):
        writes.claim("a", [str(number)], "some write")
        writes.settle("a", str(number), "key", Fate(None))
        writes.claim(f"other {number}", ["1"], "some write")
    claimed = writes.claimed_by_others("a", "another")
    assert len(claimed) == 100
    assert "109" in claimed
    assert len(writes.settled("a")) == 100
    assert len(writes._groups) <= 101
    assert "busy" in writes._groups


def test_no_more_is_forgotten_than_has_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_MOST", 2)
    writes = Writes()
    for name in "ab":
        writes.claim(name, ["7"], "answered")
    assert writes.claimed_by_others("a", "another") == writes.claimed_by_others("b", "another") == {"7"}


def test_what_is_under_way_is_not_forgotten_however_much_that_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_MOST", 2)
    writes = Writes()
    for name in "abcd":
        assert writes.begin_sending(name, ONE) is None
    for name in "abcd":
        writes.want_reading(name, OTHER)
        assert writes.begin_reading(name, OTHER) is not None


def test_a_child_of_the_process_begins_with_its_claims_and_nothing_under_way() -> None:
    writes = Writes()
    writes.claim("a", ["7"], "answered")
    writes.begin_sending("a", ONE)
    writes.want_reading("b", ONE)
    writes.begin_reading("b", ONE)
    writes.begin_in_child()
    assert writes.claimed_by_others("a", "another") == {"7"}
    assert writes.begin_sending("b", OTHER) is None
    writes.want_reading("a", OTHER)
    assert writes.begin_reading("a", OTHER) is None


def test_a_lock_that_another_thread_of_the_parent_held_does_not_block_its_child() -> None:
    writes = Writes()
    with writes._lock:
        writes.begin_in_child()
        writes.claim("a", ["7"], "answered")


def test_who_waits_in_a_child_is_told_by_the_child_and_not_by_its_parent() -> None:
    writes = Writes()
    writes.begin_sending("a", ONE)
    writes.want_reading("a", OTHER)
    before = writes.begin_reading("a", OTHER)
    writes.begin_in_child()
    writes.begin_sending("a", ONE)
    writes.want_reading("a", OTHER)
    waiting = writes.begin_reading("a", OTHER)
    writes.end("a", ONE)
    assert before is not None
    assert waiting is not None
    assert (before.done(), waiting.done()) == (False, True)
