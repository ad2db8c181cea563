"""Who asks the exchange, in which way, and what came of it in the plain form that the model uses."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from model.model import ROUTES, Asked, plain
from support.sender import FORM, Sender, hmac_hex, pairs

from bingx_client import (
    AccountWorth,
    APIError,
    Balances,
    Client,
    Coin,
    InnerTransferPage,
    InnerTransferReceipt,
    TransferPage,
    TransferReceipt,
    TransportError,
)

CALLERS = {
    "alice": ("alice-key", "alice-secret"),
    "bob": ("bob-key", "bob-secret"),
    "dora": ("dora-key", "dora-secret"),
    "carol, a sub account": ("carol-key", "carol-secret"),
    "alice's read-only key": ("alice-read-key", "alice-read-secret"),
    "alice's key for elsewhere": ("alice-elsewhere-key", "alice-elsewhere-secret"),
    "somebody with alice's key": ("alice-key", "a guess"),
    "a stranger": ("no-such-key", "no-such-secret"),
}
"""Key and secret of everybody who asks."""

SECRETS = {key: secret for key, secret in CALLERS.values() if secret not in ("a guess", "no-such-secret")}
"""The right secrets, by key."""


@dataclass(frozen=True)
class Refusal:
    """The exchange refused, with a code; without one, nobody took the connection."""

    code: int | None


UNREACHABLE = Refusal(None)

FORMS = {
    "sorted": "right",
    "as sent": "right",
    "signed encoded": "right",
    "raw @ and +": "right",
    "in capitals": "wrong",
    "base64": "wrong",
    "unsigned": "missing",
}
"""How a request made by hand is signed and sent, and what becomes of its signature."""


def by_client(client: Client, call: Callable[[Client], Any]) -> Any:
    """What a call of our client came to."""
    try:
        return _from_client(call(client))
    except APIError as error:
        return Refusal(error.code)
    except TransportError:
        return UNREACHABLE


def _from_client(result: Any) -> Any:
    match result:
        case Balances():
            return _held((row.asset, row.free, row.locked) for row in result.values())
        case TransferReceipt(transfer_id=transfer_id, tran_id=tran_id):
            return tran_id, transfer_id
        case InnerTransferReceipt(id=number, transfer_client_id=client_id):
            return number, client_id
        case TransferPage(total=total, rows=rows):
            return total, [
                (
                    row.transfer_id,
                    row.asset,
                    _plain(row.amount),
                    row.type,
                    row.from_account,
                    row.to_account,
                    row.status,
                    row.timestamp_ms,
                )
                for row in rows
            ]
        case InnerTransferPage(total=total, rows=rows):
            return total, [
                (
                    row.id,
                    row.coin,
                    _plain(row.amount),
                    row.receiver,
                    row.from_uid,
                    row.status,
                    row.record_type,
                    row.time_ms,
                    row.transfer_client_id,
                )
                for row in rows
            ]
        case [AccountWorth(), *_]:
            return _by_name((row.account_type, _plain(row.usdt_balance)) for row in result)
        case [Coin(), *_]:
            return _by_name((row.coin, (row.name, _plain(row.amount))) for row in result)
        case _:
            return result


def by_hand(sender: Sender, asked: Asked, secret: str, form: str, place: str) -> Any:
    """What a request made without our client came to.

    :param form: how it is signed and sent; one of ``FORMS``.
    :param place: where a write carries its parameters: ``query``, ``form`` or ``json``.
    """
    parameters = dict(sorted(asked.parameters.items(), reverse=form == "as sent"))
    if asked.timestamp is not None:
        parameters["timestamp"] = asked.timestamp
    if form != "as sent":
        parameters = dict(sorted(parameters.items()))
    text = pairs(parameters, encoded=form == "signed encoded" and place != "json")
    signed = parameters | {"signature": _sign(secret, text, form)}
    if form == "unsigned":
        del signed["signature"]
    safe = "@+" if form == "raw @ and +" else ""
    wire = "&".join(f"{name}={quote(value, safe=safe)}" for name, value in signed.items())
    headers = {} if asked.key is None else {"X-BX-APIKEY": asked.key}
    target, body = asked.path, None
    if asked.method != "POST" or place == "query":
        target += f"?{wire}"
    elif place == "form":
        headers["Content-Type"], body = FORM, wire.encode()
    else:
        headers["Content-Type"], body = "application/json", json.dumps(signed).encode()
    try:
        reply = sender.raw(asked.method, target, headers=headers, body=body)
    except ConnectionRefusedError:
        return UNREACHABLE
    assert reply.status == 200, reply
    answer = json.loads(reply.body, parse_float=Decimal)
    if answer["code"] != 0:
        assert answer["data"] is None, answer
        return Refusal(answer["code"])
    return _from_json(ROUTES[asked.method, asked.path][0], answer)


def _sign(secret: str, text: str, form: str) -> str:
    signature = hmac_hex(secret, text)
    if form == "in capitals":
        return signature.upper()
    if form == "base64":
        return base64.b64encode(bytes.fromhex(signature)).decode()
    return signature


def _held(rows: Iterable[tuple[str, Any, Any]]) -> dict[str, tuple[str, str]]:
    """Free and locked by asset, without what is zero: no document says whether that is listed."""
    held = _by_name((asset, (_plain(free), _plain(locked))) for asset, free, locked in rows)
    return {asset: amounts for asset, amounts in held.items() if amounts != ("0", "0")}


def _plain(amount: Decimal | str | int | None) -> str:
    assert amount is not None
    return plain(Fraction(amount))


def _by_name(rows: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    listed = list(rows)
    named = dict(listed)
    assert len(named) == len(listed), f"something is listed twice: {listed}"
    return named


def _from_json(name: str, answer: Mapping[str, Any]) -> Any:
    data = answer["data"]
    match name:
        case "server_time":
            return data["serverTime"]
        case "spot_balance" | "fund_balance":
            return _held((row["asset"], row["free"], row["locked"]) for row in data["balances"])
        case "overview":
            return _by_name((row["accountType"], _plain(row["usdtBalance"])) for row in data)
        case "coins":
            return _by_name((row["coin"], (row["name"], _plain(row["amount"]))) for row in data)
        case "transfer" | "old_transfer":
            return data["tranId"], data["transferId"]
        case "inner_transfer":
            return data["id"], data["transferClientId"] or None
        case "transfers" | "transfer_records":
            id_name = "tranId" if name == "transfers" else "transferId"
            return answer["total"], [
                (
                    str(row[id_name]),
                    row["asset"],
                    _plain(row["amount"]),
                    row["type"],
                    row.get("fromAccount"),
                    row.get("toAccount"),
                    row["status"],
                    row["timestamp"],
                )
                for row in answer["rows"]
            ]
        case _:
            return data["total"], [
                (
                    str(row["id"]),
                    row["coin"],
                    _plain(row["amount"]),
                    str(row["receiver"]),
                    str(row["fromUid"]),
                    row["status"],
                    row["recordType"],
                    row["time"],
                    row["transferClientId"] or None,
                )
                for row in data["data"]
            ]
