"""State files: what loads, and how a broken one is refused."""

from pathlib import Path

import pytest

from bingx_fake import FakeExchange, StateError
from bingx_fake.state.files import read_form

GOOD = """\
[[users]]
uid = 1
email = "a@example.com"
[[users.keys]]
key = "k"
secret = "s"
permissions = ["read"]
ips = ["127.0.0.1"]
[users.balances.fund]
USDT = "10"
BTC = { free = "0.5", locked = "0.1" }

[[users]]
uid = 2

[prices]
BTC = "60000"

[coins]
USDT = "Tether"

[[transfers]]
uid = 1
id = 7
asset = "USDT"
amount = "3"
from = "fund"
to = "spot"
at = 1700000000000

[[inner_transfers]]
uid = 1
id = 8
to_uid = 2
asset = "USDT"
amount = "4"
from = "spot"
transfer_client_id = "abc"
at = 1700000000001
status = 4
"""


AGAIN = GOOD[GOOD.index("[[inner_transfers]]") :].replace("id = 8", "id = 9")
"""One more internal transfer, under the same transferClientId."""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "state.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_a_whole_state_loads_history_included(good: Path) -> None:
    with FakeExchange(state=good) as exchange:
        state = exchange.state
    assert state["users"][0]["balances"] == {"fund": {"USDT": "10", "BTC": {"free": "0.5", "locked": "0.1"}}}
    assert state["transfers"][0] == {
        "uid": 1,
        "id": 7,
        "asset": "USDT",
        "amount": "3",
        "from": "fund",
        "to": "spot",
        "at": 1700000000000,
    }
    assert state["inner_transfers"][0]["status"] == 4
    assert state["coins"] == {"USDT": "Tether", "BTC": "BTC"}


def test_a_transfer_of_one_number_answers_to_it_under_both_names_as_it_always_did(good: Path) -> None:
    with FakeExchange(state=good) as exchange:
        ledger = exchange.call(lambda inner: inner.books.ledger)
    assert ledger.transfer_by_id(1, 7) is not None
    assert ledger.transfer_by_id(1, 7) is ledger.transfer_by_transfer_id(1, 7)


def test_a_transfer_keeps_both_of_its_numbers(good: Path) -> None:
    long = "1051461075875997081703"
    good.write_text(GOOD.replace("id = 7\n", f'id = 7\ntransfer_id = "{long}"\n', 1), encoding="utf-8")
    with FakeExchange(state=good) as first, FakeExchange(state=first.state) as second:
        assert first.state == second.state
        (row,) = second.state["transfers"]
        ledger = second.call(lambda inner: inner.books.ledger)
    assert (row["id"], row["transfer_id"]) == (7, long)
    assert ledger.transfer_by_id(1, 7) is ledger.transfer_by_transfer_id(1, int(long))
    assert ledger.transfer_by_transfer_id(1, 7) is ledger.transfer_by_id(1, int(long)) is None
    assert ledger.transfer_by_transfer_id(2, int(long)) is None


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ('id = 9\ntransfer_id = "70"', "line 45: transfers.1.transfer_id: 70 is given twice"),
        ("id = 70", "line 44: transfers.1.id: 70 is given twice"),
        ('id = 9\ntransfer_id = "070"', "line 45: transfers.1.transfer_id: Expected `str` matching regex"),
        ("id = 9\ntransfer_id = 71", "line 45: transfers.1.transfer_id: Expected `str | null`, got `int`"),
    ],
)
def test_two_transfers_cannot_share_a_transfer_id(good: Path, second: str, message: str) -> None:
    row = GOOD[GOOD.index("[[transfers]]") : GOOD.index("[[inner_transfers]]")]
    rows = row.replace("id = 7", 'id = 7\ntransfer_id = "70"') + row.replace("id = 7", second)
    good.write_text(GOOD.replace(row, "") + rows, encoding="utf-8")
    with pytest.raises(StateError) as refusal:
        read_form(good)
    assert str(refusal.value).startswith(f"{good}: {message}")


