"""What can be done about orders, positions and margin of coin-margined perpetuals.

A client order id is sent with each order, made once for each sending where none is given. A write whose
answer is lost raises ``OutcomeUnknown``: what there is now can be asked for.
"""

from collections.abc import Mapping
from typing import Any

from bingx_client.calls.coinm_trade import readers
from bingx_client.calls.coinm_trade.models import CoinLeverageSet
from bingx_client.calls.documented import Sent, Writing, write
from bingx_client.calls.swap_trade.models import Closed, Done, Order, Orders
from bingx_client.calls.swap_trade.orders import Amount, Exit, given_order, order_words
from bingx_client.calls.swap_trade.readers import done
from bingx_client.flow.plan import Write

Id = str | int


def place_order(
    symbol: str,
    side: str,
    type: str,  # noqa: A002  # the documented name
    *,
    quantity: Amount,
    price: Amount | None = None,
    stop_price: Amount | None = None,
    position_side: str = "BOTH",
    time_in_force: str | None = None,
    working_type: str | None = None,
    take_profit: Exit | None = None,
    stop_loss: Exit | None = None,
    client_order_id: str | None = None,
) -> Write[Order]:
    """Place an order.

    :param symbol: such as ``BTC-USD``.
    :param side: BUY or SELL.
    :param type: LIMIT, MARKET, STOP, STOP_MARKET, TAKE_PROFIT or TAKE_PROFIT_MARKET.
    :param quantity: in contracts, of 100 USD on BTC-USD and 10 USD on others; a float is refused.
    :param stop_price: what triggers one of the conditional types.
    :param position_side: BOTH in one-way mode, LONG or SHORT in hedge mode; always sent.
    :param time_in_force: GTC, IOC, FOK or PostOnly; GTC by default.
    :param working_type: MARK_PRICE or CONTRACT_PRICE: which price a conditional order waits for. Say it:
        documents disagree about what is meant without (V57).
    :param client_order_id: 1 to 40 letters, digits, _ or -; made when absent, and always sent.
    """
    given = given_order(
        *(symbol, side, type),
        position_side=position_side,
        quantity=quantity,
        price=price,
        stop_price=stop_price,
        price_rate=None,
        activation_price=None,
        time_in_force=time_in_force,
        working_type=working_type,
        reduce_only=None,
        close_position=None,
        take_profit=take_profit,
        stop_loss=stop_loss,
        position_id=None,
        client_order_id=client_order_id,
    )
    return write("coinm_trade.place_order", given, _PLACE)


def cancel_order(
    symbol: str, *, order_id: Id | None = None, client_order_id: str | None = None
) -> Write[Order]:
    """Cancel an order, by either id."""
    given = {"symbol": symbol, "orderId": order_id, "clientOrderId": client_order_id}
    return write("coinm_trade.cancel_order", given, _CANCEL)


def cancel_open_orders(symbol: str | None = None) -> Write[Orders]:
    """Cancel all open orders, of one market or of all."""
    return write("coinm_trade.cancel_open_orders", {"symbol": symbol}, _CANCEL_OPEN)


def close_all_positions(symbol: str | None = None) -> Write[Closed]:
    """Close the positions of one market, or of all, at the market.

    Not every document lists them (V86): ``positions`` tells what is left.
    """
    return write("coinm_trade.close_all_positions", {"symbol": symbol}, _CLOSE_ALL)


def set_leverage(symbol: str, leverage: int, *, side: str) -> Write[CoinLeverageSet]:
    """Set the leverage of one side of a market.

    :param side: LONG or SHORT.
    """
    given = {"symbol": symbol, "side": side, "leverage": leverage}
    return write("coinm_trade.set_leverage", given, _LEVERAGE)


def set_margin_type(symbol: str, margin_type: str) -> Write[Done]:
    """Set how margin is kept for a market: CROSSED or ISOLATED."""
    return write("coinm_trade.set_margin_type", {"symbol": symbol, "marginType": margin_type}, _MARGIN_TYPE)


def add_margin(symbol: str, amount: Amount, *, position_side: str) -> Write[Done]:
    """Add margin to an isolated position.

    :param amount: in coins; Decimal, int or str, a float is refused.
    :param position_side: LONG or SHORT.
    """
    return _change_margin(symbol, amount, "1", position_side)


def take_margin(symbol: str, amount: Amount, *, position_side: str) -> Write[Done]:
    """Take margin away from an isolated position; parameters as for ``add_margin``."""
    return _change_margin(symbol, amount, "2", position_side)


def _change_margin(symbol: str, amount: Amount, kind: str, position_side: str) -> Write[Done]:
    given = {"symbol": symbol, "amount": amount, "type": kind, "positionSide": position_side}
    return write("coinm_trade.change_margin", given, _MARGIN)


# What people are shown before it is sent

_KIND = "coin-margined perpetual"


def _place_sentence(sent: Sent) -> str:
    return f"{order_words(sent)}, {_KIND}, quantity in contracts"


def _cancel_sentence(sent: Sent) -> str:
    which = sent["orderId"] if "orderId" in sent else f"with client id {sent['clientOrderId']}"
    return f"Cancel order {which} of {sent['symbol']}, {_KIND}"


def _cancel_open_sentence(sent: Sent) -> str:
    return f"Cancel all open orders of {sent.get('symbol', 'all markets')}, {_KIND}"


def _close_all_sentence(sent: Sent) -> str:
    which = f"in {sent['symbol']}" if "symbol" in sent else "in all markets"
    return f"Close all positions {which} at the market, {_KIND}"


def _leverage_sentence(sent: Sent) -> str:
    return f"Set the leverage of {sent['symbol']} ({sent['side']}) to {sent['leverage']}, {_KIND}"


def _margin_type_sentence(sent: Sent) -> str:
    return f"Set the margin type of {sent['symbol']} to {sent['marginType']}, {_KIND}"


def _margin_sentence(sent: Sent) -> str:
    symbol = str(sent["symbol"])
    what = f"{sent['amount']} {symbol.partition('-')[0]}"
    position = f"the position in {symbol} ({sent['positionSide']})"
    if sent["type"] == "2":
        return f"Take {what} from the margin of {position}, {_KIND}"
    return f"Add {what} to the margin of {position}, {_KIND}"


_PLACE = Writing(readers.order, _place_sentence)
_CANCEL = Writing(readers.order, _cancel_sentence)
_CANCEL_OPEN = Writing(readers.cancelled, _cancel_open_sentence)
_CLOSE_ALL = Writing(readers.closed, _close_all_sentence)
_LEVERAGE = Writing(readers.leverage_set, _leverage_sentence)
_MARGIN_TYPE = Writing(done, _margin_type_sentence)
_MARGIN = Writing(done, _margin_sentence)

WRITES: Mapping[str, Writing[Any]] = {
    "coinm_trade.place_order": _PLACE,
    "coinm_trade.cancel_order": _CANCEL,
    "coinm_trade.cancel_open_orders": _CANCEL_OPEN,
    "coinm_trade.delete_open_orders": _CANCEL_OPEN,
    "coinm_trade.close_all_positions": _CLOSE_ALL,
    "coinm_trade.set_leverage": _LEVERAGE,
    "coinm_trade.set_margin_type": _MARGIN_TYPE,
    "coinm_trade.change_margin": _MARGIN,
}
"""Every write about coin-margined perpetuals, by endpoint."""
