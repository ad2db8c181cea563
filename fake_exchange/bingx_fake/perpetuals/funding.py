"""Funding: every eight hours longs pay shorts, or shorts longs, a part of what positions are worth.

The house, on the other side of its users, pays and receives like anybody else: what users pay together goes
to the ledger's ``funding``, and what they receive comes from there.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

import msgspec

from bingx_fake.agenda import Agenda, Rank
from bingx_fake.books.money import EXACT, ZERO, cut
from bingx_fake.market.stall import Stall
from bingx_fake.perpetuals.positions import Position
from bingx_fake.perpetuals.risk import PerpRisk
from bingx_fake.perpetuals.settlement import Changes
from bingx_fake.venue.commands import MarketId

INTERVAL_HOURS = 8
"""Between two boundaries (O: 1, 2, 4 or 8)."""
INTERVAL_MS = INTERVAL_HOURS * 3_600_000
USUAL = Decimal("0.0001")
"""The rate where mark and index are the same (ours, A170)."""
MOST = Decimal("0.003")
"""The highest rate, and with the other sign the lowest (ours, A170)."""
_ROOM = Decimal("0.0005")

_add, _subtract, _multiply = EXACT.add, EXACT.subtract, EXACT.multiply
_ROUNDED = Context(prec=40, rounding=ROUND_HALF_EVEN)
_EIGHT = Decimal("0.00000001")


def next_funding_ms(now_ms: int) -> int:
    """The next boundary after a time: multiples of eight hours, UTC (P, D, O)."""
    return (now_ms // INTERVAL_MS + 1) * INTERVAL_MS


def rate(stall: Stall) -> Decimal:
    """What longs pay of what they hold, at the next boundary as things are: somebody's, or worked out.

    The premium of the mark over the index, drawn towards the usual rate by 0.05 % at most, and never more
    than 0.3 % (ours, A170).
    """
    if stall.funding is not None:
        return stall.funding
    market = stall.market
    mark, index = Decimal(market.mark_price), Decimal(market.index_price)
    premium = _ROUNDED.divide(_subtract(mark, index), index)
    pull = min(max(_ROUNDED.subtract(USUAL, premium), -_ROOM), _ROOM)
    worked_out = min(max(_ROUNDED.add(premium, pull), -MOST), MOST)
    return worked_out.quantize(_EIGHT, ROUND_HALF_EVEN)


class Settled(NamedTuple):
    """Funding of a market, as it was settled."""

    at_ms: int
    rate: Decimal
    mark: int


class _Funding(msgspec.Struct, frozen=True):
    """Funding of a market is settled."""

    desk: "PerpFunding"
    market: MarketId


class PerpFunding(PerpRisk):
    """Users' positions, for which funding is paid and received.

    ``settled`` is what was settled of each market, the oldest first.
    """

    _agenda: Agenda

    def _learn_funding(self) -> None:
        """Have the agenda know how funding is settled."""
        self.settled: dict[MarketId, list[Settled]] = {}
        self._fundings: dict[MarketId, int] = {}
        self._agenda.learn(_Funding, Rank.FUNDING, lambda it, at_ms: it.desk.settle_due(it.market, at_ms))
        self._agenda.drop(_Funding)  # of desks before this one and those of the same exchange

    def know_fundings(self, fundings: Mapping[MarketId, list[Settled]]) -> None:
        """Have funding that was settled before, the oldest first, of markets of which nothing is here.

        What was settled at a boundary was due then: orders are refused for a moment after it (ours, A270).
        """
        for market, rows in fundings.items():
            self.settled[market] = rows
            boundaries = [row.at_ms for row in rows if row.at_ms % INTERVAL_MS == 0]
            if boundaries:
                self.funded_ms[market] = boundaries[-1]

    def expect_funding(self, market: MarketId, now_ms: int) -> None:
        """Have funding settled at the next boundary, as long as somebody holds a position."""
        if market not in self._fundings and self.records.holders.get(market):
            self._fundings[market] = self._agenda.add(next_funding_ms(now_ms), _Funding(self, market))

    def settle_due(self, market: MarketId, at_ms: int) -> None:
        """Settle what the agenda had for now, and expect the next."""
        del self._fundings[market]
        if self.records.holders.get(market):
            self.funded_ms[market] = at_ms
            self.settle_funding(market, at_ms)
            self.expect_funding(market, at_ms)

    def settle_funding(self, market: MarketId, at_ms: int) -> None:
        """Settle funding of a market now, at the mark and the rate that there are."""
        stall = self._floor.stalls[market]
        current, mark = rate(stall), stall.market.mark_price
        self.settled.setdefault(market, []).append(Settled(at_ms, current, mark))
        changes = Changes(stall.market.instrument.coin)
        for uid in self.records.holders.get(market, ()):
            for position in self.records.positions(uid, market):
                self._fund(position, current, mark, changes, at_ms)
        self._settlement.post(changes, at_ms)
        self._tell("FUNDING_FEE", at_ms)
        self.follow(at_ms)

    def _fund(self, position: Position, current: Decimal, mark: int, changes: Changes, at_ms: int) -> None:
        """Let one position pay, or receive: an isolated one out of its own margin (D)."""
        exact = _multiply(position.value(mark), current)
        amount = cut(exact.copy_negate() if position.is_long else exact)
        if not amount:
            return
        uid = position.uid
        position.funding = _add(position.funding, amount)
        changes.pay(uid, amount)
        changes.funding = _subtract(changes.funding, amount)
        if position.is_isolated:
            before = position.margin
            position.margin = max(_add(before, amount), ZERO)
            self.records.changes(position)
            uncovered = _subtract(_subtract(position.margin, before), amount)
            if uncovered:
                changes.uncovered[uid] = _add(changes.uncovered.get(uid, ZERO), uncovered)
            change = _subtract(position.margin, before)
            self._settlement.note_margin(position, "FundingFeeSettlement", change, at_ms)
            self._settlement.changed[position.id] = position
        elif amount < 0:
            changes.losses[uid] = _subtract(changes.losses.get(uid, ZERO), amount)
        self.records.earn(uid, position.market, "FUNDING_FEE", amount, changes.asset, at_ms)
        self._settlement.touch(uid)
