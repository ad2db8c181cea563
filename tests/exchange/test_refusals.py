"""What a refusal says. People act on these words, so each names what to change."""

from typing import Any

import pytest
from support.sender import (
    ALICE,
    FORM,
    FUND_BALANCE,
    INNER_TRANSFER,
    NOW_MS,
    SPOT_BALANCE,
    TRANSFER,
    Reply,
    Sender,
    hmac_hex,
)

from bingx_contracts import ENDPOINTS, ERRORS
from bingx_fake import FakeExchange
from bingx_fake.gateway.parameters import read_parameters
from bingx_fake.gateway.refusal import Refusal

KEY = {"X-BX-APIKEY": "alice-key"}
MOVE: dict[str, Any] = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "1"}
SEND: dict[str, Any] = {
    "coin": "USDT",
    "amount": "1",
    "userAccountType": 1,
    "userAccount": 16780001,
    "walletType": 1,
}


def said(reply: Reply) -> tuple[int, str]:
    return reply.code, reply.json["msg"]


def change_alices_key(exchange: FakeExchange, **changes: Any) -> None:
    state = exchange.state
    state["users"][0]["keys"][0] |= changes
    exchange.load(state)


@pytest.fixture(scope="module")
def limited() -> Any:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True, vary={"V25": "reference"}) as exchange:
        yield exchange


def test_a_path_that_does_not_exist_is_named_up_to_200_characters(sender: Sender) -> None:
    path = "/" + "x" * 250
    assert said(sender.raw("GET", path)) == (100404, f"GET {path[:200]} does not exist")


def test_the_limit_of_an_address_is_named(limited: FakeExchange) -> None:
    limited.reset()
    sender = Sender(limited)
    replies = [sender.get(FUND_BALANCE) for _ in range(3)]
    assert said(replies[-1]) == (100410, "more than 2 requests a second from this address")


def test_the_limit_of_a_user_is_named(limited: FakeExchange) -> None:
    limited.reset()
    quotas = limited.call(lambda inner: inner._rules.quotas["spot_account.fund_balance"].user)
    limited.call(lambda inner: [inner._limits.admit(quotas, ALICE, NOW_MS) for _ in "ab"])  # type: ignore[union-attr]  # limits are on
    assert said(Sender(limited).get(FUND_BALANCE)) == (100410, "more than 2 requests a second of this user")


@pytest.mark.parametrize(
    ("count", "window_ms", "counted", "says"),
    [
        (300, 10_000, "spot_account.fund_balance", "300 requests in 10 s"),
        (2000, 10_000, "account-2", "2000 requests in 10 s to account-2 together"),
    ],
)
def test_the_limit_of_a_group_is_named_and_until_when_it_refuses(
    count: int, window_ms: int, counted: str, says: str
) -> None:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True) as exchange:
        quotas = exchange.call(lambda inner: inner._rules.quotas["spot_account.fund_balance"].address)
        (broken,) = [quota for quota in quotas if quota.name == f"{counted} {window_ms}"]
        exchange.call(
            lambda inner: [inner._limits.admit((broken,), "127.0.0.1", NOW_MS) for _ in range(count)]  # type: ignore[union-attr]  # limits are on
        )
        expected = f"more than {says} from this address; refused until {NOW_MS + 300_000}"
        assert said(Sender(exchange).get(FUND_BALANCE)) == (100410, expected)


@pytest.mark.parametrize("headers", [{}, {"X-BX-APIKEY": ""}])
def test_a_missing_key_is_told_by_its_header(sender: Sender, headers: dict[str, str]) -> None:
    expected = (100413, "Incorrect apiKey: the header X-BX-APIKEY is missing")
    assert said(sender.raw("GET", SPOT_BALANCE, headers=headers)) == expected


def test_an_unknown_key_is_told_by_its_header_and_not_repeated(sender: Sender) -> None:
    reply = sender.call("GET", SPOT_BALANCE, key="mallory-key")
    assert said(reply) == (100413, "Incorrect apiKey: the API key in X-BX-APIKEY is not known")


def test_an_address_that_is_not_allowed_is_named(sender: Sender) -> None:
    change_alices_key(sender.exchange, ips=["192.0.2.7"])
    assert said(sender.get(SPOT_BALANCE)) == (
        100419,
        "your IP 127.0.0.1 does not match IP whitelist of the key",
    )


def test_a_missing_signature_is_named(sender: Sender) -> None:
    reply = sender.raw("GET", f"{SPOT_BALANCE}?timestamp={NOW_MS}", headers=KEY)
    assert said(reply) == (100412, "the parameter signature is missing")


