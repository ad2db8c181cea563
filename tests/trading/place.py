"""A spot desk to place orders at: one market, users with money, prices that move when somebody says so."""

from decimal import Decimal

from bingx_fake.agenda import Agenda
from bingx_fake.books.ids import OrderIds
from bingx_fake.books.ledger import Ledger
from bingx_fake.market.floor import Floor
from bingx_fake.market.house import Ladder
from bingx_fake.market.stall import Listing
from bingx_fake.trading.desk import SpotDesk
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Instrument
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderType, SpotOrder

NOW_MS = 1_795_000_000_000
LTC = Instrument(
    product="spot",
    symbol="LTC-USDT",
    base="LTC",
    quote="USDT",
    tick=Decimal("0.01"),
    step=Decimal("0.0001"),
    min_notional=Decimal(5),
    max_notional=Decimal(500_000),
    online_ms=NOW_MS,
)
MARKET: MarketId = ("spot", "LTC-USDT")
ALICE, BOB = 1, 2
BUY, SELL = Side.BUY, Side.SELL


class Trading:
    """Alice and Bob have 10,000 USDT and 100 LTC each; the price opens at 100."""

    def __init__(self, ladder: Ladder | None = None) -> None:
        self.agenda = Agenda()
        self.floor = Floor(self.agenda, 7)
        self.ledger = Ledger()
        self.desk = SpotDesk(self.floor, self.ledger, self.agenda, OrderIds().next)
        self.floor.add(Listing(instrument=LTC, opening=10_000, ladder=ladder, has_past=False), NOW_MS)
        for uid in (ALICE, BOB):
            self.ledger.credit(uid, "spot", "USDT", Decimal(10_000))
            self.ledger.credit(uid, "spot", "LTC", Decimal(100))
        self.now_ms = NOW_MS

    def limit(
        self, uid: int, side: Side, quantity: str, price: str, time_in_force: TimeInForce = TimeInForce.GTC
    ) -> SpotOrder:
        return self.place(
            uid,
            side,
            OrderType.LIMIT,
            quantity=Decimal(quantity),
            price=Decimal(price),
            time_in_force=time_in_force,
        )

    def place(self, uid: int, side: Side, kind: OrderType, **asked: object) -> SpotOrder:
        return self.desk.place(uid, NewOrder(symbol="LTC-USDT", side=side, type=kind, **asked), self.now_ms)  # type: ignore[arg-type]

    def move(self, price: str) -> None:
        self.floor.move(MARKET, LTC.ticks(Decimal(price)), self.now_ms)

    def has(self, uid: int, asset: str) -> tuple[str, str]:
        """What is free, and what is held, without zeros behind the point."""
        balance = self.ledger.balance(uid, "spot", asset)
        return f"{balance.free.normalize():f}", f"{balance.locked.normalize():f}"
