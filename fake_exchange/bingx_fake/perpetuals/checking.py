"""Whether an order for a perpetual is taken: what it asks for, held against the market and its user."""

from collections.abc import Callable
from decimal import Decimal

from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import EXACT
from bingx_fake.market.floor import Floor
from bingx_fake.perpetuals.filters import check_stop, size, ticks
from bingx_fake.perpetuals.margins import ACCOUNTS, Margins, PerpRates, Wallet
from bingx_fake.perpetuals.orders import (
    NewPerpOrder,
    PerpOrder,
    PerpStatus,
    PerpType,
    PositionSide,
    WorkingType,
)
from bingx_fake.perpetuals.positions import Net, Position
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.perpetuals.records import PerpRecords, UserPerps
from bingx_fake.perpetuals.settlement import Settlement
from bingx_fake.perpetuals.tiers import most_value
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.filters import MOST_OPEN
from bingx_fake.venue.instruments import Perpetual
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.venue import Market

_subtract = EXACT.subtract

SETTLING_MS = 1_000
"""How long after a boundary orders are refused (ours, A188)."""
MOST_WAITING = 200
"""How many of a user's orders may wait for a price (ours, A190)."""


class PerpChecking:
    """What users have on the perpetuals of a floor, and whether another order goes with it.

    :param ledger: has the wallets.
    :param new_id: gives the id of an order that is placed at a time.
    :param product: which perpetuals; what users have on others is none of this.
    """

    def __init__(
        self, floor: Floor, ledger: Ledger, new_id: Callable[[int], int], product: Perpetual = "swap"
    ) -> None:
        self.product = product
        self._floor = floor
        self._ledger = ledger
        self.new_id = new_id
        self.records = PerpRecords()
        self.own_rates: dict[int, PerpRates] = {}
        account = ACCOUNTS[product]
        self.margins = Margins(floor, ledger, self.records, self.rates, account)
        self._settlement = Settlement(ledger, self.records, self.rates, new_id, account)
        self._coming: dict[int, PerpOrder] = {}
        self.funded_ms: dict[MarketId, int] = {}

    def rates(self, uid: int) -> PerpRates:
        """What a user pays as a maker, and as a taker."""
        return self.own_rates.get(uid, _USUAL_RATES)

    def is_coming(self, uid: int) -> bool:
        """Whether an order of a user's was taken that is still to be placed."""
        return any(order.uid == uid for order in self._coming.values())

    def market(self, symbol: str) -> Market:
        """The perpetual of a symbol.

        :raises Declined: ``NO_SUCH_MARKET``.
        """
        stall = self._floor.stalls.get((self.product, symbol))
        if stall is None:
            raise Declined(Reason.NO_SUCH_MARKET, symbol=symbol)
        return stall.market

    def open_interest(self, market: MarketId) -> int:
        """How many steps of a market are held by longs, and so by shorts."""
        held = [
            position
            for uid in self.records.holders.get(market, ())
            for position in self.records.positions(uid, market)
        ]
        nets = [nets[market].quantity for nets in self.exchange_holds if market in nets]
        longs = sum(position.quantity for position in held if position.is_long)
        return longs + sum(net for net in nets if net > 0)

    @property
    def exchange_holds(self) -> tuple[dict[MarketId, Net], dict[MarketId, Net]]:
        """What the house and the insurance hold on the other side of all users."""
        return self._settlement.house, self._settlement.insurance

    def draft(self, uid: int, new: NewPerpOrder, at_ms: int, *, cuts: bool = True) -> PerpOrder:
        """What an order would be that is taken now. It is checked, has no id, and nobody knows it.

        :param cuts: whether decimals that are too many are cut, or declined (V40).
        :raises Declined: checked in the order in which ``Reason`` lists them (ours, A151).
        """
        market = self.market(new.symbol)
        self._check_open_for_orders(market, at_ms)
        user = self.records.of(uid)
        position_side = self._position_side(user, new)
        closes = new.reduce_only or new.close_position or new.type.only_closes
        if position_side is not PositionSide.BOTH:
            closes = (new.side is Side.BUY) is not (position_side is PositionSide.LONG)
            if new.type.only_closes and not closes:
                raise Declined(Reason.NO_POSITION, symbol=new.symbol)
        sized = size(new, market, closes=closes, current=self.price(market, new.working), cuts=cuts)
        order = PerpOrder(
            id=0,
            uid=uid,
            market=market.id,
            instrument=market.instrument,
            side=new.side,
            position_side=position_side,
            type=new.type,
            time_in_force=new.time_in_force,
            client_id=new.client_id,
            price=sized.price,
            stop=sized.stop,
            quantity=sized.quantity,
            amount=None if new.quantity else new.amount,
            working=new.working,
            reduce_only=new.reduce_only,
            close_position=new.close_position,
            closes=closes,
            rises=sized.rises,
            trail=sized.trail,
            leverage=1,
            placed_ms=at_ms,
            updated_ms=at_ms,
            take_profit=new.take_profit,
            stop_loss=new.stop_loss,
        )
        order.leverage = user.choice(market.id).leverage(is_long=order.of_long)
        self._check_named(order, user, new.position_id)
        self._check(order, user, market, at_ms)
        return order

    def _check_named(self, order: PerpOrder, user: UserPerps, position_id: int) -> None:
        """Whether an order that closes is about the position that it names; separate ones are named."""
        if not order.closes:
            self.check_separate(order)
            return
        position = user.positions.get((order.market, order.of_long))
        if position_id and (position is None or position.id != position_id):
            raise Declined(Reason.NO_SUCH_POSITION, position_id=position_id)
        if not position_id and user.choice(order.market).is_separate:
            raise Declined(Reason.POSITION_ID_MISSING)

    def check_separate(self, order: PerpOrder) -> None:
        """Whether what an order opens would be a second separate position of its side (ours, A192)."""
        user = self.records.of(order.uid)
        if not user.choice(order.market).is_separate:
            return
        of_side = [it for it in user.open_on(order.market) if not it.closes and it.of_long is order.of_long]
        coming = [
            it
            for it in self._coming.values()
            if (it.uid, it.market, it.closes, it.of_long) == (order.uid, order.market, False, order.of_long)
        ]
        if of_side or coming or (order.market, order.of_long) in user.positions:
            side = "long" if order.of_long else "short"
            raise Declined(Reason.SECOND_SEPARATE, symbol=order.instrument.symbol, side=side)

    def _check_open_for_orders(self, market: Market, at_ms: int) -> None:
        """Whether a market has begun (ours, A190), and does not settle funding (ours, A188)."""
        symbol = market.instrument.symbol
        if at_ms < market.instrument.online_ms:
            raise Declined(Reason.NOT_TRADING, symbol=symbol, status="unlaunched")
        if self.is_settling(market.id, at_ms):
            raise Declined(Reason.SETTLING_FUNDING, symbol=symbol)

    def is_settling(self, market: MarketId, at_ms: int) -> bool:
        """Whether funding of a market was due a moment ago (ours, A188)."""
        return 0 <= at_ms - self.funded_ms.get(market, -SETTLING_MS) < SETTLING_MS

    def find(self, uid: int, symbol: str | None, *, order_id: int = 0, client_id: str = "") -> PerpOrder:
        """A user's order by its id, or by the user's name for it.

        :raises Declined: ``NO_SUCH_MARKET``, ``NO_SUCH_ORDER``.
        """
        market = None if symbol is None else self.market(symbol).id
        return self.records.find(uid, market, order_id=order_id, client_id=client_id)

    def price(self, market: Market, working: WorkingType) -> int:
        """The price that an order of a working type waits for, in ticks."""
        match working:
            case WorkingType.MARK_PRICE:
                return market.mark_price
            case WorkingType.INDEX_PRICE:
                return market.index_price
            case WorkingType.CONTRACT_PRICE:
                return market.last

    def _position_side(self, user: UserPerps, new: NewPerpOrder) -> PositionSide:
        side = new.position_side
        if not user.is_hedging:
            if side not in (None, PositionSide.BOTH):
                raise Declined(Reason.WRONG_POSITION_SIDE, mode="one-way")
            return PositionSide.BOTH
        if side is None:
            raise Declined(Reason.POSITION_SIDE_MISSING)
        if side is PositionSide.BOTH:
            raise Declined(Reason.WRONG_POSITION_SIDE, mode="hedge")
        if new.reduce_only:
            raise Declined(Reason.REDUCE_ONLY_IN_HEDGE_MODE)
        return side

    def _check(self, order: PerpOrder, user: UserPerps, market: Market, at_ms: int) -> None:
        """Hold an order against what its user has."""
        for attached in (order.take_profit, order.stop_loss):
            if attached is not None:
                stop = ticks("stop", attached.stop, market.instrument)
                if attached.type.has_limit:
                    ticks("price", attached.price, market.instrument)
                current = order.price if order.type.has_limit else self.price(market, attached.working)
                check_stop(attached.type, order.side.other, market.instrument, stop, current)
        self._check_name(order)
        if len(user.open) >= MOST_OPEN:
            raise Declined(Reason.TOO_MANY_OPEN, most=MOST_OPEN)
        if order.type.waits and sum(it.is_waiting for it in user.open.values()) >= MOST_WAITING:
            raise Declined(Reason.TOO_MANY_WAITING, most=MOST_WAITING)
        if order.closes:
            self._check_closing(order, user)
        wallet = None if order.closes else self.margins.wallet(order.uid, order.instrument.coin)
        if wallet is not None and order.type.has_limit:
            self._check_liquidation(order, user, wallet)
        if order.time_in_force is TimeInForce.POST_ONLY and order.type is PerpType.LIMIT:
            self._check_rests(order, market, at_ms)
        if wallet is not None and not order.type.waits:
            self._check_margin(order, user, wallet)

    def check_again(self, order: PerpOrder) -> None:
        """Check once more what may have changed since an order was taken.

        :raises Declined: where it is not taken any more.
        """
        market = self._floor.stalls[order.market].market
        if not market.is_trading:
            raise Declined(Reason.NOT_TRADING, symbol=order.instrument.symbol, status=market.status.value)
        user = self.records.of(order.uid)
        if order.closes:
            self._check_closing(order, user)
        elif not order.type.waits:
            self._check_margin(order, user)

    def _check_name(self, order: PerpOrder) -> None:
        """A name is one order's for good (ours, A158)."""
        if not order.client_id:
            return
        known = self.records.by_client_id(order.uid, order.client_id)
        coming = [
            it for it in self._coming.values() if (it.uid, it.client_id) == (order.uid, order.client_id)
        ]
        if coming or known is not None:
            taken = coming[0] if known is None else known
            raise Declined(Reason.CLIENT_ID_TAKEN, client_id=order.client_id, order_id=taken.id)

    def _check_closing(self, order: PerpOrder, user: UserPerps) -> None:
        position = user.positions.get((order.market, order.of_long))
        if position is None:
            raise Declined(Reason.NO_POSITION, symbol=order.instrument.symbol)
        if order.type.waits:
            there = [
                it
                for it in user.open_on(order.market)
                if it.is_waiting
                and it.closes
                and it.of_long is order.of_long
                and _purpose(it) == _purpose(order)
            ]
            if order.close_position and any(it.close_position for it in there):
                raise Declined(Reason.STOP_EXISTS, kind="stop" if order.type.stops else "profit")
            available = position.quantity - sum(it.quantity for it in there)
        else:
            available = self.closable(position)
        if order.quantity > available:
            reason = Reason.WOULD_OPEN if order.reduce_only else Reason.TOO_MUCH_TO_CLOSE
            quantity = order.instrument.quantity
            raise Declined(reason, quantity=quantity(order.quantity), available=quantity(available))

    def _check_liquidation(self, order: PerpOrder, user: UserPerps, wallet: Wallet) -> None:
        """Whether what an order adds to is still there when its price is reached (ours, A189)."""
        is_long = order.side is Side.BUY
        position = user.positions.get((order.market, is_long))
        mark = self.margins.mark(order.market)
        if position is None or (order.price > mark if is_long else order.price < mark):
            return
        liquidation = self.margins.liquidation_price(position, wallet)
        price = order.instrument.price(order.price)
        if liquidation and (price <= liquidation if is_long else price >= liquidation):
            side = "long" if is_long else "short"
            raise Declined(Reason.BEYOND_LIQUIDATION, side=side, price=price, liquidation=liquidation)

    def closable(self, position: Position) -> int:
        """How many steps of a position no order in the book closes already."""
        user = self.records.of(position.uid)
        closing = [it.leaves for it in user.resting_on(position.market) if is_against(it, position)]
        return max(position.quantity - sum(closing), 0)

    def _check_rests(self, order: PerpOrder, market: Market, at_ms: int) -> None:
        self._floor.stalls[market.id].house.lay(at_ms)
        best = market.book.best(order.side.other)
        if best is None or (order.price < best if order.side is Side.BUY else order.price > best):
            return
        price = order.instrument.price
        raise Declined(Reason.WOULD_TAKE, price=price(order.price), best=price(best))

    def _check_margin(self, order: PerpOrder, user: UserPerps, wallet: Wallet | None = None) -> None:
        market, asset = order.market, order.instrument.coin
        needed = self.margins.needs_besides(user, order)
        if not needed:
            return
        position = user.positions.get((market, order.of_long))
        has = 0 if position is None else position.quantity
        rests = self.margins.opening(user, market, order.side).steps
        value = order.instrument.nominal(order.price, has + rests + order.leaves)
        most = most_value(order.leverage, order.instrument)
        if value > most:
            unit = order.instrument.quote
            raise Declined(Reason.OVER_LIMIT, value=value, most=most, leverage=order.leverage, unit=unit)
        available = (wallet or self.margins.wallet(order.uid, asset)).available
        if needed > available:
            raise Declined(Reason.TOO_LITTLE_MARGIN, asset=asset, needed=needed, available=available)


def _purpose(order: PerpOrder) -> tuple[bool, bool, bool]:
    """What a waiting order is for: those of one purpose together close no more than there is (D)."""
    return order.type.stops, order.type.takes, order.type.trails


def is_against(order: PerpOrder, position: Position) -> bool:
    """Whether an order in the book would make a position smaller."""
    if order.position_side is PositionSide.BOTH:
        return (order.side is Side.SELL) is position.is_long
    return order.closes and order.of_long is position.is_long


def check_open(order: PerpOrder, only_if: PerpStatus | None = None) -> None:
    """Refuse to cancel an order that is finished, or in another state than the one asked for."""
    if order.status is PerpStatus.FILLED:
        raise Declined(Reason.FILLED, order_id=order.id, client_id=order.client_id)
    facts: dict[str, Decimal | int | str] = {
        "order_id": order.id,
        "client_id": order.client_id,
        "status": order.status.value,
    }
    if not order.is_open:
        raise Declined(Reason.FINISHED, **facts)
    if only_if not in (None, order.status):
        raise Declined(Reason.OTHER_STATUS, **facts, asked=only_if.value if only_if else "")


_USUAL_RATES = PerpRates()
