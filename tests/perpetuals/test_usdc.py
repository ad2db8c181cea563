"""Perpetuals whose money is USDC, beside those of USDT: nothing of one coin is anything to the other."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from streams.listener import Listener
from streams.test_account import new_key
from support.sender import ALICE, NOW_MS, Sender

from bingx_fake import FakeExchange

TRADE, USER = "/openApi/swap/v2/trade", "/openApi/swap/v2/user"
USDC, USDT = "BTC-USDC", "BTC-USDT"


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    """With a market of USDC that a state adds, and 100 of each coin."""
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        market = {"product": "swap", "symbol": USDC, "tick": "0.1", "step": "0.0001"}
        running.load(running.state | {"markets": [market]})
        running.credit(ALICE, "USDTMPerp", "USDC", 100)
        yield running


@pytest.fixture
def alice(exchange: FakeExchange) -> Sender:
    return Sender(exchange)


def buy(sender: Sender, symbol: str, quantity: str = "0.002") -> Any:
    asked = {"side": "BUY", "positionSide": "BOTH", "type": "MARKET", "quantity": quantity}
    return sender.post(f"{TRADE}/order", symbol=symbol, **asked)


def rows(sender: Sender) -> dict[str, tuple[str, str, str]]:
    """Balance, margin in use and what is available, by coin."""
    found = sender.get("/openApi/swap/v3/user/balance").data
    return {it["asset"]: (it["balance"], it["usedMargin"], it["availableMargin"]) for it in found}


def test_a_state_adds_a_market_of_usdc_and_the_usual_ones_stay(alice: Sender) -> None:
    listed = {it["symbol"]: it["currency"] for it in alice.get("/openApi/swap/v2/quote/contracts").data}
    assert (listed[USDC], listed[USDT], len(listed)) == ("USDC", "USDT", 6)


def test_the_control_api_adds_one(alice: Sender) -> None:
    form = {"tick": "0.01", "step": "0.01", "price": "3000"}
    added = requests.put(f"{alice.exchange.control_url}/markets/swap/ETH-USDC", json=form, timeout=10)
    assert added.json()["last"] == "3000"
    assert buy(alice, "ETH-USDC", "0.05").code == 0


def test_a_position_uses_margin_of_its_own_coin_and_pays_its_fee_in_it(alice: Sender) -> None:
    before = rows(alice)
    assert buy(alice, USDC).code == 0
    # 0.002 at 60000.1 are 120.0002: a fifth is margin, 0.05 % the fee, and 0.0002 is lost at the mark.
    assert rows(alice) == {"USDT": before["USDT"], "USDC": ("99.9400", "24.0000", "75.9398")}
    (position,) = alice.get(f"{USER}/positions").data
    assert (position["symbol"], position["currency"]) == (USDC, "USDC")


def test_what_is_in_the_other_coin_is_no_margin(alice: Sender) -> None:
    assert buy(alice, USDC, "0.01").code == 101204
    alice.exchange.credit(ALICE, "USDTMPerp", "USDT", 1_000)
    assert buy(alice, USDC, "0.01").code == 101204
    assert buy(alice, USDT, "0.01").code == 0


def test_income_funding_and_fills_are_told_in_the_coin(alice: Sender) -> None:
    buy(alice, USDC)
    buy(alice, USDT)
    market = alice.exchange.market(USDC, "swap")
    market.funding("0.001")
    market.settle_funding()
    income = [
        (it["symbol"], it["incomeType"], it["income"], it["asset"]) for it in alice.get(f"{USER}/income").data
    ]
    assert income == [
        (USDC, "FUNDING_FEE", "-0.12000000", "USDC"),
        (USDT, "TRADING_FEE", "-0.0600001", "USDT"),
        (USDC, "TRADING_FEE", "-0.0600001", "USDC"),
    ]
    asked = {"tradingUnit": "COIN", "startTs": NOW_MS - 1, "endTs": NOW_MS}
    for coin in ("USDC", "USDT"):
        (fill,) = alice.get(f"{TRADE}/allFillOrders", **asked, currency=coin).data["fill_orders"]
        assert (fill["symbol"], fill["currency"]) == (f"BTC-{coin}", coin)


def test_one_coin_is_liquidated_and_the_other_stays(alice: Sender) -> None:
    buy(alice, USDC, "0.008")
    buy(alice, USDT)
    kept = rows(alice)["USDT"]
    alice.exchange.market(USDC, "swap").mark("47000")
    assert [it["symbol"] for it in alice.get(f"{USER}/positions").data] == [USDT]
    assert rows(alice) == {"USDT": kept, "USDC": ("0.0000", "0.0000", "0.0000")}


def test_no_transfer_takes_margin_of_usdc(alice: Sender) -> None:
    buy(alice, USDC)
    for amount, code in (("76", 100202), ("75", 0)):
        answer = alice.post(
            "/openApi/api/asset/v1/transfer", type="PFUTURES_FUND", asset="USDC", amount=amount
        )
        assert answer.code == code


def test_the_accounts_stream_tells_the_wallet_of_the_coin(exchange: FakeExchange, alice: Sender) -> None:
    with Listener(f"{exchange.stream_url}/swap-market?listenKey={new_key(exchange)}") as account:
        account.so_far()
        buy(alice, USDC)
        told = [it for it in account.so_far() if it["e"] == "ACCOUNT_UPDATE"]
    assert [wallet["a"] for it in told for wallet in it["a"]["B"]] == ["USDC"]


def test_a_saved_state_goes_on_with_both_coins(exchange: FakeExchange, alice: Sender) -> None:
    buy(alice, USDC)
    buy(alice, USDT)
    kept = rows(alice), alice.get(f"{USER}/positions").data
    exchange.load(exchange.state)
    assert (rows(alice), alice.get(f"{USER}/positions").data) == kept
