"""The load generator: keep-alive connections that send prebuilt requests and check every answer.

Runs in its own process and speaks lines of JSON. The first line names everything: ``connections``,
``paths`` (request targets, signed already), ``bodies`` (of a POST to each path; without them it is a GET),
``headers``, and ``targets`` (name to ``[host, port]``). Each
further line orders one round, ``{"target": name, "seconds": s}`` or ``{"target": name, "requests": n}``,
and is answered with ``{"answers": n, "seconds": s, "cpu_seconds": s}``, or ``{"error": …}``.

Every answer must be HTTP 200, carry ``"code":0``, and be as long as the first one was, unless ``alike`` is
false.
"""

import asyncio
import gc
import itertools
import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

_OK = b"HTTP/1.1 200 "
_SUCCESS = b'"code":0'
_ROUND_TIMEOUT_S = 20.0


class LoadError(Exception):
    """An answer was not what it must be, or none came."""


class Round:
    """One round against one target: sends until told to stop, then waits for what is under way."""

    def __init__(self, sending: int, limit: int | None) -> None:
        self.answers = 0
        self.stopping = False
        self.sending = sending
        self.limit = limit
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def stop(self) -> None:
        """Send nothing more."""
        self.stopping = True

    def fail(self, message: str) -> None:
        """End the round with an error."""
        if not self.done.done():
            self.done.set_exception(LoadError(message))

    def connection_rests(self) -> None:
        """A connection has its last answer; the round ends with the last of them."""
        self.sending -= 1
        if self.sending == 0 and not self.done.done():
            self.done.set_result(None)


class Connection(asyncio.Protocol):
    """One keep-alive connection: one request at a time, the next one on each answer.

    :param requests: where all connections of a target take their next request from.
    :param alike: whether every answer is as long as the first one.
    """

    transport: asyncio.Transport
    round: Round | None = None

    def __init__(self, requests: Iterator[bytes], *, alike: bool) -> None:
        self._requests = requests
        self._alike = alike
        self._expected = 0
        self._part = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport), "TCP transports read and write"
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail: the server must keep connections alive."""
        if self.round is not None:
            self.round.fail(f"the server closed a connection: {exc!r}")

    def start(self, current: Round) -> None:
        """Send the first request of a round."""
        if self.transport.is_closing():
            current.fail("the server closed a connection between two rounds")
            return
        self.round = current
        self.transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        """Check an answer and send the next request."""
        if self._part or len(data) != self._expected:
            data = self._assembled(data)
            if not data:
                return
        current = self.round
        if current is None or not data.startswith(_OK) or _SUCCESS not in data:
            self._refuse(data)
            return
        current.answers += 1
        if current.stopping or current.answers == current.limit:
            current.stopping = True
            self.round = None
            current.connection_rests()
        else:
            self.transport.write(next(self._requests))

    def _assembled(self, data: bytes) -> bytes:
        """The whole answer, or nothing while it is still under way. The first one fixes the length."""
        self._part += data
        head, blank, _ = self._part.partition(b"\r\n\r\n")
        if not blank:
            return b""
        whole = len(head) + len(blank) + _content_length(head)
        if len(self._part) < whole:
            return b""
        answer, self._part = self._part, b""
        if self._alike and not self._expected:
            self._expected = whole
        if self._alike and len(answer) != self._expected:
            self._refuse(answer)
            return b""
        return answer

    def _refuse(self, data: bytes) -> None:
        if self.round is not None:
            self.round.fail(f"not the expected answer: {data[:400]!r}")
        self.transport.abort()


class Load:
    """All connections to all targets."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._connections: dict[str, list[Connection]] = {}

    async def connect(self) -> None:
        """Open every connection."""
        loop = asyncio.get_running_loop()
        alike = self._order.get("alike", True)
        for name, (host, port) in self._order["targets"].items():
            requests = itertools.cycle(self._requests(f"{host}:{port}"))
            make = partial(Connection, requests, alike=alike)
            self._connections[name] = []
            for _ in range(self._order["connections"]):
                _, connection = await loop.create_connection(make, host, port)
                self._connections[name].append(connection)

    async def run_round(self, order: dict[str, Any]) -> dict[str, float]:
        """Load one target for a time or for a number of requests.

        :raises LoadError: when an answer is wrong or missing.
        """
        connections = self._connections[order["target"]]
        current = Round(len(connections), order.get("requests"))
        seconds = order.get("seconds")
        timer = asyncio.get_running_loop().call_later(seconds, current.stop) if seconds else None
        started, cpu = time.perf_counter(), time.process_time()
        for connection in connections:
            connection.start(current)
        try:
            await asyncio.wait_for(current.done, _ROUND_TIMEOUT_S + (seconds or 0))
        except TimeoutError:
            raise LoadError(f"{current.sending} connections got no answer in time") from None
        finally:
            if timer is not None:
                timer.cancel()
        return {
            "answers": current.answers,
            "seconds": time.perf_counter() - started,
            "cpu_seconds": time.process_time() - cpu,
        }

    def _requests(self, host: str) -> list[bytes]:
        headers = "".join(f"{name}: {value}\r\n" for name, value in self._order["headers"].items())
        bodies = self._order.get("bodies")
        if bodies is None:
            return [
                f"GET {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n".encode()
                for path in self._order["paths"]
            ]
        return [
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{headers}"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode()
            for path, body in zip(self._order["paths"], bodies, strict=True)
        ]


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def main() -> None:
    """Follow the orders on stdin until it closes. The loop rests between two rounds."""
    load = Load(json.loads(sys.stdin.readline()))
    gc.disable()  # nothing here makes cycles by the request
    with asyncio.Runner() as runner:
        runner.run(load.connect())
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            try:
                result: dict[str, Any] = runner.run(load.run_round(json.loads(line)))
            except LoadError as error:
                result = {"error": f"load generator: {error}"}
            print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
