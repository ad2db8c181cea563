"""Why the desk of the perpetuals declines what it is asked for. Codes and words are the contract's."""

from decimal import Decimal
from enum import Enum


class Reason(Enum):
    """Why something was declined, with the facts that ``Declined.facts`` has then. Amounts are in coins.

    An order is checked in the order in which these stand (ours, A151).
    """

    NO_SUCH_MARKET = "there is no such market"
    """``symbol``"""
    NOT_TRADING = "the market does not trade"
    """``symbol``, ``status`` (halted, delisted, unlaunched)"""
    SETTLING_FUNDING = "funding of the market is being settled"
    """``symbol``"""
    WRONG_POSITION_SIDE = "the position side is not one of the account's mode"
    """``mode`` (one-way, hedge)"""
    POSITION_SIDE_MISSING = "an order in hedge mode says which position it is about"
    REDUCE_ONLY_IN_HEDGE_MODE = "reduceOnly is for one-way mode"
    NOT_TO_CLOSE = "closePosition is for STOP_MARKET and TAKE_PROFIT_MARKET orders without quantity"
    """``type``"""
    SECOND_SEPARATE = "there is a separate position of that side, or an order that opens one"
    """``symbol``, ``side`` (long, short)"""
    POSITION_ID_MISSING = "what closes a separate position says which"
    SEPARATE_IN_ONE_WAY_MODE = "separate isolated positions are for hedge mode"
    PRICE_NOT_POSITIVE = "a price is zero, or cut to zero"
    """``name`` (price, stop, activation, distance, trigger), ``price`` as it was asked for"""
    NOTHING_WANTED = "the quantity is zero, or cut to zero"
    """``least``: one step; ``asset``: the base coin"""
    TOO_MANY_DECIMALS = "a number has more decimals than its unit"
    """``name`` (price, stop, quantity, …), ``value``, ``unit`` (tick or step); only where they are not cut"""
    PRICE_TOO_HIGH = "the price is too far above the index price"
    """``price``, ``bound``"""
    PRICE_TOO_LOW = "the price is too far below the index price"
    """``price``, ``bound``"""
    TOO_LITTLE = "the order is worth too little"
    """``value``, ``least`` in the quote coin"""
    TOO_MUCH = "the order is worth too much"
    """``value``, ``most`` in the quote coin"""
    WRONG_STOP = "the stop price is on the wrong side of the current price"
    """``kind`` (stop, profit), ``side`` (long, short) of the position, ``stop``, ``current``"""
    WRONG_ACTIVATION = "the price from which on an order trails is on the wrong side of the current price"
    """``side`` (buy, sell), ``activation``, ``current``"""
    RATE_TOO_SMALL = "an order that trails would be too close to the price"
    """``rate``, ``least``"""
    DISTANCE_TOO_LARGE = "an order that trails would be farther from the price than that is from nothing"
    """``distance``, ``current``"""
    CLIENT_ID_TAKEN = "the user's name for it is another order's"
    """``client_id``, ``order_id``"""
    TOO_MANY_OPEN = "the user has too many open orders"
    """``most``"""
    TOO_MANY_WAITING = "the user has too many orders that wait for a price"
    """``most``"""
    STOP_EXISTS = "another order waits to close the whole position for the same purpose"
    """``kind`` (stop, profit)"""
    NO_POSITION = "there is no position to close"
    """``symbol``"""
    TOO_MUCH_TO_CLOSE = "less than that is left to be closed"
    """``quantity``, ``available``"""
    WOULD_OPEN = "a reduce-only order would open a position"
    """``quantity``, ``available``"""
    WOULD_TAKE = "an order that is only to rest would take"
    """``price``, ``best``"""
    BEYOND_LIQUIDATION = "the position would be liquidated before the price is reached"
    """``side`` (long, short) of the position, ``price``, ``liquidation``"""
    OVER_LIMIT = "the position would be worth more than its leverage allows"
    """``value``, ``most``, ``leverage``; ``unit``: the quote coin"""
    TOO_LITTLE_MARGIN = "there is too little margin"
    """``asset``, ``needed``, ``available``"""
    NO_SUCH_ORDER = "the user has no such order"
    """``order_id`` (0 where asked by name), ``client_id``"""
    ASKED_TWICE = "the order was to be cancelled a moment ago already"
    """``order_id``, ``client_id``"""
    FILLED = "the order is filled"
    """``order_id``, ``client_id``"""
    FINISHED = "the order is finished"
    """``order_id``, ``client_id``, ``status``"""
    OTHER_STATUS = "the order is in another state than the one asked for"
    """``order_id``, ``client_id``, ``status``, ``asked``"""
    FILLED_ALREADY = "as much as that is filled already"
    """``quantity`` as it was asked for, ``filled``"""
    SEVERAL_POSITIONS = "there are several positions, and none is named"
    """``symbol``, ``count``"""
    NO_SUCH_POSITION = "the user has no such position"
    """``position_id``"""
    MODE_IN_USE = "the mode stays while there are positions or orders"
    MARGIN_TYPE_IN_USE = "the margin type stays while there are positions or orders"
    """``symbol``"""
    WRONG_SIDE_OF_MODE = "the side of the leverage is not one of the account's mode"
    """``mode`` (one-way, hedge)"""
    LEVERAGE_TOO_HIGH = "the leverage is too high"
    """``leverage``, ``most``"""
    NOT_ISOLATED = "the position is not isolated"
    """``symbol``"""
    SLICE_TOO_LARGE = "a slice is larger than the whole order"
    """``each``, ``total``"""
    TWAP_TOO_LONG = "an order in slices would take longer than one may"
    """``seconds``, ``most``"""
    TWAP_OPEN = "that stays while there are orders in slices"
    NOT_HEDGING = "only in hedge mode margin is added by itself"
    TOO_LITTLE_TO_TAKE = "less margin than that may be taken from the position"
    """``amount``, ``most``"""


class Declined(Exception):
    """What was asked for was not done, and left no trace.

    :param reason: why.
    :param facts: the numbers behind it, by the names that each reason gives.
    """

    def __init__(self, reason: Reason, **facts: Decimal | int | str) -> None:
        told = ", ".join(f"{name} {value}" for name, value in facts.items())
        super().__init__(f"{reason.value}: {told}" if told else reason.value)
        self.reason = reason
        self.facts = facts
