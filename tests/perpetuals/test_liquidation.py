"""Who has too little loses his positions: tables worked by hand. The ratio of the first tier is 0.0033."""

from decimal import Decimal

from perpetuals.perps import ALICE, BOB, BOTH, BUY, LONG, MARKET, SELL, SHORT, Perps, instrument

from bingx_fake.books.accounts import EXCHANGE_UID
from bingx_fake.market.house import Ladder
from bingx_fake.perpetuals.orders import PerpOrder, PerpStatus, PerpType
from bingx_fake.venue.commands import Delist

CAROL = 3


def isolated(quantity: str = "10") -> Perps:
    """Alice is long of 10 at 100 with a margin of 200 set apart; Bob is short of as much."""
    perps = Perps()
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.trade(ALICE, BOB, quantity, "100")
    return perps


def forced(perps: Perps, uid: int) -> list[PerpOrder]:
    return [order for order in perps.desk.records.of(uid).orders.values() if order.forced]


def insurance(perps: Perps) -> Decimal:
    return perps.ledger.balance(EXCHANGE_UID, "insurance", "USDT").free


def test_a_position_is_kept_while_there_is_more_than_it_needs() -> None:
    """At 80.31 there is 200 - 196.9 = 3.1, and needed is 803.1 x 0.0038 = 3.05178."""
    perps = isolated()
    perps.mark("80.31")
    assert perps.has_position(ALICE)
    perps.mark("80.3")
    assert not perps.has_position(ALICE), "3 is no more than 803 x 0.0038 = 3.0514"


def test_who_is_liquidated_is_left_without_the_margin_and_no_more() -> None:
    perps = isolated()
    perps.mark("80.3")
    assert perps.balance(ALICE) == "9799.5", "10000 - 0.5 for opening - 200"
    (order,) = forced(perps, ALICE)
    assert (order.forced, order.status, order.filled) == ("LIQUIDATION", PerpStatus.FILLED, 100)
    assert order.type is PerpType.LIQUIDATION


def test_the_insurance_takes_the_position_over_at_the_price_that_leaves_nothing() -> None:
    """V - 0.0005 V = 803 - 3 = 800, so V is 800.400200…: the insurance buys for that what is worth 803."""
    perps = isolated()
    perps.mark("80.3")
    _, insured = perps.desk.exchange_holds
    assert insured[MARKET].quantity == 100
    assert f"{insured[MARKET].cost:.6f}" == "800.400200"
    assert f"{perps.desk.insurance_equity('USDT'):.6f}" == "2.599800"
    assert perps.has_position(BOB), "who was on the other side keeps his"
    assert perps.desk.open_interest(MARKET) == 100


def test_a_mark_that_leaps_past_everything_closes_the_most_profitable_of_the_others() -> None:
    """At 70 Alice has lost 300 of 200: who takes her place at 80 would lose 100, and the insurance has 0."""
    perps = isolated()
    perps.mark("70")
    assert not perps.has_position(ALICE)
    assert not perps.has_position(BOB)
    (order,) = forced(perps, BOB)
    assert order.forced == "ADL"
    got = [it.amount for it in perps.desk.records.of(BOB).incomes if it.kind == "ADL"]
    assert [f"{it:.6f}" for it in got] == ["199.599800"], "1000 - 800.4002"
    assert insurance(perps) == 0
    assert perps.desk.open_interest(MARKET) == 0


def test_an_insurance_that_can_bear_it_does() -> None:
    perps = isolated()
    perps.ledger.credit(EXCHANGE_UID, "insurance", "USDT", Decimal(101))
    perps.mark("70")
    assert perps.has_position(BOB)
    assert f"{perps.desk.insurance_equity('USDT'):.4f}" == "0.5998", "101 + 700 - 800.4002"


