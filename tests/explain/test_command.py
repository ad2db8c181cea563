"""``bingx-fake explain``, as a process."""

import json
import os
import pty
import re
import shlex
import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from explain.cases import CASES, RIGHT, sent_by
from explain.sending import explanation_of
from support.commands import BINGX_FAKE, bingx_fake
from support.sender import FUND_BALANCE, NOW_MS, SPOT_BALANCE, TRANSFER, Sender, hmac_hex

from bingx_fake import FakeExchange
from bingx_fake.commands.explain import EXAMPLES

SECRET = "a-secret-of-mine"
BALANCE = f"asset=BTC&timestamp={NOW_MS}"
URL = f"https://open-api.bingx.com{FUND_BALANCE}"


def run(*arguments: str, secret: str | None = None) -> tuple[int, str, str]:
    done = bingx_fake("explain", *arguments, stdin=secret or "")
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def offline(*arguments: str, secret: str = SECRET) -> tuple[int, str, str]:
    return run(*arguments, "--secret-stdin", secret=secret)


# Asking an exchange


def test_it_asks_a_running_exchange_by_the_requests_id(exchange: FakeExchange) -> None:
    sent_by(CASES["reversed"]).through(Sender(exchange))
    code, out, err = run("r1", "--control", exchange.control_url)
    assert (code, err) == (1, "")
    assert out == f"{explanation_of(exchange, 'r1')['text']}\n"


def test_json_is_what_the_control_api_gives(exchange: FakeExchange) -> None:
    sent_by(CASES["reversed"]).through(Sender(exchange))
    code, out, _ = run("r1", "--control", f"{exchange.control_url}/", "--json")
    assert code == 1
    assert json.loads(out) == explanation_of(exchange, "r1")


def test_a_request_that_was_accepted_is_no_failure(exchange: FakeExchange) -> None:
    assert Sender(exchange).get(SPOT_BALANCE).code == 0
    assert run("r1", "--control", exchange.control_url) == (
        0,
        f"r1: GET {SPOT_BALANCE} was not refused (code 0)\n",
        "",
    )
    assert run("r1", "--control", exchange.control_url, "--json") == (0, "null\n", "")


def test_an_unknown_id_is_one_line(exchange: FakeExchange) -> None:
    code, out, err = run("r99", "--control", exchange.control_url)
    assert (code, out) == (2, "")
    assert err == f"Error: {exchange.control_url}: there is no request 'r99' in the journal\n"


def test_no_exchange_is_one_line_that_says_what_to_do() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        code, out, err = run("r1", "--control", url)
    assert (code, out) == (3, "")
    assert err == (
        f"Error: no control API can be reached at {url}: start an exchange with bingx-fake serve, "
        "or name the right one with --control\n"
    )


class _Other(BaseHTTPRequestHandler):
    """Something else that listens."""

    answer = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"{}", b'{"explanation": "text"}', b"\xff"])
def test_something_else_that_listens_there_is_one_line(answer: bytes) -> None:
    handler = type("Handler", (_Other,), {"answer": answer})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        code, out, err = run("r1", "--control", url)
        server.shutdown()
    assert (code, out) == (3, "")
    assert err == f"Error: what answers at {url} is not the control API of an exchange\n"


# Without an exchange


def test_a_url_that_verifies_is_said_to() -> None:
    code, out, err = offline(f"{URL}?{BALANCE}&signature={hmac_hex(SECRET, BALANCE)}")
    assert (code, out) == (
        0,
        "The signature verifies: the parameters are sorted, their values as they are (S, R).\n",
    )
    assert err.startswith("Sent now, it would be refused with 100421: ")


@pytest.mark.parametrize(
    ("wire", "signed", "says"),
    [
        (f"timestamp={NOW_MS}&asset=BTC", f"timestamp={NOW_MS}&asset=BTC", "in the order sent"),
        (f"a=%40&timestamp={NOW_MS}", f"a=%40&timestamp={NOW_MS}", "percent-encoded"),
        (f"timestamp={NOW_MS}&a=%40", f"timestamp={NOW_MS}&a=%40", "signed as it was sent"),
    ],
)
def test_the_form_that_verifies_is_named(wire: str, signed: str, says: str) -> None:
    code, out, _ = offline(f"{URL}?{wire}&signature={hmac_hex(SECRET, signed)}")
    assert code == 0
    assert says in out


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_line_end_behind_the_secret_on_stdin_does_not_count(ending: str) -> None:
    url = f"{URL}?{BALANCE}&signature={hmac_hex(SECRET, BALANCE)}"
    assert offline(url, secret=SECRET + ending)[0] == 0


def test_a_mistake_is_named_and_the_secret_is_not_shown() -> None:
    code, out, err = offline(f"{URL}?{BALANCE}&signature={hmac_hex(SECRET, BALANCE + chr(10))}")
    assert (code, err) == (1, "")
    assert "[line-end-signed]" in out
    assert SECRET not in out


