"""What requests move: at once, or when the agenda comes to it."""

from msgspec.structs import replace

from bingx_fake.agenda import Agenda, Rank
from bingx_fake.books.history import InnerTransfer, Transfer
from bingx_fake.books.ledger import Ledger


class Movements:
    """Moves amounts and records it; at once, unless it was made by ``due``.

    :param agenda: has what is still to be moved, and has it moved.
    """

    def __init__(self, ledger: Ledger, agenda: Agenda, due_ms: int | None = None) -> None:
        self._ledger, self._agenda, self._due_ms = ledger, agenda, due_ms

    def due(self, at_ms: int) -> "Movements":
        """The same books, where what is moved takes effect at a time; until then its amount is held."""
        return Movements(self._ledger, self._agenda, at_ms)

    def transfer(self, transfer: Transfer) -> None:
        """Move an amount between two accounts of one user, when it is due.

        :raises InsufficientBalance: when less may leave.
        """
        if self._due_ms is None:
            self._ledger.transfer(transfer)
        else:
            late = replace(transfer, at_ms=self._due_ms)
            self._ledger.transfer(late, pending=True)
            self._agenda.add(self._due_ms, late)

    def inner_transfer(self, transfer: InnerTransfer, *, to_account: str) -> None:
        """Move an amount from one user to another, when it is due.

        :raises InsufficientBalance: when less may leave.
        """
        if self._due_ms is None:
            self._ledger.inner_transfer(transfer, to_account=to_account)
        else:
            late = replace(transfer, at_ms=self._due_ms)
            self._ledger.inner_transfer(late, to_account=to_account, pending=True)
            self._agenda.add(self._due_ms, late)

    def inner_transfer_by_client_id(self, uid: int, client_id: str) -> InnerTransfer | None:
        """The internal transfer that the user sent under this transferClientId, made or pending, or None.

        Queries see nothing of a pending one; a repeated write gets the first answer.
        """
        made = self._ledger.inner_transfer_by_client_id(uid, client_id)
        return made or self._ledger.pending_inner_transfer(uid, client_id)


def teach_movements(agenda: Agenda, ledger: Ledger) -> None:
    """Have an agenda make the movements of a ledger; those of another one it forgets."""

    def make(record: Transfer | InnerTransfer, at_ms: int) -> None:
        ledger.make(record)

    agenda.drop(Transfer)
    agenda.drop(InnerTransfer)
    agenda.learn(Transfer, Rank.COMMIT, make)
    agenda.learn(InnerTransfer, Rank.COMMIT, make)
