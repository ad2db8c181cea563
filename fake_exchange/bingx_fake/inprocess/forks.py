"""What becomes of a running exchange in a process that is forked from its own.

The thread stays behind, and its sockets come along as copies. Kept, they would hold ports open that the
exchange closes, and connections that it cuts. Taken apart as usual, they would take the exchange's own along,
since both processes share the list of what its event loop watches. So each copy is replaced as it is, right
after the fork.
"""

import os
import selectors
import shutil
import weakref
from collections.abc import Callable, Iterable


class Copies:
    """The sockets of one event loop, which forked processes let go of.

    :param selector: the event loop's.
    :param others: finds sockets that it does not watch all the time.
    """

    def __init__(self, selector: selectors.BaseSelector, others: Callable[[], Iterable[int]]) -> None:
        self._selector, self._others = selector, others
        _known.add(self)

    def drop(self) -> None:
        """Replace every copy. The numbers stay taken: objects that nobody will use again still own them."""
        watched = self._selector.get_map() or {}  # it has none once it is closed
        copies = [*(key.fd for key in watched.values()), *self._others()]
        nothing = os.open(os.devnull, os.O_RDWR)
        for copy in copies:
            os.dup2(nothing, copy, inheritable=False)
        os.close(nothing)


_known: weakref.WeakSet[Copies] = weakref.WeakSet()


def _drop_all() -> None:
    for copies in list(_known):
        copies.drop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_drop_all)


def remove_in(pid: int, directory: str) -> None:
    """Remove a directory, in the process that made it: a forked one ends earlier."""
    if os.getpid() == pid:
        shutil.rmtree(directory, ignore_errors=True)