def test_a_body_makes_it_a_post_and_a_form() -> None:
    body = f"type=FUND_PFUTURES&asset=USDT&amount=1.0&timestamp={NOW_MS}&signature={hmac_hex(SECRET, RIGHT)}"
    url = f"https://open-api.bingx.com{TRANSFER}"
    assert offline(url, "--body", body)[0] == 0
    assert offline(url, "--body", body, "--method", "GET")[0] == 1


def test_a_body_that_begins_like_json_is_read_as_json() -> None:
    signature = hmac_hex(SECRET, f"a=1.0&timestamp={NOW_MS}")
    body = f'{{"a": 1.0, "timestamp": {NOW_MS}, "signature": "{signature}"}}'
    assert offline(TRANSFER, "--body", body)[0] == 0
    code, out, _ = offline(TRANSFER, "--body", body, "--header", "Content-Type: text/plain")
    assert (code, "text/plain" in out) == (1, True)


def test_a_header_gives_the_key() -> None:
    url = f"{URL}?{BALANCE}&signature={hmac_hex('my-key', BALANCE)}"
    assert "[key-as-secret]" in offline(url, "--header", "X-BX-APIKEY: my-key")[1]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("asset=BTC&timestamp=1700000000&signature=00", "timestamp-in-seconds"),
        ("asset=BTC&signature=00", "timestamp-missing"),
        (BALANCE, "signature-missing"),
        (f"{BALANCE}&{BALANCE}&signature=00", "unreadable"),
        ("", "signature-missing"),
    ],
)
def test_what_comes_before_the_signature_is_explained_too(query: str, name: str) -> None:
    code, out, _ = offline(f"{URL}?{query}", "--json")
    assert (code, json.loads(out)["mistakes"]) == (1, [name])


def test_it_makes_no_connection() -> None:
    program = (
        "import socket\n"
        "def no(*_): raise AssertionError('a connection')\n"
        "socket.socket.connect = socket.getaddrinfo = no\n"
        "from bingx_fake.commands.serve import main\n"
        "main()\n"
    )
    url = f"{URL}?{BALANCE}&signature=00"
    command = [sys.executable, "-c", program, "explain", url, "--secret-stdin"]
    done = subprocess.run(command, input=SECRET, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "")


# Wrong usage


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x"], "'x' is neither the id of a request, such as r12, nor a URL"),
        (["ftp://a/b?c=d"], "neither the id of a request"),
        (["http://[/"], "is no URL"),
        ([URL], "add --secret-stdin"),
        ([URL, "--secret-stdin"], "no secret came on standard input"),
        ([URL, "--secret-stdin", "--header", "X-BX-APIKEY"], "'NAME: VALUE'"),
        ([URL, "--secret-stdin", "--control", "http://127.0.0.1:1"], "--control goes with a request's id"),
        (["r1", "--secret-stdin"], "needs no more than its id"),
        (["r1", "--body", "x"], "needs no more than its id"),
        (["r1", "--control", "127.0.0.1:8702"], "--control takes a URL such as http://127.0.0.1:8702"),
        (["r1", "--control", "http://[::1"], "--control takes a URL"),
        (["r1", "--control", "ftp://127.0.0.1"], "--control takes a URL"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(arguments: list[str], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert message in err
    assert err.count("\n") == 1


def test_there_is_no_option_that_takes_a_secret() -> None:
    for option in ("--secret", "--secret-key", "--key"):
        code, _, err = run(URL, option, "hidden-away")
        assert code == 2
        assert "hidden-away" not in err


# Help


def test_help_has_the_examples_and_each_of_them_is_taken(tmp_path: Path) -> None:
    code, out, _ = run("--help")
    assert code == 0
    examples = re.findall(r"^  (bingx-fake (?:.*\\\n)*.*)$", EXAMPLES, re.MULTILINE)
    assert len(examples) == 4
    Path(tmp_path, "secret.txt").write_text(f"{SECRET}\n", encoding="utf-8")
    for example in examples:
        assert all(line.strip() in out for line in example.splitlines())
        script = example.replace("bingx-fake", shlex.quote(BINGX_FAKE), 1)
        done = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True)
        # Those about a URL find a wrong signature; those about r12 may find no exchange.
        assert done.returncode in ((1,) if "secret-stdin" in example else (1, 2, 3)), done.stderr
        assert "Traceback" not in done.stderr


def test_a_terminal_is_asked_for_the_secret_without_an_echo() -> None:
    url = f"{URL}?{BALANCE}&signature={hmac_hex(SECRET, BALANCE)}"
    ours, theirs = pty.openpty()
    command = [BINGX_FAKE, "explain", url, "--secret-stdin"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    ) as asking:
        os.close(theirs)
        shown = _read(ours, until=b"Secret:")
        os.write(ours, f"{SECRET}\n".encode())
        shown += _read(ours)
    os.close(ours)
    assert asking.returncode == 0
    assert b"verifies" in shown
    assert SECRET.encode() not in shown


def _read(terminal: int, until: bytes | None = None) -> bytes:
    """What comes out of a terminal, up to something or to the end."""
    shown = b""
    while until is None or until not in shown:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        shown += chunk
    return shown
