"""Margin that is added to an isolated position by itself, before it would be liquidated."""

from decimal import Decimal

import pytest
from perpetuals.perps import ALICE, BOB, BUY, LONG, Perps
from support.sender import Sender

from bingx_fake.perpetuals.reasons import Declined, Reason

SYMBOL = "LTC-USDT"
OLDER = "/openApi/swap/v1/trade"


@pytest.fixture
def perps() -> Perps:
    """Alice is long 10 at 100, against Bob: 1,000 USDT with margin of their own, 200 at leverage 5.

    They need 0.38 % of what they are worth, at 80: 3.04 of 800. Nothing is left of the margin at 80.
    """
    perps = Perps(is_hedging=True)
    perps.desk.set_margin_type(ALICE, SYMBOL, is_isolated=True)
    perps.trade(ALICE, BOB, "10", "100", position_side=LONG)
    return perps


def switch_on(perps: Perps, amount: str) -> None:
    perps.desk.set_auto_margin(ALICE, SYMBOL, perps.position(ALICE).id, Decimal(amount))


def reasons(perps: Perps) -> list[str]:
    return [it.reason for it in perps.desk.records.of(ALICE).margin_changes]


def test_without_it_the_position_is_liquidated(perps: Perps) -> None:
    perps.mark("80.3")
    assert not perps.has_position(ALICE)
    assert reasons(perps) == ["OpenPosition", "Liquidation"]


def test_with_it_the_position_is_brought_back_to_its_initial_margin(perps: Perps) -> None:
    switch_on(perps, "500")
    perps.mark("80.3")
    position = perps.position(ALICE)
    assert position.margin == 397, "200, and 197 for the loss"
    assert position.auto_margin == 303
    (_, added) = perps.desk.records.of(ALICE).margin_changes
    assert added.reason == "AutoMarginAddition"
    assert (added.change, added.after) == (Decimal(197), Decimal(397))
    assert perps.wallet(ALICE).available == Decimal("9602.5"), "10,000, less a fee of 0.5, less 397"


def test_it_is_not_added_before_it_is_needed(perps: Perps) -> None:
    switch_on(perps, "500")
    perps.mark("80.4")
    assert perps.position(ALICE).margin == 200, "3.05520 are needed, and 4 are there"


def test_no_more_is_added_than_the_amount_and_again_only_what_is_left_of_it(perps: Perps) -> None:
    switch_on(perps, "210")
    perps.mark("80.3")
    perps.mark("60.4")
    assert perps.position(ALICE).margin == 410
    assert perps.position(ALICE).auto_margin == 0
    perps.mark("59.2")
    assert not perps.has_position(ALICE)


def test_nothing_is_added_that_would_not_keep_it(perps: Perps) -> None:
    switch_on(perps, "0.05")
    perps.mark("80.3")
    assert not perps.has_position(ALICE)
    assert "AutoMarginAddition" not in reasons(perps)


def test_no_more_is_added_than_the_wallet_has(perps: Perps) -> None:
    switch_on(perps, "500")
    perps.ledger.debit(ALICE, "USDTMPerp", "USDT", Decimal("9699.5"))
    perps.mark("80.3")
    assert perps.position(ALICE).margin == Decimal(300), "all that was left"
    assert perps.wallet(ALICE).available == 0


def test_what_open_orders_need_is_not_added(perps: Perps) -> None:
    switch_on(perps, "500")
    perps.limit(ALICE, BUY, "10", "90", position_side=LONG)  # 180 of margin, and a fee of 0.45
    perps.ledger.debit(ALICE, "USDTMPerp", "USDT", Decimal("9519.05"))
    perps.mark("80.3")
    assert perps.position(ALICE).margin == Decimal(300), "of 280.45 in the wallet"


def test_it_is_switched_off(perps: Perps) -> None:
    switch_on(perps, "500")
    switch_on(perps, "0")
    perps.mark("80.3")
    assert not perps.has_position(ALICE)


def test_it_is_for_isolated_positions_in_hedge_mode(perps: Perps) -> None:
    short = perps.position(BOB, is_long=False)
    with pytest.raises(Declined) as declined:
        perps.desk.set_auto_margin(BOB, SYMBOL, short.id, Decimal(5))
    assert declined.value.reason is Reason.NOT_ISOLATED
    other = Perps()
    other.trade(ALICE, BOB, "10", "100")
    with pytest.raises(Declined) as declined:
        other.desk.set_auto_margin(ALICE, SYMBOL, other.position(ALICE).id, Decimal(5))
    assert declined.value.reason is Reason.NOT_HEDGING


def test_to_switch_it_on_takes_an_amount(sender: Sender) -> None:
    refused = sender.post(f"{OLDER}/autoAddMargin", symbol="BTC-USDT", positionId="1", functionSwitch="true")
    assert (refused.code, "amount" in refused.json["msg"]) == (109400, True)


# Money to try things with, and the coins of margin


def balance(sender: Sender) -> Decimal:
    return Decimal(sender.get("/openApi/swap/v3/user/balance").data[0]["balance"])


def test_money_to_try_things_with_is_got_and_given_back(sender: Sender) -> None:
    before = balance(sender)
    assert sender.post(f"{OLDER}/getVst").data == {"amount": 20000}
    assert balance(sender) == before + 20000
    sender.exchange.change_profile(vary={"V74": "balance"})
    told = sender.post("/openApi/swap/v2/trade/getVst", adjustType="1", amount="20000")
    assert Decimal(told.data["balance"]) == balance(sender) == before
    refused = sender.post("/openApi/swap/v2/trade/getVst", adjustType="1", amount="1000000")
    assert refused.code == 101204
    assert balance(sender) == before


def test_several_coins_as_margin_are_refused(sender: Sender) -> None:
    assert sender.post(f"{OLDER}/assetMode", assetMode="multiAssetsMode").code == 109400
    assert sender.get(f"{OLDER}/assetMode").data == {"assetMode": "singleAssetMode"}


def test_the_coins_of_margin_are_the_wallets(sender: Sender) -> None:
    (usdt, usdc) = sender.get("/openApi/swap/v1/user/marginAssets").data
    assert Decimal(usdt["totalAmount"]) == balance(sender)
    assert (usdt["currency"], usdc["currency"]) == ("USDT", "USDC")
