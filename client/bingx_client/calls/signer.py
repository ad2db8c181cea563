"""The documented calls, checked and ready to be performed. Shared by both clients; sends nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlsplit

from bingx_client.calls.spot_account import readers
from bingx_client.calls.spot_account.models import (
    AccountWorth,
    Balances,
    Coin,
    InnerTransferPage,
    InnerTransferReceipt,
    TransferPage,
    TransferReceipt,
)
from bingx_client.calls.spot_account.plans import inner_transfer_plan, transfer_plan
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
from bingx_client.wire.parameters import (
    check_any,
    check_call,
    check_direction,
    check_recv_window,
    check_value,
)
from bingx_client.wire.signing import HttpRequest, Value, public_request, signed_request
from bingx_contracts import ENDPOINTS, RULES, WALLET_TYPES

T = TypeVar("T")
Amount = Decimal | int | str
Confirm = Callable[[str], str]

CONFIRM = "CONFIRM"
_RECEIVERS = {"1": "UID", "2": "phone number", "3": "e-mail address"}


@dataclass(frozen=True, slots=True)
class Account:
    """Whose calls they are, and where they go. The repr shows neither key nor secret."""

    env: str
    base_urls: BaseUrls
    api_key: str
    secret_key: str
    recv_window: int

    def __repr__(self) -> str:
        return f"Account(env={self.env!r}, base_urls={self.base_urls!r})"

    @staticmethod
    def of(
        env: str, api_key: str, secret_key: str, base_urls: tuple[str, str] | None, recv_window: int
    ) -> "Account":
        """Check everything that does not depend on a call.

        :raises ParameterError: for an unknown environment, a base URL that is none, a key or secret that
            cannot be sent, a recvWindow out of range.
        """
        for name, text in (("api_key", api_key), ("secret_key", secret_key)):
            fits = isinstance(text, str) and text.isascii() and text.isprintable()
            if not fits or not text or text != text.strip():
                raise ParameterError(f"{name} must be printable ASCII text without surrounding blanks")
        return Account(
            env, choose_base_urls(env, base_urls), api_key, secret_key, check_recv_window(recv_window)
        )

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

    def spot_balance(self) -> Call[Balances]:
        """Read the spot account's balances."""
        return self._call("spot_balance", {}, readers.balances)

    def fund_balance(self, asset: str | None) -> Call[Balances]:
        """Read the fund account's balances."""
        return self._call("fund_balance", {"asset": asset}, readers.balances)

    def account_overview(self, account_type: str | None) -> Call[list[AccountWorth]]:
        """Read what each account type is worth."""
        return self._call("account_overview", {"accountType": account_type}, readers.overview)

    def transfer(
        self,
        asset: str,
        amount: Amount,
        transfer_type: str | None,
        from_account: str | None,
        to_account: str | None,
    ) -> Write[TransferReceipt]:
        """Move an amount between two own accounts."""
        source, target = check_direction(transfer_type, from_account, to_account)
        given = {
            "asset": asset,
            "amount": amount,
            "type": transfer_type,
            "fromAccount": from_account,
            "toAccount": to_account,
        }
        call = self._call("transfer", given, readers.transfer_receipt)
        sent = call.request.parameters
        sentence = f"Transfer {sent['amount']} {asset} from {source} to {target} at {self._hosts}."
        return Write(call, transfer_plan(self, call.request.parameters), sentence)

    def transfers(
        self,
        transfer_type: str | None,
        tran_id: str | int | None,
        start_ms: int | None,
        end_ms: int | None,
        current: int | None,
        size: int | None,
    ) -> Call[TransferPage]:
        """Read transfer records, the older way."""
        if transfer_type is None and tran_id is None:
            raise ParameterError("transfers needs type or tran_id")
        given = {
            "type": transfer_type,
            "tranId": tran_id,
            "startTime": start_ms,
            "endTime": end_ms,
            "current": current,
            "size": size,
        }
        return self._call("transfers", given, readers.transfer_page)

    def transfer_records(
        self,
        transfer_type: str | None,
        from_account: str | None,
        to_account: str | None,
        transfer_id: str | int | None,
        start_ms: int | None,
        end_ms: int | None,
        page_index: int | None,
        page_size: int | None,
    ) -> Call[TransferPage]:
        """Read transfer records, the newer way."""
        _check_pair(from_account, to_account)
        given = {
            "type": transfer_type,
            "fromAccount": from_account,
            "toAccount": to_account,
            "transferId": transfer_id,
            "startTime": start_ms,
            "endTime": end_ms,
            "pageIndex": page_index,
            "pageSize": page_size,
        }
        return self._call("transfer_records", given, readers.transfer_page)

    def transferable_coins(self, from_account: str | None, to_account: str | None) -> Call[list[Coin]]:
        """Read which coins can be transferred."""
        _check_pair(from_account, to_account)
        given = {"fromAccount": from_account, "toAccount": to_account}
        return self._call("transferable_coins", given, readers.coins)

    def inner_transfer(
        self,
        coin: str,
        amount: Amount,
        user_account_type: int,
        user_account: str | int,
        wallet_type: int,
        calling_code: str | int | None,
        transfer_client_id: str,
    ) -> Write[InnerTransferReceipt]:
        """Send an amount to another user."""
        given = {
            "coin": coin,
            "amount": amount,
            "userAccountType": user_account_type,
            "userAccount": user_account,
            "walletType": wallet_type,
            "callingCode": calling_code,
            "transferClientId": transfer_client_id,
        }
        call = self._call("inner_transfer", given, readers.inner_transfer_receipt)
        checked = call.request.parameters
        source = WALLET_TYPES[int(checked["walletType"])].account
        receiver = f"the user with {_RECEIVERS[str(checked['userAccountType'])]} {user_account}"
        sentence = f"Send {checked['amount']} {coin} from {source} to {receiver} at {self._hosts}."
        return Write(call, inner_transfer_plan(self, checked), sentence)

    def inner_transfer_records(
        self,
        coin: str,
        transfer_id: str | int | None,
        transfer_client_id: str | None,
        start_ms: int | None,
        end_ms: int | None,
        offset: int | None,
        limit: int | None,
    ) -> Call[InnerTransferPage]:
        """Read internal transfers."""
        given = {
            "coin": coin,
            "id": transfer_id,
            "transferClientId": transfer_client_id,
            "startTime": start_ms,
            "endTime": end_ms,
            "offset": offset,
            "limit": limit,
        }
        return self._call("inner_transfer_records", given, readers.inner_transfer_page)

    def server_time(self) -> Call[int]:
        """Read the exchange's clock."""
        endpoint = ENDPOINTS["server_time"]
        request = Request(
            endpoint=f"{endpoint.method} {endpoint.path}",
            parameters={},
            sign=lambda timestamp_ms: public_request(endpoint.method, endpoint.path),
        )
        return Call(request, readers.server_time)

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
        return Write(call, None, f"{call.request.endpoint} with {shown} at {self._hosts}.")

    def _call(
        self,
        endpoint_id: str,
        given: Mapping[str, object],
        decode_answer: Callable[[Node], T],
    ) -> Call[T]:
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
    def _hosts(self) -> str:
        return " or ".join(urlsplit(url).netloc for url in self.base_urls)


def _enveloped_data(answer: Node) -> Any:
    if not answer.get("code").is_there:
        answer.get("code").fail("0, as S's function demands")
    data = answer.get("data")
    return data.value if data.is_there else None


def _check_pair(from_account: str | None, to_account: str | None) -> None:
    if (from_account is None) != (to_account is None):
        raise ParameterError("from_account and to_account belong together")
