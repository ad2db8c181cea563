"""No secret is in any explanation, whosever it is and however it came."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from explain.cases import CASES, JSON, sent_by
from explain.sending import Sent
from hypothesis import given
from hypothesis import strategies as st
from support.sender import FORM, NOW_MS, SPOT_BALANCE, TRANSFER, hmac_hex

from bingx_fake import FakeExchange
from bingx_fake.explain.secrecy import cover

Explain = Callable[[Sent], Any]

SECRETS = ("alice-secret", "bob-secret", "carol-secret")
MOVE = f"amount=1&asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES"


def assert_hidden(explanation: dict[str, Any], *secrets: str) -> None:
    everything = json.dumps(explanation, ensure_ascii=False)
    for secret in secrets:
        assert secret not in everything
        assert quote(secret, safe="") not in everything


@pytest.mark.parametrize("name", CASES)
def test_no_mistakes_explanation_shows_one(exchange: FakeExchange, explain: Explain, name: str) -> None:
    exchange.change_profile(vary=CASES[name].vary)
    assert_hidden(explain(sent_by(CASES[name])), *SECRETS)


@pytest.mark.parametrize("name", CASES)
def test_no_signature_is_shown_that_would_be_taken(
    exchange: FakeExchange, explain: Explain, name: str
) -> None:
    exchange.change_profile(vary=CASES[name].vary)
    explanation = explain(sent_by(CASES[name]))
    strings = {explanation["canonical"], explanation["signed"] or ""}
    everything = json.dumps(explanation)
    for secret in SECRETS:
        assert not any(hmac_hex(secret, string)[:9] in everything.lower() for string in strings)


@pytest.mark.parametrize(
    "sent",
    [
        Sent(key="SECRET"),
        Sent(f"/SECRET{TRANSFER}"),
        Sent("/SECRET", method="GET"),
        Sent(TRANSFER, f"{MOVE}&signature=SECRET"),
        Sent(TRANSFER, f"{MOVE}&secretKey=SECRET&signature=00"),
        Sent(TRANSFER, f"{MOVE}&signature=00&SECRET=1"),
        Sent(TRANSFER, f"{MOVE}&signature=00&SECRET=1&SECRET=2"),
        Sent(TRANSFER, "timestamp=SECRET&signature=00"),
        Sent(TRANSFER, f'{{"s":"SECRET","timestamp":{NOW_MS},"signature":"00"}}', content_type=JSON),
        Sent(TRANSFER, "x", content_type="SECRET"),
        Sent(TRANSFER, f"{MOVE}&signature=00", headers={"X-Secret": "SECRET"}),
    ],
)
@pytest.mark.parametrize("secret", SECRETS)
def test_nor_is_one_that_came_in_the_request_itself(explain: Explain, sent: Sent, secret: str) -> None:
    changed = replace(
        sent,
        target=sent.target.replace("SECRET", secret),
        body=None if sent.body is None else sent.body.replace("SECRET", secret),
        key=(sent.key or "").replace("SECRET", secret),
        content_type=sent.content_type.replace("SECRET", secret),
        headers={name: value.replace("SECRET", secret) for name, value in sent.headers.items()},
    )
    assert_hidden(explain(changed), *SECRETS)


LETTERS = st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="&=?#")
# Drawn texts may be words of our own explanations; none of these begins as one of them does.
secrets = (
    st.text(LETTERS, min_size=8, max_size=76).filter(lambda text: text == text.strip()).map("zq9~".__add__)
)
places = st.sampled_from(["value", "signature", "amount", "path"])


@given(secrets, places, st.sampled_from(["whole", "beginning", "upper"]))
def test_nor_is_any_secret_wherever_it_stands(
    exchange: FakeExchange, explain: Explain, secret: str, place: str, part: str
) -> None:
    state = exchange.state
    state["users"][0]["keys"][0]["secret"] = secret
    exchange.load(state)
    text = {"whole": secret, "beginning": secret[: 2 * len(secret) // 3], "upper": secret}[part]
    encoded = quote(text, safe="")
    if place == "path":
        sent = Sent(f"/{encoded}", method="GET")
    else:
        values = {"note": "1", "amount": "1", "timestamp": str(NOW_MS)}
        shown = {**values, "note" if place == "value" else "amount": text}
        values = values if place == "signature" else shown
        string = "&".join(f"{name}={value}" for name, value in sorted(values.items()))
        signature = encoded if place == "signature" else hmac_hex(secret, string)
        if part == "upper":
            signature = hmac_hex(secret, string.upper())
        wire = "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())
        sent = Sent(f"{SPOT_BALANCE}?{wire}&signature={signature}", method="GET", content_type=FORM)
    explanation = explain(sent)
    if explanation is not None:
        shown_text = "\n".join(str(value) for value in explanation.values())
        assert secret[:8] not in shown_text
        assert encoded[:8] not in shown_text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key=alice-secret&a=1", "key=****&a=1"),
        ("alice-secalice-secret", "********"),
        ("alice-se, cut off", "****, cut off"),
        ("alice-key", "alice-key"),
        ("ALICE-SECRET", "****"),
        ("a%2Fb%2Bc%2Fd and a/b+c/d", "**** and ****"),
        ("an s is an s", "an s is an s"),
    ],
)
def test_a_secret_is_covered_in_each_form_and_from_its_beginning(text: str, shown: str) -> None:
    assert cover([b"alice-secret", b"a/b+c/d", b"s"])(text) == shown
