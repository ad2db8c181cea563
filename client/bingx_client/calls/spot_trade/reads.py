"""What can be read of orders on the spot markets."""

from bingx_client.calls.documented import read
from bingx_client.calls.spot_trade import readers
from bingx_client.calls.spot_trade.models import CommissionRates, Fill, Oco, Order, Orders
from bingx_client.flow.call import Call

Id = str | int


def query_order(
    symbol: str, *, order_id: Id | None = None, client_order_id: str | None = None
) -> Call[Order]:
    """One order, open or finished, by either id (SPOT-12).

    :param client_order_id: is found for two hours.
    """
    given = {"symbol": symbol, "orderId": order_id, "clientOrderID": client_order_id}
    return read("spot_trade.query_order", given, readers.order)


def open_orders(symbol: str | None = None) -> Call[Orders]:
    """The open orders, of one pair or of all pairs."""
    return read("spot_trade.open_orders", {"symbol": symbol}, readers.orders)


def order_history(
    symbol: str | None = None,
    *,
    from_order_id: Id | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    page_index: int | None = None,
    page_size: int | None = None,
    status: str | None = None,
    type: str | None = None,  # noqa: A002  # the documented name
) -> Call[Orders]:
    """Orders, the newest first, by page (SPOT-13).

    :param from_order_id: from this id on.
    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
    :param page_index: the page, from 1; ``page_size`` is 1 to 100 rows, 100 by default.
    :param status: FILLED, CANCELED or FAILED.
    """
    given = {
        "symbol": symbol,
        "orderId": from_order_id,
        "startTime": start_ms,
        "endTime": end_ms,
        "pageIndex": page_index,
        "pageSize": page_size,
        "status": status,
        "type": type,
    }
    return read("spot_trade.order_history", given, readers.orders)


def fills(
    symbol: str,
    *,
    order_id: Id | None = None,
    from_id: Id | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
) -> Call[list[Fill]]:
    """Fills of the last seven days, the oldest first; without a time those of the last day (SPOT-14).

    :param from_id: from this fill on.
    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
    :param limit: 1 to 1000, 500 by default.
    """
    given = {
        "symbol": symbol,
        "orderId": order_id,
        "fromId": from_id,
        "startTime": start_ms,
        "endTime": end_ms,
        "limit": limit,
    }
    return read("spot_trade.fills", given, readers.fills)


def commission_rate(symbol: str) -> Call[CommissionRates]:
    """What is paid of what an order receives (SPOT-15)."""
    return read("spot_trade.commission_rate", {"symbol": symbol}, readers.commission_rates)


def query_oco(
    *, list_id: Id | None = None, list_client_order_id: Id | None = None, client_order_id: Id | None = None
) -> Call[Oco]:
    """One OCO order, by the id of both legs, its client id, or that of a leg."""
    given = {
        "orderListId": list_id,
        "listClientOrderId": list_client_order_id,
        "clientOrderId": client_order_id,
    }
    return read("spot_trade.query_oco", given, readers.oco)


def open_ocos(page_index: int = 1, page_size: int = 100) -> Call[list[Oco]]:
    """Open OCO orders, by page; ``page_size`` is 1 to 1000."""
    given = {"pageIndex": page_index, "pageSize": page_size}
    return read("spot_trade.open_ocos", given, readers.ocos)


def oco_history(
    page_index: int = 1, page_size: int = 100, *, start_ms: int | None = None, end_ms: int | None = None
) -> Call[list[Oco]]:
    """Finished OCO orders, the newest first, by page; ``page_size`` is 1 to 1000.

    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
    """
    given = {"pageIndex": page_index, "pageSize": page_size, "startTime": start_ms, "endTime": end_ms}
    return read("spot_trade.oco_history", given, readers.ocos)
