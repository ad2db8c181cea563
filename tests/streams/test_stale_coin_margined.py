"""Reads about coin-margined perpetuals that are behind: orders, fills, positions and wallets as they were."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from streams.test_stale import Reader
from support.sender import ALICE, NOW_MS

from bingx_fake import FakeExchange
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpOrder, PerpType
from bingx_fake.venue.order_book import Side

BTC = "BTC-USD"
TRADE, USER = "/openApi/cswap/v1/trade", "/openApi/cswap/v1/user"
QUERY, HISTORY, FORCED = f"{TRADE}/orderDetail", f"{TRADE}/orderHistory", f"{TRADE}/forceOrders"


class CoinReader(Reader):
    """What alice is shown of her contracts."""

    def open_ids(self) -> list[int]:
        return [int(row["orderId"]) for row in self.read(f"{TRADE}/openOrders", symbol=BTC)["orders"]]

    def fills(self, order: PerpOrder) -> list[str]:
        rows = self.read(f"{TRADE}/allFillOrders", orderId=str(order.id))
        return [row["volume"] for row in rows]

    def amounts(self) -> list[str]:
        return [row["positionAmt"] for row in self.read(f"{USER}/positions", symbol=BTC)]

    def wallet(self) -> tuple[str, str, str]:
        (row,) = self.read(f"{USER}/balance", symbol=BTC)
        return row["balance"], row["usedMargin"], row["freezedMargin"]


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        running.credit(ALICE, "coinMPerp", "BTC", "0.01")
        yield running


@pytest.fixture
def reader(exchange: FakeExchange) -> CoinReader:
    return CoinReader(exchange)


def place(exchange: FakeExchange, contracts: int, price: str | None = None) -> PerpOrder:
    new = NewPerpOrder(
        symbol=BTC,
        side=Side.BUY,
        type=PerpType.MARKET if price is None else PerpType.LIMIT,
        quantity=Decimal(contracts),
        price=None if price is None else Decimal(price),
    )
    return exchange.call(lambda inner: inner.books.coinm.place(ALICE, new, inner.clock.now_ms()))


def test_an_order_is_unknown_and_takes_no_margin_until_it_is_heard_of(
    exchange: FakeExchange, reader: CoinReader
) -> None:
    with exchange.fault("com", "stale", ms=2_000):
        order = place(exchange, 3, "50000")
        exchange.clock.advance(1_999)
        assert (reader.open_ids(), reader.wallet()[2]) == ([], "0.00000000")
        assert reader.code(QUERY, symbol=BTC, orderId=str(order.id)) == 109421
        exchange.clock.advance(1)
        assert reader.open_ids() == [order.id]
        assert reader.wallet()[2] == "0.00120300"  # 3 * 100 / 50000 are 0.006: a fifth, and 0.0005 of it


def test_a_fill_its_position_and_its_wallet_are_read_late_and_together(
    exchange: FakeExchange, reader: CoinReader
) -> None:
    order = place(exchange, 3, "50000")
    before = reader.wallet()
    with exchange.fault("com", "stale", ms=500):
        exchange.market(BTC, "coinm").move("49000")
        assert (reader.amounts(), reader.fills(order), reader.open_ids()) == ([], [], [order.id])
        assert reader.read(HISTORY, symbol=BTC)["orders"] == []
        assert reader.wallet() == before
        exchange.clock.advance(500)
        assert (reader.amounts(), reader.fills(order), reader.open_ids()) == (["3"], ["3"], [])
        assert [row["orderId"] for row in reader.read(HISTORY, symbol=BTC)["orders"]] == [str(order.id)]
        assert reader.wallet() == ("0.00999880", "0.00120000", "0.00000000")  # a maker's 0.0002 of 0.006


def test_a_position_that_was_liquidated_is_still_there_at_the_new_mark(
    exchange: FakeExchange, reader: CoinReader
) -> None:
    place(exchange, 28)
    with exchange.fault("com", "stale", ms=1_000):
        exchange.market(BTC, "coinm").mark("40000")
        assert exchange.positions() == []
        (row,) = reader.read(f"{USER}/positions", symbol=BTC)
        assert (row["positionAmt"], row["markPrice"]) == ("28", "40000.0")
        assert reader.read(FORCED, symbol=BTC) == []
        exchange.clock.advance(1_000)
        assert reader.amounts() == []
        assert len(reader.read(FORCED, symbol=BTC)) == 1
