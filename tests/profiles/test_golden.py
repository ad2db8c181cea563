"""What each profile answers, word for word, in ``golden/``: read there, and held against the register here.

``BINGX_RECORD=1`` writes the files again; look at what changed before keeping it.
"""

import json
import os
import re
from pathlib import Path

import pytest
from profiles.history import STATE, ask_everything
from support.sender import NOW_MS

from bingx_contracts import ENDPOINTS, PROFILES, present_id
from bingx_fake import FakeExchange

FOLDER = Path(__file__).parent / "golden"


def readable(answers: object) -> str:
    """JSON with one line per innermost object."""
    text = json.dumps(answers, indent=1, ensure_ascii=False)
    joined = re.sub(r"\{\s+([^{}\[\]]*?)\s+\}", lambda found: "{" + re.sub(r"\s+", " ", found[1]) + "}", text)
    return f"{joined}\n"


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_answers_as_it_is_written_down(profile: str) -> None:
    with FakeExchange(STATE, profile, frozen_at_ms=NOW_MS) as exchange:
        answers = readable(ask_everything(exchange))
    path = FOLDER / f"{profile}.json"
    if os.environ.get("BINGX_RECORD") == "1":
        path.write_text(answers, encoding="utf-8")
    assert answers == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("profile", PROFILES)
def test_every_endpoint_is_written_down(profile: str) -> None:
    written = json.loads((FOLDER / f"{profile}.json").read_text(encoding="utf-8"))
    present = {it.id for it in ENDPOINTS.values() if not (it.old_route or it.tells_time)}
    assert present <= {present_id(name) for name in written}


def test_the_skill_profile_has_every_field_that_its_document_names() -> None:
    written = json.loads((FOLDER / "skill.json").read_text(encoding="utf-8"))
    data = {name: answer.get("data") for name, (_, answer) in written.items()}
    # Its function takes the envelope off, so what its comments name stands in data.
    assert {"asset", "free", "locked"} <= set(data["spot_balance"]["balances"][0])
    assert data["fund_balance"]["data"]["balance"]
    assert {"asset", "balance"} <= set(data["account_overview"][0])
    assert {"asset", "amount", "type", "timestamp", "status"} <= set(data["transfer_records"][0])
    assert {"coin", "name"} <= set(data["transferable_coins"][0])
