"""How much of a user's wallet is in use: by positions, by orders that would open something, and what is left.

The wallet is the ledger's balance of the perpetual account. Nothing is locked in it for margin: what may
leave it is worked out when somebody asks. Positions in cross margin share the wallet; for an isolated one an
amount of it is set apart.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import EXACT, ZERO, cut
from bingx_fake.market.floor import Floor
from bingx_fake.perpetuals.held import Sums
from bingx_fake.perpetuals.open_orders import Opening
from bingx_fake.perpetuals.orders import PerpOrder
from bingx_fake.perpetuals.positions import Position, share
from bingx_fake.perpetuals.records import PerpRecords, UserPerps
from bingx_fake.perpetuals.tiers import liquidation_value, maintenance, terms_of
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Perpetual
from bingx_fake.venue.order_book import Side

ACCOUNTS: dict[Perpetual, str] = {"swap": "USDTMPerp", "coinm": "coinMPerp"}
"""Whose balances are the wallets, by what is traded with them."""
ACCOUNT = ACCOUNTS["swap"]

_add, _subtract, _multiply = EXACT.add, EXACT.subtract, EXACT.multiply


class PerpRates(NamedTuple):
    """What a user pays of the value of a fill (O)."""

    maker: Decimal = Decimal("0.0002")
    taker: Decimal = Decimal("0.0005")


class Wallet(NamedTuple):
    """A user's wallet of one coin, and what it is used for.

    :param balance: all that is in it; ``locked`` what of it somebody else keeps.
    :param shared: the profit or loss, not realised, of positions in cross margin; ``apart`` of the others.
    :param used: the margin of positions; ``set_apart`` what of it is that of isolated ones.
    :param frozen: what orders in the book would need.
    :param kept: what the positions in cross margin need so as not to be liquidated.
    """

    balance: Decimal
    locked: Decimal
    shared: Decimal
    apart: Decimal
    used: Decimal
    set_apart: Decimal
    frozen: Decimal
    kept: Decimal

    @property
    def unrealised(self) -> Decimal:
        """The profit or loss of all positions that is not realised."""
        return _add(self.shared, self.apart)

    @property
    def equity(self) -> Decimal:
        """The wallet with that (A)."""
        return _add(self.balance, self.unrealised)

    @property
    def cross_equity(self) -> Decimal:
        """What there is for the positions that share the wallet."""
        return _subtract(_add(_subtract(self.balance, self.locked), self.shared), self.set_apart)

    @property
    def available(self) -> Decimal:
        """What may be used, or moved away: losses count, profits do not (A; losses: ours, A153)."""
        kept = _add(_add(self.used, self.frozen), self.locked)
        return max(_subtract(_add(self.balance, min(self.shared, ZERO)), kept), ZERO)


def leaving(ledger: Ledger, *margins: "Margins") -> Callable[[int, str, str], Decimal]:
    """What a ledger is to ask: how much of a user's account and coin may leave, wallets or not."""
    of_account = {its.account: its.may_leave for its in margins}

    def may_leave(uid: int, account: str, asset: str) -> Decimal:
        ask = of_account.get(account)
        return ledger.balance(uid, account, asset).free if ask is None else ask(uid, account, asset)

    return may_leave


