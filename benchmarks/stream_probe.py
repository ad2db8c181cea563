"""What sending on streams costs the fake, and what reading them costs our client.

``python -m benchmarks.stream_probe fan-out|orders|reading ROUNDS`` prints lines of JSON: ``doing``, ``done``
and ``total`` on the way, and its figures at the end. The time is this process's processor time, but that of
orders; readers have processes of their own.
"""

import asyncio
import gzip
import json
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, Self
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from benchmarks import ordering_fake
from benchmarks.processes import module
from benchmarks.reads import with_signature
from benchmarks.writes import ORDER, ORDER_HEADERS
from bingx_client import AsyncClient, streams
from bingx_fake.clock import ExchangeClock, system_ms
from bingx_fake.exchange import Exchange
from bingx_fake.serving import Ports, Serving
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form

READERS = 100
PUSHES = 50
"""In one round."""
READ = 20_000
"""So many pushes are read in one round, of depth a quarter."""
_NOW_MS = 1_795_000_000_000
_TOPIC = "BTC-USDT@depth20"
_EVERY_MS = 300


class Fake:
    """A fake on free ports, in this process, whose clock stands still."""

    def __init__(self, state: Any = None) -> None:
        clock = ExchangeClock(system_ms, frozen_ms=_NOW_MS)
        self.exchange = Exchange(Settings(form=read_form(state), clock=lambda: clock))
        self.serving = Serving(self.exchange, Ports(), None)

    async def __aenter__(self) -> Self:
        await self.serving.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.serving.stop()

    async def pass_time(self, ms: int) -> None:
        """Let the exchange's clock go on, and everything that is pushed go out."""
        self.exchange.clock.advance(ms)
        await self.serving.follow_faults()


class Bare:
    """A websocket of aiohttp's that sends what it is given to whoever is connected."""

    def __init__(self) -> None:
        self.sockets: list[web.WebSocketResponse] = []

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_get("/market", self._serve)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"ws://{host}:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in self.sockets:
            await socket.close()
        await self._runner.cleanup()

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT and "dataType" in message.data:
                await socket.send_bytes(b"taken")
        return socket

    async def send(self, frame: bytes) -> None:
        """Send a frame to everybody."""
        for socket in self.sockets:
            await socket.send_bytes(frame)


