"""The contract is read from a compiled form, which is never anything but what its sources say."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import bingx_contracts
from bingx_contracts import CONTRACT
from bingx_contracts.reading.compiled import KEPT, PACKAGE, compiled, contract
from bingx_contracts.reading.contract import Contract, read
from bingx_contracts.reading.loading import Folder, SpecificationError

TITLE, MARKED = "Query spot account assets", "Read of the compiled form"


def test_the_compiled_form_is_made_of_the_files_as_they_are() -> None:
    assert (PACKAGE / KEPT).read_text(encoding="utf-8") == compiled(), "run make contract"


def test_the_contract_in_use_is_what_its_files_say() -> None:
    assert CONTRACT == contract() == read(Folder(PACKAGE / "spec"))


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package with a compiled form that differs from its sources, which shows whether it was read."""
    place = tmp_path_factory.mktemp("marked")
    shutil.copytree(Path(bingx_contracts.__path__[0], "spec"), place / "spec")
    (place / KEPT).write_text(compiled(place).replace(TITLE, MARKED), encoding="utf-8")
    return place


@pytest.fixture
def package(tmp_path: Path, marked: Path) -> Path:
    """A copy that a test may change."""
    shutil.copytree(marked, tmp_path, dirs_exist_ok=True)
    return tmp_path


def titles(found: Contract) -> set[str]:
    return {endpoint.title for endpoint in found.endpoints}


def test_a_fresh_one_is_what_is_read(package: Path) -> None:
    assert MARKED in titles(contract(package))


def change_a_fact(package: Path) -> None:
    errors = package / "spec" / "errors.toml"
    errors.write_text(errors.read_text(encoding="utf-8").replace("busy", "occupied"), encoding="utf-8")


def add_a_group(package: Path) -> None:
    (package / "spec" / "later").mkdir()
    (package / "spec" / "later" / "clauses.toml").write_text("", encoding="utf-8")


def cut_it_off(package: Path) -> None:
    kept = package / KEPT
    kept.write_bytes(kept.read_bytes()[:-100])


def take_it_away(package: Path) -> None:
    (package / KEPT).unlink()


def give_it_another_shape(package: Path) -> None:
    kept = package / KEPT
    kept.write_text(kept.read_text(encoding="utf-8").replace('"lint":', '"lints":'), encoding="utf-8")


@pytest.mark.parametrize(
    "change", [change_a_fact, add_a_group, cut_it_off, take_it_away, give_it_another_shape]
)
def test_one_that_does_not_fit_its_sources_or_its_types_is_not_believed(
    package: Path, change: Callable[[Path], None]
) -> None:
    change(package)
    found = contract(package)
    assert MARKED not in titles(found)
    assert found == read(Folder(package / "spec"))


def test_line_ends_of_another_system_make_it_no_other(package: Path) -> None:
    for source in (package / "spec").rglob("*.toml"):
        source.write_bytes(source.read_bytes().replace(b"\n", b"\r\n"))
    assert MARKED in titles(contract(package))


def test_a_mistake_in_a_source_is_refused_though_there_is_a_compiled_form(package: Path) -> None:
    with (package / "spec" / "errors.toml").open("a", encoding="utf-8") as errors:
        errors.write("[[errors]]\ncode = 1\n")
    with pytest.raises(SpecificationError, match=r"errors.toml: line \d+: "):
        contract(package)
