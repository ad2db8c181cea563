"""What the handlers of the spot account give, which ``answers`` puts into JSON.

The contract's shapes go by these names: a field carries what its ``facts`` say, or what is called as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from bingx_fake.books.accounts import Balance
from bingx_fake.books.history import InnerTransfer, Transfer


@dataclass(frozen=True, slots=True)
class Balances:
    """The balances of one account."""

    by_asset: Mapping[str, Balance]


class Worth(NamedTuple):
    """What the accounts of one type are worth in USDT."""

    name: str
    worth: Decimal


@dataclass(frozen=True, slots=True)
class Overview:
    """What each account type is worth in USDT; all of it is one page."""

    worth: Sequence[Worth]
    page_id: int = 1

    @property
    def total(self) -> int:
        """How many account types there are."""
        return len(self.worth)


@dataclass(frozen=True, slots=True)
class Transferred:
    """A transfer was made. ``id`` is its ``tranId``."""

    id: int
    transfer_id: int


@dataclass(frozen=True, slots=True)
class TransferPage:
    """One page of transfers, and how many there are in all."""

    total: int
    rows: Sequence[Transfer]


class Coin(NamedTuple):
    """A coin that can be transferred, and how much of it the caller could move."""

    asset: str
    name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Coins:
    """The coins that can be transferred."""

    coins: Sequence[Coin]


@dataclass(frozen=True, slots=True)
class InnerSent:
    """An internal transfer was made. ``applied`` is False where an earlier answer is given again."""

    id: int
    client_id: str
    applied: bool


class InnerRecord(NamedTuple):
    """An internal transfer as one user sees it."""

    id: int
    asset: str
    to_uid: int
    amount: Decimal
    at_ms: int
    status: int
    client_id: str
    from_uid: int
    record_type: Literal["out", "in"]

    @staticmethod
    def of(transfer: InnerTransfer, viewer_uid: int) -> "InnerRecord":
        """What the sender or the receiver sees of a transfer."""
        return InnerRecord(
            id=transfer.id,
            asset=transfer.asset,
            to_uid=transfer.to_uid,
            amount=transfer.amount,
            at_ms=transfer.at_ms,
            status=transfer.status,
            client_id=transfer.client_id,
            from_uid=transfer.from_uid,
            record_type="out" if transfer.from_uid == viewer_uid else "in",
        )


@dataclass(frozen=True, slots=True)
class InnerPage:
    """One page of internal transfers as one user sees them."""

    total: int
    rows: Sequence[InnerRecord]
