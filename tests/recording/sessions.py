"""A session in which everything happens that an exchange can be asked, without sockets, recorded."""

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from support.entries import request_of
from support.sender import ALICE, FORM, NOW_MS, hmac_hex, pairs

from bingx_contracts import ENDPOINTS, PROFILES, Endpoint
from bingx_fake.answers.answer import Answer
from bingx_fake.clock import ExchangeClock
from bingx_fake.control.calls import ControlCall, ControlError
from bingx_fake.faults.fault import Late
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.recording.recorded import Recorded
from bingx_fake.recording.replay import find_call
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form
from bingx_fake.streams.frames import Frame
from bingx_fake.streams.session import Session as Stream
from bingx_fake.venue.instruments import Product

FAULTS: tuple[Mapping[str, Any], ...] = (
    {"kind": "latency", "ms": 200, "sigma": 0.5},
    {"kind": "latency", "ms": 5, "phase": "after"},
    {"kind": "timeout"},
    {"kind": "reset"},
    {"kind": "empty"},
    {"kind": "truncate"},
    {"kind": "dribble", "ms": 1},
    {"kind": "http-error", "status": 503},
    {"kind": "html-error", "status": 502},
    {"kind": "malformed"},
    {"kind": "redirect"},
    {"kind": "business-error", "code": 100500},
    {"kind": "commit-delay", "ms": 700},
    {"kind": "rate-limit", "ms": 300},
    {"kind": "stale", "ms": 900},
    {"kind": "empty-data"},
)
STREAM_FAULTS: tuple[Mapping[str, Any], ...] = (
    {"kind": "ws-refuse", "status": 503},
    {"kind": "ws-close", "close_code": 1012},
    {"kind": "ws-reset"},
    {"kind": "ws-silent", "stream": "spot"},
    {"kind": "ws-stall", "topic": "account"},
    {"kind": "ws-drop", "probability": 0.5},
    {"kind": "ws-duplicate", "times": 1},
    {"kind": "ws-delay", "ms": 500},
    {"kind": "ws-reorder"},
    {"kind": "ws-gap"},
    {"kind": "key-expire", "at_ms": 100},
)
BEFORE_MIDNIGHT_MS = 1_700_005_800_000
"""Ten minutes, so that candles of an hour and a day and a term of funding end while time is advanced."""


class Nobody:
    """Takes what is pushed."""

    def send(self, pushed: Frame) -> None:
        """Take a frame."""

    def close(self, code: int) -> None:
        """End."""

    def reset(self) -> None:
        """End."""


class Session:
    """What is done to an exchange, and written down by it.

    :param frozen: its clock stands still; otherwise it runs on ``system_ms``.
    :param now_ms: its time when it begins.
    """

    def __init__(self, path: Path, *, frozen: bool = True, now_ms: int = NOW_MS, **settings: Any) -> None:
        self.system_ms, self.real_s = now_ms, 0.0
        self._listen_key = 64 * "0"
        self._streams: list[Stream] = []

        def clock() -> ExchangeClock:
            frozen_ms = now_ms if frozen else None
            return ExchangeClock(lambda: self.system_ms, frozen_ms, real_s=lambda: self.real_s)

        self.exchange = Recorded(
            Settings(read_form(None), clock, **{"market": "walk", "seed": 7, **settings}), path
        )

    def pass_time(self, ms: int) -> None:
        """Let the system's time go on."""
        self.system_ms += ms
        self.real_s += ms / 1000

    def ask(self, endpoint: Endpoint, parameters: Mapping[str, str], user: str = "alice") -> Any:
        """Send what an endpoint takes, and give what became of it."""
        delivery = self.exchange.receive(wire(endpoint, parameters, self.exchange.clock.now_ms(), user))
        if isinstance(delivery, Late):
            self.pass_time(int(delivery.ms))
            delivery = delivery.answer()
        if endpoint.id == "listen_key.generate" and isinstance(delivery, Answer):
            with suppress(json.JSONDecodeError):  # a fault's page is none
                self._listen_key = json.loads(delivery.body or b"{}").get("listenKey", self._listen_key)
        return delivery

    def request_of(self, endpoint: Endpoint) -> dict[str, str]:
        """The parameters of a request that it takes: with the listen key that was made last."""
        sent = request_of(endpoint)
        return sent | {"listenKey": self._listen_key} if "listenKey" in sent else sent

    def listen(self, *topics: str, product: Product = "spot") -> None:
        """Open a connection as the edge does, with the listen key that was made last, and subscribe."""
        door = self.exchange.door
        if door.refusal(product, self._listen_key, "127.0.0.1") is None:
            stream = door.connect(product, Nobody(), listen_key=self._listen_key, address="127.0.0.1")
            self._streams.append(stream)
            for topic in topics:
                door.receive(stream, json.dumps({"id": topic, "dataType": topic}))

    def stop_listening(self) -> None:
        """A heartbeat for each connection, an answer, and the end of it."""
        door = self.exchange.door
        for stream in self._streams:
            door.beat(stream, 6)
            door.receive(stream, "Pong")
            door.leave(stream)
        self._streams.clear()

    def control(self, call: str, body: Any = None, **query: str) -> Any:
        """Call the control API as its edge does; a refusal is an answer."""
        method, _, path = call.partition(" ")
        found = find_call(method, path)
        assert found is not None, call
        function, names = found
        asked = ControlCall(names, query, body)
        try:
            return self.exchange.obey(
                call,
                lambda: function(self.exchange, asked),
                body=lambda: body,
                query=query,
                is_answered=True,
            )
        except ControlError as error:
            return error


