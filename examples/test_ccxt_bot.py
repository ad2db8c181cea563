"""The bot in ccxt_bot.py, tested four ways. Needs pytest and bingx-offline, and no credentials."""

import json
import subprocess
import sys
from pathlib import Path

import ccxt_bot
import pytest

from bingx_fake import FakeExchange

ALICE = 16779999  # the first user of the built-in example, with 1000 USDT in funding and 100 in futures
BOT = Path(ccxt_bot.__file__)


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BINGX_API_KEY", "alice-key")
    monkeypatch.setenv("BINGX_SECRET_KEY", "alice-secret")


def test_fixture(bingx_exchange: FakeExchange) -> None:
    """A test that can set ccxt's URLs: the fastest, and the exchange is at hand."""
    com, _ = bingx_exchange.base_urls
    exchange = ccxt_bot.connect()
    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], f"{com}/openApi")
    ccxt_bot.rebalance(exchange)
    assert bingx_exchange.balance(ALICE, "USDTMPerp", "USDT").free == 500


def test_interception(bingx_intercept: FakeExchange) -> None:
    """Nothing is set: BingX's own names lead to the fake, in this process."""
    ccxt_bot.main()
    assert bingx_intercept.balance(ALICE, "USDTMPerp", "USDT").free == 500


def test_run() -> None:
    """Nothing is set, and it is a process of its own that can reach nothing but the fake."""
    run = ["bingx-fake", "run", "--isolation", "namespace", "--"]
    done = subprocess.run([*run, sys.executable, str(BOT)], capture_output=True, text=True)
    assert done.stdout.startswith("moved 400 USDT, transfer "), done.stderr


def test_against_serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fake that anything may talk to. The bot must be told where it is: it gets one line more."""
    last_line = "    return exchange\n"
    one_more = '    exchange.urls["api"] = dict.fromkeys(exchange.urls["api"], os.environ["BINGX_API_URL"])\n'
    bot = tmp_path / "bot.py"
    bot.write_text(BOT.read_text().replace(last_line, one_more + last_line))
    free_ports = ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]
    with subprocess.Popen(["bingx-fake", "serve", "--json", *free_ports], stdout=subprocess.PIPE) as serve:
        assert serve.stdout is not None
        monkeypatch.setenv("BINGX_API_URL", json.loads(serve.stdout.readline())["com"] + "/openApi")
        done = subprocess.run([sys.executable, str(bot)], capture_output=True, text=True)
        serve.terminate()
    assert done.stdout.startswith("moved 400 USDT, transfer "), done.stderr


# What a bot meets one day, and how it takes it.


def test_a_refused_transfer_ends_in_words(bingx_intercept: FakeExchange) -> None:
    with (
        bingx_intercept.fault("com", "business-error", code=100202, method="POST"),
        pytest.raises(SystemExit, match=r"BingX says no: .*100202"),
    ):
        ccxt_bot.main()
    assert bingx_intercept.balance(ALICE, "fund", "USDT").free == 1000