@asynccontextmanager
async def reading(url: str, count: int, *topics: str) -> AsyncIterator[None]:
    """Readers in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        *module("stream_readers"),
        url,
        str(count),
        *topics,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert json.loads(await process.stdout.readline()) == {"ready": count}
        yield
    finally:
        process.kill()
        await process.wait()


async def timed(work: Callable[[], Awaitable[object]], times: int) -> float:
    """Microseconds of this process for each time."""
    started = time.process_time()
    for _ in range(times):
        await work()
    return (time.process_time() - started) / times * 1e6


def progress(doing: str, done: int, total: int) -> None:
    """Give a sign of life."""
    print(json.dumps({"doing": doing, "done": done, "total": total}), flush=True)


async def fan_out(rounds: int) -> dict[str, list[float]]:
    """A push of 20 levels to everybody: made, compressed and sent by the fake; sent by a bare websocket."""
    found: dict[str, list[float]] = {"fake": [], "bare": []}
    async with Fake() as fake, Bare() as bare:
        frames: list[bytes] = []
        async with (
            reading(f"{fake.serving.urls['stream']}/market", READERS, _TOPIC),
            reading(f"{bare.url}/market", READERS, _TOPIC),
        ):
            assert len(bare.sockets) == READERS
            session = next(iter(fake.exchange.streams.sessions.values()))
            before = session.sent
            await fake.pass_time(_EVERY_MS)
            assert session.sent == before + 1, "one push, which everybody gets"
            message = {"dataType": _TOPIC, "data": [["60000.00", "0.10000"]] * 40}
            frames.append(gzip.compress(json.dumps(message).encode(), 1))
            for number in range(rounds):
                progress("a push to everybody", number, rounds)
                found["fake"].append(await timed(lambda: fake.pass_time(_EVERY_MS), PUSHES))
                found["bare"].append(await timed(lambda: bare.send(frames[0]), PUSHES))
    return found


async def orders(rounds: int) -> dict[str, list[float]]:
    """How long a signed order that rests waits for its answer: with nobody listening, and with streams."""
    found: dict[str, list[float]] = {"none": [], "listening": []}
    bodies = iter(_signed_orders(2 * rounds * PUSHES))
    async with Fake(ordering_fake.STATE) as fake:
        exchange = fake.exchange
        parts = urlsplit(fake.serving.urls["com"])
        order = {"host": parts.hostname, "port": parts.port, "path": ORDER, "headers": ORDER_HEADERS}
        key = exchange._listen_keys.make(ordering_fake.BUYER, _NOW_MS).listen_key  # noqa: SLF001  # as a request would
        url = f"{fake.serving.urls['stream']}/market?listenKey={key}"
        client = await asyncio.create_subprocess_exec(
            *module("stream_orders"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**20,
        )
        to, told = client.stdin, client.stdout
        assert to is not None
        assert told is not None

        async def placed() -> float:
            some = [next(bodies) for _ in range(PUSHES)]
            to.write(json.dumps({**order, "bodies": some}).encode() + b"\n")
            times: list[float] = json.loads(await told.readline())["us"]
            exchange.books.desk.cancel_all(ordering_fake.BUYER, None, _NOW_MS)
            return statistics.median(times)

        try:
            for number in range(rounds):
                progress("orders with streams", number, rounds)
                found["none"].append(await placed())
                async with reading(url, READERS, "spot.executionReport", "ACCOUNT_UPDATE"):
                    found["listening"].append(await placed())
                while exchange.streams.sessions:  # noqa: ASYNC110  # the exchange tells nobody
                    await asyncio.sleep(0.01)
        finally:
            client.kill()
            await client.wait()
    return found


def _signed_orders(count: int) -> list[str]:
    order = (
        f"price={ordering_fake.RESTING_AT}&quantity={ordering_fake.QUANTITY}&recvWindow={{}}&side=BUY"
        f"&symbol={ordering_fake.SYMBOL}&timestamp={_NOW_MS}&type=LIMIT"
    )
    return [with_signature(order.format(5_000 - number), ordering_fake.SECRET) for number in range(count)]


async def read(rounds: int) -> dict[str, list[float]]:
    """How many pushes a second of processor time ``AsyncClient.stream`` reads, as fast as they come."""
    found: dict[str, list[float]] = {"trades": [], "depth": []}
    levels = [[f"{60_000 + number}.01", f"0.{number:05d}1"] for number in range(20)]
    for number in range(rounds):
        progress("reading", number, rounds)
        trade, depth = streams.trades("BTC-USDT"), streams.depth("BTC-USDT", 20)
        pushes = {
            "trades": (trade, [_trade(trade.name, index) for index in range(READ)]),
            "depth": (
                depth,
                [
                    _packed(depth.name, {"bids": levels, "asks": levels, "lastUpdateId": index})
                    for index in range(READ // 4)
                ],
            ),
        }
        for name, (topic, frames) in pushes.items():
            found[name].append(await _rate(topic, frames))
    return found


async def _rate(topic: streams.Topic, frames: list[bytes]) -> float:
    """Pushes a second that are read from a process which does nothing but send them."""
    sender = await asyncio.create_subprocess_exec(
        *module("stream_sender"), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert sender.stdin is not None
    assert sender.stdout is not None
    try:
        sender.stdin.write(json.dumps({"count": len(frames)}).encode() + b"\n")
        for frame in frames:
            sender.stdin.write(len(frame).to_bytes(4, "big") + frame)
        await sender.stdin.drain()
        url = json.loads(await sender.stdout.readline())["url"]
        client = AsyncClient(
            "prod-vst", stream_url=url, base_urls=("http://127.0.0.1:9", "http://127.0.0.1:9")
        )
        count = 0
        async with client, client.stream(topic, most_waiting=10_000, silent_after=60) as stream:
            assert isinstance(await anext(stream), streams.Subscribed)
            started = time.process_time()
            async for event in stream:
                assert not isinstance(event, streams.Gap), "it fell behind"
                count += 1
                if count == len(frames):
                    break
            return count / (time.process_time() - started)
    finally:
        sender.kill()
        await sender.wait()


def _trade(name: str, number: int) -> bytes:
    data = {"E": _NOW_MS, "T": _NOW_MS, "e": "trade", "m": True, "p": "60000.01", "q": "0.00210"}
    return _packed(name, {**data, "s": "BTC-USDT", "t": str(number)})


def _packed(name: str, data: Any) -> bytes:
    push = {"code": 0, "data": data, "dataType": name, "success": True, "timestamp": _NOW_MS}
    return gzip.compress(json.dumps(push).encode(), 1, mtime=0)


_WHAT = {"fan-out": fan_out, "orders": orders, "reading": read}


if __name__ == "__main__":
    print(json.dumps({"figures": asyncio.run(_WHAT[sys.argv[1]](int(sys.argv[2])))}), flush=True)
