"""The history of transfers, found by time, direction, type and id however long it is.

Pure, as the ledger is. A transfer is a few hundred bytes with all that finds it: names of assets and
accounts are shared, and the records hold nothing that Python's garbage collector would have to visit.
"""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from operator import attrgetter
from sys import intern
from typing import Generic, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import force_setattr

from bingx_contracts import transfer_type_between


class Transfer(Struct, frozen=True, gc=False):
    """A movement between two accounts of one user.

    :param id: what answers call ``tranId``.
    :param transfer_id: what they call ``transferId``; the same number where none is given.
    """

    id: int
    uid: int
    asset: str
    amount: Decimal
    from_account: str
    to_account: str
    at_ms: int
    transfer_id: int = 0

    @property
    def type(self) -> str | None:
        """The TransferType that names the direction, None where there is none."""
        return transfer_type_between(self.from_account, self.to_account)

    def __post_init__(self) -> None:
        _share(self, "asset", "from_account", "to_account")
        if not self.transfer_id:
            force_setattr(self, "transfer_id", self.id)


class InnerTransfer(Struct, frozen=True, gc=False):
    """A movement from one user to another. ``client_id`` is empty where the sender gave none."""

    id: int
    from_uid: int
    to_uid: int
    asset: str
    amount: Decimal
    from_account: str
    client_id: str
    at_ms: int
    status: int

    def __post_init__(self) -> None:
        _share(self, "asset", "from_account")


def _share(record: Struct, *names: str) -> None:
    """Let all records have the same few texts, of which every request brings new copies."""
    for name in names:
        force_setattr(record, name, intern(getattr(record, name)))


