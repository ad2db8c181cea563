"""What agents are shown: windows, pages, cursors, sums; and to whom it is not shown."""

from typing import Any

import pytest
from support.sender import ALICE, BOB, CAROL, NOW_MS, Reply, Sender

from bingx_fake import FakeExchange

AGENT = "/openApi/agent"
INVITED = f"{AGENT}/v1/account/inviteAccountList"
COMMISSIONS = f"{AGENT}/v2/reward/commissionDataList"
RELATION = f"{AGENT}/v1/account/inviteRelationCheck"
API_COMMISSIONS = f"{AGENT}/v1/reward/third/commissionDataList"
PARTNERS = f"{AGENT}/v1/asset/partnerData"
DEPOSITS = f"{AGENT}/v1/asset/depositDetailList"
CODES = f"{AGENT}/v1/commissionDataList/referralCode"
ABOVE = f"{AGENT}/v1/account/superiorCheck"
DAY_MS = 86_400_000
MIDNIGHT = 1_699_891_200_000
"""Of 2023-11-14 in UTC+8, which is 16:00 UTC on the 13th."""
PAGE = {"pageIndex": 1, "pageSize": 100}
REFUSED, NOT_MAIN = 100400, 100403


def invitee(uid: int, **more: Any) -> dict[str, Any]:
    return {"uid": ALICE, "invitee": uid, "at": NOW_MS - DAY_MS, "code": "A1", **more}


def commission(uid: int, at: int, **more: Any) -> dict[str, Any]:
    usual = {"business": "spot", "volume": "10", "commission": "1"}
    return {"uid": ALICE, "invitee": uid, "at": at, **usual, **more}


def deposit(uid: int, at: int, amount: str) -> dict[str, Any]:
    return {"uid": ALICE, "invitee": uid, "at": at, "asset": "USDT", "amount": amount}


def load(exchange: FakeExchange, **tables: list[dict[str, Any]]) -> None:
    """These tables in place of those of the example."""
    empty: dict[str, list[dict[str, Any]]] = {"invitees": [], "commissions": [], "deposits": []}
    exchange.load(exchange.state | empty | tables)


def uids(reply: Reply) -> list[int]:
    return [row["uid"] for row in reply.data["list"]]


def test_a_sub_account_is_no_agent(sender: Sender) -> None:
    reply = sender.call("GET", INVITED, dict(PAGE), key="carol-key")
    assert (reply.code, reply.json["msg"]) == (NOT_MAIN, f"uid {CAROL} is not a main account")


def test_an_agent_is_shown_nobody_else_s_invitees(sender: Sender) -> None:
    reply = sender.call("GET", INVITED, dict(PAGE), key="bob-key")
    assert (reply.data["list"], reply.data["total"], reply.data["currentAgentUid"]) == ([], 0, BOB)


# Those who were invited


def test_the_invited_are_listed_by_id_the_largest_first_page_by_page(sender: Sender) -> None:
    load(sender.exchange, invitees=[invitee(uid) for uid in (7, 9, 8, 5, 6)])
    pages = [sender.get(INVITED, pageIndex=page, pageSize=2) for page in (1, 2, 3, 4)]
    assert [uids(page) for page in pages] == [[9, 8], [7, 6], [5], []]
    assert {page.data["total"] for page in pages} == {5}


def test_a_cursor_leaves_those_below_it_and_pages_count_from_there(sender: Sender) -> None:
    load(sender.exchange, invitees=[invitee(uid) for uid in (7, 9, 8, 5, 6)])
    assert uids(sender.get(INVITED, pageIndex=1, pageSize=2, lastUid=8)) == [7, 6]
    assert uids(sender.get(INVITED, pageIndex=2, pageSize=2, lastUid=8)) == [5]


def test_past_10000_rows_a_cursor_is_needed(sender: Sender) -> None:
    load(sender.exchange, invitees=[invitee(uid) for uid in range(1, 10_003)])
    last = sender.get(INVITED, pageIndex=50, pageSize=200)
    assert (uids(last)[-1], last.data["total"]) == (3, 10_002)
    assert uids(sender.get(INVITED, pageIndex=51, pageSize=200)) == []
    assert uids(sender.get(INVITED, pageIndex=1, pageSize=200, lastUid=3)) == [2, 1]


