"""One short history of an account, and what each endpoint answers to it."""

from typing import Any

from support.entries import request_of
from support.sender import (
    BOB,
    COINS,
    FUND_BALANCE,
    INNER_RECORDS,
    INNER_TRANSFER,
    NOW_MS,
    OVERVIEW,
    SPOT_BALANCE,
    TRANSFER,
    TRANSFER_RECORDS,
    TRANSFERS,
    Reply,
    Sender,
)

from bingx_contracts import ENDPOINTS, present_id
from bingx_fake import FakeExchange

STATE = {
    "users": [
        {
            "uid": 16779999,
            "keys": [
                {
                    "key": "alice-key",
                    "secret": "alice-secret",
                    "permissions": ["read", "transfer", "inner_transfer"],
                },
                {"key": "alice-read-key", "secret": "alice-read-secret", "permissions": ["read"]},
            ],
            "balances": {
                "fund": {"USDT": "1000", "BTC": {"free": "0.5", "locked": "0.1"}},
                "spot": {"USDT": "250.5"},
            },
        },
        {"uid": BOB, "keys": [], "balances": {}},
    ],
    "prices": {"BTC": "60000"},
    "coins": {"USDT": "Tether USD", "BTC": "Bitcoin"},
}

Answers = dict[str, Any]


def ask_everything(exchange: FakeExchange) -> Answers:
    """The answer to each endpoint, and to four refusals, by a name; to most after a history of its own."""
    exchange.clock.freeze(NOW_MS)
    sender = Sender(exchange)
    replies: dict[str, Reply] = {}
    gift = {
        "coin": "USDT",
        "amount": "1.50",
        "userAccountType": 1,
        "userAccount": BOB,
        "walletType": 1,
        "transferClientId": "first",
    }
    replies["transfer"] = sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="100.5")
    exchange.clock.advance(ms=1)
    sender.post(TRANSFER, fromAccount="fund", toAccount="spot", asset="BTC", amount="0.00000000000000000001")
    replies["inner_transfer"] = sender.post(INNER_TRANSFER, **gift)
    replies["spot_balance"] = sender.get(SPOT_BALANCE)
    replies["fund_balance"] = sender.get(FUND_BALANCE)
    replies["account_overview"] = sender.get(OVERVIEW)
    replies["transfers"] = sender.get(TRANSFERS, type="FUND_PFUTURES")
    replies["transfer_records"] = sender.get(TRANSFER_RECORDS)
    replies["transferable_coins"] = sender.get(COINS)
    replies["inner_transfer_records"] = sender.get(INNER_RECORDS, coin="USDT")
    order = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "100000"}
    replies["too much"] = sender.post(TRANSFER, **order)
    replies["wrong key"] = sender.call("GET", SPOT_BALANCE, {}, key="nobody-key")
    replies["no permission"] = sender.call("POST", TRANSFER, order, key="alice-read-key")
    replies["repeated transferClientId"] = sender.post(INNER_TRANSFER, **gift)
    named = {present_id(name) for name in replies}
    for endpoint in ENDPOINTS.values():
        if not (endpoint.id in named or endpoint.old_route or endpoint.tells_time):
            replies[endpoint.id] = sender.call(endpoint.method, endpoint.path, request_of(endpoint))
    return {name: [reply.status, reply.json] for name, reply in replies.items()}
