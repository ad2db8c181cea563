"""Each answer to what the documents disagree about agents makes the difference that it names."""

from collections.abc import Callable
from typing import Any

import pytest
from support.sender import Reply, Sender

AGENT = "/openApi/agent"
PAGE = {"pageIndex": "1", "pageSize": "10"}
DATES, DAYS = ("20231106", "20231115"), ("19667", "19676")
MOMENTS = ("1699200000000", "1699977600000")
FORMS = {"dates": DATES, "days": DAYS, "milliseconds": MOMENTS}


def partner(sender: Sender) -> Any:
    (row,) = asked("v1/asset/partnerData", MOMENTS)(sender).data["list"]
    return row


def invited(sender: Sender) -> Any:
    return sender.get(f"{AGENT}/v1/account/inviteAccountList", **PAGE).data["list"][0]


def asked(path: str, span: tuple[str, str], **also: str) -> Callable[[Sender], Reply]:
    start, end = span
    return lambda sender: sender.get(f"{AGENT}/{path}", startTime=start, endTime=end, **PAGE, **also)


NAMES = {
    "tables": ({"inviterSid", "registerTime"}, {"Phone"}, str, str),
    "examples": ({"superiorsUid", "registerDateTime"}, {"phone"}, int, int),
    "all": ({"inviterSid", "superiorsUid", "registerTime", "registerDateTime"}, {"phone", "Phone"}, int, int),
}


@pytest.mark.parametrize("answer", NAMES)
def test_v88_says_by_which_names_and_types_agents_are_answered(sender: Sender, answer: str) -> None:
    sender.exchange.change_profile(vary={"V88": answer})
    row, other = invited(sender), partner(sender)
    names = {name for name in row if name.startswith(("inviter", "superiors", "register"))}
    phones = {name for name in other if name.lower() == "phone"}
    assert (names, phones, type(row["uid"]), type(other["newReferees"])) == NAMES[answer]


COMMISSIONS = ("v2/reward/commissionDataList", "v1/reward/commissionDataList")
OTHERS = {
    "v1/reward/third/commissionDataList": {"commissionBizType": "81"},
    "v1/asset/partnerData": {},
    "v1/asset/depositDetailList": {"uid": "16780001", "bizType": "1"},
}
TAKEN = {
    "dates": ({"dates"}, {"days"}),
    "milliseconds": ({"milliseconds"}, {"milliseconds"}),
    "any": (set(FORMS), set(FORMS)),
}


@pytest.mark.parametrize("path", [*COMMISSIONS, *OTHERS])
@pytest.mark.parametrize("answer", TAKEN)
def test_v90_says_which_times_are_taken(sender: Sender, answer: str, path: str) -> None:
    sender.exchange.change_profile(vary={"V90": answer})
    codes = {form: asked(path, span, **OTHERS.get(path, {}))(sender).code for form, span in FORMS.items()}
    of_commissions, of_others = TAKEN[answer]
    taken = of_commissions if "commission" in path else of_others
    assert codes == {form: 0 if form in taken else 100400 for form in FORMS}


def test_v89_both_paths_of_commissions_give_the_same_days(sender: Sender) -> None:
    first, second = (asked(path, DATES)(sender).data for path in COMMISSIONS)
    assert first == second
    assert [row["commissionTime"] for row in first["list"]] == 2 * [1699545600000]
