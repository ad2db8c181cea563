"""Every answer of the fake is one that the document describes, under every profile and every answer.

Both are made of the same facts about shapes, by code that does not know the other's. Whether the facts are
right, the golden answers and what was recorded say.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pytest
from openapi.choices import CHOICES
from openapi.history import play
from openapi.schemas import Schemas, exact
from support.direct import Direct
from support.history import Met
from support.sender import FUND_BALANCE, NOW_MS, SPOT_BALANCE, Sender

from bingx_contracts import ENDPOINTS
from bingx_contracts.rendering.openapi import document
from bingx_fake import FakeExchange

pytestmark = pytest.mark.random_order(disabled=True)  # of each choice one history, for tests side by side


@pytest.fixture(scope="module")
def answering() -> Iterator[FakeExchange]:
    """An exchange of this module alone, so that a history is played once for several tests."""
    with FakeExchange(frozen_at_ms=NOW_MS) as exchange:
        yield exchange


class Answered(NamedTuple):
    """The history as one choice answers it, and the schemas of that choice."""

    schemas: Schemas
    history: list[Met]

    def has_success(self, met: Met) -> bool:
        """Whether a request was carried out."""
        return self.schemas.is_success(met.method, met.path, exact(met.reply))


@pytest.fixture(scope="module")
def answered(answering: FakeExchange, request: pytest.FixtureRequest) -> Answered:
    """The history under a profile, or under one of the sets of answers."""
    profile, vary = CHOICES[request.param]
    answering.reset(ids="restart")
    answering.change_profile(profile, vary)
    return Answered(Schemas(document(profile, vary)), play(Direct(answering)))


under_every_choice = pytest.mark.parametrize("answered", CHOICES, indirect=True)


@under_every_choice
def test_every_answer_fits_its_schema(answered: Answered) -> None:
    complaints = [answered.schemas.complaint(met.method, met.path, met.reply) for met in answered.history]
    assert not [complaint for complaint in complaints if complaint is not None]


@under_every_choice
def test_every_endpoint_is_carried_out_and_every_write_refused_at_least_once(answered: Answered) -> None:
    outcomes = defaultdict(set)
    for met in answered.history:
        outcomes[answered.schemas.operation_id(met.method, met.path)].add(answered.has_success(met))
    assert {endpoint_id for endpoint_id, seen in outcomes.items() if True in seen} == set(ENDPOINTS)
    writes = {endpoint.id for endpoint in ENDPOINTS.values() if endpoint.write}
    assert {endpoint_id for endpoint_id, seen in outcomes.items() if False in seen} >= writes


@under_every_choice
def test_an_answer_with_a_field_missing_or_misnamed_does_not_fit(answered: Answered) -> None:
    unnoticed = [
        f"{met.method} {met.path}: {wrong}"
        for met in _one_of_each_kind(answered)
        for wrong in answered.schemas.unnoticed(met.method, met.path, met.reply)
    ]
    assert not unnoticed


def _one_of_each_kind(answered: Answered) -> Iterable[Met]:
    """For each operation and status the longest answer of those carried out, and of the others."""
    longest: dict[object, Met] = {}
    for met in answered.history:
        kind = (met.method, met.path, met.reply.status, answered.has_success(met))
        if kind not in longest or len(met.reply.body) > len(longest[kind].reply.body):
            longest[kind] = met
    return longest.values()


@pytest.mark.parametrize("status", ["200", "4xx"])
def test_refusals_for_rate_and_address_fit_as_well(status: str) -> None:
    state = {
        "users": [
            {
                "uid": 1,
                "kind": "main",
                "keys": [
                    {"key": "a-key", "secret": "a-secret", "permissions": ["read"]},
                    {"key": "b-key", "secret": "b-secret", "permissions": ["read"], "ips": ["192.0.2.1"]},
                ],
            }
        ]
    }
    vary = {"V21": status, "V25": "reference"}
    schemas = Schemas(document(vary=vary))
    with FakeExchange(state, vary=vary, rate_limits=True, frozen_at_ms=NOW_MS) as exchange:
        sender = Sender(exchange)
        replies = [sender.call("GET", FUND_BALANCE, key="a-key") for _ in range(3)]
        elsewhere = sender.call("GET", SPOT_BALANCE, key="b-key")
    assert [reply.code for reply in (*replies, elsewhere)] == [0, 0, 100410, 100419]
    assert [reply.status for reply in (*replies, elsewhere)] == (
        [200, 200, 200, 200] if status == "200" else [200, 200, 429, 403]
    )
    for reply in replies:
        assert schemas.complaint("GET", FUND_BALANCE, reply) is None
    assert schemas.complaint("GET", SPOT_BALANCE, elsewhere) is None
