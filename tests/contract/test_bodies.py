"""Where an exchange looks for parameters that are in a body, or in query and body."""

import dataclasses

import pytest
from contract.target import Target
from support.sender import FORM, TRANSFER, Wire, hmac_hex, pairs

from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange


@pytest.mark.clause("REQ-11")
@pytest.mark.fake_only("no endpoint of the account takes PUT or DELETE")
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_body_of_put_and_delete_is_read_as_that_of_a_post(
    target: Target, bingx_exchange: FakeExchange, method: str
) -> None:
    def also_for_this_method(exchange: Exchange) -> None:
        routes = exchange._rules.routes
        also = {**routes, (method, TRANSFER): routes["POST", TRANSFER]}
        exchange._rules = dataclasses.replace(exchange._rules, routes=also)

    bingx_exchange.call(also_for_this_method)
    sent = {"amount": 1, "asset": "USDT", "timestamp": target.now_ms(), "type": "FUND_PFUTURES"}
    wire = f"{pairs(sent)}&signature={hmac_hex(target.account.secret, pairs(sent))}"
    headers = {"X-BX-APIKEY": target.account.key, "Content-Type": FORM}
    reply = Wire(target.base_urls[0]).raw(method, TRANSFER, headers=headers, body=wire.encode())
    assert reply.code == 0


@pytest.mark.clause("REQ-12")
@pytest.mark.fake_only("a transfer is sent in documented forms only")
@pytest.mark.parametrize(("signed", "code"), [("in the query", 0), ("in the body", 100001)])
def test_the_value_in_the_query_counts_and_is_signed(target: Target, signed: str, code: int) -> None:
    in_query = {"amount": 2, "timestamp": target.now_ms()}
    in_body = {"amount": 3, "asset": "USDT", "type": "FUND_PFUTURES"}
    counts = in_body | in_query if signed == "in the query" else in_query | in_body
    signature = hmac_hex(target.account.secret, pairs(dict(sorted(counts.items()))))
    headers = {"X-BX-APIKEY": target.account.key, "Content-Type": FORM}
    reply = Wire(target.base_urls[0]).raw(
        "POST",
        f"{TRANSFER}?{pairs(in_query)}",
        headers=headers,
        body=f"{pairs(in_body)}&signature={signature}".encode(),
    )
    assert reply.code == code
