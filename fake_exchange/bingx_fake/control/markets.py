"""The control API's calls about markets. Each checks its input whole before it changes anything."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from bingx_fake.books.money import plain, read_amount
from bingx_fake.control.calls import ControlCall, ControlError, only, the_object
from bingx_fake.exchange import Exchange
from bingx_fake.market.floor import Stall
from bingx_fake.market.sources import Constant, Steps, Walk
from bingx_fake.venue.commands import Command, Delist, Halt, Refused, Resume, SetMark
from bingx_fake.venue.order_book import Side


def get_markets(exchange: Exchange, call: ControlCall) -> Any:
    """Every market."""
    return [_described(exchange, stall) for stall in exchange.books.floor.stalls.values()]


def get_market(exchange: Exchange, call: ControlCall) -> Any:
    """One market."""
    return _described(exchange, _stall(exchange, call))


def move_market(exchange: Exchange, call: ControlCall) -> Any:
    """``{"price": …}``: move the price; users' orders at it or through it fill."""
    stall = _stall(exchange, call)
    body = the_object(call.body)
    only(body, "price")
    ticks = _ticks(stall, body.get("price"))
    _carry_out(lambda: exchange.books.floor.move(stall.market.id, ticks, exchange.clock.now_ms()))
    return _described(exchange, stall)


def mark_market(exchange: Exchange, call: ControlCall) -> Any:
    """``{"price": …}``: set the mark; null lets it follow the last price again."""
    stall = _stall(exchange, call)
    body = the_object(call.body)
    only(body, "price")
    if "price" not in body:
        raise ControlError("price: give the mark, or null to let it follow the last price again")
    mark = None if body["price"] is None else _ticks(stall, body["price"])
    return _apply(exchange, stall, SetMark(stall.market.id, mark))


def trade_market(exchange: Exchange, call: ControlCall) -> Any:
    """``{"side": "BUY", "quantity": …}``: let somebody trade at the best prices there are."""
    stall = _stall(exchange, call)
    body = the_object(call.body)
    only(body, "side", "quantity")
    if body.get("side") not in ("BUY", "SELL"):
        raise ControlError(f"side: {body.get('side')!r} is neither BUY nor SELL")
    instrument = stall.market.instrument
    quantity = _number("quantity", body.get("quantity"))
    steps = instrument.steps(quantity)
    if steps < 1 or instrument.quantity(steps) != quantity:
        raise ControlError(f"quantity: {plain(quantity)} is not whole steps of {plain(instrument.step)}")
    side, now_ms = Side(body["side"]), exchange.clock.now_ms()
    _carry_out(lambda: exchange.books.floor.trade(stall.market.id, side, steps, now_ms))
    return _described(exchange, stall)


def change_status(exchange: Exchange, call: ControlCall) -> Any:
    """``halt``, ``resume`` or ``delist``; needs no body."""
    stall = _stall(exchange, call)
    only({} if call.body is None else the_object(call.body))
    return _apply(exchange, stall, _CHANGES[call.path["change"]](stall.market.id))


def _apply(exchange: Exchange, stall: Stall, command: Command) -> Any:
    _carry_out(lambda: exchange.books.floor.apply(command, exchange.clock.now_ms()))
    return _described(exchange, stall)


def _carry_out(act: Callable[[], object]) -> None:
    """Do something on the floor; what it refuses is bad input."""
    try:
        act()
    except Refused as error:
        raise ControlError(str(error)) from None


def _stall(exchange: Exchange, call: ControlCall) -> Stall:
    product, symbol = call.path["product"], call.path["symbol"]
    for stall in exchange.books.floor.stalls.values():
        if stall.market.id == (product, symbol):
            return stall
    raise ControlError(f"there is no market {product} {symbol}", 404)


def _described(exchange: Exchange, stall: Stall) -> Mapping[str, Any]:
    """A market in the state file's words."""
    market, instrument, listing = stall.market, stall.market.instrument, stall.listing
    bids, asks = exchange.books.floor.levels(market.id, exchange.clock.now_ms())
    return {
        "product": instrument.product,
        "symbol": instrument.symbol,
        "tick": plain(instrument.tick),
        "step": plain(instrument.step),
        "min_notional": plain(instrument.min_notional),
        "max_notional": plain(instrument.max_notional),
        "status": market.status.value,
        "source": _KINDS[type(listing.source)],
        "last": plain(instrument.price(market.last)),
        "mark": plain(instrument.price(market.mark_or_last)),
        "best_bid": plain(instrument.price(bids[0][0])) if bids else None,
        "best_ask": plain(instrument.price(asks[0][0])) if asks else None,
    }


_CHANGES: Mapping[str, type[Halt] | type[Resume] | type[Delist]] = {
    "halt": Halt,
    "resume": Resume,
    "delist": Delist,
}
_KINDS = {Constant: "constant", Walk: "walk", Steps: "steps"}


def _ticks(stall: Stall, value: Any) -> int:
    instrument = stall.market.instrument
    price = _number("price", value)
    ticks = instrument.ticks(price)
    if ticks < 2 or instrument.price(ticks) != price:
        raise ControlError(
            f"price: {plain(price)} is not two or more whole ticks of {plain(instrument.tick)}"
        )
    return ticks


def _number(name: str, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ControlError(f"{name}: must be a plain decimal as text, or a whole number, not {value!r}")
    try:
        return read_amount(str(value))
    except ValueError as error:
        raise ControlError(f"{name}: {error}") from None
