"""What holds whatever users do: nothing is made or lost, and longs are what shorts are."""

from collections.abc import Iterable
from contextlib import suppress
from decimal import Decimal
from functools import reduce
from random import Random

import pytest
from perpetuals.perps import ALICE, BOB, BOTH, BUY, SELL, Perps

from bingx_fake.books.money import EXACT, ZERO, cut
from bingx_fake.market.house import Ladder
from bingx_fake.perpetuals.orders import PerpType
from bingx_fake.perpetuals.positions import share
from bingx_fake.perpetuals.reasons import Declined

CAROL = 3
USERS = (ALICE, BOB, CAROL)
SYMBOLS = ("LTC-USDT", "LTC-USD")
"""One whose money is in the quote coin, and one whose money is in the base coin."""


def equity(perps: Perps) -> Decimal:
    """Of everybody: what is in all accounts but ``clearing``, and what positions would bring at the mark."""
    mark, instrument = perps.stall.market.mark_price, perps.stall.market.instrument
    total = ZERO
    for _, account, held in perps.ledger.books():
        for balance in held.values() if account != "clearing" else ():
            total = EXACT.add(total, EXACT.add(balance.free, balance.locked))
    for uid in USERS:
        for position in perps.desk.records.positions(uid):
            total = EXACT.add(total, position.unrealised(mark))
    for nets in perps.desk.exchange_holds:
        for net in nets.values():
            total = EXACT.add(total, net.unrealised(instrument, mark))
    return total


def frozen(perps: Perps, uid: int) -> Decimal:
    """What a user's orders in the book need for what they open, in one-way mode; they close first."""
    user, instrument = perps.desk.records.of(uid), perps.stall.market.instrument
    held = {side: user.positions.get((perps.market_id, side is SELL)) for side in (BUY, SELL)}
    closable = {side: position.quantity if position else 0 for side, position in held.items()}
    total = ZERO
    for order in user.open.values():
        if order.is_waiting or order.closes:
            continue
        closed = min(closable[order.side], order.leaves)
        closable[order.side] -= closed
        value = instrument.worth(order.price, order.leaves - closed)
        total = EXACT.add(total, cut(EXACT.multiply(value, Decimal("0.0005"))))
        total = EXACT.add(total, share(value, 1, order.leverage))
    return total


def sums(perps: Perps, uid: int) -> dict[str, Decimal]:
    """What a user's positions come to in the wallet, each of them looked at."""
    held, mark = perps.desk.records.positions(uid), perps.stall.market.mark_price
    cross = [position for position in held if not position.is_isolated]
    isolated = [position for position in held if position.is_isolated]
    return {
        "shared": total(position.unrealised(mark) for position in cross),
        "apart": total(position.unrealised(mark) for position in isolated),
        "used": total(position.held_margin for position in held),
        "set_apart": total(position.margin for position in isolated),
        "kept": total(perps.desk.margins.maintenance(position) for position in cross),
    }


def total(amounts: Iterable[Decimal]) -> Decimal:
    return reduce(EXACT.add, amounts, ZERO)


def check(perps: Perps) -> None:
    """Assert what always holds."""
    perps.ledger.assert_conserved()
    steps, cost = 0, ZERO
    for uid in USERS:
        for position in perps.desk.records.positions(uid):
            sign = 1 if position.is_long else -1
            assert position.quantity > 0
            steps += sign * position.quantity
            cost = EXACT.add(cost, position.cost * (sign if position.gains is position.is_long else -sign))
        wallet = perps.wallet(uid)
        assert wallet.balance >= 0
        assert wallet.frozen == frozen(perps, uid), "what is kept up to date is the sum worked out anew"
        anew = sums(perps, uid)
        assert {name: getattr(wallet, name) for name in anew} == anew, "so it is for positions"
        for position in perps.desk.records.positions(uid):
            equity_of_scope = perps.desk.margins.scope_equity(position, wallet)
            assert equity_of_scope > perps.desk.margins.scope_maintenance(position), (
                "who is in need has lost it"
            )
        for order in perps.desk.records.of(uid).open.values():
            if order.closes and not order.is_waiting:
                position = perps.desk.records.of(uid).positions[perps.market_id, order.of_long]
                assert order.leaves <= position.quantity
    assert perps.ledger.balance(0, "insurance", perps.asset).free >= 0
    for nets in perps.desk.exchange_holds:
        steps += sum(net.quantity for net in nets.values())
        bought = sum((net.cost for net in nets.values()), ZERO)
        cost = EXACT.subtract(cost, bought) if perps.symbol == "LTC-USD" else EXACT.add(cost, bought)
    assert steps == 0, "longs are what shorts are"
    clearing = perps.ledger.balance(0, "clearing", perps.asset).free
    assert clearing == -cost, "what was realised is what all that is held has cost"
    assert equity(perps) == 3 * perps.funds, "whatever the mark"


