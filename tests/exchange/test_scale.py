"""Long histories and long days, in small: what make bench and make soak measure at full size."""

import gc
import json
import subprocess
import sys
import tracemalloc
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from support.records import inner, transfer
from support.sender import NOW_MS, SPOT_BALANCE, TRANSFER, TRANSFERS, Sender

from bingx_fake import FakeExchange
from bingx_fake.books.history import History, InnerTransfer, Transfer

ROOT = Path(__file__).parent.parent.parent
MANY = 20_000
MOST_BYTES = 600


def _fresh(text: str) -> str:
    """A copy of a text, as each request brings one."""
    return text.encode().decode()


def _own(number: int) -> Transfer:
    return transfer(
        10**18 + number,
        asset=_fresh("USDT"),
        amount=Decimal(number).scaleb(-2),
        from_account=_fresh("fund"),
        to_account=_fresh("spot"),
        at_ms=NOW_MS + number,
    )


def _inner(number: int) -> InnerTransfer:
    return inner(
        10**18 + number,
        asset=_fresh("USDT"),
        amount=Decimal(number).scaleb(-2),
        from_account=_fresh("fund"),
        client_id=f"{number:036d}",
        at_ms=NOW_MS + number,
    )


def test_a_transfer_takes_at_most_600_bytes_with_all_that_finds_it() -> None:
    tracemalloc.start()
    try:
        history = History()
        for number in range(1, MANY + 1):
            history.record(_own(number))
        gc.collect()
        own, _ = tracemalloc.get_traced_memory()
        for number in range(MANY + 1, 2 * MANY + 1):
            history.record_inner(_inner(number))
        gc.collect()
        both, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert own / MANY <= MOST_BYTES
    assert (both - own) / MANY <= MOST_BYTES


def test_records_are_nothing_that_the_garbage_collector_visits() -> None:
    """A million of them would hold up a request for tenths of a second now and then."""
    assert not gc.is_tracked(_own(1))
    assert not gc.is_tracked(_inner(1))


class Counted(int):
    """A time that counts how often it is compared."""

    comparisons = 0

    def __lt__(self, other: int) -> bool:
        Counted.comparisons += 1
        return int(self) < int(other)

    def __gt__(self, other: int) -> bool:
        Counted.comparisons += 1
        return int(self) > int(other)


@pytest.mark.parametrize("count", [1_000, MANY])
def test_a_page_of_any_period_is_found_by_looking_at_few_records(count: int) -> None:
    history = History()
    for number in range(1, count + 1):
        history.record(transfer(number, at_ms=10 * number))
    Counted.comparisons = 0
    total, page = history.transfers(
        1, direction=("fund", "spot"), start_ms=Counted(5_000), end_ms=Counted(10_000), skip=50, size=10
    )
    assert (total, [record.id for record in page]) == (501, list(range(950, 940, -1)))
    assert 0 < Counted.comparisons <= 2 * count.bit_length()


def test_transfers_that_come_late_stand_where_their_time_is() -> None:
    numbers = list(range(1, 2_001))
    Random(1).shuffle(numbers)
    history = History()
    for number in numbers:
        history.record(transfer(number, at_ms=NOW_MS + number // 2))
    total, page = history.transfers(1, size=2_000)
    assert (total, [record.id for record in page]) == (2_000, list(range(2_000, 0, -1)))


def test_the_latest_records_are_those_made_last_newest_first() -> None:
    history = History()
    for number in (3, 1, 2):
        history.record(transfer(number))
        history.record_inner(inner(10 * number, client_id=""))
    assert [record.id for record in history.latest_transfers(2)] == [2, 1]
    assert [record.id for record in history.latest_inner_transfers(9)] == [20, 10, 30]


def test_a_transfer_made_by_a_request_shares_its_names_with_the_others(
    exchange: FakeExchange, sender: Sender
) -> None:
    for _ in range(2):
        order = {"fromAccount": "fund", "toAccount": "spot", "asset": "USDT", "amount": "1"}
        assert sender.post(TRANSFER, **order).code == 0
    first, second = exchange.call(lambda exchange: list(exchange.books.ledger.all_transfers()))
    assert first.asset is second.asset
    assert first.from_account is second.from_account
    assert first.to_account is second.to_account


def test_a_journal_keeps_its_latest_entries_and_no_more_refusals_than_entries() -> None:
    with FakeExchange(frozen_at_ms=NOW_MS, journal_size=5) as exchange:
        sender = Sender(exchange)
        for _ in range(12):
            sender.call("GET", SPOT_BALANCE, secret="wrong")
        sender.get(TRANSFERS, type="FUND_PFUTURES")
        assert [entry["id"] for entry in exchange.requests] == ["r9", "r10", "r11", "r12", "r13"]
        journal = exchange.call(lambda exchange: exchange.journal)
        kept = [number for number in range(1, 14) if journal.refusal(f"r{number}")]
    assert kept == [9, 10, 11, 12], "an entry that goes takes its refusal along"


def test_a_day_of_traffic_conserves_money() -> None:
    command = [sys.executable, "-m", "benchmarks.soak", "--requests", "4000", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    day = json.loads(done.stdout)
    assert done.stderr == "", "no bar where stderr is no terminal"
    assert day["simulated_hours"] >= 24
    assert day["quarters"][-1]["requests"] >= 4000
    assert day["quarters"][-1]["transfers"] >= 200
    assert day["quarters"][-1]["orders"] >= 300
    assert day["quarters"][-1]["fills"] >= 300
    assert day["codes"]["with limits"]["100410"] > 0
    assert "100410" not in day["codes"]["without limits"]


def test_the_measurement_of_a_million_transfers_works_with_fewer(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.scale_probe", "4000", "1", str(tmp_path / "state.jsonl")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert len(found["pages"]) == 7
    assert found["file_bytes"] == (tmp_path / "state.jsonl").stat().st_size
