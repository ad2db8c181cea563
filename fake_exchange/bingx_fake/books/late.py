"""The books as a write meets them that is answered now and takes effect later."""

from msgspec.structs import replace

from bingx_fake.books.history import InnerTransfer, Transfer
from bingx_fake.books.ledger import Ledger


class LedgerForWrites(Ledger):
    """The books as a write meets them while some writes take effect later.

    It shares everything with the ledger that it is made from. A pending internal transfer is found under
    its transferClientId, so that a repeated write gets the first answer; queries, which go to the ledger
    itself, see nothing of it yet.

    :param due_ms: when movements made through it take effect; None for at once.
    """

    def __init__(self, ledger: Ledger, due_ms: int | None) -> None:
        vars(self).update(vars(ledger))
        self._due_ms = due_ms

    def transfer(self, transfer: Transfer, *, pending: bool = False) -> None:
        """Move an amount between two accounts of one user, when it is due."""
        if self._due_ms is None:
            super().transfer(transfer)
        else:
            super().transfer(replace(transfer, at_ms=self._due_ms), pending=True)

    def inner_transfer(self, transfer: InnerTransfer, *, to_account: str, pending: bool = False) -> None:
        """Move an amount from one user to another, when it is due."""
        if self._due_ms is None:
            super().inner_transfer(transfer, to_account=to_account)
        else:
            super().inner_transfer(replace(transfer, at_ms=self._due_ms), to_account=to_account, pending=True)

    def inner_transfer_by_client_id(self, uid: int, client_id: str) -> InnerTransfer | None:
        """The internal transfer that the user sent under this transferClientId, made or pending, or None."""
        made = super().inner_transfer_by_client_id(uid, client_id)
        return made or self.pending_inner_transfer(uid, client_id)
