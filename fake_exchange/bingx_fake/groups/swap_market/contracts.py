"""The contracts: the perpetuals that a state describes."""

from decimal import Decimal

import msgspec

from bingx_fake.books.money import plain
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_market.facts import Rows
from bingx_fake.groups.swap_market.asking import stall_of
from bingx_fake.groups.swap_trade.facts import fixed
from bingx_fake.market.stall import Stall
from bingx_fake.venue.filters import FARTHEST, MOST_OPEN

_FIRST_NUMBER = 100


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """A perpetual, and in which steps it is traded. Fees and leverage are those of D's example."""

    number: int
    symbol: str
    size: str
    quantity_places: int
    price_places: int
    least_quantity: Decimal
    min_notional: Decimal
    base: str
    quote: str
    status: int
    is_open: bool
    online_ms: int
    taker_fee: Decimal = Decimal("0.0005")
    maker_fee: Decimal = Decimal("0.0002")
    least_contracts: int = 0
    most_leverage: int = 125
    maintain_ms: int = 0
    off_ms: int = 0

    @property
    def may_open(self) -> bool:
        """Whether programs may open positions."""
        return self.is_open

    @property
    def may_close(self) -> bool:
        """Whether they may close them."""
        return self.is_open


def contracts(books: Books, call: Call) -> Rows:
    """Every contract, or the one that was asked for; none where there is no such (ours, A35)."""
    wanted = call.parameters.text("symbol")
    stalls = [stall for (product, _), stall in books.floor.stalls.items() if product == "swap"]
    rows = [_contract(number, stall) for number, stall in enumerate(stalls, _FIRST_NUMBER)]
    return Rows([row for row in rows if wanted in (None, row.symbol)])


class TradingRules(msgspec.Struct, frozen=True, kw_only=True):
    """What orders for a perpetual are held against; the last five are ratios to the index price (A210)."""

    min_size_coin: str
    min_size_usd: str
    max_num_order: str = str(MOST_OPEN)
    protection_threshold: str = "0"
    buy_max_price: str = str(FARTHEST)
    buy_min_price: str = fixed(Decimal(1) / FARTHEST, 1)
    sell_max_price: str = str(FARTHEST)
    sell_min_price: str = fixed(Decimal(1) / FARTHEST, 1)
    market_ratio: str = "0"


def trading_rules(books: Books, call: Call) -> TradingRules:
    """How small, large and far from the market orders may be (ours, A210)."""
    instrument = stall_of(books, call).market.instrument
    return TradingRules(min_size_coin=plain(instrument.step), min_size_usd=plain(instrument.min_notional))


def _contract(number: int, stall: Stall) -> Contract:
    instrument = stall.market.instrument
    return Contract(
        number=number,
        symbol=instrument.symbol,
        size=instrument.quantity_text(1),
        quantity_places=instrument.quantity_places,
        price_places=instrument.price_places,
        least_quantity=instrument.step,
        min_notional=instrument.min_notional,
        base=instrument.base,
        quote=instrument.quote,
        status=1 if stall.market.is_trading else 25,
        is_open=stall.market.is_trading,
        online_ms=instrument.online_ms,
    )
