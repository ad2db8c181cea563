"""The account of the perpetuals: balances, positions, rates, and what moved the wallet."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import islice

import msgspec

from bingx_fake.books.money import plain
from bingx_fake.groups.call import Books, Call, Handler
from bingx_fake.groups.spot_market.facts import Rows
from bingx_fake.groups.swap_trade.asking import market_of
from bingx_fake.groups.swap_trade.facts import fixed
from bingx_fake.groups.swap_trade.held import held_of
from bingx_fake.perpetuals.margins import PerpRates
from bingx_fake.perpetuals.records import Income

_COINS = ("USDT", "USDC")
_WEEK_MS = 7 * 86_400_000
_INFO = {
    "FUNDING_FEE": "Funding Fee",
    "TRADING_FEE": "Trading Fee",
    "REALIZED_PNL": "Realized PNL",
    "INSURANCE_CLEAR": "Insurance Clear",
}


class Balance(msgspec.Struct, frozen=True):
    """The wallet of one coin (ours, A164: the last but one)."""

    user_id: int
    asset: str
    balance: str
    equity: str
    unrealized_profit: str
    realised_profit: str
    available_margin: str
    used_margin: str
    freezed_margin: str


class IncomeRow(msgspec.Struct, frozen=True):
    """Something that moved the wallet."""

    symbol: str
    kind: str
    amount: str
    asset: str
    info: str
    at_ms: int
    tran_id: str
    trade_id: str


class Commission(msgspec.Struct, frozen=True):
    """What the caller pays of what is filled."""

    commission: PerpRates


def balance(books: Books, call: Call) -> Rows:
    """The wallets of both coins."""
    uid = call.caller.uid
    return Rows([_balance(books, uid, coin) for coin in _COINS])


def _balance(books: Books, uid: int, coin: str) -> Balance:
    wallet = books.swap.margins.wallet(uid, coin)
    realised = books.swap.records.of(uid).realised(coin)
    return Balance(
        uid,
        coin,
        fixed(wallet.balance, 4),
        fixed(wallet.equity, 4),
        fixed(wallet.unrealised, 4),
        fixed(realised, 4),
        fixed(wallet.available, 4),
        fixed(wallet.used, 4),
        fixed(wallet.frozen, 4),
    )


def positions(books: Books, call: Call) -> Rows:
    """The open positions, of one pair or of all, in the order of opening (ours, A165)."""
    uid, swap = call.caller.uid, books.swap
    found = swap.records.positions(uid, market_of(books, call))
    wallets = {coin: swap.margins.wallet(uid, coin) for coin in {it.instrument.coin: 0 for it in found}}
    return Rows([held_of(it, swap.margins, wallets[it.instrument.coin], swap.closable(it)) for it in found])


def commission_rate(books: Books, call: Call) -> Commission:
    """What the caller pays."""
    return Commission(books.swap.rates(call.caller.uid))


def income(books: Books, call: Call) -> Rows:
    """What moved the wallet, the newest first (ours, A166: of the last seven days where no time is given)."""
    parameters, market = call.parameters, market_of(books, call)
    kind = parameters.text("incomeType")
    start_ms, end_ms = parameters.integer("startTime"), parameters.integer("endTime")
    if start_ms is None and end_ms is None:
        start_ms = call.now_ms - _WEEK_MS
    found = (
        it
        for it in reversed(books.swap.records.of(call.caller.uid).incomes)
        if (market is None or it.symbol == market[1])
        and kind in (None, it.kind)
        and (start_ms is None or it.at_ms >= start_ms)
        and (end_ms is None or it.at_ms <= end_ms)
    )
    return Rows([_income(it) for it in islice(found, parameters.counted("limit"))])


def _income(it: Income) -> IncomeRow:
    return IncomeRow(
        it.symbol,
        it.kind,
        fixed(it.amount, 8) if it.kind == "FUNDING_FEE" else plain(Decimal(fixed(it.amount, 8))),
        it.asset,
        _INFO[it.kind],
        it.at_ms,
        f"{it.at_ms}_{it.id}",
        f"{it.at_ms}_{it.trade_id}",
    )


HANDLERS: Mapping[str, Handler] = {
    "balance": balance,
    "positions": positions,
    "commission_rate": commission_rate,
    "income": income,
    "income_export": income,
}
"""By the endpoint's name in the group."""
