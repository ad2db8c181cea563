"""The gateway's reading of parameters: documented names, documented forms, everything else refused."""

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NoReturn

from bingx_contracts import RULES, VALUES, Endpoint, Parameter, Rule
from bingx_fake.gateway.refusal import BAD_PARAMETER, Refusal, cut, shown

Value = str | int | Decimal | tuple[Any, ...] | list[Any] | dict[str, Any]
"""A value read by its rule; what a JSON text holds has its numbers as int and Decimal."""

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

    def truth(self, name: str) -> bool | None:
        """A value as a truth value."""
        value = self._values.get(name)
        assert value is None or isinstance(value, bool), f"{name} is no truth value"
        return value

    def number(self, name: str) -> Decimal | None:
        """A value as a decimal number."""
        value = self._values.get(name)
        assert value is None or isinstance(value, Decimal), f"{name} is no decimal number"
        return value

    def several(self, name: str) -> tuple[Any, ...] | None:
        """The values of a list."""
        value = self._values.get(name)
        assert value is None or isinstance(value, tuple), f"{name} is no list"
        return value

    def document(self, name: str) -> Any:
        """What a JSON text holds: a list or a dict."""
        value = self._values.get(name)
        assert value is None or isinstance(value, list | dict), f"{name} is no JSON document"
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
        name = parameter.name
        if parameter.aliases:
            name, text = _find(parameter, sent)
        else:
            text = sent.get(name)
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
    for parameter in endpoint.parameters:
        if parameter.required_if and parameter.name not in values:
            _refuse_if_required(parameter, values)
    if endpoint.needs_one_of and not any(values.keys() >= set(group) for group in endpoint.needs_one_of):
        groups = [" and ".join(group) for group in endpoint.needs_one_of]
        raise Refusal(BAD_PARAMETER, f"give {', or '.join(groups)}")
    start, end = values.get("startTime"), values.get("endTime")
    if isinstance(start, int) and isinstance(end, int) and end < start:
        raise Refusal(BAD_PARAMETER, f"endTime {end} is before startTime {start}", parameter="endTime")
    return Parameters(values)


def _refuse_if_required(parameter: Parameter, values: Mapping[str, Value]) -> None:
    """Refuse that a parameter is absent where the others make it required."""
    for name, wanted in parameter.required_if.items():
        if name not in values or (wanted and _written(values[name]) not in wanted):
            return
    reason = " and ".join(
        f"{name} is {' or '.join(wanted) if wanted else 'given'}"
        for name, wanted in parameter.required_if.items()
    )
    raise Refusal(
        BAD_PARAMETER,
        f"{parameter.name} is required when {reason}",
        parameter=parameter.name,
        rule=parameter.rule,
    )


def _written(value: Value) -> str:
    """A value as it is written in the contract."""
    return str(value).lower() if isinstance(value, bool) else str(value)


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
    """A value by one of several names, and that name."""
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


def _read_decimal(rule: Rule, text: str) -> Decimal:
    return Decimal(_read_pattern(rule, text))


def _read_boolean(rule: Rule, text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _read_list(rule: Rule, text: str) -> tuple[Any, ...]:
    return _read_items(rule, text.split(","))


def _read_json(rule: Rule, text: str) -> list[Any] | dict[str, Any]:
    try:
        document = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError(text) from None
    if rule.form == "object" and isinstance(document, dict):
        return document
    if rule.form == "array" and isinstance(document, list):
        if rule.items is None:
            _check_number(rule, len(document))
            return document
        if any(isinstance(item, bool) or not isinstance(item, str | int) for item in document):
            raise ValueError(text)
        return list(_read_items(rule, [str(item) for item in document]))
    raise ValueError(text)


def _read_items(rule: Rule, texts: list[str]) -> tuple[Any, ...]:
    _check_number(rule, len(texts))
    item = RULES[rule.items or ""]
    return tuple(_READERS[item.kind](item, text) for text in texts)


def _check_number(rule: Rule, number: int) -> None:
    if not (rule.minimum or 0) <= number <= (number if rule.maximum is None else rule.maximum):
        raise ValueError(f"{number} values")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_READERS: Mapping[str, Callable[[Rule, str], Value]] = {
    "pattern": _read_pattern,
    "enum": _read_enum,
    "integer": _read_integer,
    "amount": _read_amount,
    "decimal": _read_decimal,
    "boolean": _read_boolean,
    "list": _read_list,
    "json": _read_json,
}
