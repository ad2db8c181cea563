"""A client with a limiter, as fast as it can, against the fake with its limits on, in real time.

Several tasks ask for each read again and again, more at a time than its limit allows. What is permitted is
the contract's smaller number, by key or by address, in every second.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.request import ProxyHandler, build_opener

from benchmarks.plan import Plan
from benchmarks.processes import Child, fake_command, two_cores
from benchmarks.table import Row, Target
from bingx_client import AsyncClient, Limiter
from bingx_contracts import ENDPOINTS
from bingx_contracts.limits import limits_of

_READS: dict[str, Callable[[AsyncClient], Awaitable[Any]]] = {
    "spot_account.spot_balance": lambda client: client.spot_balance(),
    "spot_account.fund_balance": lambda client: client.fund_balance(),
}
_WORKERS = 8
"""More than any limit, so that a request is always waiting for its turn."""
_RATE_LIMITED = 100410
_JOURNAL = 100_000
"""Entries the fake keeps, more than it can get here."""

_open = build_opener(ProxyHandler({})).open


def client_under_limits(plan: Plan) -> list[Row]:
    """Measure the share of the permitted rate, and count the refusals of its limits."""
    seconds = plan.rounds(full=30, quick=5)
    with Child(fake_command("--journal-size", str(_JOURNAL)), two_cores()[0]) as server:
        urls = server.receive()
        task = plan.progress.add_task(f"limiter, {seconds} s", total=None)
        answers = asyncio.run(_hammer((urls["com"], urls["pro"]), seconds))
        plan.progress.remove_task(task)
        codes = _codes(urls["control"])
    rows = []
    for name, count in answers.items():
        permitted = _permitted(name) * seconds
        rows.append(
            Row(
                f"client with its limiter, {name}",
                f"permitted: {_permitted(name)} a second",
                count / permitted,
                "",
                Target("at least", 0.95),
                notes=f"{count} answers in {seconds} s, of {permitted} permitted, {_WORKERS} at a time",
            )
        )
    refusals = codes.count(_RATE_LIMITED)
    rows.append(
        Row(
            "the same, refusals with 100410",
            "in the fake's journal",
            refusals,
            "",
            Target("at most", 0),
            notes=f"{len(codes)} requests in the journal; a client that was refused would have tried again",
        )
    )
    return rows


def _permitted(name: str) -> int:
    return min(limit.count for limit in limits_of(ENDPOINTS[name], "reference"))


def _codes(control_url: str) -> list[int | None]:
    """The code of every request that reached the fake."""
    with _open(f"{control_url}/requests?limit={_JOURNAL}", timeout=20) as answer:
        return [entry["code"] for entry in json.load(answer)]


async def _hammer(base_urls: tuple[str, str], seconds: int) -> dict[str, int]:
    """How many answers each read got in the time."""
    answers = dict.fromkeys(_READS, 0)
    async with AsyncClient(
        "prod-vst", "alice-key", "alice-secret", base_urls=base_urls, limiter=Limiter()
    ) as client:
        until_s = time.monotonic() + seconds

        async def work(name: str) -> None:
            while time.monotonic() < until_s:
                await _READS[name](client)
                if time.monotonic() < until_s:
                    answers[name] += 1

        await asyncio.gather(*(work(name) for name in _READS for _ in range(_WORKERS)))
    return answers