class Margins:
    """What users' wallets are used for.

    :param account: whose balances they are.
    :param rates: gives a user's fee rates.
    """

    def __init__(
        self,
        floor: Floor,
        ledger: Ledger,
        records: PerpRecords,
        rates: Callable[[int], PerpRates],
        account: str = ACCOUNT,
    ) -> None:
        self.account = account
        self._floor = floor
        self._ledger = ledger
        self._records = records
        self._rates = rates

    def mark(self, market: MarketId) -> int:
        """The price that positions are valued at, in ticks."""
        return self._floor.stalls[market].market.mark_price

    def wallet(self, uid: int, asset: str) -> Wallet:
        """A user's wallet of a coin."""
        balance = self._ledger.balance(uid, self.account, asset)
        sums, frozen = Sums(), ZERO
        user = self._records.users.get(uid)
        if user is not None:
            held = user.held.get(asset)
            if held is not None:
                sums = held.sums(self._rates(uid).taker, self.count)
            for market, there in user.by_market.items():
                if next(iter(there.all.values())).instrument.coin == asset:
                    frozen = _add(frozen, self.frozen(user, market))
        whole = _add(balance.free, balance.locked)
        return Wallet(
            balance=whole,
            locked=balance.locked,
            shared=sums.shared,
            apart=sums.apart,
            used=sums.used,
            set_apart=sums.set_apart,
            frozen=frozen,
            kept=sums.kept,
        )

    def count(self, position: Position, taker: Decimal) -> Sums:
        """What one position comes to in its owner's wallet, at the mark.

        :param taker: the rate of its owner's fee.
        """
        _, _, _, value, gain = position.valued_at(self.mark(position.market))
        if position.is_isolated:
            return Sums(apart=gain, used=position.margin, set_apart=position.margin)
        kept = _maintenance_at(position, value, taker)
        return Sums(shared=gain, used=position.initial_margin, kept=kept)

    def is_safe(self, uid: int) -> bool:
        """Whether all positions of a user share wallets that have more than they need."""
        user, taker = self._records.users.get(uid), self._rates(uid).taker
        for asset, held in () if user is None else user.held.items():
            sums = held.sums(taker, self.count)
            equity = _add(self._ledger.balance(uid, self.account, asset).free, sums.shared)
            if held.isolated or equity <= sums.kept:
                return False
        return True

    def may_leave(self, uid: int, account: str, asset: str) -> Decimal:
        """How much may be moved out of an account, for the ledger to ask: elsewhere, all that is free."""
        if account != self.account or uid not in self._records.users:
            return self._ledger.balance(uid, account, asset).free
        return self.wallet(uid, asset).available

    def opening(self, user: UserPerps, market: MarketId, side: Side) -> Opening:
        """What a user's orders in the book of a market come to that do not only close, on one side."""
        there = user.by_market.get(market)
        return Opening() if there is None else there.opening(side, self.needs)

    def frozen(self, user: UserPerps, market: MarketId) -> Decimal:
        """What a user's orders in the book of a market need as margin, with the fee of filling them.

        In one-way mode what an order would close comes first, and the rest opens.
        """
        total, there = ZERO, user.by_market.get(market)
        if there is not None:
            for side in Side:
                closable = self._closable(user, market, side)
                total = _add(total, there.opening_beyond(side, closable, self.needs))
        return total

    def needs_besides(self, user: UserPerps, order: PerpOrder) -> Decimal:
        """What an order that is to come needs besides those that are in the book."""
        left = self._closable(user, order.market, order.side)
        if left:
            left = max(left - self.opening(user, order.market, order.side).steps, 0)
        opens = order.leaves - min(left, order.leaves)
        return self.needs(order, opens) if opens else ZERO

    @staticmethod
    def _closable(user: UserPerps, market: MarketId, side: Side) -> int:
        """How many steps orders of a side close before they open anything: none in hedge mode."""
        position = None if user.is_hedging else user.positions.get((market, side is Side.SELL))
        return 0 if position is None else position.quantity

    def needs(self, order: PerpOrder, quantity: int) -> Decimal:
        """The margin for so many steps that an order opens at its price, with the taker's fee (A153)."""
        steps, leverage, known = order.needs
        if (steps, leverage) == (quantity, order.leverage):
            return known
        value = order.instrument.worth(order.price, quantity)
        need = _add(share(value, 1, order.leverage), cut(_multiply(value, self._rates(order.uid).taker)))
        order.needs = (quantity, order.leverage, need)
        return need

    def maintenance(self, position: Position) -> Decimal:
        """What a position needs so as not to be liquidated (A; with the taker's fee: ours, A157)."""
        return self.maintenance_at(position, position.value(self.mark(position.market)))

    def maintenance_at(self, position: Position, value: Decimal) -> Decimal:
        """The same where it is worth so much."""
        return _maintenance_at(position, value, self._rates(position.uid).taker)

    def scope_equity(self, position: Position, wallet: Wallet) -> Decimal:
        """What there is for a position, and for those that share it."""
        if position.is_isolated:
            return _add(position.margin, position.unrealised(self.mark(position.market)))
        return wallet.cross_equity

    def scope_maintenance(self, position: Position) -> Decimal:
        """What those that share it need together."""
        if position.is_isolated:
            return self.maintenance(position)
        total = ZERO
        for other in self._records.positions(position.uid):
            if not other.is_isolated and other.instrument.coin == position.instrument.coin:
                total = _add(total, self.maintenance(other))
        return total

    def liquidation_price(self, position: Position, wallet: Wallet) -> Decimal:
        """The price at which a position would be liquidated if no other price changed; 0 for none."""
        mark = self.mark(position.market)
        others = ZERO if position.is_isolated else _subtract(wallet.kept, self.maintenance(position))
        equity = _subtract(self.scope_equity(position, wallet), position.unrealised(mark))
        value = liquidation_value(
            gains=position.gains,
            cost=position.cost,
            equity=_subtract(equity, others),
            taker=self._rates(position.uid).taker,
            tiers=terms_of(position.instrument).tiers,
        )
        return position.instrument.price_of(value, position.quantity) if value > 0 else ZERO

    def removable(self, position: Position) -> Decimal:
        """How much may be taken from an isolated position's margin: what it does not need, losses counted."""
        losses = min(position.unrealised(self.mark(position.market)), ZERO)
        return max(_subtract(_add(position.margin, losses), position.initial_margin), ZERO)


def _maintenance_at(position: Position, value: Decimal, taker: Decimal) -> Decimal:
    of, at, need = position.kept_by
    if of is not value or at is not taker:
        need = _add(maintenance(value, terms_of(position.instrument).tiers), _multiply(value, taker))
        position.kept_by = (value, taker, need)
    return need
