"""The three balance reads."""

from decimal import Decimal

from bingx_contracts import OVERVIEW_TYPES, OverviewType
from bingx_fake.books.money import EXACT, ZERO, cut, value_of
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_account.facts import Balances, Overview, Worth

_USDT = "USDT"
_ONE = Decimal(1)


def spot_balance(books: Books, call: Call) -> Balances:
    """Everything in the spot account."""
    return Balances(books.reads.balances(call.caller.uid, "spot"))


def fund_balance(books: Books, call: Call) -> Balances:
    """Everything in the fund account, or one asset of it; an asset never held answers an empty list."""
    held = books.reads.balances(call.caller.uid, "fund")
    asset = call.parameters.text("asset")
    if asset is None:
        return Balances(held)
    return Balances({asset: held[asset]} if asset in held else {})


def account_overview(books: Books, call: Call) -> Overview:
    """The worth in USDT of each account type, or of one. An asset without price and market counts nothing."""
    wanted = call.parameters.text("accountType")
    return Overview(
        [
            Worth(overview.name, _worth(books, call.caller.uid, overview))
            for overview in OVERVIEW_TYPES.values()
            if wanted is None or wanted == overview.name or wanted in overview.aliases
        ]
    )


def _worth(books: Books, uid: int, overview: OverviewType) -> Decimal:
    """The whole sum, cut once: cutting each part would lose a unit of the last place with every other one."""
    worth = ZERO
    for account in overview.accounts:
        for asset, balance in books.reads.balances(uid, account).items():
            price = _price(books, asset)
            worth = EXACT.add(worth, value_of(EXACT.add(balance.free, balance.locked), price))
    return cut(worth)


def _price(books: Books, asset: str) -> Decimal:
    """What an asset is worth in USDT: its spot market's mark, once that is held or something traded there.

    Before that it is what the state says, which may have more digits than a price of the market's.
    """
    prices = books.directory.prices
    stall = books.floor.stalls.get(("spot", f"{asset}-{_USDT}"))
    if stall is None or (asset in prices and stall.market.mark is None and not stall.tape):
        return prices.get(asset, _ONE if asset == _USDT else ZERO)
    return stall.market.instrument.price(stall.market.mark_price)
