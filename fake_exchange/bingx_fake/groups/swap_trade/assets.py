"""Margin that is added by itself, money to try things with, and the coins that serve as margin."""

from decimal import Decimal

import msgspec

from bingx_fake.books.money import ZERO, minus, plain
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_market.facts import Rows
from bingx_fake.groups.swap_trade.facts import fixed
from bingx_fake.groups.swap_trade.refusals import refuse, said
from bingx_fake.perpetuals.reasons import Declined

_COINS = ("USDT", "USDC")
_USUAL = 20_000
"""What is got where nobody says how much (D)."""


class Switched(msgspec.Struct, frozen=True):
    """That it is so."""

    success: bool = True


class Vst(msgspec.Struct, frozen=True):
    """How much was got, and what there is afterwards (V74)."""

    amount: int
    balance: str


class AssetMode(msgspec.Struct, frozen=True):
    """Whether several coins serve as margin."""

    asset_mode: str = "singleAssetMode"


class AssetRule(msgspec.Struct, frozen=True):
    """How much of a coin counts as margin: D's figures of USDT and USDC (ours, A216: the price)."""

    margin_assets: str
    ltv: str = "99.99%"
    collateral_value_ratio: str = "99.99%"
    max_transfer: str = ""
    index_price: str = "1.0000000000"


class Asset(msgspec.Struct, frozen=True):
    """What there is of a coin as margin."""

    currency: str
    total_amount: str
    available_transfer: str
    latest_mortgage_amount: str


def set_auto_margin(books: Books, call: Call) -> Switched:
    """Have margin added to a position by itself, up to an amount, or no more (ours, A214)."""
    parameters = call.parameters
    amount = parameters.number("amount") or ZERO
    if not parameters.truth("functionSwitch"):
        amount = ZERO
    elif not amount:
        raise said("amount-missing", call.answers)
    symbol, position_id = parameters.required_text("symbol"), int(parameters.required_text("positionId"))
    try:
        books.swap.set_auto_margin(call.caller.uid, symbol, position_id, amount)
    except Declined as why:
        refuse(why, call.answers)
    return Switched()


def get_vst(books: Books, call: Call) -> Vst:
    """Get money to try things with, or give some back (ours, A215)."""
    amount = call.parameters.integer("amount") or _USUAL
    return _give(books, call, minus(Decimal(amount)) if call.parameters.text("adjustType") == "1" else amount)


def get_vst_v1(books: Books, call: Call) -> Vst:
    """Get as much as everybody gets."""
    return _give(books, call, _USUAL)


def _give(books: Books, call: Call, amount: Decimal | int) -> Vst:
    uid = call.caller.uid
    try:
        books.swap.give(uid, "USDT", Decimal(amount))
    except Declined as why:
        refuse(why, call.answers)
    return Vst(abs(int(amount)), plain(books.swap.margins.wallet(uid, "USDT").balance))


def asset_mode(books: Books, call: Call) -> AssetMode:
    """Whether several coins serve as margin: they do not (ours, A216)."""
    return AssetMode()


def set_asset_mode(books: Books, call: Call) -> AssetMode:
    """Choose it, as long as it is that (ours, A216)."""
    if call.parameters.required_text("assetMode") != "singleAssetMode":
        raise said("not-built", call.answers, what="multiAssetsMode")
    return AssetMode()


def multi_assets_rules(books: Books, call: Call) -> Rows:
    """How much of each coin would count."""
    return Rows([AssetRule(coin) for coin in _COINS])


def margin_assets(books: Books, call: Call) -> Rows:
    """What there is of each coin."""
    wallets = {coin: books.swap.margins.wallet(call.caller.uid, coin) for coin in _COINS}
    return Rows(
        [
            Asset(coin, fixed(its.balance, 8), fixed(its.available, 8), fixed(its.balance, 8))
            for coin, its in wallets.items()
        ]
    )
