"""The decisions of one call, without I/O: which domain, when to fall back, when to give up.

A call is a generator. It yields a ``Step`` and is sent what became of it; it returns the result or
raises. Whoever drives it only moves bytes, sleeps and waits. ``reconcile`` settles lost writes.

What follows each outcome of an attempt:

====================  ===============================  =================================
outcome               a read                           a write
====================  ===============================  =================================
success               return it                        return it
100421, first time    measure the clock, once more     measure the clock, once more
another error code    ``APIError``                     ``APIError`` if the code proves
                                                       that nothing happened, else lost
any other answer      ``ProtocolError``                lost
not delivered         next domain, signed afresh       next domain, signed afresh
no complete answer    next domain, signed afresh       lost
no domain left        ``TransportError``               ``TransportError``
====================  ===============================  =================================

*Not delivered*: the failure came before a connection stood, so the exchange cannot have the request.
*Lost*: the exchange may have carried the write out; it is reconciled, never simply sent again. A write that
is interrupted between sending and its answer is lost, too.

Reads that settle a lost write go on to the next domain after an answer that is not the exchange's as well
(``http-error``, HTML, broken JSON): they change nothing, and the other domain may tell. A departure from S.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bingx_client.errors import (
    APIError,
    Busy,
    DomainFailure,
    ProtocolError,
    RateLimited,
    TimestampRefused,
    TransportError,
)
from bingx_client.flow.call import Call, Sign
from bingx_client.flow.clocks import Clock, Deadline, Stopwatch
from bingx_client.flow.limiter import Limiter, Turn
from bingx_client.flow.steps import Answered, Attempt, Await, Failed, Outcome, Sleep, Steps
from bingx_client.wire.decode import Node, read_answer
from bingx_contracts import ENDPOINTS, ERRORS

T = TypeVar("T")

WARN_ABOVE_MS = 1000
"""A clock that is further off than this is worth a warning."""

_FIRST_PAUSE_MS, _LONGEST_PAUSE_MS, _MOST_RETRIES = 100, 5000, 5

_log = logging.getLogger("bingx_client")


# How calls are carried out


@dataclass(frozen=True, slots=True)
class Pacing:
    """How to keep under the exchange's limits, and what to do when it is busy.

    :param limiter: says when a request may go.
    :param jitter: draws milliseconds from 0 to its argument.
    :param deadline_ms: how long a read may take in all, pauses included.
    """

    limiter: Limiter
    api_key: str = field(repr=False)
    jitter: Callable[[int], int]
    deadline_ms: int


@dataclass(frozen=True, slots=True)
class Settings:
    """How calls are carried out.

    :param timeout_ms: how long one attempt may take.
    :param server_time: the call that reads the exchange's clock.
    :param sign: signs a call as whoever sends it.
    :param pacing: None for a client that goes as fast as it can and raises every refusal at once.
    :param deadline: of the call under way; None where each attempt's timeout is all that bounds it.
    :param settling: whether a lost write is being settled, so that a broken answer is a reason to ask the
        next domain.
    """

    base_urls: tuple[str, ...]
    clock: Clock
    timeout_ms: int
    server_time: Call[int]
    sign: Sign[Any]
    pacing: Pacing | None = None
    deadline: Deadline | None = None
    settling: bool = False

    def left_ms(self) -> int:
        """How long one attempt may take now; 0 when the deadline has passed."""
        return self.timeout_ms if self.deadline is None else min(self.timeout_ms, self.deadline.left_ms())

    def let(self, step: Sleep | Await) -> Steps[None]:
        """Let time pass, and count it towards the deadline."""
        yield step
        match step:
            case Sleep(ms):
                self.waited(ms)
            case Await(future, timeout_ms) if not future.done():
                self.waited(timeout_ms)

    def waited(self, ms: int) -> None:
        """Count time that was waited, whatever the clocks say."""
        if self.deadline is not None:
            self.deadline.watch.count(ms)


class Backoff:
    """Pauses before the next try: ``min(2^n * 100 ms, 5 s)`` with full jitter, five times at most (R).

    :param deadline_ms: how long everything may take, counted by ``watch``.
    """

    def __init__(self, pacing: Pacing | None, watch: Stopwatch, deadline_ms: int) -> None:
        self._pacing, self._watch, self._deadline_ms = pacing, watch, deadline_ms
        self._count = 0

    def pause_ms(self) -> int | None:
        """How long to pause now; None when it is time to give up."""
        if self._pacing is None or self._count == _MOST_RETRIES:
            return None
        pause_ms = self._pacing.jitter(min(_FIRST_PAUSE_MS << self._count, _LONGEST_PAUSE_MS))
        self._count += 1
        return pause_ms if self._watch.elapsed_ms() + pause_ms <= self._deadline_ms else None


class TooLate(Exception):
    """A call's deadline comes before its request may go. The message says why."""


