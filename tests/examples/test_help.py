"""Every command says what it does and shows examples, and the examples of ``bingx-fake`` work.

Those of ``bingx-account`` are executed by ``tests/account/test_help.py``.
"""

import json
import re
import shlex
import shutil
import signal
from collections.abc import Iterator, Mapping
from inspect import signature
from pathlib import Path
from typing import Any

import click
import pytest
import requests
from click.testing import CliRunner
from examples.conftest import EXAMPLES
from support.commands import bingx_fake, start_bingx_fake

from bingx_client.account.command import account
from bingx_contracts import VARIATIONS
from bingx_fake import FakeExchange
from bingx_fake.commands.serve import main

CREDENTIALS = {"BINGX_API_KEY": "alice-key", "BINGX_SECRET_KEY": "alice-secret"}
OUTAGE = '[[faults]]\ndomain = "pro"\nkind = "refuse"\n'
REPORT = {
    "format": 1,
    "environment": "vst",
    "date": "2026-01-02T03:04:05+00:00",
    "register": [{"id": name, "met": ["60000"] if name == "V2" else []} for name in VARIATIONS],
}


def commands(group: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command with its full name, and all below it."""
    yield name, group
    if isinstance(group, click.Group):
        for part, command in group.commands.items():
            yield from commands(command, f"{name} {part}")


# click before 8.2 keeps stdout and stderr apart when told to, later ones always.
APART: dict[str, Any] = {"mix_stderr": False} if "mix_stderr" in signature(CliRunner).parameters else {}
RUNNER = CliRunner(**APART)
COMMANDS = dict([*commands(main, "bingx-fake"), *commands(account, "bingx-account")])


def help_of(name: str) -> str:
    done = RUNNER.invoke(COMMANDS[name.partition(" -")[0]], ["--help"], prog_name=name)
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


def examples_of(name: str) -> list[str]:
    """The commands below ``Examples:``, with continued lines joined."""
    shown = help_of(name).partition("Examples:\n")[2].partition("\n\n")[0]
    return [line.strip() for line in re.sub(r" *\\\n *", " ", shown).splitlines()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the files that the examples name."""
    shutil.copy(EXAMPLES / "requests_bot.py", tmp_path / "bot.py")
    shutil.copy(EXAMPLES / "node_bot.mjs", tmp_path / "bot.mjs")
    for name, text in {
        "Makefile": "bot:\n\tpython bot.py\n",
        "outage.toml": OUTAGE,
        "state.toml": "[[users]]\nuid = 1\n",
        "secret.txt": "my-secret\n",
        "token": "0123456789abcdef\n",
        "vst.json": json.dumps(REPORT),
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BINGX_OFFLINE_HOME", str(tmp_path))
    return tmp_path


def in_process(example: str) -> tuple[int, str]:
    """Run an example without a shell: exit status, and what it printed or wrote."""
    _, *words = shlex.split(example)
    source = target = None
    while len(words) > 1 and words[-2] in ("<", ">"):
        *words, sign, name = words
        source, target = (name, target) if sign == "<" else (source, name)
    typed = Path(source).read_text(encoding="utf-8") if source else None
    done = RUNNER.invoke(main, words, input=typed)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout


def test_every_command_of_both_programs_is_found() -> None:
    assert len(COMMANDS) == 2 + len(main.commands) + len(account.commands) >= 15


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_it_does(name: str) -> None:
    usage, _, rest = help_of(name).partition("\n")
    assert usage.startswith(f"Usage: {name} ")
    assert rest.strip()


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "bingx-fake"])
def test_help_shows_examples_of_the_command(name: str) -> None:
    examples = examples_of(name)
    assert examples
    assert all(example.startswith(f"{name} ") or example == name for example in examples)


@pytest.mark.parametrize("name", ["openapi", "variations", "adopt"])
def test_the_examples_print_what_they_promise(name: str, folder: Path) -> None:
    for example in examples_of(f"bingx-fake {name}"):
        status, printed = in_process(example)
        assert status == 0, example
        assert printed.strip()
        if "--json" in example or name == "openapi":
            json.loads(printed)


def test_the_examples_of_explain_tell_why(folder: Path, bingx_exchange: FakeExchange) -> None:
    for _ in range(12):
        requests.get(f"{bingx_exchange.base_urls[0]}/openApi/spot/v1/account/balance", timeout=10)
    refused = str(bingx_exchange.requests[-1]["id"])
    for example in examples_of("bingx-fake explain"):
        asked = example.replace("http://127.0.0.1:9702", bingx_exchange.control_url).replace("r12", refused)
        if "--control" not in asked and "--secret-stdin" not in asked:
            asked += f" --control {bingx_exchange.control_url}"
        status, printed = in_process(asked)
        assert status == 1, example
        assert ("100001" if "--secret-stdin" in example else "100413") in printed


def test_the_examples_of_serve_serve(folder: Path) -> None:
    free_ports = " --com-port 0 --pro-port 0 --control-port 0 --json"
    for example in examples_of("bingx-fake serve"):
        _, *words = shlex.split(example if example.endswith(free_ports) else example + free_ports)
        serving = start_bingx_fake(*words)
        line = serving.stdout.readline()
        serving.send_signal(signal.SIGTERM)
        assert line.startswith('{"com": "http://127.0.0.1:'), serving.communicate()
        serving.communicate()


def test_the_examples_of_run_run(
    folder: Path, environment: Mapping[str, str], node: str, namespaces: None
) -> None:
    for example in examples_of("bingx-fake run"):
        _, *words = shlex.split(example)
        done = bingx_fake(*words, environment={**environment, **CREDENTIALS})
        assert done.returncode == 0, done.stderr
        assert "moved 400 USDT" in done.stdout
    assert len(json.loads((folder / "journal.json").read_text(encoding="utf-8"))) == 3
