"""Money to try things with, margin that is added by itself, and the coins that serve as margin."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bingx_client.calls.documented import Sent, Writing, read, write
from bingx_client.calls.swap_trade.models import Done
from bingx_client.calls.swap_trade.orders import Amount
from bingx_client.calls.swap_trade.readers import done
from bingx_client.errors import ParameterError
from bingx_client.flow.call import Call
from bingx_client.flow.plan import Write
from bingx_client.wire.decode import Node, first_list

Id = str | int


@dataclass(frozen=True, slots=True)
class Vst:
    """Money to try things with: how much was got, or what there is now; the routes differ (V74)."""

    amount: Decimal | None
    balance: Decimal | None
    raw: Any = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class AssetMode:
    """Whether several coins serve as margin."""

    is_multi: bool
    raw: Any = field(repr=False, compare=False)
    reconciled: bool = False


@dataclass(frozen=True, slots=True)
class AssetRule:
    """How much of a coin counts as margin, as fractions; ``most`` is None for no limit."""

    asset: str
    loan_to_value: Decimal
    collateral: Decimal
    most: Decimal | None
    index_price: Decimal
    raw: Any = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class MarginAsset:
    """What there is of a coin as margin."""

    asset: str
    total: Decimal
    available: Decimal
    as_margin: Decimal
    raw: Any = field(repr=False, compare=False)


def set_auto_margin(symbol: str, position_id: Id, amount: Amount | None) -> Write[Done]:
    """Have margin added to an isolated position by itself, in hedge mode.

    :param amount: the most of it; Decimal, int or str. None switches it off.
    """
    given = {
        "symbol": symbol,
        "positionId": position_id,
        "functionSwitch": amount is not None,
        "amount": amount,
    }
    return write("swap_trade.set_auto_margin", given, _AUTO_MARGIN)


def get_vst(amount: int | None = None) -> Write[Vst]:
    """Get money to try things with, which simulated accounts may.

    :param amount: how much; 20000 where absent, as far as we know.
    """
    return write("swap_trade.get_vst", {"adjustType": "0", "amount": amount}, _VST)


def give_vst_back(amount: int) -> Write[Vst]:
    """Have some of it taken away."""
    return write("swap_trade.get_vst", {"adjustType": "1", "amount": amount}, _VST)


def asset_mode() -> Call[AssetMode]:
    """Whether several coins serve as margin."""
    return read("swap_trade.asset_mode", {}, read_asset_mode)


def set_multi_assets(is_multi: bool) -> Write[AssetMode]:
    """Choose whether several coins serve as margin."""
    mode = "multiAssetsMode" if is_multi else "singleAssetMode"
    return write("swap_trade.set_asset_mode", {"assetMode": mode}, _ASSET_MODE)


def multi_assets_rules() -> Call[list[AssetRule]]:
    """How much of each coin counts as margin."""
    return read("swap_trade.multi_assets_rules", {}, read_asset_rules)


def margin_assets() -> Call[list[MarginAsset]]:
    """What there is of each coin as margin."""
    return read("swap_trade.margin_assets", {}, read_margin_assets)


# What comes back


def read_vst(answer: Node) -> Vst:
    """``data.amount`` or ``data.balance`` (V74)."""
    data = answer.get("data")
    amount, balance = data.get("amount"), data.get("balance")
    if not amount.is_there and not balance.is_there:
        data.fail("an object with amount or balance")
    return Vst(amount.optional(Node.amount), balance.optional(Node.amount), answer.value)


def read_asset_mode(answer: Node) -> AssetMode:
    """``data.assetMode``."""
    mode = answer.get("data").get("assetMode")
    if mode.text() not in ("singleAssetMode", "multiAssetsMode"):
        mode.fail("singleAssetMode or multiAssetsMode")
    return AssetMode(mode.value == "multiAssetsMode", answer.value)


def read_asset_rules(answer: Node) -> list[AssetRule]:
    """``data`` or ``data.rules`` (V73)."""
    data = answer.get("data")
    return [
        AssetRule(
            asset=row.get("marginAssets").text(),
            loan_to_value=_part(row.get("ltv")),
            collateral=_part(row.get("collateralValueRatio")),
            most=row.get("maxTransfer").amount() if row.get("maxTransfer").value != "" else None,
            index_price=row.get("indexPrice").amount(),
            raw=row.value,
        )
        for row in first_list(data, data.get("rules")).items()
    ]


def read_margin_assets(answer: Node) -> list[MarginAsset]:
    """``data`` or ``data.assets`` (V73)."""
    data = answer.get("data")
    return [
        MarginAsset(
            asset=row.get("currency").text(),
            total=row.get("totalAmount").amount(),
            available=row.get("availableTransfer").amount(),
            as_margin=row.get("latestMortgageAmount").amount(),
            raw=row.value,
        )
        for row in first_list(data, data.get("assets")).items()
    ]


def _part(node: Node) -> Decimal:
    """A fraction that is written as per cent, with the sign."""
    text = node.text()
    if not text.endswith("%"):
        node.fail("per cent, with the sign")
    return Node(text[:-1], node.path, node.endpoint, node.http_status).amount().scaleb(-2)


# What people are shown before it is sent


def _auto_margin_sentence(sent: Sent) -> str:
    symbol = str(sent["symbol"])
    position = f"position {sent['positionId']} in {symbol}"
    if sent["functionSwitch"] != "true":
        return f"Have no margin added to {position} by itself any more, perpetual"
    if "amount" not in sent:
        raise ParameterError("functionSwitch true needs amount")
    return f"Have up to {sent['amount']} {symbol.rpartition('-')[2]} added to {position} by itself, perpetual"


def _vst_sentence(sent: Sent) -> str:
    how = "Give back" if sent.get("adjustType") == "1" else "Get"
    return f"{how} {sent.get('amount', 'the usual amount of')} VST, perpetual"


def _asset_mode_sentence(sent: Sent) -> str:
    return f"Set the account to {sent['assetMode']}, perpetual"


_AUTO_MARGIN = Writing(done, _auto_margin_sentence)
_VST = Writing(read_vst, _vst_sentence)
_ASSET_MODE = Writing(read_asset_mode, _asset_mode_sentence)

WRITES: Mapping[str, Writing[Any]] = {
    "swap_trade.set_auto_margin": _AUTO_MARGIN,
    "swap_trade.get_vst": _VST,
    "swap_trade.get_vst_v1": _VST,
    "swap_trade.set_asset_mode": _ASSET_MODE,
}
"""Every write about these, by endpoint."""
