"""Invitees, commissions and deposits in a state: kept, refused whole, put back with their agent."""

from pathlib import Path
from typing import Any

import pytest
import requests
from support.sender import ALICE, BOB, CAROL, NOW_MS

from bingx_fake import FakeExchange, StateError
from bingx_fake.state.files import read_form
from bingx_fake.state.saving import document_of

USERS = [{"uid": 1}, {"uid": 2, "kind": "sub"}, {"uid": 3}]
INVITEE = {"uid": 1, "invitee": 9, "at": 5, "code": "A1"}
COMMISSION = {"uid": 1, "invitee": 9, "at": 6, "business": "spot", "volume": "2", "commission": "0.5"}
DEPOSIT = {"uid": 1, "invitee": 9, "at": 7, "asset": "USDT", "amount": "3"}
EVERYTHING = {
    "invitees": [
        INVITEE,
        INVITEE
        | {"invitee": 10, "inviter": 9, "own_code": "Z", "kyc": True, "balance": "1.5", "level": 2}
        | {"ratio": 20, "benefit": 1, "benefit_ratio": 45, "benefit_until": 99}
        | {"partner": {"email": "a***@b", "phone": "1", "remarks": "r", "language": "de", "ratio": "0.5"}},
        INVITEE | {"uid": 3},
    ],
    "commissions": [
        COMMISSION | {"fee": "1", "offset": "0.5"},
        COMMISSION | {"invitee": 77, "business": "perpetualFutures", "api": True},
    ],
    "deposits": [DEPOSIT, DEPOSIT | {"invitee": 10}],
}
TABLES = tuple(EVERYTHING)


def tables_of(state: dict[str, Any]) -> dict[str, Any]:
    return {name: state[name] for name in TABLES if name in state}


def test_they_are_kept_as_they_were_in_memory_and_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "state.jsonl"
    with FakeExchange({"users": USERS, **EVERYTHING}) as exchange:
        assert tables_of(exchange.state) == EVERYTHING
        exchange.save(file)
    assert tables_of(document_of(read_form(file))) == EVERYTHING
    with FakeExchange(file) as exchange:
        assert tables_of(exchange.state) == EVERYTHING


def test_the_control_api_shows_and_takes_them(exchange: FakeExchange) -> None:
    url = f"{exchange.control_url}/state"
    state = requests.get(url, timeout=10).json()
    assert [row["invitee"] for row in state["invitees"]] == [BOB, 16790001]
    state["deposits"] = []
    assert requests.put(url, json=state, timeout=10).ok
    assert "deposits" not in exchange.state


def test_a_toml_file_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "state.toml"
    file.write_text('[[users]]\nuid = 1\n\n[[invitees]]\nuid = 1\ninvitee = 1\nat = 5\ncode = "A"\n')
    with pytest.raises(
        StateError, match=r"state\.toml: line 6: invitees\.0\.invitee: user 1 cannot have inv"
    ):
        read_form(file)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"invitees": [INVITEE | {"uid": 4}]}, "invitees.0.uid: there is no user 4"),
        ({"invitees": [INVITEE | {"uid": 2}]}, "invitees.0.uid: user 2 is a sub account"),
        ({"invitees": [INVITEE, INVITEE]}, "invitees.1.invitee: 9 is given twice to user 1"),
        ({"invitees": [INVITEE | {"inviter": 9}]}, "invitees.0.inviter: user 9 cannot have invited himself"),
        ({"invitees": [INVITEE | {"code": "a b"}]}, "invitees.0.code: "),
        ({"invitees": [INVITEE | {"ratio": 101}]}, "invitees.0.ratio: "),
        ({"invitees": [INVITEE | {"balance": "-1"}]}, "invitees.0.balance: '-1' is not a plain decimal"),
        ({"invitees": [INVITEE | {"partner": {"ratio": "2"}}]}, "invitees.0.partner.ratio: 2 is more than 1"),
        ({"invitees": [INVITEE | {"colour": "blue"}]}, "colour"),
        ({"commissions": [COMMISSION]}, "commissions.0.invitee: 9 is not among the invitees of user 1"),
        ({"commissions": [COMMISSION | {"api": True, "business": "mt5"}]}, "is perpetualFutures or spot"),
        ({"commissions": [COMMISSION | {"api": True, "uid": 4}]}, "commissions.0.uid: there is no user 4"),
        (
            {"invitees": [INVITEE], "commissions": [COMMISSION | {"offset": "1"}]},
            "commissions.0.offset: 1 is more than the fee, 0",
        ),
        ({"deposits": [DEPOSIT]}, "deposits.0.invitee: 9 is not among the invitees of user 1"),
        ({"invitees": [INVITEE], "deposits": [DEPOSIT | {"amount": "x"}]}, "deposits.0.amount: 'x'"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    exchange: FakeExchange, tables: dict[str, Any], said: str
) -> None:
    before = exchange.state
    with pytest.raises(StateError) as refused:
        exchange.load({"users": USERS, **tables})
    assert said in str(refused.value)
    assert exchange.state == before


def test_an_agent_who_is_put_back_has_those_of_the_state_that_was_loaded(exchange: FakeExchange) -> None:
    loaded = tables_of(exchange.state)
    exchange.load(exchange.state)
    requests.post(f"{exchange.control_url}/users/{ALICE}/reset", timeout=10).raise_for_status()
    assert tables_of(exchange.state) == loaded


def test_with_an_agent_go_his_rows_and_no_others(exchange: FakeExchange) -> None:
    state = exchange.state
    row = {"uid": BOB, "invitee": CAROL, "at": NOW_MS, "code": "BOB1"}
    exchange.load(state | {"invitees": [*state["invitees"], row]})
    requests.delete(f"{exchange.control_url}/users/{ALICE}", timeout=10).raise_for_status()
    assert tables_of(exchange.state) == {"invitees": [row]}
