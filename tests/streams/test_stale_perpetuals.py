"""Reads about perpetuals that are behind: orders, positions, wallets and income as they were."""

from decimal import Decimal
from typing import Any

import pytest
from streams.test_stale import Reader
from support.sender import ALICE, NOW_MS

from bingx_fake import FakeExchange
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpOrder, PerpType, PositionSide
from bingx_fake.venue.order_book import Side

BTC = "BTC-USDT"
POSITIONS = "/openApi/swap/v2/user/positions"
BALANCE = "/openApi/swap/v3/user/balance"
INCOME = "/openApi/swap/v2/user/income"
OPEN = "/openApi/swap/v2/trade/openOrders"
QUERY = "/openApi/swap/v2/trade/order"
FILLS = "/openApi/swap/v2/trade/allFillOrders"
MARGINS = "/openApi/swap/v1/positionMargin/history"
TIMES = {"tradingUnit": "COIN", "startTs": str(NOW_MS - 1_000), "endTs": str(NOW_MS + 100_000)}


class PerpReader(Reader):
    """What alice is shown of her perpetuals."""

    def open_ids(self) -> list[int]:
        return [int(row["orderId"]) for row in self.read(OPEN, symbol=BTC)["orders"]]

    def amounts(self) -> list[str]:
        return [row["positionAmt"] for row in self.read(POSITIONS, symbol=BTC)]

    def incomes(self) -> list[str]:
        return [row["incomeType"] for row in self.read(INCOME) or ()]

    def wallet(self) -> tuple[str, str, str]:
        (row,) = (row for row in self.read(BALANCE) if row["asset"] == "USDT")
        return row["balance"], row["usedMargin"], row["freezedMargin"]


@pytest.fixture
def reader(exchange: FakeExchange) -> PerpReader:
    return PerpReader(exchange)


def place(exchange: FakeExchange, side: Side, quantity: str, price: str | None = None) -> PerpOrder:
    new = NewPerpOrder(
        symbol=BTC,
        side=side,
        type=PerpType.MARKET if price is None else PerpType.LIMIT,
        quantity=Decimal(quantity),
        price=None if price is None else Decimal(price),
    )
    return exchange.call(lambda inner: inner.books.swap.place(ALICE, new, inner.clock.now_ms()))


def test_an_order_is_unknown_and_takes_no_margin_until_the_replica_has_heard_of_it(
    exchange: FakeExchange, reader: PerpReader
) -> None:
    with exchange.fault("com", "stale", ms=2_000):
        order = place(exchange, Side.BUY, "0.005", "50000")
        for _ in range(2):
            assert (reader.open_ids(), reader.wallet()[2]) == ([], "0.0000")
            assert reader.code(QUERY, symbol=BTC, orderId=str(order.id)) == 109421
            exchange.clock.advance(999)
        exchange.clock.advance(2)
        assert reader.open_ids() == [order.id]
        assert reader.wallet()[2] == "50.1250"  # 250 / 5 + 250 * 0.0005
        assert reader.read(QUERY, symbol=BTC, orderId=str(order.id))["order"]["status"] == "PENDING"


def test_a_position_its_fill_its_income_and_its_wallet_are_read_late_and_together(
    exchange: FakeExchange, reader: PerpReader
) -> None:
    order = place(exchange, Side.BUY, "0.005", "59000")
    before = reader.wallet()
    with exchange.fault("com", "stale", ms=500):
        exchange.market(BTC, "swap").move("58000")
        assert reader.read(QUERY, symbol=BTC, orderId=str(order.id))["order"]["status"] == "PENDING"
        assert (reader.amounts(), reader.open_ids()) == ([], [order.id])
        assert reader.read(FILLS, symbol=BTC, **TIMES)["fill_orders"] == []
        assert (reader.incomes(), reader.wallet()) == ([], before)
        exchange.clock.advance(500)
        assert reader.read(QUERY, symbol=BTC, orderId=str(order.id))["order"]["status"] == "FILLED"
        assert (reader.amounts(), reader.open_ids()) == (["0.0050"], [])
        assert len(reader.read(FILLS, symbol=BTC, **TIMES)["fill_orders"]) == 1
        assert reader.incomes() == ["TRADING_FEE"]
        assert reader.wallet() == ("99.9410", "59.0000", "0.0000")


