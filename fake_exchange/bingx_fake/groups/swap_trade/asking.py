"""Which market, order and amount a call about perpetuals is about."""

import json
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn

from bingx_fake.gateway.parameters import Parameters
from bingx_fake.gateway.refusal import BAD_PARAMETER, Refusal, shown
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.swap_trade.refusals import refuse, said
from bingx_fake.perpetuals.orders import Attached, NewPerpOrder, PerpType, PositionSide, WorkingType
from bingx_fake.perpetuals.reasons import Declined
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side

_TIMES = {it.value: it for it in TimeInForce} | {"POC": TimeInForce.POST_ONLY}
_CARRIED = {
    "takeProfit": (PerpType.TAKE_PROFIT, PerpType.TAKE_PROFIT_MARKET),
    "stopLoss": (PerpType.STOP, PerpType.STOP_MARKET),
}
WEEK_MS = 7 * 86_400_000


class Named(NamedTuple):
    """An order by its id or, where that is 0, by its client id."""

    order_id: int
    client_id: str


def named(call: Call, id_name: str = "orderId", client_id_name: str = "clientOrderId") -> Named:
    """How an order is named by two parameters, of which the id wins. Client ids are in lower case (R, D)."""
    return named_by(call.parameters, id_name, client_id_name)


def named_by(parameters: Parameters, id_name: str, client_id_name: str) -> Named:
    """The same of parameters that are not a call's own."""
    order_id = parameters.text(id_name)
    if order_id is not None:
        return Named(int(order_id), "")
    return Named(0, (parameters.text(client_id_name) or "").lower())


def market_of(books: Books, call: Call) -> MarketId | None:
    """The market that was asked for; None for all.

    :raises Refusal: where there is none of this symbol.
    """
    symbol = call.parameters.text("symbol")
    if symbol is None:
        return None
    try:
        return books.swap.market(symbol).id
    except Declined as why:
        refuse(why, call.answers)


def new_order(parameters: Parameters, call: Call, usual_side: PositionSide | None = None) -> NewPerpOrder:
    """The order that parameters ask for.

    :param usual_side: the position that it is about where it does not say; None where it should (V54).
    :raises Refusal: where it is of a kind that is not built, or not taken under the profile.
    """
    kind = parameters.required_text("type")
    if parameters.text("stopGuaranteed") in ("true", "cutfee"):
        _refuse_guarantee(kind, parameters, call)
    quantity, amount = parameters.number("quantity"), parameters.number("quoteOrderQty")
    if not quantity and amount is not None and call.answers["V53"] == "refused":
        raise said("quote-amount", call.answers)
    rate = parameters.number("priceRate")
    if PerpType(kind).trails:
        _check_rate(rate, parameters, call)
    return NewPerpOrder(
        symbol=parameters.required_text("symbol"),
        side=Side[parameters.required_text("side")],
        type=PerpType(kind),
        position_side=_position_side(parameters, call, usual_side),
        quantity=quantity,
        amount=amount,
        price=parameters.number("price"),
        stop=parameters.number("stopPrice"),
        rate=rate,
        activation=parameters.number("activationPrice"),
        time_in_force=_TIMES[parameters.text("timeInForce") or "GTC"],
        working=working_type(parameters.text("workingType"), call),
        reduce_only=parameters.truth("reduceOnly") or False,
        close_position=parameters.truth("closePosition") or False,
        client_id=(parameters.text("clientOrderId") or "").lower(),
        position_id=int(parameters.text("positionId") or 0),
        take_profit=_carried(parameters, "takeProfit", call),
        stop_loss=_carried(parameters, "stopLoss", call),
    )


def _position_side(parameters: Parameters, call: Call, usual: PositionSide | None) -> PositionSide | None:
    """The position that an order is about; where it does not say, the long one (V54)."""
    text = parameters.text("positionSide")
    if text is not None:
        return PositionSide(text)
    if usual is None and call.answers["V54"] == "refused":
        raise said("position-side-missing", call.answers)
    return usual


def _refuse_guarantee(kind: str, parameters: Parameters, call: Call) -> NoReturn:
    """Refuse a stop that is to fill at its very price: no market here offers it (ours, A187)."""
    if parameters.text("workingType") != "CONTRACT_PRICE":
        raise said("guarantee-of-mark", call.answers)
    raise said("no-guarantee", call.answers, symbol=parameters.required_text("symbol"), type=kind)


def _check_rate(rate: Decimal | None, parameters: Parameters, call: Call) -> None:
    """The rate of an order that trails, which is needed, or may be, and has its bounds (V58)."""
    form = call.answers["V58"]
    if not rate and (form == "rate" or not parameters.number("price")):
        raise said("rate-missing" if form == "rate" else "distance-missing", call.answers)
    most = Decimal("0.9") if form == "bounded" else Decimal(1)
    if rate and rate > most:
        raise said("rate-too-large", call.answers, rate=rate, most=most)


def working_type(text: str | None, call: Call) -> WorkingType:
    """Which price an order waits for: the mark price where it does not say (V57)."""
    working = WorkingType(text or "MARK_PRICE")
    if working is WorkingType.INDEX_PRICE and call.answers["V57"] == "removed":
        raise said("no-index-price", call.answers)
    return working


def _carried(parameters: Parameters, name: str, call: Call) -> Attached | None:
    """A take-profit or stop-loss that an order carries."""
    text = parameters.text(name)
    if not text:
        return None
    try:
        sent = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        raise Refusal(BAD_PARAMETER, f"{name} is not JSON: {shown(text)}", parameter=name) from None
    kinds = {kind.value: kind for kind in _CARRIED[name]}
    kind = sent.get("type")
    if kind not in kinds:
        raise Refusal(
            BAD_PARAMETER,
            f"type in {name} must be {' or '.join(kinds)}, not {shown(str(kind))}",
            parameter=name,
        )
    working = sent.get("workingType") or "MARK_PRICE"
    if working not in WorkingType.__members__:
        raise Refusal(
            BAD_PARAMETER, f"workingType in {name} must be MARK_PRICE or CONTRACT_PRICE", parameter=name
        )
    return Attached(
        type=kinds[kind],
        stop=_number(sent, name, "stopPrice") or Decimal(0),
        price=_number(sent, name, "price"),
        quantity=_number(sent, name, "quantity"),
        working=working_type(working, call),
    )


def _number(sent: dict[str, Any], name: str, key: str) -> Decimal | None:
    value = sent.get(key)
    if value is None or value == "":
        return None
    try:
        number = Decimal(value) if isinstance(value, str | Decimal) else None
    except ArithmeticError:
        number = None
    if number is None or not number.is_finite() or not Decimal(0) <= number < Decimal(10) ** 30:
        raise Refusal(BAD_PARAMETER, f"{key} in {name} is no price or quantity", parameter=name)
    return number


def cuts(call: Call) -> bool:
    """Whether decimals that are too many are cut (V40)."""
    return call.answers["V40"] == "cut"


def period(
    call: Call, start_name: str = "startTime", end_name: str = "endTime"
) -> tuple[int | None, int | None]:
    """The period that was asked for, which is at most seven days where both ends are given.

    :raises Refusal: where it is longer.
    """
    start_ms, end_ms = call.parameters.integer(start_name), call.parameters.integer(end_name)
    if start_ms is not None and end_ms is not None and end_ms - start_ms > WEEK_MS:
        raise said("range-too-long", call.answers)
    return start_ms, end_ms
