"""What bingx-api for Node offers: perpetuals, and besides the time and listen keys."""

import json
import os
import re
import subprocess
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from compat.market_data import NPM, Found, raised

from bingx_contracts import PROFILES
from bingx_fake import FakeExchange

PROGRAM = NPM / "bingx_api.mjs"


def _key(answer: Any) -> bool:
    return bool(re.fullmatch("[0-9a-f]{64}", answer.get("listenKey", "")))


def _taken(answer: Any) -> bool:
    return bool(answer.get("code") == "0")  # it makes text of every number


def _time(answer: Any) -> bool:
    told_ms = int(answer.get("data", {}).get("serverTime", 0))
    return 0 <= time.time_ns() // 1_000_000 - told_ms < 120_000


def _rests(answer: Any) -> bool:
    return (_order(answer).get("side"), _order(answer).get("type")) == ("BUY", "LIMIT")


def _is_bought(answer: Any) -> bool:
    return (_order(answer).get("side"), _order(answer).get("type")) == ("BUY", "MARKET")


def _order(answer: Any) -> Any:
    data = answer.get("data") or {}
    return data.get("order", data)


def _holds(answer: Any) -> bool:
    rows = answer.get("data") or []
    return [(row["positionSide"], row["positionAmt"]) for row in rows] == [("LONG", "0.0010")]


def _lists(answer: Any) -> bool:
    data = answer.get("data") or []
    return bool(data["orders"] if isinstance(data, dict) else data)


def _is_cancelled(answer: Any) -> bool:
    return str(_order(answer).get("status", "")).startswith("CANCEL")


OF_PERPETUALS: dict[str, Callable[[Any], bool]] = {
    "switchLeverage": _taken,
    "switchMarginMode": _taken,
    "createTradeOrderTest": _rests,
    "tradeOrder": _rests,
    "tradeOrder, at the market": _is_bought,
    "getPerpetualSwapPositions": _holds,
    "getPerpetualSwapAccountAssetInformation": _taken,
    "getUserHistoryOrders": _lists,
    "cancelOrder": _is_cancelled,
    "cancelAllOrders": _taken,
    "closeAllPositions": _taken,
}
RIGHT: dict[str, Callable[[Any], bool]] = {
    "generateListenKey": _key,
    "generateListenKey, a millisecond passes": _key,
    "BingxExtendListenKeyEndpoint": _taken,
    "BingxGetServerTimeEndpoint": _time,
}
"""By call: whether an answer is right."""

STATE: dict[str, Any] = {
    "users": [
        {
            "uid": 16779999,
            "keys": [{"key": "alice-key", "secret": "alice-secret", "permissions": ["read", "trade"]}],
            "balances": {"USDTMPerp": {"USDT": "1000"}},
            # It knows LONG and SHORT only.
            "settings": {"perpetuals": {"mode": "hedge"}},
        }
    ]
}


def title(name: str) -> str:
    """How the table names a call."""
    method, comma, rest = name.partition(",")
    return f"`{method}`{comma}{rest}"


UNLUCKY = title("generateListenKey, a millisecond passes")
"""It signs another time than it sends when its clock ticks in between."""

ROWS = [title(name) for name in RIGHT]
PERPETUAL_ROWS = [title(name) for name in OF_PERPETUALS]


def ask(exchange: FakeExchange) -> Found:
    """Every call under every profile; the package's host is led to the exchange, which has TLS."""
    com, _ = exchange.base_urls
    order: dict[str, Any] = {
        "profiles": list(PROFILES),
        "control": exchange.control_url,
        "port": urlsplit(com).port,
    }
    order["perpetuals"] = True
    done = subprocess.run(
        ["node", str(PROGRAM)],
        input=json.dumps(order),
        env={**os.environ, "NODE_EXTRA_CA_CERTS": str(exchange.ca_file)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return judged(json.loads(done.stdout)["answers"])


def judged(answers: dict[str, dict[str, Any]]) -> Found:
    """What came back, in words."""
    return {
        (title(name), profile): _outcome(name, record)
        for profile, records in answers.items()
        for name, record in records.items()
    }


def _outcome(name: str, record: dict[str, Any]) -> str:
    if "error" in record:
        return raised(record["error"])
    return (
        "works"
        if (OF_PERPETUALS | RIGHT)[name](record["answer"])
        else f"**silent**: code {record['answer'].get('code')}"
    )
