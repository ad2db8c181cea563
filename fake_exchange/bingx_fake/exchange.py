"""The exchange: books, clock, gateway, faults and journal put together. No sockets and no web types."""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from functools import partial
from operator import itemgetter
from random import Random
from typing import Any, Literal, TypeVar

from bingx_fake.agenda import Agenda, Rank
from bingx_fake.answers import answer as answers
from bingx_fake.answers.answer import Answer
from bingx_fake.answers.dialect import Answers
from bingx_fake.answers.workbook import in_its_medium
from bingx_fake.books.directory import Directory
from bingx_fake.books.ids import Ids, OrderIds, transfer_id_of
from bingx_fake.books.listen_keys import ListenKeys
from bingx_fake.books.movements import Movements, teach_movements
from bingx_fake.clock import ExchangeClock
from bingx_fake.faults.commit_delay import COMMIT_DELAY
from bingx_fake.faults.fault import Delivery, Dribble, FaultMatch, Late, Truncate
from bingx_fake.faults.kinds import read_orders, unavailable
from bingx_fake.faults.reading import Reading, Shown, unchanged
from bingx_fake.faults.register import FaultChange, FaultRegister, Meeting
from bingx_fake.gateway.guards import BANNED, Admission, admit
from bingx_fake.gateway.limits import RateLimits
from bingx_fake.gateway.refusal import BAD_PARAMETER, Refusal
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.registry import HANDLERS
from bingx_fake.journal.journal import Journal, Note, Refused
from bingx_fake.journal.lint import Linter
from bingx_fake.journal.streams import StreamJournal
from bingx_fake.market.floor import Floor
from bingx_fake.profiles.choice import Profile
from bingx_fake.profiles.rules import GatewayRules
from bingx_fake.settings import Settings
from bingx_fake.state import files as state
from bingx_fake.state import saving
from bingx_fake.state.files import StateForm
from bingx_fake.state.listed import Markets
from bingx_fake.state.users import Users, desks_of
from bingx_fake.streams.door import Door
from bingx_fake.streams.hub import Hub
from bingx_fake.trading.settlement import Report
from bingx_fake.venue.candles import HOUR_MS

IdsAtReset = Literal["keep", "restart"]
"""What becomes of the sequence of ids."""

T = TypeVar("T")


def no_body() -> None:
    """The body of a call that has none."""


