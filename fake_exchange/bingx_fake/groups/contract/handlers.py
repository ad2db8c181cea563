"""What is in the account of standard futures, where nothing is traded (ours, A261)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bingx_fake.books.money import EXACT
from bingx_fake.groups.call import Books, Call, Handler


@dataclass(frozen=True, slots=True)
class Held:
    """What there is of one coin."""

    asset: str
    balance: Decimal
    free: Decimal
    at_ms: int
    margin_available: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """Every coin that was ever there."""

    rows: Sequence[Held]


def balance(books: Books, call: Call) -> Rows:
    """Everything in the account."""
    held = books.reads.balances(call.caller.uid, "stdFutures")
    return Rows(
        [Held(asset, EXACT.add(it.free, it.locked), it.free, call.now_ms) for asset, it in held.items()]
    )


HANDLERS: Mapping[str, Handler] = {"balance": balance}
"""By the endpoint's name in the group."""
