"""Files that we are given: as editors of all systems write them, and read in one way everywhere."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.sender import hmac_hex

import bingx_client
import bingx_contracts
import bingx_fake
from bingx_contracts import PROFILES
from bingx_contracts.reading.files import lines_of, text_of
from bingx_fake.faults.schedule import ScheduleError, read_schedule
from bingx_fake.profiles.adoption import adopted_profiles, read_report
from bingx_fake.state.files import StateError, read_form

BOM = b"\xef\xbb\xbf"
STATE = '# ä\n[[users]]\nuid = 1\n[users.balances.fund]\nUSDT = "10"\n\n[prices]\nBTC = "60000"\n'
LINES = '{"users":[{"uid":1,"email":"\u00e4@example.com"}]}\n{"prices":{"BTC":"60000"}}\n'
SCHEDULE = '# ä\n[[faults]]\ndomain = "com"\nkind = "refuse"\n'
PROFILE = {
    "name": "vst",
    "source": "vst, 2026-01-02",
    "met": [],
    "answers": dict(PROFILES["documented"].answers),
}
PATH = "/openApi/spot/v1/account/balance?timestamp=1700000000000"


def explained(path: Path) -> bool:
    """Whether a signature verifies with a secret that comes from a file."""
    signature = hmac_hex("my secret", PATH.partition("?")[2])
    program = "from bingx_fake.commands.serve import main; main()"
    command = [sys.executable, "-c", program, "explain", "--secret-stdin", f"{PATH}&signature={signature}"]
    with path.open("rb") as secret:
        done = subprocess.run(command, stdin=secret, capture_output=True, text=True, check=False)
    assert "The signature verifies" in done.stdout, done
    return True


FILES: dict[str, tuple[str, Callable[[Path], Any]]] = {
    "state.toml": (STATE, read_form),
    "state.jsonl": (LINES, read_form),
    "schedule.toml": (SCHEDULE, lambda path: read_schedule(path, missing={})),
    "report.json": (json.dumps({"date": "ä"}, indent=1, ensure_ascii=False), read_report),
    "profiles/vst.json": (json.dumps(PROFILE, indent=1), lambda path: adopted_profiles()),
    "secret.txt": ("my secret\n", explained),
}
FORMS: dict[str, Callable[[bytes], bytes]] = {
    "a mark of the byte order": lambda content: BOM + content,
    "the line ends of Windows": lambda content: content.replace(b"\n", b"\r\n"),
    "blank last lines": lambda content: content + b"\n\r\n\n",
    "all of it": lambda content: BOM + content.replace(b"\n", b"\r\n") + b"\r\n\r\n",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BINGX_OFFLINE_HOME", str(tmp_path))
    (tmp_path / "profiles").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "form"),
    [
        pytest.param(name, form, id=f"{name}-{words}")
        for name in FILES
        for words, form in FORMS.items()
        if name != "secret.txt" or words == "all of it"  # a program reads it
    ],
)
def test_whatever_an_editor_adds_a_file_says_the_same(
    home: Path, name: str, form: Callable[[bytes], bytes]
) -> None:
    text, read = FILES[name]
    path = home / name
    path.write_bytes(text.encode())
    plain = read(path)
    path.write_bytes(form(text.encode()))
    assert read(path) == plain


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("state.toml", STATE.replace('"10"', '"ten"'), "line 5: users.0.balances.fund.USDT: "),
        ("state.jsonl", LINES.replace('"60000"', '"many"'), "line 2: prices.BTC: "),
        ("schedule.toml", SCHEDULE.replace("refuse", "refuze"), "line 4: faults.0.kind: "),
    ],
)
def test_a_mistake_is_found_in_its_line_all_the_same(
    home: Path, name: str, text: str, message: str, form: Callable[[bytes], bytes]
) -> None:
    path = home / name
    path.write_bytes(form(text.encode()))
    with pytest.raises((StateError, ScheduleError), match=re.escape(f"{path}: {message}")):
        FILES[name][1](path)


def test_lines_of_json_may_stand_apart(tmp_path: Path) -> None:
    path = tmp_path / "state.jsonl"
    path.write_bytes(LINES.replace("\n", "\n\n \t\n").encode())
    assert read_form(path).prices == {"BTC": "60000"}
    path.write_bytes(b"\n\n{}\nnothing\n")
    with pytest.raises(StateError, match=r"line 4: the document: is not a line of JSON"):
        read_form(path)


def test_a_mark_counts_as_one_at_the_very_beginning_alone() -> None:
    assert text_of(BOM + b"a" + BOM) == "a\ufeff"
    assert list(lines_of([BOM + b"a\r\n", b"\r\n", BOM + b"b"])) == [(1, b"a"), (3, BOM + b"b")]


READING = re.compile(
    r"\.read_text\(|\.read_bytes\(|\b(?<!position\.)(?<!def )open\(|tomllib\.loads?\(|\bjson\.load\("
)
OURS = {
    "interception.py",  # the CA that the exchange has just written
    "hosts.py",  # /etc/hosts, kept as it is
    "namespace.py",  # /etc/nsswitch.conf, kept as it is, and /proc
    "trust.py",  # a module that it writes for others
    "routes.py",  # the console's own files
    "compiled.py",  # the specification in the form that it has written itself
    "speaking.py",  # /dev/null
    "forks.py",
    "aiohttp_driver.py",
    "requests_driver.py",
    "proxy.py",  # connections
}


def test_every_file_that_is_read_is_read_by_what_knows_editors() -> None:
    for package in (bingx_contracts, bingx_client, bingx_fake):
        for source in Path(package.__path__[0]).rglob("*.py"):
            if source.name in OURS:
                continue
            for line in source.read_text(encoding="utf-8").splitlines():
                if READING.search(line) and not re.search(
                    r"text_of\(|without_mark\(|open\(\"[rw]b\"\)", line
                ):
                    assert "tomllib.loads(text)" in line, f"{source.name}: {line.strip()}"
