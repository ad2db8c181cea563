"""What the contract's entries, whatever they are, say of requests: one that is taken, values that are not."""

import re
from collections.abc import Iterator

from bingx_contracts import CONTRACT, RULES, Endpoint, Rule
from support.sender import BOB

_MEANT = {
    "asset": "USDT",
    "coin": "USDT",
    "amount": "1",
    "type": "FUND_PFUTURES",
    "fromAccount": "fund",
    "toAccount": "USDTMPerp",
    "userAccountType": "1",
    "userAccount": str(BOB),
    "walletType": "1",
    "callingCode": "49",
    "transferClientId": "once",
    "transferId": "1",
    "tranId": "1",
    "id": "1",
}
"""Values that mean something in the example state and go together, where a rule says less than that."""


def request_of(endpoint: Endpoint, *also: str) -> dict[str, str]:
    """The parameters of a request that the endpoint takes: those that it needs, and these."""
    groups = [group for group in endpoint.needs_one_of if not also or set(group) & set(also)]
    named = {name for group in (groups or endpoint.needs_one_of)[:1] for name in group} | set(also)
    return {
        parameter.name: meant(endpoint, parameter.name, RULES[parameter.rule])
        for parameter in endpoint.parameters
        if parameter.required or parameter.name in named
    }


def meant(endpoint: Endpoint, name: str, rule: Rule) -> str:
    """A value of a parameter that the exchange takes: of an example, unless it has to go with others."""
    if name in _MEANT:
        return _MEANT[name]
    for example in CONTRACT.examples:
        if example.endpoint == endpoint.id and name in example.request:
            return example.request[name]
    match rule.kind:
        case "enum":
            return rule.values[0]
        case "integer":
            return str(rule.minimum)
        case "boolean":
            return "true"
    raise AssertionError(f"give {endpoint.id} an example with {name}: its rule is only {rule.says!r}")


def refused(rule: Rule) -> Iterator[str]:
    """Values that break a rule, of every kind that people send."""
    match rule.kind:
        case "enum":
            yield from (text for text in ("", "nobody", f"{rule.values[0]} ") if text not in rule.values)
        case "integer":
            assert rule.minimum is not None
            assert rule.maximum is not None
            yield from ("", "x", "-1", "+1", "1.0", "1e1", "１")
            yield from (str(rule.minimum - 1), str(rule.maximum + 1))
        case "amount":
            yield from ("", "0", "-1", "+1", "1e3", ".5", "1,5", "NaN", "１", f"0.{20 * '0'}1")
        case "decimal":
            yield from ("", "+1", "--1", "1e3", ".5", "1,5", "NaN", "１", f"0.{20 * '0'}1")
        case "boolean":
            yield from ("", "True", "1", "yes")
        case "list":
            yield from ("", ",", "1,,2")
        case "json":
            yield from ("", "null", "1", *(("[", "{}") if rule.form == "array" else ("{", "[]")))
        case "pattern":
            assert rule.pattern is not None
            candidates = ("", " ", "a b", "ä", "-", "\n", 300 * "1")
            yield from (text for text in candidates if not re.fullmatch(rule.pattern, text, re.ASCII))
