"""Whom an agent is shown: the invited, partners, invitation codes, and who is above whom."""

from collections.abc import Iterable

from bingx_fake.books.money import EXACT
from bingx_fake.books.referrals import Commission, Invitee, Referrals
from bingx_fake.gateway.parameters import Parameters
from bingx_fake.groups.agent.facts import Above, CodeRow, Invited, InvitedDeposit, Page, PartnerRow
from bingx_fake.groups.agent.paging import page_of, total_of
from bingx_fake.groups.agent.periods import DAY_MS, Period, period_of
from bingx_fake.groups.call import Books, Call

_ROWS_WITHOUT_CURSOR = 10_000


def invited_users(books: Books, call: Call) -> Page:
    """Those who were invited, by their ids, the largest first (ours, A250)."""
    parameters, agent = call.parameters, call.caller.uid
    period = period_of(parameters, call.now_ms, most_days=30)
    last_uid = parameters.integer("lastUid")
    referrals = books.directory.referrals
    found = [it for it in referrals.invitees(agent).values() if period.has(it.at_ms)]
    found.sort(key=lambda it: -it.uid)
    most = _ROWS_WITHOUT_CURSOR if last_uid is None else len(found)
    reached = [it for it in found if last_uid is None or it.uid < last_uid][:most]
    payers, traders = _payers(referrals, agent), _traders(referrals, agent)
    rows = [
        Invited.of(it, has_paid_in=it.uid in payers, has_traded=it.uid in traders)
        for it in page_of(reached, parameters)
    ]
    return Page(rows, len(found), agent)


def relation(books: Books, call: Call) -> Invited:
    """What the agent is shown of one user (ours, A254: of anybody else, that he was not invited)."""
    uid, agent = _uid(call.parameters), call.caller.uid
    referrals = books.directory.referrals
    invitee = referrals.invitees(agent).get(uid)
    if invitee is None:
        return Invited(uid, exist_inviter=referrals.is_invited(uid), invite_result=False)
    return Invited.of(
        invitee,
        has_paid_in=uid in _payers(referrals, agent),
        has_traded=uid in _traders(referrals, agent),
    )


def superior(books: Books, call: Call) -> Above:
    """Whether the caller is above a user (ours, A257)."""
    invitee = books.directory.referrals.invitees(call.caller.uid).get(_uid(call.parameters))
    return Above(invitee is not None, invitee is not None and invitee.is_direct)


def partners(books: Books, call: Call) -> Page:
    """Those of the invited who invite others, with what was done below them (ours, A253)."""
    parameters, agent = call.parameters, call.caller.uid
    period, uid = period_of(parameters, call.now_ms, back_days=92), parameters.integer("uid")
    referrals = books.directory.referrals
    found = [
        it for it in referrals.invitees(agent).values() if it.partner is not None and uid in (None, it.uid)
    ]
    found.sort(key=lambda it: (-it.at_ms, -it.uid))
    rows = [_partner(it, referrals, period) for it in page_of(found, parameters)]
    return Page(rows, len(found), agent)


def deposits(books: Books, call: Call) -> Page:
    """What one of the invited has paid in, the newest first (ours, A258)."""
    parameters, agent = call.parameters, call.caller.uid
    period, uid = period_of(parameters, call.now_ms, back_days=90), _uid(parameters)
    referrals = books.directory.referrals
    found = [it for it in referrals.deposits(agent) if it.uid == uid and period.has(it.at_ms)]
    found.sort(key=lambda it: -it.at_ms)
    invitees = referrals.invitees(agent)
    rows = [
        InvitedDeposit(it.uid, invitees[it.uid].is_direct, it.at_ms, it.asset, it.amount)
        for it in page_of(found, parameters)
    ]
    return Page(rows, len(found), agent)


def referral_codes(books: Books, call: Call) -> Page:
    """What each invitation code brought (ours, A255)."""
    parameters, agent, now_ms = call.parameters, call.caller.uid, call.now_ms
    week = Period(now_ms - 7 * DAY_MS, now_ms)
    period = period_of(parameters, now_ms, most_days=92, back_days=365, usual=week)
    code, is_direct = parameters.text("referralCode"), parameters.truth("directInvitation")
    referrals = books.directory.referrals
    by_code: dict[str, list[Invitee]] = {}
    for invitee in referrals.invitees(agent).values():
        if code in (None, invitee.code) and invitee.is_direct == is_direct:
            by_code.setdefault(invitee.code, []).append(invitee)
    rows = [_code(name, by_code[name], referrals, period) for name in sorted(by_code)]
    return Page(page_of(rows, parameters), len(rows), agent)


def _partner(invitee: Invitee, referrals: Referrals, period: Period) -> PartnerRow:
    assert invitee.partner is not None
    agent, partner = invitee.agent, invitee.partner
    branch = {it.uid: it for it in referrals.below(agent, invitee.uid)}
    traded = [it for it in _traded(referrals, agent) if it.uid in branch]
    first: dict[int, int] = {}
    for it in traded:
        first[it.uid] = min(it.at_ms, first.get(it.uid, it.at_ms))
    within = [it for it in traded if period.has(it.at_ms)]
    paid_in = (it.amount for it in referrals.deposits(agent) if it.uid in branch and period.has(it.at_ms))
    return PartnerRow(
        uid=invitee.uid,
        email=partner.email,
        phone=partner.phone,
        referral_type=1 if invitee.is_direct else 2,
        remarks=partner.remarks,
        referrer_uid=invitee.inviter,
        language=partner.language,
        new_referees=sum(period.has(it.at_ms) for it in branch.values()),
        first_trade=sum(map(period.has, first.values())),
        branch_deposits=total_of(paid_in),
        branch_trading=len({it.uid for it in within}),
        branch_trading_vol=total_of(it.volume for it in within),
        level=partner.level,
        commission_ratio=partner.ratio,
    )


def _code(name: str, invitees: list[Invitee], referrals: Referrals, period: Period) -> CodeRow:
    agent = invitees[0].agent
    uids = {it.uid for it in invitees}
    latest = max(invitees, key=lambda it: (it.at_ms, it.uid))
    within = [it for it in _traded(referrals, agent) if it.uid in uids and period.has(it.at_ms)]
    fee, offset = total_of(it.fee for it in within), total_of(it.offset for it in within)
    return CodeRow(
        referral_code=name,
        commission_ratio=latest.ratio,
        friend_earn=latest.benefit_ratio,
        referral_num=len(uids),
        deposited=len(uids & _payers(referrals, agent)),
        traded=len(uids & _traders(referrals, agent)),
        trading_volume=total_of(it.volume for it in within),
        fee=fee,
        offset_trading_fees=offset,
        payable_trading_fees=EXACT.subtract(fee, offset),
        commission=total_of(it.amount for it in within),
    )


def _payers(referrals: Referrals, agent: int) -> set[int]:
    return {it.uid for it in referrals.deposits(agent)}


def _traders(referrals: Referrals, agent: int) -> set[int]:
    return {it.uid for it in _traded(referrals, agent)}


def _traded(referrals: Referrals, agent: int) -> Iterable[Commission]:
    """What came of the trading of those who were invited."""
    return (it for it in referrals.commissions(agent) if not it.is_api)


def _uid(parameters: Parameters) -> int:
    return parameters.counted("uid")
