"""What clients do on streams, written down with the digest of what they were sent since the time before."""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from bingx_fake.recording.form import Beat, Connect, Handshake, Input, Leave, Message, Output
from bingx_fake.streams.door import Door
from bingx_fake.streams.frames import Frame
from bingx_fake.streams.hub import Hub
from bingx_fake.streams.session import Connection, Session
from bingx_fake.venue.instruments import Product

NoteIt = Callable[[Callable[[], Any], Callable[[], Input], Callable[[Any], Output | None]], Any]


class Tap:
    """Stands between a session and its connection, and digests what passes.

    :param connection: None where there is none, as in a replay.
    """

    def __init__(self, connection: Connection | None = None) -> None:
        self._connection = connection
        self._count = 0
        self._digest = blake2b(digest_size=8)

    def send(self, pushed: Frame) -> None:
        """Take a frame."""
        self._count += 1
        self._digest.update(pushed.data)
        if self._connection is not None:
            self._connection.send(pushed)

    def close(self, code: int) -> None:
        """End it."""
        self._digest.update(f"closed with {code}".encode())
        if self._connection is not None:
            self._connection.close(code)

    def reset(self) -> None:
        """Break it off."""
        self._digest.update(b"reset")
        if self._connection is not None:
            self._connection.reset()

    def output(self) -> Output:
        """What has passed since this was asked for last."""
        found = Output(what=f"{self._count} frames", digest=self._digest.hexdigest())
        self._count, self._digest = 0, blake2b(digest_size=8)
        return found


def refused(status: int | None) -> Output:
    """What became of a handshake."""
    what = "a connection" if status is None else f"HTTP {status}"
    return Output(what=what, digest=blake2b(what.encode(), digest_size=8).hexdigest())


class RecordedDoor(Door):
    """The door, where everything that passes is noted.

    :param note: does something and writes it down, with what came of it.
    """

    def __init__(self, hub: Hub, keep_up: Callable[[], object], note: NoteIt) -> None:
        super().__init__(hub, keep_up)
        self._note = note
        self._taps: dict[int, Tap] = {}

    def refusal(self, product: Product, listen_key: str | None, address: str) -> int | None:
        """Note a handshake, and what became of it."""
        asked = Handshake(product=product, listen_key=listen_key, address=address)
        status: int | None = self._note(
            lambda: super(RecordedDoor, self).refusal(product, listen_key, address), lambda: asked, refused
        )
        return status

    def connect(
        self, product: Product, connection: Connection, *, listen_key: str | None, address: str
    ) -> Session:
        """Note a new connection, by the number that it gets."""
        tap = Tap(connection)

        def act() -> Session:
            session = super(RecordedDoor, self).connect(product, tap, listen_key=listen_key, address=address)
            self._taps[session.number] = tap
            return session

        def noted() -> Connect:
            number = next(reversed(self._taps))
            return Connect(product=product, listen_key=listen_key, address=address, connection=number)

        session: Session = self._note(act, noted, lambda _: tap.output())
        return session

    def receive(self, session: Session, text: str) -> None:
        """Note a message."""
        given = Message(connection=session.number, text=text)
        self._note_one(session, lambda: super(RecordedDoor, self).receive(session, text), given)

    def beat(self, session: Session, most: float) -> None:
        """Note that it was time for a heartbeat."""
        given = Beat(connection=session.number, most=most)
        self._note_one(session, lambda: super(RecordedDoor, self).beat(session, most), given)

    def leave(self, session: Session) -> None:
        """Note that a connection has ended."""
        given = Leave(connection=session.number)
        self._note_one(session, lambda: super(RecordedDoor, self).leave(session), given)
        del self._taps[session.number]

    def _note_one(self, session: Session, act: Callable[[], None], given: Input) -> None:
        tap = self._taps[session.number]
        self._note(act, lambda: given, lambda _: tap.output())
