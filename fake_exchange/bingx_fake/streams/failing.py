"""What goes wrong with streams, by order of faults: decided message by message, between hub and connections.

Bytes are not broken here: a connection that is to be reset is told so.
"""

from collections.abc import Callable, Mapping

import msgspec

from bingx_fake.agenda import Agenda, Rank
from bingx_fake.faults.fault import Fault
from bingx_fake.faults.register import FaultRegister
from bingx_fake.faults.streams import (
    WS_DELAY,
    WS_DUPLICATE,
    WS_REORDER,
    WS_RESET,
    WS_STALL,
    Struck,
    strikes,
)
from bingx_fake.streams.frames import Frame
from bingx_fake.streams.session import Session
from bingx_fake.streams.watch import Watch
from bingx_fake.venue.instruments import Product

GOING_AWAY = 1001
"""Why a connection ends where nobody says why (RFC 6455, 7.4.1)."""
_UNAVAILABLE = 503


class _Late(msgspec.Struct, frozen=True):
    """A push is due that was under way. Which one is no business of the agenda's."""

    number: int


class Failing:
    """What becomes of connections, and of what is sent to them, while faults are in force.

    :param now_ms: the time of what is being carried out.
    :param sessions: the connections that there are, by number, the oldest first.
    :param forget: is told of a connection that a fault ends.
    :param watch: is told of increments that are missing, or not in their place.
    :param end_keys: ends the listen keys of a user, or everybody's for None, and says how many.
    """

    def __init__(
        self,
        agenda: Agenda,
        now_ms: Callable[[], int],
        sessions: Mapping[int, Session],
        forget: Callable[[Session], object],
        end_keys: Callable[[int | None, int], int],
        watch: Watch,
    ) -> None:
        self._agenda, self._now_ms, self._sessions = agenda, now_ms, sessions
        self._forget, self._end_keys, self._watch = forget, end_keys, watch
        self._late: dict[int, tuple[int, Frame]] = {}
        self._count = 0
        self._begun: set[str] = set()
        self._held: dict[tuple[str, int], tuple[Fault, Frame]] = {}
        agenda.learn(_Late, Rank.PUSH, self._arrive)

    def begin(self, faults: FaultRegister) -> None:
        """Obey these faults from now on, with an agenda that is empty."""
        self._faults = faults
        self._late.clear()
        self._begun.clear()
        self._held.clear()

    def follow(self) -> None:
        """Do what faults do when they begin or end. To be called whenever one may have."""
        faults, now_ms = self._faults, self._now_ms()
        for fault_id, fault in faults.of_streams("key", now_ms):
            if self._begins(fault_id):
                faults.count(fault_id, self._end_keys(fault.uid, now_ms))
        for fault_id, _ in faults.of_streams("stream", now_ms):
            if self._begins(fault_id):
                for session in [*self._sessions.values()]:
                    self._end(session, fault_id)
        if self._held:
            in_force = {fault_id for fault_id, _ in faults.of_streams("push", now_ms)}
            for fault_id, number in [*self._held]:
                if fault_id not in in_force:
                    self._release(fault_id, number)

    def _begins(self, fault_id: str) -> bool:
        is_new = fault_id not in self._begun
        self._begun.add(fault_id)
        return is_new

    def refusal(self, product: Product, uid: int | None) -> int | None:
        """The HTTP status with which the handshake of a new connection is refused; None for a welcome."""
        met = self._faults.strike("handshake", Struck(product, uid), self._now_ms())
        return None if met is None else met[1].status or _UNAVAILABLE

    def welcome(self, session: Session) -> None:
        """End a new connection at once where a fault does that."""
        if self._faults.on_streams:
            self._end(session, None)

    def _end(self, session: Session, fault_id: str | None) -> None:
        met = self._faults.strike("stream", _struck(session), self._now_ms(), fault_id)
        if met is None:
            return
        if met[1].kind == WS_RESET.name:
            session.reset()
        else:
            session.close(met[1].close_code or GOING_AWAY)
        self._forget(session)

    def is_silent(self, session: Session) -> bool:
        """Whether nothing at all is sent to a connection."""
        return self._faults.strike("silence", _struck(session), self._now_ms()) is not None

    def push(self, session: Session, pushed: Frame) -> None:
        """Send something, or do with it what the first fault asks for that strikes it."""
        if self.is_silent(session):
            return
        if not pushed.topics:
            session.deliver(pushed)
            return
        struck = _struck(session, pushed)
        held_by = self._held_by(session, struck)
        if held_by is not None and not self._is_stalled(struck):
            session.deliver(pushed)
            self._release(held_by, session.number)
            return
        met = self._faults.strike("push", struck, self._now_ms())
        if met is None:
            session.deliver(pushed)
            return
        fault_id, fault = met
        if pushed.is_update and fault.kind != WS_DUPLICATE.name:
            self._watch.missed(session, pushed.topics[0])
        if fault.kind == WS_DUPLICATE.name:
            session.deliver(pushed)
            session.deliver(pushed)
        elif fault.kind == WS_DELAY.name:
            self._count += 1
            self._late[self._count] = session.number, pushed
            self._agenda.add(self._now_ms() + (fault.ms or 0), _Late(self._count))
        elif fault.kind == WS_REORDER.name:
            self._held[fault_id, session.number] = fault, pushed
        # else it is lost: a stall, a drop or a gap

    def _arrive(self, late: _Late, at_ms: int) -> None:
        number, pushed = self._late.pop(late.number)
        self._deliver(number, pushed)

    def _release(self, fault_id: str, number: int) -> None:
        _, pushed = self._held.pop((fault_id, number))
        self._deliver(number, pushed)

    def _deliver(self, number: int, pushed: Frame) -> None:
        """Send what was under way, to a connection that is still there and is sent anything."""
        session = self._sessions.get(number)
        if (
            session is not None
            and not self.is_silent(session)
            and not self._is_stalled(_struck(session, pushed))
        ):
            session.deliver(pushed)

    def _held_by(self, session: Session, struck: Struck) -> str | None:
        """The fault that has held back what a push of this kind lets go."""
        for (fault_id, number), (fault, _) in self._held.items():
            if number == session.number and strikes(fault, struck):
                return fault_id
        return None

    def _is_stalled(self, struck: Struck) -> bool:
        in_force = self._faults.of_streams("push", self._now_ms())
        return any(fault.kind == WS_STALL.name and strikes(fault, struck) for _, fault in in_force)


def _struck(session: Session, pushed: Frame | None = None) -> Struck:
    if pushed is None:
        return Struck(session.product, session.uid)
    return Struck(session.product, session.uid, pushed.topics, pushed.is_update)
