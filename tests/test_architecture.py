"""The direction of imports, and that facts are shared but algorithms are not."""

import ast
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from minimum.requirements import ROOT, name_of

import bingx_client
import bingx_contracts
import bingx_fake

PACKAGES = {
    "bingx_contracts": (bingx_contracts, set()),
    "bingx_client": (bingx_client, {"bingx_contracts"}),
    "bingx_fake": (bingx_fake, {"bingx_contracts"}),
}
# The plugin is a door of its own: it hands a client and a fake to the same test, or a client of VST.
DOORS = {"pytest_plugin.py", "live_clients.py"}


def _imports(source: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("name", PACKAGES)
def test_imports_run_one_way(name: str) -> None:
    package, allowed = PACKAGES[name]
    for source in Path(package.__path__[0]).rglob("*.py"):
        if source.name not in DOORS:
            ours = {imported for imported in _imports(source) if imported in PACKAGES} - {name}
            assert ours <= allowed, f"{source.name} imports {ours - allowed}"


@pytest.mark.parametrize(
    "module",
    [
        "books/history",
        "books/ledger",
        "books/money",
        "gateway/signature",
        "gateway/wire",
        "gateway/guards",
        "gateway/parameters",
        "answers/answer",
        "answers/dialect",
    ],
)
def test_the_core_of_the_exchange_knows_no_clock_no_chance_and_no_sockets(module: str) -> None:
    source = Path(bingx_fake.__path__[0], f"{module}.py")
    assert not _imports(source) & {"time", "datetime", "random", "uuid", "socket", "asyncio", "aiohttp"}


@pytest.mark.parametrize(
    "module",
    [
        "wire/signing",
        "wire/parameters",
        "wire/decode",
        "flow/attempts",
        "calls/signer",
        "calls/spot_account/reads",
        "calls/spot_account/writes",
    ],
)
def test_the_core_of_the_client_knows_no_clock_no_chance_and_no_sockets(module: str) -> None:
    source = Path(bingx_client.__path__[0], f"{module}.py")
    assert not _imports(source) & {"time", "datetime", "random", "uuid", "socket", "asyncio", "requests"}


def test_only_the_edge_knows_aiohttp() -> None:
    users = {
        source.name for source in Path(bingx_fake.__path__[0]).rglob("*.py") if "aiohttp" in _imports(source)
    }
    assert users <= {"domain_server.py", "application.py", "serving.py", "routes.py"}


@pytest.mark.parametrize("name", PACKAGES)
def test_everything_a_package_exports_is_there(name: str) -> None:
    package, _ = PACKAGES[name]
    assert all(hasattr(package, exported) for exported in package.__all__)


@pytest.mark.parametrize("name", PACKAGES)
def test_modules_stay_readable_in_one_sitting(name: str) -> None:
    package, _ = PACKAGES[name]
    for source in Path(package.__path__[0]).rglob("*.py"):
        assert len(source.read_text(encoding="utf-8").splitlines()) <= 420, source.name


def test_every_library_that_the_packages_import_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {name_of(requirement) for requirement in project["dependencies"]}
    sources = [
        source for package, _ in PACKAGES.values() for source in Path(package.__path__[0]).rglob("*.py")
    ]
    imported = set().union(*map(_imports, sources)) - sys.stdlib_module_names - set(PACKAGES)
    providers = packages_distributions()
    undeclared = {name for name in imported if not declared & set(map(name_of, providers[name]))}
    assert undeclared == {"pytest"}, "which the plugin finds: nothing else loads it"
