"""What handlers take, the books and an admitted call, and what they give: facts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import msgspec

from bingx_fake.books.directory import Directory, Key, User
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.listen_keys import ListenKeys
from bingx_fake.books.movements import Movements
from bingx_fake.books.reads import Reads
from bingx_fake.gateway.parameters import Parameters
from bingx_fake.gateway.refusal import NOT_MAIN_ACCOUNT, Refusal
from bingx_fake.market.floor import Floor
from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.trading.desk import SpotDesk
from bingx_fake.venue.commands import MarketId


@dataclass(frozen=True, slots=True)
class Done:
    """What a handler gives that has nothing to tell: the answer says what it always says, and the time."""


@dataclass(frozen=True, slots=True)
class Books:
    """Everything that the exchange knows.

    :param ledger: what is so; handlers leave it alone.
    :param reads: what handlers show.
    :param moves: what they move amounts with.
    :param floor: the markets.
    :param desk: users' orders on the spot markets.
    :param swap: users' orders and positions on the perpetuals; ``coinm`` on those margined in coins.
    :param listen_keys: what streams of accounts are opened with.
    """

    ledger: Ledger
    directory: Directory
    reads: Reads
    moves: Movements
    floor: Floor
    desk: SpotDesk
    swap: SwapDesk
    coinm: SwapDesk
    listen_keys: ListenKeys

    def due(self, at_ms: int) -> "Books":
        """The same books, where what is written takes effect at a time."""
        return replace(
            self,
            moves=self.moves.due(at_ms),
            desk=self.desk.due(at_ms),
            swap=self.swap.due(at_ms),
            coinm=self.coinm.due(at_ms),
        )

    @property
    def perps(self) -> tuple[SwapDesk, SwapDesk]:
        """The desks of all perpetuals."""
        return self.swap, self.coinm

    def perps_of(self, market: MarketId) -> SwapDesk:
        """The desk of the perpetuals that one is among."""
        return self.coinm if market[0] == "coinm" else self.swap


class Call(msgspec.Struct, frozen=True):
    """A call that has passed the gateway.

    :param key: the caller's, with which he asks.
    :param answers: what the profile answers to each question, by the variation's id.
    :param new_id: gives the id of a transfer that is about to be made.
    :param knows_one_id: whether a transfer has one number under both of its names (V5).
    :param refuses_repeats: whether a repeated transferClientId is refused whatever it comes with (V22).
    :param zone_hours: by which clock the days of candles begin, in hours ahead of UTC (V47).
    """

    caller: User
    key: Key
    parameters: Parameters
    now_ms: int
    new_id: Callable[[], int]
    answers: Mapping[str, str]
    knows_one_id: bool = False
    refuses_repeats: bool = False
    zone_hours: int = 8


Handler = Callable[[Books, Call], object]
"""Carries out one endpoint. It gives the facts that the shape of the endpoint's answer asks for; those of a
write say ``applied = False`` where it changed nothing."""


def require_main(caller: User) -> None:
    """Refuse a caller that is a sub account.

    :raises Refusal: 100403.
    """
    if not caller.is_main:
        raise Refusal(NOT_MAIN_ACCOUNT, f"uid {caller.uid} is not a main account")
