"""What both clients are made of, short of moving bytes."""

import logging
import random
import uuid
from collections.abc import Callable
from typing import Any, Literal, TypeVar

from bingx_client.calls.signer import Confirm
from bingx_client.calls.spot_account.plans import inner_transfer_plan, transfer_plan
from bingx_client.calls.spot_account.writes import Account
from bingx_client.errors import OutcomeUnknown, ParameterError
from bingx_client.flow import attempts, reconcile
from bingx_client.flow.attempts import Manners, Settings
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import Clock
from bingx_client.flow.limiter import Limiter
from bingx_client.flow.plan import Plan, Policy, Write
from bingx_client.flow.steps import Steps
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_client.wire.parameters import check_recv_window
from bingx_contracts import TIMEOUT, present_id

T = TypeVar("T")
OnUnknown = Literal["reconcile", "raise"]

DEFAULT_TIMEOUT_S = TIMEOUT.whole_exchange_ms / 1000
DEFAULT_DEADLINE_S = 60.0
DEFAULT_SETTLE_MS = 1000
_PLANS: dict[str, Callable[[Account, Any], Plan[Any]]] = {
    "spot_account.transfer": transfer_plan,
    "spot_account.inner_transfer": inner_transfer_plan,
}
_log = logging.getLogger("bingx_client")


class Core:
    """An account, and how its calls are carried out. Its methods make steps for a driver.

    The parameters are those of ``Client``.
    """

    def __init__(
        self,
        account: Account,
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
            account.server_time(),
            _manners(limiter, account, self._deadline_ms),
        )
        self._on_unknown = _check_on_unknown(on_unknown)
        self._settle_ms = _check_settle(settle_ms)
        self._confirm = confirm
        self._notice = account.notice

    def read(self, call: Call[T]) -> Steps[T]:
        """Carry out a read."""
        return attempts.read(call, self.settings)

    def write(
        self, write: Write[T], on_unknown: OnUnknown | None = None, deadline: float | None = None
    ) -> Steps[T]:
        """Carry out a write, confirmed where it has to be.

        :param on_unknown: for this call alone, as ``deadline``; None means the client's own.
        """
        policy = self._policy(on_unknown, deadline)
        self.account.confirmed(write.sentence, self._confirm)
        if self._notice is not None:
            _log.warning("%s", self._notice)
            self._notice = None
        return reconcile.write(write.call, write.plan, self.settings, policy, PROCESS_WRITES, _new_name)

    def settle(self, unknown: OutcomeUnknown) -> Steps[Any]:
        """Find out what became of a lost write."""
        make_plan = _PLANS.get(present_id(unknown.endpoint_id or ""))
        if make_plan is None:
            raise unknown.because("the contract describes no records for this endpoint")
        plan = make_plan(self.account, unknown.sent)
        return reconcile.settle(unknown, plan, self.settings, self._policy(None, None), PROCESS_WRITES)

    def _policy(self, on_unknown: OnUnknown | None, deadline: float | None) -> Policy:
        chosen = self._on_unknown if on_unknown is None else _check_on_unknown(on_unknown)
        return Policy(
            reconcile=chosen == "reconcile",
            deadline_ms=_deadline_ms(deadline, self._deadline_ms / 1000),
            settle_ms=self._settle_ms,
            recv_window_ms=check_recv_window(self.account.recv_window),
        )


def _new_name() -> str:
    return uuid.uuid4().hex


def _manners(limiter: Limiter | None, account: Account, deadline_ms: int) -> Manners | None:
    if limiter is None:
        return None
    if not isinstance(limiter, Limiter):
        raise ParameterError(f"limiter must be a Limiter, such as PROCESS_LIMITER, not {limiter!r}")
    return Manners(limiter, account.api_key, lambda most_ms: random.randint(0, most_ms), deadline_ms)


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
