"""What is new in an exchange, by looking: nothing that a request does has to tell anybody.

A look is a few comparisons' worth of work, taken only while somebody listens.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from bingx_fake.control.console.views import conditions, staged_faults
from bingx_fake.control.markets import described
from bingx_fake.exchange import Exchange

_ENTRIES_THAT_MAY_CHANGE = 200
"""An entry gets its code once its answer is sent, so the latest ones are compared too."""


class Aspect(NamedTuple):
    """One side of an exchange: two looks at it differ in ``mark`` where it has changed.

    :param name: of its event; several sides may share one, as markets do.
    :param show: gives what is told of it.
    """

    name: str
    mark: object
    show: Callable[[], Mapping[str, Any]]


def look(exchange: Exchange) -> dict[Hashable, Aspect]:
    """Every aspect of an exchange as it is now."""
    clock, profile, journal, books = exchange.clock, exchange.profile, exchange.journal, exchange.books
    faults, domains = staged_faults(exchange), conditions(exchange)
    entries = [
        (note.id, note.code, note.http_status, note.applied)
        for note in islice(journal.newest_first(), _ENTRIES_THAT_MAY_CHANGE)
    ]
    latest = entries[0][0] if entries else None
    revision, users = books.ledger.revision.number, len(books.directory.users)
    desk, spot = books.desk, books.desk.records.users
    perps = [user for its in books.perps for user in its.records.users.values()]
    of_perps = [(len(user.orders), len(user.open), len(user.fills)) for user in perps]
    positions = [(it.id, it.quantity, it.updated_ms) for user in perps for it in user.positions.values()]
    streams = [(it.number, it.uid, it.sent, len(it.topics)) for it in exchange.streams.sessions.values()]
    aspects = [
        Aspect("clock", (clock.frozen_ms, clock.offset_ms), clock.describe),
        Aspect("faults", (faults, exchange.missing_faults), lambda: {**domains, "faults": len(faults)}),
        Aspect("journal", (journal, entries), lambda: {"latest": latest}),
        Aspect(
            "profile",
            profile,
            lambda: {"profile": profile.name, "vary": profile.vary, "strict": profile.strict},
        ),
        Aspect(
            "state",
            (books.ledger, id(books.directory), revision),
            lambda: {"users": users, "revision": revision},
        ),
        Aspect(
            "orders",
            (desk, desk.revision.number, of_perps),
            lambda: {"open": sum(len(user.open) for users in (spot.values(), perps) for user in users)},
        ),
        Aspect("streams", streams, lambda: {"open": len(streams)}),
        Aspect("positions", (books.swap, positions), lambda: {"open": len(positions)}),
    ]
    sides: dict[Hashable, Aspect] = {aspect.name: aspect for aspect in aspects}
    for market, stall in books.floor.stalls.items():
        sides[market] = Aspect("market", (stall, stall.updates), partial(described, exchange, stall))
    return sides
