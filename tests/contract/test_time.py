"""The validity window. A live exchange's clock does not stand still, so there edges have a margin."""

import pytest
from contract.conftest import Meet
from contract.target import How, Target
from support.sender import OVERVIEW, SERVER_TIME, SPOT_BALANCE

from bingx_contracts import ENDPOINTS

OUTSIDE = 100421


def margin_ms(target: Target) -> int:
    """How far from an edge a request must stay to be sure on which side it arrives."""
    return 1500 if target.is_live else 0


@pytest.mark.clause("TIME-1")
@pytest.mark.parametrize("timestamp", [None, "now", "1.7e12"])
def test_a_request_without_an_integer_timestamp_is_refused(target: Target, timestamp: str | None) -> None:
    assert target.ask("GET", SPOT_BALANCE, {}, How(timestamp=timestamp)).code == OUTSIDE


@pytest.mark.clause("TIME-2")
def test_a_request_as_old_as_its_window_passes(target: Target) -> None:
    age = How(timestamp=-5000 + margin_ms(target))
    assert target.ask("GET", SPOT_BALANCE, {"recvWindow": 5000}, age).code == 0


@pytest.mark.clause("TIME-2")
def test_a_request_older_than_its_window_is_refused(target: Target) -> None:
    age = How(timestamp=-2001 - margin_ms(target))
    assert target.ask("GET", SPOT_BALANCE, {"recvWindow": 2000}, age).code == OUTSIDE


@pytest.mark.clause("TIME-3")
def test_a_timestamp_further_ahead_than_the_window_is_refused(target: Target, meets: Meet) -> None:
    ahead = How(timestamp=5001 + margin_ms(target))
    reply = target.ask("GET", SPOT_BALANCE, {"recvWindow": 5000}, ahead)
    assert reply.code in (0, OUTSIDE)
    meets("V18", "accepted" if reply.code == 0 else "refused")


@pytest.mark.clause("TIME-3")
def test_a_timestamp_ahead_within_the_window_passes(target: Target) -> None:
    ahead = How(timestamp=5000 - margin_ms(target))
    assert target.ask("GET", SPOT_BALANCE, {"recvWindow": 5000}, ahead).code == 0


@pytest.mark.clause("TIME-4")
def test_without_recv_window_5000_ms_hold(target: Target) -> None:
    inside, outside = How(timestamp=-5000 + margin_ms(target)), How(timestamp=-5001 - margin_ms(target))
    codes = [target.ask("GET", OVERVIEW, {}, how).code for how in (inside, outside)]
    assert codes == [0, OUTSIDE]


@pytest.mark.clause("TIME-5")
@pytest.mark.parametrize("window", ["-1", "five", "1.5"])
def test_a_window_that_is_no_integer_above_zero_is_refused(target: Target, window: str) -> None:
    assert target.get(SPOT_BALANCE, recvWindow=window).code in (100400, OUTSIDE)


@pytest.mark.clause("TIME-5")
def test_the_largest_window(target: Target, meets: Meet) -> None:
    assert target.get(SPOT_BALANCE, recvWindow=5000).code == 0
    reply = target.get(SPOT_BALANCE, recvWindow=60000)
    assert reply.code in (0, 100400)
    meets("V2", "60000" if reply.code == 0 else "5000")


@pytest.mark.clause("TIME-5")
def test_a_window_of_zero(target: Target, meets: Meet) -> None:
    reply = target.get(SPOT_BALANCE, recvWindow=0)
    meets("V3", "default" if reply.code == 0 else "refused")


@pytest.mark.clause("TIME-6")
@pytest.mark.parametrize(
    "endpoint_id", ["common.server_time", "common.server_time_v1", "common.server_time_spot"]
)
def test_server_time_is_public(target: Target, endpoint_id: str) -> None:
    server_ms = target.raw("GET", ENDPOINTS[endpoint_id].path).data["serverTime"]
    assert isinstance(server_ms, int)
    assert abs(server_ms - target.now_ms()) <= 2 * margin_ms(target)


@pytest.mark.clause("TIME-6")
def test_the_fallback_domain_is_the_same_exchange(target: Target, meets: Meet) -> None:
    reply = target.ask("GET", SERVER_TIME, {}, domain="pro")
    assert abs(reply.data["serverTime"] - target.now_ms()) <= 2 * margin_ms(target)
    meets("V19", "pro")


@pytest.mark.clause("TIME-6")
def test_a_request_that_the_first_domain_took_is_taken_by_the_other(target: Target, meets: Meet) -> None:
    same = How(timestamp=str(target.now_ms()))
    first = target.ask("GET", SPOT_BALANCE, {}, same)
    again = target.ask("GET", SPOT_BALANCE, {}, same, domain="pro")
    afresh = target.ask("GET", SPOT_BALANCE, {}, domain="pro")
    assert (first.code, afresh.code) == (0, 0)
    meets("V20", "signed-afresh", *(["identical-bytes"] if again.code == 0 else []))
