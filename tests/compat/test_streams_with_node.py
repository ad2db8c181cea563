"""What a reader in Node meets of faults on streams: npm's ws, which ccxt for Node reads with as well."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from compat.market_data import NPM
from support.sender import NOW_MS

from bingx_fake import FakeExchange

TOPICS = ("BTC-USDT@trade", "BTC-USDT@ticker", "BTC-USDT@incrDepth")
pytestmark = pytest.mark.usefixtures("published")


class Node:
    """A program that reads streams, and says what it meets."""

    def __init__(self, program: "subprocess.Popen[str]") -> None:
        self._program = program

    def next(self) -> Any:
        assert self._program.stdout is not None
        return json.loads(self._program.stdout.readline())

    def so_far(self) -> list[Any]:
        """Everything that came until the exchange answers this."""
        assert self._program.stdin is not None
        self._program.stdin.write('{"ping":"fence"}')
        self._program.stdin.flush()
        seen = []
        while (met := self.next()) != {"isBinary": True, "text": '{"pong":"fence"}'}:
            assert met["isBinary"]
            seen.append(json.loads(met["text"]))
        return seen


@contextmanager
def reading(exchange: FakeExchange, *topics: str) -> Iterator[Node]:
    command = ["node", "streams.mjs", f"{exchange.stream_url}/market", *topics]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=NPM, stdin=pipe, stdout=pipe, text=True) as program:
        try:
            yield Node(program)
        finally:
            program.kill()


@pytest.fixture
def exchange() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS) as running:
        yield running


def happen(exchange: FakeExchange) -> None:
    for price in (60_100, 60_200):
        exchange.market("BTC-USDT").move(price)
        exchange.clock.advance(1_000)


def numbers(seen: list[Any]) -> dict[str, list[int]]:
    """What tells the messages of each topic apart, in the order in which they came."""
    found: dict[str, list[int]] = {topic: [] for topic in TOPICS}
    for message in seen:
        data = message["data"]
        number = data.get("lastUpdateId") or data.get("t") or data["C"] - NOW_MS
        found[message["dataType"]].append(int(number))
    return found


def test_messages_are_lost_late_twice_and_out_of_order(exchange: FakeExchange) -> None:
    with reading(exchange, *TOPICS) as node:
        assert [node.next()["isBinary"] for _ in range(4)] == [True] * 4, "three answers, and the order book"
        happen(exchange)
        usual = numbers(node.so_far())
        exchange.play(
            [
                {"domain": "stream", "kind": "ws-reorder", "topic": "*@trade", "times": 1},
                {"domain": "stream", "kind": "ws-duplicate", "topic": "*@ticker", "times": 1},
                {"domain": "stream", "kind": "ws-gap"},
            ]
        )
        happen(exchange)
        trades, tickers, depths = numbers(node.so_far()).values()
        assert trades == [trades[1] + 1, trades[1], *range(trades[0] + 1, trades[0] + len(trades) - 1)]
        assert tickers[0] == tickers[1] != tickers[2]
        last = usual["BTC-USDT@incrDepth"][-1]
        assert depths == [*range(last + 2, last + 2 + len(depths))]
        with exchange.fault("stream", "ws-stall"):
            happen(exchange)
            assert node.so_far() == []


def test_a_connection_is_closed_with_its_code(exchange: FakeExchange) -> None:
    with reading(exchange, "BTC-USDT@trade") as node:
        node.next()
        exchange.play([{"domain": "stream", "kind": "ws-close", "close_code": 1012}])
        assert node.next() == {"closed": 1012}


def test_a_connection_that_is_reset_goes_without_a_code(exchange: FakeExchange) -> None:
    with reading(exchange, "BTC-USDT@trade") as node:
        node.next()
        exchange.play([{"domain": "stream", "kind": "ws-reset"}])
        assert node.next() == {"closed": 1006}


def test_a_handshake_is_refused(exchange: FakeExchange) -> None:
    with exchange.fault("stream", "ws-refuse", status=429), reading(exchange) as node:
        assert node.next() == {"refused": 429}
