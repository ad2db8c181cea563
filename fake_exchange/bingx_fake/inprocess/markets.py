"""A market of a ``FakeExchange``, from any thread."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from bingx_fake.control import markets
from bingx_fake.control.calls import ControlCall, ControlError
from bingx_fake.exchange import Exchange
from bingx_fake.venue.instruments import Product

T = TypeVar("T")
Number = Decimal | int | str


class Asking(Protocol):
    """What a market is asked through: an exchange in its thread."""

    def call(self, function: Callable[[Exchange], T]) -> T:
        """Run a function of the inner exchange, and wait for it."""


class Market:
    """One market. What is done here is in force when the method returns.

    Every method raises ``ValueError`` for what cannot be; nothing has changed then.
    """

    def __init__(self, exchange: Asking, symbol: str, product: Product) -> None:
        self._exchange = exchange
        self._path = {"product": product, "symbol": symbol}
        self._ask(markets.get_market)

    def move(self, price: Number) -> None:
        """Move the price: users' orders at it or through it fill, and it is the last."""
        self._ask(markets.move_market, {"price": str(price)})

    def mark(self, price: Number | None) -> None:
        """Set the mark; None lets it follow the last price again."""
        self._ask(markets.mark_market, {"price": None if price is None else str(price)})

    def trade(self, side: str, quantity: Number) -> None:
        """Let somebody trade at the best prices there are.

        :param side: ``BUY`` or ``SELL``.
        """
        self._ask(markets.trade_market, {"side": side, "quantity": str(quantity)})

    def halt(self) -> None:
        """Stop trading."""
        self._ask(markets.change_status, change="halt")

    def resume(self) -> None:
        """Trade again."""
        self._ask(markets.change_status, change="resume")

    def delist(self) -> None:
        """End the market for good."""
        self._ask(markets.change_status, change="delist")

    @property
    def last(self) -> Decimal:
        """The price of the last trade; the opening price before any."""
        return Decimal(self._ask(markets.get_market)["last"])

    @property
    def state(self) -> dict[str, Any]:
        """The market in the form of ``GET /markets``."""
        return dict(self._ask(markets.get_market))

    def _ask(self, function: Callable[[Exchange, ControlCall], Any], body: Any = None, **path: str) -> Any:
        call = ControlCall(self._path | path, {}, body)
        try:
            return self._exchange.call(lambda inner: function(inner, call))
        except ControlError as error:
            raise ValueError(str(error)) from None
