"""Every connection, and what each of them is told when something happens or an interval is over."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import count

import msgspec

from bingx_fake.agenda import Agenda, Rank
from bingx_fake.books.accounts import EXCHANGE_UID, Line
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.listen_keys import ListenKey, ListenKeys
from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.faults.register import FaultRegister
from bingx_fake.faults.streams import ACCOUNT as ACCOUNT_EVENTS
from bingx_fake.faults.streams import WS_REFUSE
from bingx_fake.groups.spot_market.markets import best_of
from bingx_fake.market.floor import Floor
from bingx_fake.market.stall import Stall
from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.perpetuals.margins import ACCOUNTS as PERP_ACCOUNTS
from bingx_fake.streams.account import BALANCES, ORDERS, Json, balances, execution
from bingx_fake.streams.failing import GOING_AWAY, Failing
from bingx_fake.streams.frames import Frame, frame
from bingx_fake.streams.perp_account import BY_THEMSELVES
from bingx_fake.streams.perp_telling import PerpTelling
from bingx_fake.streams.projections import INCREMENTS, STANDING, TRADES
from bingx_fake.streams.session import Connection, Session
from bingx_fake.streams.spot import INCREMENT_LEVELS, View
from bingx_fake.streams.topics import NoSuchTopic, Topic
from bingx_fake.streams.watch import Watch
from bingx_fake.trading.settlement import ACCOUNT, Report
from bingx_fake.venue.commands import Event, MarketId, Traded
from bingx_fake.venue.instruments import Product

Sides = tuple[dict[int, int], dict[int, int]]
POLICY = 1008
TOO_MANY = 429
"""What an address is told that has as many connections as it may have (ours, A136)."""
KEY_ENDED = 100401
"""What was recorded for a listen key that has ended (O)."""


_SPOT_BALANCES = Topic("spot", BALANCES, BALANCES)


class _Publish(msgspec.Struct, frozen=True):
    """A topic's interval is over."""

    topic: Topic


class _Increments(msgspec.Struct):
    """What has been published of an order book, and up to which number."""

    number: int
    sides: Sides


