"""The registry of this process's writes."""

from bingx_client.writes import Writes


def test_identical_writes_are_sent_side_by_side() -> None:
    writes = Writes()
    assert writes.begin_sending("a") is None
    assert writes.begin_sending("a") is None


def test_records_are_read_only_when_no_identical_write_is_in_flight() -> None:
    writes = Writes()
    writes.begin_sending("a")
    writes.want_reading("a")
    waiting = writes.begin_reading("a")
    assert waiting is not None
    assert not waiting.done()
    writes.end_sending("a")
    assert waiting.done()
    assert writes.begin_reading("a") is None


def test_no_identical_write_starts_while_records_are_read_or_a_reader_waits() -> None:
    writes = Writes()
    writes.want_reading("a")
    assert writes.begin_sending("a") is not None
    assert writes.begin_reading("a") is None
    waiting = writes.begin_sending("a")
    assert waiting is not None
    writes.end_reading("a", began=True)
    assert waiting.done()
    assert writes.begin_sending("a") is None


def test_a_reader_that_gives_up_lets_writes_go_on() -> None:
    writes = Writes()
    writes.begin_sending("a")
    writes.want_reading("a")
    writes.end_reading("a", began=False)
    assert writes.begin_sending("a") is None


def test_only_one_reads_at_a_time() -> None:
    writes = Writes()
    writes.want_reading("a")
    writes.want_reading("a")
    assert writes.begin_reading("a") is None
    assert writes.begin_reading("a") is not None


def test_other_writes_do_not_matter() -> None:
    writes = Writes()
    writes.want_reading("a")
    writes.begin_reading("a")
    writes.claim("a", ["1"])
    assert writes.begin_sending("b") is None
    assert writes.claims("b") == {}
    assert writes.claims("a") == {"1": None}


def test_a_lost_write_is_settled_once_it_claims_a_record() -> None:
    writes = Writes()
    first, rivals, claimed = writes.lost("a", "key", since_ms=1, until_ms=2)
    assert (rivals, claimed) == ((), frozenset())
    second, rivals, _ = writes.lost("a", "key", since_ms=3, until_ms=4)
    assert rivals == (first,)
    writes.claim("a", ["7", "8"], first.name)
    _, rivals, claimed = writes.lost("a", "key", since_ms=5, until_ms=6)
    assert rivals == (second,)
    assert claimed == {"7", "8"}


def test_writes_of_another_key_are_no_rivals_since_they_may_have_records_of_their_own() -> None:
    writes = Writes()
    writes.lost("a", "one key", since_ms=1, until_ms=2)
    assert writes.lost("a", "another key", since_ms=1, until_ms=2)[1] == ()


def test_a_lost_write_that_was_ruled_out_is_no_rival() -> None:
    writes = Writes()
    first, _, _ = writes.lost("a", "key", since_ms=1, until_ms=2)
    assert not writes.is_ruled_out("a", first.name)
    writes.rule_out("a", first.name)
    assert writes.is_ruled_out("a", first.name)
    assert writes.lost("a", "key", since_ms=1, until_ms=2)[1] == ()


def test_memory_stays_bounded_and_the_latest_are_kept() -> None:
    writes = Writes()
    writes.begin_sending("busy")
    for number in range(10_100):
        writes.claim("a", [str(number)])
        writes.lost("a", "key", since_ms=0, until_ms=0)
        writes.rule_out("a", str(number))
        writes.claim(f"other {number}", ["1"])
    assert len(writes.claims("a")) == 10_000
    assert "10099" in writes.claims("a")
    assert not writes.is_ruled_out("a", "99")
    assert len(writes._groups["a"].unsettled) == 10_000
    assert len(writes._groups) <= 10_001
    assert "busy" in writes._groups
