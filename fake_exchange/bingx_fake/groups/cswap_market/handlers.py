"""The contracts: the coin-margined perpetuals that a state describes."""

from collections.abc import Mapping

import msgspec

from bingx_fake.books.money import plain
from bingx_fake.groups.call import Books, Call, Handler
from bingx_fake.groups.spot_market.facts import Rows
from bingx_fake.market.stall import Stall


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
    wanted = call.parameters.text("symbol")
    stalls = [stall for (product, _), stall in books.floor.stalls.items() if product == "coinm"]
    return Rows([_contract(stall) for stall in stalls if wanted in (None, stall.market.instrument.symbol)])


def _contract(stall: Stall) -> CoinContract:
    instrument = stall.market.instrument
    assert instrument.contract is not None, instrument
    return CoinContract(
        symbol=instrument.symbol,
        price_places=instrument.price_places,
        size=plain(instrument.contract),
        least_value=plain(instrument.min_notional),
        least_quantity=f"{instrument.step:.8f}",
        status=1 if stall.market.is_trading else 0,
        online_ms=instrument.online_ms,
    )


HANDLERS: Mapping[str, Handler] = {"contracts": contracts}
"""By the endpoint's name in the group."""
