"""Malformed contract data stops the import, naming file, line and key."""

from pathlib import Path

import msgspec
import pytest

from bingx_contracts.facts.requests import Rule
from bingx_contracts.reading.contract import read
from bingx_contracts.reading.loading import Folder, SpecificationError, parse, specification
from bingx_contracts.reading.toml_lines import line_of

GOOD = '[[rules]]\nname = "asset"\nkind = "pattern"\nsays = "capitals"\npattern = "^[A-Z]+$"\nsource = "R"\n'


class Rules(msgspec.Struct, forbid_unknown_fields=True):
    rules: list[Rule]


def test_well_formed_data_loads() -> None:
    assert parse(GOOD, Rules, "rules.toml").rules[0].name == "asset"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("source", "sauce"), "rules.toml: line 6: rules.0.sauce: Object contains unknown field `sauce`"),
        (('source = "R"\n', ""), "rules.toml: line 1: rules.0: Object missing required field `source`"),
        (('source = "R"', 'source = ""'), "rules.toml: line 6: rules.0.source: "),
        (('"pattern"\n', '"guess"\n'), "rules.toml: line 3: rules.0.kind: Invalid enum value 'guess'"),
        (('"R"', '"R'), "rules.toml: Illegal character"),
    ],
)
def test_malformed_data_is_refused_with_file_line_and_key(change: tuple[str, str], message: str) -> None:
    with pytest.raises(SpecificationError) as refusal:
        parse(GOOD.replace(*change), Rules, "rules.toml")
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize("name", ["rulse.toml", "spot_account/errors.toml"])
def test_a_file_that_nothing_reads_is_refused(tmp_path: Path, name: str) -> None:
    stray = tmp_path / name
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("", encoding="utf-8")
    with pytest.raises(SpecificationError, match=rf"{name}: nothing reads a file of this name here"):
        read(Folder(tmp_path))


def test_a_file_that_does_not_fit_its_type_is_refused() -> None:
    with pytest.raises(SpecificationError, match=r"errors\.toml: line 4: errors: .*unknown field"):
        specification().load("errors.toml", Rules)


LINES = """\
[[users]]
uid = 1
[users.balances.fund]
USDT = "1"

[[users]]
uid = 2
phone = { number = "1" }
[[users.keys]]
key = "a"
[[users.keys]]
key = "b"
[prices]
"BTC" = "1"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("users", 0, "uid"), 2),
        (("users", 0, "balances", "fund", "USDT"), 4),
        (("users", 1, "uid"), 7),
        (("users", 1, "phone", "number"), 8),
        (("users", 1, "keys", 1, "key"), 12),
        (("users", 1, "keys", 1, "missing"), 11),
        (("prices", "BTC"), 14),
        (("nowhere",), 1),
    ],
)
def test_the_line_of_a_key_is_found(path: tuple[str | int, ...], line: int) -> None:
    assert line_of(LINES, path) == line
