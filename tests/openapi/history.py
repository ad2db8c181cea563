"""One fixed history of calls: each endpoint carried out in each of its forms, and refused for each reason.

Its requests never change, so that what profiles make of them can be compared.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from support.sender import (
    BOB,
    CAROL,
    COINS,
    FUND_BALANCE,
    INNER_RECORDS,
    INNER_TRANSFER,
    NOW_MS,
    OVERVIEW,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    TRANSFER_RECORDS,
    TRANSFERS,
    Reply,
    Sender,
)

OLDEST_TRANSFER = "/openApi/api/v3/post/asset/transfer"
OLDER_TIMES = ("/openApi/swap/v1/server/time", "/openApi/spot/v1/server/time")

_BY_TYPE = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "1.5"}
_BY_ACCOUNTS = {
    "fromAccount": "fund",
    "toAccount": "spot",
    "asset": "USDT",
    "amount": "0.00000000000000000001",
}
_TO_BOB = {"coin": "USDT", "amount": "2.25", "userAccountType": 1, "userAccount": BOB, "walletType": 1}
_ACCOUNTS = {"fromAccount": "fund", "toAccount": "spot"}


class Met(NamedTuple):
    """A request and its answer."""

    method: str
    path: str
    reply: Reply


def play(sender: Sender) -> Iterator[Met]:
    """Send the history to an exchange with the example state, whose clock stands at ``NOW_MS``."""

    def call(method: str, path: str, parameters: dict[str, Any] | None = None, **options: Any) -> Met:
        return Met(method, path, sender.call(method, path, parameters, **options))

    yield call("GET", SPOT_BALANCE)
    yield call("GET", FUND_BALANCE)
    yield call("GET", FUND_BALANCE, {"asset": "BTC"})
    yield call("GET", FUND_BALANCE, {"asset": "DOGE"})
    yield call("GET", OVERVIEW)
    yield call("GET", OVERVIEW, {"accountType": "sopt"})

    yield call("POST", TRANSFER, _BY_TYPE)
    yield call("POST", TRANSFER, _BY_ACCOUNTS, place="json")
    yield call("POST", TRANSFERS, _BY_TYPE)
    yield call("POST", OLDEST_TRANSFER, _BY_TYPE, place="query")
    for path in (TRANSFER, TRANSFERS, OLDEST_TRANSFER):
        yield call("POST", path, _BY_TYPE | {"amount": "1e3"})
        yield call("POST", path, _BY_TYPE | {"amount": "999999"})
        yield call("POST", path, _BY_TYPE | {"asset": "DOGE"})
        yield call("POST", path, _BY_TYPE, key="alice-read-key")
        yield call("POST", path, _BY_TYPE, secret="wrong")

    nameless = sender.exchange.state["transfers"][1]["id"]
    yield call("GET", TRANSFERS, {"type": "FUND_PFUTURES"})
    yield call("GET", TRANSFERS, {"tranId": nameless})
    yield call("GET", TRANSFERS, {"type": "PFUTURES_FUND"})
    yield call("GET", TRANSFERS)
    yield call("GET", TRANSFER_RECORDS)
    yield call("GET", TRANSFER_RECORDS, {"type": "FUND_PFUTURES", "pageSize": 1})
    yield call("GET", TRANSFER_RECORDS, _ACCOUNTS)
    yield call("GET", TRANSFER_RECORDS, {"pageIndex": 0})
    yield call("GET", COINS)
    yield call("GET", COINS, _ACCOUNTS)

    yield call("POST", INNER_TRANSFER, _TO_BOB)
    yield call("POST", INNER_TRANSFER, _TO_BOB | {"transferClientId": "once"})
    yield call("POST", INNER_TRANSFER, _TO_BOB | {"transferClientId": "once"})
    yield call("POST", INNER_TRANSFER, _TO_BOB | {"transferClientId": "once", "amount": 3})
    yield call("POST", INNER_TRANSFER, _TO_BOB | {"walletType": 15})
    yield call("POST", INNER_TRANSFER, _TO_BOB | {"walletType": 4})
    yield call("POST", INNER_TRANSFER, _TO_BOB | {"userAccount": 1})
    yield call("POST", INNER_TRANSFER, _TO_BOB | {"userAccount": CAROL}, key="carol-key")
    yield call("GET", INNER_RECORDS, {"coin": "USDT"})
    yield call("GET", INNER_RECORDS, {"coin": "USDT"}, key="bob-key")
    yield call("GET", INNER_RECORDS, {"coin": "USDT"}, key="carol-key")
    yield call("GET", INNER_RECORDS, {"coin": "BTC"})

    yield call("GET", SPOT_BALANCE, {"recvWindow": 0})
    yield call("GET", SPOT_BALANCE, {"recvWindow": 60000})
    yield call("GET", SPOT_BALANCE, timestamp=NOW_MS - 5001)
    yield call("GET", SPOT_BALANCE, timestamp=NOW_MS + 5001)
    yield call("GET", SPOT_BALANCE, timestamp=None)
    yield call("GET", SPOT_BALANCE, key="nobody-key")
    yield Met("GET", SPOT_BALANCE, sender.raw("GET", SPOT_BALANCE))
    yield Met("GET", SPOT_BALANCE, sender.raw("GET", SPOT_BALANCE, headers={"X-BX-APIKEY": "alice-key"}))
    for path in (SERVER_TIME, *OLDER_TIMES):
        yield Met("GET", path, sender.raw("GET", path))
