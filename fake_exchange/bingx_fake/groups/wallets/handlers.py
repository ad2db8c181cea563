"""The reads that tell how coins come and go. No coin does here: what clients load, they find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bingx_fake.groups.call import Books, Call, Handler


@dataclass(frozen=True, slots=True)
class Network:
    """The one network of a coin, which is called as the coin is. Its numbers are ours (A37)."""

    coin: str
    is_default: bool = True
    confirmations: int = 1
    may_leave: bool = True
    may_come: bool = True
    fee: Decimal = Decimal(0)
    most: Decimal = Decimal(1_000_000)
    least: Decimal = Decimal(0)

    @property
    def network(self) -> str:
        """What it is called."""
        return self.coin


@dataclass(frozen=True, slots=True)
class Coin:
    """A coin and its networks."""

    coin: str
    name: str
    networks: Sequence[Network]


@dataclass(frozen=True, slots=True)
class Coins:
    """Every coin that was asked for."""

    coins: Sequence[Coin]


def coins(books: Books, call: Call) -> Coins:
    """Every coin of the exchange and of its markets, or the one that was asked for (ours, A37)."""
    wanted = call.parameters.text("coin")
    names = dict(books.directory.coins)
    for stall in books.floor.stalls.values():
        for asset in (stall.market.instrument.base, stall.market.instrument.quote):
            names.setdefault(asset, asset)
    return Coins(
        [Coin(asset, name, [Network(asset)]) for asset, name in names.items() if wanted in (None, asset)]
    )


HANDLERS: Mapping[str, Handler] = {"coins": coins}
"""By the endpoint's name in the group."""
