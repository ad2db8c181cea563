"""The exchange's books: balances and the history of transfers.

Pure: no clock, no randomness, no I/O. Times and ids are arguments. Every movement is one balanced entry
that is posted whole or not at all, and what an asset's holders have together always equals what was
issued of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from msgspec import Struct

from bingx_fake.books.history import History, InnerTransfer, Transfer
from bingx_fake.books.money import EXACT, LARGEST, PLACES, ZERO, minus


class InsufficientBalance(Exception):
    """An entry would take more than there is. Nothing was posted."""


class Balance(NamedTuple):
    """What one account holds of one asset."""

    free: Decimal = ZERO
    locked: Decimal = ZERO


class Posting(Struct, frozen=True, gc=False):
    """One line of an entry: by how much an account's free and locked parts of an asset change."""

    uid: int
    account: str
    free: Decimal = ZERO
    locked: Decimal = ZERO


@dataclass(slots=True)
class Revision:
    """Counts the entries of the books, for whoever wants to know whether anything has moved."""

    number: int = 0


class _Place(NamedTuple):
    """Whose account."""

    uid: int
    account: str


class _Pending(NamedTuple):
    """A movement that was taken and is still to be made; ``number`` keeps the order among equal times."""

    due_ms: int
    number: int
    record: Transfer | InnerTransfer
    payer: _Place
    payee: _Place


