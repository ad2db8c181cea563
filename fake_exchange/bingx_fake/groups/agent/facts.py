"""What the handlers of agents give, which ``answers`` puts into JSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bingx_fake.books.money import ZERO
from bingx_fake.books.referrals import Invitee


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, how many there are in all, and who asks."""

    rows: Sequence[object]
    total: int
    current_agent_uid: int


@dataclass(frozen=True, slots=True)
class Invited:
    """A user as the agent is shown him; all of it is empty where he is not (ours, A254)."""

    uid: int
    exist_inviter: bool
    invite_result: bool
    own_invite_code: str = ""
    superior: int = 0
    invitation_code: str = ""
    registered_ms: int = 0
    direct_invitation: bool = False
    kyc_result: bool = False
    deposit: bool = False
    balance_volume: Decimal = ZERO
    trade: bool = False
    user_level: int = 0
    commission_ratio: int = 0
    current_benefit: int = 0
    benefit_ratio: int = 0
    benefit_until_ms: int = 0

    @staticmethod
    def of(invitee: Invitee, *, has_paid_in: bool, has_traded: bool) -> "Invited":
        """Of somebody whom the agent is shown."""
        return Invited(
            uid=invitee.uid,
            exist_inviter=True,
            invite_result=True,
            own_invite_code=invitee.own_code,
            superior=invitee.inviter,
            invitation_code=invitee.code,
            registered_ms=invitee.at_ms,
            direct_invitation=invitee.is_direct,
            kyc_result=invitee.is_known,
            deposit=has_paid_in,
            balance_volume=invitee.balance,
            trade=has_traded,
            user_level=invitee.level,
            commission_ratio=invitee.ratio,
            current_benefit=invitee.benefit,
            benefit_ratio=invitee.benefit_ratio,
            benefit_until_ms=invitee.benefit_until_ms,
        )


@dataclass(frozen=True, slots=True)
class DayOfCommission:
    """What one user's trading of a day brought, in all and by what was traded."""

    uid: int
    invitation_code: str
    at_ms: int
    trading_volume: Decimal
    commission_volume: Decimal
    swap_trading_volume: Decimal
    swap_commission_volume: Decimal
    std_trading_volume: Decimal
    std_commission_volume: Decimal
    spot_trading_volume: Decimal
    spot_commission_volume: Decimal
    ext_copy_trading_volume: Decimal
    ext_copy_commission_volume: Decimal
    mt5_trading_volume: Decimal
    mt5_commission_volume: Decimal


@dataclass(frozen=True, slots=True)
class ApiCommission:
    """What one user's trading through the agent's API brought."""

    uid: int
    at_ms: int
    trade_volume: Decimal
    commission_volume: Decimal
    commission_biz_type: int


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner, and what those below him did in the time asked for."""

    uid: int
    email: str
    phone: str
    referral_type: int
    remarks: str
    referrer_uid: int
    language: str
    new_referees: int
    first_trade: int
    branch_deposits: Decimal
    branch_trading: int
    branch_trading_vol: Decimal
    level: int
    commission_ratio: Decimal


@dataclass(frozen=True, slots=True)
class InvitedDeposit:
    """What an invited user has paid in."""

    uid: int
    direct_invitation: bool
    at_ms: int
    asset: str
    amount: Decimal
    invite_result: bool = True


@dataclass(frozen=True, slots=True)
class CodeRow:
    """What those brought who came by one invitation code."""

    referral_code: str
    commission_ratio: int
    friend_earn: int
    referral_num: int
    deposited: int
    traded: int
    trading_volume: Decimal
    fee: Decimal
    offset_trading_fees: Decimal
    payable_trading_fees: Decimal
    commission: Decimal
    swap_fee_discount: int = 0


@dataclass(frozen=True, slots=True)
class Above:
    """Whether the agent is above somebody, and whether it was he who invited him."""

    invite_result: bool
    direct_invitation: bool