def wire(endpoint: Endpoint, parameters: Mapping[str, str], now_ms: int, user: str = "alice") -> WireRequest:
    """A request as it comes over the wire, signed by a user where it has to be."""
    headers = {"host": "127.0.0.1", "x-source-key": "BX-AI-SKILL"}
    sent = dict(parameters)
    text = urlencode(sent)
    if not endpoint.public:
        sent = dict(sorted((sent | {"timestamp": str(now_ms)}).items()))
        text = f"{pairs(sent, encoded=True)}&signature={hmac_hex(f'{user}-secret', pairs(sent))}"
        headers["x-bx-apikey"] = f"{user}-key"
    if endpoint.method == "POST":
        headers["content-type"] = FORM
        return WireRequest("com", "POST", endpoint.path, headers, text.encode(), "127.0.0.1")
    return WireRequest("com", endpoint.method, f"{endpoint.path}?{text}", headers, b"", "127.0.0.1")


def record_everything(path: Path) -> None:
    """Every endpoint under every profile, every kind of fault, moves of markets and of the clock."""
    session = Session(path, rate_limits=True, now_ms=BEFORE_MIDNIGHT_MS)
    for profile in PROFILES:
        session.control("PUT /profile", {"profile": profile})
        for endpoint in ENDPOINTS.values():
            session.ask(endpoint, session.request_of(endpoint))
        session.control("POST /clock/advance", {"ms": 61_000})
    session.control("PUT /profile", {"profile": "documented"})
    trade_perps(session)
    trade_coins(session)
    session.control("PUT /profile", {"profile": "documented", "strict": True})
    for number, fault in enumerate(FAULTS):
        session.control("POST /faults", {"domain": "com", "probability": 0.5, "for_ms": 2_000, **fault})
        for endpoint in list(ENDPOINTS.values())[number % 3 :: 3]:
            session.ask(endpoint, session.request_of(endpoint))
        session.control("GET /faults")
        session.control("POST /clock/advance", {"ms": 2_500})
    for step in ({"price": "58000"}, {"price": 61_500}, {"price": "0.001"}):
        session.control("POST /markets/spot/BTC-USDT/move", step)
        session.control("POST /markets/spot/BTC-USDT/trade", {"side": "BUY", "quantity": "0.37"})
        session.control("POST /clock/advance", {"ms": 180_000})
    flow = {"every_ms": 700, "size": [50, 60_000]}
    session.control("PUT /markets/spot/BTC-USDT", {"flow": flow, "ladder": {"levels": 3, "spread_ticks": 7}})
    session.control("PUT /markets/spot/ADA-USDT", {"tick": "0.0001", "step": 1, "price": "0.5"})
    session.control("PUT /markets/spot/LTC-USDT", {"tick": "0.1", "index": "81", "mark": None})
    session.control("POST /clock/advance", {"ms": 60_000})
    session.control("POST /markets/spot/ETH-USDT/halt")
    session.control("POST /markets/spot/ETH-USDT/mark", {"price": "2500"})
    session.control("PUT /markets/spot/SOL-USDT", {"source": {"kind": "walk", "every_ms": 250}})
    session.control("GET /markets/spot/SOL-USDT")
    session.control("POST /markets/swap/BTC-USDT/funding", {"rate": "0.001"})
    session.control("POST /markets/swap/BTC-USDT/funding/settle")
    session.control("GET /positions")
    for move in ("credit", "lock", "unlock", "debit"):
        session.control(f"POST /users/16779999/{move}", {"account": "fund", "asset": "USDT", "amount": "1.5"})
    change_users(session)
    session.control("POST /faults", {"domain": "pro", "kind": "timeout"})
    session.control("DELETE /faults/f17")
    session.control("DELETE /faults")
    for fault in STREAM_FAULTS:
        session.ask(ENDPOINTS["listen_key.generate"], {})
        session.listen("BTC-USDT@trade", "BTC-USDT@incrDepth", "BTC-USDT@ticker", "ACCOUNT_UPDATE")
        session.control("POST /faults", {"domain": "stream", "for_ms": 2_000, **fault})
        session.listen("BTC-USDT@trade", "BTC-USDT@trade", "nonsense")
        for price in (58_000, 58_500):
            session.control("POST /markets/spot/BTC-USDT/move", {"price": price})
            session.control("POST /clock/advance", {"ms": 600})
        session.control("GET /faults")
        session.control("GET /streams")
        session.control("POST /clock/advance", {"ms": 1_500})
        session.stop_listening()
    session.control("DELETE /faults")
    watch_coins(session)
    session.control("GET /requests/r12")
    session.control("PUT /clock", {"mode": "system"})
    for number in range(20):
        session.pass_time(777)
        session.ask(ENDPOINTS["spot_market.depth"], {"symbol": "SOL-USDT", "limit": str(number + 1)})
    session.control("PUT /state", session.control("GET /state"))
    session.ask(ENDPOINTS["spot_market.klines"], {"symbol": "LTC-USDT", "interval": "1h"})
    for ids in ("keep", "restart"):
        for read in (
            "GET /requests",
            "GET /state",
            "GET /markets",
            "GET /clock",
            "GET /profile",
            "GET /orders",
            "GET /streams",
        ):
            session.control(read)
        session.control("DELETE /requests")
        session.control("POST /reset", {"ids": ids})
        for endpoint in ENDPOINTS.values():
            session.ask(endpoint, session.request_of(endpoint))
    session.exchange.close()


