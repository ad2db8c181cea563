"""The exchange that published clients are asked about, and what a right answer says about it.

Everything here is written down by hand, so that no answer is held to code under test.
"""

from decimal import Decimal
from typing import Any

ALICE, BOB = 16779999, 16780001
AT_MS = 1_700_000_000_000

# Beyond 2^53 and odd: who takes an id for a float is found out.
TRAN_ID = 1_800_000_000_000_000_011
OTHER_TRAN_ID = 1_800_000_000_000_000_013
PRECISE_TRAN_ID = 1_800_000_000_000_000_015
INNER_ID = 1_800_000_000_000_000_017
PRECISE_INNER_ID = 1_800_000_000_000_000_019

# The other number of each: more digits than any machine integer holds.
TRANSFER_ID = 1_051_461_075_875_997_081_703
OTHER_TRANSFER_ID = 1_051_461_075_875_997_081_705
PRECISE_TRANSFER_ID = 1_051_461_075_875_997_081_707

AMOUNT = Decimal("12.5")
INNER_AMOUNT = Decimal("7.25")
PRECISE = Decimal("0.12345678901234567891")
"""With all of the 20 places that the exchange keeps; a float holds 17."""

SPOT = {"USDT": (Decimal("250.5"), Decimal(0)), "BTC": (Decimal("0.25"), Decimal("0.05"))}
FUND = {"USDT": (Decimal(1000), Decimal(0)), "BTC": (Decimal("0.5"), Decimal("0.1"))}
SPOT_AND_FUND_IN_USDT = Decimal("55620.87036703703703673")
"""1250.5 USDT, 0.9 BTC at 60000, and ``PRECISE`` ETH at 3000, where its market opens."""


def _balances(account: dict[str, tuple[Decimal, Decimal]]) -> dict[str, Any]:
    return {asset: {"free": str(free), "locked": str(locked)} for asset, (free, locked) in account.items()}


def _keys(name: str, *permissions: str) -> dict[str, Any]:
    return {"key": f"{name}-key", "secret": f"{name}-secret", "permissions": list(permissions)}


STATE: dict[str, Any] = {
    "users": [
        {
            "uid": ALICE,
            "keys": [
                _keys("alice", "read", "transfer", "inner_transfer", "trade"),
                _keys("alice-read", "read"),
            ],
            "balances": {"fund": _balances(FUND), "spot": {**_balances(SPOT), "ETH": str(PRECISE)}},
        },
        {"uid": BOB},
    ],
    "prices": {"BTC": "60000"},
    "coins": {"USDT": "Tether USD", "BTC": "Bitcoin", "ETH": "Ethereum"},
    "transfers": [
        {
            "uid": ALICE,
            "id": TRAN_ID,
            "transfer_id": str(TRANSFER_ID),
            "asset": "USDT",
            "amount": str(AMOUNT),
            "from": "fund",
            "to": "USDTMPerp",
            "at": AT_MS,
        },
        {
            "uid": ALICE,
            "id": OTHER_TRAN_ID,
            "transfer_id": str(OTHER_TRANSFER_ID),
            "asset": "USDT",
            "amount": "3",
            "from": "spot",
            "to": "fund",
            "at": AT_MS,
        },
        {
            "uid": ALICE,
            "id": PRECISE_TRAN_ID,
            "transfer_id": str(PRECISE_TRANSFER_ID),
            "asset": "ETH",
            "amount": str(PRECISE),
            "from": "spot",
            "to": "fund",
            "at": AT_MS,
        },
    ],
    "inner_transfers": [
        {
            "uid": ALICE,
            "id": INNER_ID,
            "to_uid": BOB,
            "asset": "USDT",
            "amount": str(INNER_AMOUNT),
            "from": "fund",
            "at": AT_MS,
        },
        {
            "uid": ALICE,
            "id": PRECISE_INNER_ID,
            "to_uid": BOB,
            "asset": "ETH",
            "amount": str(PRECISE),
            "from": "fund",
            "at": AT_MS,
        },
    ],
}
