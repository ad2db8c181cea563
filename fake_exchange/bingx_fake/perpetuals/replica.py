"""Orders, positions and what has moved wallets on perpetuals, as they were some time ago."""

from collections import deque
from copy import copy
from itertools import islice

import msgspec

from bingx_fake.books.ledger import Ledger
from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.perpetuals.margins import Margins
from bingx_fake.perpetuals.orders import PerpOrder
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.records import PerpRecords, UserPerps
from bingx_fake.venue.commands import MarketId


class _Then(msgspec.Struct, frozen=True, gc=False):
    """What a user had at a time.

    :param orders: those that were open then or before, and all that had come since.
    :param lengths: how long the lists of ``_lists`` were, which only grow.
    """

    uid: int
    orders: list[PerpOrder]
    positions: dict[tuple[MarketId, bool], Position]
    lengths: list[int]


class PerpReplica:
    """What is shown in place of a desk's records: as they are to begin with, and then always so much behind.

    Settings and marks are shown as they are.

    :param behind_ms: how long it takes until a change is known here.
    """

    def __init__(self, desk: SwapDesk, behind_ms: int) -> None:
        self._live, self._behind_ms = desk, behind_ms
        self._records = PerpRecords()
        self._records.holders = desk.records.holders
        self._coming: deque[tuple[int, _Then]] = deque()
        self._seen: dict[int, tuple[int, list[int]]] = {}
        for uid in list(desk.records.users):
            self._learn(self._then(uid))

    def note(self, uid: int, at_ms: int) -> None:
        """Something has happened to what a user has."""
        self._coming.append((at_ms, self._then(uid)))

    def _then(self, uid: int) -> _Then:
        user = self._live.records.of(uid)
        count, open_before = self._seen.get(uid, (0, ()))
        new = islice(user.orders, count, None)
        self._seen[uid] = len(user.orders), list(user.open)
        ids = dict.fromkeys((*open_before, *new))
        return _Then(
            uid,
            [copy(user.orders[order_id]) for order_id in ids if order_id in user.orders],
            {key: copy(position) for key, position in user.positions.items()},
            [len(it) for it in _lists(user)],
        )

    def reach(self, now_ms: int) -> None:
        """Know what is to be known by now."""
        while self._coming and self._coming[0][0] + self._behind_ms <= now_ms:
            self._learn(self._coming.popleft()[1])

    def _learn(self, then: _Then) -> None:
        user, live = self._records.of(then.uid), self._live.records.of(then.uid)
        for order in then.orders:
            self._records.add(order)
            if not order.is_open:
                user.ends(order)
        user.positions = then.positions
        for shown, theirs, length in zip(_lists(user), _lists(live), then.lengths, strict=True):
            shown.extend(islice(theirs, len(shown), length))

    def desk(self, reads: Ledger) -> SwapDesk:
        """A desk where all that is looked up as it was then. Nothing is to be done there.

        :param reads: books where wallets are as they were then.
        """
        for uid, live in self._live.records.users.items():
            user = self._records.of(uid)
            user.is_hedging, user.choices = live.is_hedging, live.choices
        for user in self._records.users.values():
            user.add_up()
        return _StaleDesk(self._live, self._records, reads)


def _lists(user: UserPerps) -> tuple[list, ...]:  # type: ignore[type-arg]  # of rows of any kind
    return user.fills, user.closed, user.incomes, user.margin_changes


class _StaleDesk(SwapDesk):
    def __init__(self, desk: SwapDesk, records: PerpRecords, reads: Ledger) -> None:
        self.__dict__.update(desk.__dict__)
        self.records = records
        self.margins = Margins(self._floor, reads, records, self.rates, desk.margins.account)
