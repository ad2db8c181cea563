"""Leverage, margin type and margin of coin-margined positions."""

from bingx_fake.books.money import minus
from bingx_fake.groups.call import Books, Call, Done
from bingx_fake.groups.coinm_trade.asking import refused
from bingx_fake.groups.coinm_trade.facts import CoinLeverages, CoinMarginType
from bingx_fake.groups.swap_trade.facts import MarginType
from bingx_fake.perpetuals.orders import PositionSide
from bingx_fake.perpetuals.reasons import Declined
from bingx_fake.venue.venue import Market


def leverage(books: Books, call: Call) -> CoinLeverages:
    """The leverage of both sides of a pair, and how many contracts more may be opened (A236)."""
    market, user = _market(books, call), books.coinm.records.of(call.caller.uid)
    choice = user.choice(market.id)
    positions = {is_long: user.positions.get((market.id, is_long)) for is_long in (True, False)}
    return CoinLeverages.of(
        market,
        {True: choice.long_leverage, False: choice.short_leverage},
        {side: 0 if position is None else position.quantity for side, position in positions.items()},
    )


def set_leverage(books: Books, call: Call) -> CoinLeverages:
    """Set the leverage of one side of a pair."""
    parameters = call.parameters
    side, wanted = PositionSide(parameters.required_text("side")), parameters.required_text("leverage")
    symbol = parameters.required_text("symbol")
    try:
        books.coinm.set_leverage(call.caller.uid, symbol, side, int(wanted), call.now_ms)
    except Declined as why:
        refused(why, call)
    return leverage(books, call)


def margin_type(books: Books, call: Call) -> CoinMarginType:
    """Whether positions of a pair share the wallet."""
    market = _market(books, call)
    choice = books.coinm.records.of(call.caller.uid).choice(market.id)
    return CoinMarginType(MarginType(market.instrument.symbol, choice.margin_type))


def set_margin_type(books: Books, call: Call) -> CoinMarginType:
    """Choose it."""
    is_isolated = call.parameters.required_text("marginType") == "ISOLATED"
    symbol = call.parameters.required_text("symbol")
    try:
        books.coinm.set_margin_type(call.caller.uid, symbol, is_isolated=is_isolated)
    except Declined as why:
        refused(why, call)
    return CoinMarginType(MarginType(symbol, "ISOLATED" if is_isolated else "CROSSED"))


def change_margin(books: Books, call: Call) -> Done:
    """Add coins to an isolated position's margin, or take some from it."""
    parameters = call.parameters
    symbol, amount = parameters.required_text("symbol"), parameters.amount("amount")
    side = PositionSide(parameters.required_text("positionSide"))
    signed = minus(amount) if parameters.required_text("type") == "2" else amount
    try:
        books.coinm.change_margin(call.caller.uid, symbol, side, signed, call.now_ms)
    except Declined as why:
        refused(why, call)
    return Done()


def _market(books: Books, call: Call) -> Market:
    try:
        return books.coinm.market(call.parameters.required_text("symbol"))
    except Declined as why:
        refused(why, call)
