"""What users choose on the perpetuals: the mode of positions, leverage, and the type and amount of margin."""

from decimal import Decimal

from bingx_fake.books.money import EXACT, ZERO, minus
from bingx_fake.perpetuals.funding import PerpFunding
from bingx_fake.perpetuals.orders import PerpOrder, PositionSide
from bingx_fake.perpetuals.positions import Position, share
from bingx_fake.perpetuals.reasons import Declined, Reason
from bingx_fake.perpetuals.tiers import most_value, terms_of

_add, _subtract = EXACT.add, EXACT.subtract


class PerpChoosing(PerpFunding):
    """Users' choices, which go with what they have already."""

    def set_mode(self, uid: int, *, is_hedging: bool) -> None:
        """Let a user have one position of each market, or a long and a short one.

        :raises Declined: ``TWAP_OPEN``, ``MODE_IN_USE``.
        """
        self.check_mode(uid, is_hedging=is_hedging)
        self.records.of(uid).is_hedging = is_hedging
        for choice in self.records.of(uid).choices.values():
            choice.is_separate = False  # which is for hedge mode (R, D)

    def check_mode(self, uid: int, *, is_hedging: bool) -> None:
        """Refuse another mode while there is anything that is of the one that there is.

        :raises Declined: ``TWAP_OPEN``, ``MODE_IN_USE``.
        """
        user = self.records.of(uid)
        if is_hedging is user.is_hedging:
            return
        if user.is_slicing:
            raise Declined(Reason.TWAP_OPEN)
        if user.open or user.positions or self.is_coming(uid):
            raise Declined(Reason.MODE_IN_USE)

    def set_margin_type(self, uid: int, symbol: str, *, is_isolated: bool, is_separate: bool = False) -> None:
        """Let positions of a market have margin of their own, or share the wallet.

        :param is_separate: let isolated ones stand each for itself, in hedge mode.
        :raises Declined: ``NO_SUCH_MARKET``, ``SEPARATE_IN_ONE_WAY_MODE``, ``TWAP_OPEN``,
            ``MARGIN_TYPE_IN_USE``.
        """
        market, user = self.market(symbol).id, self.records.of(uid)
        choice = user.choice(market)
        if is_separate and not user.is_hedging:
            raise Declined(Reason.SEPARATE_IN_ONE_WAY_MODE)
        if (is_isolated, is_separate) == (choice.is_isolated, choice.is_separate):
            return
        if user.is_slicing:
            raise Declined(Reason.TWAP_OPEN)
        if user.open_on(market) or self.records.positions(uid, market) or self.is_coming(uid):
            raise Declined(Reason.MARGIN_TYPE_IN_USE, symbol=symbol)
        choice.is_isolated, choice.is_separate = is_isolated, is_separate

    def set_leverage(self, uid: int, symbol: str, side: PositionSide, leverage: int, at_ms: int) -> int:
        """Choose the leverage of a market, of one side in hedge mode; what is there goes on with it.

        Of a market whose money is in its coin each side is chosen singly in either mode (ours, A240).

        :raises Declined: ``NO_SUCH_MARKET``, ``WRONG_SIDE_OF_MODE``, ``LEVERAGE_TOO_HIGH``, ``OVER_LIMIT``,
            ``TOO_LITTLE_MARGIN``.
        """
        market, user = self.market(symbol).id, self.records.of(uid)
        if self.product == "swap" and (side is PositionSide.BOTH) is user.is_hedging:
            raise Declined(Reason.WRONG_SIDE_OF_MODE, mode="hedge" if user.is_hedging else "one-way")
        highest = terms_of(self.market(symbol).instrument).most_leverage
        if leverage > highest:
            raise Declined(Reason.LEVERAGE_TOO_HIGH, leverage=leverage, most=highest)
        sides = [is_long for is_long in (True, False) if side is not _BUT[is_long]]
        positions = [it for it in self.records.positions(uid, market) if it.is_long in sides]
        orders = [it for it in user.open_on(market) if it.of_long in sides]
        self._check_leverage(uid, positions, orders, leverage)
        choice = user.choice(market)
        if True in sides:
            choice.long_leverage = leverage
        if False in sides:
            choice.short_leverage = leverage
        for position in positions:
            before, former = position.margin, position.leverage
            change = _subtract(share(position.cost, 1, leverage), position.initial_margin)
            position.leverage = leverage
            if position.is_isolated:
                position.margin = _add(position.margin, change)
                reason = "IncreaseLeverage" if leverage > former else "ReduceLeverage"
                moved = _subtract(position.margin, before)
                self._settlement.note_margin(position, reason, moved, at_ms)
            self.records.changes(position)
            self._settlement.touch(uid)
        for order in orders:
            order.leverage = leverage
            user.changes(order)
        self.follow(at_ms)
        return leverage

    def _check_leverage(
        self, uid: int, positions: list[Position], orders: list[PerpOrder], leverage: int
    ) -> None:
        """Whether what is there can go on with another leverage."""
        more: dict[str, Decimal] = {}
        for position in positions:
            instrument = position.instrument
            value = instrument.nominal(self.margins.mark(position.market), position.quantity)
            most = most_value(leverage, instrument)
            if value > most:
                unit = instrument.quote
                raise Declined(Reason.OVER_LIMIT, value=value, most=most, leverage=leverage, unit=unit)
            change = _subtract(share(position.cost, 1, leverage), position.initial_margin)
            asset = position.instrument.coin
            more[asset] = _add(more.get(asset, ZERO), change)
        for order in orders:
            if not order.closes and not order.is_waiting:
                value = order.instrument.worth(order.price, order.leaves)
                change = _subtract(share(value, 1, leverage), share(value, 1, order.leverage))
                asset = order.instrument.coin
                more[asset] = _add(more.get(asset, ZERO), change)
        for asset, needed in more.items():
            available = self.margins.wallet(uid, asset).available
            if needed > available:
                raise Declined(Reason.TOO_LITTLE_MARGIN, asset=asset, needed=needed, available=available)

    def change_margin(
        self, uid: int, symbol: str, side: PositionSide | None, amount: Decimal, at_ms: int
    ) -> Position:
        """Add to the margin of an isolated position, or take from it (an amount below zero).

        :param side: which one, in hedge mode; None for the one that there is.
        :raises Declined: ``NO_SUCH_MARKET``, ``NO_POSITION``, ``NOT_ISOLATED``, ``TOO_LITTLE_MARGIN``,
            ``TOO_LITTLE_TO_TAKE``.
        """
        market = self.market(symbol).id
        positions = [it for it in self.records.positions(uid, market) if side is not _BUT[it.is_long]]
        if not positions:
            raise Declined(Reason.NO_POSITION, symbol=symbol)
        position = positions[0]
        if not position.is_isolated:
            raise Declined(Reason.NOT_ISOLATED, symbol=symbol)
        asset = position.instrument.coin
        if amount > 0:
            available = self.margins.wallet(uid, asset).available
            if amount > available:
                raise Declined(Reason.TOO_LITTLE_MARGIN, asset=asset, needed=amount, available=available)
        elif minus(amount) > self.margins.removable(position):
            most = self.margins.removable(position)
            raise Declined(Reason.TOO_LITTLE_TO_TAKE, amount=minus(amount), most=most)
        position.margin = _add(position.margin, amount)
        position.updated_ms = at_ms
        self.records.changes(position)
        reason = "ManualMarginAddition" if amount > 0 else "ManualMarginReduction"
        self._settlement.note_margin(position, reason, amount, at_ms)
        self._settlement.touch(uid)
        self.follow(at_ms)
        return position

    def set_auto_margin(self, uid: int, symbol: str, position_id: int, amount: Decimal) -> Position:
        """Have margin added to an isolated position before it is liquidated (ours, A214).

        :param amount: the most of it; 0 for none any more.
        :raises Declined: ``NO_SUCH_MARKET``, ``NOT_HEDGING``, ``NO_SUCH_POSITION``, ``NOT_ISOLATED``.
        """
        market = self.market(symbol).id
        if not self.records.of(uid).is_hedging:
            raise Declined(Reason.NOT_HEDGING)
        for position in self.records.positions(uid, market):
            if position.id == position_id:
                if not position.is_isolated:
                    raise Declined(Reason.NOT_ISOLATED, symbol=symbol)
                position.auto_margin = amount
                return position
        raise Declined(Reason.NO_SUCH_POSITION, position_id=position_id)

    def give(self, uid: int, asset: str, amount: Decimal) -> None:
        """Give a user money to try things with, or take some away (an amount below zero; ours, A215).

        :raises Declined: ``TOO_LITTLE_MARGIN``.
        """
        account = self.margins.account
        if amount > 0:
            self._ledger.credit(uid, account, asset, amount)
            return
        available = self.margins.wallet(uid, asset).available
        if minus(amount) > available:
            raise Declined(Reason.TOO_LITTLE_MARGIN, asset=asset, needed=minus(amount), available=available)
        self._ledger.debit(uid, account, asset, minus(amount))


_BUT = {True: PositionSide.SHORT, False: PositionSide.LONG}
"""The side that a position, long or not, is none of."""
