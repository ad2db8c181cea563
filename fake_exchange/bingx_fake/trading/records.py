"""Every order of every user, and every fill, found by who asks."""

from collections.abc import Iterator

from bingx_fake.venue.commands import MarketId
from bingx_fake.venue.filters import Declined, Reason
from bingx_fake.venue.orders import OrderStatus, OrderType, SpotFill, SpotOrder

FINDABLE_MS = 2 * 3_600_000
"""How long a finished order is found by its client id (D), counted from its last change (ours)."""


class UserOrders:
    """One user's orders and fills.

    :param orders: all, in the order of placing; ``open`` those that may still trade.
    :param named: the id of the last order that had a client id.
    """

    __slots__ = ("fills", "named", "open", "orders")

    def __init__(self) -> None:
        self.orders: dict[int, SpotOrder] = {}
        self.open: dict[int, SpotOrder] = {}
        self.named: dict[str, int] = {}
        self.fills: list[SpotFill] = []


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
        """A user's orders, the newest first, open ones included (ours).

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