def test_the_invited_of_a_time_are_those_who_registered_in_it(sender: Sender) -> None:
    times = {1: NOW_MS - 40 * DAY_MS, 2: NOW_MS - 10 * DAY_MS, 3: NOW_MS - 10 * DAY_MS + 1, 4: NOW_MS}
    load(sender.exchange, invitees=[invitee(uid, at=at) for uid, at in times.items()])
    assert uids(sender.get(INVITED, **PAGE)) == [4, 3, 2, 1]
    assert uids(sender.get(INVITED, **PAGE, startTime=times[2], endTime=times[2])) == [2]
    assert uids(sender.get(INVITED, **PAGE, startTime=times[3])) == [4, 3]
    assert uids(sender.get(INVITED, **PAGE, endTime=times[2])) == [2, 1]


@pytest.mark.parametrize(("days", "code"), [(30, 0), (30 + 1 / DAY_MS, REFUSED)])
def test_the_invited_are_asked_for_by_at_most_30_days(sender: Sender, days: float, code: int) -> None:
    span = {"startTime": NOW_MS - round(days * DAY_MS), "endTime": NOW_MS}
    assert sender.get(INVITED, **PAGE, **span).code == code


def test_an_invitee_has_paid_in_and_traded_where_there_are_rows_of_it(sender: Sender) -> None:
    load(
        sender.exchange,
        invitees=[invitee(1), invitee(2), invitee(3)],
        deposits=[deposit(2, NOW_MS, "5")],
        commissions=[commission(3, NOW_MS), commission(1, NOW_MS, api=True)],
    )
    rows = sender.get(INVITED, **PAGE).data["list"]
    assert [(row["uid"], row["deposit"], row["trade"]) for row in rows] == [
        (3, False, True),
        (2, True, False),
        (1, False, False),
    ]


# Who is above whom


@pytest.mark.parametrize(
    ("uid", "invited", "direct", "superior"),
    [(BOB, True, True, ALICE), (16790001, True, False, BOB), (ALICE, False, False, 0), (5, False, False, 0)],
)
def test_who_is_above_whom(sender: Sender, uid: int, invited: bool, direct: bool, superior: int) -> None:
    seen = sender.get(ABOVE, uid=uid).data
    assert seen == {"inviteResult": invited, "directInvitation": direct}
    shown = sender.get(RELATION, uid=uid).data
    assert (shown["inviteResult"], shown["directInvitation"]) == (invited, direct)
    assert (shown["superiorsUid"], shown["existInviter"]) == (superior, "true" if invited else "false")


def test_somebody_of_another_agent_has_an_inviter_and_was_not_invited(sender: Sender) -> None:
    load(sender.exchange, invitees=[invitee(5) | {"uid": BOB}])
    shown = sender.get(RELATION, uid=5).data
    assert (shown["existInviter"], shown["inviteResult"], shown["registerDateTime"]) == ("true", False, 0)


# Commissions


def test_commissions_are_added_up_by_user_and_day_of_utc_8(sender: Sender) -> None:
    load(
        sender.exchange,
        invitees=[invitee(1), invitee(2)],
        commissions=[
            commission(1, MIDNIGHT - 1, volume="3", commission="0.3"),
            commission(1, MIDNIGHT, volume="0.1", commission="0.01"),
            commission(1, MIDNIGHT + DAY_MS - 1, volume="0.2", commission="0.02"),
            commission(1, MIDNIGHT, business="mt5", volume="7", commission="0.7"),
            commission(2, MIDNIGHT, business="copyTradePro", volume="5", commission="0.5"),
            commission(2, MIDNIGHT, api=True, business="spot"),
        ],
    )
    data = sender.get(COMMISSIONS, **PAGE, startTime="20231113", endTime="20231114").data
    seen = [
        (row["uid"], row["commissionTime"], row["tradingVolume"], row["commissionVolume"])
        for row in data["list"]
    ]
    assert seen == [
        (1, MIDNIGHT, "7.3", "0.73"),
        (2, MIDNIGHT, "5", "0.5"),
        (1, MIDNIGHT - DAY_MS, "3", "0.3"),
    ]
    first, second, _ = data["list"]
    assert (first["spotTradingVolume"], first["mt5TradingVolume"]) == ("0.3", "7")
    assert (second["extCopyTradingVolume"], second["extCopyCommissionVolume"]) == ("5", "0.5")