class Trial:
    """One attempt from waiting for its turn to the line in the log."""

    def __init__(self, endpoint: str, base_url: str, settings: Settings) -> None:
        self._endpoint, self._base_url, self._settings = endpoint, base_url, settings
        self._turn: Turn | None = None

    def wait(self) -> Steps[None]:
        """Let the time pass until the request may go, and leave in ``timestamp_ms`` what to sign it with.

        :raises TooLate: when the deadline comes first; the request is not sent then.
        """
        settings = self._settings
        try:
            if settings.pacing is not None:
                yield from self._wait_for_turn(settings.pacing, settings.base_urls)
            self._left_ms()
            self._started_ms = settings.clock.monotonic_ms()
            self.timestamp_ms = settings.clock.now_ms()
        except BaseException:
            if self._turn is not None and settings.pacing is not None:
                settings.pacing.limiter.give_up(self._turn)  # or whoever comes next would wait for ever
            raise

    def _wait_for_turn(self, pacing: Pacing, base_urls: tuple[str, ...]) -> Steps[None]:
        limiter = pacing.limiter
        self._turn = Turn()
        limiter.take_turn(self._turn, pacing.api_key, base_urls, self._endpoint)
        while (before := limiter.waiting_for(self._turn)) is not None:
            yield from self._settings.let(Await(before.done, self._left_ms()))
        wait_ms = limiter.wait_ms(self._turn)
        if wait_ms > 0:
            self._expect_time(wait_ms)
            yield from self._settings.let(Sleep(wait_ms))

    def _left_ms(self) -> int:
        left_ms = self._settings.left_ms()
        if left_ms == 0:
            raise TooLate("the deadline passed before it was sent")
        return left_ms

    def _expect_time(self, wait_ms: int) -> None:
        deadline = self._settings.deadline
        if deadline is not None and deadline.left_ms() < wait_ms:
            raise TooLate("the limits let it go only after the deadline")

    def attempt(self, call: Call[Any], timestamp_ms: int) -> Steps[Outcome]:
        """Sign and send it. Its turn is over then, whatever becomes of it."""
        try:
            timeout_ms = max(self._settings.left_ms(), 1)
            outcome = yield Attempt(self._base_url, self._settings.sign(call, timestamp_ms), timeout_ms)
        except BaseException as error:
            self._log(f"interrupted ({type(error).__name__})")
            raise
        finally:
            self.end()
        if isinstance(outcome, Failed):
            self._log(outcome.reason)
            self._settings.waited(outcome.waited_ms)
        return outcome

    def answer(self, answered: Answered) -> Node:
        """Decide between success and failure; see ``read_answer``."""
        try:
            node = read_answer(self._endpoint, answered.http_status, answered.body)
        except APIError as refusal:
            self._log(f"code {refusal.code}" if refusal.code is not None else "refused without a code")
            raise
        except ProtocolError:
            self._log(f"HTTP {answered.http_status} without a documented answer")
            raise
        self._log("code 0")
        return node

    def end(self) -> None:
        """Its turn is over. It may be ended again, should an interruption have struck the first end."""
        if self._turn is not None and self._settings.pacing is not None:
            self._settings.pacing.limiter.finish(self._turn)

    def _log(self, what: str) -> None:
        took_ms = self._settings.clock.monotonic_ms() - self._started_ms
        _log.info("%s %s: %s, %d ms", self._base_url, self._endpoint, what, took_ms)


def read(call: Call[T], settings: Settings) -> Steps[T]:
    """Carry out a read.

    With pacing, a read that finds the exchange busy is tried again after a pause.

    :raises APIError: the exchange refused.
    :raises ProtocolError: the answer is of no documented shape.
    :raises TransportError: no domain answered.
    """
    if settings.pacing is None:
        return (yield from _read_on_time(call, settings))
    deadline = settings.deadline or Deadline(Stopwatch(settings.clock), settings.pacing.deadline_ms)
    settings = replace(settings, deadline=deadline)
    backoff = Backoff(settings.pacing, deadline.watch, deadline.after_ms)
    while True:
        try:
            return (yield from _read_on_time(call, settings))
        except (RateLimited, Busy):
            pause_ms = backoff.pause_ms()
            if pause_ms is None:
                raise
            yield from settings.let(Sleep(pause_ms))


def _read_on_time(call: Call[T], settings: Settings) -> Steps[T]:
    """Carry out a read; told that the clock is wrong, set it right and try once more."""
    try:
        return (yield from read_once(call, settings))
    except TimestampRefused as refusal:
        yield from correct_clock(settings, refusal)
    return (yield from read_once(call, settings))


