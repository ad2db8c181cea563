"""What somebody may want to know of connections and of what clients ask on them."""

from typing import Protocol

from bingx_fake.venue.instruments import Product


class Connected(Protocol):
    """A connection, as far as that is told; see ``Session``."""

    number: int
    product: Product
    uid: int | None
    address: str


class Watch:
    """Is told of everything that clients do on streams, and of what they miss. This one takes no notice.

    ``gaps`` counts, by connection and topic, the increments that were told since one was missed.
    """

    def __init__(self) -> None:
        self.gaps: dict[tuple[int, str], int] = {}

    def refused(self, product: Product, address: str, status: int, fault: str | None) -> None:
        """A handshake was refused with an HTTP status, by a fault of a kind or for the address's sake."""

    def connected(self, session: Connected) -> None:
        """There is a new connection."""

    def asked(self, session: Connected, wanted: str, name: str, code: int, *, again: bool = False) -> None:
        """A client has subscribed or unsubscribed, and was answered with a code.

        :param again: it had the topic already.
        """

    def unanswered(self, session: Connected, times: int) -> None:
        """So many heartbeats in a row have been sent, of which none has been answered so far."""

    def missed(self, session: Connected, name: str) -> None:
        """An increment of a topic was not told, or not in its place."""

    def told(self, session: Connected, name: str) -> None:
        """An increment of a topic was told, where one has been missed before."""

    def key_ended(self, session: Connected, *, is_over: bool) -> None:
        """The listen key of a connection has ended: its time was over, or somebody ended it."""

    def ended(self, session: Connected, *, by_exchange: bool) -> None:
        """A connection is no more."""
