"""The declared bounds are those that ``make test-minimum`` installs."""

import re
import tomllib

from minimum.requirements import ROOT, alone, name_of, requirements

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
DECLARED = {name_of(it): it for it in tomllib.loads(PYPROJECT)["project"]["dependencies"]}


def test_every_dependency_is_installed_as_old_as_it_is_declared() -> None:
    installed = requirements(PYPROJECT, CONSTRAINTS)
    for name, declared in DECLARED.items():
        bound = re.fullmatch(rf"{name}>=([\d.]+)", declared)
        assert bound, declared
        assert f"{name}=={bound[1]}" in installed


def test_every_other_tool_is_installed_as_it_is_pinned() -> None:
    others = {it for it in requirements(PYPROJECT, CONSTRAINTS) if name_of(it) not in {*DECLARED, "pytest"}}
    assert others <= set(CONSTRAINTS.splitlines())


def test_what_would_bring_newer_libraries_is_installed_without_them() -> None:
    apart = alone(CONSTRAINTS)
    assert set(apart) <= set(CONSTRAINTS.splitlines())
    assert not set(apart) & set(requirements(PYPROJECT, CONSTRAINTS))
    assert "ccxt" in map(name_of, apart)
