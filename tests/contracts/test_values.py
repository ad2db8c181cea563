"""Values by each kind of rule, read by the gateway and checked by the client, each in its own way."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bingx_client import ParameterError
from bingx_client.wire.parameters import check_call, check_value
from bingx_contracts import ENDPOINTS, Rule
from bingx_fake.gateway.parameters import read_parameters, read_value
from bingx_fake.gateway.refusal import Refusal


def rule(kind: str, **facts: Any) -> Rule:
    return msgspec.convert({"name": "x", "kind": kind, "says": "so", "source": "ours", **facts}, Rule)


BOOLEAN = rule("boolean")
SIGNED = rule("decimal", pattern=r"^-?\d+(\.\d{1,20})?$")
IDS = rule("list", items="orderId", minimum=1, maximum=3)
ARRAY = rule("json", form="array", items="orderId", minimum=1, maximum=2)
ORDERS = rule("json", form="array", minimum=1, maximum=2)
OBJECT = rule("json", form="object")

TAKEN: list[tuple[Rule, str, Any]] = [
    (BOOLEAN, "true", True),
    (BOOLEAN, "false", False),
    (SIGNED, "-1.50", Decimal("-1.50")),
    (SIGNED, "0", Decimal(0)),
    (IDS, "1", ("1",)),
    (IDS, "1,22,333", ("1", "22", "333")),
    (ARRAY, "[1735964997957275648,2]", ["1735964997957275648", "2"]),
    (ARRAY, '["1"]', ["1"]),
    (ORDERS, '[{"price":0.10000000000000000001}]', [{"price": Decimal("0.10000000000000000001")}]),
    (OBJECT, '{"a":{"b":[null,true]}}', {"a": {"b": [None, True]}}),
]


@pytest.mark.parametrize(("by", "text", "value"), TAKEN)
def test_the_gateway_reads_a_value_as_what_it_is(by: Rule, text: str, value: object) -> None:
    assert read_value(by, "x", text) == value


@pytest.mark.parametrize(("by", "text", "value"), TAKEN)
def test_the_client_sends_a_text_that_fits_as_it_is(by: Rule, text: str, value: object) -> None:
    assert check_value(by, "x", text) == text


REFUSED = [
    *((BOOLEAN, text) for text in ("", "True", "1", "yes", "true ")),
    *((SIGNED, text) for text in ("", "+1", "-", "1e3", "NaN", "--1", ".5", "１", f"-0.{20 * '0'}1")),
    *((IDS, text) for text in ("", ",", "1,", "1,,2", "1, 2", "a", "1,2,3,4", "[1]")),
    *((ARRAY, text) for text in ("", "[]", "1", "[1,2,3]", "[true]", "[1.5]", "[[1]]", "[-1]", "{}", "[1]x")),
    *((ORDERS, text) for text in ("[]", "{}", "[{},{},{}]", '[{"a":NaN}]', "[", 100_000 * "[")),
    *((OBJECT, text) for text in ("", "[]", "null", "1", '"x"', "{a:1}")),
]


@pytest.mark.parametrize(("by", "text"), REFUSED)
def test_the_gateway_refuses_what_breaks_the_rule(by: Rule, text: str) -> None:
    with pytest.raises(Refusal, match="x must be so"):
        read_value(by, "x", text)


@pytest.mark.parametrize(("by", "text"), REFUSED)
def test_the_client_refuses_what_breaks_the_rule(by: Rule, text: str) -> None:
    with pytest.raises(ParameterError, match="x must be"):
        check_value(by, "x", text)


@pytest.mark.parametrize(
    ("by", "given", "sent"),
    [
        (BOOLEAN, True, "true"),
        (BOOLEAN, False, "false"),
        (SIGNED, Decimal("-1.50"), "-1.50"),
        (SIGNED, -3, "-3"),
        (IDS, [1735964997957275648, "2"], "1735964997957275648,2"),
        (ARRAY, (1735964997957275648, "2"), '[1735964997957275648,"2"]'),
        (ORDERS, [{"price": Decimal("0.10"), "reduceOnly": True}], '[{"price":0.10,"reduceOnly":true}]'),
        (OBJECT, {"a": None, "b": "ü"}, '{"a":null,"b":"ü"}'),
    ],
)
def test_the_client_writes_python_values_as_the_rule_has_them(by: Rule, given: object, sent: str) -> None:
    assert check_value(by, "x", given) == sent


@pytest.mark.parametrize(
    ("by", "given"),
    [
        (BOOLEAN, 1),
        (SIGNED, True),
        (SIGNED, 0.5),
        (IDS, [0.5]),
        (IDS, ["1,2"]),
        (ORDERS, [{"price": 0.1}]),
        (ORDERS, [{"price": Decimal("NaN")}]),
        (OBJECT, {1: "a"}),
        (OBJECT, {"a": object()}),
    ],
)
def test_the_client_refuses_python_values_that_the_rule_has_no_form_for(by: Rule, given: object) -> None:
    with pytest.raises(ParameterError, match=r"^x "):
        check_value(by, "x", given)


TO_A_PHONE = {
    "coin": "USDT",
    "amount": "1",
    "userAccountType": "2",
    "userAccount": "15100000000",
    "walletType": "1",
}


def test_the_gateway_refuses_that_a_parameter_is_absent_where_another_makes_it_required() -> None:
    endpoint = ENDPOINTS["spot_account.inner_transfer"]
    with pytest.raises(Refusal, match="callingCode is required when userAccountType is 2"):
        read_parameters(endpoint, TO_A_PHONE)
    read_parameters(endpoint, TO_A_PHONE | {"callingCode": "49"})
    read_parameters(endpoint, TO_A_PHONE | {"userAccountType": "1"})


def test_the_client_refuses_that_a_parameter_is_absent_where_another_makes_it_required() -> None:
    with pytest.raises(ParameterError, match="callingCode is missing: required when userAccountType is 2"):
        check_call("spot_account.inner_transfer", TO_A_PHONE)
    check_call("spot_account.inner_transfer", TO_A_PHONE | {"callingCode": "49"})
    check_call("spot_account.inner_transfer", TO_A_PHONE | {"userAccountType": "1"})
