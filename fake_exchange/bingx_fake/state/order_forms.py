"""The forms of users' orders, fills and settings as they stand in a file."""

from typing import Annotated, Literal

import msgspec

from bingx_fake.clock import LATEST_MS

Uid = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
Id = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
Time = Annotated[int, msgspec.Meta(ge=0, le=LATEST_MS)]


class _Form(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the state file; an unknown key in it is an error."""


class OcoForm(_Form):
    """``oco = { id = …, other = … }``: the pair that an order is a leg of, and the other leg's id."""

    id: Id
    other: Id
    client_id: str = ""


class OrderForm(_Form):
    """One entry of ``[[orders]]``, in coins.

    :param amount: of an order that was asked for in the quote coin; one that buys at the market has it in
        place of a quantity.
    :param price: of an order without a limit, the last price at placing.
    :param value: what its fills came to in the quote coin; filled times price where it is not given.
    :param reached: when its stop price was.
    :param rises: whether the price has to rise to ``stop``; where it is not given, whether that is above the
        price that the market opens at.
    """

    uid: Uid
    id: Id
    symbol: str
    side: Literal["BUY", "SELL"]
    type: Literal["LIMIT", "MARKET", "TAKE_STOP_LIMIT", "TAKE_STOP_MARKET", "TRIGGER_LIMIT", "TRIGGER_MARKET"]
    at: Time
    price: str | None = None
    stop: str | None = None
    quantity: str | None = None
    amount: str | None = None
    time_in_force: Literal["GTC", "IOC", "FOK", "PostOnly"] = "GTC"
    client_id: str = ""
    status: Literal["NEW", "PENDING", "PARTIALLY_FILLED", "FILLED", "CANCELED", "FAILED"] | None = None
    filled: str = "0"
    value: str | None = None
    fee: str = "0"
    updated: Time | None = None
    reached: Time = 0
    rises: bool | None = None
    oco: OcoForm | None = None


class FillForm(_Form):
    """One entry of ``[[fills]]``: one side of a trade, with its id, for the order that it filled."""

    order: Id
    id: Id
    price: str
    quantity: str
    at: Time
    fee: str = "0"
    maker: bool = False


class RatesForm(_Form):
    """``{ maker = "0.001", taker = "0.001" }``: of what an order receives."""

    maker: str = "0.001"
    taker: str = "0.001"


class FeesForm(RatesForm):
    """``spot_fees``: rates, and others on single markets, ``symbols = { BTC-USDT = { … } }``."""

    symbols: dict[str, RatesForm] = {}


class SettingsForm(_Form):
    """``[users.settings]``."""

    spot_fees: FeesForm | None = None
