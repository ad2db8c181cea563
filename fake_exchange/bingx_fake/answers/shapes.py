"""Facts to JSON: the one place where the shape of an answer is chosen.

Each contested shape is a function by the name of its answer in the register; ``all`` carries every one at
once, so that every documented reader finds its field.
"""

from collections.abc import Callable, Mapping

import msgspec

from bingx_contracts import transfer_type_between
from bingx_fake.answers.answer import Json, Shape
from bingx_fake.books.history import InnerTransfer, Transfer
from bingx_fake.books.money import fixed, plain
from bingx_fake.groups.spot_account.facts import (
    Balances,
    InnerPage,
    Overview,
    ServerTime,
    TransferPage,
    Transferred,
)

_CONFIRMED = "CONFIRMED"


def shapes_for(answers: Mapping[str, str]) -> Mapping[str, Shape]:
    """The shape of each endpoint's answer, by endpoint id.

    :param answers: variation id to answer.
    """
    inner_id: Callable[[int], object] = int if answers["V14"] == "int" else str
    return {
        "spot_account.spot_balance": _spot_balance,
        "spot_account.fund_balance": _FUND_BALANCES[answers["V7"]],
        "spot_account.account_overview": _overview(answers["V8"], spot=answers["V13"]),
        "spot_account.transfer": _TRANSFERS[answers["V5"]],
        "spot_account.transfer_v3": _old_transfer,
        "spot_account.transfer_v3_post": _old_transfer,
        "spot_account.transfers": _OLDER_RECORDS[answers["V9"]],
        "spot_account.transfer_records": _NEWER_RECORDS[answers["V9"]],
        "spot_account.transferable_coins": _COINS[answers["V10"]],
        "spot_account.inner_transfer": _inner_transfer(inner_id),
        "spot_account.inner_transfer_records": _inner_transfer_records,
        "common.server_time": _server_time,
        "common.server_time_v1": _server_time,
        "common.server_time_spot": _server_time,
    }


def _enveloped(data: object) -> Json:
    return {"code": 0, "msg": "", "data": data}


def _stamped(data: object, now_ms: int) -> Json:
    return {"code": 0, "msg": "", "timestamp": now_ms, "data": data}


# Balances


def _balance_rows(facts: Balances) -> list[Json]:
    return [
        {"asset": asset, "free": plain(balance.free), "locked": plain(balance.locked)}
        for asset, balance in facts.by_asset.items()
    ]


def _by_asset(facts: Balances) -> Json:
    return {row["asset"]: row for row in _balance_rows(facts)}


def _with_debug(data: object) -> Json:
    return {"code": 0, "msg": "", "debugMsg": "", "data": data}


def _spot_balance(facts: Balances, now_ms: int) -> Json:
    return _with_debug({"balances": _balance_rows(facts)})


def _fund_balance_everywhere(facts: Balances, now_ms: int) -> Json:
    rows = _balance_rows(facts)
    by_asset = {row["asset"]: row for row in rows}
    return _with_debug({"balances": rows, "assets": rows, "balance": by_asset, "data": {"balance": by_asset}})


_FUND_BALANCES: Mapping[str, Shape] = {
    "data.data.balance": lambda facts, now_ms: _with_debug({"data": {"balance": _by_asset(facts)}}),
    "data.balance": lambda facts, now_ms: _with_debug({"balance": _by_asset(facts)}),
    "data.balances": lambda facts, now_ms: _with_debug({"balances": _balance_rows(facts)}),
    "data.assets": lambda facts, now_ms: _with_debug({"assets": _balance_rows(facts)}),
    "all": _fund_balance_everywhere,
}
"""V7."""


