"""What an exchange with rate limits tells, and what going on after 100410 leads to."""

from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from support.sender import COINS, FUND_BALANCE, NOW_MS, SERVER_TIME, SPOT_BALANCE, Reply, Sender

from bingx_fake import Ban, FakeExchange
from bingx_fake.limits import RateLimits

REMAIN, EXPIRE = "X-RateLimit-Requests-Remain", "X-RateLimit-Requests-Expire"


@pytest.fixture
def limited() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True, ban=Ban(after=5, for_ms=60_000)) as exchange:
        yield exchange


@pytest.fixture
def sender(limited: FakeExchange) -> Sender:
    return Sender(limited)


def standing(reply: Reply) -> tuple[int, int]:
    return int(reply.headers[REMAIN]), int(reply.headers[EXPIRE])


def test_every_answer_tells_what_is_left_of_the_window_and_when_it_ends(
    limited: FakeExchange, sender: Sender
) -> None:
    told = [standing(sender.get(COINS))]
    limited.clock.advance(ms=400)
    told += [standing(sender.get(COINS)), standing(sender.get(COINS))]
    assert told == [(1, NOW_MS + 1000), (0, NOW_MS + 1000), (0, NOW_MS + 1000)]


def test_a_refused_request_is_told_too(sender: Sender) -> None:
    assert standing(sender.call("GET", SPOT_BALANCE, key="nobody-key")) == (2, NOW_MS + 1000)


def test_of_two_limits_the_nearer_one_is_told(sender: Sender) -> None:
    # 5 a second for the user, 3 for the address
    assert [standing(sender.get(SPOT_BALANCE))[0] for _ in range(3)] == [2, 1, 0]


def test_a_path_without_a_limit_tells_nothing(sender: Sender) -> None:
    assert REMAIN not in sender.raw("GET", SERVER_TIME).headers


def test_an_exchange_without_limits_tells_nothing(exchange: FakeExchange) -> None:
    assert REMAIN not in Sender(exchange).get(SPOT_BALANCE).headers


def ask(sender: Sender) -> Reply:
    """A read with the exchange's time."""
    return sender.call("GET", COINS, timestamp=sender.exchange.clock.now_ms())


def hammer(sender: Sender, refused: int) -> list[Reply]:
    """Go on until so many requests were refused."""
    return [ask(sender) for _ in range(2 + refused)]


def test_going_on_after_100410_leads_to_a_ban(limited: FakeExchange, sender: Sender) -> None:
    replies = hammer(sender, refused=6)
    assert [reply.code for reply in replies] == [0, 0] + 6 * [100410]
    assert [reply.status for reply in replies] == 7 * [200] + [418]
    banned = sender.get(FUND_BALANCE)
    assert (banned.status, banned.code) == (418, 100410)
    assert banned.json["msg"] == (f"this address is banned until {NOW_MS + 60_000} for going on after 100410")
    assert standing(banned) == (0, NOW_MS + 60_000)


def test_a_ban_ends_when_its_time_is_over_however_often_one_asks(
    limited: FakeExchange, sender: Sender
) -> None:
    hammer(sender, refused=6)
    limited.clock.advance(ms=59_999)
    assert ask(sender).status == 418
    limited.clock.advance(ms=1)
    assert ask(sender).code == 0
    assert [ask(sender).status for _ in range(3)] == [200, 200, 200]


def test_refusals_that_are_far_apart_lead_to_no_ban(limited: FakeExchange, sender: Sender) -> None:
    for _ in range(4):
        hammer(sender, refused=2)
        limited.clock.advance(ms=10_000)
    assert ask(sender).code == 0


def test_a_user_s_limit_counts_towards_the_ban_of_its_address(sender: Sender) -> None:
    parts = urlsplit(sender.base_url)

    def status_from(address: int) -> int:
        source = (f"127.0.0.{address}", 0)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10, source_address=source)
        try:
            connection.request("GET", SERVER_TIME)
            return connection.getresponse().status
        finally:
            connection.close()

    hammer(sender, refused=6)
    assert status_from(1) == 418
    assert status_from(2) == 200


def test_reset_lifts_a_ban(limited: FakeExchange, sender: Sender) -> None:
    hammer(sender, refused=6)
    limited.reset()
    limited.clock.freeze(NOW_MS)
    assert sender.get(COINS).code == 0


@pytest.mark.parametrize("numbers", [{"after": 0}, {"for_ms": -1}, {"within_ms": 1.5}, {"after": True}])
def test_a_ban_of_impossible_numbers_is_refused(numbers: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="of a ban must be a positive whole number"):
        Ban(**numbers)


def test_memory_stays_bounded_under_any_number_of_addresses_at_one_moment() -> None:
    limits = RateLimits(Ban(after=1))
    for number in range(30_000):
        caller = f"address {number}"
        limits.admit("e", caller, 1, NOW_MS)
        limits.admit("e", caller, 1, NOW_MS)
        limits.note_refusal(caller, NOW_MS)
    kept = (limits._windows, limits._refusals, limits._banned_until_ms)
    assert max(len(memory) for memory in kept) <= 10_000
    assert limits.banned_until_ms("address 29999", NOW_MS) == NOW_MS + 120_000
