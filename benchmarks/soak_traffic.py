"""What the users of a busy exchange send, drawn from a seed, and what they then should have."""

import json
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from benchmarks.sending import (
    COINS,
    FUND_BALANCE,
    INNER_RECORDS,
    INNER_TRANSFER,
    OVERVIEW,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    TRANSFER_RECORDS,
    TRANSFERS,
    signed,
)
from benchmarks.soak_orders import OrderTraffic
from benchmarks.soak_streams import StreamTraffic
from bingx_fake.answers.answer import Answer
from bingx_fake.exchange import Exchange

OLDEST_TRANSFER = "/openApi/api/v3/post/asset/transfer"
USERS = {16779999: "alice", 16780001: "bob", 16780002: "carol"}
MAIN_USERS = (16779999, 16780001)
DIRECTIONS = {
    "FUND_PFUTURES": ("fund", "USDTMPerp"),
    "PFUTURES_FUND": ("USDTMPerp", "fund"),
    "FUND_SFUTURES": ("fund", "stdFutures"),
    "SFUTURES_FUND": ("stdFutures", "fund"),
}
_LATE_EVERY, _LATE_WRITES, _LATE_MS = 5_000, 20, 500
_HAMMERED = 30
"""Requests at once: more than a ban takes."""

Place = tuple[int, str, str]


class _Move(NamedTuple):
    """What a write does where it is answered with success."""

    source: Place
    target: Place
    amount: Decimal


