"""The command ``bingx-fake`` away from any terminal, in copies of an interpreter that has imported it.

That it is installed, and what it takes to start it anew, is tested where it serves.
"""

import atexit
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from support.prepared import Done, Prepared, prepared

BINGX_FAKE = str(Path(sys.executable).parent / "bingx-fake")


def bingx_fake(*arguments: str, stdin: str = "", environment: Mapping[str, str] | None = None) -> Done:
    """Run the command to its end."""
    program = "bingx_fake.commands.serve.main()"
    return _ready().run(program, BINGX_FAKE, *arguments, stdin=stdin, environment=environment)


@cache
def _ready() -> Prepared:
    kept = ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(prepared("import bingx_fake.commands.serve"))
