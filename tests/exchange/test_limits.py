"""How often one may ask, what an exchange with rate limits tells, what going on after 100410 leads to.

``limited`` has R's limits (per endpoint and second), ``grouped`` D's (V25).
"""

from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.sender import (
    COINS,
    FUND_BALANCE,
    NOW_MS,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER_RECORDS,
    Reply,
    Sender,
)

from bingx_contracts import ENDPOINTS, PROFILES
from bingx_contracts.facts.requests import Limit
from bingx_contracts.limits import limits_of
from bingx_fake import Ban, FakeExchange
from bingx_fake.gateway.limits import Breach, RateLimits, RateLimitStatus
from bingx_fake.profiles.quotas import Quota, Quotas

REMAIN, EXPIRE = "X-RateLimit-Requests-Remain", "X-RateLimit-Requests-Expire"


@pytest.fixture
def limited() -> Iterator[FakeExchange]:
    with FakeExchange(
        frozen_at_ms=NOW_MS,
        rate_limits=True,
        ban=Ban(after=5, for_ms=60_000),
        vary={"V25": "reference"},
    ) as exchange:
        yield exchange


@pytest.fixture
def grouped() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True, ban=Ban(after=10_000)) as exchange:
        yield exchange


@pytest.fixture
def sender(limited: FakeExchange) -> Sender:
    return Sender(limited)


def rate_limit(reply: Reply) -> tuple[int, int]:
    return int(reply.headers[REMAIN]), int(reply.headers[EXPIRE])


def test_every_answer_tells_what_is_left_of_the_window_and_when_it_ends(
    limited: FakeExchange, sender: Sender
) -> None:
    told = [rate_limit(sender.get(COINS))]
    limited.clock.advance(ms=400)
    told += [rate_limit(sender.get(COINS)), rate_limit(sender.get(COINS))]
    assert told == [(1, NOW_MS + 1000), (0, NOW_MS + 1000), (0, NOW_MS + 1000)]


def test_a_refused_request_is_told_too(sender: Sender) -> None:
    assert rate_limit(sender.call("GET", SPOT_BALANCE, key="nobody-key")) == (2, NOW_MS + 1000)


def test_of_two_limits_the_nearer_one_is_told(sender: Sender) -> None:
    # 5 a second for the user, 3 for the address
    assert [rate_limit(sender.get(SPOT_BALANCE))[0] for _ in range(3)] == [2, 1, 0]


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
    assert rate_limit(banned) == (0, NOW_MS + 60_000)


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
    one_a_second = (quota(1, 1000),)
    for number in range(30_000):
        limits.admit(one_a_second, number, NOW_MS)
        limits.admit(one_a_second, number, NOW_MS)
        limits.note_refusal(number, NOW_MS)
    kept = (limits._counts, limits._refusals, limits._banned_until_ms)
    assert max(len(memory) for memory in kept) <= 10_000
    assert limits.banned_until_ms(29999, NOW_MS) == NOW_MS + 120_000


def test_who_asks_again_and_again_is_not_forgotten_for_others() -> None:
    limits = RateLimits()
    quotas = (quota(20, 1000),)
    for number in range(15_000):
        limits.admit(quotas, number, NOW_MS)
        if number % 1000 == 0:
            limits.admit(quotas, "busy", NOW_MS)
    assert limits.admit(quotas, "busy", NOW_MS) == RateLimitStatus(4, NOW_MS + 1000)


# Which limits there are


def quota(count: int, window_ms: int, release_ms: int = 0, name: str = "e") -> Quota:
    return Quota(f"{name} {window_ms}", "so many", count, window_ms, release_ms)


def own(count: int, scope: str, endpoint_id: str) -> Limit:
    return Limit(count, 1000, scope, endpoint_id)  # type: ignore[arg-type]  # "uid" or "ip"


# endpoint: R by UID, R by address, D by UID, D's group
DOCUMENTED = {
    "spot_account.spot_balance": (5, 3, 5, "account-3"),
    "spot_account.fund_balance": (2, 2, 10, "account-2"),
    "spot_account.account_overview": (5, 2, 5, "account-2"),
    "spot_account.transfer": (2, 2, 2, "account-2"),
    "spot_account.transfers": (10, 2, 10, "account-2"),
    "spot_account.transfer_records": (2, 2, 2, "account-2"),
    "spot_account.transferable_coins": (2, 2, 2, "account-2"),
    "spot_account.inner_transfer": (2, 2, 5, "account-2"),
    "spot_account.inner_transfer_records": (10, 2, 10, "account-2"),
    # ours: as the present route
    "spot_account.transfer_v3": (2, 2, 2, "account-2"),
    "spot_account.transfer_v3_post": (2, 2, 2, "account-2"),
}


