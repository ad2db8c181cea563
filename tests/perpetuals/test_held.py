"""What positions come to in a wallet is kept as they change: here, where they seldom do, and at limits."""

from decimal import Decimal

from perpetuals.perps import ALICE, BOB, BOTH, BUY, SELL, Perps, instrument

from bingx_fake.perpetuals.margins import PerpRates


def test_with_another_fee_rate_positions_need_another_margin_to_be_kept() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "10", "100")
    assert perps.wallet(ALICE).kept == Decimal("3.8")  # 1000 * (0.0033 + 0.0005)
    perps.desk.own_rates[ALICE] = PerpRates(taker=Decimal("0.001"))
    assert perps.wallet(ALICE).kept == Decimal("4.3")


def test_who_has_no_isolated_position_any_more_is_as_safe_as_before_it() -> None:
    perps = Perps()
    perps.add(instrument("ETH-USDT"), 10_000)
    perps.desk.set_margin_type(ALICE, "ETH-USDT", is_isolated=True)
    perps.trade(ALICE, BOB, "10", "100")
    assert perps.desk.margins.is_safe(ALICE)
    perps.limit(BOB, SELL, "10", "100", symbol="ETH-USDT")
    perps.limit(ALICE, BUY, "10", "100", symbol="ETH-USDT")
    assert not perps.desk.margins.is_safe(ALICE), "it has to be looked at by itself"
    perps.limit(BOB, BUY, "10", "100", symbol="ETH-USDT")
    perps.limit(ALICE, SELL, "10", "100", symbol="ETH-USDT")
    assert perps.desk.margins.is_safe(ALICE)


def test_who_shares_a_wallet_that_has_exactly_what_is_needed_loses_the_position() -> None:
    """9955 - 1.6624 - (90000 - 80352) is 305.3376, which is 80352 x 0.0038."""
    perps = Perps()
    for uid in (ALICE, BOB):
        perps.desk.set_leverage(uid, perps.symbol, BOTH, 20, perps.now_ms)
    perps.trade(ALICE, BOB, "900", "100")
    perps.ledger.debit(ALICE, perps.account, perps.asset, Decimal("1.6623"))
    perps.mark("89.28")
    assert perps.has_position(ALICE)
    perps.mark(None)
    perps.ledger.debit(ALICE, perps.account, perps.asset, Decimal("0.0001"))
    perps.mark("89.28")
    assert not perps.has_position(ALICE)


def test_a_loss_in_cross_margin_is_not_paid_with_what_is_set_apart() -> None:
    perps = Perps()
    perps.add(instrument("ETH-USDT"), 10_000)
    perps.desk.set_margin_type(ALICE, "ETH-USDT", is_isolated=True)
    perps.limit(BOB, SELL, "150", "100", symbol="ETH-USDT")
    perps.limit(ALICE, BUY, "150", "100", symbol="ETH-USDT")
    perps.trade(ALICE, BOB, "300", "100")
    perps.mark("100")  # so that nobody is liquidated
    perps.limit(BOB, BUY, "300", "70")
    perps.limit(ALICE, SELL, "300", "70", reduce_only=True)
    assert perps.balance(ALICE) == "3000", "of what was set apart nothing is lost, though 9000 were of 7000"
    assert [it.market[1] for it in perps.desk.records.positions(ALICE)] == ["ETH-USDT"]
