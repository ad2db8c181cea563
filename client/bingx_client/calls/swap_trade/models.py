"""What calls about perpetuals return. Amounts are ``Decimal``, ids ``str``, times Unix milliseconds.

A field is None where the answer does not carry it. Quantities are in coins. Every model keeps the answer it
was read from in ``raw``; ``reconciled`` is as for ``TransferReceipt``.
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

    ``status`` is NEW, PENDING, PARTIALLY_FILLED, FILLED, CANCELED or FAILED, whichever spelling it came in
    (V32). NEW waits for its trigger and PENDING rests, where the exchange has not one word, NEW, for both.
    ``client_order_id`` is in lower case, as the exchange keeps it. ``filled_worth`` is rounded to a whole
    number by the exchange. ``fee`` is below zero where it was paid; ``profit`` is what was realised.
    """

    symbol: str
    order_id: str
    client_order_id: str | None
    side: str
    position_side: str
    type: str
    status: str | None
    price: Decimal
    stop_price: Decimal | None
    working_type: str | None
    quantity: Decimal
    filled: Decimal | None
    filled_worth: Decimal | None
    average_price: Decimal | None
    profit: Decimal | None
    fee: Decimal | None
    reduce_only: bool | None
    leverage: int | None
    placed_ms: int | None
    updated_ms: int | None
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it may still trade, as far as the answer says."""
        return self.status is None or self.status in OPEN


@dataclass(frozen=True, slots=True)
class Failure:
    """An order of several that was not placed, or not cancelled; an id is None where none is told."""

    order_id: str | None
    client_order_id: str | None
    code: int | None
    error: str


@dataclass(frozen=True, slots=True)
class Orders(Sequence[Order]):
    """Several orders, as the exchange listed them.

    :ivar failures: those of a batch that were not carried out, where the answer tells them.
    """

    rows: tuple[Order, ...]
    failures: tuple[Failure, ...]
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

    The ids are None where that half failed; ``cancel_error`` and ``place_error`` say why.
    """

    cancelled_id: str | None
    placed_id: str | None
    cancel_error: str | None
    place_error: str | None
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Replacements(Sequence[Replacement]):
    """What became of several orders that were to be replaced, in their order."""

    rows: tuple[Replacement, ...]
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False

    @overload
    def __getitem__(self, index: int) -> Replacement: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Replacement, ...]: ...
    def __getitem__(self, index: int | slice) -> Replacement | tuple[Replacement, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Replacement]:
        return iter(self.rows)


@dataclass(frozen=True, slots=True)
class Amended:
    """The quantity that an order has now, with what is filled of it."""

    symbol: str
    order_id: str
    client_order_id: str | None
    quantity: Decimal
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Reversed:
    """What became of reversing a position: the answer has an order's id, or those of positions (V64).

    ``new_position_id`` is None while there is no new position.
    """

    order_id: str | None
    position_id: str | None
    new_position_id: str | None
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Fill:
    """A fill of an order. ``fee`` is below zero where it was paid; ``time_ms`` may be down to the second."""

    symbol: str
    fill_id: str | None
    order_id: str
    side: str | None
    position_side: str | None
    price: Decimal
    quantity: Decimal
    worth: Decimal | None
    fee: Decimal
    fee_asset: str | None
    profit: Decimal | None
    time_ms: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing all positions listed: ids of the orders, or of the positions (V63)."""

    ids: tuple[str, ...]
    failed_ids: tuple[str, ...]
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class PositionClosed:
    """The order that closes a position."""

    order_id: str
    position_id: str
    symbol: str
    position_side: str
    quantity: Decimal
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class PastPosition:
    """A position that was closed, in whole or in part. ``side`` is LONG or SHORT.

    Its size is told in contracts, not in coins: ``size`` coins each, as the list of contracts says.
    """

    symbol: str
    position_id: str
    side: str
    is_isolated: bool
    leverage: int
    contracts: Decimal
    closed_contracts: Decimal
    average_price: Decimal
    average_close_price: Decimal
    profit: Decimal
    net_profit: Decimal
    fee: Decimal
    funding: Decimal
    opened_ms: int
    updated_ms: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Leverages:
    """The leverage of both sides, and the most that may be set."""

    long: int
    short: int
    most_long: int
    most_short: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class LeverageSet:
    """The leverage that was set."""

    symbol: str
    leverage: int
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """A setting that was changed, of which the answer says no more."""

    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class MarginChanged:
    """By how much the margin of a position was changed; ``amount`` is what was asked for, above zero."""

    amount: Decimal
    is_added: bool
    raw: Raw = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class MarginChange:
    """A change of the margin of an isolated position, and what it was afterwards."""

    symbol: str
    position_id: str
    reason: str
    change: Decimal
    after: Decimal
    time_ms: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Tier:
    """What maintenance margin a position of a value needs: ``value * ratio - amount``."""

    name: str
    symbol: str
    from_value: Decimal
    to_value: Decimal
    ratio: Decimal
    amount: Decimal
    raw: Raw = field(repr=False, compare=False)
