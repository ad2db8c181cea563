"""The order of the checks, the window of time, permissions, addresses and limits."""

from typing import Any

import pytest
from support.sender import (
    FUND_BALANCE,
    NOW_MS,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    Reply,
    Sender,
    hmac_hex,
    pairs,
)

from bingx_contracts import ENDPOINTS
from bingx_fake import FakeExchange

# One way to be wrong at each check, in the documented order. A request that is wrong in two of these ways
# gets the earlier one's code.
WRONG: list[tuple[str, int]] = [
    ("route", 100404),
    ("address limit", 100410),
    ("key", 100413),
    ("address", 100419),
    ("no signature", 100412),
    ("timestamp", 100421),
    ("signature", 100001),
    ("user limit", 100410),
    ("permission", 100004),
    ("parameters", 100400),
    ("business", 100202),
]
ORDER = [name for name, _ in WRONG]


def _state(ways: set[str]) -> dict[str, Any]:
    key: dict[str, Any] = {"key": "k", "secret": "s", "permissions": ["transfer"], "ips": []}
    if "address" in ways:
        key["ips"] = ["192.0.2.1"]
    if "permission" in ways:
        key["permissions"] = ["read"]
    return {"users": [{"uid": 1, "keys": [key]}], "coins": {"USDT": "Tether"}}


def _send(exchange: FakeExchange, ways: set[str]) -> Reply:
    sender = Sender(exchange)
    parameters: dict[str, Any] = {
        "amount": "-1" if "parameters" in ways else "1",
        "asset": "USDT",
        "timestamp": NOW_MS - 5001 if "timestamp" in ways else NOW_MS,
        "type": "FUND_PFUTURES",
    }
    body = pairs(parameters)
    if "no signature" not in ways:
        body += f"&signature={hmac_hex('wrong' if 'signature' in ways else 's', body)}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    headers["X-BX-APIKEY"] = "unknown" if "key" in ways else "k"
    path = f"{TRANSFER}/nowhere" if "route" in ways else TRANSFER
    return sender.raw("POST", path, headers=headers, body=body.encode())


def _exhaust(exchange: FakeExchange, ways: set[str]) -> None:
    for way, caller in (("address limit", "127.0.0.1"), ("user limit", 1)):
        if way in ways:
            _use_up(exchange, "spot_account.transfer", caller)


def _use_up(exchange: FakeExchange, endpoint_id: str, caller: str | int) -> None:
    """Use up a limit of an address or a user, as if by requests of other users or from other addresses."""

    def use(inner: Any) -> None:
        quotas = inner._rules.quotas[endpoint_id]
        (quota,) = quotas.user if isinstance(caller, int) else quotas.address
        for _ in range(quota.count):
            inner._limits.admit((quota,), caller, NOW_MS)

    exchange.call(use)


@pytest.fixture(scope="module")
def limited() -> Any:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True, vary={"V25": "reference"}) as exchange:
        yield exchange


@pytest.mark.clause("ORDER-1")
@pytest.mark.parametrize("second", range(1, len(WRONG)))
@pytest.mark.parametrize("first", range(len(WRONG) - 1))
def test_a_request_wrong_in_two_ways_gets_the_earlier_checks_code(
    limited: FakeExchange, first: int, second: int
) -> None:
    if second <= first:
        first, second = second, first
    ways = {ORDER[first], ORDER[second], "business"}
    limited.reset()
    limited.load(_state(ways))
    _exhaust(limited, ways)
    assert _send(limited, ways).code == WRONG[first][1]


@pytest.mark.parametrize(("way", "code"), WRONG)
def test_each_check_has_its_code(limited: FakeExchange, way: str, code: int) -> None:
    limited.reset()
    limited.load(_state({way}))
    _exhaust(limited, {way})
    assert _send(limited, {way}).code == code


@pytest.mark.clause("TIME-1")
@pytest.mark.parametrize("timestamp", [None, "", "now", "1.7e12", "-1", "1700000000000.0", "9" * 20])
def test_a_timestamp_that_is_missing_or_no_integer_gets_100421(sender: Sender, timestamp: str | None) -> None:
    assert sender.call("GET", SPOT_BALANCE, timestamp=timestamp).code == 100421


@pytest.mark.clause("TIME-2", "TIME-3", "TIME-4")
@pytest.mark.parametrize(("age_ms", "code"), [(5000, 0), (5001, 100421), (-5000, 0), (-5001, 100421), (0, 0)])
def test_the_default_window_is_five_seconds_on_either_side(sender: Sender, age_ms: int, code: int) -> None:
    assert sender.call("GET", SPOT_BALANCE, timestamp=NOW_MS - age_ms).code == code


@pytest.mark.clause("TIME-2", "TIME-3")
@pytest.mark.parametrize(("age_ms", "code"), [(100, 0), (101, 100421), (-100, 0), (-101, 100421)])
def test_recv_window_narrows_the_window(sender: Sender, age_ms: int, code: int) -> None:
    reply = sender.call("GET", SPOT_BALANCE, {"recvWindow": 100}, timestamp=NOW_MS - age_ms)
    assert reply.code == code


