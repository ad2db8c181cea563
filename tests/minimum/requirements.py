"""Prints what ``make test-minimum`` installs: the oldest versions that pyproject.toml declares to do.

What the packages need at run time, and pytest, is asked for in exactly the version that a user may have. The
other tools of the tests are those of constraints.txt, without those that demand newer versions than that.

``requirements.py --alone`` prints what is to be installed without its dependencies, which are newer ones.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# mutmut asks for click 8.4; the others check the code, which they do no better with old libraries.
LEFT_OUT = {"mutmut", "mypy", "ruff", "types-requests"}

# ccxt names one version, a new one, of each library that it uses; these two it cannot do without.
ALONE = ("ccxt", "aiohttp-fast-zlib", "zlib-ng")


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
    pinned = pins(constraints)
    wanted = [name_of(tool) for tool in tools if name_of(tool) not in ("bingx-offline", *ALONE)]
    return [*oldest.values(), *(pinned[name] for name in wanted if name not in oldest)]


def alone(constraints: str) -> list[str]:
    """What pip is to install after that, without its dependencies."""
    pinned = pins(constraints)
    return [pinned[name] for name in ALONE]


def pins(constraints: str) -> dict[str, str]:
    """The lines of constraints.txt, by distribution."""
    lines = [line for line in constraints.splitlines() if line and not line.startswith("#")]
    return {name_of(line): line for line in lines}


def name_of(requirement: str) -> str:
    """The distribution that a requirement is about, as indexes compare names."""
    found = re.match(r"[\w.-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


if __name__ == "__main__":
    pyproject, constraints = (ROOT / name for name in ("pyproject.toml", "constraints.txt"))
    if "--alone" in sys.argv:
        lines = alone(constraints.read_text())
    else:
        lines = requirements(pyproject.read_text(), constraints.read_text())
    sys.stdout.writelines(f"{line}\n" for line in lines)
