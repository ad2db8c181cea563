"""The two commands away from any terminal, in copies of interpreters that have imported them.

That they are installed, and what it takes to start them anew, is tested where one serves and the other asks.
"""

import atexit
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from support.prepared import Done, Prepared, Running, prepared

_FOLDER = Path(sys.executable).parent
BINGX_FAKE = str(_FOLDER / "bingx-fake")
BINGX_ACCOUNT = str(_FOLDER / "bingx-account")
_IMPORTED = "import bingx_fake.commands.serve"
_MAIN = "bingx_fake.commands.serve.main()"


def bingx_fake(
    *arguments: str,
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Done:
    """Run ``bingx-fake`` to its end."""
    ready = _ready(_IMPORTED)
    return ready.run(_MAIN, BINGX_FAKE, *arguments, stdin=stdin, environment=environment, folder=folder)


def start_bingx_fake(*arguments: str) -> Running:
    """Start ``bingx-fake``, which goes on."""
    return _ready(_IMPORTED).start(_MAIN, BINGX_FAKE, *arguments)


def bingx_account(*arguments: str, environment: Mapping[str, str] | None = None) -> Done:
    """Run ``bingx-account`` to its end."""
    ready = _ready("import sys, bingx_client.account.command, bingx_client.client")
    program = "sys.exit(bingx_client.account.command.main())"
    return ready.run(program, BINGX_ACCOUNT, *arguments, environment=environment)


@cache
def _ready(preparation: str) -> Prepared:
    kept = ExitStack()
    atexit.register(kept.close)
    return kept.enter_context(prepared(preparation))
