"""One cell of the matrix: a client, an exchange, a fault, a call, and what came of it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

import pytest
from support.clients import PATIENT_S, make_async_client, make_client
from support.loops import connections_ended
from support.sender import NOW_MS

from bingx_client import AsyncClient, BingXError, Client
from bingx_client.calls.common import server_time
from bingx_client.calls.raw import WRITES as TYPED_WRITES
from bingx_client.calls.spot_account import spot_balance, transfer
from bingx_client.flow.call import Call
from bingx_client.flow.steps import Attempt, Outcome, Steps
from bingx_contracts import Endpoint
from bingx_fake import FakeExchange
from bingx_fake.journal.journal import JournalEntry

AMOUNT = 100
OLD_ID = 1001

IMPATIENT_MS = 250
"""How long a test waits in earnest for an answer that does not come."""


class Reading(NamedTuple):
    """A read. ``take`` gives the part of what comes of it that is compared with ``expected``."""

    call: Call[Any]
    take: Callable[[Any], Any]
    expected: object


_MOVE = transfer("USDT", AMOUNT, type="FUND_PFUTURES")

READS: Mapping[str, Reading] = {
    "read": Reading(spot_balance(), lambda got: got["USDT"].free, Decimal("250.5")),
    "public read": Reading(server_time(), lambda got: got, NOW_MS),
}
WRITES: Mapping[str, Call[Any]] = {
    "write with a plan": _MOVE,
    "write without": replace(_MOVE, plan=None),
}
"""A call of each class; a write moves ``AMOUNT`` USDT out of alice's fund account. What a fault does to one
call, it does to every other of its class."""


def class_of(endpoint: Endpoint) -> str:
    """The class that an endpoint's calls belong to."""
    if endpoint.write is None:
        return "public read" if endpoint.public else "read"
    typed = TYPED_WRITES.get(endpoint.id)
    return "write without" if typed is None or typed.plan is None else "write with a plan"


@dataclass(frozen=True)
class Cell:
    """A client of one style (``sync``, ``async``) against an exchange on one sort of listener."""

    exchange: FakeExchange
    style: str
    monkeypatch: pytest.MonkeyPatch

    def run(
        self,
        act: Callable[[Any], Any],
        faults: Sequence[Mapping[str, Any]],
        *,
        timeout_s: float = PATIENT_S,
        impatient: bool = False,
        connected: bool = False,
    ) -> tuple[Any, list[Attempt]]:
        """What a call gives under faults, be it a result or an error of the client's, and what it had sent.

        :param impatient: the call's first attempt gets ``IMPATIENT_MS`` in place of the client's timeout. All
            others may take as long as a busy machine takes.
        :param connected: a connection to .com stands before the faults begin, so that no handshake counts.
        """
        if self.style == "sync":
            with make_client(self.exchange, timeout=timeout_s) as client:
                if connected:
                    client.server_time()
                attempts = self._start(client, faults, impatient)
                try:
                    return act(client), attempts
                except BingXError as error:
                    return error, attempts
        return asyncio.run(self._run_async(act, faults, timeout_s, impatient, connected))

    async def _run_async(
        self,
        act: Callable[[Any], Any],
        faults: Sequence[Mapping[str, Any]],
        timeout_s: float,
        impatient: bool,
        connected: bool,
    ) -> tuple[Any, list[Attempt]]:
        async with make_async_client(self.exchange, timeout=timeout_s) as client:
            if connected:
                await client.server_time()
            attempts = self._start(client, faults, impatient)
            try:
                got = await act(client)
            except BingXError as error:
                got = error
        await connections_ended(PATIENT_S)
        return got, attempts

    def _start(
        self, client: Client | AsyncClient, faults: Sequence[Mapping[str, Any]], impatient: bool
    ) -> list[Attempt]:
        self.exchange.call(lambda inner: inner.journal.clear())
        self.exchange.play(faults)
        return self._watch(client, impatient)

    def _watch(self, client: Client | AsyncClient, impatient: bool) -> list[Attempt]:
        """The attempts that a client makes from now on."""
        attempts: list[Attempt] = []
        drive = client._driver.drive

        def watched(steps: Steps[Any]) -> Steps[Any]:
            outcome: Outcome = None
            try:
                while True:
                    step = steps.send(outcome)
                    if isinstance(step, Attempt):
                        attempts.append(step)
                        if impatient and len(attempts) == 1:
                            step = replace(step, timeout_ms=IMPATIENT_MS)
                    outcome = yield step
            except StopIteration as finished:
                return finished.value
            finally:
                steps.close()

        self.monkeypatch.setattr(client._driver, "drive", lambda steps: drive(watched(steps)))
        return attempts

    def domains(self, method: str | None = None) -> tuple[str, ...]:
        """Which domain saw which request, in order."""
        requests = self.exchange.requests
        return tuple(entry["domain"] for entry in requests if method in (None, entry["method"]))

    def domains_of_each_read(self) -> list[tuple[str, ...]]:
        """Which domains saw each read, in order. What differs in no more than its signature is one read."""
        reads = [entry for entry in self.exchange.requests if entry["method"] == "GET"]
        return [tuple(entry["domain"] for entry in group) for _, group in groupby(reads, _read_of)]

    def total(self) -> Decimal:
        """All the USDT there is."""
        users = self.exchange.state["users"]
        return sum(
            (_all_of(held["USDT"]) for user in users for held in user["balances"].values() if "USDT" in held),
            Decimal(0),
        )


def _read_of(entry: JournalEntry) -> tuple[str, int, dict[str, str]]:
    parameters = {
        name: value for name, value in entry["parameters"].items() if name not in ("timestamp", "signature")
    }
    return entry["path"], entry["received_at"], parameters


def _all_of(balance: str | dict[str, str]) -> Decimal:
    if isinstance(balance, str):
        return Decimal(balance)
    return Decimal(balance["free"]) + Decimal(balance["locked"])
