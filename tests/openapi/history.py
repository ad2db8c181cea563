"""One fixed history of calls: each endpoint carried out in each of its forms, and refused for each reason.

Its requests never change, so that what profiles make of them can be compared. Endpoints of groups that are
not the account's are asked by the contract's examples.
"""

from urllib.parse import urlencode

from support.entries import make_what_it_names
from support.history import History, Met
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
    Sender,
)

from bingx_contracts import CONTRACT, ENDPOINTS

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


def play(sender: Sender) -> list[Met]:
    """Send the history to an exchange with the example state, whose clock stands at ``NOW_MS``."""
    history = History(sender)
    call, raw = history.call, history.raw

    call("GET", SPOT_BALANCE)
    call("GET", FUND_BALANCE)
    call("GET", FUND_BALANCE, {"asset": "BTC"})
    call("GET", FUND_BALANCE, {"asset": "DOGE"})
    call("GET", OVERVIEW)
    call("GET", OVERVIEW, {"accountType": "sopt"})

    call("POST", TRANSFER, _BY_TYPE)
    call("POST", TRANSFER, _BY_ACCOUNTS, place="json")
    call("POST", TRANSFERS, _BY_TYPE)
    call("POST", OLDEST_TRANSFER, _BY_TYPE, place="query")
    for path in (TRANSFER, TRANSFERS, OLDEST_TRANSFER):
        call("POST", path, _BY_TYPE | {"amount": "1e3"})
        call("POST", path, _BY_TYPE | {"amount": "999999"})
        call("POST", path, _BY_TYPE | {"asset": "DOGE"})
        call("POST", path, _BY_TYPE, key="alice-read-key")
        call("POST", path, _BY_TYPE, secret="wrong")

    nameless = sender.exchange.state["transfers"][1]["id"]
    call("GET", TRANSFERS, {"type": "FUND_PFUTURES"})
    call("GET", TRANSFERS, {"tranId": nameless})
    call("GET", TRANSFERS, {"type": "PFUTURES_FUND"})
    call("GET", TRANSFERS)
    call("GET", TRANSFER_RECORDS)
    call("GET", TRANSFER_RECORDS, {"type": "FUND_PFUTURES", "pageSize": 1})
    call("GET", TRANSFER_RECORDS, _ACCOUNTS)
    call("GET", TRANSFER_RECORDS, {"pageIndex": 0})
    call("GET", COINS)
    call("GET", COINS, _ACCOUNTS)

    call("POST", INNER_TRANSFER, _TO_BOB)
    call("POST", INNER_TRANSFER, _TO_BOB | {"transferClientId": "once"})
    call("POST", INNER_TRANSFER, _TO_BOB | {"transferClientId": "once"})
    call("POST", INNER_TRANSFER, _TO_BOB | {"transferClientId": "once", "amount": 3})
    call("POST", INNER_TRANSFER, _TO_BOB | {"walletType": 15})
    call("POST", INNER_TRANSFER, _TO_BOB | {"walletType": 4})
    call("POST", INNER_TRANSFER, _TO_BOB | {"userAccount": 1})
    call("POST", INNER_TRANSFER, _TO_BOB | {"userAccount": CAROL}, key="carol-key")
    call("GET", INNER_RECORDS, {"coin": "USDT"})
    call("GET", INNER_RECORDS, {"coin": "USDT"}, key="bob-key")
    call("GET", INNER_RECORDS, {"coin": "USDT"}, key="carol-key")
    call("GET", INNER_RECORDS, {"coin": "BTC"})

    call("GET", SPOT_BALANCE, {"recvWindow": 0})
    call("GET", SPOT_BALANCE, {"recvWindow": 60000})
    call("GET", SPOT_BALANCE, timestamp=NOW_MS - 5001)
    call("GET", SPOT_BALANCE, timestamp=NOW_MS + 5001)
    call("GET", SPOT_BALANCE, timestamp=None)
    call("GET", SPOT_BALANCE, key="nobody-key")
    raw("GET", SPOT_BALANCE)
    raw("GET", SPOT_BALANCE, headers={"X-BX-APIKEY": "alice-key"})
    for path in (SERVER_TIME, *OLDER_TIMES):
        raw("GET", path)

    for example in CONTRACT.examples:
        endpoint = ENDPOINTS[example.endpoint]
        if endpoint.group in ("spot_account", "common"):
            continue
        make_what_it_names(sender.exchange, endpoint, example.request)
        if endpoint.public:
            query = f"?{urlencode(example.request)}" if example.request else ""
            raw(endpoint.method, endpoint.path + query)
            if endpoint.write:
                raw(endpoint.method, endpoint.path)  # with nothing of what it needs
        else:
            call(endpoint.method, endpoint.path, example.request)
            call(endpoint.method, endpoint.path, example.request, key="nobody-key")
    return history.met
