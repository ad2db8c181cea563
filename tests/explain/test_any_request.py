"""Whatever was refused can be explained and printed, and goes through JSON."""

from urllib.parse import quote_from_bytes

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.sender import FORM, FUND_BALANCE, NOW_MS, TRANSFER

from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange
from bingx_fake.explain.explanation import Explanation, explain
from bingx_fake.explain.text import render
from bingx_fake.gateway.wire import WireRequest

values = st.one_of(
    st.binary(max_size=8).map(quote_from_bytes),
    st.sampled_from(
        ["1.0", "-0", "1e-05", "1e99", "NaN", "true", "null", "", "+", "%", "%zz", "%2540", '"', "{", "[]"]
    ),
    st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="&#"), max_size=8),
)
names = st.sampled_from(
    ["asset", "amount", "type", "timestamp", "recvWindow", "signature", "sign", "a", "B", "", "a b"]
)
pairs = st.lists(st.tuples(names, values), max_size=5).map(
    lambda found: "&".join(f"{n}={v}" for n, v in found)
)
SIGNED = f"timestamp={NOW_MS}&signature={'0' * 64}"
heads = st.sampled_from(["", SIGNED, f"timestamp={NOW_MS}&signature=", f"signature={'0' * 64}"])
texts = st.tuples(heads, pairs).map("&".join)
bodies = st.one_of(
    st.just(b""),
    texts.map(str.encode),
    st.binary(max_size=20),
    st.dictionaries(
        st.sampled_from(["asset", "amount", "timestamp", "signature", "x"]),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.floats(allow_nan=False, allow_infinity=False),
            st.text(max_size=5),
        ),
        max_size=4,
    ).map(msgspec.json.encode),
    st.just(b'{"a": '),
)


def refused_by(inner: Exchange, request: WireRequest) -> tuple[Explanation, str] | None:
    inner.receive(request)
    refused = inner.journal.refusal(list(inner.journal)[-1]["id"])
    if refused is None:
        return None
    explanation = explain(refused)
    return explanation, render(explanation)


@settings(max_examples=200)
@given(
    st.sampled_from(["GET", "POST", "DELETE", "PUT"]),
    st.sampled_from([TRANSFER, FUND_BALANCE, "/", "/openApi", f"{TRANSFER}//"]),
    st.one_of(st.just(""), texts),
    bodies,
    st.sampled_from([FORM, "application/json", "text/plain", ""]),
    st.sampled_from(["alice-key", "bob-key", "", "alice-secret", "Alice-Key", "x"]),
)
@example("POST", TRANSFER, SIGNED, b"{a=1&b=2", FORM, "alice-key")
@example("GET", FUND_BALANCE, SIGNED, b"{not read", "application/json", "alice-key")
def test_any_request_that_is_refused_is_explained(
    exchange: FakeExchange, method: str, path: str, query: str, body: bytes, content_type: str, key: str
) -> None:
    headers = {"x-bx-apikey": key, "content-type": content_type, "host": "x"}
    request = WireRequest("com", method, f"{path}?{query}", headers, body, "127.0.0.1")
    explained = exchange.call(lambda inner: refused_by(inner, request))
    if explained is None:
        assert exchange.requests[-1]["code"] == 0
        return
    explanation, text = explained
    assert msgspec.json.decode(msgspec.json.encode(explanation), type=Explanation) == explanation
    assert explanation.happened
    assert explanation.change
    assert str(explanation.code) in text
    assert all(character.isprintable() or character == "\n" for character in text)
