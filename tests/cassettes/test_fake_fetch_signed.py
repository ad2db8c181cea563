"""``fetch_signed``, which calls any endpoint: parameters in the query, in a form and in a JSON body."""

import itertools
from typing import Any

import pytest
from support.sender import NOW_MS, SPOT_BALANCE, TRANSFER, TRANSFER_RECORDS

from bingx_client import APIError, fetch_signed
from bingx_fake import FakeExchange

pytestmark = pytest.mark.parametrize("way", ["recorded", "requests"], indirect=True)  # it is synchronous


def fetch(cassette: FakeExchange, *arguments: Any, **options: Any) -> Any:
    options = {"base_urls": cassette.base_urls, "clock": lambda: NOW_MS, **options}
    return fetch_signed("prod-vst", "alice-key", "alice-secret", *arguments, **options)


@pytest.mark.clause("REQ-3", "REQ-10")
def test_fetch_signed_puts_what_it_gets_into_the_query(cassette: FakeExchange) -> None:
    records = fetch(cassette, "GET", TRANSFER_RECORDS, {"type": "FUND_PFUTURES", "pageSize": 1})
    assert records[0]["transferId"] == "1700000000000000001"


@pytest.mark.clause("REQ-4", "REQ-10")
def test_fetch_signed_posts_a_form(cassette: FakeExchange) -> None:
    parameters = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 100}
    assert fetch(cassette, "POST", TRANSFER, parameters)["tranId"] == "1800000000000959921"


@pytest.mark.clause("REQ-5")
def test_fetch_signed_posts_json_where_it_is_asked_to(cassette: FakeExchange) -> None:
    parameters = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 100, "recvWindow": 5000}
    data = fetch(cassette, "POST", TRANSFER, parameters, json_body=True)
    assert data["tranId"] == "1800000000000959921"


@pytest.mark.clause("REQ-3", "ERR-3")
def test_fetch_signed_deletes_with_a_query_and_no_body(cassette: FakeExchange) -> None:
    with pytest.raises(APIError) as refused:
        fetch(cassette, "DELETE", "/openApi/spot/v1/trade/order", {"symbol": "BTC-USDT", "orderId": 7})
    assert refused.value.code == 100404


@pytest.mark.clause("SIGN-3", "SIGN-7", "REQ-8")
@pytest.mark.departs("undocumented-parameter")
def test_fetch_signed_encodes_values_that_need_it_and_signs_them_plain(cassette: FakeExchange) -> None:
    note = {"list": '["BTC-USDT"]', "map": '{"a":1}', "blank": "a b", "sum": "1+1", "word": "größer/東京"}
    assert fetch(cassette, "GET", SPOT_BALANCE, note)["balances"][0]["asset"] == "USDT"


@pytest.mark.clause("SIGN-3", "REQ-5", "REQ-8")
@pytest.mark.departs("undocumented-parameter")
def test_fetch_signed_posts_any_text_as_json(cassette: FakeExchange) -> None:
    parameters = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "0.5", "note": 'größer "東京" \\ 1+1'}
    data = fetch(cassette, "POST", TRANSFER, parameters, json_body=True)
    assert data["tranId"] == "1800000000000959921"


@pytest.mark.clause("FALLBACK-2", "REQ-10")
def test_fetch_signed_sends_the_identical_read_to_the_second_domain(cassette: FakeExchange) -> None:
    ticks = itertools.count(NOW_MS)
    with cassette.fault("com", "refuse"):
        data = fetch(cassette, "GET", SPOT_BALANCE, clock=lambda: next(ticks))
    assert data["balances"][0]["asset"] == "USDT"


@pytest.mark.clause("FALLBACK-7", "FALLBACK-8")
def test_fetch_signed_sends_a_write_to_the_second_domain_signed_afresh(cassette: FakeExchange) -> None:
    ticks = itertools.count(NOW_MS)
    parameters = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 100}
    with cassette.fault("com", "refuse"):
        data = fetch(cassette, "POST", TRANSFER, parameters, clock=lambda: next(ticks))
    assert data["tranId"] == "1800000000000959921"
