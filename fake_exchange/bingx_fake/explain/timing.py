"""Why a timestamp was refused (100421): which unit, or by how much the clock is off."""

import re

from bingx_contracts import WINDOW
from bingx_fake.explain.mistake import Mistake
from bingx_fake.gateway.wire import as_text, read_wire
from bingx_fake.journal.journal import Refused

_UNITS = (("seconds", 1000.0), ("microseconds", 1e-3), ("nanoseconds", 1e-6))
_PLAUSIBLY_THE_SAME = 2.0
"""Between 1970 and the exchange's time lie decades: another unit is off by a factor of 1000 or more."""

_NUMBER = re.compile(r"-?[0-9]{1,25}(\.[0-9]{1,25})?([eE][+]?[0-9]{1,2})?", re.ASCII)
_QUARTER_HOUR_MS = 15 * 60_000
_DAY_MS = 24 * 3_600_000
_STILL_ON_THE_WAY_MS = 120_000
_CLOCK_READS_AS_ZONE_MS = 60_000

_SEND_MS = "Send timestamp as Unix time in milliseconds, 13 digits, made for each attempt afresh."
_MEASURE = (
    "Measure the exchange's clock with GET /openApi/swap/v2/server/time and keep the difference. "
    "The fake's clock may also be frozen or shifted: GET /clock of the control API says."
)
_UNIT_SOURCE = "S, R (TIME-1)"
_WINDOW_SOURCE = "S, R (TIME-2, TIME-3, TIME-4; V18)"


def timestamp_refused(refused: Refused) -> Mistake:
    """What is wrong with the timestamp of a request that got 100421."""
    sent = {as_text(parameter.name): as_text(parameter.value) for parameter in read_wire(refused.request)}
    text = sent.get("timestamp")
    if text is None:
        return _missing(sent)
    if not _NUMBER.fullmatch(text):
        happened = "timestamp is empty." if not text else f"timestamp is not a number: {text[:40]!r}."
        return Mistake("timestamp-no-number", happened, _SEND_MS, _UNIT_SOURCE)
    value = float(text)
    for unit, factor in _UNITS:
        if 1 / _PLAUSIBLY_THE_SAME < value * factor / max(refused.now_ms, 1) < _PLAUSIBLY_THE_SAME:
            return Mistake(
                f"timestamp-in-{unit}",
                f"timestamp {text[:40]} is in {unit}, not in milliseconds.",
                _SEND_MS,
                _UNIT_SOURCE,
            )
    if not re.fullmatch(r"[0-9]{1,16}", text):
        return Mistake(
            "timestamp-no-integer",
            f"timestamp is not a whole number of milliseconds: {text[:40]!r}.",
            _SEND_MS,
            _UNIT_SOURCE,
        )
    return _clock_off(int(text), refused, sent.get("recvWindow"))


def _missing(sent: dict[str, str]) -> Mistake:
    happened = "There is no parameter timestamp."
    near = next((name for name in sent if name.lower() in ("timestamp", "time", "ts", "nonce")), None)
    if near is not None:
        happened += f" There is {near!r}: the name counts letter by letter."
    elif any("\u00d7tamp" in name or "\u00d7tamp" in value for name, value in sent.items()):
        happened += " A page or an editor has turned &times at the head of &timestamp into \u00d7."
    return Mistake("timestamp-missing", happened, _SEND_MS, _UNIT_SOURCE)


def _clock_off(sent_ms: int, refused: Refused, window: str | None) -> Mistake:
    off_ms = refused.now_ms - sent_ms
    side = "behind" if off_ms > 0 else "ahead of"
    allowed = window if window and window.isascii() and window.isdigit() else str(WINDOW.default_ms)
    happened = (
        f"The timestamp is {spoken(abs(off_ms))} ({abs(off_ms)} ms) {side} the exchange's clock, "
        f"which said {refused.now_ms}; recvWindow allows {allowed} ms."
    )
    quarters, rest = divmod(abs(off_ms) + _QUARTER_HOUR_MS // 2, _QUARTER_HOUR_MS)
    if quarters and abs(off_ms) < _DAY_MS and abs(rest - _QUARTER_HOUR_MS // 2) <= _CLOCK_READS_AS_ZONE_MS:
        happened += " That is close to whole quarters of an hour: a local time may have been taken for UTC."
    if 0 < off_ms <= _STILL_ON_THE_WAY_MS:
        happened += (
            " It may also have been sent late, such as an attempt that repeats an earlier one's bytes."
        )
        return Mistake("timestamp-too-old", happened, f"Sign each attempt afresh. {_MEASURE}", _WINDOW_SOURCE)
    name = "timestamp-too-old" if off_ms > 0 else "timestamp-ahead"
    return Mistake(name, happened, _MEASURE, _WINDOW_SOURCE)


def spoken(ms: int) -> str:
    """A length of time in words: ``1 h 2 min 3.004 s``."""
    minutes, rest_ms = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    if rest_ms or not parts:
        parts.append(f"{rest_ms / 1000:g} s")
    return " ".join(parts)
