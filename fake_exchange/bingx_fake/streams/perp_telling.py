"""Who is told what of accounts with perpetuals."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bingx_fake.faults.streams import ACCOUNT as ACCOUNT_EVENTS
from bingx_fake.market.floor import Floor
from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.reports import PerpNews
from bingx_fake.streams.frames import frame
from bingx_fake.streams.perp_account import BY_THEMSELVES, choice_updates, order_update, wallet_update
from bingx_fake.streams.session import Session
from bingx_fake.streams.topics import Topic
from bingx_fake.venue.instruments import Perpetual


class PerpTelling:
    """Tells users what happens to their orders, wallets and positions.

    :param readers: who listens to each topic.
    :param product: of which perpetuals; others are told on connections of their own.

    ``moved`` is by how much wallets have changed since that was told, by user and coin.
    """

    def __init__(self, readers: Mapping[Topic, Mapping[int, Session]], product: Perpetual) -> None:
        self._readers = readers
        self._orders, self._wallets, self._choices = BY_THEMSELVES[product]
        self.moved: dict[int, dict[str, Decimal]] = {}

    def follow(self, desk: SwapDesk, floor: Floor) -> None:
        """Tell what happens at this desk from now on."""
        self._desk, self._floor = desk, floor
        desk.on_news = self._tell

    def _tell(self, news: PerpNews, at_ms: int) -> None:
        """Tell users what happened to their orders, then to their wallets and positions."""
        if self._orders not in self._readers:
            return
        for report in news.reports:
            readers = self._readers_of(report.order.uid)
            if readers:
                told = frame(order_update(report, at_ms), topics=(self._orders.name, ACCOUNT_EVENTS))
                for session in readers:
                    session.push(told)
        self.tell_wallets(news.reason, news.positions, at_ms)

    def tell_wallets(self, reason: str | None, positions: Sequence[Position], at_ms: int) -> None:
        """Tell wallets and positions that changed.

        :param reason: why; None where money came from elsewhere, or went there (ours, A182).
        """
        moved, self.moved = self.moved, {}
        for uid in dict.fromkeys((*moved, *(position.uid for position in positions))):
            readers = self._readers_of(uid)
            if readers:
                changes, own = moved.get(uid, {}), [it for it in positions if it.uid == uid]
                comes = all(change >= 0 for change in changes.values())
                why = reason or ("DEPOSIT" if comes else "WITHDRAW")
                told = wallet_update(self._desk, uid, why, changes, own, at_ms)
                pushed = frame(told, topics=(self._wallets.name, ACCOUNT_EVENTS))
                for session in readers:
                    session.push(pushed)

    def tell_choices(self, session: Session, at_ms: int) -> None:
        """Tell a user what he has chosen for each perpetual."""
        if session.uid is not None:
            for told in choice_updates(self._desk, session.uid, self._floor.stalls, at_ms):
                session.push(frame(told, topics=(self._choices.name, ACCOUNT_EVENTS)))

    def _readers_of(self, uid: int) -> list[Session]:
        return [it for it in self._readers.get(self._orders, {}).values() if it.uid == uid]
