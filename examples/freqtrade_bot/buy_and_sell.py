"""A strategy for freqtrade that always wants to buy, 1 % below the market: made to be seen, not to earn."""

from datetime import datetime
from typing import Any

from freqtrade.strategy import IStrategy


class BuyAndSell(IStrategy):  # type: ignore[misc]  # freqtrade has an environment of its own
    """Buys what falls by 1 %, sells it with 2 % of profit, and has a stop 5 % below on the exchange."""

    timeframe = "1m"
    startup_candle_count = 30
    minimal_roi = {"0": 0.02}  # noqa: RUF012  # so freqtrade asks for it
    stoploss = -0.05

    def populate_indicators(self, dataframe: Any, metadata: dict[str, Any]) -> Any:
        """None are needed."""
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict[str, Any]) -> Any:
        """Buy, whatever the candles say."""
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict[str, Any]) -> Any:
        """Leave selling to the profit and to the stop."""
        return dataframe

    def custom_entry_price(
        self, pair: str, trade: Any, current_time: datetime, proposed_rate: float, **more: Any
    ) -> float:
        """Far enough below the market that the order rests until the price is moved."""
        return proposed_rate * 0.99
