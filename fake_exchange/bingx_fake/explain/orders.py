"""Strings in another order than the exchange takes."""

from collections.abc import Callable, Iterator
from itertools import permutations

from bingx_fake.explain.evidence import Evidence, Parameters, as_sent, decoded, joined
from bingx_fake.explain.mistake import Guess, Mistake
from bingx_fake.gateway.wire import as_text

Arrange = Callable[[Evidence], Iterator[Parameters]]

SORT = (
    "Sort all parameters but signature by name in ASCII order, timestamp among them, and sign k=v joined "
    "by &. Where the order sent is taken too (V1), signing the very text that you send is right as well."
)
_AS_SENT_ONLY = "Sign the parameters in the order in which you send them: this profile takes no other (V1)."
_SORTED_SOURCE = "S, R (SIGN-2; V1: D and O do not sort)"

_MOST_PERMUTED = 7
"""5,040 orders; each further parameter takes as many times longer as there are parameters."""


def advice(evidence: Evidence) -> str:
    """What to change about any wrong order, under the rules in force."""
    return SORT if evidence.sorted_verifies else _AS_SENT_ONLY


def _mistake(name: str, happened: str) -> Mistake:
    return Mistake(name, happened, SORT, _SORTED_SOURCE)


def _without(parameters: Parameters, *names: bytes) -> tuple[Parameters, Parameters]:
    """The parameters without some, and those."""
    rest = [parameter for parameter in parameters if parameter.name not in names]
    taken = [parameter for name in names for parameter in parameters if parameter.name == name]
    return rest, taken


def _timestamp_appended(evidence: Evidence) -> Iterator[Parameters]:
    for names in ((b"timestamp",), (b"recvWindow", b"timestamp"), (b"timestamp", b"recvWindow")):
        rest, taken = _without(evidence.parameters, *names)
        yield sorted(rest) + taken
    rest, taken = _without(evidence.parameters, b"timestamp")
    yield rest + taken


def _timestamp_first(evidence: Evidence) -> Iterator[Parameters]:
    rest, taken = _without(evidence.parameters, b"timestamp")
    yield taken + sorted(rest)
    yield taken + rest


def _in_the_order_sent(evidence: Evidence) -> Iterator[Parameters]:
    yield evidence.parameters


def _sorted(evidence: Evidence) -> Iterator[Parameters]:
    yield sorted(evidence.parameters)


def _reversed(evidence: Evidence) -> Iterator[Parameters]:
    yield sorted(evidence.parameters, reverse=True)
    yield evidence.parameters[::-1]


def _ignoring_case(evidence: Evidence) -> Iterator[Parameters]:
    yield sorted(evidence.parameters, key=lambda parameter: parameter.name.lower())


def _by_value(evidence: Evidence) -> Iterator[Parameters]:
    yield sorted(evidence.parameters, key=lambda parameter: parameter.value)


def _by_pair(evidence: Evidence) -> Iterator[Parameters]:
    yield sorted(evidence.parameters, key=lambda parameter: parameter.name + b"=" + parameter.value)


def _body_first(evidence: Evidence) -> Iterator[Parameters]:
    if evidence.query and evidence.body:
        yield evidence.body + evidence.query
        yield sorted(evidence.body) + sorted(evidence.query)


def _sorted_apart(evidence: Evidence) -> Iterator[Parameters]:
    if evidence.query and evidence.body:
        yield sorted(evidence.query) + sorted(evidence.body)


ORDERS: tuple[tuple[Mistake, Arrange], ...] = (
    (
        _mistake("timestamp-appended", "The timestamp was appended after the others were put in order."),
        _timestamp_appended,
    ),
    (
        _mistake("query-and-body-sorted-apart", "Query and body were each sorted, and then put together."),
        _sorted_apart,
    ),
    (_mistake("body-before-query", "The body's parameters were signed before the query's."), _body_first),
    (
        _mistake("signed-as-sent", "The parameters were signed in the order in which they were sent."),
        _in_the_order_sent,
    ),
    (
        Mistake(
            "signed-sorted", "The parameters were signed in sorted order.", _AS_SENT_ONLY, "D, O (SIGN-5; V1)"
        ),
        _sorted,
    ),
    (_mistake("reversed", "The parameters were signed in descending order."), _reversed),
    (_mistake("timestamp-first", "The timestamp was put before all others."), _timestamp_first),
    (
        _mistake(
            "sorted-ignoring-case", "The names were sorted as if capitals and small letters were alike."
        ),
        _ignoring_case,
    ),
    (_mistake("sorted-by-value", "The parameters were sorted by their values."), _by_value),
    (_mistake("sorted-as-pairs", "The texts k=v were sorted, not the names."), _by_pair),
)

ANOTHER_ORDER = _mistake("another-order", "The parameters were signed in another order.")


def in_another_order(evidence: Evidence) -> Iterator[Guess]:
    """Every order there is, while the parameters are few."""
    if len(evidence.parameters) > _MOST_PERMUTED:
        return
    encoded = any(parameter.raw != parameter.value for parameter in evidence.parameters)
    for order in permutations(evidence.parameters):
        for spell in (decoded, as_sent) if encoded else (decoded,):
            names = ", ".join(as_text(parameter.name) for parameter in order)
            yield Guess(joined(order, spell), (ANOTHER_ORDER,), f"The order was {names}.")
