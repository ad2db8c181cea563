"""What trades make of positions and wallets, worked out by hand. A taker pays 0.0005, a maker 0.0002."""

from decimal import Decimal

import pytest
from perpetuals.perps import ALICE, BOB, BOTH, BUY, LONG, MARKET, SELL, SHORT, Perps

from bingx_fake.books.accounts import InsufficientBalance
from bingx_fake.market.house import Ladder
from bingx_fake.perpetuals.reasons import Declined, Reason


def test_two_users_who_trade_are_long_and_short_and_pay_fees_of_the_value() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "10", "100")
    long, short = perps.position(ALICE), perps.position(BOB, is_long=False)
    assert (long.quantity, long.cost, long.initial_margin) == (100, Decimal(1000), Decimal(200))
    assert (short.quantity, short.cost) == (100, Decimal(1000))
    assert (perps.balance(ALICE), perps.balance(BOB)) == ("9999.5", "9999.8")


def test_a_profit_is_not_in_the_wallet_before_it_is_realised() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "10", "100")
    perps.mark("110")
    assert perps.wallet(ALICE).unrealised == Decimal(100)
    assert perps.wallet(BOB).unrealised == Decimal(-100)
    assert perps.balance(ALICE) == "9999.5"
    perps.trade(BOB, ALICE, "10", "110")
    assert not perps.has_position(ALICE)
    assert (perps.balance(ALICE), perps.balance(BOB)) == ("10099.28", "9899.25")


def test_a_partial_close_takes_its_part_of_the_cost_and_the_rest_keeps_the_remainder() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "0.2", "100")
    perps.trade(ALICE, BOB, "0.1", "100.01")
    cost = perps.position(ALICE).cost
    assert cost == Decimal("30.001")
    perps.trade(BOB, ALICE, "0.1", "101")
    third = Decimal("10.00033333333333333333")
    assert perps.position(ALICE).cost == cost - third
    assert perps.position(ALICE).profit == Decimal("10.1") - third
    perps.trade(BOB, ALICE, "0.2", "101")
    (closed,) = perps.desk.records.of(ALICE).closed
    assert closed.profit == Decimal("30.3") - cost, "to the last digit"


def test_in_one_way_mode_an_order_closes_first_and_opens_the_rest_on_the_other_side() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "10", "100")
    perps.trade(BOB, ALICE, "15", "102")
    assert perps.position(ALICE, is_long=False).quantity == 50
    assert perps.position(BOB).quantity == 50
    (closed,) = perps.desk.records.of(ALICE).closed
    assert closed.profit == Decimal(20)


def test_in_hedge_mode_a_long_and_a_short_stand_side_by_side() -> None:
    perps = Perps(is_hedging=True)
    perps.trade(ALICE, BOB, "10", "100", hedged=True)
    perps.trade(BOB, ALICE, "10", "100", hedged=True)
    assert [it.is_long for it in perps.desk.records.positions(ALICE)] == [True, False]
    assert perps.wallet(ALICE).used == Decimal(400)


def test_an_order_names_the_position_side_of_its_mode() -> None:
    one_way, hedging = Perps(), Perps(is_hedging=True)
    for perps, side in ((one_way, LONG), (hedging, BOTH)):
        with pytest.raises(Declined) as refused:
            perps.limit(ALICE, BUY, "1", "90", position_side=side)
        assert refused.value.reason is Reason.WRONG_POSITION_SIDE
    with pytest.raises(Declined) as refused:
        hedging.limit(ALICE, BUY, "1", "90")
    assert refused.value.reason is Reason.POSITION_SIDE_MISSING
    with pytest.raises(Declined) as refused:
        hedging.limit(ALICE, BUY, "1", "90", position_side=LONG, reduce_only=True)
    assert refused.value.reason is Reason.REDUCE_ONLY_IN_HEDGE_MODE


def test_margin_is_used_by_positions_and_kept_for_orders_that_open() -> None:
    perps = Perps()
    perps.limit(ALICE, BUY, "10", "90")
    assert perps.wallet(ALICE).frozen == Decimal("180.45"), "900 over 5, and the taker's fee of 900"
    perps.trade(ALICE, BOB, "10", "100")
    assert perps.wallet(ALICE).used == Decimal(200)
    assert perps.wallet(ALICE).available == Decimal("9999.5") - 200 - Decimal("180.45")
    perps.limit(ALICE, SELL, "10", "120")
    assert perps.wallet(ALICE).frozen == Decimal("180.45"), "it would only close"
    perps.limit(ALICE, SELL, "5", "120")
    assert perps.wallet(ALICE).frozen == Decimal("180.45") + 120 + Decimal("0.3"), "it would open 5 at 120"


