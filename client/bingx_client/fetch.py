"""S's reference function ``fetchSigned``, in Python."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bingx_client.calls.signer import Confirm
from bingx_client.calls.spot_account.writes import Account
from bingx_client.core import DEFAULT_SETTLE_MS, DEFAULT_TIMEOUT_S, Core
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.errors import ParameterError
from bingx_client.flow import attempts
from bingx_client.flow.clocks import monotonic_ms, system_ms
from bingx_client.wire.environments import is_loopback
from bingx_contracts import WINDOW


def fetch_signed(
    env: str,
    api_key: str,
    secret_key: str,
    method: str,
    path: str,
    params: Mapping[str, object] | None = None,
    json_body: bool = False,
    *,
    base_urls: tuple[str, str] | None = None,
    timeout: float = DEFAULT_TIMEOUT_S,
    confirm: Confirm | None = None,
    verbatim: bool = False,
    clock: Callable[[], int] = system_ms,
) -> Any:
    """Call any endpoint and return the answer's ``data``, integers and decimals exact.

    Reads keep to the letter of S's function: timestamp and signature are made once, and the identical
    request goes to the fallback domain when the primary fails (V20). After a timeout that request is too
    old to be accepted; ``Client`` signs afresh. Anything but GET is a write: it asks for the same
    confirmation as ``Client``, and goes to the second domain only where the first got nothing.

    :param method: GET, POST or DELETE.
    :param params: values by wire name: str, int, bool or Decimal. ``timestamp`` is added.
    :param json_body: send a POST as JSON instead of a form.
    :param base_urls: (primary, fallback) to use instead of the environment's.
    :param timeout: seconds that one attempt may take.
    :param confirm: as for ``Client``.
    :param verbatim: keep to the letter for writes too, which sends them again where they may have arrived.
        Works against this machine only, to show what the letter does.
    :raises ParameterError: before anything is sent; also for an unknown environment, which S's function
        would take for prod-live.
    :raises APIError: when the exchange refuses.
    :raises TransportError: when no domain answers.
    :raises ProtocolError: for an answer that is no JSON object with a code.
    :raises OutcomeUnknown: when a write may or may not have happened.
    """
    account = Account.of(env, api_key, secret_key, base_urls, WINDOW.default_ms)
    if verbatim and not is_loopback(account.base_urls):
        raise ParameterError("verbatim works against this machine only: it can move money twice")
    call = account.any_call(method, path, params or {}, json_body=json_body)
    core = Core(
        account,
        timeout=timeout,
        confirm=confirm,
        on_unknown="raise",
        settle_ms=DEFAULT_SETTLE_MS,
        deadline=None,
        clock=clock,
        monotonic_ms=monotonic_ms,
    )
    driver = RequestsDriver()
    try:
        if method != "GET" and not verbatim:
            return driver.drive(core.write(account.any_write(call)))
        signed = call.request.sign(clock())
        once = replace(call.request, sign=lambda timestamp_ms: signed)
        return driver.drive(attempts.read_once(replace(call, request=once), core.settings))
    finally:
        driver.close()