class Hub:
    """The streams of an exchange.

    What is pushed follows from the market as it stands and from its events; who listens changes nothing of
    either. A frame is made once for all its readers.

    :param now_ms: the exchange's clock.
    :param watch: is told what clients do.
    """

    def __init__(self, agenda: Agenda, now_ms: Callable[[], int], watch: Watch) -> None:
        self._agenda, self._now_ms, self.watch = agenda, now_ms, watch
        self._numbers = count(1)
        self.sessions: dict[int, Session] = {}
        self._readers: dict[Topic, dict[int, Session]] = {}
        self._timers: dict[Topic, int] = {}
        self._increments: dict[MarketId, _Increments] = {}
        self._told: dict[Topic, object] = {}
        self._moved: dict[int, dict[str, Decimal]] = {}
        self._perps = {it: PerpTelling(self._readers, it) for it in PERP_ACCOUNTS}
        self.zone_ms = 0
        self.has_limits = False
        self.answers: Mapping[str, str] = {}
        self._failing = Failing(agenda, self.now_ms, self.sessions, self.disconnect, self._end_keys, watch)
        agenda.learn(_Publish, Rank.PUSH, self._publish)

    def now_ms(self) -> int:
        """The time of what is being carried out, so that an advance meets what time itself would."""
        working_ms = self._agenda.working_ms
        return self._now_ms() if working_ms is None else working_ms

    def begin(self, keys: ListenKeys, faults: FaultRegister) -> None:
        """Begin, or begin again with an agenda that is empty: every connection is closed."""
        self._faults = faults
        self._failing.begin(faults)
        for session in [*self.sessions.values()]:
            session.close(GOING_AWAY)
        self.sessions.clear()
        self._readers.clear()
        self._timers.clear()
        self._keys = keys
        keys.on_end = self._key_ended

    def follow(self, floor: Floor, ledger: Ledger) -> None:
        """Show these markets and accounts from now on. Whoever listens goes on listening.

        To be called before anybody who answers events with commands: these happen after.
        """
        self._floor, self._ledger = floor, ledger
        self._moved.clear()
        for perps in self._perps.values():
            perps.moved.clear()
        ledger.on_entry = self._posted
        floor.listeners.append(self._happened)
        self._increments.clear()
        self._told.clear()
        for number in self._timers.values():
            self._agenda.remove(number)
        self._timers.clear()
        for topic in self._readers:
            if topic.every_ms is not None and (
                not topic.symbol or (topic.product, topic.symbol) in floor.stalls
            ):
                self._start_timer(topic)

    def follow_perps(self, *desks: SwapDesk) -> None:
        """Tell what happens at these desks from now on."""
        for desk in desks:
            self._perps[desk.product].follow(desk, self._floor)

    def connect(
        self,
        product: Product,
        connection: Connection,
        *,
        listen_key: str | None = None,
        address: str = "",
    ) -> Session:
        """Take a new connection. One with a key that is not valid is told so, and closed (ours, A114)."""
        key = None if listen_key is None else self._keys.find(listen_key)
        session = Session(
            next(self._numbers),
            product,
            self,
            connection,
            now_ms=self._now_ms,
            uid=None if key is None else key.uid,
            listen_key=listen_key,
            address=address,
            has_limits=self.has_limits,
        )
        self.sessions[session.number] = session
        self.watch.connected(session)
        if listen_key is not None and key is None:
            session.refuse(KEY_ENDED, "this listenKey does not exist, or has ended")
            session.close(POLICY)
        elif self._faults.on_streams:
            self._failing.welcome(session)
        if product in BY_THEMSELVES and session.uid is not None and not session.is_ended:
            for topic in BY_THEMSELVES[product]:
                session.topics[topic.name] = topic
                self.subscribed(session, topic)
        return session

    def refusal(self, product: Product, listen_key: str | None, address: str) -> int | None:
        """The HTTP status with which a handshake is refused; None where it may be a connection."""
        status, fault = None, None
        if self._faults.on_streams:
            key = None if listen_key is None else self._keys.find(listen_key)
            status = self._failing.refusal(product, None if key is None else key.uid)
            fault = None if status is None else WS_REFUSE.name
        if status is None and self.has_limits:
            there = sum(session.address == address for session in self.sessions.values())
            status = TOO_MANY if there >= int(self.answers["V93"]) else None
        if status is not None:
            self.watch.refused(product, address, status, fault)
        return status

    def send(self, session: Session, pushed: Frame) -> None:
        """Send something to a session, unless something goes wrong."""
        if self.watch.gaps and pushed.is_update:
            self.watch.told(session, pushed.topics[0])
        if self._faults.on_streams:
            self._failing.push(session, pushed)
        else:
            session.deliver(pushed)

    def is_silent(self, session: Session) -> bool:
        """Whether nothing at all is sent to a session."""
        return self._faults.on_streams and self._failing.is_silent(session)

    def follow_faults(self) -> None:
        """Do what faults do when they begin or end. To be called whenever one may have."""
        self._failing.follow()

    def _end_keys(self, uid: int | None, at_ms: int) -> int:
        ended = [key for key in self._keys if uid in (None, key.uid)]
        for key in ended:
            self._keys.end(key.listen_key, at_ms)
        return len(ended)

    def disconnect(self, session: Session) -> None:
        """Forget one that has ended."""
        if self.sessions.pop(session.number, None) is not None:
            is_cut = session.is_ended or self._faults.connections_failed("stream", self.now_ms(), 0)
            self.watch.ended(session, by_exchange=is_cut)
            for topic in session.topics.values():
                self.unsubscribed(session, topic)

    def _key_ended(self, ended: ListenKey, at_ms: int) -> None:
        """Tell the streams of a key that has ended. They stay, and are told no more (V91)."""
        gone = {"e": "listenKeyExpired", "E": at_ms, "listenKey": ended.listen_key}
        for session in [*self.sessions.values()]:
            if session.listen_key == ended.listen_key:
                session.push(frame(gone, topics=(ACCOUNT_EVENTS,)))
                self.watch.key_ended(session, is_over=at_ms >= ended.expires_ms)
                session.uid = None
                for topic in session.topics.values():
                    self.unsubscribed(session, topic)

    def check(self, topic: Topic) -> None:
        """Refuse a topic of a market that there is not.

        :raises NoSuchTopic: saying so.
        """
        if topic.symbol and (topic.product, topic.symbol) not in self._floor.stalls:
            raise NoSuchTopic(f"there is no market {topic.symbol[:40]!r}")

    def subscribed(self, session: Session, topic: Topic) -> None:
        """Have a session told of a topic. Of the order book's increments it gets all levels at once."""
        readers = self._readers.setdefault(topic, {})
        readers[session.number] = session
        if topic.every_ms is not None and topic not in self._timers:
            self._start_timer(topic)
        if topic.kind == "incrDepth":
            view = self._view(topic)
            known = self._published(view)
            whole = INCREMENTS[topic.product](topic, view, "all", known.sides, known.number)
            session.push(frame(whole, topics=(topic.name,)))
        elif (perps := self._of_choices(topic)) is not None:
            perps.tell_choices(session, self._now_ms())
        elif topic.product == "spot" and topic.kind == BALANCES and session.uid is not None:
            held = self._ledger.balances(session.uid, ACCOUNT)
            rows = [(asset, balance, ZERO) for asset, balance in held.items()]
            whole = balances("INIT", rows, self._now_ms(), self.answers)
            session.push(frame(whole, topics=(BALANCES, ACCOUNT_EVENTS)))

    def unsubscribed(self, session: Session, topic: Topic) -> None:
        """Tell it no more. Where nobody else listens, nothing is made any more."""
        readers = self._readers.get(topic, {})
        readers.pop(session.number, None)
        if not readers:
            self._readers.pop(topic, None)
            if topic in self._timers:
                self._agenda.remove(self._timers.pop(topic))
            if topic.kind == "incrDepth":
                self._increments.pop((topic.product, topic.symbol), None)
            self._told.pop(topic, None)

    def _start_timer(self, topic: Topic) -> None:
        every_ms = topic.every_ms
        assert every_ms is not None, topic
        now_ms = self._now_ms()
        at_ms = now_ms - now_ms % every_ms + every_ms
        self._timers[topic] = self._agenda.add(at_ms, _Publish(topic), every_ms=every_ms)

    def _view(self, topic: Topic, at_ms: int | None = None) -> View:
        stall = self._floor.stalls[topic.product, topic.symbol]
        return View(self._floor, stall, self._now_ms() if at_ms is None else at_ms, self.zone_ms)

    def _published(self, view: View) -> _Increments:
        """What was last published of a market's order book."""
        market = view.stall.market.id
        known = self._increments.get(market)
        if known is None:
            known = _Increments(view.stall.published(view.now_ms), self._sides(view))
            self._increments[market] = known
        return known

    def _sides(self, view: View) -> Sides:
        bids, asks = self._floor.levels(view.stall.market.id, view.now_ms)
        return dict(bids[:INCREMENT_LEVELS]), dict(asks[:INCREMENT_LEVELS])

    def _of_choices(self, topic: Topic) -> PerpTelling | None:
        """Who tells what was chosen for perpetuals, if a topic is about that."""
        product = topic.product
        if product == "spot" or topic != BY_THEMSELVES[product].choices:
            return None
        return self._perps[product]

    def _publish(self, due: _Publish, at_ms: int) -> None:
        topic = due.topic
        if (perps := self._of_choices(topic)) is not None:
            for session in [*self._readers.get(topic, {}).values()]:
                perps.tell_choices(session, at_ms)
            return
        view = self._view(topic, at_ms)
        if topic.kind == "incrDepth":
            self._publish_increment(topic, view)
        else:
            self._show(topic, view)

    def _publish_increment(self, topic: Topic, view: View) -> None:
        known = self._published(view)
        number = view.stall.published(view.now_ms)
        if number == known.number:
            return
        sides = self._sides(view)
        changed = (_changes(known.sides[0], sides[0]), _changes(known.sides[1], sides[1]))
        known.number, known.sides = number, sides
        message = INCREMENTS[topic.product](topic, view, "update", changed, number)
        self._push(topic, message, is_update=True)

    def _happened(self, stall: Stall, events: list[Event], at_ms: int) -> None:
        """Tell what happened to whoever listens to this market."""
        if not self._readers:
            return
        trades = [event for event in events if isinstance(event, Traded)]
        market = stall.market.id
        for topic in [topic for topic in self._readers if (topic.product, topic.symbol) == market]:
            view = View(self._floor, stall, at_ms, self.zone_ms)
            match topic.kind:
                case "trade":
                    for message in TRADES[topic.product](topic, view, trades) if trades else ():
                        self._push(topic, message)
                case "lastPrice" | "kline_" if trades:
                    self._show(topic, view)
                case "bookTicker" if topic.every_ms is None:
                    self._show_changed(topic, view, best_of(self._floor.levels(market, at_ms)))
                case "markPrice":
                    self._show_changed(topic, view, stall.market.mark_price)

    def _show(self, topic: Topic, view: View) -> None:
        """Tell how a market stands."""
        self._push(topic, STANDING[topic.product, topic.kind](topic, view), is_latest=True)

    def _show_changed(self, topic: Topic, view: View, shown: object) -> None:
        """Tell it if this has changed since it was told last."""
        if self._told.get(topic) != shown:
            self._told[topic] = shown
            self._show(topic, view)

    def report(self, reports: list[Report], at_ms: int) -> None:
        """Tell users what happened to their orders, and then how that leaves their balances."""
        for report in reports if self._readers else ():
            readers = self._readers_of(report.order.uid, ORDERS)
            if readers:
                told = execution(report, at_ms, self.answers)
                pushed = frame(told, topics=(ORDERS, ACCOUNT_EVENTS))
                for session in readers:
                    session.push(pushed)
        self._tell_moved("ORDER", at_ms)

    def _readers_of(self, uid: int, kind: str) -> list[Session]:
        readers = self._readers.get(Topic("spot", kind, kind), {})
        return [session for session in readers.values() if session.uid == uid]

    def _posted(self, lines: Sequence[Line], issued: Mapping[str, Decimal]) -> None:
        """Note what an entry moves on spot accounts. What an order moves waits for its report."""
        wallets = (_SPOT_BALANCES, *(its.wallets for its in BY_THEMSELVES.values()))
        if not any(topic in self._readers for topic in wallets):
            return
        moved_in = {ACCOUNT: self._moved}
        moved_in |= {PERP_ACCOUNTS[product]: perps.moved for product, perps in self._perps.items()}
        of_an_order = False
        for line in lines:
            if line.uid == EXCHANGE_UID or (line.owner is not None and line.owner.kind == "order"):
                of_an_order = True
            of = moved_in.get(line.account)
            if of is not None and line.uid != EXCHANGE_UID:
                moved = of.setdefault(line.uid, {})
                moved[line.asset] = EXACT.add(moved.get(line.asset, ZERO), EXACT.add(line.free, line.locked))
        if not of_an_order:
            self._tell_moved(_reason(lines, issued), self._now_ms())
            for perps in self._perps.values():
                perps.tell_wallets(None, (), self._now_ms())

    def _tell_moved(self, reason: str, at_ms: int) -> None:
        moved, self._moved = self._moved, {}
        for uid, changes in moved.items():
            readers = self._readers_of(uid, BALANCES)
            if readers:
                rows = [
                    (asset, self._ledger.balance(uid, ACCOUNT, asset), change)
                    for asset, change in changes.items()
                ]
                told = balances(reason, rows, at_ms, self.answers)
                pushed = frame(told, topics=(BALANCES, ACCOUNT_EVENTS))
                for session in readers:
                    session.push(pushed)

    def _push(self, topic: Topic, message: Json, *, is_latest: bool = False, is_update: bool = False) -> None:
        """Tell whoever listens to a topic.

        :param is_latest: only the latest of these matters.
        """
        pushed = frame(message, topic.name if is_latest else None, (topic.name,), is_update=is_update)
        for session in [*self._readers.get(topic, {}).values()]:
            session.push(pushed)


def _reason(lines: Sequence[Line], issued: Mapping[str, Decimal]) -> str:
    """Why balances changed, other than by an order (which reason stands for what: ours, A118)."""
    if issued:
        return "WITHDRAW" if any(amount < 0 for amount in issued.values()) else "DEPOSIT"
    return "ASSET_TRANSFER" if len({(line.uid, line.account) for line in lines}) > 1 else "ADJUSTMENT"


def _changes(before: dict[int, int], after: dict[int, int]) -> dict[int, int]:
    """Levels that are not what they were; 0 for one that is gone."""
    changed = {price: quantity for price, quantity in after.items() if before.get(price) != quantity}
    return changed | dict.fromkeys((price for price in before if price not in after), 0)