def test_an_order_that_needs_more_than_is_available_is_declined_and_leaves_no_trace() -> None:
    perps = Perps()
    with pytest.raises(Declined) as refused:
        perps.limit(ALICE, BUY, "500", "100")
    assert refused.value.reason is Reason.TOO_LITTLE_MARGIN
    assert refused.value.facts == {"asset": "USDT", "needed": Decimal(10_025), "available": Decimal(10_000)}
    assert perps.desk.records.of(ALICE).orders == {}
    perps.limit(ALICE, BUY, "498", "100")


def test_what_is_under_a_position_cannot_be_moved_away() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "100", "100")
    perps.mark("95")
    most = Decimal(9995) - 2000 - 500
    assert perps.ledger.may_leave(ALICE, "USDTMPerp", "USDT") == most
    with pytest.raises(InsufficientBalance, match="may leave"):
        perps.ledger.debit(ALICE, "USDTMPerp", "USDT", most + 1)
    perps.ledger.debit(ALICE, "USDTMPerp", "USDT", most)
    assert perps.wallet(ALICE).available == 0
    perps.mark("130")
    assert perps.ledger.may_leave(ALICE, "USDTMPerp", "USDT") == 500, "a profit on paper does not leave"


def test_an_isolated_position_has_an_amount_set_apart_and_costs_no_more() -> None:
    perps = Perps()
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.trade(ALICE, BOB, "10", "100")
    assert perps.position(ALICE).margin == Decimal(200)
    perps.mark("100")
    perps.trade(BOB, ALICE, "10", "50")
    assert perps.balance(ALICE) == "9799.5", "10000 - 0.5 for opening - 200"
    cleared = [it for it in perps.desk.records.of(ALICE).incomes if it.kind == "INSURANCE_CLEAR"]
    assert [it.amount for it in cleared] == [Decimal("300.1")], "500 lost and 0.1 for closing, less 200"


def test_margin_is_added_to_an_isolated_position_and_taken_as_far_as_it_is_not_needed() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "10", "100")
    with pytest.raises(Declined) as refused:
        perps.desk.change_margin(ALICE, "LTC-USDT", None, Decimal(1), perps.now_ms)
    assert refused.value.reason is Reason.NOT_ISOLATED
    perps = Perps()
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.trade(ALICE, BOB, "10", "100")
    perps.desk.change_margin(ALICE, "LTC-USDT", None, Decimal(50), perps.now_ms)
    assert perps.wallet(ALICE).used == Decimal(250)
    perps.mark("98")
    with pytest.raises(Declined) as refused:
        perps.desk.change_margin(ALICE, "LTC-USDT", None, Decimal(-31), perps.now_ms)
    assert refused.value.facts == {"amount": Decimal(31), "most": Decimal(30)}
    perps.desk.change_margin(ALICE, "LTC-USDT", None, Decimal(-30), perps.now_ms)
    changes = [(it.reason, it.change) for it in perps.desk.records.of(ALICE).margin_changes]
    assert changes == [
        ("OpenPosition", Decimal(200)),
        ("ManualMarginAddition", Decimal(50)),
        ("ManualMarginReduction", Decimal(-30)),
    ]


def test_leverage_changes_with_a_position_where_there_is_margin_for_it() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "90", "100")
    perps.desk.set_leverage(ALICE, "LTC-USDT", BOTH, 10, perps.now_ms)
    assert perps.wallet(ALICE).used == Decimal(900)
    perps.mark("60")
    with pytest.raises(Declined) as refused:
        perps.desk.set_leverage(ALICE, "LTC-USDT", BOTH, 1, perps.now_ms)
    assert refused.value.reason is Reason.TOO_LITTLE_MARGIN
    with pytest.raises(Declined) as refused:
        perps.desk.set_leverage(ALICE, "LTC-USDT", LONG, 2, perps.now_ms)
    assert refused.value.reason is Reason.WRONG_SIDE_OF_MODE
    with pytest.raises(Declined) as refused:
        perps.desk.set_leverage(ALICE, "LTC-USDT", BOTH, 126, perps.now_ms)
    assert refused.value.reason is Reason.LEVERAGE_TOO_HIGH


