"""The reads that tell whose a key is."""

from collections.abc import Mapping

from bingx_fake.books.directory import User
from bingx_fake.groups.call import Books, Call, Handler


def uid(books: Books, call: Call) -> User:
    """Who asks."""
    return call.caller


HANDLERS: Mapping[str, Handler] = {"uid": uid}
"""By the endpoint's name in the group."""
