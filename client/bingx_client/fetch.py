"""S's reference function ``fetchSigned``, in Python."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bingx_client.calls import Account, Confirm
from bingx_client.client import DEFAULT_TIMEOUT_S, check_timeout, system_ms
from bingx_client.flow import perform
from bingx_client.transport import RequestsTransport
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
    :raises ParameterError: before anything is sent; also for an unknown environment, which S's function
        would take for prod-live.
    :raises APIError: when the exchange refuses.
    :raises TransportError: when no domain answers.
    :raises ProtocolError: for an answer that is no JSON object with a code.
    :raises OutcomeUnknown: when a write may or may not have happened.
    """
    account = Account.of(env, api_key, secret_key, base_urls, WINDOW.default_ms)
    call = account.any_call(method, path, params or {}, json_body=json_body)
    request = call.request
    if call.sentence is None:
        signed = request.sign(clock())
        request = replace(request, sign=lambda timestamp_ms: signed)
    else:
        account.confirmed(call.sentence, confirm)
    transport = RequestsTransport(check_timeout(timeout))
    try:
        return transport.drive(perform(request, account.base_urls, clock, call.decode))
    finally:
        transport.close()
