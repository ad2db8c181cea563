"""What the handlers of the spot account give: facts that ``answers`` puts into JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from bingx_fake.books.history import InnerTransfer, Transfer
from bingx_fake.books.ledger import Balance


@dataclass(frozen=True, slots=True)
class Balances:
    """The balances of one account."""

    by_asset: Mapping[str, Balance]


@dataclass(frozen=True, slots=True)
class Overview:
    """What each account type is worth in USDT."""

    worth: Sequence[tuple[str, Decimal]]


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


@dataclass(frozen=True, slots=True)
class InnerPage:
    """One page of internal transfers as one user sees them."""

    total: int
    rows: Sequence[InnerTransfer]
    viewer_uid: int


@dataclass(frozen=True, slots=True)
class ServerTime:
    """The exchange's time."""

    now_ms: int


Facts = Balances | Overview | Transferred | TransferPage | Coins | InnerSent | InnerPage | ServerTime
