"""What the tests' own process has to be, whoever started it and whatever ran in it before."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

ONLY_OURS = (
    "schemathesis",
    "requests_mock",
    "hypothesispytest",
    "pytest_cov",
    "random_order",
    "timeout",
    "anyio",
)
"""Plugins of pytest that only our own tests use, as ``-p no:`` takes them."""

IGNORING_INTERRUPTS = ("sh", "-c", 'trap "" INT HUP; exec "$@"', "sh")
"""Before a command: starts it as a shell's background job, and what ``nohup`` starts, are started."""


def let_children_be_interrupted() -> None:
    """Handle SIGINT and SIGHUP here where they are ignored: children inherit what is ignored, but no handler.

    A background job of a shell ignores SIGINT, and what ``nohup`` starts ignores SIGHUP.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda number, frame: None)  # this process goes on, as it was told to


@contextmanager
def installed_modules_stay(own_folder: Path) -> Iterator[None]:
    """Let ``pytester`` forget only modules from below its own folder, not all that a run was first to import.

    A package with compiled parts does not survive being imported twice: what it made before is then of other
    types than what it asks for. Whether a module was there before a run depends on the order of the tests.
    """
    from _pytest.pytester import SysModulesSnapshot

    forget = SysModulesSnapshot.restore

    def forget_their_own(snapshot: SysModulesSnapshot) -> None:
        imported = dict(sys.modules)
        forget(snapshot)
        for name, module in imported.items():
            if not _is_below(own_folder, module):
                sys.modules.setdefault(name, module)

    with pytest.MonkeyPatch.context() as patch:
        restore: Callable[[SysModulesSnapshot], None] = forget_their_own
        patch.setattr(SysModulesSnapshot, "restore", restore)
        yield


def _is_below(folder: Path, module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return file is not None and Path(file).is_relative_to(folder)
