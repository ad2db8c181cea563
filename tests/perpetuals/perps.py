"""A desk of perpetuals to trade at: one market, users with money, prices that move when somebody says so."""

from decimal import Decimal
from typing import Any

from bingx_fake.agenda import Agenda
from bingx_fake.books.ids import OrderIds
from bingx_fake.books.ledger import Ledger
from bingx_fake.market.floor import Floor
from bingx_fake.market.house import Ladder
from bingx_fake.market.stall import Listing, Stall
from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.perpetuals.margins import ACCOUNTS, Wallet
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpOrder, PerpType, PositionSide
from bingx_fake.perpetuals.positions import Position
from bingx_fake.venue.commands import MarketId, SetMark
from bingx_fake.venue.instruments import Instrument, Perpetual
from bingx_fake.venue.order_book import Side

NOW_MS = 1_795_000_000_000
ALICE, BOB = 1, 2
BUY, SELL = Side.BUY, Side.SELL
LONG, SHORT, BOTH = PositionSide.LONG, PositionSide.SHORT, PositionSide.BOTH
MARKET: MarketId = ("swap", "LTC-USDT")


def instrument(symbol: str = "LTC-USDT", tick: str = "0.01", step: str = "0.1") -> Instrument:
    """A perpetual; one whose money is in its coin, if it is quoted in USD: contracts of 10 USD, or 100."""
    base, quote = symbol.split("-")
    if quote == "USD":
        step = "1"
    return Instrument(
        product="coinm" if quote == "USD" else "swap",
        symbol=symbol,
        base=base,
        quote=quote,
        tick=Decimal(tick),
        step=Decimal(step),
        min_notional=Decimal(2),
        max_notional=Decimal(10_000_000),
        online_ms=NOW_MS,
        contract=None if quote != "USD" else Decimal(100 if base == "BTC" else 10),
    )


class Perps:
    """Alice and Bob have 10,000 USDT each; the price opens at 100. Leverage is 5, margin is shared.

    On ``LTC-USD`` they have 100 LTC each, which is as much; a contract is 10 USD.
    """

    def __init__(
        self, ladder: Ladder | None = None, *, is_hedging: bool = False, symbol: str = "LTC-USDT"
    ) -> None:
        traded = instrument(symbol)
        product: Perpetual = "coinm" if traded.is_inverse else "swap"
        self.symbol, self.asset = symbol, traded.coin
        self.market_id: MarketId = (product, symbol)
        self.account, self.funds = ACCOUNTS[product], Decimal(100 if traded.is_inverse else 10_000)
        self.agenda = Agenda()
        self.floor = Floor(self.agenda, 7)
        self.ledger = Ledger()
        self.desk = SwapDesk(self.floor, self.ledger, self.agenda, OrderIds().next, product)
        self.ledger.lets_go = self.desk.margins.may_leave
        self.now_ms = NOW_MS
        self.stall = self.add(traded, 10_000, ladder)
        for uid in (ALICE, BOB):
            self.fund(uid)
            self.desk.set_mode(uid, is_hedging=is_hedging)

    def fund(self, uid: int) -> None:
        """Give somebody what Alice and Bob have."""
        self.ledger.credit(uid, self.account, self.asset, self.funds)

    def add(self, instrument: Instrument, opening: int, ladder: Ladder | None = None) -> Stall:
        listing = Listing(instrument=instrument, opening=opening, ladder=ladder, has_past=False)
        return self.floor.add(listing, NOW_MS)

    def limit(self, uid: int, side: Side, quantity: str, price: str, **more: Any) -> PerpOrder:
        return self.place(uid, side, PerpType.LIMIT, quantity, price=Decimal(price), **more)

    def market(self, uid: int, side: Side, quantity: str, **more: Any) -> PerpOrder:
        return self.place(uid, side, PerpType.MARKET, quantity, **more)

    def place(
        self,
        uid: int,
        side: Side,
        kind: PerpType,
        quantity: str | None,
        *,
        symbol: str | None = None,
        **more: Any,
    ) -> PerpOrder:
        asked = None if quantity is None else Decimal(quantity)
        new = NewPerpOrder(symbol=symbol or self.symbol, side=side, type=kind, quantity=asked, **more)
        return self.desk.place(uid, new, self.now_ms)

    def trade(self, buyer: int, seller: int, quantity: str, price: str, **more: Any) -> None:
        """Let two users trade with each other at a price."""
        self.limit(seller, SELL, quantity, price, **({"position_side": SHORT} if more else {}))
        self.limit(buyer, BUY, quantity, price, **({"position_side": LONG} if more else {}))

    def move(self, price: str) -> None:
        instrument = self.stall.market.instrument
        self.floor.move(self.market_id, instrument.ticks(Decimal(price)), self.now_ms)

    def mark(self, price: str | None) -> None:
        """Set the mark price alone, or let it follow again."""
        ticks = None if price is None else self.stall.market.instrument.ticks(Decimal(price))
        self.floor.apply(SetMark(self.market_id, ticks), self.now_ms)

    def position(self, uid: int, *, is_long: bool = True) -> Position:
        return self.desk.records.of(uid).positions[self.market_id, is_long]

    def has_position(self, uid: int) -> bool:
        return bool(self.desk.records.positions(uid))

    def wallet(self, uid: int) -> Wallet:
        return self.desk.margins.wallet(uid, self.asset)

    def balance(self, uid: int) -> str:
        """All that is in the wallet, without zeros behind the point."""
        return f"{self.wallet(uid).balance.normalize():f}"
