"""The bot in requests_bot.py, tested four ways. Needs pytest and bingx-offline, and no credentials."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import requests_bot

from bingx_fake import FakeExchange

ALICE = 16779999  # the first user of the built-in example, with 1000 USDT in funding and 100 in futures
BOT = Path(requests_bot.__file__)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BINGX_API_KEY", "alice-key")
    monkeypatch.setenv("BINGX_SECRET_KEY", "alice-secret")


def test_fixture(bingx_exchange: FakeExchange, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that can set the bot's URLs: the fastest, and the exchange is at hand."""
    monkeypatch.setattr(requests_bot, "DOMAINS", bingx_exchange.base_urls)
    requests_bot.main()
    assert bingx_exchange.balance(ALICE, "USDTMPerp", "USDT").free == 500
    assert not bingx_exchange.lint


def test_interception(bingx_intercept: FakeExchange) -> None:
    """Nothing is set: BingX's own names lead to the fake, in this process."""
    requests_bot.main()
    assert bingx_intercept.balance(ALICE, "USDTMPerp", "USDT").free == 500


def test_run(tmp_path: Path) -> None:
    """Nothing is set, and it is a process of its own that can reach nothing but the fake."""
    report = tmp_path / "journal.json"
    run = ["bingx-fake", "run", "--isolation", "namespace", "--report", str(report), "--"]
    done = subprocess.run([*run, sys.executable, str(BOT)], capture_output=True, text=True)
    assert done.stdout.startswith("moved 400 USDT, transfer "), done.stderr
    assert [entry["applied"] for entry in json.loads(report.read_text())] == [False, False, True]


def test_against_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake that anything may talk to. The bot must be told where it is: one line of it changes."""
    compiled_in = 'DOMAINS = ("https://open-api.bingx.com", "https://open-api.bingx.pro")'
    configured = 'DOMAINS = os.environ["BINGX_BASE_URLS"].split(",")'
    bot = tmp_path / "bot.py"
    bot.write_text(BOT.read_text().replace(compiled_in, configured))
    free_ports = ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]
    with subprocess.Popen(["bingx-fake", "serve", "--json", *free_ports], stdout=subprocess.PIPE) as serve:
        assert serve.stdout is not None
        ready = json.loads(serve.stdout.readline())
        monkeypatch.setenv("BINGX_BASE_URLS", f"{ready['com']},{ready['pro']}")
        done = subprocess.run([sys.executable, str(bot)], capture_output=True, text=True)
        serve.terminate()
    assert done.stdout.startswith("moved 400 USDT, transfer "), done.stderr


# What a bot meets one day, and how it takes it.


def test_a_refused_transfer_ends_in_words(bingx_intercept: FakeExchange) -> None:
    with (
        bingx_intercept.fault("com", "business-error", code=100202, method="POST"),
        pytest.raises(SystemExit, match="BingX says 100202: "),
    ):
        requests_bot.main()
    assert bingx_intercept.balance(ALICE, "fund", "USDT").free == 1000


def test_a_read_without_an_answer_goes_to_the_other_domain(
    bingx_intercept: FakeExchange,
) -> None:
    with bingx_intercept.fault("com", "empty", method="GET", times=1):
        requests_bot.main()
    assert [entry["domain"] for entry in bingx_intercept.requests] == ["com", "pro", "com", "com"]
