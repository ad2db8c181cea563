"""Keeps 500 USDT in perpetual futures, from the funding account. Needs ccxt and an API key."""

import os

import ccxt

TARGET = 500


def connect() -> ccxt.bingx:
    exchange = ccxt.bingx({"apiKey": os.environ["BINGX_API_KEY"], "secret": os.environ["BINGX_SECRET_KEY"]})
    # Without this ccxt first loads every market of the exchange, and moving money needs none of them.
    exchange.set_markets([], {"USDT": {"id": "USDT", "code": "USDT"}})
    return exchange


def rebalance(exchange: ccxt.bingx) -> None:
    overview = exchange.accountV1PrivateGetAllAccountBalance()["data"]
    futures = sum(float(row["usdtBalance"]) for row in overview if row["accountType"] == "USDTMPerp")
    if futures >= TARGET:
        print(f"nothing to do: {futures:g} USDT")
        return
    funds = exchange.fetch_balance({"type": "funding"})
    amount = min(TARGET - futures, funds.get("USDT", {}).get("free", 0))
    if amount <= 0:
        raise SystemExit("the funding account is empty")
    moved = exchange.transfer("USDT", amount, "funding", "swap")
    print(f"moved {moved['amount']:g} USDT, transfer {moved['id']}")


def main() -> None:
    try:
        rebalance(connect())
    except ccxt.ExchangeError as refused:
        raise SystemExit(f"BingX says no: {refused}") from None


if __name__ == "__main__":
    main()
