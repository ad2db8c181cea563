"""The contracts: the coin-margined perpetuals that there are."""

import msgspec

from bingx_fake.books.money import plain
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.cswap_market.asking import stalls_of
from bingx_fake.groups.spot_market.facts import Rows
from bingx_fake.market.stall import Stall

_TEN = "10"


class CoinContract(msgspec.Struct, frozen=True, kw_only=True):
    """A coin-margined perpetual, and in which steps it is traded.

    :param size: what one contract is worth in the quote coin, which the documents call a tick.
    :param least_value: what an order is worth at least.
    """

    symbol: str
    price_places: int
    size: str
    least_value: str
    least_quantity: str
    status: int
    online_ms: int


def contracts(books: Books, call: Call) -> Rows:
    """Every contract, or the one that was asked for; none where there is no such (ours, A35)."""
    wanted, is_ten = call.parameters.text("symbol"), call.answers["V80"] == "ten"
    found = [stall for stall in stalls_of(books) if wanted in (None, stall.market.instrument.symbol)]
    return Rows([_contract(stall, is_ten=is_ten) for stall in found])


def _contract(stall: Stall, *, is_ten: bool) -> CoinContract:
    instrument = stall.market.instrument
    assert instrument.contract is not None, instrument
    return CoinContract(
        symbol=instrument.symbol,
        price_places=instrument.price_places,
        size=_TEN if is_ten else plain(instrument.contract),
        least_value=_TEN if is_ten else plain(instrument.min_notional),
        least_quantity=f"{instrument.step:.8f}",
        status=1 if stall.market.is_trading else 0,
        online_ms=instrument.online_ms,
    )