@pytest.mark.parametrize("endpoint_id", DOCUMENTED)
def test_an_account_endpoint_has_r_s_limits_or_d_s_groups_and_the_larger_number_by_user(
    endpoint_id: str,
) -> None:
    endpoint = ENDPOINTS[endpoint_id]
    r_user, r_address, d_user, group = DOCUMENTED[endpoint_id]
    assert set(limits_of(endpoint, "reference")) == {
        own(r_user, "uid", endpoint_id),
        own(r_address, "ip", endpoint_id),
    }
    assert set(limits_of(endpoint, "docs-site")) == {
        own(max(r_user, d_user), "uid", endpoint_id),
        Limit(2000, 10_000, "ip", group),
        Limit(300, 10_000, "ip", endpoint_id),
    }


@pytest.mark.parametrize(
    "endpoint_id", ["common.server_time", "common.server_time_v1", "common.server_time_spot"]
)
def test_the_exchange_s_time_is_market_data(endpoint_id: str) -> None:
    endpoint = ENDPOINTS[endpoint_id]
    assert limits_of(endpoint, "reference") == ()
    assert set(limits_of(endpoint, "docs-site")) == {
        Limit(500, 10_000, "ip", "market"),
        Limit(1000, 60_000, "ip", "market"),
    }


def test_no_endpoint_of_the_spot_account_is_left_out() -> None:
    assert set(DOCUMENTED) == {name for name, it in ENDPOINTS.items() if it.group == "spot_account"}


def test_profiles_serve_r_s_limits_where_they_follow_r() -> None:
    assert {name: profile.answers["V25"] for name, profile in PROFILES.items()} == {
        "documented": "docs-site",
        "skill": "reference",
        "reference": "reference",
        "docs-site": "docs-site",
        "observed": "docs-site",
    }


# D's groups


def test_a_bot_at_ten_requests_a_second_meets_no_limit(grouped: FakeExchange) -> None:
    sender = Sender(grouped)
    paths = [SPOT_BALANCE, SERVER_TIME, FUND_BALANCE, SPOT_BALANCE, SERVER_TIME]
    codes = []
    for number in range(1000):  # as ccxt paces itself, for a hundred seconds
        now_ms = NOW_MS + 100 * number
        codes.append(sender.call("GET", paths[number % len(paths)], timestamp=now_ms).code)
        grouped.clock.advance(ms=100)
    assert set(codes) == {0}


@pytest.mark.clause("LIMIT-3")
@pytest.mark.parametrize(
    ("path", "each_of", "gap_ms", "passed"),
    [
        (SPOT_BALANCE, (SPOT_BALANCE,), 0, 300),
        (SERVER_TIME, (SERVER_TIME, "/openApi/spot/v1/server/time"), 0, 500),
        (SERVER_TIME, (SERVER_TIME, "/openApi/spot/v1/server/time"), 40, 1000),
    ],
    ids=["300 in 10 s of an endpoint", "500 in 10 s of market data", "1000 in 60 s of market data"],
)
def test_an_address_may_ask_as_often_as_its_group_allows(
    grouped: FakeExchange, path: str, each_of: tuple[str, ...], gap_ms: int, passed: int
) -> None:
    sender = Sender(grouped)
    codes = []
    for number in range(passed + 1):
        codes.append(sender.raw("GET", each_of[number % len(each_of)]).code)
        if gap_ms:
            grouped.clock.advance(ms=gap_ms)
    assert codes.count(100410) == 1
    assert codes[-1] == 100410
    assert sender.raw("GET", path).code == 100410
    assert sender.raw("GET", FUND_BALANCE).code == 100413, "another group goes on"


def test_all_endpoints_of_a_group_count_together() -> None:
    limits = RateLimits()
    together = quota(2000, 10_000, 300_000, "account-2")
    ends = [(together, quota(300, 10_000, 300_000, name)) for name in ("a", "b", "c", "d", "e", "f", "g")]
    found = [limits.admit(ends[number % 7], "192.0.2.1", NOW_MS) for number in range(2001)]
    assert all(isinstance(rate_limit, RateLimitStatus) for rate_limit in found[:2000])
    assert found[2000] == Breach(together, NOW_MS + 300_000)


# Released after five minutes


