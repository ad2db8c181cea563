"""What the client's calls return. Amounts are ``Decimal``, ids ``str``, times Unix milliseconds.

Every model keeps the answer it was read from in ``raw``, integers and decimals exact.
"""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal
from typing import Any, TypeVar

Raw = Any
M = TypeVar("M")


def _reads_older_pickles(model: type[M]) -> type[M]:
    """Let what an earlier version pickled, without the fields that came after it, have their defaults."""

    def restore(self: Any, values: list[Any]) -> None:
        for number, known in enumerate(fields(self)):
            value = values[number] if number < len(values) else known.default
            assert value is not MISSING, "a field that came later has a default"
            object.__setattr__(self, known.name, value)

    # Set on the finished class: Python before 3.11.4 overwrites a frozen dataclass's own with slots.
    model.__setstate__ = restore  # type: ignore[attr-defined]  # object has none before 3.11
    return model


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account holds of one asset."""

    asset: str
    free: Decimal
    locked: Decimal
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Balances(Mapping[str, Balance]):
    """The balances of one account, by asset: ``balances["USDT"].free``."""

    by_asset: Mapping[str, Balance]
    raw: Raw = field(repr=False, compare=False)

    def __getitem__(self, asset: str) -> Balance:
        return self.by_asset[asset]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_asset)

    def __len__(self) -> int:
        return len(self.by_asset)


@dataclass(frozen=True, slots=True)
class AccountWorth:
    """What one account type is worth in USDT."""

    account_type: str
    usdt_balance: Decimal
    raw: Raw = field(repr=False, compare=False)


@_reads_older_pickles
@dataclass(frozen=True, slots=True)
class TransferReceipt:
    """A transfer that was made.

    The exchange gives a transfer two different numbers (V5): ``transfer_id`` is its ``transferId``, by which
    ``transfer_records`` finds it, and ``tran_id`` its ``tranId``, for ``transfers``. A ``tranId`` that an
    answer shows alone is in both fields; ``tran_id`` is None where it shows none.

    ``reconciled`` says that its answer was lost and the exchange's records showed that it happened; ``raw``
    is the record then.
    """

    transfer_id: str
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False
    tran_id: str | None = None

    @property
    def ids(self) -> frozenset[str]:
        """Every number that the answer gave the transfer: one or two."""
        return _ids(self.transfer_id, self.tran_id)


@_reads_older_pickles
@dataclass(frozen=True, slots=True)
class TransferRecord:
    """One line of the transfer records. A field that the answer does not carry is None.

    ``transfer_id`` and ``tran_id`` as for ``TransferReceipt``: rows of ``transfer_records`` show the first of
    the two numbers, rows of ``transfers`` the second, which then is in both fields. So a receipt and a record
    belong together where their ``ids`` have one in common.
    """

    transfer_id: str
    asset: str
    amount: Decimal
    type: str | None
    from_account: str | None
    to_account: str | None
    status: str | None
    timestamp_ms: int
    raw: Raw = field(repr=False, compare=False)
    tran_id: str | None = None

    @property
    def ids(self) -> frozenset[str]:
        """Every number that the row gives the transfer: one or two."""
        return _ids(self.transfer_id, self.tran_id)


@dataclass(frozen=True, slots=True)
class TransferPage:
    """One page of transfer records. ``total`` is None where the answer does not carry it."""

    total: int | None
    rows: tuple[TransferRecord, ...]
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Coin:
    """A coin that can be transferred. ``name`` or ``amount`` is None where the answer lacks it (V10)."""

    coin: str
    name: str | None
    amount: Decimal | None
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class InnerTransferReceipt:
    """An internal transfer that was made; ``reconciled`` as for ``TransferReceipt``."""

    id: str
    transfer_client_id: str | None
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class InnerTransferRecord:
    """One line of the internal transfer records.

    ``status`` is 4 pending review, 5 failed or 6 completed; ``record_type`` is ``out`` or ``in``.
    """

    id: str
    coin: str
    amount: Decimal
    receiver: str
    from_uid: str
    status: int
    record_type: str
    time_ms: int | None
    transfer_client_id: str | None
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class InnerTransferPage:
    """One page of internal transfer records."""

    total: int | None
    rows: tuple[InnerTransferRecord, ...]
    raw: Raw = field(repr=False, compare=False)


def _ids(transfer_id: str, tran_id: str | None) -> frozenset[str]:
    return frozenset({transfer_id} if tran_id is None else {transfer_id, tran_id})
