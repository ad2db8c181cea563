"""S's reference function ``fetchSigned``, in Python."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bingx_client.calls.documented import spelt
from bingx_client.calls.signer import Confirm, Signer
from bingx_client.core import DEFAULT_SETTLE_MS, DEFAULT_TIMEOUT_S, Core
from bingx_client.drivers.requests_driver import RequestsDriver
from bingx_client.errors import ParameterError
from bingx_client.flow import attempts
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import monotonic_ms, system_ms
from bingx_client.flow.plan import Write
from bingx_client.wire.decode import Node
from bingx_client.wire.environments import is_loopback
from bingx_client.wire.parameters import check_any, check_value
from bingx_contracts import RULES


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
    account = Signer.of(env, api_key, secret_key, base_urls, None)
    if account.secret_key is None:
        raise ParameterError("fetch_signed signs: give it api_key and secret_key")
    if verbatim and not is_loopback(account.base_urls):
        raise ParameterError("verbatim works against this machine only: it can move money twice")
    call = _call(method, path, params or {}, json_body=json_body)
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
            return driver.drive(core.send(_as_write(call)))
        signed = account.sign(call, clock())
        identical = replace(core.settings, sign=lambda call, timestamp_ms: signed)
        return driver.drive(attempts.read_once(call, identical))
    finally:
        driver.close()


def _call(method: str, path: str, parameters: Mapping[str, object], *, json_body: bool) -> Call[Any]:
    if method not in ("GET", "POST", "DELETE"):
        raise ParameterError(f"method must be GET, POST or DELETE, not {method!r}")
    if not path.startswith("/") or any(character in path for character in "?#& \r\n"):
        raise ParameterError(f"path must be an absolute path without a query, not {path!r}")
    if json_body and method != "POST":
        raise ParameterError(f"json_body goes with POST, not with {method}")
    checked = check_any(parameters)
    if "recvWindow" in checked:
        check_value(RULES["recvWindow"], "recvWindow", checked["recvWindow"])
    return Call(method, path, checked, _enveloped_data, json_body=json_body)


def _as_write(call: Call[Any]) -> Write[Any]:
    """The same as a write, which nobody knows how to settle."""
    sentence = spelt(call.method, call.path, call.parameters)
    return Write(
        call.method, call.path, call.parameters, call.read, json_body=call.json_body, sentence=sentence
    )


def _enveloped_data(answer: Node) -> Any:
    if not answer.get("code").is_there:
        answer.get("code").fail("0, as S's function demands")
    data = answer.get("data")
    return data.value if data.is_there else None
