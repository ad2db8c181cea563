"""Checking values before anything is signed or sent. Nothing leaves here that breaks a documented rule."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from bingx_client.errors import ParameterError
from bingx_client.wire.signing import Value
from bingx_contracts import (
    ENDPOINTS,
    ORDER_PARAMETERS,
    ORDER_TYPES,
    RULES,
    TRANSFER_TYPES,
    VALUES,
    WINDOW,
    Endpoint,
    Rule,
)

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_LARGEST_INT = 10**100
_RESERVED = frozenset({"timestamp", "signature"})
_RECEIVER_RULES = {"1": "userAccountUid", "2": "userAccountPhone", "3": "userAccountEmail"}


def check_call(endpoint_id: str, given: Mapping[str, object]) -> dict[str, Value]:
    """Check the parameters of one documented endpoint.

    :param given: values by wire name; None means absent. Amounts are Decimal, int or str.
    :returns: the values as they are to be sent.
    :raises ParameterError: naming the parameter, the value and the rule.
    """
    endpoint = ENDPOINTS[endpoint_id]
    known = {parameter.name for parameter in endpoint.parameters}
    for name in given:
        if name not in known:
            there_are = f"it has {', '.join(sorted(known))}" if known else "it has none"
            raise ParameterError(f"{name!r} is no parameter of {endpoint_id}; {there_are}")
    checked: dict[str, Value] = {}
    for parameter in endpoint.parameters:
        value = given.get(parameter.name)
        if value is not None:
            checked[parameter.name] = check_value(RULES[parameter.rule], parameter.name, value)
        elif parameter.required:
            raise ParameterError(f"{parameter.name} is missing: {RULES[parameter.rule].says}")
    groups = endpoint.needs_one_of
    if groups and not any(checked.keys() >= set(group) for group in groups):
        raise ParameterError(f"{endpoint_id} needs {', or '.join(map(' and '.join, groups))}")
    _check_conditions(endpoint, checked)
    _check_together(checked)
    return checked


def _check_together(checked: Mapping[str, Value]) -> None:
    """What the documents say about parameters that belong together."""
    start, end = checked.get("startTime"), checked.get("endTime")
    if isinstance(start, int) and isinstance(end, int) and end < start:
        raise ParameterError(f"endTime {end} is before startTime {start}")
    if ("fromAccount" in checked) != ("toAccount" in checked):
        raise ParameterError("fromAccount and toAccount belong together")
    if "userAccountType" in checked:
        _check_receiver(checked)


def check_value(rule: Rule, name: str, value: object) -> Value:
    """Check one value against its rule.

    :raises ParameterError: naming the parameter, the value and the rule; a float is refused whatever the
        rule, since it does not hold most decimal amounts exactly.
    """
    text = _text_of(rule, name, value)
    if rule.kind == "enum":
        fits = text in rule.values
    elif rule.kind == "integer":
        fits = re.fullmatch(r"[0-9]{1,20}", text) is not None and (
            (rule.minimum or 0) <= int(text) <= (rule.maximum or int(text))
        )
    elif rule.kind == "boolean":
        fits = text in {"true", "false"}
    elif rule.kind == "list":
        fits = _fit_together(rule, name, text.split(","))
    elif rule.kind == "json":
        fits = _fits_as_json(rule, name, text)
    else:
        fits = re.fullmatch(rule.pattern or "", text, re.ASCII) is not None
        fits = fits and (rule.kind != "amount" or Decimal(text) > 0)
    if not fits:
        raise ParameterError(f"{name} must be {rule.says}, not {text[:80]!r}")
    _check_characters(name, text)
    return int(text) if rule.kind == "integer" else text


def check_direction(
    type: str | None,  # noqa: A002  # the documented name
    from_account: str | None,
    to_account: str | None,
) -> tuple[str, str]:
    """The two accounts of a transfer that is named by type, by both accounts, or by both.

    :raises ParameterError: when there is no direction, or a contradictory one.
    """
    if (from_account is None) != (to_account is None):
        raise ParameterError("from_account and to_account belong together")
    if type is None and from_account is None:
        raise ParameterError("a transfer needs type, or from_account and to_account")
    if type is not None:
        check_value(RULES["type"], "type", type)
    for name, account in (("from_account", from_account), ("to_account", to_account)):
        if account is not None:
            check_value(RULES["account"], name, account)
    named = None if type is None else (TRANSFER_TYPES[type].from_account, TRANSFER_TYPES[type].to_account)
    accounts = (from_account, to_account) if from_account is not None and to_account is not None else named
    assert accounts is not None, "checked above"
    if named is not None and accounts != named:
        raise ParameterError(f"type {type} contradicts from_account and to_account")
    if accounts[0] == accounts[1]:
        raise ParameterError(f"{accounts[0]} is both from_account and to_account")
    return accounts


def check_any(parameters: Mapping[str, object]) -> dict[str, Value]:
    """Check the parameters of an endpoint that the contract does not describe.

    :raises ParameterError: for a name or value that cannot be sent unambiguously.
    """
    checked: dict[str, Value] = {}
    for name, value in parameters.items():
        if not _NAME.fullmatch(name) or name in _RESERVED:
            raise ParameterError(f"{name!r} cannot be the name of a parameter")
        if isinstance(value, int):
            checked[name] = value
        else:
            text = _plain_text(name, value)
            _check_characters(name, text)
            checked[name] = text
    return checked


def check_recv_window(recv_window: int) -> int:
    """Check a validity window in milliseconds, 1 to 5000 (V2, V3).

    :raises ParameterError: when it is out of range.
    """
    if isinstance(recv_window, bool) or not isinstance(recv_window, int):
        raise ParameterError(f"recv_window must be an integer, not {recv_window!r}")
    if not 1 <= recv_window <= WINDOW.maximum_ms:
        raise ParameterError(f"recv_window must be 1 to {WINDOW.maximum_ms} ms, not {recv_window}")
    return recv_window


def check_order_parameters(
    parameters: Mapping[str, object], *, default_time_in_force: bool = False
) -> dict[str, Value]:
    """Check the parameters of a spot order by S's rules (PARAM-3). Nothing is sent.

    :param parameters: values by wire name; None means absent.
    :param default_time_in_force: S says both that LIMIT needs timeInForce and that GTC is its default
        (V23). By default a LIMIT order without it is refused; with True it gets GTC.
    :returns: the values as they are to be sent.
    :raises ParameterError: naming the parameter, the value and the rule.
    """
    checked: dict[str, Value] = {}
    for name, value in parameters.items():
        if name not in ORDER_PARAMETERS:
            raise ParameterError(f"{name!r} is no order parameter; there are {', '.join(ORDER_PARAMETERS)}")
        if value is not None:
            checked[name] = check_value(RULES[ORDER_PARAMETERS[name].rule], name, value)
    order_type = checked.get("type")
    if order_type == "LIMIT" and default_time_in_force:
        checked.setdefault("timeInForce", "GTC")
    needs = ORDER_TYPES[order_type].needs if isinstance(order_type, str) else ()
    for needed in needs:
        if needed not in checked:
            raise ParameterError(f"an order of type {order_type} needs {needed}")
    return checked


def _check_conditions(endpoint: Endpoint, checked: Mapping[str, Value]) -> None:
    for parameter in endpoint.parameters:
        conditions = parameter.required_if
        if not conditions or parameter.name in checked:
            continue
        if all(
            other in checked and (not named or str(checked[other]) in named)
            for other, named in conditions.items()
        ):
            why = " and ".join(f"{other} is {checked[other]}" for other in conditions)
            raise ParameterError(f"{parameter.name} is missing: required when {why}")


def _text_of(rule: Rule, name: str, value: object) -> str:
    """A value as text, in the form that its rule's kind is written in."""
    if rule.kind == "boolean" and isinstance(value, bool):
        return "true" if value else "false"
    if rule.kind == "list" and isinstance(value, list | tuple):
        texts = [_plain_text(name, item) for item in value]
        for text in texts:
            if "," in text:
                raise ParameterError(f"{name} is a list joined by commas, so none may stand in {text[:80]!r}")
        return ",".join(texts)
    if rule.kind == "json" and isinstance(value, list | tuple | Mapping):
        return _json_text(name, value)
    return _plain_text(name, value)


