"""Keeps 500 USDT in perpetual futures, from the funding account. Needs requests and an API key."""

import hashlib
import hmac
import os
import time
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import requests

DOMAINS = ("https://open-api.bingx.com", "https://open-api.bingx.pro")
TARGET = Decimal(500)


def headers() -> dict[str, str]:
    return {"X-BX-APIKEY": os.environ["BINGX_API_KEY"], "X-SOURCE-KEY": "BX-AI-SKILL"}


def signed(parameters: dict[str, str]) -> str:
    secret = os.environ["BINGX_SECRET_KEY"]
    stamped = {**parameters, "timestamp": str(int(time.time() * 1000))}
    query = "&".join(f"{name}={value}" for name, value in sorted(stamped.items()))
    return f"{query}&signature={hmac.new(secret.encode(), query.encode(), hashlib.sha256).hexdigest()}"


def data_of(answer: requests.Response) -> Any:
    body = answer.json()
    if body["code"] != 0:
        raise SystemExit(f"BingX says {body['code']}: {body['msg']}")
    return body["data"]


def read(path: str, **parameters: str) -> Any:
    """A read may go to the other domain when one cannot be reached."""
    for domain in DOMAINS:
        try:
            url = f"{domain}{path}?{signed(parameters)}"
            return data_of(requests.get(url, headers=headers(), timeout=10))
        except (requests.ConnectionError, requests.Timeout) as error:
            print(f"{domain}: {type(error).__name__}")
    raise SystemExit("BingX cannot be reached")


def write(path: str, **parameters: str) -> Any:
    """A write is sent once: nobody knows whether one without an answer took effect."""
    form = {**headers(), "Content-Type": "application/x-www-form-urlencoded"}
    return data_of(requests.post(f"{DOMAINS[0]}{path}", signed(parameters), headers=form, timeout=10))


def total(amounts: Iterable[str]) -> Decimal:
    return sum(map(Decimal, amounts), Decimal(0))


def main() -> None:
    overview = read("/openApi/account/v1/allAccountBalance")
    futures = total(row["usdtBalance"] for row in overview if row["accountType"] == "USDTMPerp")
    missing = TARGET - futures
    if missing <= 0:
        print(f"nothing to do: {futures} USDT")
        return
    funds = read("/openApi/fund/v1/account/balance", asset="USDT")["balances"]
    amount = min(missing, total(row["free"] for row in funds))
    if amount <= 0:
        raise SystemExit("the funding account is empty")
    transfer = write(
        "/openApi/api/asset/v1/transfer",
        fromAccount="fund",
        toAccount="USDTMPerp",
        asset="USDT",
        amount=str(amount),
    )
    print(f"moved {amount.normalize():f} USDT, transfer {transfer['transferId']}")


if __name__ == "__main__":
    main()
