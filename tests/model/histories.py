"""What histories are made of: the start, amounts, and requests of kinds that our client would not send."""

from typing import Any

from hypothesis import strategies as st
from support.history import key
from support.sender import (
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
)

ALICE, BOB, DORA, CAROL = 16779999, 16780001, 16780003, 16780002
LONG_AGO_MS = NOW_MS - 86_400_000
START: dict[str, Any] = {
    "users": [
        {
            "uid": ALICE,
            "email": "alice@example.com",
            "phone": {"calling_code": "86", "number": "13800000000"},
            "kind": "main",
            "keys": [key("alice"), key("alice-read", "read"), key("alice-elsewhere", ips=("192.0.2.1",))],
            "balances": {
                "fund": {"USDT": "1000", "BTC": {"free": "0.5", "locked": "0.1"}, "ETH": "0.3"},
                "spot": {"USDT": "250.5", "BTC": "0.2", "ETH": "2.00000000000000000001"},
                "stdFutures": {"USDT": "40", "ETH": "3"},
                "coinMPerp": {"BTC": "1", "USDT": {"free": "0", "locked": "9"}},
                "USDTMPerp": {"USDT": "100", "BTC": "0.00000000000000000002"},
                "grid": {"USDT": "7.25"},
            },
        },
        {
            "uid": BOB,
            "email": "bob@example.com",
            "phone": {"calling_code": "49", "number": "15100000000"},
            "kind": "main",
            "keys": [key("bob")],
            "balances": {
                "fund": {"USDT": "500", "BTC": "1"},
                "stdFutures": {"BTC": "0.00000000000000000003"},
            },
        },
        {"uid": DORA, "kind": "main", "keys": [key("dora")], "balances": {"fund": {"ETH": "1"}}},
        {
            "uid": CAROL,
            "email": "carol@example.com",
            "kind": "sub",
            "keys": [key("carol")],
            "balances": {"fund": {"USDT": "50"}},
        },
    ],
    "prices": {"BTC": "60000.123456789", "ETH": "0.33333333333333333333"},
    "coins": {"USDT": "Tether USD", "BTC": "Bitcoin", "ETH": "Ethereum", "VST": "Virtual USDT"},
    "transfers": [
        {
            "uid": ALICE,
            "id": 1000 + number,
            "asset": ("USDT", "BTC")[number % 2],
            "amount": "1.5",
            "from": "fund",
            "to": "USDTMPerp" if number < 12 else "spot",
            "at": LONG_AGO_MS + number // 2,
            **({"transfer_id": str(10**21 + 1000 + number)} if number % 2 else {}),
        }
        for number in range(14)
    ],
    "inner_transfers": [
        {
            "uid": ALICE,
            "id": 1100 + number,
            "to_uid": BOB,
            "asset": "USDT",
            "amount": "2",
            "from": "fund",
            "transfer_client_id": f"old{status}",
            "at": LONG_AGO_MS + number,
            "status": status,
        }
        for number, status in enumerate([4, 5, 6])
    ],
}
"""Four users with their keys and balances, and a little history."""

ASSETS = ("USDT", "BTC", "ETH", "VST", "DOGE")
"""Four coins that exist, and one that does once somebody is given some of it."""

ACCOUNTS = ("fund", "spot", "stdFutures", "coinMPerp", "USDTMPerp")
TYPES = (
    "FUND_SFUTURES",
    "SFUTURES_FUND",
    "FUND_PFUTURES",
    "PFUTURES_FUND",
    "SFUTURES_PFUTURES",
    "PFUTURES_SFUTURES",
)
RECEIVERS: tuple[dict[str, str], ...] = (
    {"userAccountType": "1", "userAccount": str(BOB)},
    {"userAccountType": "1", "userAccount": str(DORA)},
    {"userAccountType": "1", "userAccount": str(ALICE)},
    {"userAccountType": "1", "userAccount": str(CAROL)},
    {"userAccountType": "1", "userAccount": "999"},
    {"userAccountType": "2", "userAccount": "15100000000", "callingCode": "49"},
    {"userAccountType": "2", "userAccount": "13800000000", "callingCode": "86"},
    {"userAccountType": "2", "userAccount": "13800000000", "callingCode": "49"},
    {"userAccountType": "3", "userAccount": "alice@example.com"},
    {"userAccountType": "3", "userAccount": "Bob@Example.com"},
    {"userAccountType": "3", "userAccount": "nobody@example.com"},
)

