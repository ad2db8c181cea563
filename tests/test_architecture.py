"""The direction of imports, and that facts are shared but algorithms are not."""

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
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


@cache
def _import_statements(source: Path) -> list[ast.Import | ast.ImportFrom]:
    """Wherever in a source they stand."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


@cache
def _imports(source: Path) -> frozenset[str]:
    names = set()
    for node in _import_statements(source):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif node.module:
            names.add(node.module.partition(".")[0])
    return frozenset(names)


@pytest.mark.parametrize("name", PACKAGES)
def test_imports_run_one_way(name: str) -> None:
    package, allowed = PACKAGES[name]
    for source in Path(package.__path__[0]).rglob("*.py"):
        if source.name not in DOORS:
            ours = {imported for imported in _imports(source) if imported in PACKAGES} - {name}
            assert ours <= allowed, f"{source.name} imports {ours - allowed}"


# Every room of a package: a folder, or a module that is in none. Each may import the rooms above it in this
# list, and no others: those of one line do not know each other. Imports for types count, and late ones.
ROOMS: dict[str, tuple[tuple[str, ...], ...]] = {
    "bingx_contracts": (
        ("facts",),
        ("reading",),
        ("bingx_contracts",),
        ("limits", "departures"),
        ("rendering",),
    ),
    "bingx_client": (
        ("errors",),
        ("wire",),
        ("flow",),
        ("calls",),
        ("streaming",),
        ("drivers",),
        ("models", "core", "streams"),
        ("client", "aio"),
        ("fetch",),
        ("account",),
        ("bingx_client",),
    ),
    "bingx_fake": (
        ("real_time",),
        ("clock", "agenda"),
        ("books", "profiles", "venue"),
        ("market",),
        ("trading", "perpetuals"),
        ("gateway", "state"),
        ("groups",),
        ("answers",),
        ("faults",),
        ("streams",),
        ("journal",),
        ("explain", "settings"),
        ("exchange",),
        ("control", "edge"),
        ("examples", "recording", "serving"),
        ("inprocess", "running"),
        ("commands", "plugin"),
        ("bingx_fake",),
        ("pytest_plugin",),
    ),
}


def _modules(package: str) -> dict[str, Path]:
    """Every module by its dotted name."""
    top = Path(PACKAGES[package][0].__path__[0])
    places = {source: source.relative_to(top.parent).with_suffix("").parts for source in top.rglob("*.py")}
    return {".".join(parts).removesuffix(".__init__"): source for source, parts in places.items()}


def _imported(source: Path, modules: Iterable[str]) -> set[str]:
    """Which of ``modules`` a source imports."""
    found = set()
    for node in _import_statements(source):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in modules else node.module for name in names}
    return found & set(modules)


def _room(module: str) -> str:
    """The folder that a module is in, or the module that is in none; a package by itself is one as well."""
    return [*module.split("."), module][1]


@pytest.mark.parametrize("package", ROOMS)
def test_every_room_has_its_place(package: str) -> None:
    listed = [room for line in ROOMS[package] for room in line]
    assert sorted(listed) == sorted({_room(module) for module in _modules(package)})


@pytest.mark.parametrize("package", ROOMS)
def test_imports_between_rooms_run_one_way(package: str) -> None:
    modules = _modules(package)
    line_of = {room: number for number, line in enumerate(ROOMS[package]) for room in line}
    against = [
        f"{module} imports {imported}"
        for module, source in modules.items()
        for imported in _imported(source, modules)
        if _room(imported) != _room(module) and line_of[_room(imported)] >= line_of[_room(module)]
    ]
    assert against == []


@pytest.mark.parametrize("package", ROOMS)
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    modules = _modules(package)
    waiting = {module: _imported(source, modules) - {module} for module, source in modules.items()}
    while ready := {module for module, imported in waiting.items() if not imported}:
        waiting = {module: imported - ready for module, imported in waiting.items() if module not in ready}
    assert waiting == {}, "each of these is in a circle, or imports one that is"


@pytest.mark.parametrize("package", ROOMS)
def test_a_room_exports_nothing_by_itself(package: str) -> None:
    """But the groups of calls, which are for people: ``from bingx_client.calls import spot_account``."""
    for module, source in _modules(package).items():
        is_group = module.startswith("bingx_client.calls.")
        if source.name == "__init__.py" and source.parent.name != package and not is_group:
            (docstring,) = ast.parse(source.read_text(encoding="utf-8")).body
            assert isinstance(docstring, ast.Expr), source.parent.name


IMPURE = {"time", "datetime", "random", "uuid", "socket", "asyncio", "aiohttp", "requests"}
PURE = {
    "bingx_client": ("wire", "flow", "calls", "streaming"),
    "bingx_fake": (
        "agenda",
        "books",
        "venue",
        "market",
        "trading",
        "perpetuals",
        "profiles",
        "gateway",
        "state",
        "groups",
        "answers",
        "journal",
        "explain",
    ),
}
NOT_QUITE = {
    "bingx_client.flow.clocks": {"time"},  # the system's clocks, by default
    "bingx_client.wire.environments": {"socket"},  # what is an address
    "bingx_fake.answers.workbook": {"datetime"},  # when a file says that it was made
    "bingx_fake.books.ids": {"random"},  # the seed's sequence
    "bingx_fake.market.floor": {"random"},  # the same
    "bingx_fake.market.past": {"random"},  # the same
    "bingx_fake.market.sources": {"random"},  # the same
    "bingx_fake.venue.candles": {"datetime"},  # where months begin
    "bingx_fake.groups.spot_trade.cancelling": {"datetime"},  # how a note writes a time
    "bingx_fake.groups.swap_trade.facts": {"datetime"},  # how a fill writes one
    "bingx_fake.groups.swap_trade.batches": {"datetime"},  # how a note writes one
    "bingx_fake.groups.agent.periods": {"datetime"},  # which day a date is
}


@pytest.mark.parametrize("package", PURE)
def test_the_core_knows_no_clock_no_chance_and_no_sockets(package: str) -> None:
    for module, source in _modules(package).items():
        if _room(module) in PURE[package]:
            assert _imports(source) & IMPURE == NOT_QUITE.get(module, set()), module


def test_handlers_read_and_move_through_what_they_are_given_and_not_through_the_ledger() -> None:
    for module, source in _modules("bingx_fake").items():
        if _room(module) == "groups":
            tree = ast.walk(ast.parse(source.read_text(encoding="utf-8")))
            used = {node.attr for node in tree if isinstance(node, ast.Attribute)}
            assert "ledger" not in used, module


def test_no_driver_needs_the_others_library() -> None:
    modules = _modules("bingx_client")
    for driver, library in (("requests_driver", "aiohttp"), ("aiohttp_driver", "requests")):
        reached = {f"bingx_client.drivers.{driver}"}
        while more := set().union(*(_imported(modules[module], modules) for module in reached)) - reached:
            reached |= more
        assert not any(library in _imports(modules[module]) for module in reached), driver


def test_only_the_edge_knows_aiohttp() -> None:
    users = {
        _room(module) for module, source in _modules("bingx_fake").items() if "aiohttp" in _imports(source)
    }
    assert users == {"edge", "control", "serving"}


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


RENDERER = "bingx_fake.answers.renderer"
SHAPES = "bingx_contracts.facts.answers"


def _taken_from(source: Path) -> dict[str, set[str]]:
    """What a source imports of each module, by the module's name."""
    taken: dict[str, set[str]] = defaultdict(set)
    for node in _import_statements(source):
        if isinstance(node, ast.ImportFrom) and node.module:
            taken[node.module] |= {alias.name for alias in node.names}
    return taken


