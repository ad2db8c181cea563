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

FIRST = (
    "tests/openapi/test_fuzzing.py",
    "tests/recording/test_everything.py",
    "tests/rehearsal/test_rehearsal.py",
    "tests/console/test_page.py",
    "tests/answers/test_every_field.py",
    "tests/console/test_access.py",
)
"""Modules of few tests that take long and share what takes long: begun last, one would end late."""


def unit_of(nodeid: str) -> str:
    """What goes to one worker with this test: its module or its class, or it alone."""
    scope = nodeid.partition("[")[0].rpartition("::")[0]
    return nodeid if scope in APART else scope


class ByModule(LoadScopeScheduling):  # type: ignore[misc]  # it ships no types
    """Hands out what takes longest first, then the units with the most tests."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)

    def _assign_work_unit(self, node: object) -> None:
        for unit in FIRST:
            if unit in self.workqueue:
                self.workqueue.move_to_end(unit, last=False)
                break
        super()._assign_work_unit(node)
