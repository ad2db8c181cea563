"""A market of a ``FakeExchange``, from any thread."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol, TypeVar

import msgspec

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

    :param fields: change it at once, or open it.

    Every method raises ``ValueError`` for what cannot be; nothing has changed then.
    """

    def __init__(
        self, exchange: Asking, symbol: str, product: Product, fields: Mapping[str, Any] | None = None
    ) -> None:
        self._exchange = exchange
        self._path = {"product": product, "symbol": symbol}
        if fields:
            self.change(**fields)
        self._state()

    def change(self, **fields: Any) -> None:
        """Give it some fields of the form that ``[[markets]]`` has in a state file, and leave the rest.

        Such as ``source="walk"``, ``ladder={"levels": 2}``, ``index="41000"``; numbers may be ``Decimal``,
        and None stands for what holds where a form says nothing.
        """
        self._do("", markets.put_market, msgspec.to_builtins(fields))

    def move(self, price: Number) -> None:
        """Move the price: users' orders at it or through it fill, and it is the last."""
        self._do("move", markets.move_market, {"price": str(price)})

    def mark(self, price: Number | None) -> None:
        """Set the mark; None lets it follow the price again."""
        self._do("mark", markets.mark_market, {"price": None if price is None else str(price)})

    def funding(self, rate: Number | None) -> None:
        """Set the rate of funding of a perpetual; None has it worked out again."""
        self._do("funding", markets.fund_market, {"rate": None if rate is None else str(rate)})

    def settle_funding(self) -> None:
        """Have funding of a perpetual paid and received now."""
        self._do("funding/settle", markets.settle_funding)

    def trade(self, side: str, quantity: Number) -> None:
        """Let somebody trade at the best prices there are.

        :param side: ``BUY`` or ``SELL``.
        """
        self._do("trade", markets.trade_market, {"side": side, "quantity": str(quantity)})

    def halt(self) -> None:
        """Stop trading."""
        self._do("halt", markets.change_status)

    def resume(self) -> None:
        """Trade again."""
        self._do("resume", markets.change_status)

    def delist(self) -> None:
        """End the market for good."""
        self._do("delist", markets.change_status)

    @property
    def last(self) -> Decimal:
        """The price of the last trade; the opening price before any."""
        return Decimal(self._state()["last"])

    @property
    def state(self) -> dict[str, Any]:
        """The market in the form of ``GET /markets``."""
        return dict(self._state())

    def _state(self) -> Any:
        call = ControlCall(self._path, {}, None)
        return self._ask(lambda inner: markets.get_market(inner, call))

    def _do(self, what: str, function: Callable[[Exchange, ControlCall], Any], body: Any = None) -> None:
        call = ControlCall(self._path | {"change": what}, {}, body)
        market = f"/markets/{self._path['product']}/{self._path['symbol']}"
        name = f"POST {market}/{what}" if what else f"PUT {market}"
        self._ask(lambda inner: inner.obey(name, lambda: function(inner, call), body=lambda: body))

    def _ask(self, function: Callable[[Exchange], Any]) -> Any:
        try:
            return self._exchange.call(function)
        except ControlError as error:
            raise ValueError(str(error)) from None
