"""The time that an exchange sees while its inputs are recorded, or played again: each one at one moment."""

from collections.abc import Callable
from dataclasses import dataclass

from bingx_fake.clock import ExchangeClock
from bingx_fake.recording.form import ClockForm, Moment


@dataclass(slots=True)
class InputTime:
    """Time as a clock reads it. While a moment is held it stands still; otherwise it is ``live``."""

    live: Callable[[], Moment]
    held: Moment | None = None

    def clock(self, form: ClockForm) -> ExchangeClock:
        """A clock on this time."""
        return ExchangeClock(self._system_ms, form.frozen_ms, form.offset_ms, self._real_s)

    def hold(self) -> Moment:
        """Stand still at the present moment."""
        self.held = None
        self.held = self.live()
        return self.held

    def release(self) -> None:
        """Go on."""
        self.held = None

    def _now(self) -> Moment:
        return self.live() if self.held is None else self.held

    def _system_ms(self) -> int:
        return self._now()[0]

    def _real_s(self) -> float:
        return self._now()[1] / 1000
