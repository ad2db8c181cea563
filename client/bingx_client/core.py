"""What both clients are made of, short of moving bytes."""

import logging
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from inspect import Parameter, signature
from typing import Any, Literal, ParamSpec, TypeVar, get_args

from bingx_client.calls import common
from bingx_client.calls.raw import WRITES, Answer, raw_call
from bingx_client.calls.signer import Confirm, Signer
from bingx_client.errors import OutcomeUnknown, ParameterError
from bingx_client.flow import attempts, reconcile
from bingx_client.flow.attempts import Pacing, Settings
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import Clock
from bingx_client.flow.limiter import Limiter
from bingx_client.flow.plan import Plan, Policy, Write
from bingx_client.flow.steps import Steps
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_contracts import ENDPOINTS, TIMEOUT, WINDOW, present_id

T = TypeVar("T")
P = ParamSpec("P")
M = TypeVar("M")
OnUnknown = Literal["reconcile", "raise"]

DEFAULT_TIMEOUT_S = TIMEOUT.whole_exchange_ms / 1000
DEFAULT_DEADLINE_S = 60.0
DEFAULT_SETTLE_MS = 1000
_log = logging.getLogger("bingx_client")


class Core:
    """An account, and how its calls are carried out. Its methods make steps for a driver.

    The parameters are those of ``Client``.
    """

    def __init__(
        self,
        account: Signer,
        *,
        timeout: float,
        confirm: Confirm | None,
        on_unknown: OnUnknown,
        settle_ms: int,
        deadline: float | None,
        clock: Callable[[], int],
        monotonic_ms: Callable[[], int],
        limiter: Limiter | None = None,
    ) -> None:
        self.account = account
        timeout_ms = round(check_seconds("timeout", timeout) * 1000)
        self._deadline_ms = _deadline_ms(deadline, DEFAULT_DEADLINE_S)
        self.settings = Settings(
            account.base_urls,
            Clock(clock, monotonic_ms),
            max(timeout_ms, 1),
            common.server_time(),
            account.sign,
            _pacing(limiter, account, self._deadline_ms),
        )
        self._on_unknown = _check_on_unknown(on_unknown)
        self._settle_ms = _check_settle(settle_ms)
        self._confirm = confirm
        self._notice = account.notice

    def send(
        self, call: Call[T], on_unknown: OnUnknown | None = None, deadline: float | None = None
    ) -> Steps[T]:
        """Carry out a call; a write confirmed where it has to be.

        :param on_unknown: of this write alone, as ``deadline``; None means the client's own.
        """
        if isinstance(call, Write):
            return self._write(call, self._policy(on_unknown, deadline))
        if on_unknown is not None or deadline is not None:
            raise ParameterError(f"on_unknown and deadline are about writes; {call.endpoint} changes nothing")
        _check_is_read(call)
        self.account.check_keys(call)
        return attempts.read(call, self.settings)

    def ask(self, call: Call[T]) -> Steps[T]:
        """Carry out what may be repeated although it is no read: what a stream asks for, such as its key."""
        self.account.check_keys(call)
        return attempts.read(call, self.settings)

    def call(self, endpoint_id: str, parameters: Mapping[str, object]) -> Steps[Answer]:
        """Carry out a call of any documented endpoint."""
        return Answer.of((yield from self.send(raw_call(endpoint_id, parameters))))

    def _write(self, write: Write[T], policy: Policy) -> Steps[T]:
        self.account.check_keys(write)
        self.account.confirmed(write.sentence, self._confirm)
        if self._notice is not None:
            _log.warning("%s", self._notice)
            self._notice = None
        if write.key is not None and write.key not in write.parameters:
            write = replace(write, parameters={**write.parameters, write.key: _new_key()})
        if write.named is not None:
            write = replace(write, parameters=write.named(write.parameters, _new_key))
        plan = None if write.plan is None else self._own(write.plan(write.parameters))
        return reconcile.write(write, plan, self.settings, policy, PROCESS_WRITES, _new_name)

    def settle(self, unknown: OutcomeUnknown) -> Steps[Any]:
        """Find out what became of a lost write."""
        writing = WRITES.get(present_id(unknown.endpoint_id or ""))
        if writing is None or writing.plan is None:
            raise unknown.because("the contract describes no records for this endpoint")
        sent: Any = unknown.sent
        plan = self._own(writing.plan(sent))
        return reconcile.settle(unknown, plan, self.settings, self._policy(None, None), PROCESS_WRITES)

    def _own(self, plan: Plan[T]) -> Plan[T]:
        return plan.of(self.account.api_key, self.account.base_urls)

    def _policy(self, on_unknown: OnUnknown | None, deadline: float | None) -> Policy:
        chosen = self._on_unknown if on_unknown is None else _check_on_unknown(on_unknown)
        return Policy(
            reconcile=chosen == "reconcile",
            deadline_ms=_deadline_ms(deadline, self._deadline_ms / 1000),
            settle_ms=self._settle_ms,
            recv_window_ms=self.account.recv_window or WINDOW.default_ms,
        )


