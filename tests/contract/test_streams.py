"""Public topics of streams, which need no key. Nothing here leans on what prices do.

The simulated environment has a host of streams for swap alone; what spot and coin-margined markets push comes
from the hosts of the live exchange, to whom nothing is said but which topics are wanted.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import pytest
from contract import shapes
from contract.conftest import Meet, Settle
from contract.target import Target
from websockets.sync.client import ClientConnection, connect

from bingx_contracts import STREAMS
from bingx_fake import FakeExchange
from bingx_fake.edge import stream_server
from bingx_fake.plugin.contract_report import EXCHANGE

SYMBOL = "BTC-USDT"
PATIENCE_S = 20.0
SOON_S = 0.2
_LONGEST = 500


class Stream:
    """One connection, which answers heartbeats while it reads, and leaves in the report what it saw."""

    def __init__(self, socket: ClientConnection, record: Callable[[tuple[str, object]], None]) -> None:
        self._socket, self._record = socket, record

    def frame(self) -> bytes:
        """The next frame as it comes."""
        frame = self._socket.recv(PATIENCE_S)
        assert isinstance(frame, bytes), "the frame is text, not binary"
        return frame

    def heartbeat(self) -> Any:
        """The next frame, which is none but a heartbeat where nothing was subscribed to."""
        text = gzip.decompress(self.frame()).decode()
        return text if text == "Ping" else json.loads(text)

    def next(self) -> Any:
        """The next frame that is no heartbeat."""
        while True:
            message = self.heartbeat()
            if message == "Ping":
                self._socket.send("Pong")
            elif "ping" in message:
                self._socket.send(json.dumps({"pong": message["ping"], "time": message["time"]}))
            else:
                return message

    def ask(self, message: dict[str, Any]) -> Any:
        """Send a message, and give what comes next."""
        text = json.dumps(message)
        self._socket.send(text)
        answer = self.next()
        shown = {"domain": "stream", "request": text, "http_status": 101, "answer": str(answer)[:_LONGEST]}
        self._record((EXCHANGE, json.dumps(shown)))
        return answer

    def subscribe(self, topic: str, **more: str) -> Any:
        """Subscribe to a topic, and give the acknowledgement."""
        return self.ask({"id": f"of {topic}", "dataType": topic, **more})


Listen = Callable[[str], Stream]


@pytest.fixture
def listen(
    request: pytest.FixtureRequest, target: Target, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Listen]:
    """Connects to the streams of a product."""
    if target.is_live:
        urls = {
            "spot": STREAMS["prod-live", "spot"].url,
            "swap": STREAMS["prod-vst", "swap"].url,
            "coinm": STREAMS["prod-live", "coinm"].url,
        }
    else:
        monkeypatch.setattr(stream_server, "HEARTBEAT_S", SOON_S)
        where = request.getfixturevalue("bingx_exchange").stream_url
        urls = {"spot": f"{where}/market", "swap": f"{where}/swap-market", "coinm": f"{where}/cswap-market"}
    with ExitStack() as stack:
        yield lambda product: Stream(stack.enter_context(connect(urls[product])), target.record)


@pytest.fixture
def spot(listen: Listen) -> Stream:
    return listen("spot")


@pytest.fixture
def let_pass(request: pytest.FixtureRequest, target: Target) -> Callable[[int], None]:
    """Lets so many milliseconds pass where time stands still; elsewhere they pass by themselves."""
    if target.is_live:
        return lambda _: None
    exchange: FakeExchange = request.getfixturevalue("bingx_exchange")
    return exchange.clock.advance


@pytest.mark.clause("STREAM-1", "STREAM-7")
def test_a_spot_stream_asks_in_compressed_json_whether_anybody_is_there(listen: Listen, meets: Meet) -> None:
    asked = json.loads(gzip.decompress(listen("spot").frame()))
    assert len(asked["ping"]) == 32
    assert asked["time"]
    meets("V92", "ping and pong with time")


@pytest.mark.clause("STREAM-1", "STREAM-7")
def test_a_swap_stream_asks_with_one_compressed_word(listen: Listen, meets: Meet) -> None:
    assert listen("swap").heartbeat() == "Ping"
    meets("V92", "Ping, Pong")


@pytest.mark.clause("STREAM-2")
def test_a_subscription_is_acknowledged_before_its_topic(spot: Stream, meets: Meet) -> None:
    topic = f"{SYMBOL}@incrDepth"
    acknowledged = spot.subscribe(topic, reqType="sub")
    assert (acknowledged["id"], acknowledged["code"]) == (f"of {topic}", 0)
    meets("V95", *shapes.acknowledgement(acknowledged))
    assert spot.next()["dataType"] == topic


@pytest.mark.clause("STREAM-2")
def test_to_leave_the_request_type_out_is_to_subscribe(spot: Stream, meets: Meet) -> None:
    assert spot.subscribe(f"{SYMBOL}@incrDepth")["code"] == 0
    assert spot.next()["data"]["bids"]
    meets("V94", "means sub")


@pytest.mark.clause("STREAM-3")
def test_an_order_book_is_pushed_in_levels_asks_worst_first(
    spot: Stream, let_pass: Callable[[int], None]
) -> None:
    topic = f"{SYMBOL}@depth5"
    assert spot.subscribe(topic)["code"] == 0
    let_pass(300)
    pushed = spot.next()
    assert pushed["dataType"] == topic
    bids, asks = ([Decimal(price) for price, _ in pushed["data"][side]] for side in ("bids", "asks"))
    assert max(len(bids), len(asks)) <= 5
    assert all(isinstance(text, str) for row in pushed["data"]["asks"] for text in row)
    assert bids == sorted(bids, reverse=True)
    assert asks == sorted(asks, reverse=True)
    assert bids[0] < asks[-1]


@pytest.mark.clause("STREAM-4")
def test_increments_are_numbered_without_a_gap(
    request: pytest.FixtureRequest, target: Target, spot: Stream, let_pass: Callable[[int], None]
) -> None:
    spot.subscribe(f"{SYMBOL}@incrDepth")
    first = spot.next()["data"]
    assert first["action"] == "all"
    assert first["bids"]
    assert first["asks"]
    if not target.is_live:
        request.getfixturevalue("bingx_exchange").market(SYMBOL).move("61000")
    let_pass(500)
    second = spot.next()["data"]
    assert (second["action"], second["lastUpdateId"]) == ("update", first["lastUpdateId"] + 1)


@pytest.mark.clause("STREAM-5")
def test_a_ticker_comes_every_second(spot: Stream, let_pass: Callable[[int], None]) -> None:
    topic = f"{SYMBOL}@ticker"
    assert spot.subscribe(topic)["code"] == 0
    let_pass(1000)
    pushed = spot.next()
    assert pushed["dataType"] == topic
    ticker = pushed["data"]
    assert ticker["s"] == SYMBOL
    assert ticker["l"] <= ticker["c"] <= ticker["h"]
    assert ticker["P"].endswith("%")
    let_pass(1000)
    assert 0 < spot.next()["data"]["E"] - ticker["E"] < 5000


@pytest.mark.clause("STREAM-6")
def test_what_is_no_topic_gets_a_code_and_the_connection_stays(spot: Stream, settles: Settle) -> None:
    refused = spot.subscribe(f"{SYMBOL}@nonsense")
    assert refused["code"] != 0
    settles("A119", refused["code"] == 100400)
    assert spot.subscribe(f"{SYMBOL}@depth5")["code"] == 0


@pytest.mark.clause("COIN-1")
def test_the_order_book_of_a_coin_margined_market_is_pushed_to_anybody(
    listen: Listen, let_pass: Callable[[int], None]
) -> None:
    coins = listen("coinm")
    topic = "BTC-USD@depth5"
    assert coins.subscribe(topic, reqType="sub")["code"] == 0
    let_pass(500)
    pushed = coins.next()
    assert pushed["dataType"] == topic
    bids, asks = pushed["data"]["bids"], pushed["data"]["asks"]
    assert 0 < max(len(bids), len(asks)) <= 5
    assert all(isinstance(row[name], str) for row in (*bids, *asks) for name in ("p", "v", "a"))
    assert max(Decimal(row["p"]) for row in bids) < Decimal(asks[-1]["p"])
    assert asks == sorted(asks, key=lambda row: Decimal(row["p"]), reverse=True)
