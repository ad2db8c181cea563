"""What handlers read through, so that what they are shown need not be the books as they are."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from bingx_fake.books.accounts import Balance
from bingx_fake.books.history import InnerTransfer, Transfer


class Reads(Protocol):
    """Balances, and records of what was moved. The ledger is one; see there for what each gives."""

    def balances(self, uid: int, account: str) -> Mapping[str, Balance]:
        """Every asset that the account has ever held, in the order of first arrival."""

    def may_leave(self, uid: int, account: str, asset: str) -> Decimal:
        """How much of an asset may be moved out of an account."""

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
        """The number of a user's transfers in a period, and one page of them, newest first."""

    def transfer_by_id(self, uid: int, tran_id: int) -> Transfer | None:
        """A user's own transfer with this ``tranId``, or None."""

    def transfer_by_transfer_id(self, uid: int, transfer_id: int) -> Transfer | None:
        """A user's own transfer with this ``transferId``, or None."""

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

    def inner_transfer_by_id(self, uid: int, transfer_id: int) -> InnerTransfer | None:
        """An internal transfer that the user sent or received, or None."""

    def inner_transfer_by_client_id(self, uid: int, client_id: str) -> InnerTransfer | None:
        """The internal transfer that the user sent under this transferClientId, or None."""
