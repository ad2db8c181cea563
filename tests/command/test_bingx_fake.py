"""The command ``bingx-fake``, as a process."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pytest
import requests
from support.commands import BINGX_FAKE, bingx_fake, start_bingx_fake
from support.prepared import Running
from support.sender import wait_until
from support.surroundings import IGNORING_INTERRUPTS

from bingx_client import Client

FREE_PORTS = ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]


class Processes:
    """Starts commands and ends whatever is still running."""

    def __init__(self) -> None:
        self.running: list[Running | subprocess.Popen[str]] = []

    def start(self, *arguments: str, under: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Start bingx-fake. ``under``: a command that becomes it in its turn."""
        process = subprocess.Popen(
            [*under, BINGX_FAKE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.running.append(process)
        return process

    def serve(self, *arguments: str) -> tuple[Running, dict[str, Any]]:
        """Serve in a copy of an interpreter that has imported bingx-fake."""
        process = start_bingx_fake("serve", *FREE_PORTS, "--json", *arguments)
        self.running.append(process)
        return process, json.loads(process.stdout.readline())

    def serve_anew(self, *arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        """Serve as a user does."""
        process = self.start("serve", *FREE_PORTS, "--json", *arguments)
        assert process.stdout is not None
        return process, json.loads(process.stdout.readline())


@pytest.fixture
def processes() -> Iterator[Processes]:
    started = Processes()
    yield started
    for process in started.running:
        process.kill()
        process.communicate()


def finish(process: Running | subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=30)
    assert process.returncode is not None
    return process.returncode, out, err


def read_until(stream: IO[str], ending: str) -> str:
    text = ""
    while ending not in text:
        assert select.select([stream], [], [], 30)[0], text
        text += os.read(stream.fileno(), 65536).decode()
    return text


def test_json_names_all_three_urls_once_they_answer(processes: Processes) -> None:
    _, ready = processes.serve_anew()
    assert ready.keys() == {"com", "pro", "control", "stream", "ca"}
    assert ready["ca"] is None
    assert re.fullmatch(r"ws://127\.0\.0\.1:\d+", ready["stream"])
    for domain in ("com", "pro"):
        assert requests.get(f"{ready[domain]}/openApi/swap/v2/server/time", timeout=10).json()["code"] == 0
    health = requests.get(f"{ready['control']}/health", timeout=10).json()
    assert (health["com"], health["pro"]) == (ready["com"], ready["pro"])


def port_of(url: str) -> int:
    return urlsplit(url).port or 0


@pytest.mark.parametrize(
    ("host", "shown", "control", "tls"),
    [
        ("localhost", "localhost", "127.0.0.1", []),
        ("0.0.0.0", "127.0.0.1", "127.0.0.1", []),
        ("0", "127.0.0.1", "127.0.0.1", ["--tls"]),
        ("127.0.0.2", "127.0.0.2", "127.0.0.1", []),
        ("::", "[::1]", "[::1]", ["--tls"]),
        ("0:0:0:0:0:0:0:0", "[::1]", "[::1]", []),
        ("::1", "[::1]", "[::1]", []),
    ],
)
def test_whatever_address_it_listens_on_every_url_works(
    processes: Processes, host: str, shown: str, control: str, tls: list[str]
) -> None:
    if ":" in host:
        need_ipv6()
    _, ready = processes.serve("--host", host, *tls)
    verify = ready["ca"] if host != "127.0.0.2" else False  # a certificate is for names of this machine
    for domain in ("com", "pro"):
        assert urlsplit(ready[domain]).netloc == f"{shown}:{port_of(ready[domain])}"
        url = f"{ready[domain]}/openApi/swap/v2/server/time"
        with warnings.catch_warnings(action="ignore"):  # urllib3's, of a certificate that nobody verifies
            assert requests.get(url, timeout=10, verify=verify).json()["code"] == 0
    assert urlsplit(ready["control"]).netloc == f"{control}:{port_of(ready['control'])}"
    health = requests.get(f"{ready['control']}/health", timeout=10).json()
    assert (health["com"], health["pro"]) == (ready["com"], ready["pro"])


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.2"])
def test_the_control_api_is_on_loopback_alone_whatever_the_domains_listen_on(
    processes: Processes, host: str
) -> None:
    _, ready = processes.serve("--host", host)
    elsewhere = "127.0.0.2"  # an address of this machine that the control API has no part in
    with socket.create_connection((elsewhere, port_of(ready["com"])), timeout=10):
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((elsewhere, port_of(ready["control"])), timeout=10)


def need_ipv6() -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("did not run: this machine has no IPv6 loopback")


@pytest.mark.parametrize("tls", [False, True])
def test_the_banners_sample_request_works_when_pasted(
    processes: Processes, openssl: str, curl: str, tls: bool
) -> None:
    process = processes.start("serve", *FREE_PORTS, *(["--tls"] if tls else []))
    assert process.stdout is not None
    banner = read_until(process.stdout, "Ctrl-C")
    assert "alice-key" in banner
    lines = [line for line in banner.splitlines() if re.match(r"  (query|signature|curl)\b", line)]
    assert len(lines) == 3
    pasted = subprocess.run(["sh", "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert json.loads(pasted.stdout)["data"]["balances"][0] == {
        "asset": "USDT",
        "free": "250.5",
        "locked": "0",
    }


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_quietly(processes: Processes, number: signal.Signals) -> None:
    process, _ = processes.serve_anew()
    process.send_signal(number)
    code, out, err = finish(process)
    assert (code, out, err) == (0, "", "stopped\n")


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["serve", *FREE_PORTS], 0),
        (["run", "--isolation", "proxy", "--", "sh", "-c", "echo ready; exec sleep 60"], 143),
    ],
    ids=["serve", "run"],
)
def test_sigterm_ends_what_a_shell_started_in_the_background(
    processes: Processes, command: list[str], status: int
) -> None:
    process = processes.start(*command, under=IGNORING_INTERRUPTS)
    assert process.stdout is not None
    assert process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    assert finish(process)[0] == status


def test_a_request_that_hangs_does_not_keep_it_from_ending(processes: Processes) -> None:
    process, ready = processes.serve()
    fault = {"domain": "com", "kind": "timeout"}
    requests.post(f"{ready['control']}/faults", json=fault, timeout=10)
    host, _, port = ready["com"].removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        wait_until(lambda: requests.get(f"{ready['control']}/requests", timeout=10).json())
        process.send_signal(signal.SIGINT)
        assert finish(process) == (0, "", "stopped\n")


def test_a_port_in_use_is_one_line_that_says_which() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = ["--com-port", "0", "--control-port", "0", "--pro-port", str(port)]
        code, out, err = bingx_fake("serve", *ports)
    assert (code, out) == (1, "")
    assert err == f"Error: the pro port 127.0.0.1:{port} cannot be opened: Address already in use\n"


def test_a_host_that_is_none_is_one_line() -> None:
    code, out, err = bingx_fake("serve", *FREE_PORTS, "--host", "ä..b")
    assert (code, out) == (1, "")
    assert err == "Error: the com port ä..b:0 cannot be opened: 'ä..b' is no address\n"


def test_a_broken_state_file_is_one_line_with_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "state.toml"
    path.write_text('[[users]]\nuid = "one"\n', encoding="utf-8")
    code, out, err = bingx_fake("serve", *FREE_PORTS, "--state", str(path))
    assert (code, out) == (1, "")
    assert err == f"Error: {path}: line 2: users.0.uid: Expected `int`, got `str`\n"


MARKETS = """
[[markets]]
symbol = "ADA-USDT"
tick = "0.0001"
step = 1
price = "0.5"
"""


def test_a_file_of_markets_adds_to_the_usual_ones_which_walk(processes: Processes, tmp_path: Path) -> None:
    path = tmp_path / "markets.toml"
    path.write_text(MARKETS, encoding="utf-8")
    _, ready = processes.serve("--market", str(path), "--stream-port", "0")
    markets = requests.get(f"{ready['control']}/markets", timeout=10).json()
    assert [market["symbol"] for market in markets][-2:] == ["SHIB-USD", "ADA-USDT"]
    assert {market["source"] for market in markets} == {"walk"}


def test_a_broken_file_of_markets_is_one_line_with_file_line_and_key(tmp_path: Path) -> None:
    path = tmp_path / "markets.toml"
    path.write_text(f'{MARKETS}ladder = "some"\n', encoding="utf-8")
    code, out, err = bingx_fake("serve", *FREE_PORTS, "--market", str(path))
    assert (code, out) == (1, "")
    assert err == f"Error: {path}: line 7: markets.0.ladder: Invalid enum value 'some'\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--market", "moon"],
        ["--stream-port", "70000"],
        ["--com-port", "70000"],
        ["--clock", "stopped"],
        ["--clock", "frozen:soon"],
        ["--clock", "frozen:-1"],
        ["--seed", "x"],
        ["--host", ""],
        ["--journal-size", "0"],
        ["--colour"],
    ],
)
def test_a_wrong_option_is_a_usage_error(arguments: list[str]) -> None:
    code, out, err = bingx_fake("serve", *FREE_PORTS, *arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert arguments[0] in err


def test_the_clock_can_be_frozen_from_the_start(processes: Processes) -> None:
    _, ready = processes.serve("--clock", "frozen:1700000000000")
    answer = requests.get(f"{ready['com']}/openApi/swap/v2/server/time", timeout=10).json()
    assert answer["data"]["serverTime"] == 1700000000000


@pytest.mark.parametrize(
    ("arguments", "limited"),
    [
        (["--profile", "reference"], True),
        (["--profile", "reference", "--no-rate-limits"], False),
        ([], False),  # three requests at once break none of D's limits
    ],
)
def test_rate_limits_hold_unless_switched_off(
    processes: Processes, arguments: list[str], limited: bool
) -> None:
    _, ready = processes.serve("--clock", "frozen:1700000000000", *arguments)
    url = f"{ready['com']}/openApi/fund/v1/account/balance"
    codes = [requests.get(url, timeout=10).json()["code"] for _ in range(3)]
    assert (100410 in codes) is limited


def test_our_client_speaks_tls_with_the_throwaway_ca(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, ready = processes.serve("--tls")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ready["ca"])
    with Client("prod-vst", "alice-key", "alice-secret", base_urls=(ready["com"], ready["pro"])) as client:
        assert client.spot_balance()["ETH"].free == 2
    process.send_signal(signal.SIGINT)
    finish(process)
    assert not Path(ready["ca"]).exists(), "the CA outlives nobody"


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["-h"], ["--version"]])
def test_help_is_everywhere(arguments: list[str]) -> None:
    code, out, err = bingx_fake(*arguments)
    assert (code, err) == (0, "")
    assert out


