"""Which domain a request goes to, and what it looks like there.

The exchange refuses, loses or answers with an error at .com, for real, while the cassette is played as well.
Clocks tick a millisecond a look, so that it shows whether an attempt was signed afresh.
"""

import itertools
from collections.abc import Callable

import pytest
from support.sender import BOB, NOW_MS

from bingx_client import Busy, Client, InsufficientBalance, ProtocolError
from bingx_fake import FakeExchange

Connect = Callable[..., Client]


def ticking() -> Callable[[], int]:
    ticks = itertools.count(NOW_MS)
    return lambda: next(ticks)


@pytest.mark.clause("FALLBACK-1", "FALLBACK-2", "FALLBACK-7")
def test_a_read_that_is_refused_a_connection_goes_to_the_second_domain_signed_afresh(
    cassette: FakeExchange, connect: Connect
) -> None:
    with cassette.fault("com", "refuse"):
        assert connect(clock=ticking()).fund_balance("USDT")["USDT"].free == 1000


@pytest.mark.clause("FALLBACK-2", "FALLBACK-7")
@pytest.mark.parametrize("kind", ["timeout", "reset", "empty", "truncate"])
def test_a_read_that_is_not_answered_goes_to_the_second_domain_signed_afresh(
    cassette: FakeExchange, connect: Connect, kind: str
) -> None:
    with cassette.fault("com", kind):
        assert connect(clock=ticking()).fund_balance("USDT")["USDT"].free == 1000


@pytest.mark.clause("FALLBACK-2", "TIME-6")
def test_a_public_read_goes_to_the_second_domain_unsigned(cassette: FakeExchange, connect: Connect) -> None:
    with cassette.fault("com", "refuse"):
        assert connect().server_time() == NOW_MS


@pytest.mark.clause("FALLBACK-7", "FALLBACK-8")
def test_a_transfer_that_is_refused_a_connection_goes_to_the_second_domain_signed_afresh(
    cassette: FakeExchange, connect: Connect
) -> None:
    with cassette.fault("com", "refuse"):
        receipt = connect(clock=ticking()).transfer("USDT", 100, type="FUND_PFUTURES")
    assert (receipt.transfer_id, receipt.reconciled) == ("1800000000000959921001", False)


@pytest.mark.clause("FALLBACK-7", "FALLBACK-8")
def test_an_inner_transfer_that_is_refused_a_connection_goes_to_the_second_domain_signed_afresh(
    cassette: FakeExchange, connect: Connect
) -> None:
    with cassette.fault("com", "refuse"):
        receipt = connect(clock=ticking()).inner_transfer(
            coin="USDT", amount=100, user_account=BOB, transfer_client_id="third"
        )
    assert (receipt.id, receipt.reconciled) == ("1800000000000959921", False)


@pytest.mark.clause("FALLBACK-3", "ERR-2")
def test_a_read_that_gets_a_business_error_stays_with_the_first_domain(
    cassette: FakeExchange, connect: Connect
) -> None:
    client = connect()
    with cassette.fault("com", "business-error", code=100500), pytest.raises(Busy):
        client.spot_balance()


@pytest.mark.clause("FALLBACK-3")
def test_a_read_that_gets_an_http_error_with_json_stays_with_the_first_domain(
    cassette: FakeExchange, connect: Connect
) -> None:
    client = connect()
    with cassette.fault("com", "http-error", status=504), pytest.raises(Busy) as raised:
        client.spot_balance()
    assert raised.value.http_status == 504


@pytest.mark.clause("FALLBACK-4")
def test_a_read_that_gets_a_page_of_html_stays_with_the_first_domain(
    cassette: FakeExchange, connect: Connect
) -> None:
    client = connect()
    with cassette.fault("com", "html-error", status=502), pytest.raises(ProtocolError):
        client.spot_balance()


@pytest.mark.clause("FALLBACK-3", "XFER-4")
def test_a_transfer_that_gets_a_business_error_stays_with_the_first_domain(
    cassette: FakeExchange, connect: Connect
) -> None:
    client = connect()
    with pytest.raises(InsufficientBalance):
        client.transfer("BTC", "0.51", type="FUND_PFUTURES")


@pytest.mark.clause("TIME-7")
def test_a_refused_timestamp_is_sent_again_by_the_exchanges_clock(
    cassette: FakeExchange, connect: Connect
) -> None:
    client = connect(clock=lambda: NOW_MS - 10_000)
    assert client.fund_balance("USDT")["USDT"].free == 1000
    assert client.spot_balance()["ETH"].free == 2


@pytest.mark.clause("TIME-7")
def test_a_transfer_with_a_refused_timestamp_is_sent_again_by_the_exchanges_clock(
    cassette: FakeExchange, connect: Connect
) -> None:
    client = connect(clock=lambda: NOW_MS - 10_000)
    assert client.transfer("USDT", 100, type="FUND_PFUTURES").transfer_id == "1800000000000959921001"
