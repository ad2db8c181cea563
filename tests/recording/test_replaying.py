"""``bingx-fake replay``: what it says, and with which exit status."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recording.sessions import Session, lines_of
from support.commands import bingx_fake
from support.sender import NOW_MS, SPOT_BALANCE, TRANSFER, Sender

from bingx_contracts import ENDPOINTS
from bingx_fake import FakeExchange

ORDER = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 1}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A recording of a transfer, and of a look at the state and at a balance."""
    path = tmp_path / "session.jsonl"
    session = Session(path)
    session.ask(ENDPOINTS["spot_account.transfer"], {name: str(value) for name, value in ORDER.items()})
    session.control("GET /state")
    session.ask(ENDPOINTS["spot_account.fund_balance"], {})
    session.exchange.close()
    return path


def change(path: Path, number: int, act: Callable[[Any], object]) -> None:
    """Change a line, as somebody might by hand."""
    lines = lines_of(path)
    act(lines[number - 1])
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def spend_more(header: Any) -> None:
    """Have alice begin with less, as if the state that was recorded had been another one."""
    header["state"]["users"][0]["balances"]["fund"]["USDT"] = "999"


def test_where_all_is_the_same_it_says_how_much_that_was(path: Path) -> None:
    done = bingx_fake("replay", str(path))
    assert done == (0, f"{path}: 3 inputs played, 3 outputs compared, all the same\n", "")


def test_the_first_output_that_differs_is_named_with_its_line_and_what_was_answered(path: Path) -> None:
    change(path, 4, lambda line: line["output"].update(digest="0" * 16))
    done = bingx_fake("replay", str(path))
    assert done.returncode == 1
    first, asked, recorded, replayed, _, answer = done.stdout.splitlines()
    assert first == f"{path} line 4: not the output that was recorded, as the 2 before"
    assert asked.startswith("  input     GET /openApi/fund/v1/account/balance?")
    assert recorded.startswith("  recorded  HTTP 200 with code 0, ")
    assert replayed.startswith("  replayed  HTTP 200 with code 0, ")
    assert json.loads(answer)["code"] == 0


def test_another_state_shows_in_the_first_output_that_tells_it_and_no_secret_is_shown(
    path: Path,
) -> None:
    change(path, 1, spend_more)
    done = bingx_fake("replay", str(path))
    assert (done.returncode, f"{path} line 3" in done.stdout, '"999' not in done.stdout) == (1, True, True)
    assert '"secret":"****"' in done.stdout
    assert "alice-secret" not in done.stdout


def test_json_says_the_same_for_programs(path: Path) -> None:
    done = bingx_fake("replay", str(path), "--json")
    said = json.loads(done.stdout)
    assert (done.returncode, said.pop("version") != "") == (0, True)
    assert said == {"file": str(path), "inputs": 3, "outputs": 3, "difference": None, "cut_line": None}
    change(path, 3, lambda line: line["output"].update(what="HTTP 404, 2 bytes"))
    done = bingx_fake("replay", str(path), "--json")
    difference = json.loads(done.stdout)["difference"]
    assert done.returncode == 1
    assert (difference["line"], difference["asked"], difference["recorded"]) == (
        3,
        "GET /state at the control API",
        "HTTP 404, 2 bytes",
    )


def test_the_version_that_recorded_is_named_where_it_is_another_and_an_output_differs(
    path: Path,
) -> None:
    change(path, 1, lambda line: line.update(version="0.0.1"))
    assert bingx_fake("replay", str(path)).returncode == 0
    change(path, 4, lambda line: line["output"].update(digest="0" * 16))
    assert "It was recorded by version 0.0.1; this is " in bingx_fake("replay", str(path)).stdout


def test_a_last_line_that_is_not_whole_is_left_out_and_told(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5])
    done = bingx_fake("replay", str(path))
    assert (done.returncode, done.stdout) == (
        0,
        f"{path}: 2 inputs played, 2 outputs compared, all the same\n",
    )
    assert done.stderr == f"{path} line 4 is not whole, as after a crash, and was left out\n"