def test_a_schedule_plays_from_the_start(processes: Processes, tmp_path: Path) -> None:
    path = tmp_path / "outage.toml"
    path.write_text(
        '[[faults]]\ndomain = "com"\nkind = "refuse"\nat_ms = 10_000\nfor_ms = 90_000\n'
        '[[faults]]\ndomain = "pro"\nkind = "http-error"\nstatus = 503\n',
        encoding="utf-8",
    )
    _, ready = processes.serve("--clock", "frozen:1700000000000", "--schedule", str(path))

    def is_up() -> bool:
        try:
            return requests.get(f"{ready['com']}/openApi/swap/v2/server/time", timeout=10).ok
        except requests.ConnectionError:
            return False

    def advance(ms: int) -> None:
        requests.post(f"{ready['control']}/clock/advance", json={"ms": ms}, timeout=10)

    seen = []
    for ms in (10_000, 90_000, 0):
        seen.append(is_up())
        advance(ms)
    assert seen == [True, False, True]
    assert requests.get(f"{ready['pro']}/", timeout=10).status_code == 503
    requests.post(f"{ready['control']}/reset", timeout=10)
    advance(10_000)
    assert not is_up(), "a reset goes back to the start, and the schedule starts again"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("faults = 5\n", "line 1: there are no [[faults]]"),
        ("", "line 1: there are no [[faults]]"),
        ("[[fault]]\n", "line 1: fault: unknown key; a schedule has [[faults]] only"),
        ('[[faults]]\ndomain = "com"\n', "line 1: faults.0: Object missing required field `kind`"),
        (
            '[[faults]]\ndomain = "com"\nkind = "empty"\n\n[[faults]]\ndomain = "com"\nkind = "nothing"\n',
            "line 7: faults.1.kind: there is no fault 'nothing'; there are",
        ),
        (
            '[[faults]]\ndomain = "com"\nkind = "empty"\nat_ms = -5\n',
            "line 4: faults.0.at_ms: -5 is negative",
        ),
        (
            '[[faults]]\ndomain = "com"\nkind = "empty"\nms = 5\n',
            "line 4: faults.0.ms: a fault 'empty' does not take this field",
        ),
        (
            '[[faults]]\ndomain = "com"\nkind = "tls"\n',
            "line 3: faults.0.kind: the domains are served without TLS",
        ),
        (
            '[[faults]]\ndomain = "com"\nkind = "timeout"\nprobability = nan\n',
            "line 4: faults.0.probability: nan is not between 0 and 1",
        ),
        ("faults = [", "Invalid value"),
    ],
)
def test_a_broken_schedule_names_file_line_and_key(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "schedule.toml"
    path.write_text(text, encoding="utf-8")
    code, out, err = bingx_fake("serve", *FREE_PORTS, "--schedule", str(path))
    assert (code, out) == (1, "")
    assert err.startswith(f"Error: {path}: {message}")
    assert err.count("\n") == 1


def test_a_schedule_that_is_not_there_or_no_text_is_one_line(tmp_path: Path) -> None:
    missing, binary = tmp_path / "missing.toml", tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    for path, reason in (
        (missing, "cannot be read: No such file or directory"),
        (binary, "is not UTF-8 text"),
    ):
        code, out, err = bingx_fake("serve", *FREE_PORTS, "--schedule", str(path))
        assert (code, out, err) == (1, "", f"Error: {path}: {reason}\n")


def test_a_schedule_of_tls_faults_needs_tls(processes: Processes, tmp_path: Path) -> None:
    path = tmp_path / "schedule.toml"
    path.write_text('[[faults]]\ndomain = "com"\nkind = "tls"\nvariant = "expired"\n', encoding="utf-8")
    _, ready = processes.serve("--tls", "--schedule", str(path))
    for domain, works in (("com", False), ("pro", True)):
        url = f"{ready[domain]}/openApi/swap/v2/server/time"
        if works:
            assert requests.get(url, timeout=10, verify=ready["ca"]).json()["code"] == 0
        else:
            with pytest.raises(requests.exceptions.SSLError, match="certificate has expired"):
                requests.get(url, timeout=10, verify=ready["ca"])
