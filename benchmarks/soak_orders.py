"""What users of a busy exchange do on a spot market, drawn from a seed, and what its fills come to."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from bingx_contracts import ENDPOINTS
from bingx_fake.exchange import Exchange

SYMBOL, BASE, QUOTE = "ETH-USDT", "ETH", "USDT"
OPENING = 3_000
_NEAR = 60
"""How far prices go from the opening price, in the quote coin."""
_FEE = Decimal("0.001")
_PLENTY = Decimal(10**9)
_KINDS = ("LIMIT", "LIMIT", "LIMIT", "MARKET", "TAKE_STOP_LIMIT", "TRIGGER_MARKET")
_REMEMBERED = 400

Call = Callable[[str, str, dict[str, Any], int], Any]
"""Sends a signed request and gives the data of its answer, or None where it was refused."""
Change = tuple[tuple[int, str, str], Decimal]
"""By how much an account's holdings of an asset change."""


class _Placed(NamedTuple):
    uid: int
    order_id: int


class OrderTraffic:
    """Sends orders to one exchange.

    :param users: who sends them; each gets plenty of both coins.
    """

    def __init__(self, exchange: Exchange, random: Random, users: list[int], call: Call) -> None:
        self._exchange, self._random, self._users, self._call = exchange, random, users, call
        self._last: list[_Placed] = []
        self._seen = dict.fromkeys(users, 0)
        for uid in users:
            for asset in (BASE, QUOTE):
                exchange.books.ledger.credit(uid, "spot", asset, _PLENTY)

    def _user(self) -> int:
        return self._random.choice(self._users)

    def _price(self) -> str:
        return f"{OPENING + self._random.randint(-_NEAR * 100, _NEAR * 100) / 100:.2f}"

    def place(self) -> None:
        """An order of any kind, at a price that the market comes to; at times for more than there is."""
        uid = self._user()
        order = {
            "symbol": SYMBOL,
            "side": self._random.choice(("BUY", "SELL")),
            "type": self._random.choice(_KINDS),
            "quantity": "1000000000" if self._random.random() < 0.02 else f"0.{self._random.randint(10, 99)}",
            "price": self._price(),
            "stopPrice": self._price(),
            "timeInForce": self._random.choice(("GTC", "GTC", "GTC", "IOC", "PostOnly")),
        }
        data = self._call("POST", ENDPOINTS["spot_trade.place_order"].path, order, uid)
        if data is not None:
            self._last.append(_Placed(uid, int(data["orderId"])))
            del self._last[:-_REMEMBERED]

    def pair(self) -> None:
        """Two orders of which one will trade."""
        pair = {"symbol": SYMBOL, "side": "SELL", "quantity": "0.5", "orderPrice": f"{OPENING - 3 * _NEAR}"}
        pair |= {"limitPrice": f"{OPENING + 2 * _NEAR}", "triggerPrice": f"{OPENING - 2 * _NEAR}"}
        self._call("POST", ENDPOINTS["spot_trade.place_oco"].path, pair, self._user())

    def cancel(self) -> None:
        """An order of a while ago, which may be over by now."""
        if self._last:
            uid, order_id = self._random.choice(self._last)
            order = {"symbol": SYMBOL, "orderId": order_id}
            self._call("POST", ENDPOINTS["spot_trade.cancel_order"].path, order, uid)

    def cancel_all(self) -> None:
        """Everything that a user has open, at once or ten seconds from now."""
        if self._random.random() < 0.5:
            path, order = ENDPOINTS["spot_trade.cancel_open_orders"].path, {"symbol": SYMBOL}
        else:
            path, order = ENDPOINTS["spot_trade.cancel_all_after"].path, {"type": "ACTIVATE", "timeOut": "10"}
        self._call("POST", path, order, self._user())

    def look(self) -> None:
        """Open orders, the history, or fills."""
        name = self._random.choice(("open_orders", "order_history", "fills"))
        self._call("GET", ENDPOINTS[f"spot_trade.{name}"].path, {"symbol": SYMBOL}, self._user())

    def move(self) -> None:
        """Have the price elsewhere, which fills what rests in between."""
        now_ms = self._exchange.clock.now_ms()
        self._exchange.books.floor.move(("spot", SYMBOL), int(Decimal(self._price()) * 100), now_ms)

    @property
    def placed(self) -> int:
        """How many orders were taken."""
        records = self._exchange.books.desk.records
        return sum(len(records.of(uid).orders) for uid in self._users)

    @property
    def filled(self) -> int:
        """How many fills there were."""
        records = self._exchange.books.desk.records
        return sum(len(records.of(uid).fills) for uid in self._users)

    def new_changes(self) -> Iterator[Change]:
        """What fills since the last call come to: the other side of each is the house, or another's fill."""
        for uid in self._users:
            fills = self._exchange.books.desk.records.of(uid).fills
            new, self._seen[uid] = fills[self._seen[uid] :], len(fills)
            for fill in new:
                quantity = fill.quantity * fill.instrument.step
                value = quantity * fill.price * fill.instrument.tick
                is_buy = fill.side.value == "BUY"
                gets, gives = (quantity, value) if is_buy else (value, quantity)
                got, given = (BASE, QUOTE) if is_buy else (QUOTE, BASE)
                assert fill.fee == gets * _FEE, "a thousandth of what was received"
                yield (uid, "spot", got), gets - fill.fee
                yield (uid, "spot", given), -gives
                yield (0, "fees", got), fill.fee
                yield (0, "house", got), -gets
                yield (0, "house", given), gives

    def check(self) -> None:
        """See that orders hold what is held, and nothing once they are over."""
        books = self._exchange.books
        held = {
            owner.id: amount
            for uid in self._users
            for asset in (BASE, QUOTE)
            for owner, amount in books.ledger.holds(uid, "spot", asset).items()
        }
        orders = [order for uid in self._users for order in books.desk.records.of(uid).orders.values()]
        assert held == {order.id: order.held for order in orders if order.held}
        assert all(order.is_open for order in orders if order.held)
