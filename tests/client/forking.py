"""Programs that use a client, fork, and say what became of parent and children: ``forking.py NAME URL URL``.

Each is run in a process of its own, with no more threads than it starts. What it found is one line of JSON.
"""

import asyncio
import gc
import json
import os
import signal
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import aiohttp

from bingx_client import PROCESS_LIMITER, AsyncClient, Client
from bingx_client.flow.limiter import Turn
from bingx_client.flow.writes import PROCESS_WRITES

TRIES = 40
LONGEST_S = 20
"""Whoever waits for what never comes is ended by a signal after this."""

Urls = tuple[str, str]
Act = Callable[[], str]


def fork(act: Act, start: tuple[int, int] | None = None) -> int:
    """Start a child.

    :param act: what it does and what it says of it; or it says the name of what is raised.
    :param start: the ends of a pipe; it waits until nobody has the second one any more.
    :returns: where to read what it says.
    """
    receiving, sending = os.pipe()
    if os.fork():
        os.close(sending)
        return receiving
    signal.alarm(LONGEST_S)
    if start is not None:
        os.close(start[1])
        os.read(start[0], 1)
    try:
        said = act()
    except Exception as error:
        said = type(error).__name__
    os.write(sending, said.encode())
    if start is not None:
        os._exit(0)  # as multiprocessing ends its children
    gc.collect()
    sys.exit()  # all the way, as a server's worker ends: what is collected then must not disturb the parent


def heard(receiving: int) -> str:
    """What a child said, once it has ended; nothing where a signal ended it."""
    said = b""
    while part := os.read(receiving, 4096):
        said += part
    os.close(receiving)
    _, status = os.wait()
    return said.decode() if status == 0 else f"ended with status {status}"


def side_by_side(*acts: Act) -> list[str]:
    """What children say who act at the same moment."""
    start = os.pipe()
    children = [fork(act, start) for act in acts]
    os.close(start[0])
    os.close(start[1])
    return [heard(child) for child in children]


def client_of(urls: Urls, **options: Any) -> Client:
    return Client("prod-vst", "alice-key", "alice-secret", base_urls=urls, on_unknown="raise", **options)


def async_client_of(urls: Urls) -> AsyncClient:
    return AsyncClient("prod-vst", "alice-key", "alice-secret", base_urls=urls, on_unknown="raise")


def moving(client: Client, amount: str) -> Act:
    def act() -> str:
        client.transfer("USDT", amount, type="FUND_PFUTURES")
        return "moved"

    return act


def moving_async(client: AsyncClient, amount: str) -> Act:
    def act() -> str:
        asyncio.run(client.transfer("USDT", amount, type="FUND_PFUTURES"))
        return "moved"

    return act


def siblings(urls: Urls) -> Any:
    client = client_of(urls)
    client.spot_balance()
    return [side_by_side(moving(client, "1"), moving(client, "1000000")) for _ in range(TRIES)]


def siblings_from_a_loop(urls: Urls) -> Any:
    async def main() -> Any:
        client = async_client_of(urls)
        await client.spot_balance()
        return [
            side_by_side(moving_async(client, "1"), moving_async(client, "1000000")) for _ in range(TRIES)
        ]

    return asyncio.run(main())


def parent_and_child(urls: Urls) -> Any:
    client = client_of(urls)
    client.spot_balance()
    return [answer for _ in range(3) for answer in (heard(fork(moving(client, "1"))), moving(client, "1")())]


def parent_and_child_of_a_loop(urls: Urls) -> Any:
    client = async_client_of(urls)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(client.spot_balance())
    answers = []
    for _ in range(3):
        answers.append(heard(fork(moving_async(client, "1"))))
        loop.run_until_complete(client.transfer("USDT", "1", type="FUND_PFUTURES"))
        answers.append("moved")
    loop.run_until_complete(client.close())
    loop.close()
    return answers


@contextmanager
def another_thread_in(*locks: Any) -> Iterator[None]:
    """While another thread is inside all of these."""
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with ExitStack() as stack:
            for lock in locks:
                stack.enter_context(lock)
            inside.set()
            done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    inside.wait()
    yield
    done.set()
    thread.join()


def held_locks(urls: Urls) -> Any:
    client = client_of(urls, limiter=PROCESS_LIMITER)
    client.spot_balance()
    pools = client._driver._adapter.poolmanager.pools
    pool = client._driver._hosts[urls[0]].pool
    assert pool.pool is not None
    with another_thread_in(PROCESS_WRITES._lock, PROCESS_LIMITER._lock, pools.lock, pool.pool.mutex):
        child = fork(moving(client, "1"))
    return [heard(child), moving(client, "1")()]


def under_way(_: Urls) -> Any:
    """What a child knows of what its parent has under way."""
    ticket = object()
    PROCESS_WRITES.claim("a", ["1"], "mine")
    PROCESS_WRITES.begin_sending("a", ticket)
    PROCESS_WRITES.want_reading("b", ticket)
    PROCESS_WRITES.begin_reading("b", ticket)
    endpoint = "GET /openApi/spot/v1/account/balance"
    turns = [Turn() for _ in range(4000)]
    for turn in turns:
        PROCESS_LIMITER.take_turn(turn, "key", (), endpoint)

    def act() -> str:
        ticket = object()
        PROCESS_WRITES.want_reading("a", ticket)
        turn = Turn()
        PROCESS_LIMITER.take_turn(turn, "key", (), endpoint)
        return json.dumps(
            {
                "claims": sorted(PROCESS_WRITES.claimed_by_others("a", "another")),
                "may read": PROCESS_WRITES.begin_reading("a", ticket) is None,
                "may send": PROCESS_WRITES.begin_sending("b", ticket) is None,
                "may go": PROCESS_LIMITER.waiting_for(turn) is None,
            }
        )

    child = json.loads(heard(fork(act)))
    PROCESS_WRITES.want_reading("a", object())
    return {
        "child": child,
        "parent may read": PROCESS_WRITES.begin_reading("a", object()) is None,
        "parent may go": PROCESS_LIMITER.waiting_for(turns[-1]) is None,
    }


PROGRAMS: dict[str, Callable[[Urls], Any]] = {
    program.__name__: program
    for program in (
        siblings,
        siblings_from_a_loop,
        parent_and_child,
        parent_and_child_of_a_loop,
        held_locks,
        under_way,
    )
}


def main() -> None:
    signal.alarm(3 * LONGEST_S)
    # aiohttp made its own when it was imported, which may be before somebody named an authority.
    aiohttp.connector._SSL_CONTEXT_VERIFIED = ssl.create_default_context()
    json.dump(PROGRAMS[sys.argv[1]]((sys.argv[2], sys.argv[3])), sys.stdout)
