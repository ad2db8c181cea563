"""The exchange: books, clock, gateway, faults and journal put together. No sockets and no web types."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from bingx_fake import answers, state
from bingx_fake.answers import Answer
from bingx_fake.clock import ExchangeClock
from bingx_fake.faults.fault import Delivery
from bingx_fake.faults.kinds import KINDS
from bingx_fake.faults.register import FaultRegister
from bingx_fake.gateway import Passage, admit, shown_parameters
from bingx_fake.handlers import HANDLERS
from bingx_fake.handlers.facts import Books, Call, InnerSent, Transferred
from bingx_fake.journal import Journal, JournalEntry
from bingx_fake.limits import RateLimits
from bingx_fake.refusal import Refusal
from bingx_fake.state import StateForm
from bingx_fake.wire import WireRequest

_FIRST_ID = 1_800_000_000_000_000_001
"""Beyond 2^53 and odd, as every later id is, so that a reader that takes ids for floats is found out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an exchange starts with, and goes back to on reset.

    :param clock: makes the clock to start with.
    :param seed: decides over transfer ids and over faults with a probability.
    :param journal_size: how many requests the journal keeps.
    """

    form: StateForm
    clock: Callable[[], ExchangeClock]
    seed: int = 0
    rate_limits: bool = False
    journal_size: int = 10_000


class Exchange:
    """One exchange, served by two domains."""

    books: Books
    clock: ExchangeClock
    faults: FaultRegister
    journal: Journal

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.reset()

    def reset(self) -> None:
        """Back to the start: state, clock, faults, journal, limits and the sequence of ids."""
        settings = self._settings
        self.clock = settings.clock()
        self.journal = Journal(settings.journal_size)
        self.faults = FaultRegister(Random(f"{settings.seed}/faults"))
        self._limits = RateLimits() if settings.rate_limits else None
        self._load(settings.form)

    def load(self, form: StateForm) -> None:
        """Replace users, balances, coins, prices and history; clock, faults and journal stay."""
        self._load(form)

    def state(self) -> dict[str, Any]:
        """The whole state in the JSON form of the state file."""
        return state.dump(self.books.directory, self.books.ledger)

    def receive(self, request: WireRequest) -> Delivery:
        """Take one request and say what its client gets. The journal has it when this returns."""
        now_ms = self.clock.now_ms()
        passage = Passage(request, self.books.directory, self._limits, now_ms)
        fault = self.faults.meet(request)
        applied = False
        delivery: Delivery
        if fault is None:
            delivery, applied = self._process(passage)
        else:
            deliver = KINDS[fault.kind].deliver
            assert deliver is not None, "the register gives only faults that act on requests"
            if fault.phase == "after":
                _, applied = self._process(passage)
            delivery = deliver(fault, now_ms)
        answered = delivery if isinstance(delivery, Answer) else None
        self.journal.add(
            JournalEntry(
                id=self.journal.next_id(),
                domain=request.domain,
                method=request.method,
                path=request.path,
                parameters=shown_parameters(passage),
                received_at=now_ms,
                code=None if answered is None else answered.code,
                http_status=None if answered is None else answered.http_status,
                fault=None if fault is None else fault.kind,
                applied=applied,
                lint=[],
            )
        )
        return delivery

    def _process(self, passage: Passage) -> tuple[Answer, bool]:
        """Carry a request out: its answer, and whether money moved."""
        try:
            admit(passage)
            call = Call(passage.caller, passage.parameters, passage.now_ms, self._new_id)
            facts = HANDLERS[passage.endpoint.id](self.books, call)
        except Refusal as refusal:
            return answers.refused(refusal, passage.now_ms), False
        applied = isinstance(facts, Transferred) or (isinstance(facts, InnerSent) and facts.applied)
        return answers.success(passage.endpoint.id, facts, passage.now_ms), applied

    def _load(self, form: StateForm) -> None:
        built = state.build(form)
        self.books = Books(built.ledger, built.directory)
        self._random = Random(f"{self._settings.seed}/ids")
        self._latest_id = max(_FIRST_ID, built.latest_id | 1)

    def _new_id(self) -> int:
        self._latest_id += 2 * self._random.randrange(1, 500_000)
        return self._latest_id