def test_commissions_of_one_user_code_or_business_alone(sender: Sender) -> None:
    load(
        sender.exchange,
        invitees=[invitee(1), invitee(2, code="B2")],
        commissions=[
            commission(1, MIDNIGHT),
            commission(2, MIDNIGHT),
            commission(2, MIDNIGHT, business="standardFutures", volume="3"),
        ],
    )
    day = {**PAGE, "startTime": "20231114", "endTime": "20231114"}
    assert uids(sender.get(COMMISSIONS, **day, uid=2)) == [2]
    assert uids(sender.get(COMMISSIONS, **day, invitationCode="A1")) == [1]
    (row,) = sender.get(COMMISSIONS, **day, businessType="standardFutures").data["list"]
    assert (row["uid"], row["tradingVolume"], row["spotTradingVolume"]) == (2, "3", "0")


def test_a_time_in_milliseconds_means_the_days_that_it_touches(sender: Sender) -> None:
    load(sender.exchange, invitees=[invitee(1)], commissions=[commission(1, MIDNIGHT)])
    touching = {"startTime": MIDNIGHT + DAY_MS - 1, "endTime": MIDNIGHT + DAY_MS}
    assert uids(sender.get(COMMISSIONS, **PAGE, **touching)) == [1]
    after = {"startTime": MIDNIGHT + DAY_MS, "endTime": MIDNIGHT + DAY_MS}
    assert uids(sender.get(COMMISSIONS, **PAGE, **after)) == []


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("20221114", "20221115", "startTime 1668355200000 is more than 365 days ago"),
        ("20231001", "20231031", "is more than 30 days"),
        ("20231114", "20231113", "is before startTime"),
        ("20231301", "20231302", "startTime must be a date such as 20240101, not '20231301'"),
    ],
)
def test_a_time_that_cannot_be_asked_for_is_told(sender: Sender, start: str, end: str, said: str) -> None:
    reply = sender.get(COMMISSIONS, **PAGE, startTime=start, endTime=end)
    assert reply.code == REFUSED
    assert said in reply.json["msg"]


def test_the_earliest_and_the_longest_time_are_taken(sender: Sender) -> None:
    assert sender.get(COMMISSIONS, **PAGE, startTime="20221115", endTime="20221214").code == 0


@pytest.mark.parametrize(("path", "days"), [(PARTNERS, 92), (DEPOSITS, 90)])
def test_partners_and_deposits_go_so_far_back(sender: Sender, path: str, days: int) -> None:
    asked = {**PAGE, "uid": BOB, **({"bizType": 1} if path == DEPOSITS else {})}
    last = NOW_MS - days * DAY_MS
    assert sender.get(path, **asked, startTime=last, endTime=NOW_MS).code == 0
    assert sender.get(path, **asked, startTime=last - DAY_MS, endTime=NOW_MS).code == REFUSED


def test_commissions_of_api_trading_are_listed_alone_the_newest_first(sender: Sender) -> None:
    api = {"api": True, "business": "perpetualFutures"}
    load(
        sender.exchange,
        invitees=[invitee(1)],
        commissions=[
            commission(1, 5),
            commission(8, NOW_MS - 9, **api),
            commission(9, NOW_MS - 7, **api),
            commission(9, NOW_MS - 8, api=True),
        ],
    )
    span = {**PAGE, "startTime": "20231101", "endTime": "20231115"}
    data = sender.get(API_COMMISSIONS, **span, commissionBizType=81).data
    assert [(row["uid"], row["commissionTime"]) for row in data["list"]] == [(9, NOW_MS - 7), (8, NOW_MS - 9)]
    assert uids(sender.get(API_COMMISSIONS, **span, commissionBizType=82)) == [9]
    assert uids(sender.get(API_COMMISSIONS, **span, commissionBizType=81, uid=8)) == [8]


# Partners, deposits, codes