def test_modes_stay_while_there_are_orders_or_positions() -> None:
    perps = Perps()
    order = perps.limit(ALICE, BUY, "1", "90")
    with pytest.raises(Declined):
        perps.desk.set_mode(ALICE, is_hedging=True)
    with pytest.raises(Declined):
        perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.desk.cancel(ALICE, "LTC-USDT", perps.now_ms, order_id=order.id)
    perps.desk.set_mode(ALICE, is_hedging=True)
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)


def test_the_house_is_on_the_other_side_of_whoever_trades_with_it() -> None:
    perps = Perps(Ladder())
    perps.market(ALICE, BUY, "10")
    house, _ = perps.desk.exchange_holds
    assert house[MARKET].quantity == -100
    assert house[MARKET].cost == -perps.position(ALICE).cost
    assert perps.desk.open_interest(MARKET) == 100


def test_closing_everything_closes_at_the_market_and_cancels_what_would_close_as_well() -> None:
    perps = Perps(Ladder())
    perps.market(ALICE, BUY, "10")
    rests = perps.limit(ALICE, SELL, "10", "120", reduce_only=True)
    (order,) = perps.desk.close_all(ALICE, None, perps.now_ms)
    assert order.status.value == "FILLED"
    assert rests.status.value == "CANCELLED"
    assert not perps.has_position(ALICE)
    with pytest.raises(Declined) as refused:
        perps.desk.close_position(ALICE, order.position_id, perps.now_ms)
    assert refused.value.reason is Reason.NO_SUCH_POSITION


def test_a_short_is_opened_by_a_sale_of_its_side_and_closed_by_a_purchase() -> None:
    perps = Perps(Ladder(), is_hedging=True)
    perps.market(ALICE, SELL, "10", position_side=SHORT)
    with pytest.raises(Declined) as refused:
        perps.market(ALICE, BUY, "11", position_side=SHORT)
    assert refused.value.reason is Reason.TOO_MUCH_TO_CLOSE
    perps.market(ALICE, BUY, "10", position_side=SHORT)
    assert not perps.has_position(ALICE)


def test_the_house_takes_the_positions_of_a_user_who_goes_at_what_they_cost() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "10", "100")
    perps.limit(ALICE, BUY, "1", "90")
    perps.mark("110")
    perps.desk.forget(ALICE, perps.now_ms)
    house, _ = perps.desk.exchange_holds
    assert (house[MARKET].quantity, house[MARKET].cost) == (100, Decimal(1000))
    assert not perps.has_position(ALICE)
    assert perps.stall.market.book.best(BUY) is None
    assert perps.wallet(BOB).unrealised == -100


def separate() -> Perps:
    perps = Perps(Ladder(), is_hedging=True)
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True, is_separate=True)
    return perps


def test_an_order_that_opens_a_separate_position_is_the_only_one_of_its_side() -> None:
    perps = separate()
    order = perps.limit(ALICE, BUY, "1", "90", position_side=LONG)
    with pytest.raises(Declined) as refused:
        perps.market(ALICE, BUY, "1", position_side=LONG)
    assert refused.value.reason is Reason.SECOND_SEPARATE
    assert perps.market(ALICE, SELL, "1", position_side=SHORT).filled == 10
    perps.desk.cancel(ALICE, "LTC-USDT", perps.now_ms, order_id=order.id)
    assert perps.market(ALICE, BUY, "1", position_side=LONG).filled == 10


def test_a_separate_position_is_liquidated_by_itself() -> None:
    perps = separate()
    perps.market(ALICE, BUY, "10", position_side=LONG)
    perps.market(ALICE, SELL, "10", position_side=SHORT)
    perps.mark("79")
    assert [position.is_long for position in perps.desk.records.positions(ALICE)] == [False]


def test_a_position_is_not_reversed_into_a_separate_one_that_there_is() -> None:
    perps = separate()
    perps.market(ALICE, BUY, "1", position_side=LONG)
    perps.market(ALICE, SELL, "1", position_side=SHORT)
    with pytest.raises(Declined) as refused:
        perps.desk.reverse(ALICE, "LTC-USDT", perps.now_ms, position_id=perps.position(ALICE).id)
    assert refused.value.reason is Reason.SECOND_SEPARATE


def test_in_one_way_mode_nothing_is_separate() -> None:
    perps = separate()
    perps.desk.set_mode(ALICE, is_hedging=False)
    assert perps.desk.records.of(ALICE).choice(perps.market_id).margin_type == "ISOLATED"
    with pytest.raises(Declined) as refused:
        perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True, is_separate=True)
    assert refused.value.reason is Reason.SEPARATE_IN_ONE_WAY_MODE
