"""Answers ready to be sent: success in the shapes of a profile, refusals in its dialect."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from bingx_contracts import CONTRACT
from bingx_contracts.departures import holding
from bingx_fake.answers.answer import Answer, error
from bingx_fake.answers.renderer import Renderer
from bingx_fake.gateway.refusal import INSUFFICIENT_BALANCE, Refusal

_encode = msgspec.json.Encoder().encode

_OBSERVED_MESSAGES = {INSUFFICIENT_BALANCE: "Insufficient assets"}
"""V6: what O has seen in transferErrorMsg, where it differs from our own words."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a request was not carried out."""

    message: str


class Answers:
    """How an exchange answers under a profile.

    :param given: the profile's answers: variation id to answer.
    :param renderer: puts what was carried out, and what failed, into the profile's shapes.
    :param statuses: the HTTP status of the answers with a code, where it is not 200.
    """

    def __init__(self, given: Mapping[str, str], renderer: Renderer, statuses: Mapping[int, int]) -> None:
        self.given = given
        self._renderer = renderer
        self._statuses = statuses

    @staticmethod
    def under(answers: Mapping[str, str]) -> "Answers":
        """How it answers under a profile's answers: always the same ones, so that a reset costs no new ones.

        :param answers: variation id to answer.
        """
        return _under(frozenset(answers.items()))

    def success(self, endpoint_id: str, facts: object, now_ms: int) -> Answer:
        """The answer to a call that was carried out."""
        document = self._renderer.success(endpoint_id).write(facts, now_ms)
        return Answer(200, _encode(document), document.get("code"))

    def refused(self, refusal: Refusal, endpoint_id: str, now_ms: int) -> Answer:
        """The answer to a call that a check or a handler refused."""
        code = refusal.code
        form = self._renderer.failure(endpoint_id, code)
        if form is not None:
            document = form.write(Failed(_OBSERVED_MESSAGES.get(code, refusal.message)), now_ms)
            return Answer(200, _encode(document), document.get("code"))
        status = refusal.http_status or self._statuses.get(code, 200)
        return error(code, refusal.message, now_ms, http_status=status)

    def shaped_by(self, endpoint_id: str, code: int | None) -> tuple[str, ...]:
        """The variations that chose the shape of an answer.

        :param code: of a refusal; None for a success.
        """
        if code is None:
            return self._renderer.success(endpoint_id).decided_by
        form = self._renderer.failure(endpoint_id, code)
        return () if form is None else form.decided_by


@lru_cache(maxsize=64)
def _under(answers: frozenset[tuple[str, str]]) -> Answers:
    given = dict(answers)
    statuses = {code: fact.status for fact in holding(CONTRACT.statuses, given) for code in fact.codes}
    return Answers(given, Renderer(CONTRACT, given), statuses)