def test_a_partner_s_figures_are_those_of_everybody_below_him_in_the_time(sender: Sender) -> None:
    start, end = NOW_MS - 10 * DAY_MS, NOW_MS
    load(
        sender.exchange,
        invitees=[
            invitee(1, at=start - 1, partner={"level": 3, "ratio": "0.25", "email": "on***@example.com"}),
            invitee(2, at=start, inviter=1),
            invitee(3, at=start - 1, inviter=2, partner={}),
            invitee(4, at=start),
        ],
        commissions=[
            commission(1, start, volume="100"),
            commission(2, start, volume="2"),
            commission(3, start - 1, volume="50"),
            commission(3, end, volume="4"),
        ],
        deposits=[
            deposit(1, end, "100"),
            deposit(2, end, "5"),
            deposit(3, start, "6"),
            deposit(3, end + 1, "9"),
        ],
    )
    second, first = sender.get(PARTNERS, **PAGE, startTime=start, endTime=end).data["list"]
    figures = ("newReferees", "firstTrade", "branchTrading", "branchTradingVol", "branchDeposits")
    assert [first[name] for name in figures] == [1, 1, 2, "6", "11"]
    assert [second[name] for name in figures] == [0, 0, 0, "0", "0"]
    assert (first["level"], first["commissionRatio"], first["referralType"]) == (3, 0.25, 1)
    assert (second["uid"], second["referrerUid"], second["referralType"]) == (3, 2, 2)


def test_those_who_invited_each_other_in_a_circle_are_counted_once(sender: Sender) -> None:
    rows = [invitee(1, inviter=2, partner={}), invitee(2, inviter=1)]
    load(sender.exchange, invitees=rows)
    (row,) = sender.get(PARTNERS, **PAGE, startTime=NOW_MS - DAY_MS, endTime=NOW_MS).data["list"]
    assert row["newReferees"] == 1


def test_deposits_of_one_invitee_the_newest_first(sender: Sender) -> None:
    load(
        sender.exchange,
        invitees=[invitee(1), invitee(2, inviter=1)],
        deposits=[deposit(2, NOW_MS - 5, "1"), deposit(2, NOW_MS, "2.50"), deposit(1, NOW_MS, "3")],
    )
    span = {**PAGE, "startTime": NOW_MS - 5, "endTime": NOW_MS, "bizType": 1}
    data = sender.get(DEPOSITS, **span, uid=2).data
    assert [(row["bizTime"], row["currencyAmountVolume"]) for row in data["list"]] == [
        (NOW_MS, "2.5"),
        (NOW_MS - 5, "1"),
    ]
    assert {row["directInvitation"] for row in data["list"]} == {False}
    assert sender.get(DEPOSITS, **span, uid=3).data == {"list": [], "total": 0}


def test_what_invitation_codes_brought(sender: Sender) -> None:
    week = NOW_MS - 7 * DAY_MS
    load(
        sender.exchange,
        invitees=[
            invitee(1, code="B", at=1, ratio=10),
            invitee(2, code="B", at=2, ratio=20, benefit_ratio=45),
            invitee(3, code="A"),
            invitee(4, code="C", inviter=3),
        ],
        commissions=[
            commission(1, week, fee="0.5", offset="0.1"),
            commission(2, week - 1, fee="9"),
        ],
        deposits=[deposit(2, 5, "1")],
    )
    first, second = sender.get(CODES, directInvitation="true").data["list"]
    assert (first["referralCode"], first["traded"], first["tradingVolume"]) == ("A", "0", "0")
    assert second == {
        "referralCode": "B",
        "commissionRatio": "20",
        "friendEarn": "45",
        "swapFeeDiscount": "0",
        "referralNum": "2",
        "deposited": "1",
        "traded": "2",
        "tradingVolume": "10",
        "fee": "0.5",
        "offsetTradingFees": "0.1",
        "payableTradingFees": "0.4",
        "commission": "1",
    }
    (below,) = sender.get(CODES, directInvitation="false").data["list"]
    assert below["referralCode"] == "C"
    longer = sender.get(CODES, directInvitation="true", referralCode="B", startTime=week - 1).data
    assert (longer["total"], longer["list"][0]["fee"]) == (1, "9.5")
    early = sender.get(CODES, directInvitation="true", startTime=NOW_MS - 400 * DAY_MS)
    assert early.code == REFUSED
