"""Whose calls they are: signed with whose key, sent to which hosts. Shared by both clients; sends nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from bingx_client.errors import ConfirmationRequired, ParameterError
from bingx_client.flow.call import Call, Request
from bingx_client.flow.plan import Write
from bingx_client.wire.decode import Node
from bingx_client.wire.environments import (
    BaseUrls,
    choose_base_urls,
    is_simulated,
    moves_real_money,
    notice,
)
from bingx_client.wire.parameters import check_any, check_call, check_recv_window, check_value
from bingx_client.wire.signing import HttpRequest, Value, signed_request
from bingx_contracts import ENDPOINTS, RULES

T = TypeVar("T")
Confirm = Callable[[str], str]

CONFIRM = "CONFIRM"


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose calls they are, and where they go. The repr shows neither key nor secret."""

    env: str
    base_urls: BaseUrls
    api_key: str
    secret_key: str
    recv_window: int

    def __repr__(self) -> str:
        return f"{type(self).__name__}(env={self.env!r}, base_urls={self.base_urls!r})"

    @classmethod
    def of(
        cls, env: str, api_key: str, secret_key: str, base_urls: tuple[str, str] | None, recv_window: int
    ) -> Self:
        """Check everything that does not depend on a call.

        :raises ParameterError: for an unknown environment, a base URL that is none, a key or secret that
            cannot be sent, a recvWindow out of range.
        """
        for name, text in (("api_key", api_key), ("secret_key", secret_key)):
            fits = isinstance(text, str) and text.isascii() and text.isprintable()
            if not fits or not text or text != text.strip():
                raise ParameterError(f"{name} must be printable ASCII text without surrounding blanks")
        return cls(env, choose_base_urls(env, base_urls), api_key, secret_key, check_recv_window(recv_window))

    @property
    def notice(self) -> str | None:
        """What to tell people before the first write, if anything (CONFIRM-3)."""
        return notice("prod-vst") if self.env == "prod-vst" or is_simulated(self.base_urls) else None

    def confirmed(self, sentence: str, confirm: Confirm | None) -> None:
        """Let a write pass only if it may go to these hosts (CONFIRM-1).

        :raises ConfirmationRequired: when a host is live and ``confirm`` does not return CONFIRM.
        """
        if moves_real_money(self.base_urls) and (confirm is None or confirm(sentence) != CONFIRM):
            raise ConfirmationRequired(sentence)

    def any_call(
        self, method: str, path: str, parameters: Mapping[str, object], *, json_body: bool
    ) -> Call[Any]:
        """Any endpoint, as S's reference function calls it: what comes back is ``data``."""
        if method not in ("GET", "POST", "DELETE"):
            raise ParameterError(f"method must be GET, POST or DELETE, not {method!r}")
        if not path.startswith("/") or any(character in path for character in "?#& \r\n"):
            raise ParameterError(f"path must be an absolute path without a query, not {path!r}")
        if json_body and method != "POST":
            raise ParameterError(f"json_body goes with POST, not with {method}")
        checked = check_any(parameters)
        if "recvWindow" in checked:
            check_value(RULES["recvWindow"], "recvWindow", checked["recvWindow"])
        request = Request(
            endpoint=f"{method} {path}",
            parameters=checked,
            sign=lambda timestamp_ms: self._sign(method, path, checked, timestamp_ms, json_body=json_body),
        )
        return Call(request, _enveloped_data)

    def any_write(self, call: Call[Any]) -> Write[Any]:
        """A call of ``any_call`` as a write, which nobody knows how to settle."""
        shown = ", ".join(f"{name}={value}" for name, value in call.request.parameters.items())
        return Write(call, None, f"{call.request.endpoint} with {shown} at {self.hosts}.")

    def call(
        self,
        endpoint_id: str,
        given: Mapping[str, object],
        decode_answer: Callable[[Node], T],
    ) -> Call[T]:
        """A documented call, checked and ready to be performed."""
        endpoint = ENDPOINTS[endpoint_id]
        parameters = check_call(endpoint_id, given)
        sent = parameters | {"recvWindow": self.recv_window}
        request = Request(
            endpoint=f"{endpoint.method} {endpoint.path}",
            parameters=parameters,
            sign=lambda timestamp_ms: self._sign(endpoint.method, endpoint.path, sent, timestamp_ms),
        )
        return Call(request, decode_answer)

    def _sign(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Value],
        timestamp_ms: int,
        *,
        json_body: bool = False,
    ) -> HttpRequest:
        return signed_request(
            method,
            path,
            {**parameters, "timestamp": timestamp_ms},
            api_key=self.api_key,
            secret_key=self.secret_key,
            json_body=json_body,
        )

    @property
    def hosts(self) -> str:
        """Where the calls go, in words."""
        return " or ".join(urlsplit(url).netloc for url in self.base_urls)


def _enveloped_data(answer: Node) -> Any:
    if not answer.get("code").is_there:
        answer.get("code").fail("0, as S's function demands")
    data = answer.get("data")
    return data.value if data.is_there else None
