"""Users who come and go while an exchange runs, and who are put back as its state has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bingx_fake.agenda import Agenda
from bingx_fake.books.accounts import Balance
from bingx_fake.books.directory import Directory
from bingx_fake.books.history import InnerTransfer, Transfer
from bingx_fake.books.ids import OrderIds
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.listen_keys import ListenKeys
from bingx_fake.books.money import plain
from bingx_fake.market.floor import Floor
from bingx_fake.market.stall import Listing
from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.perpetuals.margins import leaving
from bingx_fake.perpetuals.orders import PerpOrder
from bingx_fake.perpetuals.records import UserPerps
from bingx_fake.state.countdowns import count_down
from bingx_fake.state.files import State, StateForm, balances_of, enter_user
from bingx_fake.state.forms import UserForm, user_of
from bingx_fake.state.order_forms import CountdownForm, FillForm, OrderForm, SettingsForm
from bingx_fake.state.orders import Trading, give, rates_of, trading_of
from bingx_fake.state.perp_rows import PerpRows
from bingx_fake.state.perps import Perps, perps_of
from bingx_fake.state.referrals import ReferralRows, enter_referrals
from bingx_fake.state.wrong import Wrong
from bingx_fake.trading.desk import SpotDesk
from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.instruments import Perpetual
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import SpotOrder
from bingx_fake.venue.venue import Status

Listings = Mapping[MarketId, Listing]


@dataclass(frozen=True, slots=True)
class _Own:
    """What a state has of one user."""

    user: UserForm
    orders: list[OrderForm] = field(default_factory=list)
    fills: list[FillForm] = field(default_factory=list)
    perps: PerpRows = field(default_factory=PerpRows)
    countdowns: list[CountdownForm] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    inner_transfers: list[InnerTransfer] = field(default_factory=list)
    referrals: ReferralRows = field(default_factory=ReferralRows)


def desks_of(
    built: State, floor: Floor, agenda: Agenda, ids: OrderIds, now_ms: int
) -> tuple[SpotDesk, SwapDesk, SwapDesk]:
    """A desk for spot and two for perpetuals that go on with what others had, with ids above all of those.

    :return: the second is of perpetuals that are margined in the quote coin, the third in the base coin.
    """
    users = [*built.perps.users.values(), *built.coins.users.values()]
    positions = [it.id for user in users for it in (*user.closed, *user.positions.values())]
    placed = [order_id for user in users for order_id in user.orders]
    ids.count_on(max((*built.trading.orders, *placed, *positions), default=0))
    desk = SpotDesk(floor, built.ledger, agenda, ids.next)
    swap = SwapDesk(floor, built.ledger, agenda, ids.next)
    coinm = SwapDesk(floor, built.ledger, agenda, ids.next, "coinm")
    built.ledger.lets_go = leaving(built.ledger, swap.margins, coinm.margins)
    give(desk, built.trading)
    for its, before in ((swap, built.perps), (coinm, built.coins)):
        its.restore(before.users, before.insurance, before.fundings)
        its.expect_fundings(now_ms)
    count_down({"spot": desk, "swap": swap, "coinm": coinm}, built.countdowns)
    return desk, swap, coinm


class Users:
    """Brings users into the books of an exchange and out of them again.

    Each call gives the directory as it is then; the one that it was given stays as it was, and so do the
    books where something is wrong.

    :param form: the state that was loaded last.
    """

    def __init__(
        self,
        form: StateForm,
        ledger: Ledger,
        floor: Floor,
        desk: SpotDesk,
        perps: Sequence[SwapDesk],
        listen_keys: ListenKeys,
    ) -> None:
        self._form = form
        self._made: dict[int, UserForm] = {}
        self._ledger, self._floor, self._listen_keys = ledger, floor, listen_keys
        self._desk, self._perps = desk, perps

    def add(self, directory: Directory, form: UserForm, listings: Listings) -> Directory:
        """Let somebody be a user who was none so far.

        :raises Wrong: where there can be no such user.
        """
        taken = directory.taken(user_of(form, ()))
        if taken is not None:
            raise Wrong((), f"{taken} is another user's already")
        self._check(_Own(form), listings)
        changed = directory.copy()
        self._enter(_Own(form), changed, listings)
        self._made[form.uid] = form
        return changed

    def remove(self, directory: Directory, uid: int, at_ms: int) -> Directory:
        """Take a user away with all that he has: what is open is cancelled, what he holds leaves the books.

        Whom he dealt with keeps what that brought; transfers between them are in nobody's history any more
        (ours, A126).

        :raises Wrong: where something of his is still under way.
        """
        self._check_under_way(uid)
        self._leave(uid, at_ms)
        return directory.copy(without=uid)

    def restore(self, directory: Directory, uid: int, listings: Listings, at_ms: int) -> Directory:
        """Put a user back as the state that was loaded last has him, or as he came since.

        :raises Wrong: where something of his is still under way, or one of his orders cannot rest as it did
            (ours, A128).
        """
        own = self._own(uid, directory)
        self._check_under_way(uid)
        trading, perps = self._check(own, listings)
        for order in trading.orders.values():
            self._check_rests(order, at_ms)
        for of_perps in perps:
            for user in of_perps.users.values():
                self._check_perps(user, at_ms)
        self._leave(uid, at_ms)
        changed = directory.copy(without=uid)
        self._enter(own, changed, listings)
        for desk in self._perps:
            desk.expect_fundings(at_ms)
        return changed

    def set_up(self, uid: int, settings: SettingsForm, listings: Listings) -> None:
        """Give a user other settings; those that are None are the usual ones.

        :raises Wrong: where there can be none such.
        """
        for name in ("perpetuals", "coin_perpetuals"):
            if getattr(settings, name) is not None:
                raise Wrong((name,), "are chosen in a state, or by the user's own requests")
        rates = None
        if settings.spot_fees is not None:
            rates = rates_of(settings.spot_fees, listings, ("spot_fees",))
        for known in (self._desk.own_rates, self._desk.symbol_rates):
            known.pop(uid, None)
        if rates is not None:
            self._desk.own_rates[uid] = rates[0]
            if rates[1]:
                self._desk.symbol_rates[uid] = rates[1]

    def _own(self, uid: int, directory: Directory) -> _Own:
        form = self._form
        if uid in self._made:
            return _Own(self._made[uid])
        ids = {order.id for order in form.orders if order.uid == uid}
        return _Own(
            next(user for user in form.users if user.uid == uid),
            [order for order in form.orders if order.uid == uid],
            [fill for fill in form.fills if fill.order in ids],
            PerpRows(
                [row for row in form.perps.positions if row.uid == uid],
                [],
                [row for row in form.perps.incomes if row.uid == uid],
                [row for row in form.perps.margin_changes if row.uid == uid],
                [row for row in form.perps.twaps if row.uid == uid],
            ),
            [row for row in form.countdowns if row.uid == uid],
            [transfer for transfer in form.transfers if transfer.uid == uid],
            [
                inner
                for inner in form.inner_transfers
                if uid in (inner.from_uid, inner.to_uid)
                and {inner.from_uid, inner.to_uid} <= directory.users.keys()
            ],
            form.referrals.of(uid),
        )

    def _check(self, own: _Own, listings: Listings) -> tuple[Trading, list[Perps]]:
        """Enter a user in books of nobody else's, and give the orders that come of it.

        :raises Wrong: where there can be no such user.
        """
        ledger = Ledger()
        enter_user(own.user, Directory(), ledger, ())
        try:
            self._ledger.check_issue(_balances(own))
        except ValueError as error:  # with what others have
            raise Wrong(("balances",), str(error)) from None
        return _trading(own, listings, ledger), _perps(own, listings)

    def _check_under_way(self, uid: int) -> None:
        """Refuse while something was answered that has still to happen (ours, A127)."""
        for is_under_way, what in (
            (self._ledger.has_pending(uid), "a transfer"),
            (self._desk.is_coming(uid), "an order"),
            (any(its.is_coming(uid) for its in self._perps), "an order for a perpetual"),
        ):
            if is_under_way:
                raise Wrong(
                    (),
                    f"{what} of user {uid} was answered and takes effect later (commit-delay): advance the "
                    "clock until it has",
                )

    def _check_perps(self, user: UserPerps, at_ms: int) -> None:
        """Refuse orders that would trade at once, and positions of markets that have ended."""
        for order in user.open.values():
            self._check_rests(order, at_ms)
        for position in user.positions.values():
            if self._floor.stalls[position.market].market.status is Status.DELISTED:
                raise Wrong(
                    (), f"position {position.id} of the state is in {position.market[1]}, which is delisted"
                )

    def _check_rests(self, order: SpotOrder | PerpOrder, at_ms: int) -> None:
        """Refuse an order that would trade at once, where the market is now."""
        if not order.is_open:
            return
        stall = self._floor.stalls[order.market]
        market = stall.market

        def price(ticks: int) -> str:
            return plain(order.instrument.price(ticks))

        named = f"order {order.id} of the state cannot rest in {order.market[1]} as it did"
        if market.status is Status.DELISTED:
            raise Wrong((), f"{named}, which is delisted")
        if order.is_waiting:
            now = self._perps[0].price(market, order.working) if isinstance(order, PerpOrder) else market.last
            if now >= order.stop if order.rises else now <= order.stop:
                raise Wrong(
                    (),
                    f"{named}: it waits for {price(order.stop)}, and the price is {price(now)}",
                )
            return
        stall.house.lay(at_ms)
        others = (it.price for it in market.book.queue(order.side.other) if it.owner != order.uid)
        facing = next(others, None)
        if facing is not None and (
            order.price >= facing if order.side is Side.BUY else order.price <= facing
        ):
            raise Wrong(
                (),
                f"{named}: it would trade with what rests at {price(facing)}",
            )

    def _leave(self, uid: int, at_ms: int) -> None:
        self._desk.forget(uid, at_ms)
        for of_perps in self._perps:
            of_perps.forget(uid, at_ms)
        self._listen_keys.end_all(uid, at_ms)
        self._ledger.close_accounts(uid)

    def _enter(self, own: _Own, directory: Directory, listings: Listings) -> None:
        """Enter a user who has been checked and is in no book."""
        directory.add(user_of(own.user, ()))
        enter_referrals(own.referrals, directory)
        balances = _balances(own)
        self._ledger.open_balances(own.user.uid, balances)
        for _, asset, _ in balances:
            directory.know_coin(asset)
        for transfer in own.transfers:
            self._ledger.record(transfer)
        for inner in own.inner_transfers:
            self._ledger.record_inner(inner)
        give(self._desk, _trading(own, listings, self._ledger))
        for of_perps, before in zip(self._perps, _perps(own, listings), strict=True):
            of_perps.restore(before.users)
        count_down({"spot": self._desk, **{its.product: its for its in self._perps}}, own.countdowns)


def _balances(own: _Own) -> list[tuple[str, str, Balance]]:
    return [(account, asset, held) for _, account, asset, held in balances_of(own.user, ())]


def _trading(own: _Own, listings: Listings, ledger: Ledger) -> Trading:
    settings = {own.user.uid: own.user.settings or SettingsForm()}
    return trading_of(own.orders, own.fills, settings, listings=listings, ledger=ledger)


def _perps(own: _Own, listings: Listings) -> list[Perps]:
    """What a user has at each desk of perpetuals."""
    settings = {own.user.uid: own.user.settings or SettingsForm()}
    products: tuple[Perpetual, ...] = ("swap", "coinm")
    return [perps_of(own.orders, own.fills, own.perps, settings, listings, product) for product in products]
