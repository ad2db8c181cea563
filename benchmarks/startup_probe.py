"""Times the first ``FakeExchange()`` of a fresh process and its ``reset()``; prints one line of JSON."""

import json
import time

from bingx_fake import FakeExchange

_RESETS = 30


def main() -> None:
    """Measure and print milliseconds."""
    started = time.perf_counter()
    exchange = FakeExchange()
    constructor_ms = 1000 * (time.perf_counter() - started)
    with exchange:
        reset_ms = [_reset(exchange) for _ in range(_RESETS)]
    print(json.dumps({"constructor_ms": constructor_ms, "reset_ms": reset_ms}), flush=True)


def _reset(exchange: FakeExchange) -> float:
    started = time.perf_counter()
    exchange.reset()
    return 1000 * (time.perf_counter() - started)


if __name__ == "__main__":
    main()