def test_a_position_that_was_liquidated_is_still_there_at_the_new_mark(
    exchange: FakeExchange, reader: PerpReader
) -> None:
    place(exchange, Side.BUY, "0.005")
    with exchange.fault("com", "stale", ms=1_000):
        exchange.market(BTC, "swap").mark("30000")
        assert exchange.positions() == []
        (row,) = reader.read(POSITIONS, symbol=BTC)
        assert (row["positionAmt"], row["markPrice"]) == ("0.0050", "30000.0")
        exchange.clock.advance(1_000)
        assert reader.amounts() == []


def test_the_profit_in_a_wallet_that_is_read_late_is_that_at_the_mark_as_it_is(
    exchange: FakeExchange, reader: PerpReader
) -> None:
    def profit() -> Decimal:
        (row,) = (row for row in reader.read(BALANCE) if row["asset"] == "USDT")
        return Decimal(row["unrealizedProfit"])

    place(exchange, Side.BUY, "0.005")
    with exchange.fault("com", "stale", ms=60_000):
        before = profit()
        mark = exchange.call(lambda inner: inner.books.swap.market(BTC).mark_price)
        tick = exchange.call(lambda inner: inner.books.swap.market(BTC).instrument.tick)
        exchange.market(BTC, "swap").mark(mark * tick + 1_000)
        assert profit() - before == 5  # 0.005 * 1000


def test_funding_and_margin_that_was_added_are_read_late(exchange: FakeExchange, reader: PerpReader) -> None:
    exchange.call(lambda inner: inner.books.swap.set_margin_type(ALICE, BTC, is_isolated=True))
    place(exchange, Side.BUY, "0.001")
    with exchange.fault("com", "stale", ms=1_000):
        margin = reader.read(POSITIONS, symbol=BTC)[0]["margin"]
        exchange.call(
            lambda inner: inner.books.swap.change_margin(ALICE, BTC, None, Decimal(7), inner.clock.now_ms())
        )
        assert reader.read(POSITIONS, symbol=BTC)[0]["margin"] == margin
        exchange.clock.advance(600)
        exchange.market(BTC, "swap").settle_funding()
        exchange.clock.advance(400)
        added = Decimal(reader.read(POSITIONS, symbol=BTC)[0]["margin"])
        assert added == Decimal(margin) + 7
        assert "FUNDING_FEE" not in reader.incomes()
        exchange.clock.advance(600)
        assert Decimal(reader.read(POSITIONS, symbol=BTC)[0]["margin"]) == added - Decimal("0.006")
        assert "FUNDING_FEE" in reader.incomes()


def test_what_was_there_before_the_fault_is_known_and_settings_are_as_they_are(
    exchange: FakeExchange, reader: PerpReader
) -> None:
    order = place(exchange, Side.BUY, "0.001", "50000")
    place(exchange, Side.BUY, "0.001")
    with exchange.fault("com", "stale", ms=60_000):
        assert (reader.open_ids(), reader.amounts()) == ([order.id], ["0.0010"])
        exchange.call(lambda inner: inner.books.swap.set_leverage(ALICE, BTC, PositionSide.BOTH, 9, NOW_MS))
        asked: Any = reader.read("/openApi/swap/v2/trade/leverage", symbol=BTC)
        assert asked["longLeverage"] == 9


def test_all_is_known_when_the_fault_ends(exchange: FakeExchange, reader: PerpReader) -> None:
    with exchange.fault("com", "stale", ms=60_000):
        place(exchange, Side.BUY, "0.001")
        assert reader.amounts() == []
    assert reader.amounts() == ["0.0010"]


def test_what_may_leave_the_wallet_is_read_late_as_well(exchange: FakeExchange, reader: PerpReader) -> None:
    def may_leave() -> Any:
        path = "/openApi/api/asset/v1/transfer/supportCoins"
        rows = reader.read(path, fromAccount="USDTMPerp", toAccount="fund")
        return next(row["amount"] for row in rows if row["asset"] == "USDT")

    with exchange.fault("com", "stale", ms=60_000):
        place(exchange, Side.BUY, "0.005")
        assert may_leave() == "100"
    assert may_leave() == "39.84939975"  # less the margin, the fee and the loss of the spread
