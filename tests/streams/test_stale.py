"""Reads that are behind, or empty, and what streams tell meanwhile."""

from typing import Any

import pytest
from streams.test_account import place
from support.sender import ALICE, SPOT_BALANCE, Reply, Sender

from bingx_fake import FakeExchange
from bingx_fake.answers.answer import Answer
from bingx_fake.faults.reads import emptied
from bingx_fake.venue.order_book import Side

BTC = "BTC-USDT"
OPEN = "/openApi/spot/v1/trade/openOrders"
QUERY = "/openApi/spot/v1/trade/query"
HISTORY = "/openApi/spot/v1/trade/historyOrders"
FILLS = "/openApi/spot/v1/trade/myTrades"


class Reader:
    """What alice is shown of her account."""

    def __init__(self, exchange: FakeExchange) -> None:
        self._sender, self._clock = Sender(exchange), exchange.clock

    def _ask(self, path: str, parameters: dict[str, str]) -> Reply:
        return self._sender.call("GET", path, parameters, timestamp=self._clock.now_ms())

    def read(self, path: str, **parameters: str) -> Any:
        reply = self._ask(path, parameters)
        assert reply.code == 0, reply.json
        return reply.json["data"]

    def code(self, path: str, **parameters: str) -> int | None:
        return self._ask(path, parameters).code

    def usdt(self) -> tuple[str, str]:
        rows = self.read(SPOT_BALANCE)["balances"]
        return next((row["free"], row["locked"]) for row in rows if row["asset"] == "USDT")

    def open_ids(self) -> list[int]:
        return [int(row["orderId"]) for row in self.read(OPEN, symbol=BTC)["orders"]]


@pytest.fixture
def reader(exchange: FakeExchange) -> Reader:
    exchange.credit(ALICE, "spot", "USDT", 10_000)
    return Reader(exchange)


def test_an_order_is_unknown_until_the_replica_has_heard_of_it(
    exchange: FakeExchange, reader: Reader
) -> None:
    before, money = reader.open_ids(), reader.usdt()
    with exchange.fault("com", "stale", ms=2_000):
        order = place(exchange, Side.BUY, "0.1", "50000", client_id="mine")
        for _ in range(2):
            assert (reader.open_ids(), reader.usdt()) == (before, money)
            assert reader.code(QUERY, symbol=BTC, orderId=str(order.id)) == 100404
            assert reader.read(HISTORY, symbol=BTC, pageIndex="1", pageSize="10")["orders"] == []
            exchange.clock.advance(999)
        exchange.clock.advance(2)
        assert reader.open_ids() == [order.id]
        assert reader.usdt()[1] == "5000"
        assert reader.read(QUERY, symbol=BTC, orderId=str(order.id))["status"] == "PENDING"


def test_a_fill_is_read_late_and_whole(exchange: FakeExchange, reader: Reader) -> None:
    order = place(exchange, Side.BUY, "0.1", "59000")
    with exchange.fault("com", "stale", ms=500):
        exchange.market(BTC).move("58000")
        assert reader.read(QUERY, symbol=BTC, orderId=str(order.id))["status"] == "PENDING"
        assert reader.read(FILLS, symbol=BTC)["fills"] == []
        assert reader.open_ids() == [order.id]
        exchange.clock.advance(500)
        assert reader.read(QUERY, symbol=BTC, orderId=str(order.id))["status"] == "FILLED"
        assert len(reader.read(FILLS, symbol=BTC)["fills"]) == 1
        assert reader.open_ids() == []
    assert reader.open_ids() == []


def test_what_was_there_before_the_fault_is_known(exchange: FakeExchange, reader: Reader) -> None:
    order = place(exchange, Side.BUY, "0.1", "50000")
    with exchange.fault("com", "stale", ms=60_000):
        assert reader.open_ids() == [order.id]


