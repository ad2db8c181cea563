"""How an exchange verifies signatures, asked with reads alone except where a body is needed."""

import base64

import pytest
from contract.conftest import Meet
from contract.target import Account, How, Target
from support.sender import COINS, FUND_BALANCE, SPOT_BALANCE

# It has to be percent-encoded on the wire, and parameters that nobody knows are ignored.
ODD = {"asset": "USDT", "note": "a b[c]{d}/e"}


@pytest.mark.clause("SIGN-1", "SIGN-2", "REQ-1", "REQ-3")
def test_a_sorted_signature_in_lower_case_hex_verifies(target: Target, meets: Meet) -> None:
    assert target.get(SPOT_BALANCE, recvWindow=5000).code == 0
    meets("V1", "sorted")


@pytest.mark.clause("SIGN-5")
def test_a_string_signed_in_the_order_sent_verifies(target: Target, meets: Meet) -> None:
    reply = target.ask("GET", FUND_BALANCE, {"recvWindow": 5000, "asset": "USDT"}, How(order="as-sent"))
    assert reply.code == 0
    meets("V1", "as-sent")


@pytest.mark.clause("SIGN-11")
def test_a_request_sent_in_one_order_and_signed_in_sorted_order_verifies(target: Target) -> None:
    reply = target.ask("GET", FUND_BALANCE, {"recvWindow": 5000, "asset": "USDT"}, How(order="reversed"))
    assert reply.code == 0


@pytest.mark.clause("SIGN-3", "REQ-8")
def test_values_are_signed_plain_and_sent_percent_encoded(target: Target) -> None:
    assert target.ask("GET", FUND_BALANCE, ODD).code == 0


@pytest.mark.clause("SIGN-6")
def test_a_string_signed_percent_encoded_and_sent_so_verifies(target: Target) -> None:
    assert target.ask("GET", FUND_BALANCE, ODD, How(signed_encoded=True)).code == 0


@pytest.mark.clause("SIGN-7")
def test_a_plus_stays_a_plus(target: Target) -> None:
    parameters = {"asset": "USDT", "note": "a+b"}
    assert target.ask("GET", FUND_BALANCE, parameters, How(sent_plain=True)).code == 0


@pytest.mark.clause("SIGN-8")
@pytest.mark.parametrize("spelling", ["base64", "upper case"])
def test_another_spelling_of_the_right_signature_is_refused(target: Target, spelling: str) -> None:
    def spelled(right: str) -> str:
        return right.upper() if spelling == "upper case" else base64.b64encode(bytes.fromhex(right)).decode()

    assert target.ask("GET", SPOT_BALANCE, {}, How(signature=spelled)).code == 100001


@pytest.mark.clause("SIGN-9")
def test_a_request_without_a_signature_is_refused(target: Target) -> None:
    assert target.ask("GET", SPOT_BALANCE, {}, How(signature=lambda right: None)).code == 100412


@pytest.mark.clause("SIGN-10")
def test_a_signature_with_another_secret_is_refused(target: Target) -> None:
    stranger = Account(target.account.key, "another-secret")
    assert target.ask("GET", SPOT_BALANCE, {}, account=stranger).code == 100001


@pytest.mark.clause("SIGN-10")
def test_a_value_changed_after_signing_is_refused(target: Target) -> None:
    def changed(right: str) -> str:
        return ("1" if right[0] != "1" else "2") + right[1:]

    assert target.ask("GET", COINS, {}, How(signature=changed)).code == 100001


@pytest.mark.clause("REQ-1")
def test_a_request_without_a_key_is_refused(target: Target) -> None:
    assert target.raw("GET", SPOT_BALANCE, f"timestamp={target.now_ms()}").code == 100413


@pytest.mark.clause("REQ-1")
def test_an_unknown_key_is_refused(target: Target, meets: Meet) -> None:
    from contract import shapes

    reply = target.ask("GET", SPOT_BALANCE, {}, account=Account("no-such-key", "no-secret"))
    assert reply.code == 100413
    meets("V21", *shapes.error_status(reply.status))
