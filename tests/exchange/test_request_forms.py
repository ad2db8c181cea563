"""Every form of request that contract.md lists verifies; near misses do not."""

import base64
import dataclasses
import hashlib
import hmac
import json
from typing import Any

import pytest
from support.sender import (
    ALICE,
    COINS,
    FORM,
    FUND_BALANCE,
    INNER_TRANSFER,
    NOW_MS,
    SPOT_BALANCE,
    TRANSFER,
    Reply,
    Sender,
    hmac_hex,
    pairs,
)

from bingx_fake.exchange import Exchange

SECRET = "alice-secret"
KEY = {"X-BX-APIKEY": "alice-key"}
MOVE: dict[str, Any] = {"amount": "1", "asset": "USDT", "timestamp": NOW_MS, "type": "FUND_PFUTURES"}


def _query(sender: Sender, path: str, wire: str, signed: str) -> Reply:
    return sender.raw("GET", f"{path}?{wire}&signature={hmac_hex(SECRET, signed)}", headers=KEY)


@pytest.mark.clause("SIGN-1", "SIGN-2")
def test_a_sorted_signed_query_verifies(sender: Sender) -> None:
    signed = f"asset=USDT&timestamp={NOW_MS}"
    assert _query(sender, FUND_BALANCE, signed, signed).code == 0


@pytest.mark.clause("SIGN-11")
def test_sent_in_one_order_and_signed_in_sorted_order_verifies(sender: Sender) -> None:
    wire = f"timestamp={NOW_MS}&asset=USDT"
    assert _query(sender, FUND_BALANCE, wire, f"asset=USDT&timestamp={NOW_MS}").code == 0


@pytest.mark.clause("SIGN-5")
def test_signed_in_the_order_sent_verifies(sender: Sender) -> None:
    wire = f"toAccount=spot&fromAccount=fund&timestamp={NOW_MS}"
    assert _query(sender, COINS, wire, wire).code == 0


@pytest.mark.clause("SIGN-5")
def test_signed_in_an_order_that_is_neither_sorted_nor_sent_is_refused(sender: Sender) -> None:
    wire = f"b=1&a=2&c=3&timestamp={NOW_MS}"
    assert _query(sender, SPOT_BALANCE, wire, f"c=3&b=1&a=2&timestamp={NOW_MS}").code == 100001


@pytest.mark.clause("SIGN-3")
def test_signed_decoded_and_sent_encoded_verifies(sender: Sender) -> None:
    wire = f"note=a%20b%5B%7B%22x%22%3A1%7D%5D&timestamp={NOW_MS}"
    assert _query(sender, SPOT_BALANCE, wire, f'note=a b[{{"x":1}}]&timestamp={NOW_MS}').code == 0


@pytest.mark.clause("SIGN-6")
def test_signed_encoded_and_sent_as_signed_verifies(sender: Sender) -> None:
    wire = f"note=a%20b%2Bc&timestamp={NOW_MS}"
    assert _query(sender, SPOT_BALANCE, wire, wire).code == 0
    unsorted = f"timestamp={NOW_MS}&note=a%20b"
    assert _query(sender, SPOT_BALANCE, unsorted, unsorted).code == 0


@pytest.mark.clause("SIGN-6", "SIGN-11")
def test_signed_encoded_and_sorted_and_sent_in_another_order_verifies(sender: Sender) -> None:
    wire = f"timestamp={NOW_MS}&note=a%20b%2Bc"
    assert _query(sender, SPOT_BALANCE, wire, f"note=a%20b%2Bc&timestamp={NOW_MS}").code == 0


@pytest.mark.clause("SIGN-3", "SIGN-5")
def test_signed_decoded_in_the_order_sent_and_sent_encoded_verifies(sender: Sender) -> None:
    wire = f"timestamp={NOW_MS}&note=a%20b%2Bc"
    assert _query(sender, SPOT_BALANCE, wire, f"timestamp={NOW_MS}&note=a b+c").code == 0


@pytest.mark.clause("SIGN-7")
def test_a_plus_stays_a_plus(sender: Sender) -> None:
    wire = f"note=a+b@c&timestamp={NOW_MS}"
    assert _query(sender, SPOT_BALANCE, wire, wire).code == 0
    assert _query(sender, SPOT_BALANCE, wire, f"note=a b@c&timestamp={NOW_MS}").code == 100001


