"""The page of all groups: made from the data, whole, and no question left out that makes a difference."""

import json
from pathlib import Path

from openapi.choices import ALL_ANSWERS
from support.commands import bingx_fake

from bingx_contracts import CONTRACT, ENDPOINTS, PROFILES, VARIATIONS
from bingx_contracts.rendering import groups
from bingx_fake.answers.renderer import Renderer

ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_data_says() -> None:
    page = (ROOT / "docs" / "groups.md").read_text(encoding="utf-8")
    assert page == groups.markdown(), "write it again: bingx-fake groups --markdown > docs/groups.md"


def test_the_page_has_every_endpoint_once() -> None:
    page = groups.markdown()
    for endpoint in ENDPOINTS.values():
        name = endpoint.id.partition(".")[2]
        assert page.count(f"| `{name}` `{endpoint.method} {endpoint.path}` |") == 1, endpoint.id


def test_the_command_prints_them() -> None:
    found = json.loads(bingx_fake("groups", "--json").stdout)
    assert found.keys() == ENDPOINTS.keys()
    agents = found["agent.invited_users"]
    assert (agents["path"], agents["differs"]) == ("/openApi/agent/v1/account/inviteAccountList", ["V88"])
    assert {"A250", "A251"} <= set(agents["ours"])
    assert bingx_fake("groups", "--markdown").stdout == groups.markdown()
    assert "swap_trade.place_order" in bingx_fake("groups").stdout


def test_whatever_has_a_say_in_an_answer_of_the_exchange_is_among_what_the_endpoint_differs_by() -> None:
    for answers in (*(profile.answers for profile in PROFILES.values()), *ALL_ANSWERS):
        renderer = Renderer(CONTRACT, answers)
        for endpoint in ENDPOINTS.values():
            say = {it for it in renderer.success(endpoint.id).decided_by if VARIATIONS[it].is_switchable}
            assert say <= set(groups.differing(endpoint)), endpoint.id
