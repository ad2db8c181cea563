"""Leverage, margin type and mode of positions, as they are and as they are chosen; maintenance tiers."""

from decimal import Decimal

from bingx_fake.books.money import minus
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_market.facts import Rows
from bingx_fake.groups.swap_trade.facts import Leverages, MarginType, Mode, TierRow, fixed
from bingx_fake.groups.swap_trade.past_facts import MarginSet
from bingx_fake.groups.swap_trade.refusals import refuse
from bingx_fake.perpetuals.orders import PositionSide
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.perpetuals.tiers import MOST_LEVERAGE, TIERS, most_value
from bingx_fake.venue.venue import Market


def leverage(books: Books, call: Call) -> Leverages:
    """The leverage of a pair, and what may be opened with it."""
    return _leverages(books, call, _market(books, call))


def set_leverage(books: Books, call: Call) -> Leverages:
    """Set the leverage of a pair, of one side in hedge mode."""
    side = PositionSide(call.parameters.required_text("side"))
    wanted = int(call.parameters.required_text("leverage"))
    symbol = call.parameters.required_text("symbol")
    try:
        books.swap.set_leverage(call.caller.uid, symbol, side, wanted, call.now_ms)
    except Declined as why:
        refuse(why, call.answers)
    return _leverages(books, call, _market(books, call), side)


def margin_type(books: Books, call: Call) -> MarginType:
    """Whether positions of a pair share the wallet."""
    market = _market(books, call)
    choice = books.swap.records.of(call.caller.uid).choice(market.id)
    return MarginType(market.instrument.symbol, choice.margin_type)


def set_margin_type(books: Books, call: Call) -> MarginType:
    """Choose it."""
    wanted, symbol = call.parameters.required_text("marginType"), call.parameters.required_text("symbol")
    is_isolated, is_separate = wanted != "CROSSED", wanted == "SEPARATE_ISOLATED"
    try:
        books.swap.set_margin_type(call.caller.uid, symbol, is_isolated=is_isolated, is_separate=is_separate)
    except Declined as why:
        refuse(why, call.answers)
    return MarginType(symbol, wanted)


def change_margin(books: Books, call: Call) -> MarginSet:
    """Add to an isolated position's margin, or take from it; positionId wins over positionSide (R, D)."""
    parameters, uid = call.parameters, call.caller.uid
    symbol, amount = parameters.required_text("symbol"), parameters.amount("amount")
    action, position_id = parameters.counted("type"), parameters.text("positionId")
    side = parameters.text("positionSide")
    wanted = None if side in (None, "BOTH") else PositionSide(side)
    try:
        if position_id is not None:
            wanted = _side_of(books, uid, int(position_id))
        signed = amount if action == 1 else minus(amount)
        books.swap.change_margin(uid, symbol, wanted, signed, call.now_ms)
    except Declined as why:
        refuse(why, call.answers)
    return MarginSet(symbol, amount, action)


def _side_of(books: Books, uid: int, position_id: int) -> PositionSide:
    """Which side the position of an id is on."""
    for position in books.swap.records.positions(uid):
        if position.id == position_id:
            return PositionSide.LONG if position.is_long else PositionSide.SHORT
    raise Declined(Reason.NO_SUCH_POSITION, position_id=position_id)


def position_mode(books: Books, call: Call) -> Mode:
    """Whether the account is in hedge mode."""
    return Mode(books.swap.records.of(call.caller.uid).is_hedging)


def set_position_mode(books: Books, call: Call) -> Mode:
    """Choose it."""
    is_hedging = call.parameters.truth("dualSidePosition") or False
    try:
        for desk in books.perps:  # it is the account's (ours, A240)
            desk.check_mode(call.caller.uid, is_hedging=is_hedging)
    except Declined as why:
        refuse(why, call.answers)
    for desk in books.perps:
        desk.set_mode(call.caller.uid, is_hedging=is_hedging)
    return Mode(is_hedging)


def tiers(books: Books, call: Call) -> Rows:
    """What positions of a pair need so as not to be liquidated, by their value (ours, A156)."""
    instrument = _market(books, call).instrument
    return Rows([TierRow.of(tier, instrument) for tier in TIERS])


def _market(books: Books, call: Call) -> Market:
    try:
        return books.swap.market(call.parameters.required_text("symbol"))
    except Declined as why:
        refuse(why, call.answers)


def _leverages(books: Books, call: Call, market: Market, side: PositionSide = PositionSide.BOTH) -> Leverages:
    instrument, uid = market.instrument, call.caller.uid
    choice = books.swap.records.of(uid).choice(market.id)
    available = books.swap.margins.wallet(uid, instrument.coin).available
    price = instrument.price(market.last)
    values, most = {}, {}
    for is_long in (True, False):
        factor = choice.leverage(is_long=is_long)
        most[is_long] = most_value(factor, instrument)
        values[is_long] = min(available * factor, most[is_long])
    is_long = side is not PositionSide.SHORT
    coins = {side: fixed(_coins(value, price), instrument.quantity_places) for side, value in values.items()}
    return Leverages(
        symbol=instrument.symbol,
        leverage=choice.leverage(is_long=is_long),
        long_leverage=choice.long_leverage,
        short_leverage=choice.short_leverage,
        max_long_leverage=MOST_LEVERAGE,
        max_short_leverage=MOST_LEVERAGE,
        available_long_vol=coins[True],
        available_short_vol=coins[False],
        available_long_val=fixed(values[True], 1),
        available_short_val=fixed(values[False], 1),
        max_position_long_val=fixed(most[True], 1),
        max_position_short_val=fixed(most[False], 1),
        available_vol=coins[is_long],
        max_vol=fixed(_coins(most[is_long], price), instrument.quantity_places),
    )


def _coins(value: Decimal, price: Decimal) -> Decimal:
    return value / price
