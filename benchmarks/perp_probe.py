"""Positions in perpetuals in process: a mark that moves, and funding of a month, for everybody at once.

Prints lines of JSON: ``{"doing", "done", "total"}`` on the way, and the figures at the end. Users have one
position each, long and short in turn, on both sides of one market, with fees and cross margin. What was timed
is checked: nobody was liquidated, funding came to what the rate says, and the books are conserved.
"""

import json
import sys
import time
from decimal import Decimal

from bingx_fake.clock import ExchangeClock
from bingx_fake.exchange import Exchange
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form
from bingx_fake.venue.commands import MarketId, SetMark
from bingx_fake.venue.order_book import Side

MARKED, FUNDED, DAYS = 10_000, 1_000, 30
"""Positions of one market whose mark moves; positions that are funded, and for how long."""
_NOW_MS = 1_795_000_000_000
_DAY_MS = 86_400_000
_MARKET: MarketId = ("swap", "LTC-USDT")
_OPENING = 10_000
"""In ticks of 0.01."""


def _exchange(positions: int) -> Exchange:
    """An exchange whose every user holds 10 LTC of 100 USDT, and has 1,000 USDT for them."""
    wallet = {"USDTMPerp": {"USDT": "1000"}}
    market = {"product": "swap", "symbol": _MARKET[1], "tick": "0.01", "step": "0.1", "price": "100"}
    form = read_form(
        {
            "users": [{"uid": uid, "balances": wallet} for uid in range(1, positions + 1)],
            "markets": [market | {"ladder": "none"}],
        }
    )
    exchange = Exchange(Settings(form, lambda: ExchangeClock(lambda: _NOW_MS, _NOW_MS), seed=1))
    for uid in range(1, positions + 1):
        new = NewPerpOrder(
            symbol=_MARKET[1],
            side=Side.BUY if uid % 2 else Side.SELL,
            type=PerpType.LIMIT,
            quantity=Decimal(10),
            price=Decimal(100),
        )
        exchange.books.swap.place(uid, new, _NOW_MS)
    _check(exchange, positions)
    return exchange


def _check(exchange: Exchange, positions: int) -> None:
    records = exchange.books.swap.records
    assert len(records.holders[_MARKET]) == positions, "everybody has a position"
    exchange.books.ledger.assert_conserved()


def marks(rounds: int) -> list[float]:
    """Milliseconds of the processor for a mark that moves by some ticks."""
    exchange, found = _exchange(MARKED), []
    for number in range(rounds):
        mark = SetMark(_MARKET, _OPENING + 1 + number % 100)
        started = time.process_time()
        exchange.books.floor.apply(mark, _NOW_MS)
        found.append((time.process_time() - started) * 1e3)
        print(json.dumps({"doing": "marks", "done": number + 1, "total": rounds}), flush=True)
    _check(exchange, MARKED)
    return found


def fundings(rounds: int) -> list[float]:
    """Seconds of the processor for thirty days, at a boundary every eight hours."""
    found = []
    for number in range(rounds):
        exchange = _exchange(FUNDED)
        started = time.process_time()
        exchange.change_clock(lambda clock: clock.advance(DAYS * _DAY_MS))
        found.append(time.process_time() - started)
        print(json.dumps({"doing": "funding", "done": number + 1, "total": rounds}), flush=True)
        _check(exchange, FUNDED)
        (long,) = exchange.books.swap.records.positions(1)
        times = Decimal(DAYS * 3)
        assert long.funding == -times * Decimal("0.1"), "each time 0.01 % of 1,000 USDT"
    return found


def main() -> None:
    """``python -m benchmarks.perp_probe MARKS MONTHS``."""
    steps, months = map(int, sys.argv[1:])
    print(json.dumps({"ms": marks(steps), "s": fundings(months)}), flush=True)


if __name__ == "__main__":
    main()
