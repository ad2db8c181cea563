"""What has happened to users' orders and positions, as it is told to them."""

from decimal import Decimal
from typing import Literal, NamedTuple

from bingx_fake.perpetuals.orders import PerpFill, PerpOrder, PerpStatus
from bingx_fake.perpetuals.positions import Position

PerpExecution = Literal["NEW", "TRADE", "CANCELED", "EXPIRED", "CALCULATED"]


class PerpReport(NamedTuple):
    """One thing that happened to an order, as it stood then.

    :param filled: in steps, this fill included; ``value`` what that comes to.
    :param fill: of a trade, or of what the exchange closed.
    """

    order: PerpOrder
    execution: PerpExecution
    status: PerpStatus
    quantity: int
    filled: int
    value: Decimal
    fill: PerpFill | None = None

    @classmethod
    def of(cls, order: PerpOrder, execution: PerpExecution, fill: PerpFill | None = None) -> "PerpReport":
        """What has just happened."""
        return cls(order, execution, order.status, order.quantity, order.filled, order.value, fill)


class PerpNews(NamedTuple):
    """What one command has brought about.

    :param positions: those that changed, once each.
    :param reason: why wallets changed: ``ORDER`` or ``FUNDING_FEE``.
    """

    reports: list[PerpReport]
    positions: list[Position]
    reason: Literal["ORDER", "FUNDING_FEE"]
