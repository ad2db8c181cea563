"""Orders, fills and balances as they were some time ago."""

from collections import deque
from collections.abc import Iterable
from copy import copy

import msgspec

from bingx_fake.books.accounts import EXCHANGE_UID, Balance, Line
from bingx_fake.books.ledger import Ledger
from bingx_fake.trading.desk import SpotDesk
from bingx_fake.trading.records import OrderRecords
from bingx_fake.trading.settlement import Report
from bingx_fake.venue.orders import SpotFill, SpotOrder


class _Changed(msgspec.Struct, frozen=True, gc=False):
    """An order as it stood then, and the fill that changed it."""

    order: SpotOrder
    fill: SpotFill | None


class _Moved(msgspec.Struct, frozen=True, gc=False):
    """A balance as it stood then."""

    uid: int
    account: str
    asset: str
    balance: Balance


class Replica:
    """What is shown in place of the books: as they are now to begin with, and then always so much behind.

    Records of transfers, and markets, are shown as they are.

    :param behind_ms: how long it takes until a change is known here.
    """

    def __init__(self, ledger: Ledger, desk: SpotDesk, behind_ms: int) -> None:
        self._ledger, self._live, self._behind_ms = ledger, desk.records, behind_ms
        self._records = OrderRecords()
        self._balances = {(uid, account): dict(held) for uid, account, held in ledger.books()}
        self._coming: deque[tuple[int, _Changed | _Moved]] = deque()
        for uid, user in desk.records.users.items():
            for order in user.orders.values():
                self._records.add(copy(order))
            self._records.of(uid).fills.extend(user.fills)
            for oco in user.ocos.values():
                self._records.add_oco(oco)

    def note_orders(self, reports: Iterable[Report], at_ms: int) -> None:
        """Something has happened to orders."""
        for report in reports:
            self._coming.append((at_ms, _Changed(copy(report.order), report.fill)))

    def note_balances(self, lines: Iterable[Line], at_ms: int) -> None:
        """An entry has been posted."""
        for line in lines:
            if line.uid != EXCHANGE_UID:
                balance = self._ledger.balance(line.uid, line.account, line.asset)
                self._coming.append((at_ms, _Moved(line.uid, line.account, line.asset, balance)))

    def reach(self, now_ms: int) -> None:
        """Know what is to be known by now."""
        while self._coming and self._coming[0][0] + self._behind_ms <= now_ms:
            _, news = self._coming.popleft()
            if isinstance(news, _Moved):
                self._balances.setdefault((news.uid, news.account), {})[news.asset] = news.balance
            else:
                self._learn(news)

    def _learn(self, news: _Changed) -> None:
        order, user = news.order, self._records.of(news.order.uid)
        self._records.add(order)
        if not order.is_open:
            user.open.pop(order.id, None)
        if news.fill is not None:
            user.fills.append(news.fill)
        if order.list_id and order.partner in user.orders:
            self._records.add_oco(self._live.users[order.uid].ocos[order.list_id])

    def reads(self) -> Ledger:
        """Books where balances are as they were then. Nothing is to be moved there."""
        return _StaleLedger(self._ledger, self._balances)

    def desk(self, desk: SpotDesk) -> SpotDesk:
        """A desk where orders are looked up as they were then. Nothing is to be placed or cancelled there."""
        return _StaleDesk(desk, self._records)


class _StaleLedger(Ledger):
    def __init__(self, ledger: Ledger, held: dict[tuple[int, str], dict[str, Balance]]) -> None:
        self.__dict__.update(ledger.__dict__)
        self._books = held


class _StaleDesk(SpotDesk):
    def __init__(self, desk: SpotDesk, records: OrderRecords) -> None:
        self.__dict__.update(desk.__dict__)
        self.records = records
