"""A websocket that sends prepared frames to its one reader, as fast as that reads.

Reads from stdin a line of JSON with ``count``, then so many frames, each behind its length in four bytes;
prints ``{"url": …}`` and serves until it is killed. Every request is acknowledged; the first one begins the
frames.
"""

import asyncio
import json
import sys

from aiohttp import web


async def serve() -> None:
    """Serve on a free port."""
    stdin = sys.stdin.buffer
    count = json.loads(stdin.readline())["count"]
    frames = [stdin.read(int.from_bytes(stdin.read(4), "big")) for _ in range(count)]

    async def send(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        asked = 0
        async for message in socket:
            request_id = json.loads(message.data).get("id")
            await socket.send_str(json.dumps({"code": 0, "id": request_id, "msg": "SUCCESS"}))
            asked += 1
            if asked == 1:
                sending = asyncio.ensure_future(_all(socket, frames))
        await sending
        return socket

    application = web.Application()
    application.router.add_get("/market", send)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(json.dumps({"url": f"ws://{host}:{port}"}), flush=True)
    await asyncio.Event().wait()


async def _all(socket: web.WebSocketResponse, frames: list[bytes]) -> None:
    await asyncio.sleep(0.1)  # for the acknowledgement of a second topic
    for frame in frames:
        await socket.send_bytes(frame)


if __name__ == "__main__":
    asyncio.run(serve())