def test_the_renderer_of_answers_is_the_fakes_and_the_client_knows_no_shape_of_one() -> None:
    sides = {**_modules("bingx_fake"), **_modules("bingx_client")}
    assert {module for module, source in sides.items() if SHAPES in _taken_from(source)} == {RENDERER}
    for module, source in _modules("bingx_client").items():
        assert "CONTRACT" not in _taken_from(source)["bingx_contracts"], f"{module}: the shapes are in it"


def test_nothing_but_the_renderer_makes_code_of_data() -> None:
    """So readers of answers, and the plans that settle a write, are written by hand."""
    making = {"eval", "exec", "compile", "defstruct", "make_dataclass", "create_model"}
    makers = {
        module
        for package in PACKAGES
        for module, source in _modules(package).items()
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in making)
            or (isinstance(node.func, ast.Attribute) and node.func.attr in making - {"compile"})
        )
    }
    assert makers == {RENDERER, "bingx_contracts.reading.contract"}, "the latter makes the types of files"


CODECS = {"json", "tomllib", "pickle", "marshal", "base64", "yaml", "xml", "csv"}
CONVERSIONS = {"json", "toml", "yaml", "msgpack", "convert", "to_builtins", "defstruct"}


def test_facts_are_read_and_rendered_in_two_rooms_only() -> None:
    for module, source in _modules("bingx_contracts").items():
        if _room(module) in ("reading", "rendering"):
            continue
        assert not _imports(source) & CODECS, module
        used = {
            node.attr
            for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "msgspec"
        }
        assert not (used | _taken_from(source)["msgspec"]) & CONVERSIONS, module


TAKEN_BY_FACTS = {"Answers", "WriteKind"}
GIVEN_BY_FACTS = {"bool", "str", "frozenset[str]"}


def test_no_fact_takes_or_makes_an_answer() -> None:
    """They say something about themselves, under answers of the register at most: no JSON, no requests."""
    for module, source in _modules("bingx_contracts").items():
        if _room(module) != "facts":
            continue
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                taken = {ast.unparse(it.annotation) for it in arguments if it.annotation is not None}
                assert taken <= TAKEN_BY_FACTS, f"{module}.{node.name}"
                assert node.returns is not None, f"{module}.{node.name}"
                assert ast.unparse(node.returns) in GIVEN_BY_FACTS, f"{module}.{node.name}"


INDEPENDENT = ("model/*.py", "compat/*_calls.py", "compat/truth.py", "compat/asking.py")
"""The naive model of the exchange, and what published clients are made to do and expected to see."""


@pytest.mark.parametrize("pattern", INDEPENDENT)
def test_what_the_fake_is_held_against_knows_none_of_the_contracts_tables(pattern: str) -> None:
    sources = list((ROOT / "tests").glob(pattern))
    assert sources, "nothing is of this name any more"
    for source in sources:
        assert "bingx_contracts" not in _imports(source), source.name