def test_the_json_form_loads_as_the_file_does(good: Path) -> None:
    with FakeExchange(state=good) as first, FakeExchange(state=first.state) as second:
        assert first.state == second.state


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("uid = 1\n", "uid = 0\n"), "line 2: users.0.uid: "),
        (("uid = 1\n", 'uid = "1"\n'), "line 2: users.0.uid: Expected `int`"),
        (("uid = 2", "uid = 1"), "line 14: users.1.uid: uid 1 is given twice"),
        (("email =", "mail ="), "line 3: users.0.mail: Object contains unknown field `mail`"),
        (('secret = "s"\n', ""), "line 4: users.0.keys.0: Object missing required field `secret`"),
        (('["read"]', '["write"]'), "line 7: users.0.keys.0.permissions.0: Invalid enum value 'write'"),
        (('"127.0.0.1"', '"localhost"'), "line 8: users.0.keys.0.ips.0: 'localhost' is no IP address"),
        (("balances.fund", "balances.purse"), "line 9: users.0.balances: Invalid enum value 'purse'"),
        (('USDT = "10"', "USDT = 10"), "line 9: users.0.balances"),
        (('USDT = "10"', 'USDT = "-10"'), "line 10: users.0.balances.fund.USDT: '-10' is not a plain"),
        (('USDT = "10"', 'usdt = "10"'), "line 10: users.0.balances.fund.usdt: 'usdt' is no asset name"),
        (('USDT = "10"', 'USDT = "1e3"'), "line 10: users.0.balances.fund.USDT: '1e3' is not a plain"),
        (('locked = "0.1"', 'locked = "x"'), "line 11: users.0.balances.fund.BTC.locked: 'x'"),
        (('BTC = "60000"', 'BTC = "0"'), "line 17: prices.BTC: must be above zero"),
        (('to = "spot"', 'to = "fund"'), "line 28: transfers.0.to: is the account the amount came from"),
        (("at = 1700000000000\n", "at = -5\n"), "line 29: transfers.0.at: "),
        (("id = 8", "id = 7"), "line 33: inner_transfers.0.id: 7 is given twice"),
        (
            ("at = 1700000000001\nstatus = 4", f"at = 1700000000001\nstatus = 4\n{AGAIN}"),
            "line 48: inner_transfers.1.transfer_client_id: abc is given twice by uid 1",
        ),
        (("to_uid = 2", "to_uid = 3"), "line 32: inner_transfers.0.uid: there is no user 3"),
        (("to_uid = 2", "to_uid = 1"), "line 34: inner_transfers.0.to_uid: is the sender"),
        (("status = 4", "status = 9"), "line 40: inner_transfers.0.status: "),
        (("[prices]", "[prices"), "Expected ']'"),
    ],
)
def test_a_broken_file_is_refused_with_file_line_and_key(
    good: Path, change: tuple[str, str], message: str
) -> None:
    assert change[0] in GOOD
    good.write_text(GOOD.replace(*change, 1), encoding="utf-8")
    with pytest.raises(StateError) as refusal:
        read_form(good)
    assert str(refusal.value).startswith(f"{good}: {message}")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="cannot be read: No such file"):
        read_form(tmp_path / "missing.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(StateError, match="not UTF-8"):
        read_form(path)


@pytest.mark.parametrize("name", ["email", "phone", "key"])
def test_two_users_cannot_share_a_name(name: str) -> None:
    values = {
        "email": "A@example.com",
        "phone": {"calling_code": "1", "number": "2"},
        "keys": [{"key": "k", "secret": "s", "permissions": []}],
    }
    field = "keys" if name == "key" else name
    users = [{"uid": 1, field: values[field]}, {"uid": 2, field: values[field]}]
    with pytest.raises(StateError, match=f"{name} .* is given twice"):
        read_form({"users": users})
