"""The journal is bounded by number and by bytes, whatever clients send."""

import tracemalloc

import pytest
from support.sender import FORM, NOW_MS, SPOT_BALANCE, TRANSFER, hmac_hex

from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.journal.journal import BYTES_KEPT, LARGEST_BODY_KEPT, Journal

OVERHEAD = 8 * 1024 * 1024
"""For what an entry takes besides the bytes that came: a few hundred bytes each."""
TARGET = f"{SPOT_BALANCE}?timestamp={NOW_MS}&signature={'0' * 64}"


def request(target: str = TARGET, body: bytes = b"", **headers: str) -> WireRequest:
    method = "POST" if body else "GET"
    everything = {"x-bx-apikey": "alice-key", "content-type": FORM, **headers}
    return WireRequest("com", method, target, everything, body, "127.0.0.1")


def large(number: int) -> WireRequest:
    """A verified write of 60 KB that is refused for what it carries."""
    text = f"note={number:06}{'x' * 61_000}?&timestamp={NOW_MS}"
    return request(TRANSFER, f"{text}&signature={hmac_hex('alice-secret', text)}".encode())


def test_large_bodies_of_refused_requests_are_kept_once_and_within_the_bound(exchange: FakeExchange) -> None:
    sent = BYTES_KEPT // LARGEST_BODY_KEPT * 5 // 4

    def flood(inner: Exchange) -> tuple[int, int]:
        tracemalloc.start()
        for number in range(sent):
            inner.receive(large(number))
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return held, inner.journal.bytes_kept

    held, counted = exchange.call(flood)
    assert BYTES_KEPT * 0.9 < counted <= BYTES_KEPT
    assert held <= BYTES_KEPT + OVERHEAD
    ids = exchange.call(lambda inner: [note.number for note in inner.journal.newest_first()])
    assert ids == list(range(sent, sent - len(ids), -1)), "the oldest were dropped"
    newest = exchange.call(lambda inner: inner.journal.refusals()[-1][1])
    assert (newest.parameter, newest.code) == ("note", 100400)


def test_requests_that_were_accepted_are_within_the_bound_as_well() -> None:
    journal = Journal(10_000)
    sent = 2 * BYTES_KEPT // LARGEST_BODY_KEPT
    body = b"x" * LARGEST_BODY_KEPT
    for number in range(sent):
        journal.add(request(TRANSFER, body), number, None)
        assert journal.bytes_kept <= BYTES_KEPT
    assert journal.bytes_kept > BYTES_KEPT * 0.9
    assert next(journal.newest_first()).number == sent


def test_what_goes_by_number_gives_its_bytes_back() -> None:
    journal = Journal(2)
    for length in (300, 20, 1):
        journal.add(request("/" + "x" * length), NOW_MS, None)
    assert journal.bytes_kept == 21 + 2


@pytest.mark.parametrize("part", ["target", "headers", "body"])
def test_every_part_that_a_client_chooses_counts(exchange: FakeExchange, part: str) -> None:
    text = "x" * 60_000
    sent = {
        "target": request(f"/{text}"),
        "headers": request(x_note=text),
        "body": request(TRANSFER, text.encode()),
    }[part]

    def weigh(inner: Exchange) -> int:
        inner.receive(sent)
        return inner.journal.bytes_kept

    assert 60_000 < exchange.call(weigh) < 61_000


def test_a_request_that_is_too_large_to_keep_is_noted_by_its_entry_alone(exchange: FakeExchange) -> None:
    exchange.call(lambda inner: inner.receive(request(x_note="x" * 70_000)))
    exchange.call(lambda inner: inner.receive(request(TRANSFER, b"x" * 70_000)))
    assert exchange.call(lambda inner: (len(inner.journal.refusals()), inner.journal.bytes_kept < 500)) == (
        0,
        True,
    )
    assert [entry["code"] for entry in exchange.requests] == [100001, 100412]


def test_ordinary_requests_are_kept_by_number_however_many_are_asked_for() -> None:
    journal = Journal(100_000)
    for number in range(100_001):
        journal.add(request(f"{TARGET}&note={'x' * 700}"), number, None)
    assert sum(1 for _ in journal.newest_first()) == 100_000
    assert journal.bytes_kept > BYTES_KEPT


def test_an_entry_that_goes_takes_its_refusal_along() -> None:
    with FakeExchange(frozen_at_ms=NOW_MS, journal_size=2) as exchange:
        good = f"timestamp={NOW_MS}"
        exchange.call(lambda inner: inner.receive(request()))
        target = f"{SPOT_BALANCE}?{good}&signature={hmac_hex('alice-secret', good)}"
        for _ in range(2):
            exchange.call(lambda inner: inner.receive(request(target)))
        assert exchange.call(lambda inner: inner.journal.refusals()) == []
        assert exchange.call(lambda inner: inner.journal.refusal("r1")) is None


def test_emptying_the_journal_gives_its_bytes_back(exchange: FakeExchange) -> None:
    def fill_and_empty(inner: Exchange) -> int:
        inner.receive(large(1))
        inner.journal.clear()
        return inner.journal.bytes_kept

    assert exchange.call(fill_and_empty) == 0
