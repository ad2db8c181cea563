"""States that are saved and loaded as lines of JSON."""

import json
import os
import pty
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.records import inner, transfer
from support.sender import BOB, INNER_TRANSFER, NOW_MS, TRANSFER, Sender

from bingx_fake import FakeExchange, StateError
from bingx_fake.books.ledger import Ledger
from bingx_fake.state.files import StateForm, build, read_form
from bingx_fake.state.saving import snapshot, write_lines

COMMAND = str(Path(sys.executable).parent / "bingx-fake")
OPENING = {"users": [{"uid": 1}, {"uid": 2, "balances": {"fund": {"USDT": "5"}}}], "prices": {"BTC": "60000"}}
OWN = {"uid": 1, "id": 7, "asset": "USDT", "amount": "3", "from": "fund", "to": "spot", "at": 5}
INNER = {"uid": 1, "id": 8, "to_uid": 2, "asset": "USDT", "amount": "4", "from": "spot", "at": 6}


def _write(path: Path, *documents: Any) -> Path:
    path.write_text("".join(json.dumps(document) + "\n" for document in documents), encoding="utf-8")
    return path


def test_an_exchange_that_is_saved_and_loaded_again_is_the_same(
    exchange: FakeExchange, sender: Sender, tmp_path: Path
) -> None:
    sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="1.50")
    sender.post(INNER_TRANSFER, coin="USDT", amount="2", userAccountType=1, userAccount=BOB, walletType=1)
    exchange.save(tmp_path / "saved.jsonl")
    with FakeExchange(state=tmp_path / "saved.jsonl", frozen_at_ms=NOW_MS) as second:
        assert second.state == exchange.state
        assert len(second.state["transfers"]) == len(second.state["inner_transfers"]) == 1


def test_the_answer_of_get_state_loads_as_a_file(exchange: FakeExchange, tmp_path: Path) -> None:
    file = _write(tmp_path / "state.json", exchange.state)
    with FakeExchange(state=file) as second:
        assert second.state == exchange.state


def test_lines_add_up(tmp_path: Path) -> None:
    file = _write(tmp_path / "state.jsonl", OPENING, {"transfers": [OWN]}, {"inner_transfers": [INNER]})
    with (
        FakeExchange(state=file) as lines,
        FakeExchange(state=OPENING | {"transfers": [OWN], "inner_transfers": [INNER]}) as whole,
    ):
        assert lines.state == whole.state


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"transfers": [OWN | {"amount": "1e3"}]}, "transfers.0.amount: '1e3' is not a plain decimal"),
        ({"transfers": [OWN | {"to": "fund"}]}, "transfers.0.to: is the account the amount came from"),
        ({"transfers": [OWN | {"to": "purse"}]}, "transfers.0.to: Invalid enum value 'purse'"),
        ({"transfers": [OWN | {"uid": 3}]}, "transfers.0.uid: there is no user 3"),
        ({"transfers": [OWN | {"id": 9}]}, "transfers.0.id: 9 is given twice"),
        ({"inner_transfers": [INNER | {"id": 9}]}, "inner_transfers.0.id: 9 is given twice"),
        ({"transfer": [OWN]}, "transfer: Object contains unknown field `transfer`"),
        ({"users": [{"uid": 2}]}, "users.0.uid: uid 2 is given twice"),
        ([], "the document: Expected `object`"),
        (None, "the document: Expected `object`"),
    ],
)
def test_a_broken_line_is_refused_with_file_line_and_key(tmp_path: Path, line: Any, message: str) -> None:
    file = _write(tmp_path / "state.jsonl", OPENING, {"transfers": [OWN | {"id": 9}]}, line)
    with pytest.raises(StateError) as refusal:
        read_form(file)
    assert str(refusal.value).startswith(f"{file}: line 3: {message}")