def test_what_broke_a_limit_is_refused_for_five_minutes_from_the_first_refusal_on(
    grouped: FakeExchange,
) -> None:
    sender = Sender(grouped)

    def ask_after(ms: int) -> Reply:
        grouped.clock.advance(ms=ms)
        return sender.call("GET", COINS, timestamp=grouped.clock.now_ms())

    assert [ask_after(0).code for _ in range(2)] == [0, 0]
    refused = [ask_after(ms) for ms in (200, 59_800, 60_000, 60_000, 60_000, 60_199)]
    assert [reply.code for reply in refused] == [100410] * 6
    assert {rate_limit(reply) for reply in refused} == {(0, NOW_MS + 200 + 300_000)}
    assert [ask_after(ms).code for ms in (1, 0, 0)] == [0, 0, 100410]


def test_a_user_is_refused_at_that_endpoint_and_no_other_user_and_no_other_endpoint(
    grouped: FakeExchange,
) -> None:
    sender = Sender(grouped)
    codes = [sender.get(COINS).code for _ in range(3)]
    assert codes == [0, 0, 100410]
    assert sender.get(FUND_BALANCE).code == 0
    assert sender.call("GET", COINS, key="bob-key", secret="bob-secret").code == 0


def test_an_endpoint_is_refused_for_the_whole_address_and_no_other_endpoint(grouped: FakeExchange) -> None:
    sender = Sender(grouped)
    assert [sender.raw("GET", TRANSFER_RECORDS).code for _ in range(301)] == 300 * [100413] + [100410]
    assert sender.get(TRANSFER_RECORDS).code == 100410
    assert sender.get(COINS).code == 0


def test_a_refusal_breaks_no_second_limit() -> None:
    limits = RateLimits()
    together, each = quota(3, 10_000, 300_000, "group"), quota(2, 10_000, 300_000, "each")
    for quotas in ((together,), (together, each), (together, each)):
        limits.admit(quotas, 1, NOW_MS)
    assert limits.admit((together,), 1, NOW_MS) == Breach(together, NOW_MS + 300_000)
    assert limits.admit((together, each), 1, NOW_MS + 5000) == Breach(together, NOW_MS + 300_000)
    assert limits.admit((each,), 1, NOW_MS + 10_000) == RateLimitStatus(1, NOW_MS + 20_000)


def test_a_refusal_breaks_no_second_limit_in_the_same_millisecond_either() -> None:
    limits = RateLimits()
    first, second = quota(1, 10_000, 300_000, "first"), quota(1, 1000, 300_000, "second")
    limits.admit((first,), 1, NOW_MS)
    limits.admit((second,), 1, NOW_MS)
    refused = Breach(first, NOW_MS + 300_000)
    assert limits.admit((first,), 1, NOW_MS) == refused
    assert limits.admit((first, second), 1, NOW_MS) == refused
    assert limits.admit((second,), 1, NOW_MS + 1000) == RateLimitStatus(0, NOW_MS + 2000)


def test_of_several_limits_that_refuse_the_one_that_does_so_for_longest_is_told() -> None:
    short, long = quota(1, 1000, name="short"), quota(1, 60_000, name="long")
    for quotas in ((short, long), (long, short)):
        limits = RateLimits()
        limits.admit(quotas, 1, NOW_MS)
        assert limits.admit(quotas, 1, NOW_MS) == Breach(long, NOW_MS + 60_000)


@pytest.mark.parametrize(("after_ms", "is_banned"), [(999, True), (1000, False)])
def test_refusals_lead_to_a_ban_within_its_time_and_not_at_the_end_of_it(
    after_ms: int, is_banned: bool
) -> None:
    limits = RateLimits(Ban(after=2, within_ms=1000))
    limits.note_refusal(1, NOW_MS)
    limits.note_refusal(1, NOW_MS + after_ms)
    assert (limits.banned_until_ms(1, NOW_MS + after_ms) is not None) is is_banned


def test_a_clock_that_is_set_back_to_before_a_refusal_takes_it_back() -> None:
    limits = RateLimits()
    quotas = (quota(1, 1000, 300_000),)
    assert limits.admit(quotas, 1, NOW_MS) == RateLimitStatus(0, NOW_MS + 1000)
    assert limits.admit(quotas, 1, NOW_MS) == Breach(quotas[0], NOW_MS + 300_000)
    assert limits.admit(quotas, 1, NOW_MS - 5000) == RateLimitStatus(0, NOW_MS - 4000)


def test_r_s_limits_know_no_release(limited: FakeExchange, sender: Sender) -> None:
    assert [ask(sender).code for _ in range(3)] == [0, 0, 100410]
    limited.clock.advance(ms=1000)
    assert ask(sender).code == 0


# Several windows