ALL, TOO_MUCH, ALL_BUT_A_BIT = "all that is free", "all that is free + 1e-20", "all that is free - 1e-20"
plain_amounts = st.sampled_from(
    (
        *("0.00000000000000000001", "1", "1.0", "0.00000000000000000007", "007.50", "0.3333333333333333333")
        * 4,
        "123.45678901234567890123",
        "9" * 28 + "." + "9" * 20,
    )
)
amounts = st.one_of(st.sampled_from((ALL, TOO_MUCH, ALL_BUT_A_BIT)), plain_amounts)

# Requests made by hand: mostly right, with one thing wrong now and then

_TIMES = ("0", str(LONG_AGO_MS), str(LONG_AGO_MS + 1), str(NOW_MS - 1), str(NOW_MS), str(NOW_MS + 1))
_NUMBERS = ("-1", "+1", "1.0", "1e1", "", "x", " 1")
_BAD_AMOUNTS = ("0", "0.0", "-1", "+1", "1e2", ".5", "5.", "", " 1", "1,5", "NaN", "Infinity", "１", "0x1")
BAD: dict[str, tuple[str, ...]] = {
    "amount": (*_BAD_AMOUNTS, "0." + "0" * 20 + "1", "0." + "0" * 20),
    "asset": ("usdt", "", "US-DT", "USDT\n", "A" * 21),
    "coin": ("usdt", "", "US-DT", "USDT ", "A" * 21),
    "type": ("FUND_SPOT", "FUND_FUND", "fund_pfutures", ""),
    "fromAccount": ("grid", "FUND", "", "sopt"),
    "toAccount": ("grid", "FUND", "", "sopt"),
    "accountType": ("fund", "SOPT", "", "futures"),
    "recvWindow": ("0", "5001", "60000", *_NUMBERS),
    "startTime": _NUMBERS,
    "endTime": _NUMBERS,
    "current": ("0", *_NUMBERS),
    "pageIndex": ("0", *_NUMBERS),
    "size": ("0", "101", *_NUMBERS),
    "pageSize": ("0", "101", *_NUMBERS),
    "limit": ("0", "1001", *_NUMBERS),
    "offset": _NUMBERS,
    "tranId": ("", "x", "-1", "1.0"),
    "transferId": ("", "x", "-1", "1.0"),
    "id": ("", "x", "-1", "1.0"),
    "userAccountType": ("0", "4", "x", ""),
    "userAccount": ("bob@example.com", "15100000000", "bob", "", "@", str(BOB)),
    "callingCode": ("+49", "", "x", "490000"),
    "walletType": ("0", "5", "16", "x", ""),
    "transferClientId": ("a-b", "a b", "", "a" * 100, "ä"),
}
_GOOD: dict[str, tuple[str, ...]] = {
    "asset": ("USDT", "USDT", "USDT", "BTC", *ASSETS),
    "coin": ("USDT", "USDT", "USDT", "BTC", *ASSETS),
    "type": TYPES,
    "fromAccount": ACCOUNTS,
    "toAccount": ACCOUNTS,
    "accountType": ("sopt", "spot", "stdFutures", "coinMPerp", "USDTMPerp", "grid", "eran", "c2c"),
    "recvWindow": ("1", "100", "5000"),
    "startTime": _TIMES,
    "endTime": _TIMES,
    "current": ("1", "2", "3"),
    "pageIndex": ("1", "2", "2147483647"),
    "size": ("1", "2", "100"),
    "pageSize": ("1", "2", "100"),
    "limit": ("1", "2", "1000"),
    "offset": ("0", "1", "2"),
    "tranId": ("1001", "1002", str(10**21 + 1001), "1", "9" * 30),
    "transferId": ("1001", "1002", str(10**21 + 1001), "1", "9" * 30),
    "id": ("1100", "1101", "1", "9" * 30),
    "callingCode": ("49", "86"),
    "walletType": ("1", "2", "3", "15", "4"),
    "transferClientId": ("a", "B7", "old4", "old5", "old6", "z" * 99),
    "colour": ("a+b", "blue@sea"),
}
_GROUPS = {
    "pair": ("fromAccount", "toAccount"),
    "receiver": ("userAccountType", "userAccount", "callingCode"),
}
Request = tuple[str, str, dict[str, str]]
"""Method, path and parameters."""