def _check_is_read(call: Call[Any]) -> None:
    """Refuse what may be a write and does not say so: a lost one would go to the second domain."""
    endpoint = ENDPOINTS.get(call.endpoint_id or "")
    if endpoint is None or (endpoint.method, endpoint.path) != (call.method, call.path):
        is_read = call.method == "GET"
    else:
        is_read = not endpoint.write
    if not is_read:
        raise ParameterError(
            f"{call.endpoint} may change something, and this call does not say so: take one of "
            "bingx_client.calls, or client.call"
        )


def _new_name() -> str:
    return uuid.uuid4().hex


def _new_key() -> str:
    """A name for the exchange: digits, which every kind of client id may have."""
    return str(uuid.uuid4().int)


def _pacing(limiter: Limiter | None, account: Signer, deadline_ms: int) -> Pacing | None:
    if limiter is None:
        return None
    if not isinstance(limiter, Limiter):
        raise ParameterError(f"limiter must be a Limiter, such as PROCESS_LIMITER, not {limiter!r}")
    return Pacing(limiter, account.api_key or "", lambda most_ms: random.randint(0, most_ms), deadline_ms)


def method_of(make: Callable[..., Call[Any]], method: M) -> M:
    """Let a client's method, which sends what a function makes, look to people and tools as that function.

    :param method: takes self and the function's parameters, and returns its call's result.
    """
    known = signature(make)
    shown: Any = method
    shown.__name__ = shown.__qualname__ = make.__name__
    shown.__doc__ = make.__doc__
    (result,) = get_args(known.return_annotation)
    itself = Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)
    parameters = [itself, *known.parameters.values()]
    shown.__signature__ = known.replace(parameters=parameters, return_annotation=result)
    return method


def check_seconds(name: str, seconds: float) -> float:
    """Check a length of time.

    :raises ParameterError: when it is not a positive number of seconds, less than a day.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 < seconds < 86_400:
        raise ParameterError(f"{name} must be a positive number of seconds, not {seconds!r}")
    return float(seconds)


def _deadline_ms(deadline: float | None, default_s: float) -> int:
    return round(check_seconds("deadline", default_s if deadline is None else deadline) * 1000)


def _check_on_unknown(on_unknown: OnUnknown) -> OnUnknown:
    if on_unknown not in ("reconcile", "raise"):
        raise ParameterError(f"on_unknown must be 'reconcile' or 'raise', not {on_unknown!r}")
    return on_unknown


def _check_settle(settle_ms: int) -> int:
    if isinstance(settle_ms, bool) or not isinstance(settle_ms, int) or not 0 <= settle_ms < 86_400_000:
        raise ParameterError(f"settle_ms must be 0 or more milliseconds, not {settle_ms!r}")
    return settle_ms
