"""From the places of an answer to balances, positions and income."""

from bingx_client.calls.spot_trade.models import CommissionRates
from bingx_client.calls.swap_account.models import Balance, Income, Position
from bingx_client.wire.decode import Node


def balances(answer: Node) -> list[Balance]:
    """``data``."""
    return [
        Balance(
            asset=row.get("asset").text(),
            balance=row.get("balance").amount(),
            equity=row.get("equity").amount(),
            unrealized_profit=row.get("unrealizedProfit").amount(),
            realized_profit=row.get("realisedProfit").amount(),
            available_margin=row.get("availableMargin").amount(),
            used_margin=row.get("usedMargin").amount(),
            frozen_margin=row.get("freezedMargin").amount(),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def positions(answer: Node) -> list[Position]:
    """``data``."""
    return [
        Position(
            symbol=row.get("symbol").text(),
            position_id=row.get("positionId").id(),
            side=row.get("positionSide").text(),
            quantity=row.get("positionAmt").amount(),
            available=row.get("availableAmt").amount(),
            average_price=row.get("avgPrice").amount(),
            mark_price=row.get("markPrice").amount(),
            liquidation_price=row.get("liquidationPrice").optional(Node.amount) or None,
            leverage=row.get("leverage").integer(),
            is_isolated=row.get("isolated").boolean(),
            is_one_way=row.get("onlyOnePosition").boolean(),
            margin=row.get("margin").amount(),
            initial_margin=row.get("initialMargin").amount(),
            value=row.get("positionValue").amount(),
            unrealized_profit=row.get("unrealizedProfit").amount(),
            realized_profit=row.get("realisedProfit").amount(),
            updated_ms=row.get("updateTime").integer(),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]


def commission_rates(answer: Node) -> CommissionRates:
    """``data.commission``."""
    rates = answer.get("data").get("commission")
    return CommissionRates(
        maker=rates.get("makerCommissionRate").amount(),
        taker=rates.get("takerCommissionRate").amount(),
        raw=answer.value,
    )


def income(answer: Node) -> list[Income]:
    """``data``."""
    return [
        Income(
            kind=row.get("incomeType").text(),
            symbol=row.get("symbol").optional(Node.text),
            amount=row.get("income").amount(),
            asset=row.get("asset").text(),
            info=row.get("info").optional(Node.text),
            time_ms=row.get("time").integer(),
            transaction_id=row.get("tranId").id(),
            trade_id=row.get("tradeId").optional(Node.id),
            raw=row.value,
        )
        for row in answer.get("data").items()
    ]