@pytest.mark.clause("SIGN-7")
def test_a_plus_in_an_email_address_reaches_the_user_of_that_address(sender: Sender) -> None:
    users = sender.exchange.state
    users["users"][1]["email"] = "bob+bingx@example.com"
    sender.exchange.load(users)
    reply = sender.post(
        INNER_TRANSFER,
        coin="USDT",
        amount="1",
        userAccountType=3,
        userAccount="bob+bingx@example.com",
        walletType=1,
    )
    assert reply.code == 0


@pytest.mark.clause("REQ-3")
def test_a_read_with_its_parameters_in_the_body_is_unsigned(sender: Sender) -> None:
    signed = f"timestamp={NOW_MS}"
    body = f"{signed}&signature={hmac_hex(SECRET, signed)}".encode()
    assert sender.raw("GET", SPOT_BALANCE, headers=KEY | {"Content-Type": FORM}, body=body).code == 100412


@pytest.mark.clause("REQ-4", "REQ-5", "REQ-6")
@pytest.mark.parametrize("place", ["form", "json", "query"])
def test_a_write_may_carry_its_parameters_in_form_json_or_query(sender: Sender, place: str) -> None:
    assert (
        sender.call("POST", TRANSFER, {k: v for k, v in MOVE.items() if k != "timestamp"}, place=place).code
        == 0
    )


@pytest.mark.clause("REQ-6")
@pytest.mark.parametrize("content_type", [None, "*/*", "application/octet-stream", FORM, "application/json"])
def test_an_empty_body_may_have_any_content_type(sender: Sender, content_type: str | None) -> None:
    wire = f"{pairs(MOVE)}&signature={hmac_hex(SECRET, pairs(MOVE))}"
    headers = KEY if content_type is None else KEY | {"Content-Type": content_type}
    assert sender.raw("POST", f"{TRANSFER}?{wire}", headers=headers, body=b"").code == 0


@pytest.mark.clause("SIGN-4")
@pytest.mark.parametrize("signed_order", ["sorted", "query then body"])
def test_query_and_body_parameters_are_signed_together(sender: Sender, signed_order: str) -> None:
    query, body = f"timestamp={NOW_MS}&type=FUND_PFUTURES", "asset=USDT&amount=1"
    signed = pairs(MOVE) if signed_order == "sorted" else f"{query}&{body}"
    wire = f"{body}&signature={hmac_hex(SECRET, signed)}".encode()
    reply = sender.raw("POST", f"{TRANSFER}?{query}", headers=KEY | {"Content-Type": FORM}, body=wire)
    assert reply.code == 0


@pytest.mark.clause("REQ-12")
@pytest.mark.parametrize("content_type", [FORM, "application/json"])
def test_of_a_name_in_query_and_body_the_querys_value_counts_and_is_signed(
    sender: Sender, content_type: str
) -> None:
    before = sender.exchange.balance(ALICE, "USDTMPerp", "USDT").free
    query = pairs({"amount": "2", "timestamp": NOW_MS})
    in_body = {"amount": "700", "asset": "USDT", "type": "FUND_PFUTURES"}
    body = json.dumps(in_body) if content_type != FORM else pairs(in_body)
    target = f"{TRANSFER}?{query}&signature={hmac_hex(SECRET, pairs(MOVE | {'amount': '2'}))}"
    reply = sender.raw("POST", target, headers=KEY | {"Content-Type": content_type}, body=body.encode())
    assert reply.code == 0
    assert sender.exchange.balance(ALICE, "USDTMPerp", "USDT").free == before + 2
    assert sender.exchange.requests[-1]["parameters"]["amount"] == "2"


@pytest.mark.clause("REQ-12")
def test_a_request_that_stands_in_query_and_body_alike_verifies(sender: Sender) -> None:
    wire = f"{pairs(MOVE)}&signature={hmac_hex(SECRET, pairs(MOVE))}"
    target = f"{TRANSFER}?{wire}"
    assert sender.raw("POST", target, headers=KEY | {"Content-Type": FORM}, body=wire.encode()).code == 0


