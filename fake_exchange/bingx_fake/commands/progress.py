"""A bar that shows how far something has come: on a terminal's stderr and nowhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def bar(description: str) -> Iterator[Callable[[int, int], None]]:
    """Give a function that takes how much is done, and of how much; the bar appears with its first call."""
    update: Callable[[int], None] | None = None

    def note(done: int, total: int) -> None:
        nonlocal update
        if not sys.stderr.isatty():
            return
        if update is None:
            update = _start(stack, description, total)
        update(done)

    with ExitStack() as stack:
        yield note


def _start(stack: ExitStack, description: str, total: int) -> Callable[[int], None]:
    from rich.console import Console  # takes long to import
    from rich.progress import Progress

    progress = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
    task = progress.add_task(description, total=total)
    return lambda done: progress.update(task, completed=done)
