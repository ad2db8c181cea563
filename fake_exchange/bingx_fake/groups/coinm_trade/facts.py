"""What handlers of coin-margined perpetuals tell that those of others do not: amounts of coins, contracts."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from bingx_fake.books.money import minus
from bingx_fake.groups.swap_trade.facts import MarginType, fixed
from bingx_fake.perpetuals.orders import PerpFill, PerpType
from bingx_fake.perpetuals.tiers import terms_of
from bingx_fake.venue.venue import Market

PLACES = 8
"""How many an amount of a coin is told with (D, O)."""


class CoinFill(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a trade, in contracts, USD and coins.

    :param amount: what the contracts are worth in USD.
    """

    order_id: int
    symbol: str
    kind: str
    side: str
    position_side: str
    trade_id: int
    volume: str
    price: str
    amount: str
    profit: str
    commission: str
    currency: str
    is_buyer: bool
    is_maker: bool
    at_ms: int

    @staticmethod
    def of(fill: PerpFill) -> "CoinFill":
        """What a fill comes to."""
        order, instrument = fill.order, fill.order.instrument
        return CoinFill(
            order_id=order.id,
            symbol=instrument.symbol,
            kind="LIMIT" if order.type is PerpType.LIQUIDATION else order.type.value,
            side=order.side.name,
            position_side=order.position_side.value,
            trade_id=fill.trade_id,
            volume=instrument.quantity_text(fill.quantity),
            price=instrument.price_text(fill.price),
            amount=fixed(instrument.nominal(fill.price, fill.quantity), PLACES),
            profit=fixed(fill.profit, PLACES),
            commission=fixed(minus(fill.fee), PLACES),
            currency=instrument.coin,
            is_buyer=order.side.name == "BUY",
            is_maker=fill.is_maker,
            at_ms=fill.at_ms,
        )


@dataclass(frozen=True, slots=True)
class CoinFills:
    """Fills of one order."""

    fills: Sequence[CoinFill]


class CoinLeverages(msgspec.Struct, frozen=True, kw_only=True):
    """The leverage of both sides of a market, and how many contracts more may be opened on each."""

    symbol: str
    long_leverage: int
    short_leverage: int
    max_long_leverage: int
    max_short_leverage: int
    available_long_vol: str
    available_short_vol: str
    applied: bool = True

    @staticmethod
    def of(market: Market, leverage: dict[bool, int], held: dict[bool, int]) -> "CoinLeverages":
        """What there is of a market.

        :param leverage: of the long side and of the short side; ``held`` how many contracts each has.
        """
        instrument, terms = market.instrument, terms_of(market.instrument)
        left = {side: max((terms.most_steps or 0) - steps, 0) for side, steps in held.items()}
        return CoinLeverages(
            symbol=instrument.symbol,
            long_leverage=leverage[True],
            short_leverage=leverage[False],
            max_long_leverage=terms.most_leverage,
            max_short_leverage=terms.most_leverage,
            available_long_vol=instrument.quantity_text(left[True]),
            available_short_vol=instrument.quantity_text(left[False]),
        )


class CoinMarginType(msgspec.Struct, frozen=True):
    """Whether positions of a market share the wallet, alone or as the one row of a list (V87)."""

    chosen: MarginType
    applied: bool = True
    nothing: tuple[()] = ()

    @property
    def symbol(self) -> str:
        """The market's."""
        return self.chosen.symbol

    @property
    def margin_type(self) -> str:
        """In the exchange's word."""
        return self.chosen.margin_type

    @property
    def rows(self) -> list[MarginType]:
        """Itself, in a list."""
        return [self.chosen]


class CoinBalance(msgspec.Struct, frozen=True):
    """A wallet of one coin."""

    short_uid: int
    asset: str
    balance: str
    equity: str
    unrealized_profit: str
    available_margin: str
    used_margin: str
    freezed_margin: str


class CoinHeld(msgspec.Struct, frozen=True, kw_only=True):
    """An open position."""

    position_id: int
    symbol: str
    position_side: str
    isolated: bool
    amount: str
    available: str
    unrealised: str
    initial_margin: str
    liquidation_price: Decimal
    average_price: str
    leverage: int
    mark_price: str
    risk_rate: str
    max_margin_reduction: str
    updated_ms: int