def _requests(
    method: str, path: str, *needed: str, perhaps: str = "", **also: st.SearchStrategy[dict[str, str]]
) -> st.SearchStrategy[Request]:
    """Requests of one kind.

    :param needed: parameters that each one has; those that it ``perhaps`` has.
    :param also: groups of parameters that go together.
    """
    optional = [*perhaps.split(), "recvWindow", "colour"]
    groups = [name for group in also for name in _GROUPS[group]]
    names = [name for name in (*needed, *perhaps.split(), *groups, "recvWindow") if name in BAD]
    spoiled = st.sampled_from([(name, value) for name in names for value in (*BAD[name], None)])
    perhaps_spoiled = st.one_of(st.none(), st.none(), st.none(), spoiled)
    good = st.fixed_dictionaries(
        {name: plain_amounts if name == "amount" else st.sampled_from(_GOOD[name]) for name in needed},
        optional={name: st.sampled_from(_GOOD[name]) for name in optional},
    )
    together = st.tuples(*also.values())

    @st.composite
    def request(draw: st.DrawFn) -> Request:
        parameters = draw(good)
        for group in draw(together):
            parameters |= group
        return method, path, _spoil(parameters, draw(perhaps_spoiled))

    return request()


def _spoil(good: dict[str, str], spoiled: tuple[str, str | None] | None) -> dict[str, str]:
    """The same with one parameter bad, or missing, or as it was."""
    if spoiled is None:
        return good
    name, bad = spoiled
    rest = {other: value for other, value in good.items() if other != name}
    return rest if bad is None else rest | {name: bad}


_PAIR = st.sampled_from([{"fromAccount": one, "toAccount": other} for one in ACCOUNTS for other in ACCOUNTS])
_NONE: dict[str, str] = {}
_MAYBE_PAIR = st.one_of(st.just(_NONE), _PAIR)
_PERIOD = "startTime endTime"
reads = st.one_of(
    _requests("GET", SPOT_BALANCE),
    _requests("GET", FUND_BALANCE, perhaps="asset"),
    _requests("GET", OVERVIEW, perhaps="accountType"),
    _requests("GET", TRANSFERS, "type", perhaps=f"tranId {_PERIOD} current size"),
    _requests("GET", TRANSFERS, "tranId", perhaps=f"{_PERIOD} current size"),
    _requests("GET", TRANSFER_RECORDS, perhaps=f"type transferId {_PERIOD} pageIndex pageSize"),
    _requests("GET", TRANSFER_RECORDS, perhaps=f"tranId {_PERIOD} pageIndex pageSize", pair=_MAYBE_PAIR),
    _requests("GET", COINS, pair=_MAYBE_PAIR),
    _requests("GET", INNER_RECORDS, "coin", perhaps=f"id transferClientId {_PERIOD} offset limit"),
    st.sampled_from(
        [
            ("GET", SERVER_TIME, {}),
            ("GET", "/openApi/swap/v1/server/time", {}),
            ("GET", "/openApi/spot/v1/server/time", {}),
            ("GET", "/openApi/spot/v1/account/nowhere", {}),
            ("DELETE", SPOT_BALANCE, {}),
        ]
    ),
)
_RECEIVER = st.sampled_from(
    [*RECEIVERS, *({"userAccountType": "1", "targetAccount": uid} for uid in (str(BOB), "999"))]
)
writes = st.one_of(
    _requests("POST", TRANSFER, "asset", "amount", "type"),
    _requests("POST", TRANSFER, "asset", "amount", pair=_PAIR),
    _requests("POST", TRANSFER, "asset", "amount", "type", pair=_PAIR),
    _requests("POST", TRANSFERS, "asset", "amount", "type", perhaps="fromAccount"),
    _requests("POST", "/openApi/api/v3/post/asset/transfer", "asset", "amount", "type"),
    _requests(
        "POST",
        INNER_TRANSFER,
        "coin",
        "amount",
        "walletType",
        perhaps="transferClientId callingCode",
        receiver=_RECEIVER,
    ),
)
stamps = st.sampled_from(
    (
        *((0,) * 16),
        *((-5000, -5001, 5000, 5001) * 2),
        *(-1, 1, -2, 2, -100, 100, -101, 101, -60_000, 60_000),
        *(None, "", "now", "1.7e12", "-1"),
    )
)
"""Milliseconds off the exchange's clock, or what stands in place of a timestamp, or None for nothing."""
