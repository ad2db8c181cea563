"""What can be done about positions, leverage and margin.

One whose answer is lost raises ``OutcomeUnknown``: what there is now can be asked for.
"""

from collections.abc import Mapping
from typing import Any

from bingx_client.calls.documented import Sent, Writing, write
from bingx_client.calls.swap_trade import readers
from bingx_client.calls.swap_trade.models import (
    Closed,
    Done,
    LeverageSet,
    MarginChanged,
    PositionClosed,
    Reversed,
)
from bingx_client.calls.swap_trade.orders import Amount
from bingx_client.errors import ParameterError
from bingx_client.flow.plan import Write

Id = str | int


def set_leverage(symbol: str, leverage: int, *, side: str = "BOTH") -> Write[LeverageSet]:
    """Set the leverage of a market.

    :param side: BOTH in one-way mode, LONG or SHORT in hedge mode.
    """
    given = {"symbol": symbol, "side": side, "leverage": leverage}
    return write("swap_trade.set_leverage", given, _LEVERAGE)


def set_margin_type(symbol: str, margin_type: str) -> Write[Done]:
    """Set how margin is kept for a market: CROSSED, ISOLATED or SEPARATE_ISOLATED."""
    return write("swap_trade.set_margin_type", {"symbol": symbol, "marginType": margin_type}, _MARGIN_TYPE)


def set_hedging(is_hedging: bool) -> Write[Done]:
    """Set the position mode of the account: hedge mode, or one-way mode."""
    return write("swap_trade.set_position_mode", {"dualSidePosition": is_hedging}, _POSITION_MODE)


def add_margin(
    symbol: str, amount: Amount, *, position_side: str = "BOTH", position_id: Id | None = None
) -> Write[MarginChanged]:
    """Add margin to an isolated position.

    :param amount: of the margin coin; Decimal, int or str, a float is refused.
    :param position_side: BOTH in one-way mode, LONG or SHORT in hedge mode.
    """
    return _change_margin(symbol, amount, 1, position_side, position_id)


def take_margin(
    symbol: str, amount: Amount, *, position_side: str = "BOTH", position_id: Id | None = None
) -> Write[MarginChanged]:
    """Take margin away from an isolated position; parameters as for ``add_margin``."""
    return _change_margin(symbol, amount, 2, position_side, position_id)


def close_all_positions(symbol: str | None = None) -> Write[Closed]:
    """Close the positions of one market, or of all, at the market.

    What is listed are numbers of orders or of positions (V63): ``swap_account.positions`` tells what is left.
    """
    return write("swap_trade.close_all_positions", {"symbol": symbol}, _CLOSE_ALL)


def close_position(position_id: Id) -> Write[PositionClosed]:
    """Close one position, by its id, at the market."""
    return write("swap_trade.close_position", {"positionId": position_id}, _CLOSE)


def reverse_position(symbol: str, *, position_id: Id | None = None) -> Write[Reversed]:
    """Close a position at the market, and open as much on the other side.

    :param position_id: which one, where there are two in hedge mode.
    """
    given = {"type": "Reverse", "symbol": symbol, "positionId": position_id}
    return write("swap_trade.reverse_position", given, _REVERSE)


def reverse_position_at(
    symbol: str, trigger_price: Amount, *, working_type: str = "MARK_PRICE", position_id: Id | None = None
) -> Write[Reversed]:
    """Do the same once a price is reached.

    :param working_type: MARK_PRICE or CONTRACT_PRICE: which price it waits for.
    """
    given = {
        "type": "TriggerReverse",
        "symbol": symbol,
        "positionId": position_id,
        "triggerPrice": trigger_price,
        "workingType": working_type,
    }
    return write("swap_trade.reverse_position", given, _REVERSE)


def _change_margin(
    symbol: str, amount: Amount, kind: int, position_side: str, position_id: Id | None
) -> Write[MarginChanged]:
    given = {
        "symbol": symbol,
        "amount": amount,
        "type": kind,
        "positionSide": position_side,
        "positionId": position_id,
    }
    return write("swap_trade.change_margin", given, _MARGIN)


# What people are shown before it is sent


def _side(sent: Sent, name: str) -> str:
    return f" ({sent[name]})" if sent.get(name, "BOTH") != "BOTH" else ""


def _leverage_sentence(sent: Sent) -> str:
    return f"Set the leverage of {sent['symbol']}{_side(sent, 'side')} to {sent['leverage']}, perpetual"


def _margin_type_sentence(sent: Sent) -> str:
    return f"Set the margin type of {sent['symbol']} to {sent['marginType']}, perpetual"


def _position_mode_sentence(sent: Sent) -> str:
    return (
        f"Set the account to {'hedge' if sent['dualSidePosition'] == 'true' else 'one-way'} mode, perpetual"
    )


def _margin_sentence(sent: Sent) -> str:
    symbol = str(sent["symbol"])
    what = f"{sent['amount']} {symbol.rpartition('-')[2]}"
    position = f"the position in {symbol}{_side(sent, 'positionSide')}"
    if sent["type"] == 1:
        return f"Add {what} to the margin of {position}, perpetual"
    return f"Take {what} from the margin of {position}, perpetual"


def _close_all_sentence(sent: Sent) -> str:
    which = f"in {sent['symbol']}" if "symbol" in sent else "in all markets"
    return f"Close all positions {which} at the market, perpetual"


def _close_sentence(sent: Sent) -> str:
    return f"Close position {sent['positionId']} at the market, perpetual"


def _reverse_sentence(sent: Sent) -> str:
    if sent["type"] == "TriggerReverse" and "triggerPrice" not in sent:
        raise ParameterError("TriggerReverse needs triggerPrice")
    which = f"position {sent['positionId']}" if "positionId" in sent else "the position"
    when = "at the market"
    if sent["type"] == "TriggerReverse":
        when = f"once {sent.get('workingType', 'MARK_PRICE')} is {sent['triggerPrice']}"
    return f"Reverse {which} in {sent['symbol']} {when}, perpetual"


_LEVERAGE = Writing(readers.leverage_set, _leverage_sentence)
_MARGIN_TYPE = Writing(readers.done, _margin_type_sentence)
_POSITION_MODE = Writing(readers.done, _position_mode_sentence)
_MARGIN = Writing(readers.margin_changed, _margin_sentence)
_CLOSE_ALL = Writing(readers.closed, _close_all_sentence)
_CLOSE = Writing(readers.position_closed, _close_sentence)
_REVERSE = Writing(readers.reversed_position, _reverse_sentence)

WRITES: Mapping[str, Writing[Any]] = {
    "swap_trade.set_leverage": _LEVERAGE,
    "swap_trade.set_margin_type": _MARGIN_TYPE,
    "swap_trade.set_position_mode": _POSITION_MODE,
    "swap_trade.change_margin": _MARGIN,
    "swap_trade.close_all_positions": _CLOSE_ALL,
    "swap_trade.close_position": _CLOSE,
    "swap_trade.reverse_position": _REVERSE,
}
"""Every write about positions and settings, by endpoint."""
