"""For any parameters the mistake that was made is named, and what is right is never called a mistake."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from explain.sending import Sent
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from support.sender import NOW_MS, SPOT_BALANCE, hmac_hex

Explain = Callable[[Sent], Any]
Pairs = list[tuple[str, str]]

SECRET = "alice-secret"
names = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_", min_size=1, max_size=8).filter(
    lambda name: name not in {"timestamp", "signature", "recvWindow"}
)
values = st.text(
    st.one_of(
        st.sampled_from("+%@[]{} \"'~/:;,.-_|\\^`<>!$*()é你🚀"),
        st.characters(
            exclude_categories=["Cs", "Cc", "Zl", "Zp", "Cn", "Co", "Cf"], exclude_characters="&=?#"
        ),
    ),
    min_size=1,
    max_size=10,
)
parameters = st.dictionaries(names, values, max_size=5)


def joined(pairs: Pairs) -> str:
    return "&".join(f"{name}={value}" for name, value in pairs)


def encoded(pairs: Pairs) -> Pairs:
    return [(name, quote(value, safe="")) for name, value in pairs]


def timestamp_last(pairs: Pairs) -> str:
    rest = [pair for pair in sorted(pairs) if pair[0] != "timestamp"]
    return joined([*rest, ("timestamp", str(NOW_MS))])


def timestamp_moved_last(pairs: Pairs) -> str:
    return joined(sorted(pairs, key=lambda pair: pair[0] == "timestamp"))


MISTAKES: dict[str, Callable[[Pairs], str]] = {
    "timestamp-appended": timestamp_last,
    "reversed": lambda pairs: joined(sorted(pairs, reverse=True)),
    "double-encoded": lambda pairs: joined(encoded(encoded(sorted(pairs)))),
    "line-end-signed": lambda pairs: joined(sorted(pairs)) + "\n",
    "question-mark-signed": lambda pairs: "?" + joined(sorted(pairs)),
    "path-signed": lambda pairs: f"{SPOT_BALANCE}?{joined(sorted(pairs))}",
    "seconds-signed": lambda pairs: joined(sorted(pairs)).replace(str(NOW_MS), str(NOW_MS // 1000)),
    "another-timestamp": lambda pairs: joined(sorted(pairs)).replace(str(NOW_MS), str(NOW_MS + 777)),
    "recv-window-not-sent": lambda pairs: joined(sorted([*pairs, ("recvWindow", "5000")])),
    "empty-signature-signed": lambda pairs: joined(sorted([*pairs, ("signature", "")])),
}


def accepted(pairs: Pairs) -> set[str]:
    """The strings that verify, by the documents and by what clients do."""
    return {joined(order) for pairs in (pairs, encoded(pairs)) for order in (pairs, sorted(pairs))}


def sent(pairs: Pairs, signature: str) -> Sent:
    return Sent(f"{SPOT_BALANCE}?{joined(encoded(pairs))}&signature={signature}", method="GET")


def in_any_order(extra: dict[str, str], data: st.DataObject) -> Pairs:
    return data.draw(st.permutations([*extra.items(), ("timestamp", str(NOW_MS))]), label="order sent")


@pytest.mark.parametrize("name", MISTAKES)
@settings(max_examples=30)  # of each mistake
@given(parameters, st.data())
def test_the_mistake_that_was_made_is_named(
    explain: Explain, name: str, extra: dict[str, str], data: st.DataObject
) -> None:
    pairs = in_any_order(extra, data)
    signed = MISTAKES[name](pairs)
    assume(signed not in accepted(pairs))
    # What two mistakes lead to alike cannot be told apart.
    assume(all(write(pairs) != signed for other, write in MISTAKES.items() if other != name))
    assume(name == "timestamp-appended" or signed != timestamp_moved_last(pairs))
    explanation = explain(sent(pairs, hmac_hex(SECRET, signed)))
    assert explanation["code"] == 100001
    assert explanation["mistakes"] == [name]


@given(st.dictionaries(names, values, min_size=2, max_size=5), st.data())
def test_a_parameter_that_was_left_out_is_named(
    explain: Explain, extra: dict[str, str], data: st.DataObject
) -> None:
    pairs = in_any_order(extra, data)
    left_out = data.draw(st.sampled_from(sorted(extra)), label="left out")
    signed = joined(sorted(pair for pair in pairs if pair[0] != left_out))
    explanation = explain(sent(pairs, hmac_hex(SECRET, signed)))
    assert explanation["mistakes"] == ["parameters-left-out"]
    assert f"Not signed: {left_out}." in explanation["happened"]


@given(parameters, st.data())
@example({"note": "a b+c%41"}, None)
def test_what_is_right_is_never_explained_as_a_mistake(
    explain: Explain, extra: dict[str, str], data: st.DataObject | None
) -> None:
    pairs = [*extra.items(), ("timestamp", str(NOW_MS))] if data is None else in_any_order(extra, data)
    for string in sorted(accepted(pairs)):
        assert explain(sent(pairs, hmac_hex(SECRET, string))) is None, string


@settings(max_examples=15)  # each goes through everything that is known
@given(parameters, st.data(), st.binary(min_size=32, max_size=32))
def test_what_is_no_known_mistake_is_called_unknown(
    explain: Explain, extra: dict[str, str], data: st.DataObject, digest: bytes
) -> None:
    explanation = explain(sent(in_any_order(extra, data), digest.hex()))
    assert explanation["mistakes"] == []
    assert explanation["signed"] is None
