"""Signed requests straight into an exchange, without a socket, in code that neither package has a part in."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote

from bingx_fake.answers import Answer
from bingx_fake.exchange import Exchange
from bingx_fake.faults.fault import Delivery
from bingx_fake.wire import Domain, WireRequest

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

_FORM = "application/x-www-form-urlencoded"


def signed(
    method: str,
    path: str,
    parameters: dict[str, Any],
    *,
    key: str,
    secret: str,
    now_ms: int,
    address: str = "127.0.0.1",
    domain: Domain = "com",
) -> WireRequest:
    """A request as it comes over the wire: sorted, signed; GET in the query, POST as a form.

    :param now_ms: its timestamp.
    """
    texts = sorted((name, str(value)) for name, value in {**parameters, "timestamp": now_ms}.items())
    canonical = "&".join(f"{name}={value}" for name, value in texts)
    signature = hmac.new(secret.encode(), canonical.encode(), hashlib.sha256).hexdigest()
    wire = "&".join(f"{name}={quote(value, safe='')}" for name, value in texts) + f"&signature={signature}"
    headers = {"x-bx-apikey": key, "x-source-key": "BX-AI-SKILL", "host": "127.0.0.1"}
    if method == "POST":
        return WireRequest(domain, method, path, headers | {"content-type": _FORM}, wire.encode(), address)
    return WireRequest(domain, method, f"{path}?{wire}", headers, b"", address)


def ask(exchange: Exchange, request: WireRequest) -> Any:
    """Send a request, and give its answer's JSON."""
    return read(exchange.receive(request))


def read(delivery: Delivery) -> Any:
    """The JSON of an answer."""
    assert isinstance(delivery, Answer), "no fault is in force"
    return json.loads(delivery.body)
