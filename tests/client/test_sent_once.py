"""An attempt goes over the wire once, whatever its method, and however the connection breaks under it."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import BinaryIO

import pytest

from bingx_client.drivers.aiohttp_driver import AiohttpDriver
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.flow.steps import Answered, Attempt, Failed, Outcome
from bingx_client.wire.signing import Value, signed_request

METHODS = ("GET", "POST", "PUT", "DELETE")
PATIENT_MS = 30_000
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

Break = Callable[[socket.socket], None]


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def close(connection: socket.socket) -> None:
    connection.close()


def cut_the_answer(connection: socket.socket) -> None:
    connection.sendall(ANSWER[:-1])
    connection.close()


class Breaking:
    """A server that answers the first requests of each connection and breaks it under the next.

    :param answers: how many it answers.
    :ivar arrived: the first line of every request, in order.
    """

    def __init__(self, breaking: Break, answers: int) -> None:
        self._breaking, self._answers = breaking, answers
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.arrived: list[str] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                with connection.makefile("rb") as reading:
                    for _ in range(self._answers):
                        self._receive(reading)
                        connection.sendall(ANSWER)
                    self._receive(reading)
                self._breaking(connection)

    def _receive(self, reading: BinaryIO) -> None:
        line = reading.readline().decode()
        length = 0
        while header := reading.readline().strip().lower():
            if header.startswith(b"content-length:"):
                length = int(header.partition(b":")[2])
        reading.read(length)
        if line:  # or the connection was closed without another request
            self.arrived.append(line.partition("?")[0].partition(" HTTP/")[0])

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[[Break, int], Breaking]]:
    with contextlib.ExitStack() as stack:
        yield lambda breaking, answers: stack.enter_context(contextlib.closing(Breaking(breaking, answers)))


def attempt(server: Breaking, method: str) -> Attempt:
    parameters: dict[str, Value] = {"symbol": "BTC-USDT", "timestamp": 1}
    request = signed_request(method, "/path", parameters, api_key="key", secret_key="secret")
    return Attempt(server.url, request, PATIENT_MS)


def with_requests(server: Breaking, method: str, count: int) -> list[Outcome]:
    driver = RequestsDriver()
    try:
        return [driver.send(attempt(server, method)) for _ in range(count)]
    finally:
        driver.close()


def with_aiohttp(server: Breaking, method: str, count: int, *, retries: bool = False) -> list[Outcome]:
    async def send() -> list[Outcome]:
        driver = AiohttpDriver()
        (await driver._sessions.here())._retry_connection |= retries
        try:
            return [await driver.send(attempt(server, method)) for _ in range(count)]
        finally:
            await driver.close()

    return asyncio.run(send())


def with_aiohttp_whose_switch_is_gone(server: Breaking, method: str, count: int) -> list[Outcome]:
    return with_aiohttp(server, method, count, retries=True)


SENDERS = (with_requests, with_aiohttp, with_aiohttp_whose_switch_is_gone)


@pytest.mark.parametrize("send", SENDERS)
@pytest.mark.parametrize("breaking", [reset, close, cut_the_answer])
@pytest.mark.parametrize("method", METHODS)
def test_a_request_whose_connection_breaks_has_arrived_once(
    serve: Callable[[Break, int], Breaking], send: Callable[..., list[Outcome]], breaking: Break, method: str
) -> None:
    server = serve(breaking, 0)
    (outcome,) = send(server, method, 1)
    assert isinstance(outcome, Failed)
    assert outcome.delivered
    assert server.arrived == [f"{method} /path"]


@pytest.mark.parametrize("send", SENDERS)
@pytest.mark.parametrize("breaking", [reset, close])
@pytest.mark.parametrize("method", METHODS)
def test_a_request_whose_kept_connection_breaks_has_arrived_once(
    serve: Callable[[Break, int], Breaking], send: Callable[..., list[Outcome]], breaking: Break, method: str
) -> None:
    server = serve(breaking, 1)
    answered, broken = send(server, method, 2)
    assert answered == Answered(200, b"{}")
    assert isinstance(broken, Failed)
    assert broken.delivered
    assert server.arrived == 2 * [f"{method} /path"]
