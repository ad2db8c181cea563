"""Writes fields.json: every field of an answer that a document or a recording shows, with its JSON type.

    python tests/fields/derive.py REFERENCE [GROUP ...]

REFERENCE is the folder with contract.md, docs-site-account-endpoints.json and trading/. The account's
endpoints are always written; each GROUP of trading/endpoints.json ("spot-trade") adds its own. Types are
those of examples where there are any, for an example shows what a table only says. Of recordings, only those
count that have their types as recorded and are no copy of documentation.

What S, R and O show of the account stands in contract.md in words, and was read by hand: BY_HAND.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

UNSAID = "unsaid"
"""The type of a field that a document names and says no more of."""

Fields = dict[str, dict[str, dict[str, str]]]
"""Method and path, letter of the source, path of the field, JSON type."""

_TYPES = {
    **dict.fromkeys(("int", "long", "integer", "int64", "int32"), "integer"),
    **dict.fromkeys(("number", "float", "float64", "decimal", "int or number"), "number"),
    **dict.fromkeys(("bool", "boolean"), "boolean"),
    **dict.fromkeys(("string", "enum"), "string"),
    "null": "null",
    "empty": "object",
    "binary .xlsx body": UNSAID,
}

_ENVELOPE = {"code": "integer", "msg": "string"}
_TIMED = {**_ENVELOPE, "timestamp": "integer"}
_BALANCE = {"asset": "string", "free": "string", "locked": "string"}
_OLD_ROW = {
    "asset": "string",
    "amount": "string",
    "type": "string",
    "status": "string",
    "tranId": "integer",
    "timestamp": "integer",
}
_ROW = {
    "transferId": "string",
    "asset": "string",
    "amount": "string",
    "fromAccount": "string",
    "toAccount": "string",
    "timestamp": "integer",
    "status": "string",
}


def _in(place: str, fields: dict[str, str]) -> dict[str, str]:
    return {f"{place}.{name}": kind for name, kind in fields.items()}


def _unsaid(*paths: str) -> dict[str, str]:
    return dict.fromkeys(paths, UNSAID)


BY_HAND: Fields = {
    "GET /openApi/spot/v1/account/balance": {
        "S": _unsaid("data.balances[].asset", "data.balances[].free", "data.balances[].locked"),
        "R": {**_ENVELOPE, **_in("data.balances[]", _BALANCE)},
    },
    "GET /openApi/fund/v1/account/balance": {
        "S": _unsaid("data.data.balance{}"),
        "R": {**_ENVELOPE, **_in("data.balance{}", _BALANCE)},
        "O": _in("data.assets[]", _BALANCE),
    },
    "GET /openApi/account/v1/allAccountBalance": {
        "S": _unsaid("data[].asset", "data[].balance"),
        "R": {**_ENVELOPE, "data[].accountType": "string", "data[].usdtBalance": "string"},
    },
    "POST /openApi/api/asset/v1/transfer": {
        "R": {**_ENVELOPE, "data.tranId": "string"},
        "O": {**_TIMED, "data.tranId": "string", "data.transferId": "string"},
    },
    "POST /openApi/api/v3/asset/transfer": {"R": {**_ENVELOPE, "data.tranId": "string"}},
    "POST /openApi/api/v3/post/asset/transfer": {"O": {"tranId": "string"}},
    "GET /openApi/api/v3/asset/transfer": {
        "S": _unsaid(*(f"rows[].{name}" for name in ("asset", "amount", "type", "timestamp", "status"))),
        "R": {
            "total": "integer",
            **_in("rows[]", _OLD_ROW),
            **_ENVELOPE,
            "data.total": "integer",
            **_in("data.rows[]", _OLD_ROW),
        },
        "O": {"total": "integer", **_in("rows[]", _OLD_ROW)},
    },
    "GET /openApi/api/v3/asset/transferRecord": {
        "S": _unsaid(
            *("code", "msg"),  # its function looks at both, and gives data
            *(f"data[].{name}" for name in ("asset", "amount", "type", "timestamp", "status")),
        ),
        "R": {"total": "integer", **_in("rows[]", _ROW)},
        "O": {"total": "integer", **_in("rows[]", _ROW)},
    },
    "GET /openApi/api/asset/v1/transfer/supportCoins": {
        "S": _unsaid("data[].coin", "data[].name"),
        "R": {**_ENVELOPE, "data[].coin": "string", "data[].name": "string"},
    },
    "POST /openApi/wallets/v1/capital/innerTransfer/apply": {
        "R": {**_ENVELOPE, "data.id": "integer or string", "data.transferClientId": "string"},
        "O": {"data.id": "string"},
    },
    "GET /openApi/wallets/v1/capital/innerTransfer/records": {
        "R": {
            **_ENVELOPE,
            "data.total": "integer",
            "data.data[].id": "integer",
            "data.data[].coin": "string",
            "data.data[].receiver": "integer",
            "data.data[].amount": "number",
            "data.data[].status": "integer",
            "data.data[].fromUid": "integer",
            "data.data[].recordType": "string",
        },
    },
    "GET /openApi/contract/v1/balance": {
        "O": {
            "code": "integer",
            "timestamp": "integer",
            **_in(
                "data[]",
                {
                    **dict.fromkeys(("asset", "balance", "crossWalletBalance", "crossUnPnl"), "string"),
                    **dict.fromkeys(("availableBalance", "maxWithdrawAmount"), "string"),
                    "marginAvailable": "boolean",
                    "updateTime": "integer",
                },
            ),
        }
    },
    "GET /openApi/swap/v2/server/time": {"D": {**_ENVELOPE, "data.serverTime": "integer"}},
    "GET /openApi/swap/v1/server/time": {"R": {**_ENVELOPE, "data.serverTime": "integer"}},
    "GET /openApi/spot/v1/server/time": {"O": {**_ENVELOPE, "data.serverTime": "integer"}},
}


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every field of a JSON answer that holds no others, with its type."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from leaves(inner, f"{path}.{name}" if path else name)
        case list():
            for inner in value:
                yield from leaves(inner, f"{path}[]")
        case bool():
            yield path, "boolean"
        case int():
            yield path, "integer"
        case float():
            yield path, "number"
        case str():
            yield path, "string"
        case None:
            yield path, "null"


def account(reference: Path) -> Iterator[tuple[str, str, str, str]]:
    """Route, letter, path and type of everything shown of the account's endpoints."""
    for route, sources in BY_HAND.items():
        for letter, fields in sources.items():
            for path, kind in fields.items():
                yield route, letter, path, kind
    for entry in json.loads((reference / "docs-site-account-endpoints.json").read_text(encoding="utf-8")):
        route, example = f"{entry['method']} {entry['path']}", entry["example_response"]
        shown = dict(leaves(json.loads(example) if isinstance(example, str) else example))
        yield from ((route, "D", path, kind) for path, kind in shown.items())
        for row in entry["response"]:
            table = _TYPES.get(row["type"].lower())
            places = {path.rpartition(".")[0] for path in shown if path.count(".") or "[" in path}
            if table is not None and not any(path.split(".")[-1] == row["name"] for path in shown):
                place = max(places, key=len, default="")
                yield route, "D", f"{place}.{row['name']}" if place else row["name"], table
    for line in (reference / "trading" / "live-answers.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        recorded = record.get("types") == "as recorded" and not record.get("copy_of_documentation")
        if recorded and record.get("kind") == "answer" and record["endpoint"] in BY_HAND:
            yield from ((record["endpoint"], "O", *leaf) for leaf in leaves(record["answer"]))


def trading(reference: Path, groups: set[str]) -> Iterator[tuple[str, str, str, str]]:
    """Route, letter, path and type of everything shown of these groups."""
    entries = json.loads((reference / "trading" / "endpoints.json").read_text(encoding="utf-8"))
    by_route = {f"{entry['method']} {entry['path']}": entry for entry in entries}
    for route, entry in by_route.items():
        if entry["group"] not in groups:
            continue
        for other in entry.get("other_routes", ()):
            for letter in ("R", "D", "O"):
                yield from _fields(other["route"], letter, entry)
        for same in entry["answer"].get("R_same_as", ()):
            # R says of a part that it is another endpoint's data.
            for field in by_route[same["as"]]["answer"].get("R", ()):
                kind = _TYPES.get(field.get("type") or "")
                if kind is not None:
                    yield route, "R", field["path"].replace("data", same["path"], 1), kind
        for letter in ("R", "D", "O"):
            yield from _fields(route, letter, entry)


def _fields(route: str, letter: str, entry: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """What a source shows of an entry's answer."""
    for field in entry["answer"].get(letter, ()):
        kind = _TYPES.get(field.get("type") or "")
        if kind is not None:
            yield from ((route, letter, path, kind) for path in _alternatives(field["path"]))


def _alternatives(path: str) -> list[str]:
    """The paths that one stands for: ``data.|data[].price`` is the price of one or of each."""
    if "data.|data[]" in path:
        return [path.replace("data.|data[]", "data"), path.replace("data.|data[]", "data[]")]
    return [path] if "|" not in path else []


def derived(reference: Path, groups: set[str]) -> Fields:
    """Everything shown, each field with its type, or its types."""
    kinds: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for route, letter, path, kind in (*account(reference), *trading(reference, groups)):
        kinds[route, letter, path] |= set(kind.split(" or "))
    fields: Fields = {}
    for (route, letter, path), known in sorted(kinds.items()):
        fields.setdefault(route, {}).setdefault(letter, {})[path] = " or ".join(sorted(known))
    return fields


if __name__ == "__main__":
    text = json.dumps(derived(Path(sys.argv[1]), set(sys.argv[2:])), indent=1, ensure_ascii=False)
    Path(__file__).with_name("fields.json").write_text(f"{text}\n", encoding="utf-8")
