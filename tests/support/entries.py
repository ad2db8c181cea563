"""What the contract's entries, whatever they are, say of requests: one that is taken, values that are not."""

import re
from collections.abc import Iterator

from bingx_contracts import CONTRACT, RULES, Endpoint, Rule

_IN_NO_EXAMPLE = {
    "callingCode": "49",
    "transferClientId": "once",
    "transferId": "1",
    "tranId": "1",
    "id": "1",
}
"""Values that mean something in the example state, where a rule says less than that."""


def request_of(endpoint: Endpoint, *also: str) -> dict[str, str]:
    """The parameters of a request that the endpoint takes in the example state: its example's, and these."""
    sent = next(example.request for example in CONTRACT.examples if example.endpoint == endpoint.id)
    together = {name for group in endpoint.needs_one_of if set(group) & set(also) for name in group}
    wanted = [it for it in endpoint.parameters if it.name in together | set(also)]
    return {it.name: _meant(it.name, RULES[it.rule]) for it in wanted} | sent


def _meant(name: str, rule: Rule) -> str:
    """A value of a parameter that the exchange takes."""
    shown = (example.request[name] for example in CONTRACT.examples if name in example.request)
    value = next(shown, _IN_NO_EXAMPLE.get(name))
    if value is not None:
        return value
    match rule.kind:
        case "enum":
            return rule.values[0]
        case "boolean":
            return "true"
        case "integer":
            return str(rule.minimum)
    raise AssertionError(f"no example has the parameter {name}: say here what it may be")


def refused(rule: Rule) -> Iterator[str]:
    """Values that break a rule, of every kind that people send."""
    match rule.kind:
        case "enum":
            yield from (text for text in ("", "nobody", f"{rule.values[0]} ") if text not in rule.values)
        case "boolean":
            yield from ("", "1", "True", "yes")
        case "integer":
            assert rule.minimum is not None
            assert rule.maximum is not None
            yield from ("", "x", "-1", "+1", "1.0", "1e1", "１")
            yield from (str(rule.minimum - 1), str(rule.maximum + 1))
        case "amount":
            yield from ("", "0", "-1", "+1", "1e3", ".5", "1,5", "NaN", "１", f"0.{20 * '0'}1")
        case "decimal":
            yield from ("", "+1", "1e3", ".5", "1,5", "NaN", "１")
        case "pattern":
            assert rule.pattern is not None
            candidates = ("", " ", "a b", "ä", "-", "\n", 300 * "1")
            yield from (text for text in candidates if not re.fullmatch(rule.pattern, text, re.ASCII))
        case "list":
            yield from ("", ",")
        case "json":
            yield from ("", "{", "1", '"text"')
