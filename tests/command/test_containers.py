"""What containers need of ``serve``: a file that says that it is ready, and a control port with a token."""

import json
import os
import re
import signal
import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import pytest
import requests
from support.commands import bingx_fake, start_bingx_fake
from support.prepared import Running
from support.sender import wait_until

from bingx_fake.commands.ready import ReadyFile
from bingx_fake.control.access import Token
from bingx_fake.control.application import CONTROL_ROUTES

FREE_PORTS = ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]
TOKEN = "s3cr3t-of-the-container"
STALE = '{"com": "http://127.0.0.1:1", "pro": "", "control": "", "stream": "", "ca": null}\n'


def end(process: Running) -> tuple[str, str]:
    process.send_signal(signal.SIGTERM)
    return process.communicate()


# The file that says that it is ready


@pytest.mark.parametrize("as_json", [["--json"], []], ids=["json", "banner"])
def test_the_ready_file_is_whole_when_it_is_there_and_every_port_listens_then(
    tmp_path: Path, as_json: list[str]
) -> None:
    path = tmp_path / "ready.json"
    path.write_text(STALE, encoding="utf-8")
    process = start_bingx_fake("serve", *FREE_PORTS, *as_json, "--ready-file", str(path))
    try:
        written = STALE
        while written == STALE:
            wait_until(path.exists)
            with suppress(FileNotFoundError):  # the stale one has gone meanwhile
                written = path.read_text(encoding="utf-8")
        ready = json.loads(written)
        for name in ("com", "pro", "control", "stream"):
            parts = urlsplit(ready[name])
            with socket.create_connection((parts.hostname, parts.port), timeout=10):
                pass
        first = process.stdout.readline()
    finally:
        end(process)
    assert not as_json or first == written
    assert os.listdir(tmp_path) == [], "it outlives nobody"


