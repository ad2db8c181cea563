"""Random outages, transfers, reads, crashes: whatever happens, no money moves twice and nobody is misled.

Hypothesis drives the client and the exchange and shrinks a failure to the shortest history. After each
step: money is conserved, every success is backed by exactly one transfer, every definite failure by none.
Whoever lost an answer asks as often as they like, and never hears two different answers.
"""

import contextlib
import os
import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from support.clients import make_client
from support.sender import ALICE, BOB, NOW_MS

from bingx_client import APIError, BingXError, OutcomeUnknown, TransportError
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_fake import FakeExchange

EXAMPLES = 600 if os.environ.get("BINGX_LONG") == "1" else 60

domains = st.sampled_from(["com", "pro", "*"])
phases = st.sampled_from(["before", "after"])
lengths_ms = st.integers(1, 20_000)
amounts = st.sampled_from(["1", "2"])

connection_faults = st.fixed_dictionaries(
    {"kind": st.just("refuse"), "domain": domains, "for_ms": lengths_ms}
)
lost_answers = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(
            ["timeout", "reset", "empty", "truncate", "http-error", "html-error", "malformed"]
        ),
        "domain": domains,
        "phase": phases,
        "times": st.integers(1, 4),
        "method": st.sampled_from(["GET", "POST"]),
    }
)
refusals = st.fixed_dictionaries(
    {
        "kind": st.just("business-error"),
        "domain": domains,
        "times": st.integers(1, 2),
        "code": st.sampled_from([100202, 100410, 100421, 100500]),
    }
)
delays = st.fixed_dictionaries(
    {
        "kind": st.just("commit-delay"),
        "domain": domains,
        "times": st.integers(1, 3),
        "ms": st.integers(0, 1000),
    }
)
blackouts = st.fixed_dictionaries(
    {"kind": st.just("empty"), "domain": st.just("*"), "method": st.just("GET")}
)
faults = st.one_of(connection_faults, lost_answers, lost_answers, refusals, delays, blackouts)


class OutageMachine(RuleBasedStateMachine):
    """One client, one exchange, and a record of what the client was told."""

    crashed = Bundle("crashed")
    exchange: FakeExchange

    def __init__(self) -> None:
        super().__init__()
        self.exchange.reset()
        self.exchange.clock.freeze(NOW_MS)
        PROCESS_WRITES.clear()
        self.client = make_client(self.exchange, timeout=0.02)
        self.successes: list[str] = []
        self.unknown = 0
        self.told: dict[str, str | None] = {}

    def teardown(self) -> None:
        self.client.close()

    @rule(fault=faults)
    def an_outage_begins(self, fault: dict[str, Any]) -> None:
        self.exchange.play([fault])

    @rule()
    def every_outage_ends(self) -> None:
        self.exchange.clear_faults()

    @rule(ms=lengths_ms)
    def time_passes(self, ms: int) -> None:
        self.exchange.clock.advance(ms)

    @rule()
    def a_read(self) -> None:
        with contextlib.suppress(BingXError):
            assert self.client.spot_balance()["ETH"].free == 2

    @rule(amount=amounts, inner=st.booleans())
    def a_transfer(self, amount: str, inner: bool) -> None:
        try:
            receipt = self._send(amount, inner)
        except OutcomeUnknown:
            self.unknown += 1
        except (APIError, TransportError):
            pass
        else:
            self.successes.append(receipt)

    @rule(target=crashed, amount=amounts, inner=st.booleans())
    def a_transfer_whose_caller_crashes_if_its_answer_is_lost(self, amount: str, inner: bool) -> bytes | None:
        try:
            self.successes.append(self._send(amount, inner, on_unknown="raise"))
        except OutcomeUnknown as unknown:
            self.unknown += 1
            return pickle.dumps(unknown)
        except (APIError, TransportError):
            pass
        return None

    @rule(saved=crashed)
    def the_crashed_caller_asks(self, saved: bytes | None) -> None:
        if saved is None:
            return
        unknown = pickle.loads(saved)
        try:
            receipt = unknown.reconcile(self.client)
        except OutcomeUnknown:
            assert unknown.claimant.name not in self.told, "it was told before, and now is not"
            return
        answer = None if receipt is None else getattr(receipt, "transfer_id", None) or receipt.id
        if unknown.claimant.name not in self.told:
            self.told[unknown.claimant.name] = answer
            self.unknown -= 1
            if answer is not None:
                self.successes.append(answer)
        assert self.told[unknown.claimant.name] == answer, "two answers to one question"

    def _send(self, amount: str, inner: bool, **options: Any) -> str:
        if inner:
            return self.client.inner_transfer(coin="USDT", amount=amount, user_account=BOB, **options).id
        return self.client.transfer("USDT", amount, type="FUND_PFUTURES", **options).transfer_id

    @invariant()
    def money_is_conserved(self) -> None:
        self.exchange.call(lambda inner: inner.books.ledger.assert_conserved())

    @invariant()
    def every_success_is_backed_by_one_transfer_and_no_transfer_is_unaccounted_for(self) -> None:
        def booked(inner: Any) -> set[str]:
            ledger = inner.books.ledger
            every = (*ledger.all_transfers(), *ledger.all_inner_transfers(), *ledger.pending())
            return {str(getattr(made, "transfer_id", made.id)) for made in every}

        made = self.exchange.call(booked)
        assert len(set(self.successes)) == len(self.successes), "two successes, one transfer"
        assert set(self.successes) <= made, "a success that nothing backs"
        assert len(made - set(self.successes)) <= self.unknown, "money moved that was reported failed"

    @invariant()
    def what_left_the_account_arrived(self) -> None:
        exchange = self.exchange
        accounts = ((ALICE, "fund"), (ALICE, "USDTMPerp"), (BOB, "fund"))
        total = sum((sum(exchange.balance(uid, account, "USDT")) for uid, account in accounts), start=0)
        assert total == 1000 + 100 + 500


@pytest.mark.timeout(3600)  # with the minutes that shrinking takes
def test_no_outage_moves_money_twice_or_misleads(bingx_exchange: FakeExchange) -> None:
    OutageMachine.exchange = bingx_exchange
    run_state_machine_as_test(
        OutageMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
