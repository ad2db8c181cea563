"""The examples as a project of somebody else: their files alone, and an environment without credentials."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from run.conftest import namespaces as namespaces
from run.conftest import node as node
from support.surroundings import ONLY_OURS

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the scripts and their tests."""
    folder = tmp_path_factory.mktemp("project")
    for path in EXAMPLES.iterdir():
        if path.is_file():
            shutil.copy(path, folder)
    return folder


@pytest.fixture(scope="session")
def environment() -> dict[str, str]:
    """What such a project's commands find: these programs first, and no word of BingX."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BINGX_", "PYTEST_"))}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    # Such a project has none of the plugins that only our own tests use, which take a second at every start.
    without = " ".join(f"-p no:{plugin}" for plugin in ONLY_OURS)
    return kept | {"PATH": path, "PYTEST_ADDOPTS": without}