class _Record(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def at_ms(self) -> int: ...


R = TypeVar("R", bound=_Record)
_by_time: Callable[[_Record], int] = attrgetter("at_ms")
_by_time_and_id = attrgetter("at_ms", "id")


class Timeline(Generic[R]):
    """Records in order of time, so that a page of any period is found without reading the others."""

    __slots__ = ("records",)

    def __init__(self) -> None:
        self.records: list[R] = []

    def add(self, record: R) -> None:
        """Put a record in its place; almost always that is the end."""
        if not self.records or _by_time_and_id(self.records[-1]) < _by_time_and_id(record):
            self.records.append(record)
        else:
            insort(self.records, record, key=_by_time_and_id)

    def page(
        self, *, start_ms: int | None, end_ms: int | None, skip: int, size: int
    ) -> tuple[int, Sequence[R]]:
        """How many records lie between two times (both inclusive), and one page of them, newest first."""
        low = 0 if start_ms is None else bisect_left(self.records, start_ms, key=_by_time)
        high = len(self.records) if end_ms is None else bisect_right(self.records, end_ms, key=_by_time)
        total = max(high - low, 0)
        last = max(high - skip, low)
        first = max(last - size, low)
        return total, self.records[first:last][::-1]


_EMPTY: Timeline[Transfer] = Timeline()
_EMPTY_INNER: Timeline[InnerTransfer] = Timeline()


class History:
    """Every transfer that was made, within users and between them."""

    def __init__(self) -> None:
        self._transfers: dict[int, Transfer] = {}
        self._by_transfer_id: dict[int, Transfer] = {}
        self._by_user: dict[int, Timeline[Transfer]] = defaultdict(Timeline)
        self._by_direction: dict[tuple[int, str, str], Timeline[Transfer]] = defaultdict(Timeline)
        self._inner: dict[int, InnerTransfer] = {}
        self._inner_by_user: dict[tuple[int, str], Timeline[InnerTransfer]] = defaultdict(Timeline)
        self._inner_by_client_id: dict[int, dict[str, InnerTransfer]] = {}

    def record(self, transfer: Transfer) -> None:
        """Add a transfer to the history alone, as loading a saved state does."""
        self._transfers[transfer.id] = transfer
        self._by_transfer_id[transfer.transfer_id] = transfer
        direction = (transfer.uid, transfer.from_account, transfer.to_account)
        self._by_user[transfer.uid].add(transfer)
        self._by_direction[direction].add(transfer)

    def record_inner(self, transfer: InnerTransfer) -> None:
        """Add an internal transfer to the history alone."""
        self._inner[transfer.id] = transfer
        for uid in (transfer.from_uid, transfer.to_uid):
            self._inner_by_user[uid, transfer.asset].add(transfer)
        if transfer.client_id:
            self._inner_by_client_id.setdefault(transfer.from_uid, {})[transfer.client_id] = transfer

    def forget(self, uid: int) -> None:
        """Have no transfer of a user's any more, between him and others neither."""
        for transfer in self._by_user.pop(uid, _EMPTY).records:
            del self._transfers[transfer.id]
            del self._by_transfer_id[transfer.transfer_id]
            self._by_direction.pop((uid, transfer.from_account, transfer.to_account), None)
        for place in [place for place in self._inner_by_user if place[0] == uid]:
            for inner in self._inner_by_user.pop(place).records:
                del self._inner[inner.id]
                other = inner.to_uid if inner.from_uid == uid else inner.from_uid
                self._inner_by_user[other, inner.asset].records.remove(inner)
                if inner.client_id:
                    del self._inner_by_client_id[inner.from_uid][inner.client_id]

    def transfers(
        self,
        uid: int,
        *,
        direction: tuple[str, str] | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
        skip: int = 0,
        size: int,
    ) -> tuple[int, Sequence[Transfer]]:
        """The number of a user's transfers in a period, and one page of them, newest first.

        :param direction: ``(from_account, to_account)``, or None for all.
        """
        timeline = (
            self._by_user.get(uid, _EMPTY)
            if direction is None
            else self._by_direction.get((uid, *direction), _EMPTY)
        )
        return timeline.page(start_ms=start_ms, end_ms=end_ms, skip=skip, size=size)

    def transfer_by_id(self, uid: int, tran_id: int) -> Transfer | None:
        """A user's own transfer with this ``tranId``, or None."""
        found = self._transfers.get(tran_id)
        return found if found is not None and found.uid == uid else None

    def transfer_by_transfer_id(self, uid: int, transfer_id: int) -> Transfer | None:
        """A user's own transfer with this ``transferId``, or None."""
        found = self._by_transfer_id.get(transfer_id)
        return found if found is not None and found.uid == uid else None

    def has_transfer_id(self, transfer_id: int) -> bool:
        """Whether a transfer of anybody's has this ``transferId``."""
        return transfer_id in self._by_transfer_id

    def inner_transfers(
        self,
        uid: int,
        asset: str,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
        skip: int = 0,
        size: int,
    ) -> tuple[int, Sequence[InnerTransfer]]:
        """The number of internal transfers that a user sent or received, and one page, newest first."""
        timeline = self._inner_by_user.get((uid, asset), _EMPTY_INNER)
        return timeline.page(start_ms=start_ms, end_ms=end_ms, skip=skip, size=size)

    def inner_transfer_by_id(self, uid: int, transfer_id: int) -> InnerTransfer | None:
        """An internal transfer that the user sent or received, or None."""
        found = self._inner.get(transfer_id)
        return found if found is not None and uid in (found.from_uid, found.to_uid) else None

    def inner_transfer_by_client_id(self, uid: int, client_id: str) -> InnerTransfer | None:
        """The internal transfer that the user sent under this transferClientId, or None."""
        return self._inner_by_client_id.get(uid, {}).get(client_id)

    def all_transfers(self) -> Iterator[Transfer]:
        """Every transfer in the order it was recorded."""
        return iter(self._transfers.values())

    def all_inner_transfers(self) -> Iterator[InnerTransfer]:
        """Every internal transfer in the order it was recorded."""
        return iter(self._inner.values())

    def latest_transfers(self, count: int) -> list[Transfer]:
        """The transfers recorded last, the latest one first, without reading the others."""
        return list(islice(reversed(self._transfers.values()), count))

    def latest_inner_transfers(self, count: int) -> list[InnerTransfer]:
        """The internal transfers recorded last, the latest one first."""
        return list(islice(reversed(self._inner.values()), count))
