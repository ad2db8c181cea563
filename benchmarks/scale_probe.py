"""Makes exchanges with a thousand and with a million transfers in this process, and measures them.

Prints lines of JSON: ``{"doing", "done", "total"}`` on the way, and the figures at the end. Memory is
what the process grew by; every transfer was made by an entry in the books, as a request would.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.memory import resident_bytes
from benchmarks.sending import INNER_RECORDS, TRANSFER_RECORDS, ask, signed
from bingx_fake.books.history import InnerTransfer, Transfer
from bingx_fake.books.ids import transfer_id_of
from bingx_fake.clock import ExchangeClock
from bingx_fake.exchange import Exchange
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.settings import Settings
from bingx_fake.state import files as state
from bingx_fake.state import saving

FEW = 1_000
NOW_MS = 1_700_000_000_000
FIRST_ID = 1_800_000_000_000_000_001
ALICE, BOB = 16779999, 16780001
PAGE = 100
REQUESTS = 40
"""Of one kind, in one round."""

_WAYS = (("fund", "spot"), ("spot", "fund"), ("fund", "USDTMPerp"), ("USDTMPerp", "fund"))
_BEGAN_MS = 1_600_000_000_000
_STEP_MS = 1_000
_FIRST_INNER_ID = FIRST_ID + 10**9
_SAID_EVERY = 20_000


def _exchange() -> Exchange:
    return Exchange(Settings(state.read_form(None), lambda: ExchangeClock(lambda: NOW_MS, NOW_MS)))


def _amount(number: int) -> Decimal:
    """Amounts of which two in turn are alike, so that there and back leaves balances where they were."""
    return Decimal(number // 2 % 1_000 + 1).scaleb(-6)


def _own(exchange: Exchange, count: int) -> Iterator[int]:
    """Make transfers within a user's accounts, one after the other."""
    ledger = exchange.books.ledger
    for number in range(count):
        source, target = _WAYS[number % 4]
        at_ms = _BEGAN_MS + number * _STEP_MS
        tran_id = FIRST_ID + 2 * number
        other = transfer_id_of(tran_id)
        ledger.transfer(
            Transfer(tran_id, ALICE, "USDT", _amount(number), source, target, at_ms, transfer_id=other)
        )
        yield number + 1


def _inner(exchange: Exchange, count: int) -> Iterator[int]:
    """Make transfers between two users, there and back."""
    ledger = exchange.books.ledger
    for number in range(count):
        sender, receiver = (BOB, ALICE) if number % 2 else (ALICE, BOB)
        transfer = InnerTransfer(
            id=_FIRST_INNER_ID + 2 * number,
            from_uid=sender,
            to_uid=receiver,
            asset="USDT",
            amount=_amount(number),
            from_account="fund",
            client_id=_client_id(number),
            at_ms=_BEGAN_MS + number * _STEP_MS,
            status=6,
        )
        ledger.inner_transfer(transfer, to_account="fund")
        yield number + 1


def _client_id(number: int) -> str:
    """As long as a UUID, which is what clients send."""
    return f"{number:036d}"


def _say_while(steps: Iterator[int], doing: str, total: int) -> None:
    for done in steps:
        if done % _SAID_EVERY == 0:
            _say(doing, done, total)


def _say(doing: str, done: int, total: int) -> None:
    print(json.dumps({"doing": doing, "done": done, "total": total}), flush=True)


def _first(count: int, random: Random) -> WireRequest:
    return _records(pageIndex=1, pageSize=PAGE)


