"""What calls of agents return. Amounts are ``Decimal``, ids ``str``, times ``_ms``.

Every model keeps what it was read from in ``raw``.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Raw = Any


@dataclass(frozen=True, slots=True)
class Invited:
    """A user as an agent is shown him.

    ``is_invited`` is whether this agent is shown him at all; without it everything else says nothing.
    ``inviter`` is None where nobody has invited him; ``ratio`` and ``benefit_ratio`` are percent.
    """

    uid: str
    is_invited: bool
    inviter: str | None
    is_direct: bool
    code: str | None
    own_code: str | None
    registered_ms: int
    is_known: bool
    has_deposited: bool
    has_traded: bool
    balance: Decimal | None
    level: int
    ratio: int
    benefit: int
    benefit_ratio: int
    benefit_until_ms: int
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Volume:
    """What was traded of one kind, and what the agent got of it."""

    traded: Decimal
    commission: Decimal


@dataclass(frozen=True, slots=True)
class DayOfCommission:
    """What one user's trading of a day brought: in all, and by what was traded.

    ``day_ms`` is the midnight of UTC+8 with which the day begins.
    """

    uid: str
    day_ms: int
    code: str | None
    total: Volume
    perpetuals: Volume
    standard_futures: Volume
    spot: Volume
    copy_trading: Volume
    mt5: Volume
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ApiCommission:
    """What one user's trading by API brought. ``business`` is 81 for perpetuals, 82 for spot."""

    uid: str
    time_ms: int
    business: int
    volume: Volume
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody invited who invites others, with what they did in the time asked for.

    ``ratio`` is a part of 1, ``kind`` is ``referralType``.
    """

    uid: str
    kind: int
    inviter: str
    email: str | None
    phone: str | None
    remarks: str | None
    language: str | None
    level: int
    ratio: Decimal
    new_users: int
    first_traders: int
    traders: int
    deposited: Decimal
    traded: Decimal
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Deposit:
    """What an invited user has paid in."""

    uid: str
    is_invited: bool
    is_direct: bool
    time_ms: int
    asset: str
    amount: Decimal
    kind: int
    type: int
    type_name: str
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ReferralCode:
    """What those brought who came by one invitation code. ``ratio`` and its like are percent."""

    code: str
    ratio: Decimal
    friend_ratio: Decimal
    fee_discount: Decimal
    users: int
    depositors: int
    traders: int
    traded: Decimal
    fees: Decimal
    fees_by_vouchers: Decimal
    fees_payable: Decimal
    commission: Decimal
    raw: Raw = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Page:
    """What is beside the rows of a page. ``agent`` is who asked, where the answer says it."""

    total: int | None
    agent: str | None


@dataclass(frozen=True, slots=True)
class InvitedUsers(Page):
    """One page of them."""

    rows: list[Invited]


@dataclass(frozen=True, slots=True)
class Commissions(Page):
    """One page of them."""

    rows: list[DayOfCommission]


@dataclass(frozen=True, slots=True)
class ApiCommissions(Page):
    """One page of them."""

    rows: list[ApiCommission]


@dataclass(frozen=True, slots=True)
class Partners(Page):
    """One page of them."""

    rows: list[Partner]


@dataclass(frozen=True, slots=True)
class Deposits(Page):
    """One page of them."""

    rows: list[Deposit]


@dataclass(frozen=True, slots=True)
class ReferralCodes(Page):
    """One page of them."""

    rows: list[ReferralCode]


@dataclass(frozen=True, slots=True)
class Above:
    """Whether the caller is above a user, and whether it was he who invited him."""

    is_above: bool
    is_direct: bool
    raw: Raw = field(repr=False, compare=False)
