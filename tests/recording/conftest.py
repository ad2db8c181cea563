"""One recording of everything, for all who look at one."""

from pathlib import Path

import pytest
from recording.sessions import record_everything


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording in which everything happens. Not to be written to."""
    path = tmp_path_factory.mktemp("recording") / "everything.jsonl"
    record_everything(path)
    return path
