"""Two scripts for the real exchange, run as they are."""

import re
import runpy
from pathlib import Path

import pytest
import requests

from bingx_fake import FakeExchange

EXAMPLES = Path(__file__).parents[2] / "examples"
ALICE = 16779999


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BINGX_API_KEY", "alice-key")
    monkeypatch.setenv("BINGX_SECRET_KEY", "alice-secret")


def _run(name: str) -> None:
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")


@pytest.mark.parametrize("name", ["requests_bot.py", "ccxt_bot.py"])
def test_the_scripts_know_nothing_of_the_fake(name: str) -> None:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    assert not re.search(r"bingx_(fake|client|contracts)|127\.0|localhost|verify|intercept", text)


def test_a_script_that_signs_by_hand_and_uses_requests(
    bingx_intercept: FakeExchange, capsys: pytest.CaptureFixture[str]
) -> None:
    _run("requests_bot.py")
    assert re.fullmatch(r"moved 400 USDT, transfer \d+\n", capsys.readouterr().out)
    assert bingx_intercept.balance(ALICE, "USDTMPerp", "USDT").free == 500
    assert bingx_intercept.balance(ALICE, "fund", "USDT").free == 600
    _run("requests_bot.py")
    assert capsys.readouterr().out == "nothing to do: 500 USDT\n"
    assert bingx_intercept.balance(ALICE, "fund", "USDT").free == 600


@pytest.mark.parametrize("kind", ["refuse", "dns", "tls"])
def test_the_same_script_in_an_outage_reads_elsewhere_and_moves_nothing(
    bingx_intercept: FakeExchange, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    with bingx_intercept.fault("com", kind), pytest.raises(requests.ConnectionError):
        _run("requests_bot.py")
    assert capsys.readouterr().out.startswith("https://open-api.bingx.com: ")
    assert [entry["domain"] for entry in bingx_intercept.requests] == ["pro", "pro"]
    assert bingx_intercept.balance(ALICE, "fund", "USDT").free == 1000


def test_the_same_script_when_an_answer_is_lost_moves_once(
    bingx_intercept: FakeExchange, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = bingx_intercept.fault("com", "empty", method="POST", phase="after")
    with lost, pytest.raises(requests.ConnectionError):
        _run("requests_bot.py")
    _run("requests_bot.py")
    assert capsys.readouterr().out == "nothing to do: 500 USDT\n"
    assert bingx_intercept.balance(ALICE, "fund", "USDT").free == 600


def test_a_script_that_uses_ccxt(bingx_intercept: FakeExchange, capsys: pytest.CaptureFixture[str]) -> None:
    _run("ccxt_bot.py")
    assert re.fullmatch(r"moved 400 USDT, transfer \d+\n", capsys.readouterr().out)
    assert bingx_intercept.balance(ALICE, "fund", "USDT").free == 600
    assert bingx_intercept.balance(ALICE, "USDTMPerp", "USDT").free == 500
