"""What can be read of orders and positions in perpetuals."""

from bingx_client.calls.documented import read
from bingx_client.calls.swap_trade import readers
from bingx_client.calls.swap_trade.models import (
    Fill,
    Leverages,
    MarginChange,
    Order,
    Orders,
    PastPosition,
    Tier,
)
from bingx_client.flow.call import Call

Id = str | int


def query_order(
    symbol: str, *, order_id: Id | None = None, client_order_id: str | None = None
) -> Call[Order]:
    """One order, open or finished, by either id."""
    given = {"symbol": symbol, "orderId": order_id, "clientOrderId": client_order_id}
    return read("swap_trade.query_order", given, readers.order)


def query_open_order(
    symbol: str, *, order_id: Id | None = None, client_order_id: str | None = None
) -> Call[Order]:
    """One open order, by either id."""
    given = {"symbol": symbol, "orderId": order_id, "clientOrderId": client_order_id}
    return read("swap_trade.query_open_order", given, readers.order)


def open_orders(
    symbol: str | None = None,
    *,
    type: str | None = None,  # noqa: A002  # the documented name
) -> Call[Orders]:
    """The open orders, of one market or of all, of one type or of all."""
    return read("swap_trade.open_orders", {"symbol": symbol, "type": type}, readers.orders)


def order_history(
    symbol: str | None = None,
    *,
    currency: str | None = None,
    from_order_id: Id | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int = 500,
) -> Call[Orders]:
    """Finished orders.

    :param currency: USDT or USDC.
    :param from_order_id: from this id on.
    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
    :param limit: 1 to 1000; always sent, since documents disagree whether it must be (V65).
    """
    given = {
        "symbol": symbol,
        "currency": currency,
        "orderId": from_order_id,
        "startTime": start_ms,
        "endTime": end_ms,
        "limit": limit,
    }
    return read("swap_trade.order_history", given, readers.orders)


def all_orders(
    symbol: str | None = None,
    *,
    currency: str | None = None,
    from_order_id: Id | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int = 500,
) -> Call[Orders]:
    """Orders, open and finished; parameters as for ``order_history``."""
    given = {
        "symbol": symbol,
        "currency": currency,
        "orderId": from_order_id,
        "startTime": start_ms,
        "endTime": end_ms,
        "limit": limit,
    }
    return read("swap_trade.all_orders", given, readers.orders)


def forced_orders(
    symbol: str | None = None,
    *,
    currency: str | None = None,
    reason: str | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
) -> Call[Orders]:
    """Orders by which the exchange closed positions.

    :param reason: LIQUIDATION or ADL.
    :param limit: 1 to 100, 50 by default.
    """
    given = {
        "symbol": symbol,
        "currency": currency,
        "autoCloseType": reason,
        "startTime": start_ms,
        "endTime": end_ms,
        "limit": limit,
    }
    return read("swap_trade.force_orders", given, readers.orders)


def fills(
    symbol: str | None = None,
    *,
    start_ms: int,
    end_ms: int,
    order_id: Id | None = None,
    currency: str | None = None,
) -> Call[list[Fill]]:
    """Fills between two Unix times, inclusive; quantities are asked for in coins."""
    given = {
        "symbol": symbol,
        "orderId": order_id,
        "currency": currency,
        "tradingUnit": "COIN",
        "startTs": start_ms,
        "endTs": end_ms,
    }
    return read("swap_trade.fills", given, readers.fills)


def fill_history(
    symbol: str | None = None,
    *,
    start_ms: int,
    end_ms: int,
    order_id: Id | None = None,
    currency: str | None = None,
    after_fill_id: Id | None = None,
    page_index: int | None = None,
    page_size: int | None = None,
) -> Call[list[Fill]]:
    """Fills between two Unix times, inclusive, by page.

    :param page_index: the page, from 1; ``page_size`` is 1 to 1000 rows, 50 by default.
    """
    given = {
        "symbol": symbol,
        "currency": currency,
        "orderId": order_id,
        "lastFillId": after_fill_id,
        "startTs": start_ms,
        "endTs": end_ms,
        "pageIndex": page_index,
        "pageSize": page_size,
    }
    return read("swap_trade.fill_history", given, readers.fills)


def position_history(
    symbol: str,
    *,
    currency: str | None = None,
    position_id: Id | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    page_index: int | None = None,
    page_size: int | None = None,
) -> Call[list[PastPosition]]:
    """Closed positions of a market, by page.

    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
    """
    given = {
        "symbol": symbol,
        "currency": currency,
        "positionId": position_id,
        "startTs": start_ms,
        "endTs": end_ms,
        "pageIndex": page_index,
        "pageSize": page_size,
    }
    return read("swap_trade.position_history", given, readers.past_positions)


def leverage(symbol: str) -> Call[Leverages]:
    """The leverage of both sides of a market."""
    return read("swap_trade.leverage", {"symbol": symbol}, readers.leverages)


def margin_type(symbol: str) -> Call[str]:
    """CROSSED, ISOLATED or SEPARATE_ISOLATED."""
    return read("swap_trade.margin_type", {"symbol": symbol}, readers.margin_type)


def is_hedging() -> Call[bool]:
    """Whether the account is in hedge mode, in which a long and a short may stand side by side."""
    return read("swap_trade.position_mode", {}, readers.is_hedging)


def margin_history(
    symbol: str,
    *,
    position_id: Id | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    page_index: int | None = None,
    page_size: int | None = None,
) -> Call[list[MarginChange]]:
    """Changes of the margin of isolated positions, by page.

    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
    """
    given = {
        "symbol": symbol,
        "positionId": position_id,
        "startTime": start_ms,
        "endTime": end_ms,
        "pageIndex": page_index,
        "pageSize": page_size,
    }
    return read("swap_trade.margin_history", given, readers.margin_changes)


def tiers(symbol: str) -> Call[list[Tier]]:
    """How much maintenance margin positions need, by their value."""
    return read("swap_trade.tiers", {"symbol": symbol}, readers.tiers)
