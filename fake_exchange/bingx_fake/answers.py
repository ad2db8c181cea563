"""Facts to JSON: the one place where the shape of an answer is chosen.

The shapes are those of the profile ``documented``: every documented reader that does not contradict S
finds its field.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import msgspec

from bingx_contracts import transfer_type_between
from bingx_fake.handlers.facts import (
    Balances,
    Coins,
    Facts,
    InnerPage,
    InnerSent,
    Overview,
    ServerTime,
    TransferPage,
    Transferred,
)
from bingx_fake.ledger import InnerTransfer, Transfer
from bingx_fake.money import fixed, plain
from bingx_fake.refusal import Refusal

Json = dict[str, Any]

_encode = msgspec.json.Encoder().encode
_CONFIRMED = "CONFIRMED"


class Answer(msgspec.Struct, frozen=True):
    """An answer ready to be sent. ``code`` is the business code that it carries, if it carries one."""

    http_status: int
    body: bytes
    code: int | None
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


def success(endpoint_id: str, facts: Facts, now_ms: int) -> Answer:
    """The answer to a call that was carried out."""
    return Answer(200, _encode(_SHAPES[endpoint_id](facts, now_ms)), 0)


def error(code: int, message: str, now_ms: int, *, http_status: int = 200) -> Answer:
    """An error: HTTP 200 with a code, except where the HTTP layer itself is at fault."""
    body = {"code": code, "msg": message, "timestamp": now_ms, "data": None}
    return Answer(http_status, _encode(body), code)


def refused(refusal: Refusal, now_ms: int) -> Answer:
    """The answer to a call that a check or a handler refused."""
    return error(refusal.code, refusal.message, now_ms)


def redirect(path: str) -> Answer:
    """A redirect (302) to a path of the same domain."""
    # The path stands in a header now, where bytes beyond ASCII have no place.
    location = quote(path, safe="/%:@!$&'()*+,;=~", errors="surrogateescape")
    return Answer(302, b"", None, headers=(("Location", location),))


def _balance_rows(facts: Balances) -> list[Json]:
    return [
        {"asset": asset, "free": plain(balance.free), "locked": plain(balance.locked)}
        for asset, balance in facts.by_asset.items()
    ]


def _spot_balance(facts: Balances, now_ms: int) -> Json:
    return {"code": 0, "msg": "", "debugMsg": "", "data": {"balances": _balance_rows(facts)}}


def _fund_balance(facts: Balances, now_ms: int) -> Json:
    rows = _balance_rows(facts)
    by_asset = {row["asset"]: row for row in rows}
    data = {"balances": rows, "assets": rows, "balance": by_asset, "data": {"balance": by_asset}}
    return {"code": 0, "msg": "", "debugMsg": "", "data": data}


def _overview(facts: Overview, now_ms: int) -> Json:
    rows = [
        {"accountType": name, "usdtBalance": plain(worth), "asset": "USDT", "balance": plain(worth)}
        for name, worth in facts.worth
    ]
    return {"code": 0, "msg": "", "timestamp": now_ms, "data": rows}


def _transfer(facts: Transferred, now_ms: int) -> Json:
    number = str(facts.id)
    data = {"tranId": number, "transferId": number}
    return {"code": 0, "msg": "", "timestamp": now_ms, "transferId": number, "data": data}


def _old_transfer(facts: Transferred, now_ms: int) -> Json:
    number = str(facts.id)
    data = {"tranId": number, "transferId": number}
    return {"code": 0, "msg": "", "timestamp": now_ms, "tranId": number, "data": data}


def _transfers(facts: TransferPage, now_ms: int) -> Json:
    rows = [
        {
            "asset": transfer.asset,
            "amount": fixed(transfer.amount),
            "type": _type_of(transfer),
            "status": _CONFIRMED,
            "tranId": transfer.id,
            "timestamp": transfer.at_ms,
        }
        for transfer in facts.rows
    ]
    data = {"total": facts.total, "rows": rows}
    return {"code": 0, "msg": "", "total": facts.total, "rows": rows, "data": data}


def _transfer_records(facts: TransferPage, now_ms: int) -> Json:
    rows = [
        {
            "transferId": str(transfer.id),
            "asset": transfer.asset,
            "amount": fixed(transfer.amount),
            "fromAccount": transfer.from_account,
            "toAccount": transfer.to_account,
            "type": _type_of(transfer),
            "timestamp": transfer.at_ms,
            "status": _CONFIRMED,
        }
        for transfer in facts.rows
    ]
    return {"code": 0, "msg": "", "total": facts.total, "rows": rows, "data": rows}


def _coins(facts: Coins, now_ms: int) -> Json:
    rows = [
        {"coin": coin.asset, "name": coin.name, "asset": coin.asset, "amount": plain(coin.amount)}
        for coin in facts.coins
    ]
    return {"code": 0, "msg": "", "data": rows}


def _inner_transfer(facts: InnerSent, now_ms: int) -> Json:
    data = {"id": str(facts.id), "transferClientId": facts.client_id}
    return {"code": 0, "msg": "", "timestamp": now_ms, "data": data}


def _inner_transfer_records(facts: InnerPage, now_ms: int) -> Json:
    rows = [_inner_row(transfer, facts.viewer_uid) for transfer in facts.rows]
    return {"code": 0, "msg": "", "timestamp": now_ms, "data": {"total": facts.total, "data": rows}}


def _inner_row(transfer: InnerTransfer, viewer_uid: int) -> Json:
    return {
        "id": transfer.id,
        "coin": transfer.asset,
        "receiver": transfer.to_uid,
        "amount": msgspec.Raw(plain(transfer.amount).encode()),
        "time": transfer.at_ms,
        "status": transfer.status,
        "transferClientId": transfer.client_id,
        "fromUid": transfer.from_uid,
        "recordType": "out" if transfer.from_uid == viewer_uid else "in",
    }


def _server_time(facts: ServerTime, now_ms: int) -> Json:
    return {"code": 0, "msg": "", "data": {"serverTime": facts.now_ms}}


def _type_of(transfer: Transfer) -> str | None:
    return transfer_type_between(transfer.from_account, transfer.to_account)


_SHAPES: Mapping[str, Callable[[Any, int], Json]] = {
    "spot_balance": _spot_balance,
    "fund_balance": _fund_balance,
    "account_overview": _overview,
    "transfer": _transfer,
    "transfer_v3": _old_transfer,
    "transfer_v3_post": _old_transfer,
    "transfers": _transfers,
    "transfer_records": _transfer_records,
    "transferable_coins": _coins,
    "inner_transfer": _inner_transfer,
    "inner_transfer_records": _inner_transfer_records,
    "server_time": _server_time,
    "server_time_v1": _server_time,
    "server_time_spot": _server_time,
}
"""By endpoint id; each takes the facts that the endpoint's handler gives."""
