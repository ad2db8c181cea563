"""What comes with ``make freqtrade``, held without freqtrade, which has an environment of its own."""

import json
import re
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest
from examples.conftest import EXAMPLES
from freqtrade_bot import show
from support.pages import PAGES

from bingx_fake import FakeExchange

BOT = EXAMPLES / "freqtrade_bot"
CONFIG: dict[str, Any] = json.loads((BOT / "config.json").read_text(encoding="utf-8"))
PAGE = PAGES["docs/freqtrade.md"]
IN_TURNS = [sys.executable, "-S", str(BOT / "in_turns.py"), sys.executable, "-S", "-c"]

BID = {"order_id": "1", "side": "buy", "filled": 2.0, "average": 10.0}
SALE = {"order_id": "2", "side": "sell", "filled": 1.9, "average": 11.0}
ORDERS = {"1": {"filled": "2", "value": "20"}, "2": {"filled": "1.9", "value": "20.9"}}


def trade(*orders: dict[str, Any]) -> dict[str, Any]:
    return {"pair": "LTC/USDT", "exit_reason": "roi", "close_profit_abs": 0.88, "orders": list(orders)}


def test_its_keys_may_trade_in_the_built_in_example_and_have_what_the_configuration_stakes(
    bingx_exchange: FakeExchange,
) -> None:
    (alice,) = (
        user
        for user in bingx_exchange.state["users"]
        for key in user["keys"]
        if (key["key"], key["secret"]) == (CONFIG["exchange"]["key"], CONFIG["exchange"]["secret"])
        and "trade" in key["permissions"]
    )
    free = Decimal(bingx_exchange.balance(alice["uid"], "spot", CONFIG["stake_currency"]).free)
    assert free * Decimal("0.99") > CONFIG["stake_amount"] * CONFIG["max_open_trades"]


def test_it_is_live_with_its_stop_on_the_exchange_and_pairs_by_volume() -> None:
    assert CONFIG["dry_run"] is False
    assert CONFIG["order_types"]["stoploss_on_exchange"] is True
    assert [it["method"] for it in CONFIG["pairlists"]] == ["VolumePairList"]


def test_the_second_file_leads_all_that_ccxt_asks_to_the_fake() -> None:
    ccxt = pytest.importorskip("ccxt", reason="did not run: the package ccxt is not installed")
    address = json.loads((BOT / "address.json").read_text(encoding="utf-8"))
    api = address["exchange"]["ccxt_config"]["urls"]["api"]
    assert api.keys() == ccxt.bingx().urls["api"].keys()
    assert set(api.values()) == {"http://127.0.0.1:8700/openApi"}


def test_the_page_shows_what_is_printed() -> None:
    said = re.findall(r'wait_for\(\s*f?"([^"]+)"', (BOT / "show.py").read_text(encoding="utf-8"))
    (shown,) = re.findall(r"make freqtrade\n(.*?)```", PAGE, re.DOTALL)
    lines = shown.splitlines()
    told = [re.sub(r"^\w+-USDT: ", "{market}: ", line) for line in lines[: len(said)]]
    assert told == [re.sub(r"^\{\w+\}: ", "{market}: ", what) for what in said]
    assert len(lines[len(said) :]) == 2
    assert re.sub(r"[\d.]+", "1", lines[-1]) == re.sub(r"[\d.]+", "1", show.line(trade(BID, SALE))).replace(
        "LTC", "SOL"
    )


def test_trades_agree_that_are_at_the_exchange_as_freqtrade_has_them() -> None:
    show.compare([trade(BID, SALE)], ORDERS)


@pytest.mark.parametrize(
    "orders",
    [
        pytest.param((BID, SALE | {"filled": 1.8}), id="another quantity"),
        pytest.param((BID | {"average": 10.1}, SALE), id="another price"),
        pytest.param((BID,), id="no exit"),
    ],
)
def test_trades_do_not_agree_that_are_otherwise(orders: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(show.Failed, match="LTC/USDT: freqtrade has"):
        show.compare([trade(*orders)], ORDERS)


def test_a_bot_begins_anew_for_each_line_and_ends_with_the_last() -> None:
    with subprocess.Popen(
        [*IN_TURNS, "import time; print('turn', flush=True); time.sleep(60)"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as turns:
        assert turns.stdin is not None
        assert turns.stdout is not None
        assert turns.stdout.readline() == "turn\n"
        turns.stdin.write("again\n")
        turns.stdin.flush()
        assert turns.stdout.readline() == "the bot has ended, and begins anew\n"
        assert turns.stdout.readline() == "turn\n"
        turns.stdin.close()
        assert turns.stdout.read() == ""


def test_a_bot_that_ends_by_itself_is_a_failure() -> None:
    with subprocess.Popen([*IN_TURNS, ""], stdin=subprocess.PIPE) as turns:
        assert turns.wait(60) == 1
