"""OCO orders: two of which one alone will trade."""

from collections.abc import Callable

from bingx_fake.books.ledger import Ledger
from bingx_fake.market.floor import Floor
from bingx_fake.trading.placing import Placing, check_open
from bingx_fake.trading.records import Oco
from bingx_fake.venue.filters import Declined, Reason, size
from bingx_fake.venue.orders import NewOco, NewOrder, OrderType, SpotOrder


class Pairs(Placing):
    """Users' orders, and two of them together."""

    def __init__(self, floor: Floor, ledger: Ledger, new_id: Callable[[int], int]) -> None:
        super().__init__(floor, ledger, new_id)
        self._coming_pairs: dict[int, Oco] = {}

    def place_oco(self, uid: int, new: NewOco, at_ms: int, *, cuts: bool = True) -> Oco:
        """Place an order with a limit and one with a stop, of which one alone will trade.

        The limit leg holds for both. When it begins to fill the other one fails, and when that one's stop
        price is reached the limit leg is cancelled.

        :raises Declined: what ``place`` raises for either leg, and ``WRONG_WAY``.
        """
        market = self._stall(new.symbol).market
        instrument = market.instrument
        legs = [
            self._drafted(uid, order, size(order, market, cuts=cuts), market, at_ms)
            for order in (
                NewOrder(
                    symbol=new.symbol,
                    side=new.side,
                    type=OrderType.LIMIT,
                    quantity=new.quantity,
                    price=new.limit,
                    client_id=new.limit_client_id,
                ),
                NewOrder(
                    symbol=new.symbol,
                    side=new.side,
                    type=OrderType.TAKE_STOP_LIMIT,
                    quantity=new.quantity,
                    price=new.price,
                    stop=new.trigger,
                    client_id=new.stop_client_id,
                ),
            )
        ]
        limit, stop = legs
        if not is_between(limit, stop, market.last):
            raise Declined(
                Reason.WRONG_WAY,
                side=new.side.value,
                limit=instrument.price(limit.price),
                trigger=instrument.price(stop.stop),
                last=instrument.price(market.last),
            )
        self._check_names(uid, (new.limit_client_id, new.stop_client_id), at_ms)
        self._check_list_name(uid, new.client_id)
        self._check_number(uid, 2)
        limit.cover, stop.cover = max(limit.price, stop.price), 0
        self._check_funds(limit, instrument)
        list_id = self._new_id(at_ms)
        limit.id = self._new_id(at_ms)
        stop.id = limit.id + 1  # as in D's samples
        limit.list_id = stop.list_id = list_id
        limit.partner, stop.partner = stop.id, limit.id
        oco = Oco(
            id=list_id,
            uid=uid,
            market=market.id,
            client_id=new.client_id,
            limit_id=limit.id,
            stop_id=stop.id,
            placed_ms=at_ms,
        )
        self._enter_pair(oco, (limit, stop), at_ms)
        return oco

    def legs(self, oco: Oco) -> tuple[SpotOrder, SpotOrder]:
        """The leg with the limit and the one with the stop, as whoever placed or cancelled them is told."""
        return self.records.legs(oco)

    def _enter_pair(self, oco: Oco, legs: tuple[SpotOrder, SpotOrder], at_ms: int) -> None:
        """Let a pair that has passed all checks wait, and trade."""
        self.records.add_oco(oco)
        for leg in reversed(legs):
            self._enter(leg, at_ms)

    def cancel_oco(self, uid: int, at_ms: int, *, order_id: int = 0, client_id: str = "") -> Oco:
        """Cancel both legs, by the id of the list or of either leg, or by a name of one of them.

        :raises Declined: ``NO_SUCH_ORDER``, ``FINISHED``.
        """
        oco = self.records.find_oco(uid, order_id=order_id, client_id=client_id, at_ms=at_ms)
        legs = self.records.legs(oco)
        open_legs = [leg for leg in legs if leg.is_open]
        if not open_legs:
            check_open(legs[0])
        self._cancel(open_legs[0], at_ms)
        return oco

    def _check_list_name(self, uid: int, client_id: str) -> None:
        known = self.records.of(uid).named_ocos.get(client_id) if client_id else None
        for coming in self._coming_pairs.values():
            if client_id and (coming.uid, coming.client_id) == (uid, client_id):
                known = coming.id
        if known is not None:
            raise Declined(Reason.CLIENT_ID_TAKEN, client_id=client_id, order_id=known)


def is_between(limit: SpotOrder, stop: SpotOrder, last: int) -> bool:
    """Whether neither leg of a pair would trade at a price that is the last one."""
    below, above = (limit.price, stop.stop) if limit.side.is_buy else (stop.stop, limit.price)
    return below < last < above
