"""What agents can read. Only main accounts are agents: others are refused with 100403.

A time is taken in each form that a document gives (V90), and sent as it is: Unix time in milliseconds, a
date as 20240101, or a number of days since 1 January 1970.
"""

from bingx_client.calls.agent import readers
from bingx_client.calls.agent.models import (
    Above,
    ApiCommissions,
    Commissions,
    Deposits,
    Invited,
    InvitedUsers,
    Partners,
    ReferralCodes,
)
from bingx_client.calls.documented import read
from bingx_client.flow.call import Call

Id = str | int
When = str | int


def invited_users(
    *,
    page: int = 1,
    page_size: int = 100,
    start_ms: int | None = None,
    end_ms: int | None = None,
    last_uid: Id | None = None,
) -> Call[InvitedUsers]:
    """Whom the caller has invited.

    :param page_size: 1 to 200.
    :param start_ms: registered from this Unix time on, inclusive; ``end_ms`` 30 days later at most.
    :param last_uid: the last user of the page before; needed past 10,000 of them.
    """
    given = {
        "pageIndex": page,
        "pageSize": page_size,
        "startTime": start_ms,
        "endTime": end_ms,
        "lastUid": last_uid,
    }
    return read("agent.invited_users", given, readers.invited_users)


def relation(uid: Id) -> Call[Invited]:
    """Whether the caller has invited a user, and what became of him."""
    return read("agent.relation", {"uid": uid}, readers.relation)


def is_above(uid: Id) -> Call[Above]:
    """Whether the caller is above a user."""
    return read("agent.superior", {"uid": uid}, readers.superior)


def commissions(
    start: When,
    end: When,
    *,
    uid: Id | None = None,
    code: str | None = None,
    business: str | None = None,
    page: int = 1,
    page_size: int = 100,
) -> Call[Commissions]:
    """What the trading of those who were invited brought, by user and day, by R's path (V89).

    :param start: within the last 365 days; ``end`` at most 30 days later.
    :param code: of those alone who came by this invitation code.
    :param business: perpetualFutures, standardFutures, spot or copyTradePro.
    :param page_size: 1 to 100.
    """
    given = {
        "startTime": start,
        "endTime": end,
        "pageIndex": page,
        "pageSize": page_size,
        "uid": uid,
        "invitationCode": code,
        "businessType": business,
    }
    return read("agent.commissions", given, readers.commissions)


def api_commissions(
    business: int, start: When, end: When, *, uid: Id | None = None, page: int = 1, page_size: int = 100
) -> Call[ApiCommissions]:
    """What trading by API brought, of users whom nobody need have invited.

    :param business: 81 perpetuals, 82 spot.
    :param page_size: 1 to 100.
    """
    given = {
        "commissionBizType": business,
        "startTime": start,
        "endTime": end,
        "pageIndex": page,
        "pageSize": page_size,
        "uid": uid,
    }
    return read("agent.api_commissions", given, readers.api_commissions)


def partners(
    start: When, end: When, *, uid: Id | None = None, page: int = 1, page_size: int = 100
) -> Call[Partners]:
    """Those of the invited who invite others.

    :param start: within the last three months.
    :param page_size: 1 to 200.
    """
    given = {"startTime": start, "endTime": end, "pageIndex": page, "pageSize": page_size, "uid": uid}
    return read("agent.partners", given, readers.partners)


def deposits(uid: Id, start: When, end: When, *, page: int = 1, page_size: int = 100) -> Call[Deposits]:
    """What one of the invited has paid in.

    :param start: within the last 90 days.
    :param page_size: 1 to 100.
    """
    given = {
        "uid": uid,
        "bizType": 1,
        "startTime": start,
        "endTime": end,
        "pageIndex": page,
        "pageSize": page_size,
    }
    return read("agent.deposits", given, readers.deposits)


def referral_codes(
    *,
    direct: bool,
    code: str | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    page: int = 1,
    page_size: int = 100,
) -> Call[ReferralCodes]:
    """What each invitation code brought.

    :param direct: of those whom the caller himself invited, or of those whom others below him did.
    :param start_ms: within the last year; ``end_ms`` at most 92 days later. Both absent: the last 7 days.
    :param page_size: 1 to 200.
    """
    given = {
        "directInvitation": direct,
        "referralCode": code,
        "startTime": start_ms,
        "endTime": end_ms,
        "pageIndex": page,
        "pageSize": page_size,
    }
    return read("agent.referral_codes", given, readers.referral_codes)
