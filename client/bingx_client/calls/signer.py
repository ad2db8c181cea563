"""Whose calls they are: signed with whose key, sent to which hosts. Shared by both clients; sends nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

from bingx_client.errors import ConfirmationRequired, ParameterError
from bingx_client.flow.call import Call
from bingx_client.wire.environments import (
    BaseUrls,
    choose_base_urls,
    is_simulated,
    moves_real_money,
    notice,
)
from bingx_client.wire.parameters import check_recv_window
from bingx_client.wire.signing import HttpRequest, Value, public_request, signed_request

Confirm = Callable[[str], str]

CONFIRM = "CONFIRM"


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose calls they are, and where they go. The repr shows neither key nor secret.

    :ivar api_key: None, as the secret, for who makes public calls only.
    :ivar recv_window: None for who says it in a call's parameters, or leaves it to the exchange.
    """

    env: str
    base_urls: BaseUrls
    api_key: str | None
    secret_key: str | None
    recv_window: int | None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(env={self.env!r}, base_urls={self.base_urls!r})"

    @classmethod
    def of(
        cls,
        env: str,
        api_key: str | None,
        secret_key: str | None,
        base_urls: tuple[str, str] | None,
        recv_window: int | None,
    ) -> Self:
        """Check everything that does not depend on a call.

        :raises ParameterError: for an unknown environment, a base URL that is none, a key or secret that
            cannot be sent, one without the other, a recvWindow out of range.
        """
        keys = {"api_key": api_key, "secret_key": secret_key}
        missing = [name for name, text in keys.items() if text is None]
        for name, text in keys.items():
            if name not in missing:
                _check_key(name, text)
        if len(missing) == 1:
            raise ParameterError(f"api_key and secret_key belong together; {missing[0]} is missing")
        if recv_window is not None:
            recv_window = check_recv_window(recv_window)
        return cls(env, choose_base_urls(env, base_urls), api_key, secret_key, recv_window)

    @property
    def notice(self) -> str | None:
        """What to tell people before the first write, if anything (CONFIRM-3)."""
        return notice("prod-vst") if self.env == "prod-vst" or is_simulated(self.base_urls) else None

    def confirmed(self, sentence: str, confirm: Confirm | None) -> None:
        """Let a write pass only if it may go to these hosts (CONFIRM-1).

        :raises ConfirmationRequired: when a host is live and ``confirm`` does not return CONFIRM.
        """
        sentence = f"{sentence} at {' or '.join(urlsplit(url).netloc for url in self.base_urls)}."
        if moves_real_money(self.base_urls) and (confirm is None or confirm(sentence) != CONFIRM):
            raise ConfirmationRequired(sentence)

    def check_keys(self, call: Call[Any]) -> None:
        """Refuse a call that has to be signed where there is nothing to sign it with.

        :raises ParameterError: which says what is missing.
        """
        if self.secret_key is None and not call.public:
            raise ParameterError(
                f"{call.endpoint} has to be signed, and this client has no keys: give it api_key and "
                "secret_key, the key of your account at the exchange and its secret"
            )

    def sign(self, call: Call[Any], timestamp_ms: int) -> HttpRequest:
        """The request of a call, signed unless it is public."""
        if call.public:
            return public_request(call.method, call.path, call.parameters)
        assert self.api_key is not None, "checked before anything is sent"
        assert self.secret_key is not None, "as the key"
        window: dict[str, Value] = {} if self.recv_window is None else {"recvWindow": self.recv_window}
        return signed_request(
            call.method,
            call.path,
            {**window, **call.parameters, "timestamp": timestamp_ms},
            api_key=self.api_key,
            secret_key=self.secret_key,
            json_body=call.json_body,
        )


def _check_key(name: str, text: object) -> None:
    if (
        not isinstance(text, str)
        or not (text and text.isascii() and text.isprintable())
        or text != text.strip()
    ):
        raise ParameterError(f"{name} must be printable ASCII text without surrounding blanks")
