"""Why an order or a cancel was declined: which check objected, and which number would pass."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from bingx_fake.books.money import plain
from bingx_fake.explain.mistake import Mistake
from bingx_fake.gateway.refusal import Because
from bingx_fake.venue.filters import Holder


class _Words(NamedTuple):
    """What happened and what to change; braces hold the facts."""

    happened: str
    change: str


_ASK = "GET /openApi/spot/v1/trade/query tells what has become of it"
_GIVE = "POST /users/{uid}/credit of the control API or bingx_exchange.credit gives more"

WORDS: Mapping[str, _Words] = {
    "NO_SUCH_MARKET": _Words(
        "There is no spot market {symbol}.",
        "Use one that GET /openApi/spot/v1/common/symbols lists; [[markets]] in a state file makes others.",
    ),
    "NOT_TRADING": _Words(
        "{symbol} is {status}, so it takes no order.",
        "A pair that is halted trades again after POST /markets/spot/{symbol}/resume of the control API; one "
        "that is delisted does not.",
    ),
    "PRICE_NOT_POSITIVE": _Words(
        "The {name} price of the order is {price}: none, or less than one tick.",
        "A LIMIT order needs price, a conditional one stopPrice, at least one tick above zero.",
    ),
    "NOTHING_WANTED": _Words(
        "The order asks for nothing: no quantity and no quoteOrderQty, or less than one step of {least}.",
        "Give a quantity of at least one step, or a quoteOrderQty that buys one.",
    ),
    "TOO_MANY_DECIMALS": _Words(
        "The {name} {value} is not a whole number of units of {unit}.",
        "Cut it to that before sending; --vary V40=cut has the exchange do it.",
    ),
    "PRICE_TOO_HIGH": _Words(
        "The price {price} is more than {highest_ratio} times the index price {index}.",
        "A price from {lowest} to {highest} passes; the last price is {last}.",
    ),
    "PRICE_TOO_LOW": _Words(
        "The price {price} is less than {lowest_ratio} times the index price {index}.",
        "A price from {lowest} to {highest} passes; the last price is {last}.",
    ),
    "TOO_LITTLE": _Words(
        "The order is worth {value} of the quote coin; the least is {least}.",
        "At its price, a quantity of {least_quantity} passes, and {quantity} does not.",
    ),
    "TOO_MUCH": _Words(
        "The order is worth {value} of the quote coin; the most is {most}.",
        "At its price, a quantity of {most_quantity} passes, and {quantity} does not.",
    ),
    "WRONG_WAY": _Words(
        "The last price, {last}, is not between limitPrice {limit} and triggerPrice {trigger}.",
        "To buy, limitPrice is below the last price and triggerPrice above it; to sell, the other way round.",
    ),
    "CLIENT_ID_TAKEN": _Words(
        "The client id {client_id} is that of order {order_id}.",
        "Use another one: an id is free again two hours after its order has ended (A64).",
    ),
    "TOO_MANY_OPEN": _Words(
        "{most} orders are open, and no user may have more.", "Cancel some, or wait until some are filled."
    ),
    "TOO_LITTLE_FUNDS": _Words(
        "The order has to hold {needed} {asset}; of what the spot account has, {free} is free and "
        "{locked} is held{by_whom}.",
        f"Ask for less, or cancel what holds it (GET /openApi/spot/v1/trade/openOrders); {_GIVE}.",
    ),
    "NO_SUCH_ORDER": _Words(
        "The caller has no order with {which} on this pair.",
        "An order is found by its orderId, or for two hours after its end by its client id, with a key of "
        "the user whose it is.",
    ),
    "FINISHED": _Words("Order {order_id} is {status}.", f"Nothing is left to cancel; {_ASK}."),
    "OTHER_STATUS": _Words(
        "Order {order_id} is {status}, and cancelRestrictions asks for {asked}.",
        f"Leave cancelRestrictions out to cancel it in any state; {_ASK}.",
    ),
}
"""By the name of the reason, all of those that the desk has."""


def declined(message: str, because: Because) -> Mistake:
    """What led to an order's refusal.

    :param message: what was answered, which says all there is to say where the reason is not the desk's.
    """
    name = because.reason.lower().replace("_", "-")
    words = WORDS.get(because.reason)
    if words is None:
        told = message.strip()
        happened = f"{told[:1].upper()}{told[1:]}."
        return Mistake(name, happened, "Change what the message names.", because.source)
    order_id, client_id = because.facts.get("order_id"), because.facts.get("client_id")
    facts = {
        **{known: plain(it) if isinstance(it, Decimal) else it for known, it in because.facts.items()},
        "by_whom": _by_whom(because.facts),
        "uid": "{uid}",
        "which": f"the id {order_id}" if order_id else f"the client id {client_id}",
    }
    return Mistake(name, words.happened.format(**facts), words.change.format(**facts), because.source)


def _by_whom(facts: Mapping[str, object]) -> str:
    """Who holds what is held, in words; nothing where nothing is."""
    holders = facts.get("holders")
    if not isinstance(holders, tuple) or not holders:
        return ""
    told = [f"{_named(holder)} holds {plain(holder.amount)}" for holder in holders]
    if others := facts["others"]:
        told.append(f"{others} more hold the rest")
    return f": {', '.join(told)}"


def _named(holder: Holder) -> str:
    if holder.kind == "order":
        return f"order {holder.id} of {holder.symbol}"
    return f"{holder.kind} {holder.id}" if holder.id else holder.kind
