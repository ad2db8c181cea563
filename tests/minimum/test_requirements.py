"""The declared bounds are those that ``make test-minimum`` installs."""

import re
import tomllib

from minimum.requirements import ROOT, name_of, requirements

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
    assert {name_of(it) for it in others - set(CONSTRAINTS.splitlines())} == {"ccxt"}