def read_once(call: Call[T], settings: Settings) -> Steps[T]:
    """Carry out a read without minding the clock."""
    failures: list[DomainFailure] = []
    for base_url in settings.base_urls:
        trial = Trial(call.endpoint, base_url, settings)
        try:
            yield from trial.wait()
            outcome = yield from trial.attempt(call, trial.timestamp_ms)
        except TooLate as late:
            failures.append(DomainFailure(base_url, str(late)))
            break
        finally:
            trial.end()
        match outcome:
            case Answered():
                try:
                    return call.read(trial.answer(outcome))
                except (APIError, ProtocolError) as error:
                    if not (settings.settling and _is_not_the_exchanges(error)):
                        raise
                    failures.append(DomainFailure(base_url, str(error)))
            case Failed(_, reason):
                failures.append(DomainFailure(base_url, reason))
    raise TransportError(call.endpoint, failures)


def _is_not_the_exchanges(error: APIError | ProtocolError) -> bool:
    """Whether an answer looks like that of something in front of the exchange, or of a part that is down."""
    if 300 <= error.http_status < 400:
        return False
    return isinstance(error, ProtocolError) or (
        error.http_status != 200 and not proves_nothing_happened(error)
    )


def correct_clock(settings: Settings, refusal: TimestampRefused) -> Steps[None]:
    """Measure how far the exchange's clock is from ours, halving the round trip, and keep it.

    :raises TimestampRefused: ``refusal`` itself, where the exchange's clock cannot be read.
    """
    clock = settings.clock
    for base_url in settings.base_urls:
        # One domain at a time: waiting for the first to time out must not count as a round trip.
        before_ms = clock.local_ms()
        try:
            server_ms = yield from read_once(settings.server_time, replace(settings, base_urls=(base_url,)))
            break
        except TransportError:
            continue
        except (APIError, ProtocolError):
            raise refusal from None
    else:
        raise refusal
    clock.offset_ms = server_ms - (before_ms + clock.local_ms()) // 2
    if abs(clock.offset_ms) > WARN_ABOVE_MS:
        side = "behind" if clock.offset_ms > 0 else "ahead of"
        _log.warning("this clock is %d ms %s the exchange's; set it", abs(clock.offset_ms), side)


@dataclass(frozen=True, slots=True)
class Lost:
    """A write that may or may not have happened.

    :param timestamp_ms: what it was signed with; once the exchange's clock has passed that by more than
        recvWindow, the exchange no longer accepts it.
    """

    timestamp_ms: int
    failures: tuple[DomainFailure, ...]


@dataclass(slots=True)
class Doubt:
    """What has to be said of a write when something interrupts the call now.

    :param lost: None as long as the exchange cannot have it, and once its fate is known.
    """

    lost: Lost | None = None


def send_write(call: Call[T], settings: Settings, doubt: Doubt) -> Steps[T | Lost]:
    """Send a write until it is answered or lost; go on to the next domain only where nothing arrived.

    :param doubt: is kept true at every moment. An answered write stays in doubt: whoever gets the result
        to its caller ends that.
    :raises APIError: the exchange refused, and nothing happened.
    :raises TransportError: no domain got the request, so nothing happened.
    """
    failures: list[DomainFailure] = []

    def lost(timestamp_ms: int, base_url: str, reason: str) -> Lost:
        doubt.lost = Lost(timestamp_ms, (*failures, DomainFailure(base_url, reason)))
        return doubt.lost

    for base_url in settings.base_urls:
        trial = Trial(call.endpoint, base_url, settings)
        try:
            yield from trial.wait()
            timestamp_ms = trial.timestamp_ms
            lost(timestamp_ms, base_url, "interrupted before its answer was read")
            outcome = yield from trial.attempt(call, timestamp_ms)
        except TooLate as late:
            failures.append(DomainFailure(base_url, str(late)))
            break
        finally:
            trial.end()
        match outcome:
            case Answered() as answered:
                try:
                    return call.read(trial.answer(answered))
                except (APIError, ProtocolError) as error:
                    if not proves_nothing_happened(error, call.endpoint_id):
                        return lost(timestamp_ms, base_url, str(error))
                    doubt.lost = None
                    raise
            case Failed(delivered=True, reason=reason):
                return lost(timestamp_ms, base_url, reason)
            case Failed(reason=reason):
                doubt.lost = None
                failures.append(DomainFailure(base_url, reason))
    raise TransportError(call.endpoint, failures)


def proves_nothing_happened(error: APIError | ProtocolError, endpoint_id: str | None = None) -> bool:
    """Whether an answer to a write rules out that the write took effect.

    :param endpoint_id: what was written to, whose kind decides over some codes; None for what the contract
        does not describe.
    """
    if isinstance(error, ProtocolError):
        return False
    if error.code is None or error.code not in ERRORS:
        return error.code is None
    endpoint = ENDPOINTS.get(endpoint_id or "")
    written = None if endpoint is None else endpoint.write
    code = ERRORS[error.code]
    return code.definite if written is None else code.is_definite(written.kind)
