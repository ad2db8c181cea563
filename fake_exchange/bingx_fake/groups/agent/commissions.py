"""What agents get of the trading of others."""

from decimal import Decimal

from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.books.referrals import Business
from bingx_fake.groups.agent.facts import ApiCommission, DayOfCommission, Page
from bingx_fake.groups.agent.paging import page_of, total_of
from bingx_fake.groups.agent.periods import day_of, period_of
from bingx_fake.groups.call import Books, Call

_API_BUSINESSES = {"81": "perpetualFutures", "82": "spot"}

_Sums = dict[Business, tuple[Decimal, Decimal]]
"""Volume and commission of what was traded."""


def commissions(books: Books, call: Call) -> Page:
    """By user and day, the latest day first (ours, A256)."""
    parameters, agent = call.parameters, call.caller.uid
    period = period_of(parameters, call.now_ms, most_days=30, back_days=365).of_whole_days
    uid, code = parameters.integer("uid"), parameters.text("invitationCode")
    business = parameters.text("businessType")
    referrals = books.directory.referrals
    invitees = referrals.invitees(agent)
    days: dict[tuple[int, int], _Sums] = {}
    for it in referrals.commissions(agent):
        if (
            not it.is_api
            and period.has(it.at_ms)
            and uid in (None, it.uid)
            and code in (None, invitees[it.uid].code)
            and business in (None, it.business)
        ):
            sums = days.setdefault((-day_of(it.at_ms), it.uid), {})
            volume, amount = sums.get(it.business, (ZERO, ZERO))
            sums[it.business] = EXACT.add(volume, it.volume), EXACT.add(amount, it.amount)
    rows = [
        _day(uid, invitees[uid].code, -day, days[day, uid]) for day, uid in page_of(sorted(days), parameters)
    ]
    return Page(rows, len(days), agent)


def _day(uid: int, code: str, at_ms: int, sums: _Sums) -> DayOfCommission:
    none = ZERO, ZERO
    swap, std = sums.get("perpetualFutures", none), sums.get("standardFutures", none)
    spot, copy, mt5 = sums.get("spot", none), sums.get("copyTradePro", none), sums.get("mt5", none)
    return DayOfCommission(
        uid,
        code,
        at_ms,
        total_of(volume for volume, _ in sums.values()),
        total_of(amount for _, amount in sums.values()),
        *swap,
        *std,
        *spot,
        *copy,
        *mt5,
    )


def api_commissions(books: Books, call: Call) -> Page:
    """Those of trading by API, the newest first (ours, A256; from whenever there are any, A252)."""
    parameters, agent = call.parameters, call.caller.uid
    period, uid = period_of(parameters, call.now_ms), parameters.integer("uid")
    number = parameters.required_text("commissionBizType")
    found = [
        it
        for it in books.directory.referrals.commissions(agent)
        if it.is_api
        and it.business == _API_BUSINESSES[number]
        and period.has(it.at_ms)
        and uid in (None, it.uid)
    ]
    found.sort(key=lambda it: -it.at_ms)
    rows = [
        ApiCommission(it.uid, it.at_ms, it.volume, it.amount, int(number))
        for it in page_of(found, parameters)
    ]
    return Page(rows, len(found), agent)
