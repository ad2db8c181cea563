"""Orders that come together in one parameter: each is read as if it had come alone."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bingx_contracts import Endpoint
from bingx_fake.gateway.parameters import Parameters, read_parameters
from bingx_fake.gateway.refusal import BAD_PARAMETER, Refusal, cut


def element(endpoint: Endpoint, name: str, number: int, sent: object) -> Parameters:
    """The parameters of one order of a batch.

    :param endpoint: the one that would take it alone.
    :param name: of the parameter that has them all.
    :raises Refusal: naming that, and which order is meant.
    """
    if not isinstance(sent, Mapping):
        raise Refusal(BAD_PARAMETER, f"order {number} of {name} is no JSON object", parameter=name)
    texts = {key: _text(name, number, key, value) for key, value in sent.items() if value is not None}
    try:
        return read_parameters(endpoint, texts)
    except Refusal as refusal:
        raise Refusal(
            refusal.code,
            f"order {number} of {name}: {refusal.message}",
            parameter=name,
            rule=refusal.rule,
        ) from None


def _text(name: str, number: int, key: str, value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | Decimal():
            return format(value, "f") if isinstance(value, Decimal) else str(value)
    raise Refusal(BAD_PARAMETER, f"order {number} of {name}: {cut(key)} is not a plain value", parameter=name)
