"""Sends requests to an exchange with nothing but the standard library.

It signs and places parameters in every way that working clients are known to, in code of its own, so that
what it proves about the exchange does not lean on our client.
"""

import hashlib
import hmac
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from http.client import HTTPConnection, HTTPSConnection
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from bingx_contracts import Endpoint
from bingx_fake import FakeExchange

NOW_MS = 1_700_000_000_000
ALICE = 16779999
BOB = 16780001
CAROL = 16780002

SPOT_BALANCE = "/openApi/spot/v1/account/balance"
FUND_BALANCE = "/openApi/fund/v1/account/balance"
OVERVIEW = "/openApi/account/v1/allAccountBalance"
TRANSFER = "/openApi/api/asset/v1/transfer"
TRANSFERS = "/openApi/api/v3/asset/transfer"
TRANSFER_RECORDS = "/openApi/api/v3/asset/transferRecord"
COINS = "/openApi/api/asset/v1/transfer/supportCoins"
INNER_TRANSFER = "/openApi/wallets/v1/capital/innerTransfer/apply"
INNER_RECORDS = "/openApi/wallets/v1/capital/innerTransfer/records"
SERVER_TIME = "/openApi/swap/v2/server/time"
PLACE_ORDER = "/openApi/spot/v1/trade/order"
PLACE_ORDERS = "/openApi/spot/v1/trade/batchOrders"
CANCEL_ORDER = "/openApi/spot/v1/trade/cancel"
CANCEL_ORDERS = "/openApi/spot/v1/trade/cancelOrders"
CANCEL_OPEN_ORDERS = "/openApi/spot/v1/trade/cancelOpenOrders"
CANCEL_ALL_AFTER = "/openApi/spot/v1/trade/cancelAllAfter"
REPLACE_ORDER = "/openApi/spot/v1/trade/order/cancelReplace"
QUERY_ORDER = "/openApi/spot/v1/trade/query"
OPEN_ORDERS = "/openApi/spot/v1/trade/openOrders"
ORDER_HISTORY = "/openApi/spot/v1/trade/historyOrders"
FILLS = "/openApi/spot/v1/trade/myTrades"
COMMISSION_RATE = "/openApi/spot/v1/user/commissionRate"
PLACE_OCO = "/openApi/spot/v1/oco/order"
CANCEL_OCO = "/openApi/spot/v1/oco/cancel"
QUERY_OCO = "/openApi/spot/v1/oco/orderList"
OPEN_OCOS = "/openApi/spot/v1/oco/openOrderList"
OCO_HISTORY = "/openApi/spot/v1/oco/historyOrderList"

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Reply:
    """An answer: HTTP status, headers, bytes, and the JSON in them."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> bytes:
        """The body, which is JSON; of a workbook, its rows as such, by the names in the first one."""
        return rows_of(self.body) if self.body.startswith(b"PK") else self.body

    @property
    def json(self) -> Any:
        """The body as JSON, integers exact."""
        return json.loads(self.text)

    @property
    def code(self) -> int:
        """The business code; 0 in an answer that is too bare to carry one."""
        code = self.json.get("code", 0)
        assert isinstance(code, int)
        return code

    @property
    def data(self) -> Any:
        """``data`` of a successful answer."""
        assert self.code == 0, self.json
        return self.json["data"]


@lru_cache(maxsize=16)
def rows_of(workbook: bytes) -> bytes:
    """The rows of a workbook's sheet as the JSON that it stands for."""
    from openpyxl import load_workbook  # takes long to import, for few

    names, *rows = load_workbook(BytesIO(workbook)).active.values
    data = [{name: "" if it is None else it for name, it in zip(names, row, strict=True)} for row in rows]
    return json.dumps({"data": data}).encode()


def hmac_hex(secret: str, text: str | bytes) -> str:
    """The signature of a string."""
    message = text.encode() if isinstance(text, str) else text
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def pairs(parameters: dict[str, Any], *, encoded: bool = False) -> str:
    """``k=v&k=v`` in the order given."""
    return "&".join(
        f"{name}={quote(str(value), safe='') if encoded else value}" for name, value in parameters.items()
    )


