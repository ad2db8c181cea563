"""What can be read of the account of the perpetuals."""

from bingx_client.calls.documented import read
from bingx_client.calls.spot_trade.models import CommissionRates
from bingx_client.calls.swap_account import readers
from bingx_client.calls.swap_account.models import Balance, Income, Position
from bingx_client.flow.call import Call
from bingx_client.wire.decode import Node


def balances() -> Call[list[Balance]]:
    """What there is of each margin coin."""
    return read("swap_account.balance", {}, readers.balances)


def positions(symbol: str | None = None) -> Call[list[Position]]:
    """The open positions, of one market or of all."""
    return read("swap_account.positions", {"symbol": symbol}, readers.positions)


def commission_rates() -> Call[CommissionRates]:
    """What is paid of the value that an order fills."""
    return read("swap_account.commission_rate", {}, readers.commission_rates)


def income(
    symbol: str | None = None,
    *,
    kind: str | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
) -> Call[list[Income]]:
    """What moved the account: profits, fees, funding, transfers.

    :param kind: such as REALIZED_PNL, FUNDING_FEE, TRADING_FEE or TRANSFER.
    :param start_ms: from this Unix time on, inclusive; ``end_ms`` likewise to.
    :param limit: 1 to 1000, 100 by default.
    """
    given = _given(symbol, kind, start_ms, end_ms, limit)
    return read("swap_account.income", given, readers.income)


def income_export(
    symbol: str | None = None,
    *,
    kind: str | None = None,
    start_ms: int | None = None,
    end_ms: int | None = None,
    limit: int | None = None,
) -> Call[bytes]:
    """The same as a workbook: the bytes of an .xlsx file, whose sheet no document describes."""
    given = _given(symbol, kind, start_ms, end_ms, limit)
    return read("swap_account.income_export", given, Node.workbook)


def _given(
    symbol: str | None, kind: str | None, start_ms: int | None, end_ms: int | None, limit: int | None
) -> dict[str, object]:
    return {
        "symbol": symbol,
        "incomeType": kind,
        "startTime": start_ms,
        "endTime": end_ms,
        "limit": limit,
    }