def test_those_are_closed_first_who_have_won_most_on_their_margin() -> None:
    perps = Perps()
    perps.ledger.credit(CAROL, "USDTMPerp", "USDT", Decimal(10_000))
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.desk.set_leverage(CAROL, "LTC-USDT", BOTH, 10, perps.now_ms)
    perps.trade(ALICE, BOB, "6", "100")
    perps.trade(ALICE, CAROL, "6", "100")
    perps.trade(BOB, ALICE, "4", "100")  # Alice is long of 8, Bob short of 2, Carol of 6
    perps.mark("70")
    assert [order.filled for order in (*forced(perps, CAROL), *forced(perps, BOB))] == [60, 20]
    assert forced(perps, CAROL)[0].id < forced(perps, BOB)[0].id, "she has won three times her margin"


def test_the_house_takes_what_nobody_else_is_left_for() -> None:
    perps = Perps(Ladder())
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.market(ALICE, BUY, "10")
    perps.mark("50")
    house, insured = perps.desk.exchange_holds
    assert house[MARKET].quantity == 0
    assert MARKET not in insured
    assert perps.wallet(ALICE).balance > 9799


def test_in_cross_margin_all_positions_that_share_the_wallet_go_together_and_nothing_is_left() -> None:
    perps = Perps(Ladder())
    other = instrument("ETH-USDT", "0.01", "0.01")
    stall = perps.add(other, 300_000, Ladder())
    perps.desk.set_leverage(ALICE, "LTC-USDT", BOTH, 20, perps.now_ms)
    perps.desk.set_leverage(ALICE, "ETH-USDT", BOTH, 20, perps.now_ms)
    perps.market(ALICE, BUY, "900")
    perps.market(ALICE, SELL, "1", symbol="ETH-USDT")
    resting = perps.limit(ALICE, BUY, "10", "90")
    perps.mark("88.95")
    assert not perps.has_position(ALICE)
    assert perps.balance(ALICE) == "0"
    assert resting.status is PerpStatus.CANCELLED
    assert {order.market for order in forced(perps, ALICE)} == {MARKET, stall.market.id}


def test_an_isolated_position_is_liquidated_by_itself() -> None:
    perps = Perps(Ladder(), is_hedging=True)
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.market(ALICE, BUY, "10", position_side=LONG)
    perps.market(ALICE, SELL, "10", position_side=SHORT)
    perps.mark("80")
    assert [it.is_long for it in perps.desk.records.positions(ALICE)] == [False]


def test_a_stop_comes_before_the_liquidation() -> None:
    perps = Perps(Ladder())
    perps.desk.set_margin_type(ALICE, "LTC-USDT", is_isolated=True)
    perps.market(ALICE, BUY, "10")
    stop = perps.place(ALICE, SELL, PerpType.STOP_MARKET, "10", stop=Decimal(95))
    perps.move("79")
    assert stop.status is PerpStatus.FILLED
    assert forced(perps, ALICE) == []
    cleared = [it.amount for it in perps.desk.records.of(ALICE).incomes if it.kind == "INSURANCE_CLEAR"]
    assert len(cleared) == 1, "it was gapped through, further than the margin went"


def test_the_neediest_goes_first() -> None:
    """One leap of the mark liquidates both: the insurance is there for the first alone."""
    perps = Perps(Ladder())
    for uid, leverage in ((ALICE, 5), (BOB, 10)):
        perps.desk.set_margin_type(uid, "LTC-USDT", is_isolated=True)
        perps.desk.set_leverage(uid, "LTC-USDT", BOTH, leverage, perps.now_ms)
        perps.market(uid, BUY, "10")
    perps.mark("80")
    ids = {uid: forced(perps, uid)[0].id for uid in (ALICE, BOB)}
    assert ids[BOB] < ids[ALICE]


def test_a_market_that_ends_closes_positions_at_the_mark() -> None:
    perps = Perps()
    perps.trade(ALICE, BOB, "10", "100")
    perps.mark("101")
    perps.floor.apply(Delist(MARKET), perps.now_ms)
    assert not perps.has_position(ALICE)
    assert (perps.balance(ALICE), perps.balance(BOB)) == ("10009.5", "9989.8")