def test_all_is_known_when_the_fault_ends(exchange: FakeExchange, reader: Reader) -> None:
    exchange.play([{"domain": "com", "kind": "stale", "ms": 60_000, "at_ms": 1_000, "for_ms": 1_000}])
    first = place(exchange, Side.BUY, "0.1", "50000")
    assert reader.open_ids() == [first.id], "it has not begun"
    exchange.clock.advance(1_000)
    second = place(exchange, Side.BUY, "0.1", "50001")
    assert reader.open_ids() == [first.id]
    exchange.clock.advance(1_000)
    assert reader.open_ids() == [first.id, second.id]


def test_writes_go_by_what_is_so(exchange: FakeExchange, reader: Reader) -> None:
    sender = Sender(exchange)
    with exchange.fault("com", "stale", ms=60_000):
        order = place(exchange, Side.BUY, "0.1", "50000")
        cancelled = sender.post("/openApi/spot/v1/trade/cancel", symbol=BTC, orderId=order.id)
        assert cancelled.json["data"]["status"] == "CANCELED"


def test_the_other_domain_is_not_behind(exchange: FakeExchange, reader: Reader) -> None:
    with exchange.fault("pro", "stale", ms=60_000):
        order = place(exchange, Side.BUY, "0.1", "50000")
        assert reader.open_ids() == [order.id]


def test_a_state_that_is_loaded_is_read_from_then_on(exchange: FakeExchange, reader: Reader) -> None:
    with exchange.fault("com", "stale", ms=60_000):
        place(exchange, Side.BUY, "0.1", "50000")
        exchange.load(None)
        order = place(exchange, Side.BUY, "0.001", "50000")
        assert reader.open_ids() == []
        exchange.clock.advance(60_000)
        assert reader.open_ids() == [order.id]


def test_the_journal_names_the_fault(exchange: FakeExchange, reader: Reader) -> None:
    with exchange.fault("com", "stale", ms=5, path="*/openOrders", times=1):
        reader.usdt()
        reader.open_ids()
        reader.open_ids()
    assert [entry["fault"] for entry in exchange.requests] == [None, "stale", None]


@pytest.mark.parametrize(
    ("path", "parameters", "empty"),
    [
        (SPOT_BALANCE, {}, {"balances": []}),
        (OPEN, {"symbol": BTC}, {"orders": []}),
        (FILLS, {"symbol": BTC}, {"fills": []}),
        ("/openApi/spot/v1/market/depth", {"symbol": BTC}, {"bids": [], "asks": []}),
    ],
)
def test_a_success_has_no_rows(
    exchange: FakeExchange, reader: Reader, path: str, parameters: dict[str, str], empty: dict[str, Any]
) -> None:
    place(exchange, Side.BUY, "0.1", "50000")
    place(exchange, Side.BUY, "0.01", "61000")
    rows = reader.read(path, **parameters)
    assert all(rows[name] for name in empty)
    with exchange.fault("com", "empty-data"):
        assert reader.read(path, **parameters) == rows | empty
    assert reader.read(path, **parameters) == rows


def test_what_has_no_rows_and_what_is_refused_stays(exchange: FakeExchange, reader: Reader) -> None:
    order = place(exchange, Side.BUY, "0.1", "50000")
    asked = {"symbol": BTC, "orderId": str(order.id)}
    shown = reader.read(QUERY, **asked)
    with exchange.fault("com", "empty-data"):
        assert reader.read(QUERY, **asked) == shown
        assert reader.code(QUERY, symbol=BTC, orderId="1") == 100404


def test_numbers_beside_the_rows_keep_their_digits() -> None:
    body = b'{"code":0,"data":{"rows":[1],"n":0.10000000000000000001,"t":1700000000000000001},"m":"[1]"}'
    expected = b'{"code":0,"data":{"rows":[],"n":0.10000000000000000001,"t":1700000000000000001},"m":"[1]"}'
    assert emptied(Answer(200, body, 0)).body == expected
