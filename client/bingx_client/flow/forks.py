"""What belongs to one process begins anew in a child made by ``fork``.

A child inherits connections whose answers may be its parent's, locks that threads hold which it does not
have, and requests that are not its own. A hook that runs in the child before anything else (there is only
one thread then) costs nothing at each call, where asking for the process's id would, and needs no lock.
"""

import os
from typing import Protocol
from weakref import WeakSet


class OfOneProcess(Protocol):
    """Something that a child made by ``fork`` cannot use as it is."""

    def begin_in_child(self) -> None:
        """Let go of what is the parent's, without a sign to whoever is on the other side."""


_KNOWN: WeakSet[OfOneProcess] = WeakSet()


def of_one_process(one: OfOneProcess) -> None:
    """Have this one's ``begin_in_child`` called in every child that a fork makes while it lives."""
    _KNOWN.add(one)


def _begin_in_child() -> None:
    for one in list(_KNOWN):
        one.begin_in_child()


if hasattr(os, "register_at_fork"):  # where processes can fork
    os.register_at_fork(after_in_child=_begin_in_child)
