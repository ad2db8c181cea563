"""What holds for each cassette: a test plays it, it says where it comes from, and it gives nothing away."""

import ast
from pathlib import Path

import pytest
from support.cassettes import COM, DOCUMENTED, FAKE, PRO, VST, read
from support.masking import MASKS_ONLY, Known, leaks
from vcr.serializers import yamlserializer

HERE = Path(__file__).parent
# Alice's and Bob's in the exchange's example state, and those that the documents print.
OF_THE_FAKE = Known(
    keys=frozenset({"alice-key", "alice-read-key", "nobodys-key"}),
    signatures=True,
    numbers=frozenset({"16779999", "16780001", "15100000000", "16790001", "25053735"}),
    email_domains=frozenset({"example.com"}),
)
OF_THE_DOCUMENTS = Known(
    keys=frozenset(),
    numbers=frozenset({"16779999", "1128763679", "1128763678"}),
    email_domains=frozenset(),
)
SECRETS = ("alice-secret", "alice-read-secret", "another-secret", "documented-key", "documented-secret")
EVERY = [
    *((path, OF_THE_FAKE) for path in sorted(FAKE.rglob("*.yaml"))),
    *((path, OF_THE_DOCUMENTS) for path in sorted(DOCUMENTED.rglob("*.yaml"))),
    *((path, MASKS_ONLY) for path in sorted(VST.rglob("*.yaml"))),
]


def named_by_tests(pattern: str) -> set[str]:
    """The cassettes that the tests of some modules play: each the one of its name."""
    functions = (
        node.name
        for module in HERE.glob(pattern)
        for node in ast.parse(module.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    )
    return {f"{name.removeprefix('test_')}.yaml" for name in functions if name.startswith("test_")}


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [(FAKE, "test_fake_*.py"), (DOCUMENTED, "test_documented*.py")],
    ids=["fake", "documented"],
)
def test_each_cassette_has_its_test_and_each_test_its_cassette(folder: Path, pattern: str) -> None:
    held = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert held == named_by_tests(pattern)


def test_there_are_no_other_folders() -> None:
    assert {path.name for path in FAKE.parent.iterdir()} == {
        "README.md",
        "fake",
        "documented",
        "streams",
        "vst",
    }


@pytest.mark.parametrize(
    "path", [path for path, _ in EVERY if path.parent == DOCUMENTED], ids=lambda p: p.stem
)
def test_a_documented_cassette_names_its_source(path: Path) -> None:
    source = read(path).metadata["source"]
    assert source.split(",")[0] in {"S", "R", "D", "O"}


@pytest.mark.parametrize(("path", "known"), EVERY, ids=[path.stem for path, _ in EVERY])
def test_it_holds_no_secret(path: Path, known: Known) -> None:
    text = path.read_text(encoding="utf-8")
    secrets = {secret: secret for secret in SECRETS}
    assert leaks(text, yamlserializer.deserialize(text), known=known, secrets=secrets) == []


@pytest.mark.parametrize(
    "path", [path for path, known in EVERY if known is not MASKS_ONLY], ids=lambda path: path.stem
)
def test_it_leads_to_no_real_host(path: Path) -> None:
    for turn in read(path).turns:
        assert turn.request.uri.startswith((f"{COM}/", f"{PRO}/"))
