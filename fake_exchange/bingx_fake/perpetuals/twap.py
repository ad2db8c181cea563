"""Orders that are carried out in slices, one after a while (TWAP).

A slice is an order with a limit that takes what is there at once and leaves nothing in the book. It goes to
the market like any other, so that all that holds for orders holds for it. When, and how, is ours (A217).
"""

from decimal import Decimal

import msgspec

from bingx_fake.agenda import Agenda, Rank
from bingx_fake.perpetuals.changing import PerpChanging
from bingx_fake.perpetuals.filters import check_worth, steps, ticks
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType, PositionSide
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.perpetuals.twap_orders import Twap, TwapStatus
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.venue import Status

LONGEST_MS = 86_400_000
"""How long one runs (O: maxDuration)."""


class _Slice(msgspec.Struct, frozen=True):
    """The next slice is due."""

    desk: "PerpSlicing"
    uid: int
    id: int


class PerpSlicing(PerpChanging):
    """Users' orders on the perpetuals of a floor, those in slices among them."""

    _agenda: Agenda

    def _learn_slices(self) -> None:
        self._slices: dict[int, int] = {}
        self._agenda.learn(_Slice, Rank.COUNTDOWN, lambda it, at_ms: it.desk.slice(it.uid, it.id, at_ms))
        self._agenda.drop(_Slice)  # of desks before this one

    def place_twap(
        self,
        uid: int,
        symbol: str,
        side: Side,
        position_side: PositionSide,
        at_ms: int,
        *,
        is_percentage: bool,
        variance: Decimal,
        trigger: Decimal | None,
        interval_ms: int,
        each: Decimal,
        total: Decimal,
        cuts: bool = True,
    ) -> Twap:
        """Have an order carried out in slices, the first of them after one interval (A).

        :param each: in coins, as ``total``.
        :raises Declined: ``NO_SUCH_MARKET``, ``NOT_TRADING``, ``PRICE_NOT_POSITIVE``, ``NOTHING_WANTED``,
            ``TOO_MANY_DECIMALS``, ``TOO_LITTLE``, ``TOO_MUCH``, ``SLICE_TOO_LARGE``, ``TWAP_TOO_LONG``.
        """
        market = self._trading(symbol)
        instrument = market.instrument
        twap = Twap(
            id=self.new_id(at_ms),
            uid=uid,
            market=market.id,
            instrument=instrument,
            side=side,
            position_side=position_side,
            is_percentage=is_percentage,
            variance=variance,
            trigger=ticks("trigger", trigger, instrument, cuts=cuts),
            interval_ms=interval_ms,
            each=steps(each, instrument, cuts=cuts),
            total=steps(total, instrument, cuts=cuts),
            created_ms=at_ms,
            updated_ms=at_ms,
            orders=[],
        )
        check_worth(instrument, instrument.nominal(market.last, twap.each), closes=False)
        if twap.each > twap.total:
            raise Declined(Reason.SLICE_TOO_LARGE, each=each, total=total)
        takes_ms = -(-twap.total // twap.each) * interval_ms
        if takes_ms > LONGEST_MS:
            raise Declined(Reason.TWAP_TOO_LONG, seconds=takes_ms // 1000, most=LONGEST_MS // 1000)
        self.records.of(uid).twaps[twap.id] = twap
        self._expect_slice(twap, at_ms)
        return twap

    def cancel_twap(self, uid: int, twap_id: int, at_ms: int) -> Twap:
        """Carry out no more of it.

        :raises Declined: ``NO_SUCH_ORDER``, ``FILLED``, ``FINISHED``.
        """
        twap = self.find_twap(uid, twap_id)
        if twap.status is TwapStatus.FILLED:
            raise Declined(Reason.FILLED, order_id=twap_id, client_id="")
        if not twap.status.is_open:
            raise Declined(Reason.FINISHED, order_id=twap_id, client_id="", status=twap.status.value)
        self._end(twap, at_ms, is_failed=False)
        return twap

    def find_twap(self, uid: int, twap_id: int) -> Twap:
        """A user's order in slices, by its id.

        :raises Declined: ``NO_SUCH_ORDER``.
        """
        twap = self.records.of(uid).twaps.get(twap_id)
        if twap is None:
            raise Declined(Reason.NO_SUCH_ORDER, order_id=twap_id, client_id="")
        return twap

    def expect_slices(self, now_ms: int) -> None:
        """Have slices of orders of before carried out; those that were due meanwhile are not made up for."""
        for user in self.records.users.values():
            for twap in user.twaps.values():
                if twap.status.is_open and twap.id not in self._slices:
                    self._expect_slice(twap, max(now_ms, twap.created_ms))

    def _expect_slice(self, twap: Twap, now_ms: int) -> None:
        done = (now_ms - twap.created_ms) // twap.interval_ms
        next_ms = twap.created_ms + (done + 1) * twap.interval_ms
        what = _Slice(self, twap.uid, twap.id)
        self._slices[twap.id] = self._agenda.add(next_ms, what, every_ms=twap.interval_ms)

    def slice(self, uid: int, twap_id: int, at_ms: int) -> None:
        """Carry out the next slice, if the price is one to do so."""
        twap = self.records.of(uid).twaps[twap_id]
        market = self._floor.stalls[twap.market].market
        if at_ms > twap.created_ms + LONGEST_MS or market.status is Status.DELISTED:
            self._end(twap, at_ms, is_failed=False)
            return
        limit = self._limit(twap, market.last)
        if limit is None or not market.is_trading or self.is_settling(twap.market, at_ms):
            return
        user = self.records.of(uid)
        quantity = min(twap.each, twap.total - twap.filled)
        new = NewPerpOrder(
            symbol=twap.instrument.symbol,
            side=twap.side,
            type=PerpType.LIMIT,
            position_side=twap.position_side if user.is_hedging else PositionSide.BOTH,
            quantity=twap.instrument.quantity(quantity),
            price=twap.instrument.price(limit),
            time_in_force=TimeInForce.IOC,
        )
        try:
            order = self.draft(uid, new, at_ms)
        except Declined:
            self._end(twap, at_ms, is_failed=True)
            return
        order.id, order.main = self.new_id(at_ms), twap.id
        twap.orders.append(order.id)
        self._enter(order, at_ms)
        twap.filled += order.filled
        twap.status, twap.updated_ms = TwapStatus.RUNNING, at_ms
        if twap.filled == twap.total:
            self._end(twap, at_ms, is_failed=False)

    @staticmethod
    def _limit(twap: Twap, last: int) -> int | None:
        """The worst price of a slice, in ticks; None where the price is on the wrong side of the trigger."""
        buys, instrument = twap.side is Side.BUY, twap.instrument
        if last >= twap.trigger if buys else last <= twap.trigger:
            return None
        if twap.is_percentage:
            room = int(Decimal(last) * twap.variance / 100)
        else:
            room = instrument.ticks(twap.variance)
        return min(last + room, twap.trigger) if buys else max(last - room, twap.trigger)

    def _end(self, twap: Twap, at_ms: int, *, is_failed: bool) -> None:
        """Let it be over, with what is filled of it."""
        number = self._slices.pop(twap.id, None)
        if number is not None:
            self._agenda.remove(number)
        if twap.filled == twap.total:
            twap.status = TwapStatus.FILLED
        elif twap.filled:
            twap.status = TwapStatus.REST_FAILED if is_failed else TwapStatus.REST_CANCELLED
        else:
            twap.status = TwapStatus.FAILED if is_failed else TwapStatus.CANCELLED
        twap.updated_ms = at_ms

    def _stop_slices(self, uid: int, at_ms: int) -> None:
        """End all of a user's."""
        for twap in self.records.of(uid).twaps.values():
            if twap.status.is_open:
                self._end(twap, at_ms, is_failed=False)