@pytest.mark.parametrize("timestamp", [None, "now", "9" * 17])
def test_what_is_no_timestamp_is_told_what_one_is(sender: Sender, timestamp: str | None) -> None:
    reply = sender.call("GET", SPOT_BALANCE, timestamp=timestamp)
    assert said(reply) == (100421, "timestamp must be Unix time in milliseconds")


@pytest.mark.parametrize(("age_ms", "side"), [(5001, "behind"), (-5001, "ahead of")])
def test_a_timestamp_outside_the_window_is_told_by_how_much_and_on_which_side(
    sender: Sender, age_ms: int, side: str
) -> None:
    sent_ms = NOW_MS - age_ms
    assert said(sender.call("GET", SPOT_BALANCE, timestamp=sent_ms)) == (
        100421,
        f"timestamp {sent_ms} is 5001 ms {side} the server's {NOW_MS}; recvWindow is 5000",
    )


def test_a_timestamp_in_microseconds_is_a_timestamp_and_far_ahead(sender: Sender) -> None:
    sent_us = NOW_MS * 1000
    code, msg = said(sender.call("GET", SPOT_BALANCE, timestamp=sent_us))
    assert code == 100421
    assert msg.startswith(f"timestamp {sent_us} is {sent_us - NOW_MS} ms ahead of the server's {NOW_MS};")


def test_a_signature_that_does_not_verify_is_told_so(sender: Sender) -> None:
    assert said(sender.call("GET", SPOT_BALANCE, secret="wrong")) == (
        100001,
        "signature verification failed: it does not match the parameters",
    )


@pytest.mark.parametrize(
    ("signature", "fault"),
    [
        ("A" * 64, "the signature is upper-case hex; send it in lower case"),
        ("a" * 63, "the signature is not 64 lower-case hex digits"),
        ("/" * 43 + "%3D", "the signature looks like base64; send lower-case hex"),
    ],
)
def test_a_signature_of_the_wrong_form_is_told_which_form_it_has(
    sender: Sender, signature: str, fault: str
) -> None:
    reply = sender.raw("GET", f"{SPOT_BALANCE}?timestamp={NOW_MS}&signature={signature}", headers=KEY)
    assert said(reply) == (100001, f"signature verification failed: {fault}")


def test_the_permission_that_a_key_lacks_is_named(sender: Sender) -> None:
    change_alices_key(sender.exchange, permissions=["read"])
    code, msg = said(sender.post(TRANSFER, **MOVE))
    assert (code, msg.partition(";")[0]) == (
        100004,
        "Permission denied: the key lacks the permission transfer",
    )


@pytest.mark.parametrize(
    ("code", "change", "key"),
    [
        (100413, {}, "mallory-key"),
        (100413, {}, ""),
        (100004, {"permissions": []}, "alice-key"),
        (100419, {"ips": ["192.0.2.7"]}, "alice-key"),
    ],
)
def test_a_message_has_what_published_clients_look_for(
    sender: Sender, code: int, change: dict[str, Any], key: str
) -> None:
    change_alices_key(sender.exchange, **change)
    reply = sender.call("GET", SPOT_BALANCE, key=key)
    assert reply.code == code
    assert ERRORS[code].looked_for
    for text in ERRORS[code].looked_for:
        assert text.lower() in reply.json["msg"].lower()


def test_what_octobot_and_ccxt_look_for_is_in_the_contract() -> None:
    assert {code: error.looked_for for code, error in ERRORS.items() if error.looked_for} == {
        100413: ("Incorrect apiKey",),
        100004: ("Permission denied", "trading permission"),
        100419: ("not match IP whitelist",),
    }


@pytest.mark.parametrize(
    ("sent", "parameter", "rule"),
    [
        (MOVE | {"amount": "-1"}, "amount", "amount"),
        (MOVE | {"type": "fund_spot"}, "type", "type"),
        ({"type": "FUND_PFUTURES", "amount": "1"}, "asset", "asset"),
        (MOVE | {"note": "a=b"}, "note", None),
        ({"asset": "USDT", "amount": "1"}, None, None),
    ],
)
def test_a_refusal_carries_parameter_and_rule(
    sent: dict[str, str], parameter: str | None, rule: str | None
) -> None:
    with pytest.raises(Refusal) as refused:
        read_parameters(ENDPOINTS["spot_account.transfer"], sent)
    assert (refused.value.code, refused.value.parameter, refused.value.rule) == (100400, parameter, rule)


