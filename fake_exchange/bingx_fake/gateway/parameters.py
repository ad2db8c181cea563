"""The gateway's reading of parameters: documented names, documented forms, everything else refused."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache

from bingx_contracts import RULES, VALUES, Endpoint, Parameter, Rule
from bingx_fake.gateway.refusal import BAD_PARAMETER, Refusal, cut, shown

Value = str | int | Decimal

_FORBIDDEN = frozenset(VALUES.forbidden_characters)


class Parameters:
    """An endpoint's checked parameters by their documented names; absent ones are None."""

    def __init__(self, values: Mapping[str, Value] | None = None) -> None:
        self._values = values or {}

    def text(self, name: str) -> str | None:
        """A value as text."""
        value = self._values.get(name)
        assert value is None or isinstance(value, str), f"{name} is not text"
        return value

    def integer(self, name: str) -> int | None:
        """A value as an integer."""
        value = self._values.get(name)
        assert value is None or isinstance(value, int), f"{name} is not an integer"
        return value

    def required_text(self, name: str) -> str:
        """A required value as text."""
        value = self.text(name)
        assert value is not None, f"{name} is required, so the gateway has refused its absence"
        return value

    def counted(self, name: str) -> int:
        """An integer that has a default."""
        value = self.integer(name)
        assert value is not None, f"{name} has a default"
        return value

    def amount(self, name: str) -> Decimal:
        """A required amount."""
        value = self._values.get(name)
        assert isinstance(value, Decimal), f"{name} is a required amount"
        return value


def read_parameters(endpoint: Endpoint, sent: Mapping[str, str]) -> Parameters:
    """Check what was sent against the endpoint's documented parameters.

    Unknown names are ignored (O), but no value, of whatever name, may hold a forbidden character (S). The
    signature, nothing but digits and letters, has been verified.

    :raises Refusal: 100400, naming the parameter and its rule.
    """
    for name, value in sent.items():
        if name != "signature" and not _FORBIDDEN.isdisjoint(value):
            raise Refusal(
                BAD_PARAMETER,
                f"{cut(name)} contains a forbidden character: {shown(value)}",
                parameter=cut(name),
            )
    values: dict[str, Value] = {}
    for parameter in endpoint.parameters:
        name, text = _find(parameter, sent)
        if text is not None:
            values[parameter.name] = read_value(RULES[parameter.rule], name, text)
        elif parameter.required:
            raise Refusal(
                BAD_PARAMETER,
                f"{parameter.name} is missing: {RULES[parameter.rule].says}",
                parameter=parameter.name,
                rule=parameter.rule,
            )
        elif parameter.default is not None:
            values[parameter.name] = parameter.default
    if endpoint.needs_one_of and not any(values.keys() >= set(group) for group in endpoint.needs_one_of):
        groups = [" and ".join(group) for group in endpoint.needs_one_of]
        raise Refusal(BAD_PARAMETER, f"give {', or '.join(groups)}")
    start, end = values.get("startTime"), values.get("endTime")
    if isinstance(start, int) and isinstance(end, int) and end < start:
        raise Refusal(BAD_PARAMETER, f"endTime {end} is before startTime {start}", parameter="endTime")
    return Parameters(values)


def read_value(rule: Rule, name: str, text: str) -> Value:
    """Turn one value's text into what its rule says it is.

    :raises Refusal: 100400, naming parameter and rule.
    """
    try:
        return _READERS[rule.kind](rule, text)
    except ValueError:
        raise Refusal(
            BAD_PARAMETER,
            f"{name} must be {rule.says}, not {text[:60]!r}",
            parameter=name,
            rule=rule.name,
        ) from None


def _find(parameter: Parameter, sent: Mapping[str, str]) -> tuple[str, str | None]:
    if not parameter.aliases:
        return parameter.name, sent.get(parameter.name)
    given = [name for name in (parameter.name, *parameter.aliases) if name in sent]
    if len({sent[name] for name in given}) > 1:
        raise Refusal(
            BAD_PARAMETER, f"{' and '.join(given)} name the same thing differently", parameter=given[0]
        )
    return (given[0], sent[given[0]]) if given else (parameter.name, None)


def _read_pattern(rule: Rule, text: str) -> str:
    if not _compiled(rule.pattern or "").fullmatch(text):
        raise ValueError(text)
    return text


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _read_enum(rule: Rule, text: str) -> str:
    if text not in rule.values and text not in rule.also:
        raise ValueError(text)
    return text


def _read_integer(rule: Rule, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise ValueError(text)
    number = int(text)
    if not (rule.minimum or 0) <= number <= (rule.maximum or number):
        raise ValueError(text)
    return number


def _read_amount(rule: Rule, text: str) -> Decimal:
    amount = Decimal(_read_pattern(rule, text))
    if amount == 0:
        raise ValueError(text)
    return amount


_READERS: Mapping[str, Callable[[Rule, str], Value]] = {
    "pattern": _read_pattern,
    "enum": _read_enum,
    "integer": _read_integer,
    "amount": _read_amount,
}