def wait_until(condition: Callable[[], object], *, at_most_s: float = 30) -> None:
    """Wait until something is so, and fail when it takes too long."""
    deadline = time.monotonic() + at_most_s
    while not condition():
        assert time.monotonic() < deadline, "what is waited for does not happen"
        time.sleep(0.001)


def signed_post(path: str, **parameters: Any) -> bytes:
    """A signed write by alice as raw bytes."""
    text = pairs(dict(sorted((parameters | {"timestamp": NOW_MS}).items())))
    body = f"{text}&signature={hmac_hex('alice-secret', text)}"
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nX-BX-APIKEY: alice-key\r\nContent-Type: {FORM}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


class Wire:
    """Sends to one base URL.

    :param ca_file: the CA to trust; by default the system's.
    """

    def __init__(self, base_url: str, ca_file: str | Path | None = None) -> None:
        self.base_url, self._ca_file = base_url, ca_file

    def _connection(self, timeout: float) -> HTTPConnection:
        parts = urlsplit(self.base_url)
        if parts.scheme == "http":
            return HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
        return HTTPSConnection(parts.hostname or "", parts.port, timeout=timeout, context=self._trusting)

    @cached_property
    def _trusting(self) -> ssl.SSLContext:
        """The system's CAs take a fiftieth of a second to read."""
        return ssl.create_default_context(cafile=self._ca_file)

    @contextmanager
    def connected(self, *, timeout: float = 10) -> Iterator[socket.socket]:
        """A connection as a bare socket, TLS done where there is TLS."""
        parts = urlsplit(self.base_url)
        host = parts.hostname or ""
        with socket.create_connection((host, parts.port or 0), timeout=timeout) as connection:
            if parts.scheme == "http":
                yield connection
            else:
                with self._trusting.wrap_socket(connection, server_hostname=host) as secured:
                    yield secured

    def raw(
        self,
        method: str,
        target: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 10,
    ) -> Reply:
        """Send exactly this."""
        connection = self._connection(timeout)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Reply(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()


class Sender(Wire):
    """Sends to one domain of a fake exchange, as one of its example users."""

    def __init__(self, exchange: FakeExchange, domain: str = "com") -> None:
        self.exchange = exchange
        super().__init__(exchange.base_urls[0 if domain == "com" else 1], exchange.ca_file)

    def ask(self, endpoint: Endpoint, parameters: Mapping[str, str]) -> Reply:
        """Send what an endpoint takes: to a public one as it is, to any other signed."""
        if not endpoint.public:
            return self.call(endpoint.method, endpoint.path, dict(parameters))
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self.raw(endpoint.method, endpoint.path + query)

    def call(
        self,
        method: str,
        path: str,
        parameters: dict[str, Any] | None = None,
        *,
        key: str = "alice-key",
        secret: str | None = None,
        timestamp: int | str | None = NOW_MS,
        place: str | None = None,
    ) -> Reply:
        """The documented form: sorted, signed decoded, sent encoded; POST as a form unless ``place`` says.

        :param place: ``query``, ``form`` or ``json``.
        """
        secret = key.replace("-key", "-secret") if secret is None else secret
        everything = dict(parameters or {})
        if timestamp is not None:
            everything["timestamp"] = timestamp
        everything = dict(sorted(everything.items()))
        signature = hmac_hex(secret, pairs(everything))
        headers = {"X-BX-APIKEY": key, "X-SOURCE-KEY": "BX-AI-SKILL"}
        place = place or ("form" if method == "POST" else "query")
        wire = f"{pairs(everything, encoded=True)}&signature={signature}"
        if place == "query":
            return self.raw(method, f"{path}?{wire}", headers=headers)
        if place == "form":
            return self.raw(method, path, headers=headers | {"Content-Type": FORM}, body=wire.encode())
        document = json.dumps(everything | {"signature": signature}).encode()
        return self.raw(method, path, headers=headers | {"Content-Type": "application/json"}, body=document)

    def get(self, path: str, **parameters: Any) -> Reply:
        """A signed read by alice."""
        return self.call("GET", path, parameters)

    def post(self, path: str, **parameters: Any) -> Reply:
        """A signed write by alice."""
        return self.call("POST", path, parameters)
