"""The account of coin-margined perpetuals: wallets, positions, fee rates."""

from decimal import ROUND_HALF_EVEN, Context, Decimal

from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.coinm_trade.asking import market_of
from bingx_fake.groups.coinm_trade.facts import PLACES, CoinBalance, CoinHeld
from bingx_fake.groups.spot_market.facts import Rows
from bingx_fake.groups.swap_trade.facts import fixed
from bingx_fake.perpetuals.margins import Margins, PerpRates, Wallet
from bingx_fake.perpetuals.positions import Position

_ROUNDED = Context(prec=40, rounding=ROUND_HALF_EVEN)
_MORE_PLACES = 12
"""How many places more than a tick a liquidation price has (D, O)."""


def commission_rate(books: Books, call: Call) -> PerpRates:
    """The user's fee rates."""
    return books.coinm.rates(call.caller.uid)


def balance(books: Books, call: Call) -> Rows:
    """The wallets, in the order of first arrival (ours, A242), or that of one pair's coin."""
    market, uid = market_of(books, call), call.caller.uid
    coins = books.reads.balances(uid, books.coinm.margins.account)
    wanted = coins if market is None else [market.instrument.coin]
    return Rows([_balance(uid, coin, books.coinm.margins.wallet(uid, coin)) for coin in wanted])


def _balance(uid: int, coin: str, wallet: Wallet) -> CoinBalance:
    """A wallet as it is told. Profits count as available there, as samples show (A, A239)."""
    kept = EXACT.add(EXACT.add(wallet.used, wallet.frozen), wallet.locked)
    return CoinBalance(
        uid,
        coin,
        fixed(wallet.balance, PLACES),
        fixed(wallet.equity, PLACES),
        fixed(wallet.unrealised, PLACES),
        fixed(max(EXACT.subtract(wallet.equity, kept), ZERO), PLACES),
        fixed(wallet.used, PLACES),
        fixed(wallet.frozen, PLACES),
    )


def positions(books: Books, call: Call) -> Rows:
    """The open positions, of one pair or of all, in the order of opening (ours, A242)."""
    market, uid, desk = market_of(books, call), call.caller.uid, books.coinm
    found = desk.records.positions(uid, None if market is None else market.id)
    return Rows([_held(it, desk.margins, desk.closable(it)) for it in found])


def _held(position: Position, margins: Margins, closable: int) -> CoinHeld:
    instrument, mark = position.instrument, margins.mark(position.market)
    wallet = margins.wallet(position.uid, instrument.coin)
    equity, needs = margins.scope_equity(position, wallet), margins.scope_maintenance(position)
    price = margins.liquidation_price(position, wallet)
    risk = _ROUNDED.divide(needs, equity) if equity else ZERO
    return CoinHeld(
        position_id=position.id,
        symbol=instrument.symbol,
        position_side="LONG" if position.is_long else "SHORT",
        isolated=position.is_isolated,
        amount=instrument.quantity_text(position.quantity),
        available=instrument.quantity_text(closable),
        unrealised=fixed(position.unrealised(mark), PLACES),
        initial_margin=fixed(position.initial_margin, PLACES),
        liquidation_price=Decimal(fixed(price, instrument.price_places + _MORE_PLACES)),
        average_price=fixed(position.entry, instrument.price_places),
        leverage=position.leverage,
        mark_price=instrument.price_text(mark),
        risk_rate=fixed(risk, PLACES),
        max_margin_reduction=fixed(margins.removable(position) if position.is_isolated else ZERO, PLACES),
        updated_ms=position.updated_ms,
    )