LONG = "x" * 5000


@pytest.mark.parametrize(
    ("method", "path", "parameters"),
    [
        ("GET", f"/{LONG}", {}),
        ("X" * 2000, SPOT_BALANCE, {}),
        ("GET", SPOT_BALANCE, {"recvWindow": LONG}),
        ("GET", SPOT_BALANCE, {"note": f"{LONG}&"}),
        ("GET", SPOT_BALANCE, {LONG: "&"}),
        ("GET", SPOT_BALANCE, {f"{LONG}[": "1"}),
        ("GET", FUND_BALANCE, {"asset": LONG}),
        ("POST", TRANSFER, MOVE | {"amount": "9" * 5000}),
        ("POST", TRANSFER, MOVE | {"type": LONG}),
        ("POST", INNER_TRANSFER, SEND | {"userAccount": "1" * 5000}),
        ("POST", INNER_TRANSFER, SEND | {"userAccount": "1" * 20, "targetAccount": LONG}),
        ("POST", INNER_TRANSFER, SEND | {"userAccountType": 3, "userAccount": f"{'x' * 240}@example.com"}),
        ("POST", INNER_TRANSFER, SEND | {"transferClientId": LONG}),
    ],
)
def test_no_message_grows_with_what_a_client_sends(
    sender: Sender, method: str, path: str, parameters: dict[str, Any]
) -> None:
    reply = sender.call(method, path, parameters)
    assert reply.code != 0
    assert len(reply.json["msg"]) <= 250


def test_a_content_type_and_a_value_in_bytes_are_cut_as_well(sender: Sender) -> None:
    wire = f"{'n' * 5000}=%FF&timestamp={NOW_MS}"
    target = f"{SPOT_BALANCE}?{wire}&signature={hmac_hex('alice-secret', wire)}"
    not_utf8 = sender.raw("GET", target, headers=KEY)
    unknown = sender.raw("POST", TRANSFER, headers=KEY | {"Content-Type": f"text/{LONG}"}, body=b"a=1")
    assert said(not_utf8) == (100400, f"{'n' * 80} is not UTF-8 text")
    assert unknown.code == 100400
    assert len(unknown.json["msg"]) <= 250


def test_a_window_out_of_range_is_shown_up_to_40_characters(sender: Sender) -> None:
    assert said(sender.get(SPOT_BALANCE, recvWindow="x" * 41)) == (
        100400,
        f"recvWindow must be 1 to 5000, not '{'x' * 40}'",
    )


def test_a_value_that_is_no_utf_8_is_told_by_its_name(sender: Sender) -> None:
    wire = f"note=%FF&timestamp={NOW_MS}"
    target = f"{SPOT_BALANCE}?{wire}&signature={hmac_hex('alice-secret', wire)}"
    assert said(sender.raw("GET", target, headers=KEY)) == (100400, "note is not UTF-8 text")


def test_a_body_that_cannot_be_read_is_told_what_can(sender: Sender) -> None:
    headers = KEY | {"Content-Type": "text/plain"}
    assert said(sender.raw("POST", TRANSFER, headers=headers, body=b"a=1")) == (
        100400,
        f"content type 'text/plain' is not taken; send {FORM} or application/json",
    )


@pytest.mark.clause("XFER-5")
@pytest.mark.parametrize("amount", ["0", "0.0", "0.00000000000000000000"])
def test_an_amount_of_nothing_is_refused_as_an_amount(sender: Sender, amount: str) -> None:
    rule = "a positive plain decimal with at most 20 places: no sign, no exponent"
    reply = sender.post(TRANSFER, **MOVE | {"amount": amount})
    assert said(reply) == (100400, f"amount must be {rule}, not {amount!r}")


@pytest.mark.clause("XFER-7")
def test_a_transfer_from_an_account_to_itself_is_told_so(sender: Sender) -> None:
    reply = sender.post(TRANSFER, fromAccount="fund", toAccount="fund", asset="USDT", amount=1)
    assert said(reply) == (100400, "fund is both fromAccount and toAccount")


@pytest.mark.clause("INNER-4")
@pytest.mark.parametrize(
    "receiver",
    [
        {"userAccountType": 1, "userAccount": ALICE},
        {"userAccountType": 3, "userAccount": "alice@example.com"},
    ],
)
def test_whoever_sends_to_oneself_is_told_so(sender: Sender, receiver: dict[str, Any]) -> None:
    reply = sender.post(INNER_TRANSFER, **SEND | receiver)
    assert said(reply) == (100400, "the receiver is the sender")