@pytest.mark.clause("REQ-12")
def test_a_value_of_the_body_that_does_not_count_is_not_signed(sender: Sender) -> None:
    query = pairs({"amount": "2", "timestamp": NOW_MS})
    signature = hmac_hex(SECRET, pairs(MOVE | {"amount": "700"}))
    body = f"amount=700&asset=USDT&type=FUND_PFUTURES&signature={signature}"
    reply = sender.raw(
        "POST", f"{TRANSFER}?{query}", headers=KEY | {"Content-Type": FORM}, body=body.encode()
    )
    assert reply.code == 100001


@pytest.mark.clause("REQ-11")
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize("place", ["form", "json", "query"])
def test_a_body_is_read_alike_for_every_method_that_has_one(sender: Sender, method: str, place: str) -> None:
    def also_for_this_method(exchange: Exchange) -> None:
        endpoint = exchange._rules.routes["POST", TRANSFER]
        routes = {**exchange._rules.routes, (method, TRANSFER): endpoint}
        exchange._rules = dataclasses.replace(exchange._rules, routes=routes)

    sender.exchange.call(also_for_this_method)
    parameters = {name: value for name, value in MOVE.items() if name != "timestamp"}
    assert sender.call(method, TRANSFER, parameters, place=place).code == 0
    assert sender.exchange.requests[-1]["parameters"]["type"] == "FUND_PFUTURES"


@pytest.mark.clause("REQ-5")
@pytest.mark.parametrize("amount", ["1.0", "1.50", "0.00000000000000000001", "1", "100"])
def test_a_json_number_counts_by_its_raw_text(sender: Sender, amount: str) -> None:
    signed = f"amount={amount}&asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES"
    body = (
        f'{{"type":"FUND_PFUTURES","asset":"USDT","amount":{amount},"timestamp":{NOW_MS},'
        f'"signature":"{hmac_hex(SECRET, signed)}"}}'
    )
    reply = sender.raw(
        "POST", TRANSFER, headers=KEY | {"Content-Type": "application/json"}, body=body.encode()
    )
    assert reply.code == 0


def test_a_json_number_in_exponent_form_is_signed_raw_and_then_refused_as_an_amount(sender: Sender) -> None:
    signed = f"amount=1e1&asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES"
    body = json.dumps(MOVE | {"signature": hmac_hex(SECRET, signed)}).replace(
        '"amount": "1"', '"amount": 1e1'
    )
    reply = sender.raw(
        "POST", TRANSFER, headers=KEY | {"Content-Type": "application/json"}, body=body.encode()
    )
    assert reply.code == 100400


@pytest.mark.clause("SIGN-8")
def test_a_base64_signature_is_refused_and_the_answer_says_why(sender: Sender) -> None:
    signed = f"timestamp={NOW_MS}"
    digest = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()
    encoded = base64.b64encode(digest).decode().replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    reply = sender.raw("GET", f"{SPOT_BALANCE}?{signed}&signature={encoded}", headers=KEY)
    assert reply.code == 100001
    assert "base64" in reply.json["msg"]


@pytest.mark.clause("SIGN-8")
def test_an_upper_case_signature_is_refused_and_the_answer_says_why(sender: Sender) -> None:
    signed = f"timestamp={NOW_MS}"
    reply = sender.raw(
        "GET", f"{SPOT_BALANCE}?{signed}&signature={hmac_hex(SECRET, signed).upper()}", headers=KEY
    )
    assert reply.code == 100001
    assert "lower case" in reply.json["msg"]


@pytest.mark.clause("SIGN-9")
@pytest.mark.parametrize("wire", [f"timestamp={NOW_MS}", f"timestamp={NOW_MS}&signature="])
def test_a_request_without_a_signature_gets_100412(sender: Sender, wire: str) -> None:
    assert sender.raw("GET", f"{SPOT_BALANCE}?{wire}", headers=KEY).code == 100412


@pytest.mark.clause("SIGN-10")
def test_another_secrets_signature_gets_100001(sender: Sender) -> None:
    assert sender.call("GET", SPOT_BALANCE, secret="bob-secret").code == 100001


