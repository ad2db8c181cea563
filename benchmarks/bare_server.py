"""The yardstick: the fastest plain ``web.Application`` handler that gives one fixed answer.

Reads one line of JSON from stdin (``path``, ``body``, ``content_type``), prints ``{"url": …}`` once it is
ready, and serves until stdin closes.
"""

import asyncio
import json
import sys

from aiohttp import web


async def serve(path: str, body: bytes, content_type: str) -> None:
    """Answer every request for ``path`` with ``body``; that of a POST is read first."""

    async def answer(request: web.Request) -> web.Response:
        if request.body_exists:
            await request.read()
        return web.Response(body=body, content_type=content_type)

    application = web.Application()
    application.router.add_route("*", path, answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        print(json.dumps({"url": f"http://{host}:{port}"}), flush=True)
        await asyncio.to_thread(sys.stdin.read)
    finally:
        await runner.cleanup()


def main() -> None:
    """Serve what stdin asks for."""
    order = json.loads(sys.stdin.readline())
    asyncio.run(serve(order["path"], order["body"].encode(), order["content_type"]))


if __name__ == "__main__":
    main()
