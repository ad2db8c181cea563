"""What agents are shown, as VST can be asked: by an account that may have invited nobody."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from contract import shapes
from contract.conftest import Meet
from contract.target import Target

AGENT = "/openApi/agent"
INVITED = f"{AGENT}/v1/account/inviteAccountList"
COMMISSIONS = f"{AGENT}/v2/reward/commissionDataList"
BY_API = f"{AGENT}/v1/reward/third/commissionDataList"
PARTNERS, CODES = f"{AGENT}/v1/asset/partnerData", f"{AGENT}/v1/commissionDataList/referralCode"
ONLY_MAIN_ACCOUNTS = 100403
DAY_MS = 86_400_000
PAGE: dict[str, object] = {"pageIndex": 1, "pageSize": 10}


def as_date(at_ms: int) -> str:
    """Such as 20240101."""
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y%m%d}"


def as_days(at_ms: int) -> str:
    """Days since 1970."""
    return str(at_ms // DAY_MS)


@pytest.mark.clause("AGENT-1")
def test_those_who_were_invited_are_a_page(target: Target, meets: Meet) -> None:
    reply = target.get(INVITED, **PAGE)
    if reply.code == ONLY_MAIN_ACCOUNTS:
        return
    page = reply.data
    assert isinstance(page["list"], list)
    assert int(page["total"]) >= len(page["list"])
    assert int(page["currentAgentUid"]) > 0
    if page["list"]:
        meets("V88", *shapes.invited(page["list"][0]))


@pytest.mark.clause("AGENT-2")
@pytest.mark.parametrize(
    ("path", "more", "spelt"),
    [(COMMISSIONS, {}, as_date), (BY_API, {"commissionBizType": 81}, as_date), (PARTNERS, {}, as_days)],
    ids=["commissions", "commissions of trading by API", "partners"],
)
def test_what_came_of_it_can_be_asked_for_in_a_form_that_a_document_gives(
    target: Target, meets: Meet, path: str, more: dict[str, int], spelt: Callable[[int], str]
) -> None:
    now_ms = target.now_ms()
    ends_ms = {"startTime": now_ms - 7 * DAY_MS, "endTime": now_ms - DAY_MS}
    replies = {
        "milliseconds": target.get(path, **PAGE, **more, **ends_ms),
        "dates": target.get(path, **PAGE, **more, **{name: spelt(at_ms) for name, at_ms in ends_ms.items()}),
    }
    if {reply.code for reply in replies.values()} == {ONLY_MAIN_ACCOUNTS}:
        return
    taken = [form for form, reply in replies.items() if reply.code == 0]
    assert taken
    assert all(isinstance(replies[form].data["list"], list) for form in taken)
    meets("V90", taken[0] if len(taken) == 1 else "any")


@pytest.mark.clause("AGENT-2")
def test_what_invitation_codes_brought_can_be_asked_for(target: Target) -> None:
    reply = target.get(CODES, **PAGE, directInvitation="true")
    assert reply.code == ONLY_MAIN_ACCOUNTS or isinstance(reply.data["list"], list)
