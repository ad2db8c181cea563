"""What an order for perpetuals must say, checked before anything is sent, and what people are shown of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bingx_client.errors import ParameterError
from bingx_client.wire.parameters import check_value
from bingx_client.wire.signing import Value
from bingx_contracts import ENDPOINTS, RULES

Amount = Decimal | int | str
Id = str | int

_RULES = {it.name: it.rule for it in ENDPOINTS["swap_trade.place_order"].parameters}
_NEEDS: Mapping[str, tuple[str, ...]] = {
    "LIMIT": ("price",),
    "STOP": ("stopPrice", "price"),
    "TAKE_PROFIT": ("stopPrice", "price"),
    "TRIGGER_LIMIT": ("stopPrice", "price"),
    "STOP_MARKET": ("stopPrice",),
    "TAKE_PROFIT_MARKET": ("stopPrice",),
    "TRIGGER_MARKET": ("stopPrice",),
}
"""What an order of each type needs besides a quantity (D)."""

_TRAILING = ("TRAILING_STOP_MARKET", "TRAILING_TP_SL")
_ABOVE_ZERO = ("price", "stopPrice", "priceRate", "activationPrice", "quantity", "quoteOrderQty")


@dataclass(frozen=True, slots=True)
class Exit:
    """A take-profit or stop-loss that an order carries, placed for its position once there is one.

    :param stop_price: what triggers it; Decimal, int or str.
    :param price: its limit; closes at the market where absent.
    :param working_type: MARK_PRICE or CONTRACT_PRICE: which price it waits for.
    """

    stop_price: Amount
    price: Amount | None = None
    working_type: str | None = None

    def spelt(self, type: str) -> str:  # noqa: A002  # the documented name
        """As JSON text, in which prices are numbers with every digit kept.

        :param type: TAKE_PROFIT or STOP, which becomes one of the market where there is no price.
        """
        kind = type if self.price is not None else f"{type}_MARKET"
        parts = [f'"type":"{kind}"', f'"stopPrice":{_positive("stopPrice", self.stop_price)}']
        if self.price is not None:
            parts.append(f'"price":{_positive("price", self.price)}')
        if self.working_type is not None:
            named = check_value(RULES["workingType"], "workingType", self.working_type)
            parts.append(f'"workingType":"{named}"')
        return f"{{{','.join(parts)}}}"


def given_order(
    symbol: str,
    side: str,
    type: str,  # noqa: A002  # the documented name
    *,
    position_side: str,
    quantity: Amount | None,
    price: Amount | None,
    stop_price: Amount | None,
    price_rate: Amount | None,
    activation_price: Amount | None,
    time_in_force: str | None,
    working_type: str | None,
    reduce_only: bool | None,
    close_position: bool | None,
    take_profit: Exit | None,
    stop_loss: Exit | None,
    position_id: Id | None,
    client_order_id: str | None,
) -> dict[str, Value]:
    """The parameters of an order by their wire names, checked."""
    if client_order_id == "":
        raise ParameterError(f"client_order_id must be {RULES['clientOrderId'].says}, not ''")
    return checked_order(
        {
            "symbol": symbol,
            "side": side,
            "type": type,
            "positionSide": position_side,
            "positionId": position_id,
            "quantity": quantity,
            "price": price,
            "stopPrice": stop_price,
            "priceRate": price_rate,
            "activationPrice": activation_price,
            "timeInForce": time_in_force,
            "clientOrderId": client_order_id,
            "workingType": working_type,
            "closePosition": close_position,
            "reduceOnly": reduce_only,
            "takeProfit": take_profit.spelt("TAKE_PROFIT") if take_profit else None,
            "stopLoss": stop_loss.spelt("STOP") if stop_loss else None,
        }
    )


def checked_order(order: Mapping[str, object]) -> dict[str, Value]:
    """An order's parameters by their wire names, with what its type needs; empty ones are none.

    :raises ParameterError: saying what is missing or wrong.
    """
    checked: dict[str, Value] = {}
    for name, value in order.items():
        if name not in _RULES:
            raise ParameterError(f"{name!r} is no parameter of an order; there are {', '.join(_RULES)}")
        if value is not None and value != "":
            checked[name] = (
                _positive(name, value)
                if name in _ABOVE_ZERO
                else check_value(RULES[_RULES[name]], name, value)
            )
    kind = checked.get("type")
    needs = _NEEDS.get(kind, ()) if isinstance(kind, str) else ()
    for needed in ("symbol", "side", "type", *needs):
        if needed not in checked:
            raise ParameterError(
                f"an order of type {kind} needs {needed}" if kind else f"an order needs {needed}"
            )
    if kind in _TRAILING and not {"price", "priceRate"} & checked.keys():
        raise ParameterError(f"an order of type {kind} needs price, which is its distance, or priceRate")
    if not {"quantity", "quoteOrderQty"} & checked.keys() and checked.get("closePosition") != "true":
        raise ParameterError("an order needs quantity, unless it closes the position (closePosition)")
    return checked


def in_json(order: Mapping[str, Value]) -> dict[str, object]:
    """An order within JSON: decimals are numbers there (D, ccxt)."""
    decimals = {name for name, rule in _RULES.items() if RULES[rule].kind == "decimal"}
    return {name: Decimal(value) if name in decimals else value for name, value in order.items()}


def order_words(order: Mapping[str, object]) -> str:
    """Such as ``BUY 0.1 BTC-USDT, LIMIT at 60000``.

    :param order: what is sent; names that are none of an order's are passed over.
    """
    it = checked_order({name: value for name, value in order.items() if name in _RULES})
    words = f"{it['side']} {_how_much(it)}{_whose(it)}, {it['type']}"
    if "price" in it and "price" in _NEEDS.get(str(it["type"]), ()):
        words += f" at {it['price']}"
    if "stopPrice" in it and it["type"] not in ("MARKET", "LIMIT"):
        source = f" by {it['workingType']}" if "workingType" in it else ""
        words += f", triggered at {it['stopPrice']}{source}"
    if it["type"] in _TRAILING:
        rate, distance = it.get("priceRate"), it.get("price")
        words += f", trailing at a rate of {rate}" if rate else f", trailing at a distance of {distance}"
        words += f" from {it['activationPrice']}" if "activationPrice" in it else ""
    if it.get("timeInForce", "GTC") != "GTC":
        words += f", {it['timeInForce']}"
    if it.get("reduceOnly") == "true":
        words += ", only to reduce"
    for name, said in (("takeProfit", "take profit"), ("stopLoss", "stop loss")):
        if name in it:
            words += f", {said} at {_exit(name, it[name])}"
    return words


def _how_much(it: Mapping[str, Value]) -> str:
    if it.get("closePosition") == "true":
        return f"all of the position in {it['symbol']}"
    if "quantity" in it:
        return f"{it['quantity']} {it['symbol']}"
    return f"{it['symbol']} for {it['quoteOrderQty']} {str(it['symbol']).rpartition('-')[2]}"


def _whose(it: Mapping[str, Value]) -> str:
    """The position that it is about, in hedge mode: its side, and which one where there may be several."""
    side = it.get("positionSide", "BOTH")
    words = [str(side)] if side != "BOTH" else []
    words += [f"position {it['positionId']}"] if "positionId" in it else []
    return f" ({', '.join(words)})" if words else ""


def _exit(name: str, value: Value) -> str:
    """What triggers a take-profit or stop-loss."""
    try:
        sent: Any = json.loads(str(value), parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise ParameterError(f"{name} is no JSON: {str(value)[:80]!r}") from None
    if not sent.get("stopPrice"):
        raise ParameterError(f"{name} needs stopPrice")
    limit = f" with the limit {sent['price']}" if sent.get("price") else ""
    return f"{sent['stopPrice']}{limit}"


def _positive(name: str, value: object) -> Value:
    return check_value(RULES["amount"], name, value)
