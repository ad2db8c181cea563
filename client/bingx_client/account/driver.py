"""The client's driver at a terminal: it shows what is being waited for."""

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.flow.steps import Attempt, Outcome, Sleep, Step, Steps

if TYPE_CHECKING:
    from rich.status import Status

T = TypeVar("T")


class PatientDriver(RequestsDriver):
    """Carries calls through.

    :param sleep: lets seconds pass.
    """

    def __init__(self, sleep: Callable[[float], object] = time.sleep) -> None:
        super().__init__(sleep)
        self._status: Status | None = None

    def drive(self, steps: Steps[T]) -> T:
        """Carry a call through, with a word on the terminal while it takes."""
        if sys.stderr is None or not sys.stderr.isatty():
            return super().drive(steps)
        from rich.console import Console

        with Console(stderr=True).status("") as self._status:
            return super().drive(steps)

    def _take(self, step: Step) -> Outcome:
        if self._status is not None:
            self._status.update(_words(step))
        return super()._take(step)


def _words(step: Step) -> str:
    match step:
        case Attempt(base_url):
            return f"asking {urlsplit(base_url).netloc}"
        case Sleep(ms):
            return f"the answer was lost; finding out what happened (waiting {ms / 1000:.1f} s)"
        case _:
            return "waiting"
