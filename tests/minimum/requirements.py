"""Prints what ``make test-minimum`` installs: the oldest versions that pyproject.toml declares to do.

What the packages need at run time, and pytest, is asked for in exactly the version that a user may have. The
other tools of the tests are those of constraints.txt, without those that demand newer versions than that.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# mutmut asks for click 8.4; the others check the code, which they do no better with old libraries.
LEFT_OUT = {"mutmut", "mypy", "ruff", "types-requests"}

OTHER_PINS = {"ccxt": "ccxt==4.5.64"}  # later ones ask for one version of urllib3, a new one


def requirements(pyproject: str, constraints: str) -> list[str]:
    """What pip is to install, one requirement each.

    :param pyproject: the text of pyproject.toml.
    :param constraints: that of constraints.txt.
    """
    project = tomllib.loads(pyproject)["project"]
    extras = project["optional-dependencies"]
    tools = [tool for tool in extras["dev"] + extras["compat"] if name_of(tool) not in LEFT_OUT]
    oldest = {name_of(it): it.replace(">=", "==") for it in project["dependencies"]}
    oldest |= {name_of(tool): tool.replace(">=", "==") for tool in tools if name_of(tool) == "pytest"}
    pins = {name_of(line): line for line in constraints.splitlines() if line and not line.startswith("#")}
    wanted = [name_of(tool) for tool in tools if name_of(tool) != "bingx-offline"]
    return [*oldest.values(), *(({**pins, **OTHER_PINS}[name]) for name in wanted if name not in oldest)]


def name_of(requirement: str) -> str:
    """The distribution that a requirement is about, as indexes compare names."""
    found = re.match(r"[\w.-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


if __name__ == "__main__":
    pyproject, constraints = (ROOT / name for name in ("pyproject.toml", "constraints.txt"))
    lines = requirements(pyproject.read_text(), constraints.read_text())
    sys.stdout.writelines(f"{line}\n" for line in lines)
