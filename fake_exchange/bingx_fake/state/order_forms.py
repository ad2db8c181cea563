"""The forms of users' orders, fills and settings as they stand in a file."""

from typing import Annotated, Literal

import msgspec

from bingx_fake.clock import LATEST_MS
from bingx_fake.perpetuals.records import USUAL_LEVERAGE, ChosenMargin, IncomeKind
from bingx_fake.perpetuals.tiers import HIGHEST_LEVERAGE
from bingx_fake.perpetuals.twap_orders import TwapStatus
from bingx_fake.venue.instruments import Perpetual, Product

Uid = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
Id = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
Time = Annotated[int, msgspec.Meta(ge=0, le=LATEST_MS)]
Leverage = Annotated[int, msgspec.Meta(ge=1, le=HIGHEST_LEVERAGE)]
MarginType = Literal["CROSSED", "ISOLATED"]
Working = Literal["MARK_PRICE", "CONTRACT_PRICE", "INDEX_PRICE"]


class _Form(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the state file; an unknown key in it is an error."""


class OcoForm(_Form):
    """``oco = { id = …, other = … }``: the pair that an order is a leg of, and the other leg's id."""

    id: Id
    other: Id
    client_id: str = ""


class AttachedForm(_Form):
    """``take_profit`` or ``stop_loss``: what an order on a perpetual carries."""

    type: Literal["STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"]
    stop: str
    price: str | None = None
    quantity: str | None = None
    working: Working = "MARK_PRICE"


class TrailForm(_Form):
    """``trail``: how the stop price of a trailing order follows: ``rate``, or ``distance``.

    :param best: the highest price since it follows, or the lowest of an order that buys.
    """

    activation: str
    rate: str | None = None
    distance: str | None = None
    best: str | None = None


class OrderForm(_Form):
    """One entry of ``[[orders]]``, in coins.

    :param amount: of an order that was asked for in the quote coin; one that buys at the market has it in
        place of a quantity.
    :param price: of an order without a limit, the last price at placing.
    :param value: what its fills came to, in the coin of profits and fees; what filled is worth at ``price``
        where it is not given.
    :param reached: when its stop price was.
    :param rises: whether the price has to rise to ``stop``; where it is not given, whether that is above the
        price that the market opens at.

    What comes after ``oco`` is of orders on perpetuals (``product = "swap"`` or ``"coinm"``) only.

    :param closes: whether it only makes a position smaller, which follows from the rest.
    :param leverage: that of the user's settings where it is not given.
    :param profit: what its fills have realised; it may be below zero.
    :param parent: the order that carried it; ``position`` the position that it was about. 0 is none.
    """

    uid: Uid
    id: Id
    symbol: str
    side: Literal["BUY", "SELL"]
    type: Literal[
        "LIMIT",
        "MARKET",
        "TAKE_STOP_LIMIT",
        "TAKE_STOP_MARKET",
        "TRIGGER_LIMIT",
        "TRIGGER_MARKET",
        "STOP",
        "STOP_MARKET",
        "TAKE_PROFIT",
        "TAKE_PROFIT_MARKET",
        "TRAILING_STOP_MARKET",
        "TRAILING_TP_SL",
        "TRIGGER_REVERSE_MARKET",
        "LIQUIDATION",
    ]
    at: Time
    product: Literal["spot", "swap", "coinm"] = "spot"
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
    position_side: Literal["BOTH", "LONG", "SHORT"] = "BOTH"
    working: Working = "MARK_PRICE"
    reduce_only: bool = False
    close_position: bool = False
    closes: bool | None = None
    leverage: Leverage | None = None
    profit: str = "0"
    take_profit: AttachedForm | None = None
    stop_loss: AttachedForm | None = None
    parent: int = 0
    position: int = 0
    main: int = 0
    forced: Literal["", "LIQUIDATION", "ADL"] = ""
    trail: TrailForm | None = None


class FillForm(_Form):
    """One entry of ``[[fills]]``: one side of a trade, with its id, for the order that it filled.

    :param profit: what it realised, on a perpetual; it may be below zero.
    """

    order: Id
    id: Id
    price: str
    quantity: str
    at: Time
    fee: str = "0"
    maker: bool = False
    profit: str = "0"


class RatesForm(_Form):
    """``{ maker = "0.001", taker = "0.001" }``: of what an order receives."""

    maker: str = "0.001"
    taker: str = "0.001"


class FeesForm(RatesForm):
    """``spot_fees``: rates, and others on single markets, ``symbols = { BTC-USDT = { … } }``."""

    symbols: dict[str, RatesForm] = {}


class ChoiceForm(_Form):
    """What a user has chosen for one perpetual."""

    long_leverage: Leverage = USUAL_LEVERAGE
    short_leverage: Leverage = USUAL_LEVERAGE
    margin_type: ChosenMargin = "CROSSED"


class ChoicesForm(_Form):
    """``perpetuals``: the mode of positions, and what was chosen, ``symbols = { BTC-USDT = { … } }``."""

    mode: Literal["one-way", "hedge"] = "one-way"
    symbols: dict[str, ChoiceForm] = {}


class PositionForm(_Form):
    """One entry of ``[[positions]]``: an open one, or one that was closed, which has no quantity.

    :param cost: of the open part, in the coin of profits and fees.
    :param margin: what is set apart for it, if it is isolated; what it needs where it is not given.
    :param leverage: that of the user's settings where it is not given, as ``margin_type`` and ``mode`` are.
    :param auto_margin: how much may still be added to its margin by itself.
    :param most: the most that it ever was.
    :param opened_quantity: all that was ever opened, for ``opened_value``; ``closed_quantity`` likewise.
    """

    uid: Uid
    id: Id
    symbol: str
    side: Literal["LONG", "SHORT"]
    opened: Time
    product: Perpetual = "swap"
    quantity: str = "0"
    cost: str = "0"
    margin: str | None = None
    auto_margin: str = "0"
    margin_type: MarginType | None = None
    leverage: Leverage | None = None
    mode: Literal["one-way", "hedge"] | None = None
    profit: str = "0"
    fees: str = "0"
    funding: str = "0"
    updated: Time | None = None
    most: str | None = None
    opened_quantity: str | None = None
    opened_value: str | None = None
    closed_quantity: str = "0"
    closed_value: str = "0"


class HoldingForm(_Form):
    """One entry of ``[[insurance]]``: what the insurance holds of a perpetual, below zero if short."""

    symbol: str
    quantity: str
    cost: str
    product: Perpetual = "swap"


class FundingForm(_Form):
    """One entry of ``[[fundings]]``: funding of a perpetual that was settled, at a rate and a mark."""

    symbol: str
    at: Time
    rate: str
    mark: str
    product: Perpetual = "swap"


class CountdownForm(_Form):
    """One entry of ``[[countdowns]]``: all open orders of a user are cancelled at a time."""

    uid: Uid
    at: Time
    product: Product = "spot"


class TwapForm(_Form):
    """One entry of ``[[twaps]]``: an order that is carried out in slices.

    :param each: how many coins a slice has; ``total`` all of them.
    :param orders: the ids of the slices that went to the market.
    """

    uid: Uid
    id: Id
    symbol: str
    side: Literal["BUY", "SELL"]
    position_side: Literal["LONG", "SHORT"]
    variance: str
    trigger: str
    interval_ms: Annotated[int, msgspec.Meta(ge=1000, le=86_400_000)]
    each: str
    total: str
    at: Time
    product: Perpetual = "swap"
    percentage: bool = False
    status: TwapStatus = TwapStatus.NEW
    filled: str = "0"
    updated: Time | None = None
    orders: list[Id] = []


class IncomeForm(_Form):
    """One entry of ``[[incomes]]``: something that moved a wallet of perpetuals.

    :param symbol: empty where it is about no market; ``trade`` is 0 where it is about no trade.
    """

    uid: Uid
    id: Id
    kind: IncomeKind
    amount: str
    asset: str
    at: Time
    symbol: str = ""
    trade: int = 0
    product: Perpetual = "swap"


class MarginChangeForm(_Form):
    """One entry of ``[[margin_changes]]``: something that changed what is set apart for a position."""

    uid: Uid
    symbol: str
    position: Id
    reason: str
    change: str
    after: str
    at: Time
    product: Perpetual = "swap"


class SettingsForm(_Form):
    """``[users.settings]``; ``coin_perpetuals`` is of those margined in coins."""

    spot_fees: FeesForm | None = None
    perpetuals: ChoicesForm | None = None
    coin_perpetuals: ChoicesForm | None = None

    def of_perpetuals(self, product: Perpetual) -> ChoicesForm | None:
        """What was chosen on the perpetuals of a product."""
        return self.perpetuals if product == "swap" else self.coin_perpetuals
