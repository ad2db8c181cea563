"""Where clients of streams come in: everything that they do passes here, so that it can be written down."""

from collections.abc import Callable

from bingx_fake.streams.hub import POLICY, Hub
from bingx_fake.streams.session import Connection, Session
from bingx_fake.venue.instruments import Product


class Door:
    """What the edge does with clients.

    :param keep_up: carries out what is due, which comes before whatever a client does.
    """

    def __init__(self, hub: Hub, keep_up: Callable[[], object]) -> None:
        self._hub, self._keep_up = hub, keep_up

    def refusal(self, product: Product, listen_key: str | None, address: str) -> int | None:
        """The HTTP status with which a handshake is refused; None where it may be a connection."""
        self._keep_up()
        return self._hub.refusal(product, listen_key, address)

    def connect(
        self, product: Product, connection: Connection, *, listen_key: str | None, address: str
    ) -> Session:
        """A handshake is done."""
        self._keep_up()
        return self._hub.connect(product, connection, listen_key=listen_key, address=address)

    def receive(self, session: Session, text: str) -> None:
        """A message of a client's has come."""
        self._keep_up()
        session.receive(text)

    def beat(self, session: Session, most: float) -> None:
        """It is time for a heartbeat. Who has left more than so many without an answer is cut off."""
        self._keep_up()
        if session.beat() > most:
            session.close(POLICY)

    def leave(self, session: Session) -> None:
        """A connection has ended, whoever ended it."""
        self._keep_up()
        self._hub.disconnect(session)