@pytest.mark.clause("SIGN-10")
def test_a_changed_amount_gets_100001_and_moves_nothing(sender: Sender) -> None:
    before = sender.exchange.state
    wire = f"{pairs(MOVE | {'amount': '2'})}&signature={hmac_hex(SECRET, pairs(MOVE))}".encode()
    assert sender.raw("POST", TRANSFER, headers=KEY | {"Content-Type": FORM}, body=wire).code == 100001
    assert sender.exchange.state == before


@pytest.mark.clause("REQ-8")
def test_unknown_parameters_are_ignored_but_signed(sender: Sender) -> None:
    assert sender.get(SPOT_BALANCE, colour="blue", zebra="1").code == 0
    wire = f"colour=blue&timestamp={NOW_MS}"
    assert _query(sender, SPOT_BALANCE, wire, f"timestamp={NOW_MS}").code == 100001


@pytest.mark.clause("INNER-10")
def test_target_account_is_taken_for_user_account(sender: Sender) -> None:
    move = {"coin": "USDT", "amount": "1", "userAccountType": 1, "walletType": 1}
    assert sender.post(INNER_TRANSFER, **move, targetAccount=16780001).code == 0
    assert sender.post(INNER_TRANSFER, **move, targetAccount=16780001, userAccount=1).code == 100400


def test_a_value_with_a_forbidden_character_is_refused_however_it_was_signed(sender: Sender) -> None:
    wire = f"note=1%26amount%3D2&timestamp={NOW_MS}"
    assert _query(sender, SPOT_BALANCE, wire, wire).code == 100400


@pytest.mark.parametrize("name", ["client%3Dabc%26u", "a%5B%5D", "%C3%A9", "a%20b"])
def test_a_name_that_is_no_plain_name_is_refused(sender: Sender, name: str) -> None:
    signed = f"client=abc&u=1&timestamp={NOW_MS}"
    target = f"{SPOT_BALANCE}?{name}=1&timestamp={NOW_MS}&signature={hmac_hex(SECRET, signed)}"
    assert sender.raw("GET", target, headers=KEY).code == 100400


def test_a_parameter_given_twice_is_refused(sender: Sender) -> None:
    wire = f"asset=USDT&asset=BTC&timestamp={NOW_MS}"
    assert _query(sender, FUND_BALANCE, wire, wire).code == 100400


@pytest.mark.clause("REQ-1")
@pytest.mark.parametrize("key", ["", "no-such-key", "ALICE-KEY"])
def test_a_missing_or_wrong_key_gets_100413(sender: Sender, key: str) -> None:
    assert sender.call("GET", SPOT_BALANCE, key=key, secret=SECRET).code == 100413


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "application/xml"])
def test_a_body_of_another_kind_is_refused_by_name(sender: Sender, content_type: str) -> None:
    body = pairs(MOVE).encode()
    reply = sender.raw("POST", TRANSFER, headers=KEY | {"Content-Type": content_type}, body=body)
    assert reply.code == 100400
    assert content_type.partition(";")[0] in reply.json["msg"]


@pytest.mark.parametrize(
    "body",
    ["", "[]", "null", '"text"', "{", '{"a":NaN}', '{"a":{"b":1}}', '{"a":[1]}', '{"a":1,"a":2}', "[" * 5000],
)
def test_a_json_body_that_cannot_be_read_is_refused(sender: Sender, body: str) -> None:
    reply = sender.raw(
        "POST", TRANSFER, headers=KEY | {"Content-Type": "application/json"}, body=body.encode()
    )
    assert reply.code == (100412 if body == "" else 100400)


def test_json_keywords_are_signed_by_their_spelling(sender: Sender) -> None:
    signed = f"amount=1&asset=USDT&hot=true&nothing=null&timestamp={NOW_MS}&type=FUND_PFUTURES"
    document = MOVE | {"hot": True, "nothing": None, "signature": hmac_hex(SECRET, signed)}
    headers = KEY | {"Content-Type": "application/json; charset=utf-8"}
    assert sender.raw("POST", TRANSFER, headers=headers, body=json.dumps(document).encode()).code == 0
