"""What is new in an exchange, by looking: nothing that a request does has to tell anybody.

A look is a few comparisons' worth of work, taken only while somebody listens.
"""

from itertools import islice
from typing import Any, NamedTuple

from bingx_fake.control.console.views import conditions, staged_faults
from bingx_fake.exchange import Exchange

_ENTRIES_THAT_MAY_CHANGE = 200
"""An entry gets its code once its answer is sent, so the latest ones are compared too."""


class Aspect(NamedTuple):
    """One side of an exchange: two looks at it differ in ``mark`` where it has changed."""

    mark: object
    shown: dict[str, Any]


def look(exchange: Exchange) -> dict[str, Aspect]:
    """Every aspect of an exchange as it is now, under the name of its event."""
    clock, profile, journal, books = exchange.clock, exchange.profile, exchange.journal, exchange.books
    faults, domains = staged_faults(exchange), conditions(exchange)
    entries = [
        (note.id, note.code, note.http_status, note.applied)
        for note in islice(journal.newest_first(), _ENTRIES_THAT_MAY_CHANGE)
    ]
    latest = entries[0][0] if entries else None
    revision, users = books.ledger.revision.number, len(books.directory.users)
    return {
        "clock": Aspect((clock.frozen_ms, clock.offset_ms), clock.describe()),
        "faults": Aspect((faults, exchange.missing_faults), {**domains, "faults": len(faults)}),
        "journal": Aspect((journal, entries), {"latest": latest}),
        "profile": Aspect(profile, {"profile": profile.name, "vary": profile.vary, "strict": profile.strict}),
        "state": Aspect((books.ledger, revision), {"users": users, "revision": revision}),
    }
