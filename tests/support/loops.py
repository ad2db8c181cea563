"""What libraries leave to an event loop that is about to end."""

import asyncio

_PATIENCE_S = 20.0


async def connections_ended(patience_s: float = _PATIENCE_S) -> None:
    """Wait until no connection of this event loop is open.

    Closing one over TLS takes a round trip, for which aiohttp does not wait; the end of the loop would cut
    it short. The loop's own wake-up socket is the last one left.
    """
    sockets = asyncio.get_running_loop()._selector.get_map()  # type: ignore[attr-defined]  # no public way
    async with asyncio.timeout(patience_s):
        while len(sockets) > 1:  # there is no event to wait for
            await asyncio.sleep(0)
