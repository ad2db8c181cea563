"""Every order of every user, and every fill, found by who asks."""

from collections.abc import Iterator

import msgspec

from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.filters import Declined, Reason
from bingx_fake.venue.orders import OrderStatus, OrderType, SpotFill, SpotOrder

FINDABLE_MS = 2 * 3_600_000
"""How long a finished order is found by its client id (D), counted from its last change (ours, A64)."""


class Oco(msgspec.Struct, frozen=True, gc=False):
    """Two orders of which one alone will trade: the ids of both, and the user's own name for them."""

    id: int
    uid: int
    market: MarketId
    client_id: str
    limit_id: int
    stop_id: int
    placed_ms: int


class UserOrders:
    """One user's orders and fills.

    :param orders: all, in the order of placing; ``open`` those that may still trade.
    :param named: the id of the last order that had a client id.
    """

    __slots__ = ("fills", "named", "named_ocos", "ocos", "open", "orders")

    def __init__(self) -> None:
        self.orders: dict[int, SpotOrder] = {}
        self.open: dict[int, SpotOrder] = {}
        self.named: dict[str, int] = {}
        self.fills: list[SpotFill] = []
        self.ocos: dict[int, Oco] = {}
        self.named_ocos: dict[str, int] = {}


class OrderRecords:
    """Orders and fills of all users."""

    def __init__(self) -> None:
        self.users: dict[int, UserOrders] = {}

    def of(self, uid: int) -> UserOrders:
        """A user's orders."""
        found = self.users.get(uid)
        if found is None:
            found = self.users[uid] = UserOrders()
        return found

    def add(self, order: SpotOrder) -> None:
        """Record an order that was taken."""
        user = self.of(order.uid)
        user.orders[order.id] = order
        if order.is_open:
            user.open[order.id] = order
        if order.client_id:
            user.named[order.client_id] = order.id

    def find(
        self, uid: int, market: MarketId | None, *, order_id: int = 0, client_id: str = "", at_ms: int
    ) -> SpotOrder:
        """A user's order by its id, or by the user's own name for it.

        :param market: where it must be; None for anywhere.
        :raises Declined: ``NO_SUCH_ORDER``.
        """
        user = self.users.get(uid)
        order = None
        if user is not None:
            order = user.orders.get(order_id) if order_id else self.by_client_id(uid, client_id, at_ms)
        if order is None or market not in (None, order.market):
            raise Declined(Reason.NO_SUCH_ORDER, order_id=order_id, client_id=client_id)
        return order

    def by_client_id(self, uid: int, client_id: str, at_ms: int) -> SpotOrder | None:
        """The last order that a user gave a name to, open or finished not long ago."""
        user = self.users.get(uid)
        if user is None or client_id not in user.named:
            return None
        order = user.orders[user.named[client_id]]
        if order.is_open or at_ms - order.updated_ms < FINDABLE_MS:
            return order
        return None

    def open_of(self, uid: int, market: MarketId | None) -> list[SpotOrder]:
        """A user's open orders, the oldest first."""
        user = self.users.get(uid)
        if user is None:
            return []
        return [order for order in user.open.values() if market in (None, order.market)]

    def add_oco(self, oco: Oco) -> None:
        """Record an OCO; its legs are added as orders."""
        user = self.of(oco.uid)
        user.ocos[oco.id] = oco
        if oco.client_id:
            user.named_ocos[oco.client_id] = oco.id

    def find_oco(self, uid: int, *, order_id: int = 0, client_id: str = "", at_ms: int) -> Oco:
        """A user's OCO by its id or that of a leg, or by the user's name for it or for a leg.

        :raises Declined: ``NO_SUCH_ORDER``.
        """
        user = self.of(uid)
        found = order_id or user.named_ocos.get(client_id, 0)
        oco = user.ocos.get(found)
        if oco is None:
            order = user.orders.get(found) if found else self.by_client_id(uid, client_id, at_ms)
            oco = None if order is None else user.ocos.get(order.list_id)
        if oco is None:
            raise Declined(Reason.NO_SUCH_ORDER, order_id=order_id, client_id=client_id)
        return oco

    def legs(self, oco: Oco) -> tuple[SpotOrder, SpotOrder]:
        """The leg with the limit, and the one with the stop."""
        orders = self.users[oco.uid].orders
        return orders[oco.limit_id], orders[oco.stop_id]

    def ocos(
        self, uid: int, *, is_open: bool, start_ms: int | None = None, end_ms: int | None = None
    ) -> Iterator[Oco]:
        """A user's OCOs, the newest first.

        :param is_open: those with a leg that may still trade, or those with none.
        """
        user = self.users.get(uid)
        for oco in reversed(() if user is None else user.ocos.values()):
            if (
                any(leg.is_open for leg in self.legs(oco)) is is_open
                and (start_ms is None or oco.placed_ms >= start_ms)
                and (end_ms is None or oco.placed_ms <= end_ms)
            ):
                yield oco

    def history(
        self,
        uid: int,
        market: MarketId | None,
        *,
        start_ms: int | None = None,
        end_ms: int | None = None,
        from_id: int | None = None,
        status: OrderStatus | None = None,
        type: OrderType | None = None,  # noqa: A002  # the field's name
    ) -> Iterator[SpotOrder]:
        """A user's orders, the newest first, open ones included (ours, A70).

        :param start_ms: the first time of placing that counts, as ``end_ms`` the last.
        :param from_id: the lowest id that counts.
        """
        user = self.users.get(uid)
        orders = () if user is None else user.orders.values()
        for order in reversed(orders):
            if (
                market in (None, order.market)
                and (start_ms is None or order.placed_ms >= start_ms)
                and (end_ms is None or order.placed_ms <= end_ms)
                and (from_id is None or order.id >= from_id)
                and status in (None, order.status)
                and type in (None, order.type)
            ):
                yield order

    def fills(
        self,
        uid: int,
        market: MarketId | None,
        *,
        order_id: int | None = None,
        start_ms: int | None = None,
        end_ms: int | None = None,
        from_id: int | None = None,
    ) -> Iterator[SpotFill]:
        """A user's fills, the newest first. ``start_ms`` and ``end_ms`` count themselves.

        :param from_id: the lowest trade id that counts.
        """
        user = self.users.get(uid)
        for fill in reversed([] if user is None else user.fills):
            if (
                market in (None, fill.market)
                and order_id in (None, fill.order_id)
                and (start_ms is None or fill.at_ms >= start_ms)
                and (end_ms is None or fill.at_ms <= end_ms)
                and (from_id is None or fill.trade_id >= from_id)
            ):
                yield fill
