"""Each usual signing mistake, made over the wire by code of the tests' own, is recognised by name."""

import base64
import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from explain.cases import (
    CASES,
    JSON,
    MOVE_JSON,
    RIGHT,
    SECRET,
    VARIANTS,
    WIRE,
    Case,
    digest,
    document,
    get,
    made,
    sent_by,
)
from explain.sending import Sent
from support.sender import NOW_MS, TRANSFER, hmac_hex

from bingx_fake import FakeExchange
from bingx_fake.explain.search import MISTAKES

Explain = Callable[[Sent], Any]


def test_every_known_mistake_has_a_case() -> None:
    assert CASES.keys() == {mistake.id for mistake in MISTAKES}


@pytest.mark.parametrize("name", CASES)
def test_a_signing_mistake_is_recognised_by_name(exchange: FakeExchange, explain: Explain, name: str) -> None:
    case = CASES[name]
    exchange.change_profile(vary=case.vary)
    explanation = explain(sent_by(case))
    assert explanation["code"] == 100001
    assert explanation["mistakes"] == [name]
    assert explanation["happened"] in explanation["text"].replace("\n             ", " ")
    assert explanation["change"]
    assert explanation["source"]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.signed is not None])
def test_both_strings_are_shown_and_where_they_part(
    exchange: FakeExchange, explain: Explain, name: str
) -> None:
    case = CASES[name]
    exchange.change_profile(vary=case.vary)
    explanation = explain(sent_by(case))
    assert case.signed is not None
    assert explanation["signed"] == case.signed.replace("\n", "\\n")
    both = [explanation["canonical"], explanation["signed"]]
    assert explanation["differs_at"] == len(os.path.commonprefix(both))  # noqa: RUF071 - characters are meant


@pytest.mark.parametrize(
    "name", ["another-keys-secret", "plain-hash", "upper-case", "base64", "leading-zeros-lost"]
)
def test_a_string_that_was_right_is_called_the_same(explain: Explain, name: str) -> None:
    explanation = explain(sent_by(CASES[name]))
    assert explanation["signed"] == explanation["canonical"]
    assert explanation["differs_at"] is None


@pytest.mark.parametrize(
    ("name", "case"), VARIANTS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_so_are_other_ways_to_make_it(explain: Explain, name: str, case: Case) -> None:
    assert explain(sent_by(case))["mistakes"] == [name]


@pytest.mark.parametrize(
    ("names", "case"),
    [
        (
            ["timestamp-appended", "numbers-reformatted"],
            document(f"amount=1&asset=USDT&type=FUND_PFUTURES&timestamp={NOW_MS}", MOVE_JSON),
        ),
        (
            ["reversed", "percent-encoded"],
            get(f"timestamp={NOW_MS}&note=a%40b&asset=USDT", f"note=a@b&asset=USDT&timestamp={NOW_MS}"),
        ),
        (
            ["base64", "timestamp-appended"],
            made(base64.b64encode(digest(SECRET, CASES["timestamp-appended"].signed or "")).decode()),
        ),
        (["upper-case", "another-keys-secret"], made(hmac_hex("bob-secret", RIGHT).upper())),
    ],
    ids=lambda value: " and ".join(value) if isinstance(value, list) else "",
)
def test_two_mistakes_at_once_are_both_named(explain: Explain, names: list[str], case: Case) -> None:
    explanation = explain(sent_by(case))
    assert explanation["mistakes"] == names
    assert all(f"{name}" in explanation["text"] for name in names)


def test_a_form_is_named_even_where_no_known_string_fits(explain: Explain) -> None:
    explanation = explain(sent_by(made(base64.b64encode(digest(SECRET, "whatever")).decode())))
    assert explanation["mistakes"] == ["base64"]
    assert explanation["signed"] is None
    assert "none of the known mistakes" in explanation["happened"]


@pytest.mark.parametrize(
    "signature",
    [
        hmac_hex("a secret of which nobody knows", RIGHT),
        hmac_hex(SECRET, "some other text"),
        "abc",
        "xyz!",
        "a" * 22,
    ],
)
def test_an_unknown_mistake_is_called_unknown(explain: Explain, signature: str) -> None:
    explanation = explain(sent_by(made(signature)))
    assert explanation["code"] == 100001
    assert explanation["mistakes"] == []
    assert explanation["signed"] is None
    assert f"None of the {len(CASES)} known mistakes" in explanation["happened"]
    assert explanation["canonical"] == RIGHT
    assert "printf %s" in explanation["text"]


def test_the_command_to_try_by_hand_gives_the_expected_signature(explain: Explain, openssl: str) -> None:
    explanation = explain(sent_by(made("abc")))
    environment = {**os.environ, "SECRET": SECRET}
    done = subprocess.run(
        ["sh", "-c", explanation["by_hand"]], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[-1].startswith(explanation["expected"])
    assert len(explanation["expected"]) == 8


def test_advice_on_order_follows_the_rules_in_force(exchange: FakeExchange, explain: Explain) -> None:
    exchange.change_profile(vary={"V1": "as-sent"})
    explanation = explain(sent_by(CASES["reversed"]))
    assert explanation["mistakes"] == ["reversed"]
    assert "in the order in which you send them" in explanation["change"]


def test_a_signature_that_belongs_to_another_key_names_that_key_and_no_secret(explain: Explain) -> None:
    text = explain(sent_by(CASES["another-keys-secret"]))["text"]
    assert "bob-key" in text
    assert "secret of 'bob-key'" in text
    assert "bob-secret" not in text


def test_what_was_sent_as_json_form_or_query_makes_no_difference(explain: Explain) -> None:
    signature = hmac_hex(SECRET, f"amount=1.0&asset=USDT&type=FUND_PFUTURES&timestamp={NOW_MS}")
    requests = [
        Sent(TRANSFER, f"{WIRE}&signature={signature}"),
        Sent(f"{TRANSFER}?{WIRE}&signature={signature}"),
        Sent(TRANSFER, f'{MOVE_JSON},"signature":"{signature}"}}', content_type=JSON),
        Sent(f"{TRANSFER}?signature={signature}", WIRE),
    ]
    assert {tuple(explain(request)["mistakes"]) for request in requests} == {("timestamp-appended",)}