class Traffic:
    """Sends to one exchange, and keeps accounts of its own.

    :param hammers: whether somebody goes on although a limit is reached.
    """

    def __init__(self, exchange: Exchange, random: Random, *, hammers: bool) -> None:
        self.exchange, self._random, self._hammers = exchange, random, hammers
        self.codes: Counter[int | None] = Counter()
        self.made = 0
        self.orders = OrderTraffic(exchange, random, list(USERS), self._data)
        self.streams = StreamTraffic(exchange, random, list(USERS))
        self.accounts: dict[Place, Decimal] = {
            (uid, account, asset): balance.free + balance.locked
            for uid, account, held in exchange.books.ledger.books()
            for asset, balance in held.items()
        }

    def send(self) -> None:
        """Send one request, or a burst from one address."""
        if self.codes.total() % _LATE_EVERY == 0:
            order = {"domain": "*", "kind": "commit-delay", "ms": _LATE_MS, "times": _LATE_WRITES}
            self.exchange.order_faults(order)
        (kind,) = self._random.choices(_KINDS, _WEIGHTS)
        kind(self)
        if self._hammers and self._random.random() < 0.002:
            address = self._address()
            for _ in range(_HAMMERED):
                self._call("GET", SPOT_BALANCE, {}, self._user(), address=address)

    def _user(self) -> int:
        return self._random.choice(list(USERS))

    def _address(self) -> str:
        number = self._random.randrange(65_536)
        return f"10.0.{number // 256}.{number % 256}"

    def _amount(self) -> str:
        return str(Decimal(self._random.randint(1, 10**9)).scaleb(-self._random.randint(6, 20)))

    def _call(
        self, method: str, path: str, parameters: dict[str, Any], uid: int, **changes: Any
    ) -> int | None:
        """Send a signed request and give the code of its answer."""
        return self._answer(method, path, parameters, uid, **changes).code

    def _data(self, method: str, path: str, parameters: dict[str, Any], uid: int) -> Any:
        """Send a signed request and give the data of its answer, None where it was refused."""
        answer = self._answer(method, path, parameters, uid)
        return json.loads(answer.body)["data"] if answer.code == 0 else None

    def _answer(self, method: str, path: str, parameters: dict[str, Any], uid: int, **changes: Any) -> Answer:
        name = USERS[uid]
        facts: dict[str, Any] = {
            "key": f"{name}-key",
            "secret": f"{name}-secret",
            "now_ms": self.exchange.clock.now_ms() - self._random.randint(0, 900),
            "address": self._address(),
            "domain": "pro" if self._random.random() < 0.02 else "com",
        }
        answer = self.exchange.receive(signed(method, path, parameters, **facts | changes))
        assert isinstance(answer, Answer), "no fault takes an answer away"
        self.codes[answer.code] += 1
        return answer

    def _read(self, path: str, **parameters: Any) -> None:
        self._call("GET", path, parameters, self._user())

    def _write(self, path: str, parameters: dict[str, Any], uid: int, move: _Move) -> None:
        if self._call("POST", path, parameters, uid) == 0:
            self.made += 1
            self.accounts[move.source] = self.accounts.get(move.source, Decimal(0)) - move.amount
            self.accounts[move.target] = self.accounts.get(move.target, Decimal(0)) + move.amount

    def spot(self) -> None:
        """A spot balance."""
        self._read(SPOT_BALANCE)

    def fund(self) -> None:
        """A fund balance."""
        self._read(FUND_BALANCE)

    def overview(self) -> None:
        """All accounts."""
        self._read(OVERVIEW)

    def coins(self) -> None:
        """Transferable coins."""
        self._read(COINS, fromAccount="fund", toAccount="spot")

    def time(self) -> None:
        """The server's time."""
        self._read(SERVER_TIME)

    def by_type(self) -> None:
        """A page of the older record query."""
        self._read(TRANSFERS, type=self._random.choice(list(DIRECTIONS)), current=self._random.randint(1, 5))

    def records(self) -> None:
        """A page of the newer record query, deep down at times."""
        self._read(TRANSFER_RECORDS, pageIndex=self._random.randint(1, 200), pageSize=20)

    def latest_hour(self) -> None:
        """Records of the last hour."""
        now_ms = self.exchange.clock.now_ms()
        self._read(TRANSFER_RECORDS, startTime=now_ms - 3_600_000, endTime=now_ms)

    def inner_records(self) -> None:
        """A page of transfers between users."""
        uid = self._random.choice(MAIN_USERS)
        offset = self._random.randint(0, 500)
        self._call("GET", INNER_RECORDS, {"coin": "USDT", "offset": offset, "limit": 20}, uid)

    def transfer(self) -> None:
        """A transfer by one of the three routes; at times for more than there is."""
        uid, name = self._user(), self._random.choice(list(DIRECTIONS))
        source, target = DIRECTIONS[name]
        amount = "1000000" if self._random.random() < 0.05 else self._amount()
        path = self._random.choice((TRANSFER, TRANSFER, TRANSFERS, OLDEST_TRANSFER))
        move = _Move((uid, source, "USDT"), (uid, target, "USDT"), Decimal(amount))
        self._write(path, {"type": name, "asset": "USDT", "amount": amount}, uid, move)

    def inner_transfer(self) -> None:
        """A transfer to another user, under an id of its own."""
        sender = self._random.choice(MAIN_USERS)
        receiver = self._random.choice([uid for uid in USERS if uid != sender])
        amount = self._amount()
        parameters = {
            "coin": "USDT",
            "amount": amount,
            "userAccountType": 1,
            "userAccount": receiver,
            "walletType": 1,
            "transferClientId": f"{self._random.getrandbits(96):024x}",
        }
        move = _Move((sender, "fund", "USDT"), (receiver, "fund", "USDT"), Decimal(amount))
        self._write(INNER_TRANSFER, parameters, sender, move)

    def order(self) -> None:
        """An order on the spot market."""
        self.orders.place()

    def pair(self) -> None:
        """An OCO order."""
        self.orders.pair()

    def cancel(self) -> None:
        """A cancel."""
        self.orders.cancel()

    def cancel_all(self) -> None:
        """A cancel of everything, at once or by a countdown."""
        self.orders.cancel_all()

    def look(self) -> None:
        """A page of orders or of fills."""
        self.orders.look()

    def move(self) -> None:
        """No request: the price goes elsewhere."""
        self.orders.move()

    def listen(self) -> None:
        """No request: somebody listens to streams."""
        self.streams.listen()

    def settle(self) -> None:
        """Keep accounts of what orders have moved, and see that they hold what they should."""
        self.orders.check()
        for place, amount in self.orders.new_changes():
            self.accounts[place] = self.accounts.get(place, Decimal(0)) + amount

    def wrong(self) -> None:
        """A request that is refused: wrong secret, unknown key, old timestamp, no such route, no amount."""
        uid = self._user()
        match self._random.randrange(5):
            case 0:
                self._call("GET", SPOT_BALANCE, {}, uid, secret="wrong")
            case 1:
                self._call("GET", SPOT_BALANCE, {}, uid, key=f"key-{self._random.getrandbits(64):x}")
            case 2:
                self._call("GET", SPOT_BALANCE, {}, uid, now_ms=self.exchange.clock.now_ms() - 60_000)
            case 3:
                self._call("GET", f"/openApi/none/{self._random.getrandbits(64):x}", {}, uid)
            case _:
                self._call("POST", TRANSFER, {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "1e3"}, uid)


_TRAFFIC: dict[Callable[[Traffic], None], int] = {
    Traffic.spot: 25,
    Traffic.listen: 2,
    Traffic.fund: 14,
    Traffic.overview: 6,
    Traffic.coins: 6,
    Traffic.time: 6,
    Traffic.by_type: 9,
    Traffic.records: 7,
    Traffic.latest_hour: 3,
    Traffic.inner_records: 8,
    Traffic.transfer: 8,
    Traffic.inner_transfer: 3,
    Traffic.wrong: 5,
    Traffic.order: 14,
    Traffic.pair: 1,
    Traffic.cancel: 8,
    Traffic.cancel_all: 1,
    Traffic.look: 4,
    Traffic.move: 2,
}
"""Of 130 requests, with moves of a price among them."""
_KINDS, _WEIGHTS = list(_TRAFFIC), list(_TRAFFIC.values())
