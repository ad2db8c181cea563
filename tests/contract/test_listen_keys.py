"""Listen keys: who gets one, how long it is valid, who renews and ends it."""

import pytest
from contract.target import Target

from bingx_fake import FakeExchange

pytestmark = pytest.mark.fake_only("a listen key opens an account's stream, and would stand in the report")

PATH = "/openApi/user/auth/userDataStream"
HOUR_MS = 3_600_000


def made(target: Target) -> str:
    return str(target.raw("POST", PATH, headers={"X-BX-APIKEY": target.account.key}).json["listenKey"])


@pytest.mark.clause("KEY-1")
def test_a_key_is_given_for_the_header_alone_and_to_who_signs(target: Target) -> None:
    assert len(made(target)) == 64
    assert len(target.post(PATH).json["listenKey"]) == 64
    assert target.raw("POST", PATH).code == 100413


@pytest.mark.clause("KEY-2")
def test_a_key_is_valid_for_an_hour_from_its_last_renewal(
    target: Target, bingx_exchange: FakeExchange
) -> None:
    key = made(target)
    bingx_exchange.clock.advance(HOUR_MS - 1)
    assert target.raw("PUT", PATH, f"listenKey={key}").code == 0
    bingx_exchange.clock.advance(HOUR_MS - 1)
    assert target.raw("PUT", PATH, f"listenKey={key}").code == 0
    bingx_exchange.clock.advance(HOUR_MS)
    assert target.raw("PUT", PATH, f"listenKey={key}").code == 100404


@pytest.mark.clause("KEY-3")
def test_a_key_is_ended_by_whoever_knows_it_and_is_unknown_then(target: Target) -> None:
    key = made(target)
    assert [target.raw("DELETE", PATH, f"listenKey={key}").code for _ in range(2)] == [0, 100404]
