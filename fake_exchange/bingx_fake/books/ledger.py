"""The exchange's books: balances, the history of transfers, and what moves an amount and is recorded there.

Pure: no clock, no randomness, no I/O. Times and ids are arguments.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal, Inexact
from typing import NamedTuple, get_args

from bingx_contracts import Account
from bingx_fake.books.accounts import CONTROL, Accounts, Balance, InsufficientBalance, Line, Owner
from bingx_fake.books.history import History, InnerTransfer, Transfer
from bingx_fake.books.money import EXACT, LARGEST, PLACES, SMALLEST, ZERO, minus, plain


class _Account(NamedTuple):
    """Whose account."""

    uid: int
    name: str


class _Pending(NamedTuple):
    """A movement that was taken and is still to be made."""

    record: Transfer | InnerTransfer
    payer: _Account
    payee: _Account


class Ledger(Accounts, History):
    """Balances per user, account and asset, and what moved them."""

    def __init__(self, lets_go: Callable[[int, str, str], Decimal] | None = None) -> None:
        super().__init__(lets_go)
        self._pending: dict[Owner, _Pending] = {}

    def credit(self, uid: int, account: str, asset: str, amount: Decimal) -> None:
        """Issue an amount to an account's free balance.

        :raises ValueError: when as much as 1e30 of the asset would then be in the books.
        """
        if not amount:
            raise ValueError("an amount is positive, not 0")
        self.open_balance(uid, account, asset, free=amount, locked=ZERO)

    def open_balance(self, uid: int, account: str, asset: str, *, free: Decimal, locked: Decimal) -> None:
        """Issue an opening balance, which may be zero, to an account; control holds what of it is locked.

        :raises ValueError: when as much as 1e30 of the asset would then be in the books.
        """
        self.open_balances(uid, [(account, asset, Balance(free, locked))])

    def open_balances(self, uid: int, balances: Iterable[tuple[str, str, Balance]]) -> None:
        """Issue a user's opening balances, by account and asset, all of them or none.

        :raises ValueError: as ``open_balance``.
        """
        opened = list(balances)
        issued = self.check_issue(opened)
        self._post([Line(uid, account, asset, *held, CONTROL) for account, asset, held in opened], issued)

    def check_issue(self, balances: Iterable[tuple[str, str, Balance]]) -> dict[str, Decimal]:
        """What opening balances come to of each asset.

        :raises ValueError: as ``open_balance``.
        """
        issued: dict[str, Decimal] = {}
        for _, asset, balance in balances:
            for amount in balance:
                if amount.is_finite() and amount >= LARGEST:
                    raise ValueError("amounts stay below 1e30")
                if amount:
                    _check_amount(amount)
            issued[asset] = EXACT.add(issued.get(asset, ZERO), EXACT.add(*balance))
            if EXACT.add(self._issued.get(asset, ZERO), issued[asset]) >= LARGEST:
                raise ValueError(f"the books hold less than 1e30 of an asset; this is too much {asset}")
        return issued

    def close_accounts(self, uid: int) -> None:
        """Take all that a user has out of the books, whoever holds it, and forget his accounts and transfers.

        What others have stays; what they sent him, or he them, is in nobody's history any more.
        """
        assert not self.has_pending(uid), "what is under way arrives first"
        lines: list[Line] = []
        issued: dict[str, Decimal] = {}
        accounts = [(uid, account) for account in get_args(Account) if (uid, account) in self._books]
        for place in accounts:
            for asset, (free, locked) in self._books[place].items():
                lines.append(Line(*place, asset, minus(free)))
                for owner, amount in self.holds(*place, asset).items():
                    lines.append(Line(*place, asset, locked=minus(amount), owner=owner))
                issued[asset] = EXACT.subtract(issued.get(asset, ZERO), EXACT.add(free, locked))
        self._post(lines, issued)
        for place in accounts:
            del self._books[place]
        self.forget(uid)

    def debit(self, uid: int, account: str, asset: str, amount: Decimal) -> None:
        """Take an amount out of an account's free balance and out of the books.

        :raises InsufficientBalance: when less may leave.
        """
        _check_amount(amount)
        self._check_leaving(uid, account, asset, amount)
        taken = minus(amount)
        self._post((Line(uid, account, asset, taken),), {asset: taken})

    def lock(self, uid: int, account: str, asset: str, amount: Decimal, owner: Owner = CONTROL) -> None:
        """Move an amount from free to locked, where its owner holds it.

        :raises InsufficientBalance: when less may leave.
        """
        _check_amount(amount)
        self._check_leaving(uid, account, asset, amount)
        self._post((Line(uid, account, asset, minus(amount), amount, owner),))

    def unlock(self, uid: int, account: str, asset: str, amount: Decimal, owner: Owner = CONTROL) -> None:
        """Move an amount that its owner holds from locked back to free.

        :raises InsufficientBalance: when the owner holds less, whatever others do.
        """
        _check_amount(amount)
        self._post((Line(uid, account, asset, amount, minus(amount), owner),))

    def transfer(self, transfer: Transfer, *, pending: bool = False) -> None:
        """Move an amount between two accounts of one user and record it.

        :param pending: only take it, and hold its amount, so that nothing can come between, until ``make``.
        :raises InsufficientBalance: when less may leave; nothing is moved or recorded.
        """
        assert transfer.from_account != transfer.to_account, "a transfer needs two accounts"
        assert transfer.id not in self._transfers, "a transfer id is used once"
        assert transfer.transfer_id not in self._by_transfer_id, "so is its other number"
        uid = transfer.uid
        self._move(
            transfer, _Account(uid, transfer.from_account), _Account(uid, transfer.to_account), pending
        )

    def inner_transfer(self, transfer: InnerTransfer, *, to_account: str, pending: bool = False) -> None:
        """Move an amount from one user to another's account and record it.

        :param pending: as for ``transfer``.
        :raises InsufficientBalance: when less may leave; nothing is moved or recorded.
        """
        assert transfer.from_uid != transfer.to_uid, "an internal transfer needs two users"
        assert transfer.id not in self._inner, "a transfer id is used once"
        payer = _Account(transfer.from_uid, transfer.from_account)
        self._move(transfer, payer, _Account(transfer.to_uid, to_account), pending)

    def _move(
        self, record: Transfer | InnerTransfer, payer: _Account, payee: _Account, pending: bool
    ) -> None:
        asset, amount = record.asset, record.amount
        _check_amount(amount)
        self._check_leaving(*payer, asset, amount)
        taken = minus(amount)
        if pending:
            owner = _owner_of(record)
            assert owner not in self._pending, "a transfer id is used once"
            self._post((Line(*payer, asset, taken, amount, owner),))
            self._pending[owner] = _Pending(record, payer, payee)
        else:
            self._post((Line(*payer, asset, taken), Line(*payee, asset, amount)))
            self._record(record)

    def make(self, record: Transfer | InnerTransfer) -> None:
        """Make a pending movement: its amount arrives, and it is recorded."""
        owner = _owner_of(record)
        _, payer, payee = self._pending[owner]
        asset, amount = record.asset, record.amount
        held = Line(*payer, asset, locked=minus(amount), owner=owner)
        self._post((held, Line(*payee, asset, amount)))
        del self._pending[owner]
        self._record(record)

    def pending(self) -> list[Transfer | InnerTransfer]:
        """The movements that were taken and are still to be made, in the order in which they were taken."""
        return [pending.record for pending in self._pending.values()]

    def has_pending(self, uid: int) -> bool:
        """Whether a movement from a user or to him was taken and is still to be made."""
        return any(uid in (payer.uid, payee.uid) for _, payer, payee in self._pending.values())

    def pending_inner_transfer(self, uid: int, client_id: str) -> InnerTransfer | None:
        """The pending internal transfer that the user sent under this transferClientId, or None."""
        for record, _, _ in self._pending.values():
            if (
                isinstance(record, InnerTransfer)
                and record.client_id
                and (record.from_uid, record.client_id) == (uid, client_id)
            ):
                return record
        return None

    def _record(self, record: Transfer | InnerTransfer) -> None:
        if isinstance(record, Transfer):
            self.record(record)
        else:
            self.record_inner(record)

    def _check_leaving(self, uid: int, account: str, asset: str, amount: Decimal) -> None:
        """Refuse what is free and may not leave all the same; whether it is free, posting finds out."""
        if self.lets_go is None:
            return
        most = self.may_leave(uid, account, asset)
        if most < amount <= self.balance(uid, account, asset).free:
            raise InsufficientBalance(f"of what account {account} has free, {plain(most)} {asset} may leave")

    def assert_conserved(self) -> None:
        """Assert what holds of the books as a whole; see ``Accounts``. Pending movements are held."""
        super().assert_conserved()
        for owner, (record, payer, _) in self._pending.items():
            kept = self.holds(*payer, record.asset).get(owner)
            assert kept == record.amount, "a pending amount is not kept"


def _owner_of(record: Transfer | InnerTransfer) -> Owner:
    """Who holds the amount of a movement until it is made."""
    return Owner("transfer" if isinstance(record, Transfer) else "inner transfer", record.id)


def _check_amount(amount: Decimal) -> None:
    if not amount.is_finite() or amount <= 0:
        raise ValueError(f"an amount is positive, not {amount}")
    if amount >= LARGEST:
        raise InsufficientBalance("nobody holds 1e30 or more of anything")
    try:
        EXACT.quantize(amount, SMALLEST)
    except Inexact:
        raise ValueError(f"an amount has at most {PLACES} places, not {amount:f}") from None
