"""The reads that tell whose a key is, and what it may do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bingx_contracts import Permission
from bingx_fake.books.directory import User
from bingx_fake.groups.call import Books, Call, Handler

_NUMBERS: Mapping[Permission, tuple[int, ...]] = {
    "trade": (1, 3),
    "read": (2,),
    "transfer": (4,),
    "inner_transfer": (7,),
}


@dataclass(frozen=True, slots=True)
class KeyRights:
    """What a key may do, and from where."""

    key: str
    permissions: Sequence[int]
    addresses: Sequence[str]


def uid(books: Books, call: Call) -> User:
    """Who asks."""
    return call.caller


def api_permissions(books: Books, call: Call) -> KeyRights:
    """What the key may do with which he asks (the numbers are ours, A260)."""
    key = call.key
    numbers = sorted(number for permission in key.permissions for number in _NUMBERS[permission])
    return KeyRights(key.key, numbers, sorted(key.addresses))


HANDLERS: Mapping[str, Handler] = {"uid": uid, "api_permissions": api_permissions}
"""By the endpoint's name in the group."""
