"""Which of pytest-xdist's workers runs which tests: those of a module one, as what they share is made once.

Its own marks for that, ``xdist_group``, are ignored since pytest 9.2 (pytest-xdist 3.8), without a word.
"""

from xdist.scheduler import LoadScopeScheduling

APART = (
    "tests/examples/test_workflow.py",
    "tests/pages/test_commands.py",
    "tests/rehearsal/test_live_guard.py",
    "tests/run/test_process.py",
    "tests/run/test_programs.py",
    "tests/test_pytest_plugin.py",
)
"""Modules of few tests that take long and share little: whoever is free takes one, last of all."""


def unit_of(nodeid: str) -> str:
    """What goes to one worker with this test: its module or its class, or it alone."""
    scope = nodeid.partition("[")[0].rpartition("::")[0]
    return nodeid if scope in APART else scope


class ByModule(LoadScopeScheduling):  # type: ignore[misc]  # it ships no types
    """Hands out the units with the most tests first."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)
