"""The client's canonical string, signature and wire form, against openssl and S's own construction."""

import json
import subprocess
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.sender import hmac_hex

from bingx_client.wire.signing import (
    HttpRequest,
    Value,
    canonical_string,
    public_request,
    sign,
    signed_request,
)
from bingx_contracts import SIGNING_VECTORS, SigningVector

MOVE: dict[str, Value] = {
    "type": "FUND_PFUTURES",
    "asset": "USDT",
    "amount": "100",
    "timestamp": 1700000000000,
}


def _request(method: str, parameters: Mapping[str, Value], *, json_body: bool = False) -> HttpRequest:
    return signed_request(
        method, "/path", parameters, api_key="alice-key", secret_key="alice-secret", json_body=json_body
    )


@pytest.mark.clause("SIGN-1")
@pytest.mark.parametrize("vector", SIGNING_VECTORS, ids=lambda vector: str(vector.name))
def test_the_recorded_vectors_are_reproduced(vector: SigningVector) -> None:
    assert sign(vector.secret, vector.string) == vector.signature


@pytest.mark.clause("SIGN-1")
@pytest.mark.parametrize("vector", SIGNING_VECTORS, ids=lambda vector: str(vector.name))
def test_openssl_gives_the_recorded_vectors(openssl: str, vector: SigningVector) -> None:
    command = [openssl, "dgst", "-sha256", "-hmac", vector.secret, "-hex"]
    printed = subprocess.run(command, input=vector.string.encode(), capture_output=True, check=True).stdout
    assert printed.decode().split()[-1] == vector.signature


@pytest.mark.clause("SIGN-2")
def test_parameters_are_sorted_by_key_in_ascii_order() -> None:
    unsorted: dict[str, Value] = {"b": 1, "a": 2, "B": 3, "_": 4, "1": 5}
    assert canonical_string(unsorted) == "1=5&B=3&_=4&a=2&b=1"


@pytest.mark.clause("SIGN-3")
def test_values_are_signed_as_they_are() -> None:
    assert canonical_string({"v": 'a b+[{"x":1}]@é%41'}) == 'v=a b+[{"x":1}]@é%41'


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (False, "false"), (5, "5"), ("5.0", "5.0")])
def test_values_are_spelt_as_s_spells_them(value: Value, text: str) -> None:
    assert canonical_string({"v": value}) == f"v={text}"


@pytest.mark.clause("REQ-10")
def test_a_read_puts_on_the_wire_what_s_puts_there() -> None:
    # S: url = base + path + "?" + qs + "&signature=" + sig, where qs is the sorted k=v list.
    request = _request("GET", {"timestamp": 1700000000000})
    signature = next(vector.signature for vector in SIGNING_VECTORS if vector.name == "timestamp-alone")
    assert request.url("https://host") == f"https://host/path?timestamp=1700000000000&signature={signature}"
    assert request.body is None
    assert dict(request.headers) == {"X-BX-APIKEY": "alice-key", "X-SOURCE-KEY": "BX-AI-SKILL"}


@pytest.mark.clause("REQ-10")
def test_a_write_puts_on_the_wire_what_s_puts_there() -> None:
    # S: url = base + path, body = qs + "&signature=" + sig, one more header.
    request = _request("POST", MOVE | {"recvWindow": 5000})
    signature = next(vector.signature for vector in SIGNING_VECTORS if vector.name == "transfer")
    text = "amount=100&asset=USDT&recvWindow=5000&timestamp=1700000000000&type=FUND_PFUTURES"
    headers = {
        "X-BX-APIKEY": "alice-key",
        "X-SOURCE-KEY": "BX-AI-SKILL",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = f"{text}&signature={signature}".encode()
    assert request == HttpRequest("POST", "/path", "", body, headers)
    assert request.url("https://host") == "https://host/path"


def test_a_write_is_a_form_unless_json_is_asked_for() -> None:
    request = signed_request("POST", "/path", MOVE, api_key="alice-key", secret_key="alice-secret")
    assert request == _request("POST", MOVE, json_body=False)


@pytest.mark.parametrize(
    ("value", "wire"),
    [
        ("a-Z_0.9~", "a-Z_0.9~"),
        ("a b/c+d@e:f", "a%20b%2Fc%2Bd%40e%3Af"),
        ('[{"x":1}]', "%5B%7B%22x%22%3A1%7D%5D"),
        ("é%41", "%C3%A9%2541"),
    ],
)
def test_all_but_letters_digits_and_four_marks_is_percent_encoded(value: str, wire: str) -> None:
    assert _request("GET", {"v": value}).query.startswith(f"v={wire}&signature=")


def test_a_json_body_holds_timestamp_and_signature_and_keeps_numbers() -> None:
    request = _request("POST", MOVE, json_body=True)
    assert request.body is not None
    assert json.loads(request.body) == MOVE | {"signature": sign("alice-secret", canonical_string(MOVE))}
    assert request.headers["Content-Type"] == "application/json"


def test_a_json_body_is_sorted_compact_and_ends_with_the_signature() -> None:
    request = _request("POST", MOVE | {"recvWindow": 5000, "note": "é"}, json_body=True)
    text = "amount=100&asset=USDT&note=é&recvWindow=5000&timestamp=1700000000000&type=FUND_PFUTURES"
    assert (
        request.body
        == (
            '{"amount":"100","asset":"USDT","note":"é","recvWindow":5000,"timestamp":1700000000000,'
            f'"type":"FUND_PFUTURES","signature":"{hmac_hex("alice-secret", text)}"}}'
        ).encode()
    )
    assert request.query == ""


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_json_is_for_posts_alone(method: str) -> None:
    assert _request(method, MOVE, json_body=True) == _request(method, MOVE)


@pytest.mark.clause("REQ-2")
def test_a_public_request_carries_the_source_key_and_nothing_else() -> None:
    request = public_request("GET", "/path")
    assert request == HttpRequest("GET", "/path", "", None, {"X-SOURCE-KEY": "BX-AI-SKILL"})
    assert request.url("https://host") == "https://host/path"


@given(st.text())
def test_what_the_server_decodes_is_what_was_signed(value: str) -> None:
    from urllib.parse import unquote

    sendable = value.encode("utf-8", "ignore").decode()
    request = _request("GET", {"v": sendable})
    wire = request.query.removeprefix("v=").partition("&signature=")[0]
    assert unquote(wire, errors="strict") == sendable
    assert wire.isascii()
    assert not set(wire) & set(' +&=?#\r\n[]{}"<>')


def test_neither_key_nor_secret_nor_signature_shows_in_a_repr() -> None:
    assert repr(_request("GET", MOVE)) == "HttpRequest(GET /path)"
