"""An explanation as a person reads it on a terminal."""

from itertools import zip_longest

import pytest

from bingx_fake.explain.explanation import Explanation
from bingx_fake.explain.text import render


def explanation(canonical: str | None = None, signed: str | None = None) -> Explanation:
    differs_at = None
    if canonical is not None and signed is not None and canonical != signed:
        letters = enumerate(zip_longest(canonical, signed))
        differs_at = next(place for place, (one, other) in letters if one != other)
    return Explanation(
        request="GET /path",
        code=100001,
        message="signature verification failed",
        mistakes=("reversed",),
        happened="The parameters were signed in descending order.",
        change="Sort them.",
        source="S, R (SIGN-2)",
        canonical=canonical,
        signed=signed,
        differs_at=differs_at,
        expected=None if canonical is None else "01234567",
        got="89abcdef",
    )


def test_it_says_what_happened_what_to_change_and_who_says_so() -> None:
    assert render(explanation("a=1&b=2", "b=2&a=1")).splitlines() == [
        "GET /path was refused with 100001 (signature mismatch)",
        "Why          The parameters were signed in descending order. [reversed]",
        "Change       Sort them.",
        "Source       S, R (SIGN-2)",
        "Exchange     a=1&b=2",
        "You signed   b=2&a=1",
        "             ^ here they part, at character 1",
        "Signature    01234567... was expected, 89abcdef... came",
    ]


def test_without_a_signature_there_are_no_strings() -> None:
    assert render(explanation()).splitlines()[-1].startswith("Source")


def test_a_string_that_was_right_is_not_printed_twice() -> None:
    assert "You signed   the same string" in render(explanation("a=1", "a=1"))


@pytest.mark.parametrize(
    ("canonical", "signed"),
    [
        ("a=1&b=2", "a=1&b=3"),
        ("a=1", "a=1&b=3"),
        ("a=1", ""),
        (f"a={'x' * 200}&b=1", f"a={'x' * 200}&b=2"),
        (f"a={'x' * 500}", f"b={'x' * 500}"),
        (f"a=1&b={'x' * 300}", f"a=1&b={'x' * 301}"),
    ],
)
def test_the_caret_stands_under_the_first_character_that_differs(canonical: str, signed: str) -> None:
    lines = render(explanation(canonical, signed)).splitlines()
    ours, theirs, caret = lines[4:7]
    place = caret.index("^")
    assert ours[13:place] == theirs[13:place]
    assert ours[place : place + 1] != theirs[place : place + 1]
    assert all(len(line) <= 120 for line in lines)
    assert f"at character {caret.rpartition(' ')[2]}" in caret


def test_the_caret_stands_right_behind_wide_characters() -> None:
    ours, theirs, caret = render(explanation("n=你好&t=1", "n=你好&t=2")).splitlines()[4:7]
    assert ours[13:].startswith("n=你好")
    assert theirs[13:].startswith("n=你好")
    assert caret.index("^") == 13 + len("n=") + 2 * len("你好") + len("&t=")


def test_lines_of_prose_keep_to_the_width_of_a_terminal() -> None:
    long = Explanation(
        request="GET /path",
        code=100421,
        message="m",
        mistakes=("timestamp-too-old",),
        happened="word " * 100,
        change="word " * 100,
        source="S",
    )
    assert all(len(line) <= 100 for line in render(long).splitlines())
