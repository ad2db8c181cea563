"""A state in which made-up transfers succeed, and a document that knows what is in it."""

from copy import deepcopy
from typing import Any

from support.history import key
from support.sender import ALICE, BOB

COINS = ("USDT", "BTC", "ETH")
_ACCOUNTS = ("fund", "spot", "stdFutures", "coinMPerp", "USDTMPerp")
_PLENTY = "1000000000000"

STATE: dict[str, Any] = {
    "users": [
        {
            "uid": ALICE,
            "kind": "main",
            "keys": [key("alice")],
            "balances": {account: dict.fromkeys(COINS, _PLENTY) for account in _ACCOUNTS},
        },
        {"uid": BOB, "kind": "main"},
    ],
    "coins": {"USDT": "Tether USD", "BTC": "Bitcoin", "ETH": "Ethereum"},
    "prices": {"BTC": "60000"},
}

_KNOWN: dict[str, tuple[str, ...]] = {
    "asset": COINS,
    "coin": COINS,
    "amount": ("1", "0.5", "2.00000000000000000001"),
    "type": ("FUND_PFUTURES",),
    "fromAccount": ("fund",),
    "toAccount": ("USDTMPerp",),
    "userAccountType": ("1",),
    "userAccount": (str(BOB),),
    "walletType": ("1", "3"),
    "symbol": ("BTC-USDT", "ETH-USDT"),
}
"""Values that mean something in the state and go together, by the name of the parameter."""


def with_known_values(document: dict[str, Any]) -> dict[str, Any]:
    """The document, narrowed to requests about coins, amounts, accounts and users that there are."""
    copy = deepcopy(document)
    for item in copy["paths"].values():
        for operation in item.values():
            for parameter in operation["parameters"]:
                name = parameter.get("name")
                if name in _KNOWN and {*_KNOWN[name]} <= {*parameter["schema"].get("enum", _KNOWN[name])}:
                    parameter["schema"] = _known(parameter["name"])
    for name, schema in copy["components"]["schemas"].items():
        if name.endswith(".request"):
            schema["additionalProperties"] = False
            schema["properties"] |= {
                known: _known(known) for known in _KNOWN if known in schema["properties"]
            }
    return copy


def _known(name: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(_KNOWN[name])}