@pytest.mark.clause("TIME-5")
@pytest.mark.parametrize(
    ("window", "code"),
    [
        (1, 0),
        (5000, 0),
        (0, 100400),
        (5001, 100400),
        (60000, 100400),
        (-1, 100400),
        ("x", 100400),
        ("", 100400),
    ],
)
def test_recv_window_is_an_integer_from_1_to_5000(sender: Sender, window: object, code: int) -> None:
    assert sender.get(SPOT_BALANCE, recvWindow=window).code == code


@pytest.mark.clause("ORDER-1", "TIME-5")
def test_a_wrong_recv_window_is_a_parameter_and_checked_last(sender: Sender) -> None:
    assert sender.call("GET", SPOT_BALANCE, {"recvWindow": 60000}, secret="wrong").code == 100001
    assert sender.call("GET", SPOT_BALANCE, {"recvWindow": 60000}, timestamp=1).code == 100421


@pytest.mark.clause("TIME-6")
@pytest.mark.parametrize(
    "path",
    ["/openApi/swap/v2/server/time", "/openApi/swap/v1/server/time", "/openApi/spot/v1/server/time"],
)
def test_server_time_is_public_on_all_three_paths(sender: Sender, path: str) -> None:
    assert sender.raw("GET", path).data == {"serverTime": NOW_MS}


@pytest.mark.clause("ERR-1")
def test_an_error_is_http_200_with_code_msg_timestamp_and_null_data(sender: Sender) -> None:
    reply = sender.call("GET", SPOT_BALANCE, key="unknown")
    assert reply.status == 200
    assert reply.headers["Content-Type"].startswith("application/json")
    assert set(reply.json) == {"code", "msg", "timestamp", "data"}
    assert reply.json["code"] == 100413
    assert reply.json["timestamp"] == NOW_MS
    assert reply.json["data"] is None


@pytest.mark.clause("ERR-3")
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/openApi/spot/v1/account/balance/"),
        ("POST", SPOT_BALANCE),
        ("GET", TRANSFER),
        ("DELETE", SPOT_BALANCE),
        ("PATCH", SERVER_TIME),
        ("GET", "/openApi/spot/v1/account/%62alance"),
    ],
)
def test_a_path_or_method_that_does_not_exist_gets_100404(sender: Sender, method: str, path: str) -> None:
    assert sender.raw(method, path).code == 100404


@pytest.mark.clause("ERR-4")
@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS.values() if not e.public], ids=lambda e: str(e.id))
def test_each_endpoint_needs_its_permission(sender: Sender, endpoint: Any) -> None:
    state = sender.exchange.state
    others = [name for name in ("read", "transfer", "inner_transfer") if name != endpoint.permission]
    state["users"][0]["keys"][0]["permissions"] = others
    sender.exchange.load(state)
    assert sender.call(endpoint.method, endpoint.path).code == 100004


@pytest.mark.clause("ERR-5")
@pytest.mark.parametrize(("allowed", "code"), [("127.0.0.1", 0), ("192.0.2.7", 100419), ("::1", 100419)])
def test_an_address_outside_the_whitelist_gets_100419(sender: Sender, allowed: str, code: int) -> None:
    state = sender.exchange.state
    state["users"][0]["keys"][0]["ips"] = [allowed]
    sender.exchange.load(state)
    assert sender.get(SPOT_BALANCE).code == code


@pytest.mark.clause("LIMIT-1")
def test_one_request_too_many_from_an_address_gets_100410_even_without_a_key(limited: FakeExchange) -> None:
    limited.reset()
    sender = Sender(limited)
    codes = [sender.raw("GET", FUND_BALANCE).code for _ in range(3)]
    assert codes == [100413, 100413, 100410]
    limited.clock.advance(999)
    assert sender.raw("GET", FUND_BALANCE).code == 100410
    limited.clock.advance(1)
    assert sender.raw("GET", FUND_BALANCE).code == 100413


@pytest.mark.clause("LIMIT-2")
def test_one_request_too_many_of_a_user_gets_100410(limited: FakeExchange) -> None:
    limited.reset()
    # The documented per-IP limits are never above the per-UID ones, so the UID's is reached first only by a
    # user who calls from several addresses.
    _use_up(limited, "spot_account.fund_balance", 16779999)
    sender = Sender(limited)
    assert sender.get(FUND_BALANCE).code == 100410
    limited.clock.advance(1000)
    assert sender.call("GET", FUND_BALANCE, timestamp=NOW_MS + 1000).code == 0


def test_limits_of_one_endpoint_leave_the_others_alone(limited: FakeExchange) -> None:
    limited.reset()
    sender = Sender(limited)
    assert [sender.get(FUND_BALANCE).code for _ in range(3)] == [0, 0, 100410]
    assert sender.get(SPOT_BALANCE).code == 0


def test_limits_are_off_in_the_fixture(sender: Sender) -> None:
    assert {sender.get(FUND_BALANCE).code for _ in range(10)} == {0}


def test_windows_that_have_passed_are_forgotten() -> None:
    from bingx_fake.gateway.limits import RateLimits
    from bingx_fake.profiles.quotas import Quota

    limits = RateLimits()
    one_a_second = (Quota("e", "one", count=1, window_ms=1000, release_ms=0),)
    for number in range(30_000):
        assert limits.admit(one_a_second, f"192.0.2.{number}", now_ms=number)
    assert len(limits._counts) <= 11_001
