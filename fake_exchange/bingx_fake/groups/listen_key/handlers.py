"""Making, renewing and ending listen keys."""

from collections.abc import Mapping

from bingx_fake.books.listen_keys import ListenKey
from bingx_fake.gateway.refusal import NOT_FOUND, Refusal
from bingx_fake.groups.call import Books, Call, Done, Handler


def generate(books: Books, call: Call) -> ListenKey:
    """A new key each time; those of before stay valid (ours, A110)."""
    return books.listen_keys.make(call.caller.uid, call.now_ms)


def extend(books: Books, call: Call) -> Done:
    """Another hour from now."""
    if books.listen_keys.renew(call.parameters.required_text("listenKey"), call.now_ms) is None:
        raise _unknown()
    return Done()


def delete(books: Books, call: Call) -> Done:
    """No longer valid from now on."""
    if books.listen_keys.end(call.parameters.required_text("listenKey"), call.now_ms) is None:
        raise _unknown()
    return Done()


def _unknown() -> Refusal:
    return Refusal(NOT_FOUND, "this listenKey does not exist, or has ended", parameter="listenKey")


HANDLERS: Mapping[str, Handler] = {"generate": generate, "extend": extend, "delete": delete}
"""By the endpoint's name in the group."""