def _last(count: int, random: Random) -> WireRequest:
    return _records(pageIndex=count // PAGE, pageSize=PAGE)


def _by_type(count: int, random: Random) -> WireRequest:
    page = random.randint(1, count // len(_WAYS) // PAGE)
    return _records(type="FUND_PFUTURES", pageIndex=page, pageSize=PAGE)


def _by_time(count: int, random: Random) -> WireRequest:
    start_ms = _BEGAN_MS + random.randint(0, count - PAGE) * _STEP_MS
    return _records(startTime=start_ms, endTime=start_ms + (PAGE - 1) * _STEP_MS, pageSize=PAGE)


def _by_id(count: int, random: Random) -> WireRequest:
    return _records(transferId=transfer_id_of(FIRST_ID + 2 * random.randrange(count)))


def _between_users(count: int, random: Random) -> WireRequest:
    return _inner_records(offset=random.randint(0, count - PAGE), limit=PAGE)


def _by_client_id(count: int, random: Random) -> WireRequest:
    return _inner_records(transferClientId=_client_id(2 * random.randrange(count // 2)))


def _records(**parameters: int | str) -> WireRequest:
    return _signed(TRANSFER_RECORDS, parameters)


def _inner_records(**parameters: int | str) -> WireRequest:
    return _signed(INNER_RECORDS, parameters | {"coin": "USDT"})


def _signed(path: str, parameters: dict[str, int | str]) -> WireRequest:
    return signed("GET", path, parameters, key="alice-key", secret="alice-secret", now_ms=NOW_MS)


_QUERIES: dict[str, tuple[Callable[[int, Random], WireRequest], int]] = {
    "the first": (_first, PAGE),
    "the last": (_last, PAGE),
    "by type": (_by_type, PAGE),
    "by time": (_by_time, PAGE),
    "by id": (_by_id, 1),
    "between users": (_between_users, PAGE),
    "by transferClientId": (_by_client_id, 1),
}
"""Each with the number of rows of its answer."""


def _pages(small: Exchange, large: Exchange, many: int, rounds: int) -> Iterator[tuple[str, Any]]:
    """Time each kind of query on both, in turn."""
    random = Random(1)
    for name, (make, rows) in _QUERIES.items():
        _say(f"page {name}", 0, rounds)
        for exchange, count in ((small, FEW), (large, many)):
            _check(exchange, make(count, random), rows)
        ratios, us = [], []
        for done in range(rounds):
            few_s = _time(small, [make(FEW, random) for _ in range(REQUESTS)])
            many_s = _time(large, [make(many, random) for _ in range(REQUESTS)])
            ratios.append(many_s / few_s)
            us.append(1e6 * many_s / REQUESTS)
            _say(f"page {name}", done + 1, rounds)
        yield name, {"ratios": ratios, "us": statistics.median(us)}


def _check(exchange: Exchange, request: WireRequest, rows: int) -> None:
    """What is timed has to be an answer."""
    found = ask(exchange, request)["data"]
    found = found if isinstance(found, list) else found["data"]
    assert len(found) == rows, f"{len(found)} rows, not {rows}"


def _time(exchange: Exchange, requests: list[WireRequest]) -> float:
    started = time.perf_counter()
    for request in requests:
        exchange.receive(request)
    return time.perf_counter() - started


def _save_and_load(exchange: Exchange, file: Path) -> tuple[float, float]:
    """Save the transfers within a user's accounts, and make an exchange of them again; both in seconds."""
    books = exchange.books
    taken = saving.snapshot(books.directory, books.ledger)
    taken.inner_transfers.clear()
    started = time.perf_counter()
    saving.write_lines(file, taken, lambda done, total: _say("saving", done, total))
    saved = time.perf_counter()
    form = state.read_form(file, lambda done, total: _say("loading", done, total))
    loaded = Exchange(Settings(form, lambda: ExchangeClock(lambda: NOW_MS, NOW_MS)))
    load_s = time.perf_counter() - saved
    assert list(loaded.books.ledger.all_transfers()) == taken.transfers, "what was saved is what was loaded"
    return saved - started, load_s


def main(many: int, rounds: int, file: Path) -> None:
    """Measure and print."""
    small, large = _exchange(), _exchange()
    sizes = {}
    for what, fill in (("a transfer", _own), ("a transfer between users", _inner)):
        _say_while(fill(small, FEW), what, FEW)
        before = resident_bytes()
        _say_while(fill(large, many), what, many)
        sizes[what] = (resident_bytes() - before) / many
    pages = dict(_pages(small, large, many, rounds))
    save_s, load_s = _save_and_load(large, file)
    found = {"pages": pages, "bytes": sizes, "save_s": save_s, "load_s": load_s}
    print(json.dumps({**found, "file_bytes": file.stat().st_size}), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