class Ledger(History):
    """Balances per user, account and asset, and what moved them."""

    def __init__(self) -> None:
        super().__init__()
        self.revision = Revision()
        self._books: dict[tuple[int, str], dict[str, Balance]] = {}
        self._issued: dict[str, Decimal] = {}
        self._pending: list[_Pending] = []
        self._numbers = count()

    # Balances

    def balance(self, uid: int, account: str, asset: str) -> Balance:
        """What one account holds of one asset; nothing held is a zero balance."""
        return self._books.get((uid, account), {}).get(asset, Balance())

    def balances(self, uid: int, account: str) -> dict[str, Balance]:
        """Every asset that the account has ever held, in the order of first arrival."""
        return self._books.get((uid, account), {})

    def books(self) -> Iterator[tuple[int, str, dict[str, Balance]]]:
        """Every account that ever held something: user, account, balances."""
        return ((uid, account, held) for (uid, account), held in self._books.items())

    # Movements

    def credit(self, uid: int, account: str, asset: str, amount: Decimal) -> None:
        """Issue an amount to an account's free balance.

        :raises ValueError: when as much as 1e30 of the asset would then be in the books.
        """
        if not amount:
            raise ValueError("an amount is positive, not 0")
        self.open_balance(uid, account, asset, free=amount, locked=ZERO)

    def open_balance(self, uid: int, account: str, asset: str, *, free: Decimal, locked: Decimal) -> None:
        """Issue an opening balance, which may be zero, to an account.

        :raises ValueError: when as much as 1e30 of the asset would then be in the books.
        """
        for amount in (free, locked):
            if amount.is_finite() and amount >= LARGEST:
                raise ValueError("amounts stay below 1e30")
            if amount:
                _check_amount(amount)
        issued = EXACT.add(free, locked)
        if EXACT.add(self._issued.get(asset, ZERO), issued) >= LARGEST:
            raise ValueError(f"the books hold less than 1e30 of an asset; this is too much {asset}")
        self._post(asset, (Posting(uid, account, free=free, locked=locked),), issued=issued)

    def debit(self, uid: int, account: str, asset: str, amount: Decimal) -> None:
        """Take an amount out of an account's free balance and out of the books.

        :raises InsufficientBalance: when less is free.
        """
        _check_amount(amount)
        self._post(asset, (Posting(uid, account, free=minus(amount)),), issued=minus(amount))

    def lock(self, uid: int, account: str, asset: str, amount: Decimal) -> None:
        """Move an amount from free to locked, as an open order would.

        :raises InsufficientBalance: when less is free.
        """
        _check_amount(amount)
        self._post(asset, (Posting(uid, account, free=minus(amount), locked=amount),))

    def unlock(self, uid: int, account: str, asset: str, amount: Decimal) -> None:
        """Move an amount from locked back to free.

        :raises InsufficientBalance: when less is locked, apart from what is kept for pending movements.
        """
        _check_amount(amount)
        kept = self._kept(_Place(uid, account), asset)
        if kept and EXACT.subtract(self.balance(uid, account, asset).locked, kept) < amount:
            raise InsufficientBalance(f"of what is locked, {kept:f} {asset} is kept for transfers under way")
        self._post(asset, (Posting(uid, account, free=amount, locked=minus(amount)),))

    def transfer(self, transfer: Transfer, *, pending: bool = False) -> None:
        """Move an amount between two accounts of one user and record it.

        :param pending: only take it: ``commit`` makes it at ``transfer.at_ms``, and its amount is locked
            until then, so that nothing can come between.
        :raises InsufficientBalance: when less is free; nothing is moved or recorded.
        """
        assert transfer.from_account != transfer.to_account, "a transfer needs two accounts"
        assert transfer.id not in self._transfers, "a transfer id is used once"
        assert transfer.transfer_id not in self._by_transfer_id, "so is its other number"
        payer = _Place(transfer.uid, transfer.from_account)
        self._move(transfer, payer, _Place(transfer.uid, transfer.to_account), pending)

    def inner_transfer(self, transfer: InnerTransfer, *, to_account: str, pending: bool = False) -> None:
        """Move an amount from one user to another's account and record it.

        :param pending: as for ``transfer``.
        :raises InsufficientBalance: when less is free; nothing is moved or recorded.
        """
        assert transfer.from_uid != transfer.to_uid, "an internal transfer needs two users"
        assert transfer.id not in self._inner, "a transfer id is used once"
        payer = _Place(transfer.from_uid, transfer.from_account)
        self._move(transfer, payer, _Place(transfer.to_uid, to_account), pending)

    def _move(self, record: Transfer | InnerTransfer, payer: _Place, payee: _Place, pending: bool) -> None:
        amount = record.amount
        _check_amount(amount)
        if pending:
            self._post(record.asset, (Posting(*payer, free=minus(amount), locked=amount),))
            heappush(self._pending, _Pending(record.at_ms, next(self._numbers), record, payer, payee))
        else:
            self._post(record.asset, (Posting(*payer, free=minus(amount)), Posting(*payee, free=amount)))
            self._record(record)

    @property
    def has_pending(self) -> bool:
        """Whether movements were taken that are still to be made."""
        return bool(self._pending)

    def commit(self, now_ms: int) -> None:
        """Make every pending movement that is due, in the order of their times."""
        while self._pending and self._pending[0].due_ms <= now_ms:
            _, _, record, payer, payee = heappop(self._pending)
            amount = record.amount
            self._post(record.asset, (Posting(*payer, locked=minus(amount)), Posting(*payee, free=amount)))
            self._record(record)

    def pending_inner_transfer(self, uid: int, client_id: str) -> InnerTransfer | None:
        """The pending internal transfer that the user sent under this transferClientId, or None."""
        for pending in self._pending:
            record = pending.record
            if (
                isinstance(record, InnerTransfer)
                and record.client_id
                and (record.from_uid, record.client_id) == (uid, client_id)
            ):
                return record
        return None

    def _kept(self, place: _Place, asset: str) -> Decimal:
        """How much of what is locked belongs to pending movements."""
        kept = ZERO
        for pending in self._pending:
            if pending.payer == place and pending.record.asset == asset:
                kept = EXACT.add(kept, pending.record.amount)
        return kept

    def _record(self, record: Transfer | InnerTransfer) -> None:
        if isinstance(record, Transfer):
            self.record(record)
        else:
            self.record_inner(record)

    def _post(self, asset: str, postings: Sequence[Posting], *, issued: Decimal = ZERO) -> None:
        """Post a balanced entry whole, or raise and leave the books as they were."""
        change = ZERO
        results: list[tuple[tuple[int, str], Balance]] = []
        for posting in postings:
            held = self.balance(posting.uid, posting.account, asset)
            after = Balance(EXACT.add(held.free, posting.free), EXACT.add(held.locked, posting.locked))
            if after.free < 0 or after.locked < 0:
                part = "free" if after.free < 0 else "locked"
                raise InsufficientBalance(
                    f"account {posting.account} holds {getattr(held, part):f} {asset} {part}"
                )
            change = EXACT.add(change, EXACT.add(posting.free, posting.locked))
            results.append(((posting.uid, posting.account), after))
        assert change == issued, "an entry that does not balance"
        assert len({place for place, _ in results}) == len(results), "one line for each account of an entry"
        for place, after in results:
            self._books.setdefault(place, {})[asset] = after
        self.revision.number += 1
        if issued or asset not in self._issued:
            self._issued[asset] = EXACT.add(self._issued.get(asset, ZERO), issued)

    def assert_conserved(self) -> None:
        """Assert that balances add up to what was issued, none is negative, and pending amounts are kept."""
        held: dict[str, Decimal] = dict.fromkeys(self._issued, ZERO)
        for book in self._books.values():
            for asset, balance in book.items():
                assert balance.free >= 0, f"negative free balance of {asset}"
                assert balance.locked >= 0, f"negative locked balance of {asset}"
                total = EXACT.add(balance.free, balance.locked)
                held[asset] = EXACT.add(held.get(asset, ZERO), total)
        assert held == self._issued, "holders' balances differ from what was issued"
        for pending in self._pending:
            locked = self.balance(*pending.payer, pending.record.asset).locked
            assert locked >= self._kept(pending.payer, pending.record.asset), "a pending amount is not kept"


def _check_amount(amount: Decimal) -> None:
    if not amount.is_finite() or amount <= 0:
        raise ValueError(f"an amount is positive, not {amount}")
    exponent = amount.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -PLACES:
        raise ValueError(f"an amount has at most {PLACES} places, not {amount:f}")
    if amount >= LARGEST:
        raise InsufficientBalance("nobody holds 1e30 or more of anything")