def test_a_port_in_use_leaves_no_ready_file_not_even_of_before(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    path.write_text(STALE, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, _, _ = bingx_fake("serve", *FREE_PORTS, "--control-port", port, "--ready-file", str(path))
    assert (code, path.exists()) == (1, False)


@pytest.mark.parametrize("content", ["", "a shopping list", "[]", '{"com": "http://127.0.0.1:1"}', "\xff"])
def test_a_file_that_is_no_ready_file_stays(tmp_path: Path, content: str) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content.encode("latin-1"))
    code, out, err = bingx_fake("serve", *FREE_PORTS, "--ready-file", str(path))
    assert (code, out, path.read_bytes()) == (2, "", content.encode("latin-1"))
    assert "is there already and is no ready file: remove it, or name another file" in err


def test_a_ready_file_needs_a_folder(tmp_path: Path) -> None:
    code, out, err = bingx_fake("serve", *FREE_PORTS, "--ready-file", str(tmp_path / "none" / "ready.json"))
    assert (code, out) == (2, "")
    assert "--ready-file" in err
    assert "there is no folder" in err


def test_a_ready_file_that_another_exchange_has_replaced_is_left_to_it(tmp_path: Path) -> None:
    path = tmp_path / "ready.json"
    mine = ReadyFile(path)
    mine.announce(STALE.strip())
    other = ReadyFile(path)
    other.announce(STALE.strip().replace("1", "2"))
    mine.withdraw()
    assert json.loads(path.read_text(encoding="utf-8"))["com"] == "http://227.0.0.2:2"
    other.withdraw()
    other.withdraw()
    assert not path.exists()


def test_a_ready_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    ready = ReadyFile(folder / "ready.json")
    folder.rmdir()
    with pytest.raises(click.ClickException, match=r"could not be written to .*ready\.json: No such file"):
        ready.announce("{}")


# The control port, with a token


@pytest.fixture(scope="module")
def token_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("token") / "token"
    path.write_text(f"{TOKEN}\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def served(token_file: Path) -> Iterator[dict[str, Any]]:
    """Where an exchange is whose control port is on every address; what it wrote is looked through."""
    options = ["--control-host", "0.0.0.0", "--control-token-file", str(token_file)]
    process = start_bingx_fake("serve", *FREE_PORTS, *options, "--json")
    line = process.stdout.readline()
    yield json.loads(line)
    out, err = end(process)
    assert TOKEN not in line + out + err
    assert err == "stopped\n"


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(user: str, token: str) -> dict[str, str]:
    return {"Authorization": f"Basic {b64encode(f'{user}:{token}'.encode()).decode()}"}


def test_it_listens_on_the_address_that_it_was_given_and_names_one_that_can_be_reached(
    served: dict[str, Any],
) -> None:
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", served["control"])
    elsewhere = served["control"].replace("127.0.0.1", "127.0.0.2")
    assert requests.get(f"{elsewhere}/health", headers=bearer(TOKEN), timeout=10).json()["status"] == "ok"


@pytest.mark.parametrize(
    "headers",
    [bearer(TOKEN), {"Authorization": f"bearer  {TOKEN} "}, basic("anybody", TOKEN), basic("", TOKEN)],
    ids=["Bearer", "bearer", "Basic", "Basic without a name"],
)
@pytest.mark.parametrize("host", [None, "fake.example:8702", "evil.example"])
def test_whoever_has_the_token_is_answered_under_any_name(
    served: dict[str, Any], headers: dict[str, str], host: str | None
) -> None:
    named = headers if host is None else headers | {"Host": host}
    assert requests.get(f"{served['control']}/clock", headers=named, timeout=10).status_code == 200


WITHOUT: dict[str, dict[str, str]] = {
    "nothing": {},
    "another": bearer("another-of-the-container"),
    "a beginning": bearer(TOKEN[:-1]),
    "more": bearer(TOKEN + "x"),
    "another password": basic("alice", "another"),
    "the token as a name": basic(TOKEN, ""),
    "no base64": {"Authorization": f"Basic {TOKEN}"},
    "another scheme": {"Authorization": f"Token {TOKEN}"},
    "the token alone": {"Authorization": TOKEN},
}


@pytest.mark.parametrize("headers", WITHOUT.values(), ids=WITHOUT)
def test_whoever_has_it_not_is_asked_for_it_even_on_this_machine(
    served: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = requests.post(f"{served['control']}/clock/advance", json={"ms": 1}, headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('Basic realm="')
    what = "the token of this control port is another one" if headers else "this control port wants a token"
    assert answer.json() == {"error": f"{what}: send it as Authorization: Bearer TOKEN"}


@pytest.mark.parametrize(
    ("method", "path"),
    sorted({(method, path) for method, path, _ in CONTROL_ROUTES})
    + [("GET", path) for path in ("/", "/health", "/events", "/console/console.js", "/nowhere")],
)
def test_nothing_is_to_be_had_without_the_token(served: dict[str, Any], method: str, path: str) -> None:
    filled = re.sub(r"\{\w+(?::(\w+)[^}]*)?\}", lambda part: part[1] or "1", path)
    assert requests.request(method, f"{served['control']}{filled}", timeout=10).status_code == 401


def test_a_web_page_elsewhere_cannot_use_the_token_that_a_browser_remembers(served: dict[str, Any]) -> None:
    headers = basic("", TOKEN) | {"Origin": "http://evil.example"}
    answer = requests.post(f"{served['control']}/reset", headers=headers, timeout=10)
    assert answer.status_code == 403


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "127.0.0.2", "fake.example"])
def test_others_than_this_machine_are_let_in_by_a_token_alone(host: str) -> None:
    code, out, err = bingx_fake("serve", *FREE_PORTS, "--control-host", host)
    assert (code, out) == (2, "")
    assert f"--control-host {host} lets others than this machine steer the exchange" in err
    assert "give --control-token-file FILE" in err


def test_a_loopback_name_needs_no_token() -> None:
    process = start_bingx_fake("serve", *FREE_PORTS, "--json", "--control-host", "localhost")
    try:
        ready = json.loads(process.stdout.readline())
        assert requests.get(f"{ready['control']}/health", timeout=10).json()["status"] == "ok"
    finally:
        end(process)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "a token has 16 characters or more, not 0"),
        (b"only15charsofit\n", "a token has 16 characters or more, not 15"),
        (b"two words of a token", "a token is one line of ASCII letters, digits and signs without spaces"),
        (b"line-one-of-it\nline-two-of-it", "a token is one line of ASCII"),
        ("schlüssel-schlüssel".encode(), "a token is one line of ASCII"),
        (b"\xff" * 20, "is not UTF-8 text"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_without_a_token_is_refused_and_not_quoted(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    code, out, err = bingx_fake("serve", *FREE_PORTS, "--control-token-file", str(path))
    assert (code, out) == (2, "")
    said = " ".join(err.split())
    assert f"{path}: {reason}" in said
    assert not content or content.decode("utf-8", "replace") not in err


def test_a_token_does_not_show() -> None:
    token = Token(TOKEN)
    assert TOKEN not in f"{token!r} {token}"
    assert not [name for name in token.__slots__ if TOKEN in str(getattr(token, name))]


@pytest.mark.parametrize("options", [["--control-host", "localhost"], ["--control-token-file", "{token}"]])
def test_a_run_without_a_control_port_has_nothing_to_be_kept(token_file: Path, options: list[str]) -> None:
    given = [option.format(token=token_file) for option in options]
    code, out, err = bingx_fake("run", *given, "--", "true")
    assert (code, out) == (2, "")
    assert "give --control-port as well" in err


def test_a_run_asks_for_the_token_as_well(token_file: Path, tmp_path: Path) -> None:
    enough = tmp_path / "enough"
    script = f"until test -f {enough}; do sleep 0.02; done"
    options = ["--control-port", "0", "--control-host", "0.0.0.0", "--control-token-file", str(token_file)]
    process = start_bingx_fake("run", *options, "--isolation", "proxy", "--", "sh", "-c", script)
    try:
        said = ""
        while "the control API is at" not in said:
            said = process.stderr.readline()
        url = said.split()[-1].replace("127.0.0.1", "127.0.0.2")
        headers: list[dict[str, str]] = [{}, bearer(TOKEN)]
        answers = [requests.get(f"{url}/clock", headers=its, timeout=10).status_code for its in headers]
    finally:
        enough.touch()
        process.communicate()
    assert answers == [401, 200]