def trade_perps(session: Session) -> None:
    """What asks for an order that is open, and for a position that has margin of its own."""

    def ask(name: str, **sent: str) -> None:
        endpoint = ENDPOINTS[f"swap_trade.{name}"]
        session.ask(endpoint, session.request_of(endpoint) | sent)

    ask("place_order", clientOrderId="open")
    ask("query_open_order")
    ask("amend_order")
    ask("cancel_open_orders")
    ask("close_all_positions")
    ask("set_margin_type", marginType="ISOLATED")
    ask("place_order", type="MARKET", clientOrderId="position")
    ask("change_margin")
    ask("reverse_position")
    ask("close_position", positionId=str(session.exchange.books.swap.records.positions(ALICE)[0].id))
    ask("place_twap")
    *_, twap = session.exchange.books.swap.records.of(ALICE).twaps
    session.control("POST /clock/advance", {"ms": 9_000})
    for name in ("query_twap", "cancel_twap"):
        ask(name, mainOrderId=str(twap))
    ask("close_all_positions")
    ask("set_position_mode", dualSidePosition="true")
    ask("place_order", type="MARKET", clientOrderId="hedge", positionSide="LONG")
    ask("set_auto_margin", positionId=str(session.exchange.books.swap.records.positions(ALICE)[0].id))
    ask("close_all_positions")
    ask("set_position_mode")
    ask("set_margin_type")


def trade_coins(session: Session) -> None:
    """The same with coins as margin."""

    def ask(name: str, **sent: str) -> None:
        endpoint = ENDPOINTS[f"coinm_trade.{name}"]
        session.ask(endpoint, session.request_of(endpoint) | sent)

    session.control(f"POST /users/{ALICE}/credit", {"account": "coinMPerp", "asset": "BTC", "amount": "0.01"})
    ask("place_order", clientOrderId="open")
    ask("query_order", clientOrderId="open")
    ask("delete_open_orders")
    ask("close_all_positions")
    ask("set_margin_type", marginType="ISOLATED")
    ask("place_order", clientOrderId="others")
    ask("cancel_order", clientOrderId="others")
    ask("place_order", type="MARKET", clientOrderId="position")
    ask("change_margin")
    ask("close_all_positions")
    ask("set_margin_type")


def watch_coins(session: Session) -> None:
    """A market whose margin is in coins, as it moves, with every kind of topic that it has."""
    kinds = ("trade", "kline_1m", "depth5", "ticker", "lastPrice", "markPrice", "bookTicker", "incrDepth")
    session.ask(ENDPOINTS["listen_key.generate"], {})
    session.listen(*(f"BTC-USD@{kind}" for kind in kinds), product="coinm")
    session.control("PUT /markets/coinm/BTC-USD", {"flow": {"every_ms": 300}, "mark": "58000"})
    session.control("POST /markets/coinm/BTC-USD/trade", {"side": "SELL", "quantity": 150})
    session.control("POST /clock/advance", {"ms": 1_500})
    session.control("PUT /markets/coinm/BTC-USD", {"contract": 50})
    session.ask(ENDPOINTS["cswap_market.depth"], {"symbol": "BTC-USD"})
    session.stop_listening()


def change_users(session: Session) -> None:
    """One who comes, trades, is put back, and goes; and alice is put back."""
    fees = {"spot_fees": {"maker": "0", "symbols": {"BTC-USDT": {"taker": "0.00012345"}}}}
    frank = {"uid": 5, "balances": {"spot": {"USDT": "5000"}}, "settings": fees}
    session.control("POST /users", frank)
    session.control("POST /users", frank | {"uid": 6, "balances": {"spot": {"USDT": "-1"}}})
    session.control("GET /users/5/settings")
    session.control("PUT /users/16779999/settings", fees)
    order = {"symbol": "LTC-USDT", "side": "BUY", "type": "LIMIT", "quantity": "0.1", "price": "60"}
    session.ask(ENDPOINTS["spot_trade.place_order"], order)
    session.control(f"DELETE /orders/{session.control('GET /orders', status='open')[-1]['id']}")
    session.control("DELETE /orders/1")
    for call in ("POST /users/16779999/reset", "POST /users/5/reset", "DELETE /users/5", "DELETE /users/5"):
        session.control(call)


def lines_of(path: Path) -> list[Any]:
    """A recording's lines as JSON."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
