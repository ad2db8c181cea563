"""The control API's calls about markets. Each checks its input whole before it changes anything."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, get_args

from bingx_fake.books.money import plain, read_amount
from bingx_fake.control.calls import ControlCall, ControlError, bad_input, only, the_object
from bingx_fake.exchange import Exchange
from bingx_fake.market.stall import Stall
from bingx_fake.state.markets import shown
from bingx_fake.venue.commands import Delist, Halt, MarketId, Refused, Resume
from bingx_fake.venue.instruments import Product
from bingx_fake.venue.order_book import Side


def get_markets(exchange: Exchange, call: ControlCall) -> Any:
    """Every market."""
    return [described(exchange, stall) for stall in exchange.books.floor.stalls.values()]


def get_market(exchange: Exchange, call: ControlCall) -> Any:
    """One market."""
    return described(exchange, the_stall(exchange, call))


def put_market(exchange: Exchange, call: ControlCall) -> Any:
    """Any fields of a market's form; the others stay. A market that is not there is opened."""
    body = the_object(call.body)
    market = _name(call)
    if market not in exchange.books.floor.stalls and not {"tick", "step"} <= body.keys():
        raise ControlError(
            f"there is no market {' '.join(market)}; one that is to be opened needs tick and step", 404
        )
    _change(exchange, call, body)
    return get_market(exchange, call)


def move_market(exchange: Exchange, call: ControlCall) -> Any:
    """``{"price": …}``: move the price; users' orders at it or through it fill."""
    stall = the_stall(exchange, call)
    body = the_object(call.body)
    only(body, "price")
    ticks = _ticks(stall, body.get("price"))
    _carry_out(lambda: exchange.books.floor.move(stall.market.id, ticks, exchange.clock.now_ms()))
    return described(exchange, stall)


def mark_market(exchange: Exchange, call: ControlCall) -> Any:
    """``{"price": …}``: set the mark; null lets it follow the price again."""
    stall = the_stall(exchange, call)
    body = the_object(call.body)
    only(body, "price")
    if "price" not in body:
        raise ControlError("price: give the mark, or null to let it follow the price again")
    if body["price"] is not None:
        _ticks(stall, body["price"])
    _change(exchange, call, {"mark": body["price"]})
    return described(exchange, stall)


def fund_market(exchange: Exchange, call: ControlCall) -> Any:
    """``{"rate": …}``: set the rate of funding; null has it worked out again."""
    stall = the_stall(exchange, call)
    body = the_object(call.body)
    only(body, "rate")
    if "rate" not in body:
        raise ControlError("rate: give the rate, such as 0.0001, or null to have it worked out again")
    _change(exchange, call, {"funding": body["rate"]})
    return described(exchange, stall)


def settle_funding(exchange: Exchange, call: ControlCall) -> Any:
    """Settle funding of a perpetual now, besides the times at which it is due; needs no body."""
    stall = the_stall(exchange, call)
    only({} if call.body is None else the_object(call.body))
    if stall.market.instrument.product == "spot":
        raise ControlError(f"{stall.market.instrument.symbol} is no perpetual: nobody pays funding")
    exchange.books.perps_of(stall.market.id).settle_funding(stall.market.id, exchange.clock.now_ms())
    return described(exchange, stall)


def trade_market(exchange: Exchange, call: ControlCall) -> Any:
    """``{"side": "BUY", "quantity": …}``: let somebody trade at the best prices there are."""
    stall = the_stall(exchange, call)
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
    return described(exchange, stall)


def change_status(exchange: Exchange, call: ControlCall) -> Any:
    """``halt``, ``resume`` or ``delist``; needs no body."""
    stall = the_stall(exchange, call)
    only({} if call.body is None else the_object(call.body))
    command = _CHANGES[call.path["change"]](stall.market.id)
    _carry_out(lambda: exchange.books.floor.apply(command, exchange.clock.now_ms()))
    return described(exchange, stall)


def _change(exchange: Exchange, call: ControlCall, fields: Mapping[str, Any]) -> None:
    floor, now_ms = exchange.books.floor, exchange.clock.now_ms()
    with bad_input():
        try:
            exchange.markets.change(floor, _name(call), fields, now_ms)
        except Refused as error:
            raise ControlError(str(error)) from None


def _carry_out(act: Callable[[], object]) -> None:
    """Do something on the floor; what it refuses is bad input."""
    try:
        act()
    except Refused as error:
        raise ControlError(str(error)) from None


def the_stall(exchange: Exchange, call: ControlCall) -> Stall:
    """The market that a call's path names."""
    market = _name(call)
    stall = exchange.books.floor.stalls.get(market)
    if stall is None:
        raise ControlError(f"there is no market {' '.join(market)}", 404)
    return stall


def _name(call: ControlCall) -> MarketId:
    product, symbol = call.path["product"], call.path["symbol"]
    if product not in _PRODUCTS:
        raise ControlError(f"product: {product!r} is none of {', '.join(_PRODUCTS)}", 404)
    return _PRODUCTS[product], symbol


def described(exchange: Exchange, stall: Stall) -> Mapping[str, Any]:
    """A market in the state file's words; ``held`` names the prices that somebody has set."""
    market, instrument = stall.market, stall.market.instrument
    stall.house.lay(exchange.clock.now_ms())
    set_by_hand = {"mark": market.mark, "index": market.index, "funding": stall.funding}
    return {
        "product": instrument.product,
        "symbol": instrument.symbol,
        "tick": plain(instrument.tick),
        "step": plain(instrument.step),
        **({} if instrument.contract is None else {"contract": plain(instrument.contract)}),
        "min_notional": plain(instrument.min_notional),
        "max_notional": plain(instrument.max_notional),
        "status": market.status.value,
        **shown(stall.listing),
        "last": plain(instrument.price(market.last)),
        "mark": plain(instrument.price(market.mark_price)),
        "index": plain(instrument.price(market.index_price)),
        "funding": None if stall.funding is None else plain(stall.funding),
        "held": [name for name, value in set_by_hand.items() if value is not None],
        "best_bid": _price(stall, market.book.best(Side.BUY)),
        "best_ask": _price(stall, market.book.best(Side.SELL)),
    }


def _price(stall: Stall, ticks: int | None) -> str | None:
    return None if ticks is None else plain(stall.market.instrument.price(ticks))


_CHANGES: Mapping[str, type[Halt] | type[Resume] | type[Delist]] = {
    "halt": Halt,
    "resume": Resume,
    "delist": Delist,
}
_PRODUCTS: Mapping[str, Product] = {product: product for product in get_args(Product)}


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