@pytest.mark.parametrize(
    ("number", "act", "reason"),
    [
        (1, lambda line: line.update(recording=2, version="9.9"), "was recorded by version 9.9, in a form"),
        (1, lambda line: line.pop("recording"), "is no recording: bingx-fake serve --record FILE makes one"),
        (1, lambda line: line.update(colour="blue"), "line 1: colour: "),
        (1, lambda line: line.update(seed="x"), "line 1: seed: "),
        (1, lambda line: line["state"].update(users=1), "line 1: state: users: "),
        (2, lambda line: line.update(input="wish"), "line 2: "),
        (2, lambda line: line.update(address=7), "line 2: address: "),
        (3, lambda line: line.update(call="GET /moon"), "line 3: this version has no call GET /moon"),
        (
            3,
            lambda line: (line.clear(), line.update(input="arrival", line=2)),
            "line 3: no answer of line 2",
        ),
    ],
)
def test_what_cannot_be_replayed_is_told_by_line_and_reason(
    path: Path, number: int, act: Callable[[Any], object], reason: str
) -> None:
    change(path, number, act)
    done = bingx_fake("replay", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Error: {path} ")
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "cannot be read: No such file or directory"),
        ("", "is no recording: it has no whole line"),
        ("[[users]]\n", "is no recording: bingx-fake serve --record FILE makes one"),
        ('{"recording":1', "is no recording: it has no whole line"),
    ],
)
def test_what_is_no_recording_is_told(tmp_path: Path, content: str | None, reason: str) -> None:
    path = tmp_path / "no.jsonl"
    if content is not None:
        path.write_text(content)
    done = bingx_fake("replay", str(path))
    assert done == (2, "", f"Error: {path} {reason}\n")


def test_a_line_that_is_no_json_is_told(path: Path) -> None:
    path.write_text(path.read_text() + "nonsense\n")
    done = bingx_fake("replay", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{path} line 5 is not JSON" in done.stderr


def test_everything_an_exchange_starts_with_is_the_same_again(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    with FakeExchange(
        record=path,
        frozen_at_ms=NOW_MS,
        seed=12,
        profile="reference",
        vary={"V7": "data.assets"},
        strict=True,
        rate_limits=True,
        journal_size=3,
        market="walk",
        tls=True,
    ) as exchange:
        exchange.play([{"domain": "com", "kind": "tls", "at_ms": 600_000}])
        sender = Sender(exchange)
        sender.post(TRANSFER, **ORDER)
        for _ in range(12):
            sender.get(SPOT_BALANCE)
    assert bingx_fake("replay", str(path)).returncode == 0
    for name, other in (
        ("seed", 13),
        ("limits", None),
        ("profile", lines_of(path)[0]["profile"] | {"answers": {}}),
        ("clock", {"frozen_ms": NOW_MS + 600_000}),
    ):
        before = path.read_bytes()
        change(path, 1, lambda line, name=name, other=other: line.update({name: other}))  # type: ignore[misc]
        assert bingx_fake("replay", str(path)).returncode != 0, name
        path.write_bytes(before)


def test_a_file_of_prices_that_is_gone_is_named(tmp_path: Path) -> None:
    path, prices = tmp_path / "session.jsonl", tmp_path / "prices.json"
    prices.write_text("[[1700000000000, 100, 101, 99, 100.5, 7]]")
    market = {
        "symbol": "AAA-USDT",
        "tick": "0.5",
        "step": "1",
        "source": {"kind": "replay", "file": str(prices)},
    }
    with FakeExchange({"markets": [market]}, record=path, frozen_at_ms=NOW_MS) as exchange:
        exchange.clock.advance(90_000)
    assert bingx_fake("replay", str(path)).returncode == 0
    prices.unlink()
    done = bingx_fake("replay", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{prices}: cannot be read: No such file" in done.stderr
