"""Answers ready to be sent: success in the shapes of a profile, refusals in its dialect."""

from collections.abc import Mapping

import msgspec

from bingx_fake.answers.answer import Answer, Shape, error
from bingx_fake.gateway.refusal import (
    ADDRESS_NOT_ALLOWED,
    BAD_PARAMETER,
    INSUFFICIENT_BALANCE,
    KEY_WRONG,
    PERMISSION_MISSING,
    RATE_LIMITED,
    UNKNOWN_COIN,
    Refusal,
)
from bingx_fake.groups.spot_account.facts import Facts

_encode = msgspec.json.Encoder().encode
_HTTP_STATUS = {KEY_WRONG: 401, PERMISSION_MISSING: 403, ADDRESS_NOT_ALLOWED: 403, RATE_LIMITED: 429}
"""V21: R's HTTP table, for what it names."""

_TRANSFER_ROUTES = frozenset(
    ("spot_account.transfer", "spot_account.transfer_v3", "spot_account.transfer_v3_post")
)
_TRANSFER_FAILURES = frozenset((BAD_PARAMETER, INSUFFICIENT_BALANCE, UNKNOWN_COIN))
_OBSERVED_MESSAGES = {INSUFFICIENT_BALANCE: "Insufficient assets"}
"""V6: what O has seen in transferErrorMsg, where it differs from our own words."""


class Answers:
    """How an exchange answers under a profile.

    :param answers: variation id to answer.
    :param shapes: of each endpoint's answer under these, by endpoint id.
    """

    def __init__(self, answers: Mapping[str, str], shapes: Mapping[str, Shape]) -> None:
        self._shapes = shapes
        self._failure = answers["V6"]
        self._statuses = _HTTP_STATUS if answers["V21"] == "4xx" else {}

    def success(self, endpoint_id: str, facts: Facts, now_ms: int) -> Answer:
        """The answer to a call that was carried out."""
        document = self._shapes[endpoint_id](facts, now_ms)
        return Answer(200, _encode(document), document.get("code"))

    def refused(self, refusal: Refusal, endpoint_id: str, now_ms: int) -> Answer:
        """The answer to a call that a check or a handler refused."""
        code = refusal.code
        if self._failure != "code" and endpoint_id in _TRANSFER_ROUTES and code in _TRANSFER_FAILURES:
            failure = {"transferErrorMsg": _OBSERVED_MESSAGES.get(code, refusal.message)}
            if self._failure == "transferErrorMsg":
                return Answer(200, _encode(failure), None)
            return Answer(200, _encode({"code": 0, "msg": "", "timestamp": now_ms, "data": failure}), 0)
        status = refusal.http_status or self._statuses.get(code, 200)
        return error(code, refusal.message, now_ms, http_status=status)
