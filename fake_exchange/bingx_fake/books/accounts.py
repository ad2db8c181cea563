"""What everybody has: balances, who holds what of them, and the entries that change them.

An entry has any number of lines, balances for each asset, and is posted whole or not at all. What an asset's
holders have together always equals what was issued of it. What is locked is held by somebody, its owner, who
alone releases it.

Pure: no clock, no randomness, no I/O.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct

from bingx_fake.books.money import EXACT, LARGEST, ZERO, plain

EXCHANGE_UID = 0
"""Whose the exchange's own accounts are; no user has this UID."""

CONTRA_ACCOUNTS = frozenset({"house", "clearing", "funding", "fees"})
"""Accounts of the exchange that may go below zero: the other side of what users win, lose and pay."""

INSURANCE = "insurance"
"""The account of the exchange that takes over positions; like a user's it never goes below zero."""


class InsufficientBalance(Exception):
    """An entry would take more than there is. Nothing was posted."""


class Balance(NamedTuple):
    """What one account holds of one asset."""

    free: Decimal = ZERO
    locked: Decimal = ZERO


class Owner(Struct, frozen=True, gc=False):
    """Who holds a locked amount: ``Owner("order", 1234)``.

    :param kind: in a word what it is, such as ``transfer``.
    :param id: tells it from others of its kind.
    """

    kind: str
    id: int = 0


CONTROL = Owner("control")
"""Whoever runs the exchange: what was locked when it started, and by the control API."""


class Line(Struct, frozen=True, gc=False):
    """One line of an entry: by how much an account's free and locked parts of an asset change.

    :param owner: whose hold the locked part is; needed where that changes.
    """

    uid: int
    account: str
    asset: str
    free: Decimal = ZERO
    locked: Decimal = ZERO
    owner: Owner | None = None


@dataclass(slots=True)
class Revision:
    """Counts the entries of the books, for whoever wants to know whether anything has moved."""

    number: int = 0


_Place = tuple[int, str, str]
"""User, account and asset."""

_NOTHING: Mapping[str, Decimal] = MappingProxyType({})
_NOBODY: Mapping[Owner, Decimal] = MappingProxyType({})
_EMPTY = Balance()
_balance: Callable[[tuple[Decimal, Decimal]], Balance] = partial(tuple.__new__, Balance)
"""What a named tuple's own constructor does, in a third of the time."""

_add, _subtract = EXACT.add, EXACT.subtract


