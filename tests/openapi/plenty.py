"""A state in which made-up transfers succeed, and a document that knows what is in it."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from support.entries import request_under
from support.history import key
from support.sender import ALICE, BOB

from bingx_contracts import ENDPOINTS, PROFILES

COINS = ("USDT", "BTC", "ETH")
_ACCOUNTS = ("fund", "spot", "stdFutures", "coinMPerp", "USDTMPerp")
_PLENTY = "1000000000000"
LISTEN_KEY = 8 * "0badcafe"
"""One that there has to be."""

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
    "listenKey": (LISTEN_KEY,),
}
"""Values that mean something in the state and go together, by the name of the parameter."""


ORDERS = "one,two,three"
"""The client ids of orders that there have to be."""
OCO = "1"
"""The client id of an OCO order that there has to be."""

_ORDERS = "spot_trade."
_KNOWN_OF_ORDERS: dict[str, tuple[str, ...]] = {
    "symbol": ("BTC-USDT",),
    "side": ("BUY", "SELL"),
    "type": ("LIMIT", "MARKET", "TAKE_STOP_LIMIT", "TAKE_STOP_MARKET", "TRIGGER_LIMIT", "TRIGGER_MARKET"),
    "quantity": ("0.001", "0.02"),
    "quoteOrderQty": ("20",),
    "price": ("50000", "59000.5", "61000"),
    "stopPrice": ("61000", "59000"),
    "limitPrice": ("48000",),
    "triggerPrice": ("62000",),
    "orderPrice": ("62500",),
    "newClientOrderId": ("four", "five"),
    "cancelClientOrderID": ("one",),
    "clientOrderID": ("two",),
    "clientOrderIDs": ("three",),
    "aboveClientOrderId": ("1",),
    "belowClientOrderId": ("2",),
    "clientOrderId": (OCO,),
    "data": ('[{"symbol":"BTC-USDT","side":"BUY","type":"LIMIT","quantity":0.001,"price":45000}]',),
}
"""The same of orders, which go by their client ids."""
_NOT_OF_ORDERS = {
    *("orderId", "orderIds", "cancelOrderId", "orderListId", "listClientOrderId", "cancelRestrictions"),
    *("startTime", "endTime", "pageIndex"),
}
"""What would ask for others."""


_BY_EXAMPLE = ("swap_trade.", "swap_account.", "cswap_market.", "coinm_trade.", "agent.")
"""Groups of which what is known to mean something is an endpoint's example."""


def example_of(endpoint_id: str, profile: str) -> Mapping[str, str]:
    """The request of an endpoint's example, as a profile takes it."""
    return request_under(ENDPOINTS[endpoint_id], PROFILES[profile].answers)


def with_known_values(document: dict[str, Any]) -> dict[str, Any]:
    """The document, narrowed to requests about coins, amounts, accounts and users that there are."""
    copy = deepcopy(document)
    profile = document["info"]["x-profile"]["name"]
    for item in copy["paths"].values():
        for operation in item.values():
            if operation["operationId"].startswith(_BY_EXAMPLE):
                _know_example_in_query(operation, example_of(operation["operationId"], profile))
                continue
            if operation["operationId"].startswith(_ORDERS):
                _know_orders_in_query(operation)
                continue
            for parameter in operation["parameters"]:
                name = parameter.get("name")
                if name in _KNOWN and {*_KNOWN[name]} <= {*parameter["schema"].get("enum", _KNOWN[name])}:
                    parameter["schema"] = _known(parameter["name"])
    for name, schema in copy["components"]["schemas"].items():
        if name.endswith(".request"):
            schema["additionalProperties"] = False
            if name.startswith(_BY_EXAMPLE):
                _know_example(schema, example_of(name.removesuffix(".request"), profile))
                continue
            if name.startswith(_ORDERS):
                _know_orders(schema)
                continue
            schema["properties"] |= {
                known: _known(known) for known in _KNOWN if known in schema["properties"]
            }
    return copy


def _know_example_in_query(operation: dict[str, Any], example: Mapping[str, str]) -> None:
    kept = []
    for parameter in operation["parameters"]:
        if parameter.get("in") != "query" or "name" not in parameter:
            kept.append(parameter)
        elif parameter["name"] in example:
            fixed = {"type": "string", "enum": [example[parameter["name"]]]}
            kept.append(parameter | {"required": True, "schema": fixed})
    operation["parameters"] = kept


def _know_example(schema: dict[str, Any], example: Mapping[str, str]) -> None:
    own = {name: {"type": "string", "enum": [value]} for name, value in example.items()}
    schema["properties"] = own
    schema["required"] = sorted(own)
    schema.pop("anyOf", None)


def _know_orders_in_query(operation: dict[str, Any]) -> None:
    kept = []
    for parameter in operation["parameters"]:
        name = parameter.get("name")
        if name in _KNOWN_OF_ORDERS:
            parameter["schema"] = _known(name, _KNOWN_OF_ORDERS)
        if name not in _NOT_OF_ORDERS or parameter["required"]:
            kept.append(parameter)
    operation["parameters"] = kept


def _know_orders(schema: dict[str, Any]) -> None:
    needed = set(schema["required"])
    schema["properties"] = {
        name: _known(name, _KNOWN_OF_ORDERS) if name in _KNOWN_OF_ORDERS and name != "type" else inner
        for name, inner in schema["properties"].items()
        if name not in _NOT_OF_ORDERS
    }
    if "LIMIT" in schema["properties"].get("type", {}).get("enum", ()):
        schema["properties"]["type"] = _known("type", _KNOWN_OF_ORDERS)
        needed |= {"quantity", "price", "stopPrice"}
    if "triggerPrice" in schema["properties"]:
        schema["properties"]["side"] = {"const": "BUY"}  # what the prices are those of
    one_of = [group["required"] for group in schema.pop("anyOf", [])]
    needed.update(*(group for group in one_of if not {*group} & _NOT_OF_ORDERS))
    schema["required"] = sorted(needed)


def _known(name: str, known: dict[str, tuple[str, ...]] = _KNOWN) -> dict[str, Any]:
    return {"type": "string", "enum": list(known[name])}