def test_of_several_windows_the_tightest_is_told(grouped: FakeExchange) -> None:
    sender = Sender(grouped)
    assert rate_limit(sender.raw("GET", SERVER_TIME)) == (499, NOW_MS + 10_000)
    assert rate_limit(sender.raw("GET", SPOT_BALANCE)) == (299, NOW_MS + 10_000)
    assert rate_limit(sender.get(SPOT_BALANCE)) == (4, NOW_MS + 1000)


def test_of_windows_with_as_many_places_left_the_one_that_ends_later_is_told() -> None:
    limits = RateLimits()
    short, long = quota(2, 1000), quota(2, 60_000)
    assert limits.admit((short, long), 1, NOW_MS) == RateLimitStatus(1, NOW_MS + 60_000)
    assert limits.admit((long, short), 2, NOW_MS) == RateLimitStatus(1, NOW_MS + 60_000)
    assert RateLimitStatus(1, NOW_MS + 2).is_tighter_than(RateLimitStatus(1, NOW_MS + 1))
    assert not RateLimitStatus(1, NOW_MS + 1).is_tighter_than(RateLimitStatus(1, NOW_MS + 2))


# Beside a model that keeps everything and looks through it


class Naive:
    """Every request that ever passed, and every refusal that broke a limit."""

    def __init__(self) -> None:
        self.passed: list[tuple[int, tuple[Quota, ...]]] = []
        self.broken: list[tuple[int, Quota]] = []

    def ask(self, quotas: tuple[Quota, ...], now_ms: int) -> tuple[str, int, int]:
        ends = [at + q.release_ms for at, q in self.broken if q in quotas]
        meets = [end_ms for end_ms in ends if now_ms < end_ms]
        if meets:
            return ("refused", 0, max(meets))
        told, full = [], []
        for q in quotas:
            within = sorted(at for at, which in self.passed if q in which and now_ms - q.window_ms < at)
            if len(within) >= q.count:
                full.append(now_ms + q.release_ms if q.release_ms else within[0] + q.window_ms)
                if q.release_ms:
                    self.broken.append((now_ms, q))
            told.append((q.count - len(within) - 1, -(min([*within, now_ms]) + q.window_ms)))
        if full:
            return ("refused", 0, max(full))
        self.passed.append((now_ms, quotas))
        remain, expire_ms = min(told)
        return ("passed", remain, -expire_ms)


SHARED = quota(5, 60, 0, "group"), quota(8, 300, 0, "group")
RELEASED = quota(5, 60, 1000, "group"), quota(8, 300, 1000, "group")
ENDPOINT_SETS = [
    [(*SHARED, quota(3, 40, 0, name)) for name in "ab"],
    [(*RELEASED, quota(3, 40, 1000, name)) for name in "ab"],
    [(*RELEASED, quota(3, 40, 0, name)) for name in "ab"],
]


@pytest.mark.parametrize("endpoints", ENDPOINT_SETS, ids=["no release", "release", "release of the group"])
@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 1), st.one_of(st.integers(0, 3), st.sampled_from([10, 39, 40, 60, 300, 999, 1000]))
        ),
        max_size=60,
    )
)
@example(steps=[(0, 0)] * 10)
def test_windows_slide_and_release_as_those_of_a_model_that_looks_through_everything(
    endpoints: list[tuple[Quota, ...]], steps: list[tuple[int, int]]
) -> None:
    limits, naive, now_ms = RateLimits(), Naive(), NOW_MS
    for which, passed_ms in steps:
        now_ms += passed_ms
        found = limits.admit(endpoints[which], "192.0.2.1", now_ms)
        expected = naive.ask(endpoints[which], now_ms)
        if isinstance(found, Breach):
            assert ("refused", 0, found.until_ms) == expected
        else:
            assert ("passed", *found) == expected


# Limits as they are counted


def test_a_limit_of_a_document_is_counted_by_whom_it_names_and_told_in_words() -> None:
    spot_balance = ENDPOINTS["spot_account.spot_balance"]
    alone = "spot_account.spot_balance 1000"
    assert Quotas.of(spot_balance, "reference") == Quotas(
        address=(Quota(alone, "3 requests a second", 3, 1_000, 0),),
        user=(Quota(alone, "5 requests a second", 5, 1_000, 0),),
    )
    assert Quotas.of(spot_balance, "docs-site") == Quotas(
        address=(
            Quota("account-3 10000", "2000 requests in 10 s to account-3 together", 2000, 10_000, 300_000),
            Quota("spot_account.spot_balance 10000", "300 requests in 10 s", 300, 10_000, 300_000),
        ),
        user=(Quota(alone, "5 requests a second", 5, 1_000, 300_000),),
    )
