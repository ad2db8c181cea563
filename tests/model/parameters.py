"""What each call takes: its parameters, what a value must look like, and which go together."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

DIRECTIONS = {
    "FUND_SFUTURES": ("fund", "stdFutures"),
    "SFUTURES_FUND": ("stdFutures", "fund"),
    "FUND_PFUTURES": ("fund", "USDTMPerp"),
    "PFUTURES_FUND": ("USDTMPerp", "fund"),
    "SFUTURES_PFUTURES": ("stdFutures", "USDTMPerp"),
    "PFUTURES_SFUTURES": ("USDTMPerp", "stdFutures"),
}
TRANSFERABLE = ("fund", "spot", "stdFutures", "coinMPerp", "USDTMPerp")
OVERVIEW = {
    "sopt": ("fund", "spot"),
    "stdFutures": ("stdFutures",),
    "coinMPerp": ("coinMPerp",),
    "USDTMPerp": ("USDTMPerp",),
    "copyTrading": ("copyTrading",),
    "grid": ("grid",),
    "eran": ("eran",),
    "c2c": ("c2c",),
}
"""Account type to the accounts that it stands for."""

WALLETS = {"1": "fund", "2": "stdFutures", "3": "USDTMPerp", "15": "spot", "4": "spot"}


def _like(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text, re.ASCII) is not None


def _one_of(*texts: str) -> Callable[[str], bool]:
    return lambda text: text in texts


def _whole(least: int, most: int) -> Callable[[str], bool]:
    return lambda text: re.fullmatch("[0-9]+", text) is not None and least <= int(text) <= most


def _is_amount(text: str) -> bool:
    """Whether a text is a positive plain decimal of at most 20 places."""
    return re.fullmatch(r"[0-9]+(\.[0-9]{1,20})?", text) is not None and Fraction(text) > 0


ASSET, TIME, ID = _like("[A-Z0-9]{1,20}"), _whole(0, 2**53 - 1), _like("[0-9]{1,30}")
PAGE, ACCOUNT = _whole(1, 2**31 - 1), _one_of(*TRANSFERABLE)
TYPE, CLIENT_ID = _one_of(*DIRECTIONS), _like("[A-Za-z0-9]{1,99}")

PARAMETERS: dict[str, dict[str, Callable[[str], bool]]] = {
    "spot_balance": {},
    "fund_balance": {"asset": ASSET},
    "overview": {"accountType": _one_of("spot", *OVERVIEW)},
    "transfer": {
        "type": TYPE,
        "fromAccount": ACCOUNT,
        "toAccount": ACCOUNT,
        "asset": ASSET,
        "amount": _is_amount,
    },
    "old_transfer": {"type": TYPE, "asset": ASSET, "amount": _is_amount},
    "transfers": {
        "type": TYPE,
        "tranId": ID,
        "startTime": TIME,
        "endTime": TIME,
        "current": PAGE,
        "size": _whole(1, 100),
    },
    "transfer_records": {
        "type": TYPE,
        "fromAccount": ACCOUNT,
        "toAccount": ACCOUNT,
        "transferId": ID,
        "startTime": TIME,
        "endTime": TIME,
        "pageIndex": PAGE,
        "pageSize": _whole(1, 100),
    },
    "coins": {"fromAccount": ACCOUNT, "toAccount": ACCOUNT},
    "inner_transfer": {
        "coin": ASSET,
        "amount": _is_amount,
        "userAccountType": _one_of("1", "2", "3"),
        "userAccount": _like(r"\S{1,254}"),
        "callingCode": _like("[0-9]{1,4}"),
        "walletType": _one_of(*WALLETS),
        "transferClientId": CLIENT_ID,
    },
    "inner_records": {
        "coin": ASSET,
        "id": ID,
        "transferClientId": CLIENT_ID,
        "startTime": TIME,
        "endTime": TIME,
        "offset": _whole(0, 2**31 - 1),
        "limit": _whole(1, 1000),
    },
}
"""What each call takes, and what a value must look like."""

REQUIRED = {
    "transfer": {"asset", "amount"},
    "old_transfer": {"type", "asset", "amount"},
    "inner_transfer": {"coin", "amount", "userAccountType", "userAccount", "walletType"},
    "inner_records": {"coin"},
}
OTHER_NAMES = {
    "transfer_records": {"tranId": "transferId"},
    "inner_transfer": {"targetAccount": "userAccount"},
}
RECEIVERS = {"1": _like("[0-9]{1,20}"), "2": _like("[0-9]{1,20}"), "3": _like(r"[^\s@]+@[^\s@]+\.[^\s@]+")}


def window_fits(given: Mapping[str, str]) -> bool:
    """Whether there is no recvWindow, or one from 1 to 5000."""
    return _whole(1, 5000)(given.get("recvWindow", "5000"))


def fits(name: str, given: Mapping[str, str]) -> bool:
    """Whether the parameters, each for itself and all together, are what a call takes.

    :param given: those that the call knows.
    """
    if not REQUIRED.get(name, set()) <= given.keys():
        return False
    if not all(PARAMETERS[name][label](value) for label, value in given.items()):
        return False
    if {"startTime", "endTime"} <= given.keys() and int(given["endTime"]) < int(given["startTime"]):
        return False
    if name in ("transfer", "transfer_records", "coins") and not _direction_fits(name, given):
        return False
    if name == "transfers":
        return "type" in given or "tranId" in given
    if name == "inner_transfer":
        kind = given["userAccountType"]
        return RECEIVERS[kind](given["userAccount"]) and (kind != "2" or "callingCode" in given)
    return True


def _direction_fits(name: str, given: Mapping[str, str]) -> bool:
    """Both accounts or none; a transfer needs one direction, between two accounts."""
    if ("fromAccount" in given) != ("toAccount" in given):
        return False
    accounts = accounts_of(given)
    if name != "transfer":
        return True
    if accounts is None or accounts[0] == accounts[1]:
        return False
    return "type" not in given or "fromAccount" not in given or DIRECTIONS[given["type"]] == accounts


def accounts_of(given: Mapping[str, str]) -> tuple[str, str] | None:
    """The two accounts that are named, or those that a type stands for."""
    if "fromAccount" in given and "toAccount" in given:
        return given["fromAccount"], given["toAccount"]
    return DIRECTIONS[given["type"]] if "type" in given else None
