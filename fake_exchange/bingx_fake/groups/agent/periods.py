"""The times that agents ask about, in every documented form (V90)."""

from datetime import UTC, datetime
from typing import NamedTuple

from bingx_fake.gateway.parameters import Parameters
from bingx_fake.gateway.refusal import BAD_PARAMETER, Refusal

DAY_MS = 86_400_000
_ZONE_MS = 8 * 3_600_000
"""Days are those of UTC+8 (D)."""
_DATE_DIGITS = 8


class Period(NamedTuple):
    """A time from its first to its last millisecond, both included (ours, A251)."""

    start_ms: int
    end_ms: int

    def has(self, at_ms: int) -> bool:
        """Whether something was in it."""
        return self.start_ms <= at_ms <= self.end_ms

    @property
    def of_whole_days(self) -> "Period":
        """The same, and what is missing of its first and last day."""
        return Period(day_of(self.start_ms), day_of(self.end_ms) + DAY_MS - 1)


ALWAYS = Period(0, 10**17)


def day_of(at_ms: int) -> int:
    """The midnight of UTC+8 with which a day begins."""
    return (at_ms + _ZONE_MS) // DAY_MS * DAY_MS - _ZONE_MS


def period_of(
    parameters: Parameters,
    now_ms: int,
    *,
    most_days: int | None = None,
    back_days: int | None = None,
    usual: Period = ALWAYS,
) -> Period:
    """The time that a request asks about.

    :param most_days: how long it may be.
    :param back_days: from how long ago on.
    :param usual: what is meant where neither end is given.
    :raises Refusal: 100400, for an end that is no time, and where it is longer or earlier than that (A251).
    """
    start_ms = _moment(parameters, "startTime", is_end=False)
    end_ms = _moment(parameters, "endTime", is_end=True)
    if start_ms is None and end_ms is None:
        return usual
    if end_ms is None:
        assert start_ms is not None
        end_ms = now_ms if most_days is None else min(now_ms, start_ms + most_days * DAY_MS)
        end_ms = max(start_ms, end_ms)
    elif start_ms is None:
        start_ms = 0 if most_days is None else max(0, end_ms - most_days * DAY_MS)
    if end_ms < start_ms:
        raise Refusal(BAD_PARAMETER, f"endTime {end_ms} is before startTime {start_ms}", parameter="endTime")
    if most_days is not None and end_ms - start_ms > most_days * DAY_MS:
        raise Refusal(
            BAD_PARAMETER,
            f"from startTime {start_ms} to endTime {end_ms} is more than {most_days} days",
            parameter="endTime",
        )
    if back_days is not None and start_ms < day_of(now_ms - back_days * DAY_MS):
        raise Refusal(
            BAD_PARAMETER,
            f"startTime {start_ms} is more than {back_days} days ago",
            parameter="startTime",
        )
    return Period(start_ms, end_ms)


def _moment(parameters: Parameters, name: str, *, is_end: bool) -> int | None:
    """A time in milliseconds, in whichever form it was sent, which its number of digits tells."""
    text = parameters.text(name)
    if text is None:
        return None
    if len(text) > _DATE_DIGITS:
        return int(text)
    if len(text) == _DATE_DIGITS:
        try:
            date = datetime.strptime(text, "%Y%m%d").replace(tzinfo=UTC)
        except ValueError:
            raise Refusal(
                BAD_PARAMETER, f"{name} must be a date such as 20240101, not {text!r}", parameter=name
            ) from None
        day = int(date.timestamp()) * 1000
    else:
        day = int(text) * DAY_MS
    return day - _ZONE_MS + (DAY_MS - 1 if is_end else 0)