def act(perps: Perps, draw: Random) -> None:
    """Do something that somebody may do."""
    uid = draw.choice(USERS)
    side = draw.choice((BUY, SELL))
    quantity = str(Decimal(draw.randint(1, 4000)) / 10)
    if perps.symbol == "LTC-USD":
        quantity = str(draw.randint(1, 4000))
    near = str(Decimal(perps.stall.market.last + draw.randint(-300, 300)) / 100)
    only = {"reduce_only": draw.random() < 0.3}
    far = str(Decimal(perps.stall.market.last + draw.randint(-1500, 1500)) / 100)
    match draw.randint(0, 11):
        case 0 | 1:
            perps.limit(uid, side, quantity, near, **only)
        case 2 | 3:
            perps.market(uid, side, quantity, **only)
        case 4:
            perps.move(near)
        case 5:
            perps.mark(draw.choice((near, None)))
        case 6:
            kind = draw.choice((PerpType.STOP_MARKET, PerpType.TAKE_PROFIT, PerpType.TRIGGER_MARKET))
            perps.place(uid, side, kind, quantity, stop=Decimal(near), price=Decimal(near))
        case 7:
            perps.desk.set_leverage(uid, perps.symbol, BOTH, draw.randint(1, 20), perps.now_ms)
        case 8:
            perps.desk.cancel_all(uid, None, perps.now_ms)
        case 9:
            perps.desk.close_all(uid, None, perps.now_ms)
        case 10:
            perps.mark(far)
        case 11:
            perps.stall.funding = Decimal(draw.randint(-30, 30)) / 10_000
            perps.desk.settle_funding(perps.market_id, perps.now_ms)


@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize("seed", range(12))
def test_whatever_users_do_nothing_is_made_or_lost(seed: int, symbol: str) -> None:
    draw = Random(seed)
    perps = Perps(Ladder(), symbol=symbol)
    perps.fund(CAROL)
    perps.desk.set_margin_type(CAROL, symbol, is_isolated=True)
    done = 0
    for _ in range(150):
        try:
            act(perps, draw)
            done += 1
        except Declined:
            pass
        check(perps)
    assert done > 50


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_histories_like_these_have_liquidations_and_closed_winners_in_them(symbol: str) -> None:
    forced: set[str] = set()
    for seed in range(6):
        draw, perps = Random(seed), Perps(Ladder(), symbol=symbol)
        for _ in range(150):
            with suppress(Declined):
                act(perps, draw)
        forced |= {it.forced for uid in (ALICE, BOB) for it in perps.desk.records.of(uid).orders.values()}
    assert forced == {"", "LIQUIDATION", "ADL"}


@pytest.mark.parametrize("symbol", SYMBOLS)
@pytest.mark.parametrize("seed", range(4))
def test_stops_that_trail_make_and_lose_nothing_either(seed: int, symbol: str) -> None:
    draw = Random(seed)
    perps = Perps(Ladder(), symbol=symbol)
    perps.fund(CAROL)
    followed = 0
    for _ in range(150):
        with suppress(Declined):
            if draw.random() < 0.8:
                act(perps, draw)
                continue
            kind = draw.choice((PerpType.TRAILING_STOP_MARKET, PerpType.TRAILING_TP_SL))
            rate, quantity = Decimal(draw.randint(1, 20)) / 1000, str(draw.randint(1, 100))
            perps.place(draw.choice(USERS), draw.choice((BUY, SELL)), kind, quantity, rate=rate)
        check(perps)
    for uid in USERS:
        orders = perps.desk.records.of(uid).orders.values()
        followed += sum(order.trail is not None and order.filled > 0 for order in orders)
    assert followed
