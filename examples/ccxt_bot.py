"""Moves a tenth of the funding account's USDT to perpetual futures. Needs ccxt and an API key."""

import os

import ccxt

COINS = ("USDT", "BTC", "ETH")


def main() -> None:
    exchange = ccxt.bingx({"apiKey": os.environ["BINGX_API_KEY"], "secret": os.environ["BINGX_SECRET_KEY"]})
    # Without this ccxt first loads every market of the exchange, and moving money needs none of them.
    exchange.set_markets([], {coin: {"id": coin, "code": coin} for coin in COINS})

    funds = exchange.fetch_balance({"type": "funding"})
    print("funding:", {coin: funds[coin]["free"] for coin in COINS if coin in funds})
    spot = exchange.fetch_balance()
    print("spot:", {coin: spot[coin]["free"] for coin in COINS if coin in spot})

    moved = exchange.transfer("USDT", funds["USDT"]["free"] / 10, "funding", "swap")
    print("moved:", moved["amount"], moved["currency"], moved["id"])

    for row in exchange.fetch_transfers("USDT", params={"fromAccount": "funding", "toAccount": "swap"}):
        print("record:", row["id"], row["amount"], row["status"])


if __name__ == "__main__":
    main()
