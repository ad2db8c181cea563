"""The exchange's rules once more, as simply as they can be said, to compare the exchange with.

Written from what BingX documents and from the design, in dicts, lists and fractions. It shares nothing with
the exchange, not even a table of facts, so that a mistake would have to be made twice to go unseen. It knows
no HTTP and no signatures: who asks says whether a signature was right.

An answer is plain: texts, numbers, tuples and dicts; amounts in it are texts. Where documents leave open
which of several refusals comes first, any of them is expected.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from model.parameters import (
    DIRECTIONS,
    OTHER_NAMES,
    OVERVIEW,
    PARAMETERS,
    TRANSFERABLE,
    WALLETS,
    accounts_of,
    fits,
    window_fits,
)

Amounts = dict[tuple[int, str, str], Fraction]
"""By user, account and asset."""

SMALLEST = Fraction(1, 10**20)

BAD_SIGNATURE, NO_PERMISSION, INSUFFICIENT, BAD_PARAMETER = 100001, 100004, 100202, 100400
NOT_MAIN, NO_ROUTE, NO_SIGNATURE, BAD_KEY, BAD_ADDRESS = 100403, 100404, 100412, 100413, 100419
BAD_TIMESTAMP, UNKNOWN_COIN, UNKNOWN_RECEIVER = 100421, 100437, 100450

ROUTES = {
    ("GET", "/openApi/swap/v2/server/time"): ("server_time", ""),
    ("GET", "/openApi/swap/v1/server/time"): ("server_time", ""),
    ("GET", "/openApi/spot/v1/server/time"): ("server_time", ""),
    ("GET", "/openApi/spot/v1/account/balance"): ("spot_balance", "read"),
    ("GET", "/openApi/fund/v1/account/balance"): ("fund_balance", "read"),
    ("GET", "/openApi/account/v1/allAccountBalance"): ("overview", "read"),
    ("POST", "/openApi/api/asset/v1/transfer"): ("transfer", "transfer"),
    ("POST", "/openApi/api/v3/asset/transfer"): ("old_transfer", "transfer"),
    ("POST", "/openApi/api/v3/post/asset/transfer"): ("old_transfer", "transfer"),
    ("GET", "/openApi/api/v3/asset/transfer"): ("transfers", "read"),
    ("GET", "/openApi/api/v3/asset/transferRecord"): ("transfer_records", "read"),
    ("GET", "/openApi/api/asset/v1/transfer/supportCoins"): ("coins", "read"),
    ("POST", "/openApi/wallets/v1/capital/innerTransfer/apply"): ("inner_transfer", "inner_transfer"),
    ("GET", "/openApi/wallets/v1/capital/innerTransfer/records"): ("inner_records", "read"),
}
"""Method and path to the name of the call, and the permission that it needs."""


def plain(amount: Fraction) -> str:
    """An amount as people write it: all its places and no zero too many."""
    units = amount * 10**20
    if units.denominator != 1:
        return str(amount)
    return f"{units.numerator // 10**20}.{units.numerator % 10**20:020d}".rstrip("0").rstrip(".")


class Refused(Exception):
    """The exchange has to refuse, with one of these codes."""

    def __init__(self, *codes: int) -> None:
        super().__init__(*codes)
        self.codes = frozenset(codes)


@dataclass(frozen=True)
class Asked:
    """A request as it arrives. ``signature`` is ``right``, ``wrong`` or ``missing``."""

    method: str
    path: str
    parameters: Mapping[str, str]
    key: str | None
    signature: str
    timestamp: str | None


@dataclass(frozen=True)
class Key:
    """A key and whose it is."""

    uid: int
    permissions: frozenset[str]
    addresses: frozenset[str]


class Model:
    """What the exchange ought to hold and answer.

    :param state: what it starts with, in the form of a state file.
    """

    def __init__(self, state: Mapping[str, Any], now_ms: int) -> None:
        self.now_ms = now_ms
        self.keys: dict[str, Key] = {}
        self.main: set[int] = set()
        self.names: dict[tuple[str, ...], int] = {}
        self.free: Amounts = {}
        self.locked: Amounts = {}
        self.coins: dict[str, str] = dict(state["coins"])
        self.prices = {"USDT": Fraction(1)} | {coin: Fraction(text) for coin, text in state["prices"].items()}
        self.transfers: list[dict[str, Any]] = [dict(row) for row in state["transfers"]]
        self.inner_transfers: list[dict[str, Any]] = [dict(row) for row in state["inner_transfers"]]
        for row in self.transfers + self.inner_transfers:
            row["amount"] = Fraction(row["amount"])
        for row in self.transfers:
            row["transfer_id"] = int(row.get("transfer_id", row["id"]))
        self.latest_id: int = max(row["id"] for row in self.transfers + self.inner_transfers)
        for user in state["users"]:
            self._enter(user)

    def _enter(self, user: Mapping[str, Any]) -> None:
        uid = user["uid"]
        for key in user["keys"]:
            self.keys[key["key"]] = Key(uid, frozenset(key["permissions"]), frozenset(key.get("ips", ())))
        if user["kind"] == "main":
            self.main.add(uid)
        self.names["1", str(uid)] = uid
        if "phone" in user:
            self.names["2", user["phone"]["calling_code"], user["phone"]["number"]] = uid
        if "email" in user:
            self.names["3", user["email"]] = uid
        for account, assets in user["balances"].items():
            for asset, held in assets.items():
                free, locked = (held["free"], held["locked"]) if isinstance(held, dict) else (held, "0")
                self.free[uid, account, asset] = Fraction(free)
                self.locked[uid, account, asset] = Fraction(locked)

    # What whoever runs the exchange does

    def move(self, what: str, uid: int, account: str, asset: str, amount: Fraction) -> bool:
        """Credit, debit, lock or unlock; False where there is not that much."""
        place = uid, account, asset
        free, locked = self.free.get(place, Fraction(0)), self.locked.get(place, Fraction(0))
        if what == "credit":
            free += amount
            self.coins.setdefault(asset, asset)
        elif what == "debit":
            free -= amount
        elif what == "lock":
            free, locked = free - amount, locked + amount
        else:
            free, locked = free + amount, locked - amount
        if free < 0 or locked < 0:
            return False
        self.free[place], self.locked[place] = free, locked
        return True

    def held(self) -> dict[tuple[int, str, str], tuple[str, str]]:
        """Free and locked, without what is zero."""
        return {
            place: (plain(free), plain(self.locked[place]))
            for place, free in self.free.items()
            if free or self.locked[place]
        }

    # What a request gets

    def answer(self, asked: Asked, made: tuple[Any, ...] | None) -> Any:
        """The answer to a request.

        :param made: what the exchange answered, which has the ids of what the request made.
        :raises Refused: where the exchange has to refuse.
        """
        if (asked.method, asked.path) not in ROUTES:
            raise Refused(NO_ROUTE)
        name, permission = ROUTES[asked.method, asked.path]
        if name == "server_time":
            return self.now_ms
        key = self._admit(asked)
        if permission not in key.permissions:
            raise Refused(NO_PERMISSION)
        not_main = {NOT_MAIN} if name.startswith("inner") and key.uid not in self.main else set()
        renamed = OTHER_NAMES.get(name, {})
        given = {renamed.get(label, label): value for label, value in asked.parameters.items()}
        given = {label: value for label, value in given.items() if label in PARAMETERS[name]}
        if not window_fits(asked.parameters) or not fits(name, given):
            raise Refused(BAD_PARAMETER, *not_main)
        if not_main:
            raise Refused(NOT_MAIN)
        match name:
            case "transfer" | "old_transfer":
                return self._transfer(key.uid, given, made)
            case "inner_transfer":
                return self._inner_transfer(key.uid, given, made)
            case _:
                return self._read(name, key.uid, given)

    def _admit(self, asked: Asked) -> Key:
        if asked.key not in self.keys:
            raise Refused(BAD_KEY)
        key = self.keys[asked.key]
        if key.addresses and "127.0.0.1" not in key.addresses:
            raise Refused(BAD_ADDRESS)
        if asked.signature == "missing":
            raise Refused(NO_SIGNATURE)
        if asked.timestamp is None or re.fullmatch("[0-9]{1,15}", asked.timestamp) is None:
            raise Refused(BAD_TIMESTAMP)
        window = int(asked.parameters.get("recvWindow", 5000)) if window_fits(asked.parameters) else 5000
        if abs(self.now_ms - int(asked.timestamp)) > window:
            raise Refused(BAD_TIMESTAMP)
        if asked.signature == "wrong":
            raise Refused(BAD_SIGNATURE)
        return key

    # Reads

    def _read(self, name: str, uid: int, given: Mapping[str, str]) -> Any:
        match name:
            case "spot_balance":
                return self._held(uid, "spot")
            case "fund_balance":
                held = self._held(uid, "fund")
                asked = given.get("asset")
                return {asset: amounts for asset, amounts in held.items() if asked in (None, asset)}
            case "overview":
                return self._overview(uid, given)
            case "coins":
                return self._coins(uid, given)
            case "transfers":
                found = self._found_transfers(uid, given, given.get("tranId"), "id", name_accounts=False)
                return _page(found, given.get("current"), given.get("size"))
            case "transfer_records":
                found = self._found_transfers(uid, given, given.get("transferId"), "transfer_id")
                return _page(found, given.get("pageIndex"), given.get("pageSize"))
            case "inner_records":
                return self._inner_records(uid, given)
            case _:
                raise AssertionError(f"the model does not know {name}")

    def _held(self, uid: int, account: str) -> dict[str, tuple[str, str]]:
        held = self.held().items()
        return {asset: amounts for (owner, where, asset), amounts in held if (owner, where) == (uid, account)}

    def _overview(self, uid: int, given: Mapping[str, str]) -> dict[str, str]:
        asked = given.get("accountType", "")
        if asked == "spot":
            asked = "sopt"
        return {name: self._worth(uid, name) for name in OVERVIEW if asked in ("", name)}

    def _worth(self, uid: int, name: str) -> str:
        worth = Fraction(0)
        for (owner, where, asset), free in self.free.items():
            if owner == uid and where in OVERVIEW[name]:
                worth += (free + self.locked[owner, where, asset]) * self.prices.get(asset, Fraction(0))
        return plain(worth // SMALLEST * SMALLEST)

    def _coins(self, uid: int, given: Mapping[str, str]) -> dict[str, tuple[str, str]]:
        accounts = [given["fromAccount"]] if "fromAccount" in given else TRANSFERABLE
        nothing = Fraction(0)
        return {
            coin: (
                name,
                plain(sum((self.free.get((uid, where, coin), nothing) for where in accounts), nothing)),
            )
            for coin, name in self.coins.items()
        }

    def _found_transfers(
        self,
        uid: int,
        given: Mapping[str, str],
        wanted: str | None,
        number: str,
        *,
        name_accounts: bool = True,
    ) -> list[Any]:
        accounts = accounts_of(given)
        return [
            (
                str(row[number]),
                row["asset"],
                plain(row["amount"]),
                next((name for name, both in DIRECTIONS.items() if both == (row["from"], row["to"])), None),
                row["from"] if name_accounts else None,
                row["to"] if name_accounts else None,
                "CONFIRMED",
                row["at"],
            )
            for row in reversed(self.transfers)
            if row["uid"] == uid
            and _in_time(row["at"], given)
            and (wanted is None or int(wanted) == row[number])
            and (accounts is None or accounts == (row["from"], row["to"]))
        ]

    def _inner_records(self, uid: int, given: Mapping[str, str]) -> tuple[int, list[Any]]:
        wanted, client_id = given.get("id"), given.get("transferClientId")
        found = [
            (
                str(row["id"]),
                row["asset"],
                plain(row["amount"]),
                str(row["to_uid"]),
                str(row["uid"]),
                row["status"],
                "out" if row["uid"] == uid else "in",
                row["at"],
                row["transfer_client_id"],
            )
            for row in reversed(self.inner_transfers)
            if uid in (row["uid"], row["to_uid"])
            and row["asset"] == given["coin"]
            and _in_time(row["at"], given)
            and (wanted is None or int(wanted) == row["id"])
            and (wanted or client_id is None or (uid, client_id) == (row["uid"], row["transfer_client_id"]))
        ]
        offset, limit = int(given.get("offset", 0)), int(given.get("limit", 100))
        return len(found), found[offset : offset + limit]

    # Writes

    def _transfer(self, uid: int, given: Mapping[str, str], made: tuple[Any, ...] | None) -> tuple[str, str]:
        source, target = accounts_of(given) or ("", "")
        asset, amount = given["asset"], Fraction(given["amount"])
        if asset not in self.coins:
            raise Refused(UNKNOWN_COIN)
        if amount > self.free.get((uid, source, asset), 0):
            raise Refused(INSUFFICIENT)
        number, other = self._new_id(made), self._other_number(made)
        self._carry(amount, (uid, source, asset), (uid, target, asset))
        self.transfers.append(
            {
                "uid": uid,
                "id": number,
                "transfer_id": other,
                "asset": asset,
                "amount": amount,
                "from": source,
                "to": target,
                "at": self.now_ms,
            }
        )
        return str(number), str(other)

    def _inner_transfer(
        self, uid: int, given: Mapping[str, str], made: tuple[Any, ...] | None
    ) -> tuple[str, str | None]:
        coin, amount, source = given["coin"], Fraction(given["amount"]), WALLETS[given["walletType"]]
        client_id = given.get("transferClientId")
        receiver = self._receiver(given)
        request = {"asset": coin, "amount": amount, "from": source, "to_uid": receiver}
        refusals = set()
        for row in self.inner_transfers:
            if client_id is not None and (row["uid"], row["transfer_client_id"]) == (uid, client_id):
                if all(row[label] == value for label, value in request.items()):
                    return str(row["id"]), client_id
                refusals.add(BAD_PARAMETER)
        if receiver is None:
            refusals.add(UNKNOWN_RECEIVER)
        if receiver == uid:
            refusals.add(BAD_PARAMETER)
        if coin not in self.coins:
            refusals.add(UNKNOWN_COIN)
        elif amount > self.free.get((uid, source, coin), 0):
            refusals.add(INSUFFICIENT)
        if refusals or receiver is None:
            raise Refused(*refusals)
        number = self._new_id(made)
        self._carry(amount, (uid, source, coin), (receiver, "fund", coin))
        done = {"uid": uid, "id": number, "transfer_client_id": client_id, "at": self.now_ms, "status": 6}
        self.inner_transfers.append(done | request)
        return str(number), client_id

    def _receiver(self, given: Mapping[str, str]) -> int | None:
        kind, named = given["userAccountType"], given["userAccount"]
        if kind == "1":
            return self.names.get((kind, str(int(named))))
        if kind == "2":
            return self.names.get((kind, given["callingCode"], named))
        return self.names.get((kind, named.lower()))

    def _carry(self, amount: Fraction, source: tuple[int, str, str], target: tuple[int, str, str]) -> None:
        for place in (source, target):
            self.free.setdefault(place, Fraction(0))
            self.locked.setdefault(place, Fraction(0))
        self.free[source] -= amount
        self.free[target] += amount

    def _new_id(self, made: tuple[Any, ...] | None) -> int:
        """The id that the exchange gave, which has to be later than any before."""
        assert made is not None, "refused by the exchange; the model would have made a transfer"
        assert int(made[0]) > self.latest_id, f"the id {made[0]} does not come after {self.latest_id}"
        self.latest_id = int(made[0])
        return self.latest_id

    def _other_number(self, made: tuple[Any, ...] | None) -> int:
        """The transferId that the exchange gave, which no transfer has under either name."""
        assert made is not None
        other = int(made[1])
        known = {row[name] for row in self.transfers for name in ("id", "transfer_id")}
        assert other not in known | {self.latest_id}, f"{other} is another transfer's number"
        return other


def _in_time(at_ms: int, given: Mapping[str, str]) -> bool:
    return int(given.get("startTime", 0)) <= at_ms <= int(given.get("endTime", at_ms))


def _page(found: list[Any], number: str | None, size: str | None) -> tuple[int, list[Any]]:
    first = (int(number or 1) - 1) * int(size or 10)
    return len(found), found[first : first + int(size or 10)]
