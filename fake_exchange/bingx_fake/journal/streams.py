"""Connections and subscriptions in the journal, and what a careful client of streams would not have done."""

from collections.abc import Callable
from urllib.parse import urlencode

from bingx_fake.journal.journal import Journal, Note
from bingx_fake.journal.lint import MARKS, Linter
from bingx_fake.streams.watch import Connected, Watch
from bingx_fake.venue.instruments import Product

_SWITCHING, _TOO_MANY = 101, 429
_PATHS: dict[Product, str] = {"spot": "/market", "swap": "/swap-market", "coinm": "/cswap-market"}
_MOST_UNANSWERED = 3
"""Heartbeats; one that comes just before its answer is none (ours, A138)."""
_MERGED = 3
"""Increments from which a book may be put together again after a gap (R, D)."""


class StreamJournal(Watch):
    """Notes what clients do on streams, and marks it in the journal.

    :param now_ms: the exchange's clock.

    ``down`` are the users whose account's stream was ended by the exchange, and who have not connected since.
    """

    def __init__(self, now_ms: Callable[[], int]) -> None:
        super().__init__()
        self._now_ms = now_ms
        self.down: set[int] = set()
        self._connections: dict[int, tuple[Connected, Note]] = {}
        self._asked: dict[tuple[int, str], Note] = {}

    def begin(self, journal: Journal, linter: Linter) -> None:
        """Write into this journal from now on, and judge requests by what is known of streams."""
        self._journal = journal
        linter.streams = self
        for what in (self.gaps, self.down, self._connections, self._asked):
            what.clear()

    def _note(self, method: str, product: Product, **parameters: object) -> Note:
        target = f"{_PATHS[product]}?{urlencode({name: str(value) for name, value in parameters.items()})}"
        return self._journal.add_stream(method, target, self._now_ms())

    def refused(self, product: Product, address: str, status: int, fault: str | None) -> None:
        """A handshake was refused."""
        note = self._note("GET", product, address=address)
        note.http_status, note.fault = status, fault

    def connected(self, session: Connected) -> None:
        """There is a new connection."""
        account = {} if session.uid is None else {"uid": session.uid}
        note = self._note("GET", session.product, connection=session.number, **account)
        note.http_status = _SWITCHING
        self._connections[session.number] = session, note
        if session.uid is not None:
            self.down.discard(session.uid)

    def asked(self, session: Connected, wanted: str, name: str, code: int, *, again: bool = False) -> None:
        """A client has subscribed or unsubscribed."""
        note = self._note(wanted.upper(), session.product, connection=session.number, dataType=name)
        note.code = code
        if code == 0:
            self.gaps.pop((session.number, name), None)
            self._asked[session.number, name] = note
            if wanted == "unsub":
                del self._asked[session.number, name]
        if again:
            _mark(note, "topic-again")

    def unanswered(self, session: Connected, times: int) -> None:
        """So many heartbeats in a row have been sent, of which none has been answered so far."""
        if times == _MOST_UNANSWERED and session.number in self._connections:
            _mark(self._connections[session.number][1], "pong-missing")

    def missed(self, session: Connected, name: str) -> None:
        """An increment was not told, or not in its place."""
        self.gaps[session.number, name] = 0

    def told(self, session: Connected, name: str) -> None:
        """An increment was told, where one has been missed before."""
        told = self.gaps.get((session.number, name))
        if told is None:
            return
        self.gaps[session.number, name] = told + 1
        if told == _MERGED and (session.number, name) in self._asked:
            _mark(self._asked[session.number, name], "depth-after-gap")
            del self.gaps[session.number, name]

    def read_book(self, address: str, symbol: str) -> None:
        """Somebody has read an order book by REST, which closes the gaps of who connects from there."""
        for number, name in [*self.gaps]:
            known = self._connections.get(number)
            if known is not None and known[0].address == address and name.startswith(f"{symbol}@"):
                del self.gaps[number, name]

    def key_ended(self, session: Connected, *, is_over: bool) -> None:
        """The listen key of a connection has ended."""
        if is_over and session.number in self._connections:
            _mark(self._connections[session.number][1], "key-not-renewed")
        self._is_down(session)

    def ended(self, session: Connected, *, by_exchange: bool) -> None:
        """A connection is no more."""
        self._connections.pop(session.number, None)
        for what in (self.gaps, self._asked):
            for number, name in [*what]:
                if number == session.number:
                    del what[number, name]
        if by_exchange:
            self._is_down(session)

    def _is_down(self, session: Connected) -> None:
        others = (it.uid for it, _ in self._connections.values() if it is not session)
        if session.uid is not None and session.uid not in others:
            self.down.add(session.uid)


def _mark(note: Note, rule: str) -> None:
    if MARKS[rule] not in note.lint:
        note.lint = (*note.lint, MARKS[rule])
