"""What is shown of a key and a secret."""

import pytest

from bingx_client.account.masking import masked_key, masked_secret, one_line


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("abcdefghijklmnopqrstuvwxyz", "abcde***wxyz"),
        ("abcdefghijklmnopqr", "abcde***opqr"),
        ("abcdefghijklmnopq", "***"),
        ("alice-key", "***"),
        ("", "***"),
    ],
)
def test_a_key_shows_its_first_5_and_last_4_characters_unless_it_is_short(key: str, shown: str) -> None:
    assert masked_key(key) == shown


@pytest.mark.parametrize(
    ("secret", "shown"), [("abcdefghijklmnop", "***lmnop"), ("abcdefghij", "***fghij"), ("abcdefghi", "***")]
)
def test_a_secret_shows_its_last_5_characters_unless_it_is_short(secret: str, shown: str) -> None:
    assert masked_secret(secret) == shown


def test_what_is_not_printable_is_escaped() -> None:
    assert one_line("a\nb\x1b[0m\x07\ud800é") == "a\\nb\\x1b[0m\\x07\\ud800é"