@pytest.mark.parametrize("text", [b'{"transfers": [', b"users", b'{"coins": {"\xff": "x"}}', b"[" * 5000])
def test_a_line_that_is_no_json_is_refused_with_its_number(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "state.jsonl"
    file.write_bytes(b"{}\n" + text)
    with pytest.raises(StateError, match=r"state\.jsonl: line 2: the document: "):
        read_form(file)


def test_a_file_that_cannot_be_used_changes_nothing(exchange: FakeExchange, tmp_path: Path) -> None:
    before = exchange.state
    file = _write(tmp_path / "state.jsonl", OPENING, {"transfers": [OWN | {"amount": "0"}]})
    with pytest.raises(StateError, match="must be above zero"):
        exchange.load(file)
    assert exchange.state == before


def test_a_state_is_saved_under_a_name_that_it_can_be_loaded_by(
    exchange: FakeExchange, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=r"state\.jsonl, not state\.toml"):
        exchange.save(tmp_path / "state.toml")
    assert list(tmp_path.iterdir()) == []


def test_what_was_saved_before_outlives_a_failure(tmp_path: Path) -> None:
    file = _write(tmp_path / "state.jsonl", {})
    ledger = Ledger()
    ledger.record(transfer(1))
    taken = snapshot(build(StateForm()).directory, ledger)
    taken.transfers.append(inner(2))  # type: ignore[arg-type]  # what cannot be written as a transfer
    with pytest.raises(AttributeError):
        write_lines(file, taken)
    assert file.read_text() == "{}\n"
    assert list(tmp_path.iterdir()) == [file]


def test_reading_and_writing_tell_how_far_they_are(tmp_path: Path) -> None:
    ledger = Ledger()
    for number in range(1, 25_001):
        ledger.record(transfer(number, amount=Decimal(number)))
    file, written, read = tmp_path / "state.jsonl", [], []
    directory = build(read_form({"users": [{"uid": 1}]})).directory
    write_lines(file, snapshot(directory, ledger), lambda *done: written.append(done))
    assert len(read_form(file, lambda *done: read.append(done)).transfers) == 25_000
    assert written == [(10_000, 25_001), (20_000, 25_001)]
    assert [total for _, total in read] == [file.stat().st_size] * 2
    assert 0 < read[0][0] < read[1][0] < file.stat().st_size


def _serve(*options: str, **streams: Any) -> "subprocess.Popen[str]":
    ports = ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]
    command = [COMMAND, "serve", "--json", *ports, *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **streams)


def test_the_command_takes_up_where_it_was_stopped(tmp_path: Path) -> None:
    first, second = _write(tmp_path / "first.jsonl", OPENING, {"transfers": [OWN]}), tmp_path / "second.jsonl"
    with _serve("--state", str(first), "--save-state", str(second), stderr=subprocess.PIPE) as serving:
        assert serving.stdout is not None
        assert serving.stderr is not None
        assert serving.stdout.readline().startswith("{")
        serving.send_signal(signal.SIGTERM)
        assert serving.stderr.read() == "stopped\n"
    assert serving.returncode == 0
    assert read_form(second).transfers == read_form(first).transfers
    assert read_form(second).users == read_form(first).users


@pytest.mark.parametrize(
    ("name", "message"), [("state.toml", "saved as JSON lines"), ("none/state.jsonl", "there is no folder")]
)
def test_the_command_refuses_at_once_a_file_that_it_could_not_write(
    tmp_path: Path, name: str, message: str
) -> None:
    with _serve("--save-state", str(tmp_path / name), stderr=subprocess.PIPE) as serving:
        _, said = serving.communicate(timeout=30)
    assert serving.returncode == 2
    assert message in " ".join(said.split())


def test_a_terminal_sees_a_bar_while_a_long_history_is_read(tmp_path: Path) -> None:
    rows = ({"transfers": [OWN | {"id": number}]} for number in range(1, 30_001))
    file = _write(tmp_path / "state.jsonl", OPENING, *rows)
    leader, follower = pty.openpty()
    with _serve("--state", str(file), stderr=follower) as serving:
        os.close(follower)
        assert serving.stdout is not None
        assert serving.stdout.readline().startswith("{")
        serving.terminate()
        assert b"reading the state" in os.read(leader, 65536)
    os.close(leader)
