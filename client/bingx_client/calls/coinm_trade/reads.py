"""What can be read of orders, positions and the account of coin-margined perpetuals."""

from bingx_client.calls.coinm_trade import readers
from bingx_client.calls.coinm_trade.models import CoinBalance, CoinPosition
from bingx_client.calls.documented import read
from bingx_client.calls.spot_trade.models import CommissionRates
from bingx_client.calls.swap_trade.models import Fill, Leverages, Order, Orders
from bingx_client.flow.call import Call

Id = str | int


def query_order(
    symbol: str, *, order_id: Id | None = None, client_order_id: str | None = None
) -> Call[Order]:
    """One order, open or finished, by either id."""
    given = {"symbol": symbol, "orderId": order_id, "clientOrderId": client_order_id}
    return read("coinm_trade.query_order", given, readers.order)


def open_orders(symbol: str | None = None) -> Call[Orders]:
    """The open orders, of one market or of all."""
    return read("coinm_trade.open_orders", {"symbol": symbol}, readers.orders)


def order_history(
    symbol: str | None = None,
    *,
    from_order_id: Id | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int = 500,
) -> Call[Orders]:
    """Finished orders.

    :param from_order_id: from this id on.
    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to; at most seven days.
    :param limit: 1 to 1000; always sent, since documents disagree about what is meant without (V65).
    """
    given = {
        "symbol": symbol,
        "orderId": from_order_id,
        "startTime": start_ms,
        "endTime": end_ms,
        "limit": limit,
    }
    return read("coinm_trade.order_history", given, readers.orders)


def fills(order_id: Id, *, page: int | None = None, page_size: int | None = None) -> Call[list[Fill]]:
    """The fills of one order; quantities are contracts, ``worth`` is in USD, fee and profit in the coin.

    :param page: from 1 on; ``page_size`` at most 1000, 100 by default.
    """
    given = {"orderId": order_id, "pageIndex": page, "pageSize": page_size}
    return read("coinm_trade.fills", given, readers.fills)


def forced_orders(
    symbol: str | None = None,
    *,
    reason: str | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
) -> Call[Orders]:
    """Orders by which the exchange closed positions.

    :param reason: LIQUIDATION or ADL.
    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
    :param limit: at most 100, 50 by default.
    """
    given = {
        "symbol": symbol,
        "autoCloseType": reason,
        "startTime": start_ms,
        "endTime": end_ms,
        "limit": limit,
    }
    return read("coinm_trade.force_orders", given, readers.orders)


def leverage(symbol: str) -> Call[Leverages]:
    """The leverage of a market."""
    return read("coinm_trade.leverage", {"symbol": symbol}, readers.leverages)


def margin_type(symbol: str) -> Call[str]:
    """CROSSED or ISOLATED."""
    return read("coinm_trade.margin_type", {"symbol": symbol}, readers.margin_type)


def balances(symbol: str | None = None) -> Call[list[CoinBalance]]:
    """What there is of each coin, or of the coin of one market."""
    return read("coinm_trade.balance", {"symbol": symbol}, readers.balances)


def positions(symbol: str | None = None) -> Call[list[CoinPosition]]:
    """The open positions, of one market or of all."""
    return read("coinm_trade.positions", {"symbol": symbol}, readers.positions)


def commission_rates() -> Call[CommissionRates]:
    """What is paid of the coins that an order's contracts are worth."""
    return read("coinm_trade.commission_rate", {}, readers.commission_rates)