class Exchange:
    """One exchange, served by two domains.

    ``names_intercepted`` is for whoever makes the documented host names resolve to this exchange, and
    then asks ``faults.unresolvable`` before each answer; ``dns`` faults exist only while it is set.
    """

    clock: ExchangeClock
    agenda: Agenda
    profile: Profile
    faults: FaultRegister
    journal: Journal

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._markets = Markets(settings.form, settings.market, settings.markets)
        self.adopted = settings.adopted
        self.names_intercepted = False
        self.agenda = Agenda()
        self._stream_journal = StreamJournal(lambda: self.clock.now_ms())
        self.streams = Hub(self.agenda, lambda: self.clock.now_ms(), self._stream_journal)
        self.door = Door(self.streams, self.keep_up)
        # What is in force follows from the time: who serves connections looks when it has come.
        self.agenda.learn(FaultChange, Rank.FAULT, lambda _change, at_ms: self._follow_faults(at_ms))
        self._reading = Reading(self.streams.now_ms)
        self.reset(ids="restart")

    def reset(self, ids: IdsAtReset = "keep") -> None:
        """Back to the start: state, clock, faults, journal, limits.

        :param ids: ``keep``: transfers get ids that this exchange has not given yet, so that a client that
            lives on cannot take a new transfer for an old one; ``restart``: the same ids as after the start.
        """
        settings = self._settings
        if ids == "restart":
            self._ids = Ids(settings.seed)
            self._order_ids = OrderIds()
        self.clock = settings.clock()
        self.agenda.clear()
        self._listen_keys = ListenKeys(self.agenda, Random(f"{settings.seed} listen keys").random)
        self._fault_changes: list[int] = []
        self.journal = Journal(settings.journal_size)
        chances = Random(f"{settings.seed}/faults"), Random(f"{settings.seed}/stream faults")
        self.faults = FaultRegister(chances[0], self.clock.ran_ms, chances[1])
        self.streams.begin(self._listen_keys, self.faults)
        self.faults.add(settings.schedule, self.clock.now_ms())
        self._expect_faults()
        self._linter = Linter(tls=settings.tls)
        self._stream_journal.begin(self.journal, self._linter)
        self.streams.has_limits = settings.rate_limits
        self._limits = RateLimits(settings.ban) if settings.rate_limits else None
        self.change_profile(settings.profile)
        self._load(settings.form, self._markets.copy())

    def change_profile(self, profile: Profile) -> None:
        """Answer by another profile from now on."""
        self.profile = profile
        self._rules = GatewayRules.of(profile.answers)
        self._answers = Answers.under(profile.answers)
        # A document that shows tranId alone has its readers find the transfer by it in either query.
        self._knows_one_id = profile.answers["V5"] == "data.tranId"
        self._refuses_repeats = profile.answers["V22"] == "always-refused"
        self._zone_hours = 8 if profile.answers["V47"] == "utc+8" else 0
        self.streams.zone_ms = self._zone_hours * HOUR_MS
        self.streams.answers = profile.answers

    def load(self, form: StateForm) -> None:
        """Replace users, balances, coins, prices and history; clock, faults and journal stay.

        Ids go on above those of the loaded history and those given so far, whichever are higher.
        Transfers that are answered and not yet made go with the old books.
        """
        self._load(form, Markets(form, self._settings.market, self._settings.markets))

    def state(self) -> dict[str, Any]:
        """The whole state in the JSON form of the state file.

        The amount of a transfer that is answered and not yet made is among what is locked.
        """
        books = self.books
        return saving.dump(books.directory, books.ledger, self.markets.described, books.desk, books.perps)

    @property
    def books(self) -> Books:
        """Everything that the exchange knows, as of now: what is due by now has been carried out."""
        self._run_due(self.clock.now_ms())
        return self._books

    def change_clock(self, change: Callable[[ExchangeClock], object]) -> None:
        """Change the clock, and carry out what is due then.

        :raises ValueError: as ``set_clock``.
        """
        self.set_clock(change)
        self._run_due(self.clock.now_ms())

    def set_clock(self, change: Callable[[ExchangeClock], object]) -> None:
        """Change the clock. What is due then waits for ``due_steps``, or for whoever asks anything next.

        What was due before comes first, so that a clock set back cannot undo it.

        :param change: called twice, first with a copy.
        :raises ValueError: what ``change`` raises, and ``TooManySteps``; nothing has changed then.
        """
        before_ms, was_frozen = self.clock.now_ms(), self.clock.frozen_ms is not None
        self._run_due(before_ms)
        changed = copy(self.clock)
        change(changed)
        self.agenda.check(changed.now_ms())
        change(self.clock)
        if self.clock.now_ms() < before_ms:
            self._books.floor.set_back(self.clock.now_ms())
        if not was_frozen or self.clock.frozen_ms is None or self.clock.now_ms() < before_ms:
            self._expect_faults()

    def due_steps(self) -> Iterator[int]:
        """Carry out what is due step by step, giving each one's time, so that others can come between."""
        return self.agenda.steps(self.clock.now_ms())

    def keep_up(self) -> None:
        """Carry out what is due, for whoever keeps a timer for ``agenda.next_ms`` while the clock runs.

        Where a test library holds the clock, or moves it, that is also how the agenda learns that real time
        has brought the end of a fault nearer.
        """
        self._run_due(self.clock.now_ms())
        if self.clock.frozen_ms is None:
            self._expect_faults()

    def _run_due(self, now_ms: int) -> None:
        next_ms = self.agenda.next_ms
        if next_ms is not None and next_ms <= now_ms:
            self.agenda.run(now_ms)

    def _expect_faults(self) -> None:
        """Have on the agenda when faults begin and end, in place of what was expected before."""
        for number in self._fault_changes:
            self.agenda.remove(number)
        changes = sorted(self.faults.changes(self.clock.now_ms()), key=itemgetter(0))
        self._fault_changes = [self.agenda.add(at_ms, change) for at_ms, change in changes]
        self._follow_faults(self.clock.now_ms())

    def _follow_faults(self, at_ms: int) -> None:
        """Do what faults do when they begin and end, where that is more than to be in force."""
        self.streams.follow_faults()
        self._reading.follow(at_ms)

    @property
    def missing_faults(self) -> Mapping[str, str]:
        """The kinds of fault that cannot be had here, and why."""
        return unavailable(tls=self._settings.tls, names=self.names_intercepted)

    def order_faults(self, orders: Any) -> list[str]:
        """Take one order for a fault, or a list of them whole or not at all, and return their ids.

        :param orders: the JSON form of ``POST /faults``.
        :raises FaultError: when one makes no sense or cannot be carried out here.
        """
        faults = read_orders(orders, missing=self.missing_faults)
        ids = self.faults.add(faults, self.clock.now_ms())
        self._expect_faults()
        return ids

    def remove_fault(self, fault_id: str) -> bool:
        """Take a fault back; False when there is none with this id."""
        was_there = self.faults.remove(fault_id, self.clock.now_ms())
        self._expect_faults()
        return was_there

    def clear_faults(self) -> None:
        """Take every fault back."""
        self.faults.clear(self.clock.now_ms())
        self._expect_faults()

    def obey(
        self,
        call: str,
        act: Callable[[], T],
        *,
        body: Callable[[], Any] = no_body,
        query: Mapping[str, str] | None = None,
        is_answered: bool = False,
    ) -> T:
        """Do what whoever runs the exchange asks for. It is given a name here for what keeps a recording.

        :param call: method and path of the call of the control API that does it.
        :param body: gives that call's body once it is done.
        :param is_answered: it is that call, whose result goes out; otherwise the same, done in Python.
        """
        return act()

    def receive(self, request: WireRequest) -> Delivery:
        """Take one request and say what its client gets. The journal has it when this returns."""
        now_ms = self.clock.now_ms()
        self._run_due(now_ms)
        admission = Admission(request, self._books.directory, self._limits, self._rules, now_ms)
        faults = self.faults
        met = faults.meet(request, now_ms) if faults.on_requests else None
        note = self.journal.add(request, now_ms, None if met is None else met.kind.name)
        delivery = self._answer(admission, note) if met is None else self._fail(admission, note, met)
        if not admission.judged:
            note.lint = self._linter.judge(admission, faults)
        if met is None:
            self._linter.note_answered(admission)
        watch = self._linter.watch
        if request.domain == "com" and (met is not None or watch.failures):
            watch.note(request, now_ms, None if met is None else met.kind)
        return delivery

    def _answer(self, admission: Admission, note: Note) -> Answer:
        """Carry a request out and note what it was sent."""
        answer = self._process(admission, note)
        note.sent(answer, self._answers)
        return (
            answer if admission.rate_limit is None else answers.with_rate_limit(answer, admission.rate_limit)
        )

    def _process(self, admission: Admission, note: Note) -> Answer:
        """Carry a request out and note whether it moves money."""
        books = self._books
        shown: Shown = unchanged
        try:
            admit(admission)
            if self.profile.strict:
                self._refuse_departures(admission, note)
            endpoint = admission.endpoint
            if endpoint.write and self.faults.on_commits:
                books = self._books_for_a_write(admission, note)
            elif self.faults.on_reads and not endpoint.write:
                met, books, shown = self._reading.meet(books, admission.request, admission.now_ms)
                note.fault = note.fault or met
            call = Call(
                caller=admission.caller,
                key=admission.key,
                parameters=admission.parameters,
                now_ms=admission.now_ms,
                new_id=self._new_id,
                answers=self.profile.answers,
                knows_one_id=self._knows_one_id,
                refuses_repeats=self._refuses_repeats,
                zone_hours=self._zone_hours,
            )
            facts = HANDLERS[endpoint.id](books, call)
        except Refusal as refusal:
            self._note_refusal(admission, refusal, note)
            return self._answers.refused(refusal, admission.endpoint.id, admission.now_ms)
        note.applied = endpoint.write is not None and getattr(facts, "applied", True)
        return in_its_medium(endpoint, shown(self._answers.success(endpoint.id, facts, admission.now_ms)))

    def _note_refusal(self, admission: Admission, refusal: Refusal, note: Note) -> None:
        """Keep what explains a refusal when somebody asks; nothing is worked out before that."""
        refused = Refused.of(
            admission.request,
            refusal,
            admission.now_ms,
            admission.directory,
            admission.rules,
            is_banned=refusal.http_status == BANNED,
        )
        self.journal.note_refusal(note.id, refused)

    def _refuse_departures(self, admission: Admission, note: Note) -> None:
        """100400 for a request that departs from S, while the profile is strict."""
        note.lint = self._linter.judge(admission, self.faults)
        admission.judged = True
        if note.lint:
            first = note.lint[0]
            raise Refusal(
                BAD_PARAMETER, f"strict: {first['rule']}: {first['message']}", departure=first["rule"]
            )

    def _books_for_a_write(self, admission: Admission, note: Note) -> Books:
        """The books through which a write takes effect at once, or later where it meets a commit-delay."""
        books = self._books
        delay_ms = self.faults.delay_ms(admission.request, admission.now_ms)
        if delay_ms is None:
            return books
        note.fault = note.fault or COMMIT_DELAY.name
        return books.due(admission.now_ms + delay_ms)

    def _fail(self, admission: Admission, note: Note, met: Meeting) -> Delivery:
        """Carry a request out if its fault allows, and say what the client gets in place of the answer."""
        kind, now_ms = met.kind, admission.now_ms
        endpoint = admission.rules.routes.get((admission.request.method, admission.request.path))
        changes_nothing = endpoint is None or not endpoint.write
        answered_by = None
        if met.fault.phase == "after" or (kind.shows_answer and changes_nothing):
            answer, answered_by = self._process(admission, note), self._answers
            later = partial(unchanged, answer)
        else:
            answer = answers.not_carried_out(now_ms)
            later = partial(self._arrive, admission.request, note, self.journal)
        assert kind.deliver is not None, "the register gives only faults that act on requests"
        delivery = kind.deliver(
            FaultMatch(
                fault=met.fault,
                request=admission.request,
                now_ms=now_ms,
                answer=answer,
                later=later,
                again=met.again,
                random=self.faults.random,
            )
        )
        match delivery:
            case Answer():
                note.sent(delivery, answered_by if delivery is answer else None)
            case Dribble():
                note.sent(answer, answered_by)
            case Late() if met.fault.phase == "after":
                note.sent(answer, answered_by)
            case Truncate():
                note.http_status = answer.http_status  # half a body carries no code
        return delivery

    def _arrive(self, request: WireRequest, note: Note, journal: Journal) -> Answer:
        """Take a request that was under way until now. One from before a reset comes too late."""
        now_ms = self.clock.now_ms()
        if journal is not self.journal:
            return answers.not_carried_out(now_ms)
        admission = Admission(request, self.books.directory, self._limits, self._rules, now_ms)
        return self._answer(admission, note)

    def _load(self, form: StateForm, markets: Markets) -> None:
        built = state.build(form, markets.listings)
        ledger = built.ledger
        teach_movements(self.agenda, ledger)
        self.markets = markets
        floor = Floor(self.agenda, self._settings.seed)
        now_ms = self.clock.now_ms()
        markets.enter(floor, now_ms)
        self.streams.follow(floor, ledger)
        desk, swap, coinm = desks_of(built, floor, self.agenda, self._order_ids, now_ms)
        desk.on_reports = self._reported
        self.streams.follow_perps(swap, coinm)
        moves, keys = Movements(ledger, self.agenda), self._listen_keys
        self._books = Books(ledger, built.directory, ledger, moves, floor, desk, swap, coinm, keys)
        self.users = Users(form, ledger, floor, desk, (swap, coinm), keys)
        self._reading.begin(self._books, self.faults)
        self._ids.count_on(built.latest_id)

    def know(self, directory: Directory) -> None:
        """Have other users from now on; see ``Users``."""
        self._books = replace(self._books, directory=directory)

    def _reported(self, reports: list[Report], at_ms: int) -> None:
        """Know the coins that users have got by trading, and tell them what happened to their orders."""
        for report in reports:
            if report.fill is not None:
                self._books.directory.know_coin(report.order.instrument.base)
                self._books.directory.know_coin(report.order.instrument.quote)
        self._reading.note_orders(reports, at_ms)
        self.streams.report(reports, at_ms)

    def _new_id(self) -> int:
        """An id whose transfer can have either number: a loaded history may hold any transferId."""
        taken = self._books.ledger.has_transfer_id
        number = self._ids.next()
        while taken(number) or taken(transfer_id_of(number)):
            number = self._ids.next()
        return number