def _overview(answer: str, *, spot: str) -> Shape:
    """V8 and V13."""

    def name_of(name: str) -> str:
        return spot if name == "sopt" else name

    def listed(facts: Overview, now_ms: int) -> Json:
        rows = [
            {
                "accountType": name_of(name),
                "usdtBalance": plain(worth),
                "asset": "USDT",
                "balance": plain(worth),
            }
            for name, worth in facts.worth
        ]
        return _stamped(rows, now_ms)

    def paged(facts: Overview, now_ms: int) -> Json:
        rows = [{"accountType": name_of(name), "usdtBalance": plain(worth)} for name, worth in facts.worth]
        return _stamped({"result": rows, "pageId": 1, "total": len(rows)}, now_ms)

    return listed if answer == "list" else paged


# Transfers


def _transfer_everywhere(facts: Transferred, now_ms: int) -> Json:
    number = str(facts.transfer_id)
    return {"code": 0, "msg": "", "timestamp": now_ms, "transferId": number, "data": _both_ids(facts)}


def _old_transfer(facts: Transferred, now_ms: int) -> Json:
    number = str(facts.id)
    return {"code": 0, "msg": "", "timestamp": now_ms, "tranId": number, "data": _both_ids(facts)}


def _both_ids(facts: Transferred) -> Json:
    return {"tranId": str(facts.id), "transferId": str(facts.transfer_id)}


_TRANSFERS: Mapping[str, Shape] = {
    "data.tranId": lambda facts, now_ms: _stamped({"tranId": str(facts.id)}, now_ms),
    "data.tranId+transferId": lambda facts, now_ms: _stamped(_both_ids(facts), now_ms),
    "transferId": lambda facts, now_ms: {"transferId": str(facts.transfer_id)},
    "all": _transfer_everywhere,
}
"""V5."""


def _older_rows(facts: TransferPage) -> list[Json]:
    return [
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


def _newer_rows(facts: TransferPage) -> list[Json]:
    return [
        {
            "transferId": str(transfer.transfer_id),
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


def _bare(facts: TransferPage, rows: list[Json]) -> Json:
    return {"total": facts.total, "rows": rows}


_OLDER_RECORDS: Mapping[str, Shape] = {
    "bare": lambda facts, now_ms: _bare(facts, _older_rows(facts)),
    "enveloped": lambda facts, now_ms: _enveloped(_bare(facts, _older_rows(facts))),
    "list": lambda facts, now_ms: _bare(facts, _older_rows(facts)),
    "all": lambda facts, now_ms: _in_both_places(facts, _older_rows(facts), enveloped=True),
}
"""V9 for asset/transfer."""

_NEWER_RECORDS: Mapping[str, Shape] = {
    "bare": lambda facts, now_ms: _bare(facts, _newer_rows(facts)),
    "enveloped": lambda facts, now_ms: _bare(facts, _newer_rows(facts)),
    "list": lambda facts, now_ms: _enveloped(_newer_rows(facts)),
    "all": lambda facts, now_ms: _in_both_places(facts, _newer_rows(facts), enveloped=False),
}
"""V9 for transferRecord."""


def _in_both_places(facts: TransferPage, rows: list[Json], *, enveloped: bool) -> Json:
    data = _bare(facts, rows) if enveloped else rows
    return {"code": 0, "msg": "", **_bare(facts, rows), "data": data}


def _type_of(transfer: Transfer) -> str | None:
    return transfer_type_between(transfer.from_account, transfer.to_account)


# Coins


_COINS: Mapping[str, Shape] = {
    "list": lambda facts, now_ms: _enveloped(
        [{"coin": coin.asset, "name": coin.name} for coin in facts.coins]
    ),
    "data.coins": lambda facts, now_ms: _with_debug(
        {"coins": [{"asset": coin.asset, "amount": plain(coin.amount)} for coin in facts.coins]}
    ),
    "all": lambda facts, now_ms: _enveloped(
        [
            {"coin": coin.asset, "name": coin.name, "asset": coin.asset, "amount": plain(coin.amount)}
            for coin in facts.coins
        ]
    ),
}
"""V10."""


# Internal transfers


def _inner_transfer(id_of: Callable[[int], object]) -> Shape:
    """V14."""
    return lambda facts, now_ms: _stamped(
        {"id": id_of(facts.id), "transferClientId": facts.client_id}, now_ms
    )


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