def _json_text(name: str, value: object) -> str:
    """A value as JSON without spaces, every digit of a Decimal kept."""
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False)
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case Mapping():
            if not all(isinstance(key, str) for key in value):
                raise ParameterError(f"{name} has a key that is no text")
            return (
                "{"
                + ",".join(f"{json.dumps(key)}:{_json_text(name, inner)}" for key, inner in value.items())
                + "}"
            )
        case list() | tuple():
            return "[" + ",".join(_json_text(name, inner) for inner in value) + "]"
        case Decimal() if not value.is_finite():
            raise ParameterError(f"{name} holds {value}, which JSON has no number for")
        case _:
            return _plain_text(name, value)


def _fits_as_json(rule: Rule, name: str, text: str) -> bool:
    try:
        document = json.loads(text, parse_float=str, parse_constant=_no_json)
    except (ValueError, RecursionError):
        return False
    if isinstance(document, dict):
        return rule.form == "object"
    if not isinstance(document, list) or rule.form != "array":
        return False
    if rule.items is None:
        return _are_enough(rule, len(document))
    plain = [item for item in document if type(item) in (str, int)]
    return len(plain) == len(document) and _fit_together(rule, name, [str(item) for item in plain])


def _no_json(name: str) -> object:
    raise ValueError(name)


def _fit_together(rule: Rule, name: str, texts: list[str]) -> bool:
    for text in texts:
        check_value(RULES[rule.items or ""], name, text)
    return _are_enough(rule, len(texts))


def _are_enough(rule: Rule, number: int) -> bool:
    return (rule.minimum or 0) <= number and (rule.maximum is None or number <= rule.maximum)


def _plain_text(name: str, value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            raise ParameterError(f"{name} must not be a truth value")
        case int():
            if abs(value) >= _LARGEST_INT:
                raise ParameterError(f"{name} is too large")
            return str(value)
        case Decimal():
            return format(value, "f")
        case float():
            raise ParameterError(
                f"{name} must not be a float: {value!r} is not exactly the decimal that it looks like; "
                "give a Decimal, an int or a str"
            )
        case _:
            raise ParameterError(f"{name} must be text, an int or a Decimal, not {value.__class__.__name__}")


def _check_characters(name: str, text: str) -> None:
    for character in VALUES.forbidden_characters:
        if character in text:
            raise ParameterError(f"{name} contains the forbidden character {character!r}: {text[:80]!r}")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ParameterError(f"{name} cannot be encoded as UTF-8: {text[:80]!r}") from None


def _check_receiver(checked: Mapping[str, Value]) -> None:
    kind = str(checked["userAccountType"])
    check_value(RULES[_RECEIVER_RULES[kind]], "userAccount", checked["userAccount"])
