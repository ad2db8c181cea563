"""What the client refuses before a byte is sent."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bingx_client import Client, ParameterError, check_order_parameters, fetch_signed
from bingx_fake import FakeExchange

Act = Callable[[Client], object]

REFUSED: list[tuple[str, Act]] = [
    ("a float amount", lambda c: c.transfer("USDT", 0.1, type="FUND_PFUTURES")),  # type: ignore[arg-type]  # the point
    ("a zero amount", lambda c: c.transfer("USDT", 0, type="FUND_PFUTURES")),
    ("a zero with places", lambda c: c.transfer("USDT", "0.00", type="FUND_PFUTURES")),
    ("a negative amount", lambda c: c.transfer("USDT", -1, type="FUND_PFUTURES")),
    ("an exponent", lambda c: c.transfer("USDT", "1e2", type="FUND_PFUTURES")),
    ("a signed amount", lambda c: c.transfer("USDT", "+1", type="FUND_PFUTURES")),
    ("twenty-one places", lambda c: c.transfer("USDT", "0." + "0" * 20 + "1", type="FUND_PFUTURES")),
    ("a Decimal NaN", lambda c: c.transfer("USDT", Decimal("NaN"), type="FUND_PFUTURES")),
    ("a Decimal infinity", lambda c: c.transfer("USDT", Decimal("Infinity"), type="FUND_PFUTURES")),
    ("a truth value", lambda c: c.transfer("USDT", True, type="FUND_PFUTURES")),
    ("foreign digits", lambda c: c.transfer("USDT", "１", type="FUND_PFUTURES")),
    ("a trailing newline", lambda c: c.transfer("USDT", "1\n", type="FUND_PFUTURES")),
    ("a small-letter asset", lambda c: c.transfer("usdt", 1, type="FUND_PFUTURES")),
    ("an empty asset", lambda c: c.transfer("", 1, type="FUND_PFUTURES")),
    ("an asset of 21 letters", lambda c: c.transfer("A" * 21, 1, type="FUND_PFUTURES")),
    ("an injected asset", lambda c: c.transfer("USDT&amount=9", 1, type="FUND_PFUTURES")),
    ("no direction", lambda c: c.transfer("USDT", 1)),
    ("half a direction", lambda c: c.transfer("USDT", 1, from_account="fund")),
    ("an unknown type", lambda c: c.transfer("USDT", 1, type="SPOT_FUND")),
    ("an unknown account", lambda c: c.transfer("USDT", 1, from_account="fund", to_account="grid")),
    ("one account twice", lambda c: c.transfer("USDT", 1, from_account="fund", to_account="fund")),
    (
        "a contradiction",
        lambda c: c.transfer("USDT", 1, type="FUND_PFUTURES", from_account="fund", to_account="spot"),
    ),
    ("records without type or id", lambda c: c.transfers()),
    ("a page of size 0", lambda c: c.transfers(type="FUND_PFUTURES", size=0)),
    ("a page of size 101", lambda c: c.transfer_records(page_size=101)),
    ("page 0", lambda c: c.transfer_records(page_index=0)),
    ("an end before the start", lambda c: c.transfer_records(start_ms=2, end_ms=1)),
    ("a negative time", lambda c: c.transfer_records(start_ms=-1)),
    ("a float time", lambda c: c.transfer_records(start_ms=1.0)),  # type: ignore[arg-type]  # the point
    ("an id that is none", lambda c: c.transfer_records(transfer_id="7a")),
    ("half a pair of records", lambda c: c.transfer_records(to_account="fund")),
    ("half a pair of coins", lambda c: c.transferable_coins(from_account="fund")),
    ("an unknown account type", lambda c: c.account_overview("fund")),
    ("a UID with letters", lambda c: c.inner_transfer(coin="USDT", amount=1, user_account="bob")),
    (
        "an e-mail address without an at",
        lambda c: c.inner_transfer(coin="USDT", amount=1, user_account="bob", user_account_type=3),
    ),
    (
        "a phone number without its calling code",
        lambda c: c.inner_transfer(coin="USDT", amount=1, user_account="151", user_account_type=2),
    ),
    (
        "an unknown account type of a user",
        lambda c: c.inner_transfer(coin="USDT", amount=1, user_account=1, user_account_type=4),
    ),
    ("wallet type 4", lambda c: c.inner_transfer(coin="USDT", amount=1, user_account=1, wallet_type=4)),
    (
        "a client id with a dash",
        lambda c: c.inner_transfer(coin="USDT", amount=1, user_account=1, transfer_client_id="a-b"),
    ),
    (
        "a client id of 100 letters",
        lambda c: c.inner_transfer(coin="USDT", amount=1, user_account=1, transfer_client_id="a" * 100),
    ),
    ("a limit of 1001", lambda c: c.inner_transfer_records(coin="USDT", limit=1001)),
    ("a negative offset", lambda c: c.inner_transfer_records(coin="USDT", offset=-1)),
    ("a list", lambda c: c.fund_balance(["USDT"])),  # type: ignore[arg-type]  # the point
]


@pytest.mark.clause("PARAM-1", "PARAM-2")
@pytest.mark.parametrize("act", [act for _, act in REFUSED], ids=[name for name, _ in REFUSED])
def test_it_is_refused_before_a_byte_is_sent(
    bingx_exchange: FakeExchange, bingx_client: Client, act: Act
) -> None:
    with pytest.raises(ParameterError):
        act(bingx_client)
    assert bingx_exchange.requests == []


@pytest.mark.clause("PARAM-2")
def test_a_float_is_refused_with_the_reason(bingx_client: Client) -> None:
    with pytest.raises(ParameterError, match=r"amount must not be a float: 0\.1 is not exactly"):
        bingx_client.transfer("USDT", 0.1, type="FUND_PFUTURES")  # type: ignore[arg-type]  # the point


@pytest.mark.parametrize("amount", [1, "1", "1.0", Decimal(1), Decimal("1E0"), Decimal("1.00")])
def test_amounts_may_be_decimal_int_or_text(
    bingx_exchange: FakeExchange, bingx_client: Client, amount: Decimal | int | str
) -> None:
    bingx_client.transfer("USDT", amount, type="FUND_PFUTURES")
    assert bingx_exchange.balance(16779999, "fund", "USDT").free == 999


def test_a_decimal_with_an_exponent_is_sent_as_plain_digits(
    bingx_exchange: FakeExchange, bingx_client: Client
) -> None:
    bingx_client.transfer("USDT", Decimal("1E+2"), type="FUND_PFUTURES")
    bingx_client.transfer("USDT", Decimal("1E-20"), type="FUND_PFUTURES")
    sent = [entry["parameters"]["amount"] for entry in bingx_exchange.requests]
    assert sent == ["100", "0.00000000000000000001"]


@pytest.mark.clause("REQ-7")
@given(st.text(max_size=20), st.sampled_from("&=?#\r\n"), st.text(max_size=20))
def test_forbidden_characters_are_refused_wherever_they_stand(
    before: str, forbidden: str, after: str
) -> None:
    with pytest.raises(ParameterError, match="forbidden"):
        fetch_signed("prod-vst", "k", "s", "GET", "/p", {"v": before + forbidden + after})


@pytest.mark.parametrize(
    "params",
    [
        {"a b": "1"},
        {"ä": "1"},
        {"": "1"},
        {"signature": "1"},
        {"timestamp": 1},
        {"v": None},
        {"v": 1.5},
        {"v": [1]},
        {"v": "\ud800"},
        {"recvWindow": 60000},
        {"recvWindow": 0},
    ],
)
def test_what_cannot_be_sent_unambiguously_is_refused(params: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        fetch_signed("prod-vst", "k", "s", "GET", "/p", params)


@pytest.mark.parametrize(
    ("method", "path", "json_body"),
    [
        ("PUT", "/p", False),
        ("GET", "p", False),
        ("GET", "/p?x=1", False),
        ("GET", "/p q", False),
        ("GET", "/p", True),
    ],
)
def test_a_request_that_s_has_no_form_for_is_refused(method: str, path: str, json_body: bool) -> None:
    with pytest.raises(ParameterError):
        fetch_signed("prod-vst", "k", "s", method, path, {}, json_body)


@pytest.mark.parametrize("recv_window", [0, 5001, 60000, -1, True, "5000", 1.5])
def test_a_recv_window_out_of_range_is_refused(recv_window: Any) -> None:
    with pytest.raises(ParameterError):
        Client("prod-vst", "k", "s", recv_window=recv_window)


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), "10", None, True])
def test_a_timeout_that_is_none_is_refused(timeout: Any) -> None:
    with pytest.raises(ParameterError):
        Client("prod-vst", "k", "s", timeout=timeout)


@pytest.mark.parametrize("key", ["", "k\r\nX-Evil: 1", "schlüssel", None, b"k"])
def test_a_key_that_is_no_header_value_is_refused_without_being_shown(key: Any) -> None:
    with pytest.raises(ParameterError) as refusal:
        Client("prod-vst", key, "s")
    assert "Evil" not in str(refusal.value)


# Order parameters (PARAM-3)

GOOD_ORDERS: list[dict[str, Any]] = [
    {"symbol": "BTC-USDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "100"},
    {"symbol": "BTC-USDT", "side": "SELL", "type": "MARKET", "quantity": Decimal("0.1"), "quoteOrderQty": 5},
    {"type": "LIMIT", "price": "60000", "timeInForce": "PostOnly", "quantity": 1},
    {"type": "TAKE_STOP_LIMIT", "stopPrice": 1, "price": 2},
    {"type": "TRIGGER_LIMIT", "stopPrice": 1, "price": 2},
    {"type": "TAKE_STOP_MARKET", "stopPrice": 1},
    {"type": "TRIGGER_MARKET", "stopPrice": 1},
    {"symbol": "1INCH-USDT", "newClientOrderId": "a" * 40, "recvWindow": 5000, "price": None},
    {"orderId": "123", "CancelReplaceMode": "ALLOW_FAILURE", "cancelRestrictions": "NEW"},
]

BAD_ORDERS: list[tuple[dict[str, Any], str]] = [
    ({"symbol": "BTCUSDT"}, "symbol"),
    ({"symbol": "btc-usdt"}, "symbol"),
    ({"symbol": "BTC-USDT1"}, "symbol"),
    ({"symbol": "A" * 16 + "-USDT"}, "symbol"),
    ({"side": "buy"}, "side"),
    ({"type": "STOP"}, "type"),
    ({"quantity": 0}, "quantity"),
    ({"quantity": "-1"}, "quantity"),
    ({"quoteOrderQty": "0"}, "quoteOrderQty"),
    ({"price": 0.5}, "float"),
    ({"stopPrice": ""}, "stopPrice"),
    ({"type": "LIMIT", "timeInForce": "GTC"}, "needs price"),
    ({"type": "LIMIT", "price": 1}, "needs timeInForce"),
    ({"type": "TAKE_STOP_LIMIT", "price": 1}, "needs stopPrice"),
    ({"type": "TRIGGER_LIMIT", "stopPrice": 1}, "needs price"),
    ({"type": "TAKE_STOP_MARKET"}, "needs stopPrice"),
    ({"type": "TRIGGER_MARKET"}, "needs stopPrice"),
    ({"timeInForce": "GTD"}, "timeInForce"),
    ({"newClientOrderId": ""}, "newClientOrderId"),
    ({"newClientOrderId": "a" * 41}, "newClientOrderId"),
    ({"newClientOrderId": "a b"}, "newClientOrderId"),
    ({"recvWindow": 60000}, "recvWindow"),
    ({"cancelRestrictions": "FILLED"}, "cancelRestrictions"),
    ({"colour": "red"}, "no order parameter"),
]


@pytest.mark.clause("PARAM-3")
@pytest.mark.parametrize("order", GOOD_ORDERS, ids=str)
def test_an_order_that_follows_the_rules_passes(order: dict[str, Any]) -> None:
    checked = check_order_parameters(order)
    assert checked.keys() == {name for name, value in order.items() if value is not None}


@pytest.mark.clause("PARAM-3")
@pytest.mark.parametrize(("order", "reason"), BAD_ORDERS, ids=[str(order) for order, _ in BAD_ORDERS])
def test_an_order_that_breaks_a_rule_is_refused(order: dict[str, Any], reason: str) -> None:
    with pytest.raises(ParameterError, match=reason):
        check_order_parameters(order)


def test_a_limit_order_without_time_in_force_can_default_to_gtc() -> None:
    checked = check_order_parameters({"type": "LIMIT", "price": 1}, default_time_in_force=True)
    assert checked["timeInForce"] == "GTC"
