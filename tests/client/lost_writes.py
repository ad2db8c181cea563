"""Settling a lost write without sockets: each step is answered here, and time passes where a step lets it."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from bingx_client import OutcomeUnknown
from bingx_client.errors import Claimant
from bingx_client.flow.attempts import Settings
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import Clock
from bingx_client.flow.plan import Plan, Policy, Row, Verdict
from bingx_client.flow.reconcile import settle
from bingx_client.flow.steps import Answered, Attempt, Failed, Outcome, Sleep, Step, Steps
from bingx_client.flow.writes import Writes
from bingx_client.wire.decode import Node
from bingx_client.wire.signing import public_request

T = TypeVar("T")

START_MS = 1_700_000_000_000
TIMEOUT_MS = 10_000
DEADLINE_MS = 60_000
WINDOW_MS, SETTLE_MS = 5000, 1000
EXPIRED_MS = WINDOW_MS + SETTLE_MS
COM, PRO = "https://com.test", "https://pro.test"
DONE = Answered(200, b'{"code":0}')
CUT = Failed(delivered=True, reason="the connection was cut")


def call(path: str, read: Callable[[Node], T]) -> Call[T]:
    return Call("GET", path, {"asset": "USDT"}, read, "transfer")


class Exchange:
    """Answers steps, and keeps them.

    :ivar pages: the records; page numbers beyond them are empty.
    :ivar ahead_ms: how far its clock is ahead of time.
    :ivar client_ahead_ms: how far the client's is.
    """

    def __init__(self) -> None:
        self.writes = Writes()
        self.now_ms = START_MS
        self.ahead_ms = self.client_ahead_ms = 0
        self.pages: list[list[Row[str]]] = []
        self.page_size = 100
        self.steps: list[Step] = []
        self.asked: list[tuple[int, int]] = []
        self.answers: Callable[[Attempt], Outcome] = lambda attempt: DONE

    def plan(self, identity: Hashable = "identity") -> Plan[str]:
        def page(since_ms: int, number: int) -> Call[Sequence[Row[str]]]:
            def decode(answer: Node) -> Sequence[Row[str]]:
                self.asked.append((since_ms, number))
                return self.pages[number] if number < len(self.pages) else []

            return call("/records", decode)

        return Plan(identity, lambda receipt: frozenset({receipt}), page, self.page_size, "key")

    def settings(self) -> Settings:
        clock = Clock(lambda: self.now_ms + self.client_ahead_ms, lambda: self.now_ms)
        server_time = call("/time", lambda answer: self.now_ms + self.ahead_ms)
        return Settings(
            (COM, PRO), clock, TIMEOUT_MS, server_time, lambda call, _: public_request(call.method, call.path)
        )

    def carry_through(self, steps: Steps[Any], outcome: Outcome = None) -> Any:
        """Answer each step, and let time pass where a step says so."""
        while True:
            try:
                step = steps.send(outcome)
            except StopIteration as finished:
                return finished.value
            self.steps.append(step)
            outcome = self.answers(step) if isinstance(step, Attempt) else None
            self.now_ms += step.ms if isinstance(step, Sleep) else 0

    @property
    def pauses(self) -> list[int]:
        return [step.ms for step in self.steps if isinstance(step, Sleep)]


def policy(**changes: Any) -> Policy:
    usual = Policy(reconcile=True, deadline_ms=DEADLINE_MS, settle_ms=SETTLE_MS, recv_window_ms=WINDOW_MS)
    return replace(usual, **changes)


def lost(name: str = "this", at_ms: int = START_MS, **options: Any) -> OutcomeUnknown:
    claimant = Claimant(name, *policy().span(at_ms))
    return OutcomeUnknown("POST /write", {"asset": "USDT"}, at_ms, [], **{"claimant": claimant, **options})


def asking(
    exchange: Exchange, unknown: OutcomeUnknown, identity: Hashable = "identity", **options: Any
) -> Steps[str | None]:
    return settle(unknown, exchange.plan(identity), exchange.settings(), policy(**options), exchange.writes)


def ask(exchange: Exchange, unknown: OutcomeUnknown, **options: Any) -> str | None:
    found: str | None = exchange.carry_through(asking(exchange, unknown, **options))
    return found


def record(
    name: str, at_ms: int | None = START_MS, verdict: Verdict = Verdict.HAPPENED, **options: Any
) -> Row[str]:
    return Row(frozenset({name}), name, verdict, "4", at_ms, **options)


def other(name: str) -> Row[str]:
    """A record of somebody else's."""
    return Row(frozenset({name}), None, Verdict.HAPPENED, "made", START_MS)
