"""What calls about orders return. Amounts are ``Decimal``, ids ``str``, times Unix milliseconds.

A field is None where the answer does not carry it: the exchange tells more of an order in queries than in the
answers to placing and cancelling. Every model keeps the answer it was read from in ``raw``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, overload

Raw = Any

OPEN = frozenset({"NEW", "PENDING", "PARTIALLY_FILLED"})
"""The statuses of orders that may still trade."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order as the exchange told it.

    ``status`` is NEW (it waits for its trigger), PENDING, PARTIALLY_FILLED, FILLED, CANCELED or FAILED.
    ``quantity`` is 0 for a market order that spends ``quote_quantity``. ``fee`` is below zero where it was
    paid, in ``fee_asset``.

    ``reconciled`` as for ``TransferReceipt``.
    """

    symbol: str
    order_id: str
    client_order_id: str | None
    side: str
    type: str
    status: str
    price: Decimal
    stop_price: Decimal | None
    quantity: Decimal
    filled: Decimal
    filled_worth: Decimal
    quote_quantity: Decimal | None
    average_price: Decimal | None
    fee: Decimal | None
    fee_asset: str | None
    placed_ms: int | None
    updated_ms: int | None
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may still trade."""
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class CancelFailure:
    """An order that was to be cancelled with others and was not."""

    order_id: str
    error: str


@dataclass(frozen=True, slots=True)
class Orders(Sequence[Order]):
    """Several orders, as the exchange listed them.

    :ivar total: how many there are on all pages, where the answer says so.
    :ivar failures: what was not cancelled.
    """

    rows: tuple[Order, ...]
    total: int | None
    failures: tuple[CancelFailure, ...]
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False

    @overload
    def __getitem__(self, index: int) -> Order: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Order, ...]: ...
    def __getitem__(self, index: int | slice) -> Order | tuple[Order, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Order]:
        return iter(self.rows)


@dataclass(frozen=True, slots=True)
class Replacement:
    """What became of cancelling an order and placing another.

    ``cancelled`` and ``placed`` are None where that half failed; ``cancel_error`` and ``place_error`` say
    why.
    """

    cancelled: Order | None
    placed: Order | None
    cancel_error: str | None
    place_error: str | None
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Countdown:
    """When all open orders will be cancelled; ``at_ms`` is 0 where no countdown runs."""

    at_ms: int
    status: str | None
    note: str | None
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Fill:
    """One side of a trade. ``fee`` is below zero where it was paid; ``time_ms`` is down to the second."""

    symbol: str
    fill_id: str
    order_id: str
    price: Decimal
    quantity: Decimal
    worth: Decimal
    fee: Decimal
    fee_asset: str
    time_ms: int
    is_buyer: bool
    is_maker: bool
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class CommissionRates:
    """What is paid of what an order receives."""

    maker: Decimal
    taker: Decimal
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class OcoLeg:
    """One order of an OCO. ``kind`` is ocoLimit or ocoTps, the stop-limit leg."""

    order_id: str
    client_order_id: str | None
    symbol: str
    kind: str | None
    side: str | None
    trigger_price: Decimal | None
    price: Decimal | None
    quantity: Decimal | None
    status: str | None
    time_ms: int | None
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Oco:
    """An OCO order: two legs of which one cancels the other. ``list_id`` is that of both together."""

    list_id: str
    legs: tuple[OcoLeg, ...]
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class OcoCancelled:
    """An OCO order that was cancelled: the leg that it was named by, or the pair."""

    order_id: str
    client_order_id: str | None
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False