class Accounts:
    """Balances per user, account and asset.

    :param lets_go: says of a user, account and asset how much of it may leave, where less may than is free;
        None while nothing but the books decides that.

    ``on_entry`` is told of each entry once it is posted: its lines, and what was issued with it.
    """

    def __init__(self, lets_go: Callable[[int, str, str], Decimal] | None = None) -> None:
        super().__init__()
        self.revision = Revision()
        self.lets_go = lets_go
        self._books: dict[tuple[int, str], dict[str, Balance]] = {}
        self._holds: dict[_Place, dict[Owner, Decimal]] = {}
        self._issued: dict[str, Decimal] = {}
        self.on_entry: Callable[[Sequence[Line], Mapping[str, Decimal]], object] | None = None

    def balance(self, uid: int, account: str, asset: str) -> Balance:
        """What one account holds of one asset; nothing held is a zero balance."""
        held = self._books.get((uid, account))
        return _EMPTY if held is None else held.get(asset, _EMPTY)

    def balances(self, uid: int, account: str) -> dict[str, Balance]:
        """Every asset that the account has ever held, in the order of first arrival."""
        return self._books.get((uid, account), {})

    def books(self) -> Iterator[tuple[int, str, dict[str, Balance]]]:
        """Every account that ever held something, the exchange's own included: user, account, balances."""
        return ((uid, account, held) for (uid, account), held in self._books.items())

    def holds(self, uid: int, account: str, asset: str) -> Mapping[Owner, Decimal]:
        """Who holds how much of what is locked; empty where nothing is."""
        return self._holds.get((uid, account, asset), _NOBODY)

    def may_leave(self, uid: int, account: str, asset: str) -> Decimal:
        """How much of an asset may be moved out of an account: what is free, or less where it is needed."""
        free = self.balance(uid, account, asset).free
        if self.lets_go is None:
            return free
        return max(min(free, self.lets_go(uid, account, asset)), ZERO)

    # Entries

    def post(self, lines: Sequence[Line]) -> None:
        """Post an entry that moves what there is, or raise and leave the books as they were.

        Amounts have at most 20 places (``money.cut``); what an account's lines come to together counts, not
        their order. It does not ask whether an amount may leave: that is for whoever makes up the entry.

        :raises InsufficientBalance: when a part of an account that must not go below zero would, or an owner
            would release more than it holds.
        :raises AssertionError: when the lines of an asset do not balance.
        """
        self._post(lines)

    def _post(self, lines: Sequence[Line], issued: Mapping[str, Decimal] = _NOTHING) -> None:
        """Post an entry; what is ``issued`` of an asset is by how much all that is held of it changes."""
        books, holds = self._books, self._holds
        after: dict[_Place, tuple[dict[str, Balance] | None, Decimal, Decimal]] = {}
        held_after: dict[tuple[_Place, Owner], Decimal] = {}
        changes: dict[str, Decimal] = {}
        for line in lines:
            uid, account, asset = place = (line.uid, line.account, line.asset)
            known = after.get(place)
            if known is None:
                book = books.get((uid, account))
                free, locked = _EMPTY if book is None else book.get(asset, _EMPTY)
            else:
                book, free, locked = known
            change = line.free
            if change:
                free = _add(free, change)
            if line.locked:
                assert line.owner is not None, "what is locked has an owner"
                locked = _add(locked, line.locked)
                change = _add(change, line.locked)
                hold = (place, line.owner)
                held = held_after.get(hold)
                if held is None:
                    held = holds.get(place, _NOBODY).get(line.owner, ZERO)
                held_after[hold] = _add(held, line.locked) if held else line.locked  # no second number
            after[place] = (book, free, locked)
            changed = changes.get(asset)
            changes[asset] = change if changed is None else _add(changed, change)
        for place, (_, free, _) in after.items():
            if free.is_signed() or free >= LARGEST:
                self._check_free(place, free)
        for (place, owner), held in held_after.items():
            if held.is_signed():
                self._check_hold(place, owner, held)
        for asset, change in changes.items():
            assert change == issued.get(asset, ZERO), "an entry that does not balance"
        # Nothing below is refused.
        for (uid, account, asset), (book, free, locked) in after.items():
            if book is None:
                book = books.setdefault((uid, account), {})
            book[asset] = _balance((free, locked))
        for (place, owner), held in held_after.items():
            held_by = holds.get(place)
            if held_by is None:
                held_by = holds[place] = {}
            if held:
                held_by[owner] = held
            else:
                held_by.pop(owner, None)
                if not held_by:
                    del holds[place]
        for asset, amount in issued.items():
            self._issued[asset] = _add(self._issued.get(asset, ZERO), amount)
        self.revision.number += 1
        if self.on_entry is not None:
            self.on_entry(lines, issued)

    def _check_free(self, place: _Place, free: Decimal) -> None:
        """Refuse to take more than there is, and to give more than the books can add exactly."""
        uid, account, asset = place
        if free >= LARGEST:
            raise ValueError(f"an account holds less than 1e30 of an asset; this is too much {asset}")
        if free < 0 and not _may_owe(uid, account):
            there_is = plain(self.balance(*place).free)
            raise InsufficientBalance(f"account {account} holds {there_is} {asset} free")

    def _check_hold(self, place: _Place, owner: Owner, held: Decimal) -> None:
        """Refuse to release more than an owner holds, and say whose the rest is."""
        if held >= 0:
            return
        _, account, asset = place
        now = self.holds(*place)
        own = now.get(owner, ZERO)
        others = _subtract(self.balance(*place).locked, own)
        if others:
            kinds = _named(now, but=owner)
            raise InsufficientBalance(f"of what is locked, {plain(others)} {asset} is kept for {kinds}")
        raise InsufficientBalance(f"account {account} holds {plain(own)} {asset} locked")

    def assert_conserved(self) -> None:
        """Assert what holds of the books as a whole; each entry keeps it, so only tests need this.

        Balances add up to what was issued and none that must not be is negative; what is locked is what its
        owners hold.
        """
        held: dict[str, Decimal] = dict.fromkeys(self._issued, ZERO)
        for (uid, account), book in self._books.items():
            for asset, (free, locked) in book.items():
                assert free >= 0 or _may_owe(uid, account), f"negative free balance of {asset}"
                assert locked >= 0, f"negative locked balance of {asset}"
                held[asset] = _add(held.get(asset, ZERO), _add(free, locked))
        for asset, amount in held.items():
            assert amount == self._issued.get(asset, ZERO), "holders' balances differ from what was issued"
        locked_at = {
            (uid, account, asset): balance.locked
            for (uid, account), book in self._books.items()
            for asset, balance in book.items()
            if balance.locked
        }
        held_at: dict[_Place, Decimal] = {}
        for place, held_by in self._holds.items():
            assert min(held_by.values()) > 0, "an owner holds nothing, or less"
            for amount in held_by.values():
                held_at[place] = _add(held_at.get(place, ZERO), amount)
        assert held_at == locked_at, "what is locked is not what its owners hold"


_KINDS = {"transfer": "transfers under way", "inner transfer": "transfers under way", "order": "orders"}


def _named(owners: Iterable[Owner], *, but: Owner) -> str:
    """Others than one owner, in words."""
    kinds = (_KINDS.get(owner.kind, owner.kind) for owner in owners if owner != but)
    return " and ".join(sorted(set(kinds)))


def _may_owe(uid: int, account: str) -> bool:
    return uid == EXCHANGE_UID and account in CONTRA_ACCOUNTS
