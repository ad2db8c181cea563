"""Any legal parameters that the client signs are accepted by the exchange; any change to them is not."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from support.sender import FORM, NOW_MS, SPOT_BALANCE, TRANSFER, Reply, Sender, hmac_hex

from bingx_client import BingXError, SignatureRefused, fetch_signed
from bingx_client.wire.signing import HttpRequest, signed_request
from bingx_fake import FakeExchange

SPECIAL = "+%@[]{} \"'~/:;,.-_|\\^`<>!$*()é你🚀\u00a0\u2028"
texts = st.text(
    st.one_of(
        st.sampled_from(SPECIAL),
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="&=?#"),
    ),
    min_size=1,
    max_size=12,
)
names = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_", min_size=1, max_size=8).filter(
    lambda name: name not in {"timestamp", "signature", "recvWindow", "asset", "amount", "type"}
)
extras = st.dictionaries(names, st.one_of(texts, st.integers(), st.booleans()), max_size=5)
MOVE = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "0.1"}


@pytest.mark.clause("SIGN-2", "SIGN-3", "REQ-8")
@given(extras)
@example({"v": "a+b %41%2B@[{}]"})
@pytest.mark.departs("undocumented-parameter")
def test_any_legal_parameters_are_accepted_in_a_query(exchange: FakeExchange, extra: dict[str, Any]) -> None:
    data = fetch_signed(
        "prod-vst",
        "alice-key",
        "alice-secret",
        "GET",
        SPOT_BALANCE,
        extra,
        base_urls=exchange.base_urls,
        clock=lambda: NOW_MS,
    )
    assert data["balances"]


@pytest.mark.clause("REQ-4", "REQ-5")
@given(extras, st.booleans())
@example({"v": "a+b %41%2B@[{}]"}, False)
@example({"v": "a+b %41%2B@[{}]"}, True)
@pytest.mark.departs("undocumented-parameter")
def test_any_legal_parameters_are_accepted_in_a_form_and_in_json(
    exchange: FakeExchange, extra: dict[str, Any], json_body: bool
) -> None:
    data = fetch_signed(
        "prod-vst",
        "alice-key",
        "alice-secret",
        "POST",
        TRANSFER,
        MOVE | extra,
        json_body,
        base_urls=exchange.base_urls,
        clock=lambda: NOW_MS,
    )
    assert data["tranId"]


def _send(exchange: FakeExchange, parameters: dict[str, str], signature: str, place: str) -> Reply:
    wire = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    wire += f"&signature={signature}"
    headers = {"X-BX-APIKEY": "alice-key"}
    if place == "query":
        return Sender(exchange).raw("POST", f"{TRANSFER}?{wire}", headers=headers)
    headers["Content-Type"] = FORM
    return Sender(exchange).raw("POST", TRANSFER, headers=headers, body=wire.encode())


@pytest.mark.clause("SIGN-10")
@given(extras, st.data(), st.sampled_from(["query", "form"]))
def test_any_change_to_a_parameter_is_refused(
    exchange: FakeExchange, extra: dict[str, Any], data: st.DataObject, place: str
) -> None:
    signed = {**MOVE, **{name: str(value) for name, value in extra.items()}, "timestamp": str(NOW_MS)}
    text = "&".join(f"{name}={signed[name]}" for name in sorted(signed))
    signature = hmac_hex("alice-secret", text)
    changed = dict(signed)
    name = data.draw(st.sampled_from(sorted(signed)), label="changed parameter")
    if data.draw(st.booleans(), label="drop it"):
        del changed[name]
    else:
        changed[name] = data.draw(texts, label="its new value")
        # A value that was signed raw and is the percent-encoding of another verifies for both: see
        # bingx_fake.gateway.signature. That is the price of taking both forms.
        assume(changed[name] != signed[name] and quote(changed[name], safe="") != signed[name])
    before = exchange.state
    assert _send(exchange, changed, signature, place).code != 0
    assert exchange.state == before


@pytest.mark.clause("SIGN-10")
@given(st.integers(0, 63), st.sampled_from("0123456789abcdefABCDEF "))
def test_any_change_to_the_signature_is_refused(exchange: FakeExchange, place: int, character: str) -> None:
    text = f"amount=0.1&asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES"
    good = hmac_hex("alice-secret", text)
    bad = good[:place] + character + good[place + 1 :]
    assume(bad != good)
    parameters = {**MOVE, "timestamp": str(NOW_MS)}
    assert _send(exchange, parameters, bad, "form").code == 100001


@given(
    texts.filter(
        lambda secret: (
            secret != "alice-secret"
            and secret.isascii()
            and secret.isprintable()
            and secret == secret.strip()
        )
    )
)
def test_any_other_secret_is_refused(exchange: FakeExchange, secret: str) -> None:
    with pytest.raises(SignatureRefused):
        fetch_signed(
            "prod-vst",
            "alice-key",
            secret,
            "GET",
            SPOT_BALANCE,
            base_urls=exchange.base_urls,
            clock=lambda: NOW_MS,
        )


def test_the_client_never_sends_more_than_it_signed() -> None:
    request: HttpRequest = signed_request(
        "POST", TRANSFER, {**MOVE, "timestamp": NOW_MS}, api_key="k", secret_key="s", json_body=False
    )
    assert request.body is not None
    names = [pair.partition(b"=")[0] for pair in request.body.split(b"&")]
    assert names == [b"amount", b"asset", b"timestamp", b"type", b"signature"]
    assert request.query == ""


@given(st.dictionaries(names, st.sampled_from(["&", "=", "?", "#", "\r", "\n"]), min_size=1, max_size=1))
def test_a_forbidden_character_never_reaches_the_exchange(
    exchange: FakeExchange, bad: dict[str, Any]
) -> None:
    with pytest.raises(BingXError):
        fetch_signed(
            "prod-vst", "alice-key", "alice-secret", "GET", SPOT_BALANCE, bad, base_urls=exchange.base_urls
        )
    assert exchange.requests == []
