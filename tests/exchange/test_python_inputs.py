"""What only Python can give wrong: numbers that are none, or none that make sense, change nothing."""

from typing import Any

import pytest
from support.sender import NOW_MS

from bingx_fake import FakeExchange

NO_WHOLE_NUMBER = [1.5, True, "1", float("nan")]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"journal_size": 0}, "a journal keeps 1 request or more, not 0"),
        ({"journal_size": -1}, "a journal keeps 1 request or more, not -1"),
        ({"journal_size": 2.5}, r"the size of a journal must be a whole number, not 2\.5"),
        ({"frozen_at_ms": -5}, "-5 ms is not a time between 1970 and 9999"),
        ({"frozen_at_ms": 1.5}, r"a time in milliseconds must be a whole number, not 1\.5"),
    ],
)
def test_an_exchange_does_not_start_with_it(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        FakeExchange(**options)


@pytest.mark.parametrize("number", NO_WHOLE_NUMBER)
@pytest.mark.parametrize(("change", "name"), [("advance", "ms"), ("freeze", "now_ms"), ("run", "offset_ms")])
def test_a_clock_is_not_changed_by_it(exchange: FakeExchange, change: str, name: str, number: Any) -> None:
    with pytest.raises(ValueError, match="must be a whole number"):
        getattr(exchange.clock, change)(**{name: number})
    assert exchange.clock.now_ms() == NOW_MS
