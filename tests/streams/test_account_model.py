"""What a reader of the account's stream knows, over one reading by REST, is what REST says in the end.

The rules by which this reader keeps its account, which hold whatever is late, twice or out of order:

- It subscribes first and reads by REST after that; where REST may be behind, it waits for as long in between.
- Of an order it takes what is further: finished over unfinished, then what is filled more. No time is needed.
- Of a balance it takes what was sent last (``E``). Two of one millisecond are in the order in which they
  come; where that may be another one nothing tells which of them is the last, and REST is to be asked again.
"""

from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from streams.listener import Listener
from streams.test_account import new_key, place
from streams.test_stale import BTC, HISTORY, Reader
from support.sender import ALICE, NOW_MS

from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange
from bingx_fake.venue.filters import Declined
from bingx_fake.venue.order_book import Side

FINISHED = ("FILLED", "CANCELED")


class Held(NamedTuple):
    """A balance as it was told; ``is_sure`` is False where nothing says that it is the last of its time."""

    at_ms: int
    free: float
    locked: float
    is_sure: bool = True


class Account:
    """An account that is kept by the rules above."""

    def __init__(self) -> None:
        self.orders: dict[int, tuple[bool, float, str]] = {}
        self.balances: dict[str, Held] = {}

    def read(self, reader: Reader) -> None:
        """Take one reading by REST, for what no message has told yet."""
        for row in orders_of(reader):
            self._learn(int(row["orderId"]), str(row["status"]), float(row["executedQty"]))
        for row in balances_of(reader):
            self.balances.setdefault(row["asset"], Held(0, float(row["free"]), float(row["locked"])))

    def take(self, message: dict[str, Any]) -> None:
        if message.get("dataType") == "spot.executionReport":
            data = message["data"]
            self._learn(data["i"], data["X"], data["z"])
        elif message.get("e") == "ACCOUNT_UPDATE":
            for row in message["a"]["B"]:
                told = Held(message["E"], float(row["cw"]), float(row["lk"]))
                known = self.balances.get(row["a"])
                if known is None or known.at_ms < told.at_ms:
                    self.balances[row["a"]] = told
                elif known.at_ms == told.at_ms and known[:3] != told[:3]:
                    self.balances[row["a"]] = told._replace(is_sure=False)

    def _learn(self, order_id: int, status: str, filled: float) -> None:
        told = (status in FINISHED, filled, status)
        known = self.orders.get(order_id)
        if known is None or known[:2] < told[:2]:
            self.orders[order_id] = told


def orders_of(reader: Reader) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reader.read(HISTORY, symbol=BTC, pageIndex="1", pageSize="100")["orders"]
    return found


def balances_of(reader: Reader) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reader.read("/openApi/spot/v1/account/balance")["balances"]
    return found


STEPS = st.one_of(
    st.tuples(st.sampled_from(["buy", "sell"]), st.integers(58_000, 62_000)),
    st.tuples(st.sampled_from(["market buy", "cancel"]), st.integers(0, 3)),
    st.tuples(st.just("move"), st.integers(58_500, 61_500)),
    st.tuples(st.just("credit"), st.integers(1, 9)),
    st.tuples(st.just("wait"), st.integers(1, 900)),
)


def happen(exchange: FakeExchange, steps: list[tuple[str, int]]) -> None:
    for kind, number in steps:
        try:
            match kind:
                case "buy" | "sell":
                    place(exchange, Side.BUY if kind == "buy" else Side.SELL, "0.01", str(number))
                case "market buy":
                    place(exchange, Side.BUY, "0.01")
                case "cancel":
                    cancel_one(exchange, number)
                case "move":
                    exchange.market(BTC).move(number)
                case "credit":
                    exchange.credit(ALICE, "spot", "USDT", number)
        except Declined:
            pass
        exchange.clock.advance(number if kind == "wait" else 1)


def cancel_one(exchange: FakeExchange, number: int) -> None:
    def cancel(inner: Exchange) -> None:
        orders = inner.books.desk.records.open_of(ALICE, None)
        if number < len(orders):
            inner.books.desk.cancel(ALICE, BTC, inner.clock.now_ms(), order_id=orders[number].id)

    exchange.call(cancel)


FAULTS = st.fixed_dictionaries(
    {},
    optional={
        "stale": st.integers(1, 3_000),
        "ws-delay": st.integers(1, 3_000),
        "ws-duplicate": st.none(),
        "ws-reorder": st.none(),
    },
)


@settings(max_examples=40)
@given(
    before=st.lists(STEPS, max_size=4),
    between=st.lists(STEPS, max_size=4),
    after=st.lists(STEPS, max_size=8),
    faults=FAULTS,
)
def test_the_stream_over_one_reading_is_what_rest_says_in_the_end(
    before: list[tuple[str, int]],
    between: list[tuple[str, int]],
    after: list[tuple[str, int]],
    faults: dict[str, int | None],
) -> None:
    with FakeExchange(frozen_at_ms=NOW_MS) as exchange:
        exchange.credit(ALICE, "spot", "USDT", 100_000)
        exchange.credit(ALICE, "spot", "BTC", 1)
        reader, account = Reader(exchange), Account()
        for kind, ms in faults.items():
            domain = "com" if kind == "stale" else "stream"
            fields = {} if ms is None else {"ms": ms}
            chance = {} if kind == "stale" else {"probability": 0.5}
            exchange.play([{"domain": domain, "kind": kind, **fields, **chance}])
        happen(exchange, before)
        with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}") as listener:
            for topic in ("spot.executionReport", "ACCOUNT_UPDATE"):
                listener.send({"id": topic, "dataType": topic})
            heard = listener.so_far()
            happen(exchange, between)
            exchange.clock.advance(faults.get("stale") or 0)
            account.read(reader)
            happen(exchange, after)
            exchange.clock.advance(faults.get("ws-delay") or 0)
            exchange.clear_faults()  # what waits for the next message comes now
            for message in [*heard, *listener.so_far()]:
                account.take(message)
        told = {order_id: (status, filled) for order_id, (_, filled, status) in account.orders.items()}
        assert told == {
            int(row["orderId"]): (row["status"], float(row["executedQty"])) for row in orders_of(reader)
        }
        held = {row["asset"]: (float(row["free"]), float(row["locked"])) for row in balances_of(reader)}
        sure = "ws-reorder" not in faults and "ws-delay" not in faults
        known = {asset: it for asset, it in account.balances.items() if it.is_sure or sure}
        assert {asset: (it.free, it.locked) for asset, it in known.items()} == {
            asset: held[asset] for asset in known
        }
        assert len(known) >= len(held) - 2, "only what a trade moves can be unsure"
