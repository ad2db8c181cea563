"""From the places of an answer about coin-margined perpetuals to typed results, in whichever shape."""

from bingx_client.calls.coinm_trade.models import CoinBalance, CoinLeverageSet, CoinPosition
from bingx_client.calls.spot_trade.models import CommissionRates
from bingx_client.calls.swap_trade.models import Closed, Failure, Fill, Leverages, Order, Orders
from bingx_client.calls.swap_trade.readers import order_at
from bingx_client.wire.decode import Node, first_list

_WORDS = {"New": "NEW", "Pending": "PENDING", "PartiallyFilled": "PARTIALLY_FILLED"}
_WORDS |= {"Filled": "FILLED", "Failed": "FAILED", "Cancelled": "CANCELED"}
_SIDES = {"Both": "BOTH", "Long": "LONG", "Short": "SHORT"}


def order(answer: Node) -> Order:
    """``data.order``, ``data``, or the whole answer (V84, V85)."""
    data = answer.get("data")
    inner = data.get("order")
    return order_at(inner if inner.is_there else data if data.is_there else answer, answer, _WORDS, _SIDES)


def orders(answer: Node) -> Orders:
    """``data.orders``, or ``data`` where it is a list."""
    data = answer.get("data")
    rows = first_list(data, data.get("orders")).items()
    return Orders(tuple(order_at(row, row, _WORDS, _SIDES) for row in rows), (), answer.value)


def cancelled(answer: Node) -> Orders:
    """``data.success`` and ``data.failed``, of which either may be null."""
    data = answer.get("data")
    success, failed = data.get("success"), data.get("failed")
    if not success.is_there and not failed.is_there and not isinstance(data.value, dict):
        data.fail("an object with success and failed")
    done = success.items() if success.is_there else ()
    return Orders(
        tuple(order_at(row, row, _WORDS, _SIDES) for row in done),
        tuple(_failure(row) for row in failed.items()) if failed.is_there else (),
        answer.value,
    )


def closed(answer: Node) -> Closed:
    """``data.success`` and ``data.failed``, or nothing (V86)."""
    data = answer.get("data")
    success, failed = data.get("success"), data.get("failed")
    return Closed(
        tuple(row.id() for row in success.items()) if success.is_there else (),
        tuple(row.get("positionId").id() for row in failed.items()) if failed.is_there else (),
        answer.value,
    )


def fills(answer: Node) -> list[Fill]:
    """``data``."""
    return [
        Fill(
            symbol=row.get("symbol").text(),
            fill_id=row.get("tradeId").id(),
            order_id=row.get("orderId").id(),
            side=row.get("side").text(),
            position_side=row.get("positionSide").text(),
            price=row.get("tradePrice").amount(),
            quantity=row.get("volume").amount(),
            worth=row.get("amount").amount(),
            fee=row.get("commission").amount(),
            fee_asset=row.get("currency").text(),
            profit=row.get("realizedPnl").amount(),
            time_ms=row.get("tradeTime").integer(),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def leverages(answer: Node) -> Leverages:
    """``data``."""
    data = answer.get("data")
    return Leverages(
        long=data.get("longLeverage").integer(),
        short=data.get("shortLeverage").integer(),
        most_long=data.get("maxLongLeverage").integer(),
        most_short=data.get("maxShortLeverage").integer(),
        raw=answer.value,
    )


def leverage_set(answer: Node) -> CoinLeverageSet:
    """``data``, of which only symbol and leverage are in every form (V70)."""
    data = answer.get("data")
    return CoinLeverageSet(
        symbol=data.get("symbol").text(),
        long=data.get("longLeverage").integer(),
        short=data.get("shortLeverage").integer(),
        raw=answer.value,
    )


def margin_type(answer: Node) -> str:
    """``data.marginType``, or that of the one row (V87)."""
    data = answer.get("data")
    if isinstance(data.value, list):
        (data,) = data.items()
    return data.get("marginType").text()


def balances(answer: Node) -> list[CoinBalance]:
    """``data``."""
    return [
        CoinBalance(
            asset=row.get("asset").text(),
            balance=row.get("balance").amount(),
            equity=row.get("equity").amount(),
            unrealized_profit=row.get("unrealizedProfit").amount(),
            available_margin=row.get("availableMargin").amount(),
            used_margin=row.get("usedMargin").amount(),
            frozen_margin=row.get("freezedMargin").amount(),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def positions(answer: Node) -> list[CoinPosition]:
    """``data``."""
    return [
        CoinPosition(
            symbol=row.get("symbol").text(),
            position_id=row.get("positionId").id(),
            side=row.get("positionSide").text(),
            contracts=row.get("positionAmt").amount(),
            available=row.get("availableAmt").amount(),
            average_price=row.get("avgPrice").amount(),
            mark_price=row.get("markPrice").amount(),
            liquidation_price=row.get("liquidationPrice").optional(Node.amount) or None,
            leverage=row.get("leverage").integer(),
            is_isolated=row.get("isolated").boolean(),
            initial_margin=row.get("initialMargin").amount(),
            unrealized_profit=row.get("unrealizedProfit").amount(),
            risk_rate=row.get("riskRate").amount(),
            updated_ms=row.get("updateTime").integer(),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def commission_rates(answer: Node) -> CommissionRates:
    """``data``."""
    rates = answer.get("data")
    return CommissionRates(
        maker=rates.get("makerCommissionRate").amount(),
        taker=rates.get("takerCommissionRate").amount(),
        raw=answer.value,
    )


def _failure(row: Node) -> Failure:
    error = row.get("msg").value
    return Failure(
        order_id=row.get("orderId").optional(Node.id),
        client_order_id=None,
        code=row.get("code").optional(Node.integer),
        error=error if isinstance(error, str) else "",
    )
