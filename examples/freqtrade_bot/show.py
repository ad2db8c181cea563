"""Shows freqtrade buying and selling at the fake exchange: ``make freqtrade``.

It runs as it is, with the settings for real keys, under ``bingx-fake run``. From outside, by way of the
control API, this moves prices and looks at orders, and goes on as soon as what it waits for is there. In the
end it holds what freqtrade has in its database against what the exchange has.
"""

import argparse
import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import requests

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE_S = 60  # for each condition; none takes longer than ten seconds on a quiet machine
JOURNAL = "/requests?limit=10000"
SAYS_WHERE = "bingx-fake: the control API is at "

Row = dict[str, Any]
Found = TypeVar("Found")


class Failed(Exception):
    """Something did not come about."""


class Show(NamedTuple):
    """The running bot and its exchange.

    :param process: ``bingx-fake run`` with the bot in it.
    :param log: everything that the two say.
    :param database: freqtrade's.
    """

    process: "subprocess.Popen[str]"
    log: Path
    database: Path

    def wait_for(self, what: str, condition: Callable[[], Found | None]) -> Found:
        """Wait until a condition gives something.

        :raises Failed: with the end of the log, when it does not within ``PATIENCE_S``.
        """
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and self.process.poll() is None:
            if found := condition():
                print(what, file=sys.stderr, flush=True)
                return found
            time.sleep(0.2)
        status = self.process.poll()
        why = f"not within {PATIENCE_S} s" if status is None else f"the bot ended with status {status}"
        end = "\n".join(self.said()[-20:])
        raise Failed(f"{what}: {why}. {self.log} ends so:\n{end}")

    def said(self) -> list[str]:
        """The lines of the log."""
        return self.log.read_text(encoding="utf-8").splitlines()

    def control(self) -> str | None:
        """The address of the control API, once it is there."""
        return next((line.removeprefix(SAYS_WHERE) for line in self.said() if SAYS_WHERE in line), None)

    def asked(self, path: str) -> Any:
        """What the control API answers."""
        return requests.get(f"{self.control()}{path}", timeout=10).json()

    def open_order(self, symbol: str, side: str) -> Row | None:
        """The order of a side that waits at the exchange."""
        found = [
            it for it in self.asked("/orders?status=open") if (it["symbol"], it["side"]) == (symbol, side)
        ]
        return found[0] if found else None

    def move(self, symbol: str, price: Decimal) -> None:
        """Have a market stand at a price, cut to its tick."""
        tick = Decimal(self.asked(f"/markets/spot/{symbol}")["tick"])
        address = f"{self.control()}/markets/spot/{symbol}/move"
        requests.post(address, json={"price": str(price // tick * tick)}, timeout=10).raise_for_status()

    def begin_anew(self) -> None:
        """End the bot and start it again, at the same exchange."""
        assert self.process.stdin is not None
        self.process.stdin.write("again\n")
        self.process.stdin.flush()

    def closed_trade(self, symbol: str) -> Row | None:
        """What freqtrade has of a trade that is over, with its ``orders`` that were filled."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            query = "SELECT * FROM trades WHERE pair = ? AND NOT is_open ORDER BY id"
            row = database.execute(query, (symbol.replace("-", "/"),)).fetchone()
            if row is None:
                return None
            query = "SELECT * FROM orders WHERE ft_trade_id = ? AND filled > 0 ORDER BY id"
            return {**row, "orders": [dict(order) for order in database.execute(query, (row["id"],))]}


def act(show: Show) -> list[Row]:
    """The whole piece; returns what freqtrade has of the two trades."""
    show.wait_for("the exchange is there", show.control)
    first, second = show.wait_for(
        "freqtrade has placed an entry in each of two markets", lambda: _entries(show)
    )
    bid, other = show.open_order(first, "BUY"), show.open_order(second, "BUY")
    assert bid is not None
    assert other is not None
    show.move(first, Decimal(bid["price"]))
    stop = show.wait_for(f"{first}: bought, and its stop waits at the exchange", lambda: _stop(show, first))

    show.begin_anew()
    show.wait_for("freqtrade has ended, and begins anew", lambda: "begins anew" in " ".join(show.said()))
    before = len(show.asked(JOURNAL))

    def knows_them() -> bool:
        asked = {str(it["parameters"].get("orderId")) for it in show.asked(JOURNAL)[before:]}
        return {str(stop["id"]), str(other["id"])} <= asked

    show.wait_for("it has asked after the stop and the entry that it had left there", knows_them)
    show.move(second, Decimal(other["price"]))
    show.wait_for(f"{second}: bought, and its stop waits at the exchange", lambda: _stop(show, second))
    show.move(first, Decimal(stop["stop"]) * Decimal("0.999"))
    lost = show.wait_for(f"{first}: sold by its stop", lambda: show.closed_trade(first))
    show.move(second, Decimal(other["price"]) * Decimal("1.03"))
    won = show.wait_for(f"{second}: sold with a profit", lambda: show.closed_trade(second))
    compare([lost, won], {str(order["id"]): order for order in show.asked("/orders")})
    for trade, reason in ((lost, "stoploss_on_exchange"), (won, "roi")):
        if trade["exit_reason"] != reason:
            raise Failed(f"{trade['pair']} was sold for {trade['exit_reason']} in place of {reason}")
    return [lost, won]


def _entries(show: Show) -> list[str] | None:
    symbols = [order["symbol"] for order in show.asked("/orders?status=open") if order["side"] == "BUY"]
    return symbols if len(symbols) == 2 else None


def _stop(show: Show, symbol: str) -> Row | None:
    order = show.open_order(symbol, "SELL")
    return order if order and "stop" in order else None


def compare(trades: list[Row], orders: dict[str, Row]) -> None:
    """Each order that freqtrade takes for filled is so at the exchange, with the same quantity and value."""
    for trade in trades:
        if [order["side"] for order in trade["orders"]] != ["buy", "sell"]:
            raise Failed(f"{trade['pair']}: freqtrade has {trade['orders']} in place of an entry and an exit")
        for order in trade["orders"]:
            real = orders[order["order_id"]]
            told = [float(real["filled"]), float(real["value"])]
            has = [order["filled"], order["filled"] * order["average"]]
            if any(abs(one - two) > 1e-6 for one, two in zip(told, has, strict=True)):
                raise Failed(
                    f"{trade['pair']}: freqtrade has {has}, the exchange {told}, of {order['order_id']}"
                )


def line(trade: Row) -> str:
    """A trade in words."""
    bought, sold = trade["orders"]
    return (
        f"{trade['pair']}: bought {bought['filled']:g} at {bought['average']:g}, sold {sold['filled']:g} at "
        f"{sold['average']:g} ({trade['exit_reason']}), {trade['close_profit_abs']:+.2f} USDT"
    )


@contextmanager
def running(freqtrade: str, folder: Path) -> Iterator[Show]:
    """Freqtrade, begun with an empty database; it ends with this."""
    folder = folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    database, log = folder / "trades.sqlite", folder / "log.txt"
    bot = [freqtrade, "trade", "--config", str(HERE / "config.json"), "--userdir", str(folder)]
    bot += ["--strategy-path", str(HERE), "--strategy", "BuyAndSell", "--db-url", f"sqlite:///{database}"]
    run = [str(Path(sys.executable).with_name("bingx-fake")), "run", "--isolation", "namespace"]
    run += ["--control-port", "0", "--", sys.executable, str(HERE / "in_turns.py")]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*run, *bot], stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT, text=True
        )
    try:
        yield Show(process, log, database)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> int:
    """The status: 0 when everything was seen, and freqtrade and the exchange agree."""
    parser = argparse.ArgumentParser(description="Shows freqtrade buying and selling at the fake exchange.")
    parser.add_argument("--freqtrade", default=ROOT / ".venv-freqtrade/bin/freqtrade", help="the program")
    parser.add_argument("--folder", type=Path, default=ROOT / "build/freqtrade", help="for database and log")
    parser.add_argument("--json", action="store_true", help="print the trades as JSON")
    given = parser.parse_args()
    try:
        with running(str(given.freqtrade), given.folder) as show:
            trades = act(show)
    except Failed as failed:
        print(f"freqtrade: {failed}", file=sys.stderr)
        return 1
    print(json.dumps(trades) if given.json else "\n".join(line(trade) for trade in trades))
    print(show.said()[-1], file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
