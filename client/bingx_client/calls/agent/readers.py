"""From the places of an answer to what agents are shown, by whichever names and types it has (V88)."""

from bingx_client.calls.agent.models import (
    Above,
    ApiCommission,
    ApiCommissions,
    Commissions,
    DayOfCommission,
    Deposit,
    Deposits,
    Invited,
    InvitedUsers,
    Partner,
    Partners,
    ReferralCode,
    ReferralCodes,
    Volume,
)
from bingx_client.wire.decode import Node


def invited_users(answer: Node) -> InvitedUsers:
    """``data.list``."""
    data = answer.get("data")
    return InvitedUsers(_total(data), _agent(data), [_invited(row) for row in data.get("list").items()])


def relation(answer: Node) -> Invited:
    """``data``."""
    return _invited(answer.get("data"))


def commissions(answer: Node) -> Commissions:
    """``data.list``."""
    data = answer.get("data")
    rows = [
        DayOfCommission(
            uid=row.get("uid").id(),
            day_ms=row.get("commissionTime").integer(),
            code=row.get("invitationCode").optional(Node.text),
            total=Volume(row.get("tradingVolume").amount(), row.get("commissionVolume").amount()),
            perpetuals=_volume(row, "swap"),
            standard_futures=_volume(row, "std"),
            spot=_volume(row, "spot"),
            copy_trading=_volume(row, "extCopy"),
            mt5=_volume(row, "mt5"),
            raw=row.value,
        )
        for row in data.get("list").items()
    ]
    return Commissions(_total(data), _agent(data), rows)


def api_commissions(answer: Node) -> ApiCommissions:
    """``data.list``."""
    data = answer.get("data")
    rows = [
        ApiCommission(
            uid=row.get("uid").id(),
            time_ms=row.get("commissionTime").integer(),
            business=row.get("commissionBizType").integer(),
            volume=Volume(row.get("tradeVolume").amount(), row.get("commissionVolume").amount()),
            raw=row.value,
        )
        for row in data.get("list").items()
    ]
    return ApiCommissions(_total(data), None, rows)


def partners(answer: Node) -> Partners:
    """``data.list``."""
    data = answer.get("data")
    rows = [
        Partner(
            uid=row.get("uid").id(),
            kind=row.get("referralType").integer(),
            inviter=row.get("referrerUid").id(),
            email=row.get("email").optional(Node.text),
            phone=_either(row, "phone", "Phone").optional(Node.text),
            remarks=row.get("remarks").optional(Node.text),
            language=row.get("language").optional(Node.text),
            level=row.get("level").integer(),
            ratio=row.get("commissionRatio").amount(),
            new_users=row.get("newReferees").integer(),
            first_traders=row.get("firstTrade").integer(),
            traders=row.get("branchTrading").integer(),
            deposited=row.get("branchDeposits").amount(),
            traded=row.get("branchTradingVol").amount(),
            raw=row.value,
        )
        for row in data.get("list").items()
    ]
    return Partners(_total(data), None, rows)


def deposits(answer: Node) -> Deposits:
    """``data.list``."""
    data = answer.get("data")
    rows = [
        Deposit(
            uid=row.get("uid").id(),
            is_invited=row.get("inviteResult").boolean(),
            is_direct=row.get("directInvitation").boolean(),
            time_ms=row.get("bizTime").integer(),
            asset=row.get("currencyName").text(),
            amount=row.get("currencyAmountVolume").amount(),
            kind=row.get("bizType").integer(),
            type=row.get("assetType").integer(),
            type_name=row.get("assetTypeName").text(),
            raw=row.value,
        )
        for row in data.get("list").items()
    ]
    return Deposits(_total(data), None, rows)


def referral_codes(answer: Node) -> ReferralCodes:
    """``data.list``."""
    data = answer.get("data")
    rows = [
        ReferralCode(
            code=row.get("referralCode").text(),
            ratio=row.get("commissionRatio").amount(),
            friend_ratio=row.get("friendEarn").amount(),
            fee_discount=row.get("swapFeeDiscount").amount(),
            users=row.get("referralNum").integer(),
            depositors=row.get("deposited").integer(),
            traders=row.get("traded").integer(),
            traded=row.get("tradingVolume").amount(),
            fees=row.get("fee").amount(),
            fees_by_vouchers=row.get("offsetTradingFees").amount(),
            fees_payable=row.get("payableTradingFees").amount(),
            commission=row.get("commission").amount(),
            raw=row.value,
        )
        for row in data.get("list").items()
    ]
    return ReferralCodes(_total(data), None, rows)


def superior(answer: Node) -> Above:
    """``data``."""
    data = answer.get("data")
    return Above(data.get("inviteResult").boolean(), data.get("directInvitation").boolean(), raw=answer.value)


def _invited(row: Node) -> Invited:
    inviter = _either(row, "inviterSid", "superiorsUid").id()
    result = row.get("inviteResult")
    return Invited(
        uid=row.get("uid").id(),
        is_invited=result.boolean() if result.is_there else True,
        inviter=None if inviter == "0" else inviter,
        is_direct=row.get("directInvitation").boolean(),
        code=row.get("InvitationCode").optional(Node.text),
        own_code=row.get("ownInviteCode").optional(Node.text),
        registered_ms=_either(row, "registerTime", "registerDateTime").integer(),
        is_known=_truth(row.get("kycResult")),
        has_deposited=_truth(row.get("deposit")),
        has_traded=_truth(row.get("trade")),
        balance=row.get("balanceVolume").optional(Node.amount),
        level=row.get("userLevel").integer(),
        ratio=row.get("commissionRatio").integer(),
        benefit=row.get("currentBenefit").integer(),
        benefit_ratio=row.get("benefitRatio").integer(),
        benefit_until_ms=row.get("benefitExpiration").integer(),
        raw=row.value,
    )


def _volume(row: Node, kind: str) -> Volume:
    return Volume(row.get(f"{kind}TradingVolume").amount(), row.get(f"{kind}CommissionVolume").amount())


def _either(row: Node, name: str, other: str) -> Node:
    first = row.get(name)
    return first if first.is_there else row.get(other)


def _truth(place: Node) -> bool:
    """True or false, or the text of either."""
    if place.value in ("true", "false"):
        return bool(place.value == "true")
    return place.boolean()


def _total(data: Node) -> int | None:
    """D's example of invitation codes has none."""
    return data.get("total").optional(Node.integer)


def _agent(data: Node) -> str:
    return data.get("currentAgentUid").id()
