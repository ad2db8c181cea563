"""The facts that only the OpenAPI document needs: what answers look like."""

import msgspec

from bingx_contracts.facts.answers import AnswerShape, ErrorShape, GatewayStatus, Shape, Status, Value
from bingx_contracts.reading.checking import check
from bingx_contracts.reading.loading import SPECIFICATION, load


class _Answers(msgspec.Struct, forbid_unknown_fields=True):
    values: tuple[Value, ...]
    shapes: tuple[Shape, ...]
    answers: tuple[AnswerShape, ...]
    failures: tuple[AnswerShape, ...]
    error: ErrorShape
    statuses: tuple[Status, ...]
    gateway: tuple[GatewayStatus, ...]


ANSWERS = load("answers.toml", _Answers)
check(SPECIFICATION)
