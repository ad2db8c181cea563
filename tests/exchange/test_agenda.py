"""The agenda: what is due runs in one order, each at its own time, and not before."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bingx_fake.agenda import MOST_STEPS, Agenda, Rank, TooManySteps

ORDER = ("commit", "fault", "source", "trigger", "funding", "liquidation", "countdown", "push")


@dataclass(frozen=True)
class Due:
    """Something with a name; each rank has a kind of it."""

    name: str


KINDS: dict[str, type[Due]] = {rank: type(rank, (Due,), {}) for rank in ORDER}
Done = list[tuple[int, str]]


def agenda_of(done: Done) -> Agenda:
    """An agenda that knows a kind for each rank, and writes down what it does and at which time."""
    agenda = Agenda()
    for rank, kind in KINDS.items():
        agenda.learn(kind, Rank[rank.upper()], lambda due, at_ms: done.append((at_ms, due.name)))
    return agenda


def due(rank: str = "push", name: str | None = None) -> Due:
    return KINDS[rank](rank if name is None else name)


@pytest.fixture
def done() -> Done:
    return []


@pytest.fixture
def agenda(done: Done) -> Agenda:
    return agenda_of(done)


# In which order

drawn = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(ORDER)), max_size=30)
periodic = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from(ORDER), st.none() | st.integers(1, 5)), max_size=12
)


@given(drawn)
def test_what_is_due_runs_by_time_then_by_rank_then_by_number(drawn_items: list[tuple[int, str]]) -> None:
    done: Done = []
    agenda = agenda_of(done)
    for number, (at_ms, rank) in enumerate(drawn_items):
        agenda.add(at_ms, due(rank, f"{number}"))
    agenda.run(6)
    numbers = sorted(
        range(len(drawn_items)), key=lambda n: (drawn_items[n][0], ORDER.index(drawn_items[n][1]), n)
    )
    assert done == [(drawn_items[number][0], f"{number}") for number in numbers]


def test_at_one_time_a_write_that_was_answered_comes_first_and_a_push_last(
    agenda: Agenda, done: Done
) -> None:
    for rank in reversed(ORDER):
        agenda.add(5, due(rank))
    agenda.run(5)
    assert [name for _, name in done] == list(ORDER)


def test_what_it_holds_can_be_read_in_that_order(agenda: Agenda) -> None:
    agenda.add(7, due("commit"))
    agenda.add(5, due("push"), every_ms=3)
    agenda.add(5, due("fault"))
    assert [(item.at_ms, item.what.name, item.every_ms, item.number) for item in agenda] == [
        (5, "fault", None, 3),
        (5, "push", 3, 2),
        (7, "commit", None, 1),
    ]


@given(periodic, st.integers(-1, 30), st.integers(0, 30))
def test_two_halves_of_an_advance_equal_the_whole(
    drawn_items: list[tuple[int, str, int | None]], half_ms: int, until_ms: int
) -> None:
    halves: Done = []
    whole: Done = []
    both = agenda_of(halves), agenda_of(whole)
    for agenda in both:
        for number, (at_ms, rank, every_ms) in enumerate(drawn_items):
            agenda.add(at_ms, due(rank, f"{number}"), every_ms=every_ms)
    both[0].run(min(half_ms, until_ms))
    both[0].run(until_ms)
    both[1].run(until_ms)
    assert halves == whole
    assert list(both[0]) == list(both[1])


@given(periodic, st.integers(-1, 30))
def test_it_can_be_told_beforehand_how_many_steps_there_will_be(
    drawn_items: list[tuple[int, str, int | None]], until_ms: int
) -> None:
    done: Done = []
    agenda = agenda_of(done)
    for at_ms, rank, every_ms in drawn_items:
        agenda.add(at_ms, due(rank), every_ms=every_ms)
    expected = agenda.count(until_ms)
    assert done == []
    agenda.run(until_ms)
    assert len(done) == expected


# When


def test_what_is_not_due_waits(agenda: Agenda, done: Done) -> None:
    agenda.add(5, due())
    agenda.run(4)
    assert (done, agenda.next_ms) == ([], 5)
    agenda.run(5)
    assert (done, agenda.next_ms) == ([(5, "push")], None)
    agenda.run(99)
    assert len(done) == 1


def test_whatever_the_clock_says_work_is_told_its_own_time(agenda: Agenda, done: Done) -> None:
    agenda.add(5, due(), every_ms=10)
    agenda.run(30)
    assert done == [(5, "push"), (15, "push"), (25, "push")]
    assert agenda.next_ms == 35


def test_due_times_are_absolute(agenda: Agenda, done: Done) -> None:
    agenda.add(5, due("push", "early"))
    agenda.add(50, due("push", "late"))
    agenda.run(40)
    agenda.run(10)
    agenda.add(20, due("push", "after the clock was set back"))
    agenda.run(20)
    assert done == [(5, "early"), (20, "after the clock was set back")]


def adding(agenda: Agenda, *, at_ms: int) -> None:
    """Add something at 5 that adds something else."""

    class Adding:
        """Adds."""

    agenda.learn(Adding, Rank.SOURCE, lambda _, now_ms: agenda.add(at_ms, due("commit", "more")))
    agenda.add(5, Adding())


@pytest.mark.parametrize(("at_ms", "names"), [(5, ["more", "push"]), (6, ["push", "more"])])
def test_what_work_adds_is_done_in_the_same_run_in_its_order(
    agenda: Agenda, done: Done, at_ms: int, names: list[str]
) -> None:
    adding(agenda, at_ms=at_ms)
    agenda.add(5, due("push"))
    agenda.run(6)
    assert [name for _, name in done] == names


def test_work_adds_nothing_for_before_its_own_time(agenda: Agenda) -> None:
    adding(agenda, at_ms=4)
    with pytest.raises(AssertionError, match="before now"):
        agenda.run(6)


def test_work_that_fails_is_over_and_the_rest_stays_due(agenda: Agenda, done: Done) -> None:
    class Failing:
        """Fails."""

    def fail(_: Failing, at_ms: int) -> None:
        raise OSError("no work today")

    agenda.learn(Failing, Rank.COMMIT, fail)
    agenda.add(5, Failing())
    agenda.add(5, due())
    with pytest.raises(OSError, match="no work today"):
        agenda.run(5)
    agenda.add(1, due("push", "sooner"))
    agenda.run(5)
    assert done == [(1, "sooner"), (5, "push")]


def test_others_can_come_between_two_steps(agenda: Agenda, done: Done) -> None:
    for at_ms in (1, 2, 3):
        agenda.add(at_ms, due())
    steps = agenda.steps(3)
    assert (next(steps), len(done)) == (1, 1)
    agenda.add(1, due("push", "between"))
    agenda.run(2)
    assert list(steps) == [3]
    assert done == [(1, "push"), (1, "between"), (2, "push"), (3, "push")]


# Taking back


def test_what_is_taken_back_is_never_done(agenda: Agenda, done: Done) -> None:
    first, second = agenda.add(5, due(name="first")), agenda.add(6, due(name="second"), every_ms=1)
    assert agenda.remove(first)
    assert agenda.next_ms == 6
    assert not agenda.remove(first)
    agenda.run(7)
    assert agenda.remove(second)
    agenda.run(99)
    assert done == [(6, "second"), (7, "second")]
    assert agenda.next_ms is None


def test_what_repeats_can_take_itself_back(agenda: Agenda) -> None:
    times: list[int] = []

    class Twice:
        """Is done twice."""

    def do(_: Twice, at_ms: int) -> None:
        times.append(at_ms)
        if len(times) == 2:
            agenda.remove(number)

    agenda.learn(Twice, Rank.COUNTDOWN, do)
    number = agenda.add(5, Twice(), every_ms=5)
    agenda.run(99)
    assert (times, agenda.next_ms) == ([5, 10], None)


def test_a_whole_kind_can_be_taken_back_and_the_rest_stays(agenda: Agenda, done: Done) -> None:
    for rank in ("commit", "fault", "commit"):
        agenda.add(5, due(rank))
    agenda.drop(KINDS["commit"])
    agenda.run(5)
    assert done == [(5, "fault")]


def test_a_cleared_agenda_begins_again(agenda: Agenda, done: Done) -> None:
    first = agenda.add(5, due())
    agenda.clear()
    agenda.run(5)
    assert (done, agenda.next_ms, list(agenda)) == ([], None, [])
    assert agenda.add(5, due()) == first


def test_a_countdown_that_is_renewed_for_ever_takes_no_room(agenda: Agenda, done: Done) -> None:
    agenda.add(1, due())
    number = agenda.add(10**9, due())
    for renewed in range(1, 10_000):
        agenda.remove(number)
        number = agenda.add(10**9 + renewed, due(name="renewed"))
    assert len(agenda._queue) < 200
    agenda.run(2 * 10**9)
    assert done == [(1, "push"), (10**9 + 9_999, "renewed")]


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40))
def test_what_is_due_next_is_known_whatever_was_taken_back(drawn_items: list[tuple[int, bool]]) -> None:
    agenda = agenda_of([])
    stays: list[int] = []
    for at_ms, is_taken_back in drawn_items:
        number = agenda.add(at_ms, due())
        if is_taken_back:
            agenda.remove(number)
        else:
            stays.append(at_ms)
        assert agenda.next_ms == min(stays, default=None)
    for until_ms in range(10):
        agenda.run(until_ms)
        assert agenda.next_ms == min((at_ms for at_ms in stays if at_ms > until_ms), default=None)


# For timers, and for whoever advances a clock


def test_who_keeps_a_timer_is_told_when_something_comes_sooner(agenda: Agenda) -> None:
    told: list[int | None] = []
    agenda.on_sooner = lambda: told.append(agenda.next_ms)
    for at_ms in (50, 60, 50, 40, 45):
        agenda.add(at_ms, due())
    assert told == [50, 40]


def test_an_advance_of_too_many_steps_is_refused_with_their_number(agenda: Agenda, done: Done) -> None:
    agenda.add(1, due(), every_ms=1)
    agenda.check(MOST_STEPS)
    with pytest.raises(TooManySteps, match=r"to advance the clock to 1000001 would take 1000001 steps"):
        agenda.check(MOST_STEPS + 1)
    assert done == []
