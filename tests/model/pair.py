"""The exchange and its model side by side, and those who ask."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import requests
from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine
from model.asking import CALLERS, FORMS, SECRETS, UNREACHABLE, Refusal, by_client, by_hand
from model.histories import ALICE, ALL, ALL_BUT_A_BIT, START, TOO_MUCH, Request
from model.model import SMALLEST, Amounts, Asked, Model, Refused, plain
from support.sender import NOW_MS, Sender

from bingx_client import Client
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_fake import FakeExchange


class Pair(RuleBasedStateMachine):
    """An exchange and its model, which are asked the same and have to be the same after each step.

    :cvar exchange: with its clock frozen at ``NOW_MS``, and ``START`` for its state.
    :cvar steps: how many steps were compared, in all histories.
    """

    exchange: FakeExchange
    senders: dict[str, Sender]
    control: requests.Session
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        PROCESS_WRITES.clear()
        self.exchange.reset()
        self.model = Model(START, NOW_MS)
        self.clients: dict[str, Client] = {}
        self.ahead_ms = dict.fromkeys(CALLERS, 0)
        self.refusing: set[str] = set()
        self.client_ids = 0

    def teardown(self) -> None:
        for client in self.clients.values():
            client.close()

    def _every_balance_is_the_models(self) -> None:
        Pair.steps += 1
        held, expected = _held(self.exchange.state), self.model.held()
        different = {
            place: f"{held.get(place)}, by the model {expected.get(place)}"
            for place in held.keys() | expected.keys()
            if held.get(place) != expected.get(place)
        }
        assert not different, f"free and locked differ: {different}"

    def _call(
        self, who: str, call: Callable[[Client], Any], method: str, path: str, **parameters: str | int | None
    ) -> Any:
        got = by_client(self._client(who), call)
        given = {name: str(value) for name, value in parameters.items() if value is not None}
        key, secret = CALLERS[who]
        signature = "right" if secret == SECRETS.get(key) else "wrong"
        asked = Asked(method, path, given, key, signature, str(self.model.now_ms))
        self._compare(who, asked, got, unreachable=self.refusing == {"com", "pro"})
        return got

    def _by_hand(
        self, who: str, domain: str, request: Request, form: str, stamp: int | str | None, place: str
    ) -> None:
        method, path, parameters = request
        key, secret = CALLERS[who]
        signature = FORMS[form] if secret == SECRETS.get(key) or FORMS[form] == "missing" else "wrong"
        timestamp = str(self.model.now_ms + stamp) if isinstance(stamp, int) else stamp
        asked = Asked(method, path, parameters, key, signature, timestamp)
        got = by_hand(self.senders[domain], asked, secret, form, place)
        self._compare(f"{who}, by hand at .{domain}", asked, got, unreachable=domain in self.refusing)

    def _compare(self, who: str, asked: Asked, got: Any, *, unreachable: bool) -> None:
        note(f"# {who}: {asked.method} {asked.path} {dict(asked.parameters)} -> {got}")
        expected = {UNREACHABLE} if unreachable else self._expected(asked, got)
        if isinstance(expected, set):
            assert got in (expected if isinstance(got, Refusal) else ()), f"the model refuses: {expected}"
        else:
            assert got == expected, f"by the model: {expected}"
        self._every_balance_is_the_models()

    def _expected(self, asked: Asked, got: Any) -> Any:
        """The model's answer, or the set of refusals that it expects one of."""
        try:
            return self.model.answer(asked, got if isinstance(got, tuple) else None)
        except Refused as refused:
            return {Refusal(code) for code in refused.codes}

    def _client(self, who: str) -> Client:
        if who not in self.clients:
            key, secret = CALLERS[who]
            self.clients[who] = Client(
                "prod-vst",
                key,
                secret,
                base_urls=self.exchange.base_urls,
                clock=lambda: self.model.now_ms + self.ahead_ms[who],
                sleep=_nothing_here_makes_a_client_wait,
            )
        return self.clients[who]

    def _uid(self, who: str) -> int:
        key = self.model.keys.get(CALLERS[who][0])
        return ALICE if key is None else key.uid

    def _amount(self, amount: str, uid: int, account: str, asset: str, pot: Amounts | None = None) -> str:
        """An amount as text; the smallest there is, where one that depends on a balance would be none."""
        there = (self.model.free if pot is None else pot).get((uid, account, asset), Fraction(0))
        wanted = {ALL: there, TOO_MUCH: there + SMALLEST, ALL_BUT_A_BIT: there - SMALLEST}.get(amount)
        return amount if wanted is None else plain(max(wanted, SMALLEST))


def _held(state: Mapping[str, Any]) -> dict[tuple[int, str, str], tuple[str, str]]:
    """Free and locked by user, account and asset, without what is zero."""
    held = {}
    for user in state["users"]:
        for account, by_asset in user["balances"].items():
            for asset, amounts_held in by_asset.items():
                both = (amounts_held, "0") if isinstance(amounts_held, str) else tuple(amounts_held.values())
                if both != ("0", "0"):
                    held[user["uid"], account, asset] = both
    return held


def _nothing_here_makes_a_client_wait(seconds: float) -> None:
    raise AssertionError(f"a client wants to wait for {seconds} s")
