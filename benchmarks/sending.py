"""Signed requests straight into an exchange, without a socket, in code that neither package has a part in."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote

from bingx_contracts import ENDPOINTS
from bingx_fake.answers.answer import Answer
from bingx_fake.exchange import Exchange
from bingx_fake.faults.fault import Delivery
from bingx_fake.gateway.wire import Domain, WireRequest

SPOT_BALANCE = ENDPOINTS["spot_account.spot_balance"].path
FUND_BALANCE = ENDPOINTS["spot_account.fund_balance"].path
OVERVIEW = ENDPOINTS["spot_account.account_overview"].path
TRANSFER = ENDPOINTS["spot_account.transfer"].path
TRANSFERS = ENDPOINTS["spot_account.transfers"].path
TRANSFER_RECORDS = ENDPOINTS["spot_account.transfer_records"].path
COINS = ENDPOINTS["spot_account.transferable_coins"].path
INNER_TRANSFER = ENDPOINTS["spot_account.inner_transfer"].path
INNER_RECORDS = ENDPOINTS["spot_account.inner_transfer_records"].path
SERVER_TIME = ENDPOINTS["common.server_time"].path

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
