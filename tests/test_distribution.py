"""The wheel that `pip install .` builds."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True, capture_output=True)
    (built,) = folder.glob("bingx_offline-*.whl")
    return zipfile.ZipFile(built)


@pytest.mark.parametrize("package", ["bingx_contracts", "bingx_client", "bingx_fake"])
def test_it_holds_the_three_packages_typed(wheel: zipfile.ZipFile, package: str) -> None:
    assert {f"{package}/__init__.py", f"{package}/py.typed"} <= set(wheel.namelist())


def test_it_holds_the_facts_and_the_example(wheel: zipfile.ZipFile) -> None:
    contracts = ROOT / "contracts"
    facts = (contracts / "bingx_contracts" / "spec").rglob("*.toml")
    expected = {fact.relative_to(contracts).as_posix() for fact in facts} | {"bingx_fake/example_state.toml"}
    expected |= {"bingx_contracts/contract.json"}
    assert expected <= set(wheel.namelist())


def test_it_holds_the_consoles_page(wheel: zipfile.ZipFile) -> None:
    assets = ROOT / "fake_exchange" / "bingx_fake" / "control" / "console" / "assets"
    expected = {f"bingx_fake/control/console/assets/{file.name}" for file in assets.iterdir()}
    assert len(expected) > 5
    assert expected <= set(wheel.namelist())


def test_it_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    roots = {name.partition("/")[0].partition("-")[0] for name in wheel.namelist()}
    assert roots == {"bingx_contracts", "bingx_client", "bingx_fake", "bingx_offline"}


def test_it_brings_both_commands_and_the_pytest_plugin(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(name).decode()
    assert "\nbingx-account = bingx_client.account.command:main\n" in text
    assert "\nbingx-fake = bingx_fake.commands.serve:main\n" in text
    assert "[pytest11]\nbingx = bingx_fake.pytest_plugin" in text


def test_the_changes_begin_with_those_of_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == version
