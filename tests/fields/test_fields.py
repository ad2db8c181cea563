"""Every field of an answer is one that a document or a recording shows, of that type, or marked as ours."""

import copy
from typing import Any

import pytest
from fields.shown import SHOWN, problems

from bingx_contracts import PROFILES
from bingx_contracts.rendering.openapi import document

UID = "GET /openApi/account/v1/uid"


@pytest.mark.parametrize("profile", PROFILES)
def test_every_field_is_shown_by_the_profiles_source_or_by_another_or_is_marked_as_ours(profile: str) -> None:
    assert problems(document(profile)) == []


def changed(profile: str, component: str, field: str, new: Any) -> list[str]:
    """What is wrong once a field of a shape has another name, or another schema."""
    whole = copy.deepcopy(document(profile))
    properties = whole["components"]["schemas"][component]["properties"]
    old = properties.pop(field)
    if isinstance(new, str):
        properties[new] = old
    else:
        properties[field] = new
    return problems(whole)


def test_a_field_that_nobody_shows_is_found() -> None:
    assert changed("docs-site", "Balance", "free", "available") == [
        "spot_account.spot_balance: data.balances[].available is string: nobody shows it",
        "spot_account.fund_balance: data.balances[].available is string: nobody shows it",
    ]


def test_a_type_that_the_profiles_own_source_does_not_show_is_found() -> None:
    number = {"type": "integer", "x-source": "R"}
    assert changed("docs-site", "InnerSent", "id", number) == [
        "spot_account.inner_transfer: data.id is integer: shown is string"
    ], "R shows integers as well, but D does not"
    assert changed("reference", "InnerSent", "id", number) == []


def test_a_field_that_is_marked_as_ours_is_taken() -> None:
    ours = {"type": "integer", "x-source": "R (text); the number is ours"}
    assert changed("docs-site", "InnerSent", "id", ours) == []


def test_what_endpoints_to_come_answer_is_there_already() -> None:
    assert SHOWN[UID]["D"]["data.uid"] == "integer"
