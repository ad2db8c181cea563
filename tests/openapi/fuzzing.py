"""Sends what schemathesis makes of the document to an exchange: requests by schema, and requests against it.

A program of its own, since schemathesis changes Hypothesis for the whole process that imports it: other tests
would no longer print their falsifying examples.

    python -m openapi.fuzzing PROFILE [EXAMPLES]
"""

import gc
import json
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from openapi.outcome import Outcome
from openapi.plenty import LISTEN_KEY, OCO, ORDERS, STATE, example_of, with_known_values
from openapi.schemas import Schemas
from openapi.signing import Signing
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from support.entries import make_what_it_names
from support.sender import ALICE, NOW_MS, Reply

from bingx_contracts import ENDPOINTS
from bingx_contracts.rendering.openapi import document
from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
"""Those that fit an API which answers 200 with a code, whatever it thinks of key and method."""

NOT_SIGNED = {100001, 100412, 100413}
"""What the fake answers where key or signature are not as they must be."""

FRAMING = ("Content-Length", "Transfer-Encoding")
"""Headers that say where a request ends. Made up, they make it no request at all."""

BOUNDED_EXAMPLES = 12

NAMED = {"listenKey": LISTEN_KEY, "clientOrderId": OCO}
"""What requests name, of groups of which the exchange knows values by their names."""

Operation = APIOperation[Any, Any, Any, Any]


def fuzz(profile: str, examples: int | None = None) -> Outcome:
    """Send what schemathesis makes of one profile's document to an exchange of that profile.

    :param examples: how many random examples each operation gets, on top of boundary values. None is the
        bounded run: few random examples, the same every time, and no boundary values.
    """
    whole = document(profile)
    outcome, schemas = Outcome(), Schemas(whole)
    signing = Signing("alice-key", "alice-secret", NOW_MS)
    with (
        FakeExchange(STATE, profile, frozen_at_ms=NOW_MS) as exchange,
        requests.Session() as session,
    ):
        session.trust_env = False
        make_what_it_names(exchange, ENDPOINTS["spot_trade.cancel_orders"], {"clientOrderIDs": ORDERS})
        schema, known = (
            schemathesis.openapi.from_dict(described) for described in (whole, with_known_values(whole))
        )
        for loaded in (schema, known):
            loaded.config.update(base_url=exchange.base_urls[0])

        def send(case: Case[Any]) -> None:
            for name in FRAMING:
                case.headers.pop(name, None)
            signed_before = signing.signed
            response = case.call(auth=signing, session=session)
            outcome.examples += 1
            case.validate_response(response, checks=CHECKS)
            answer = Reply(response.status_code, {}, response.content).json
            if signing.signed == signed_before:
                outcome.unsigned += 1
            elif answer.get("code") in NOT_SIGNED or str(answer.get("msg")).startswith("timestamp"):
                outcome.refused_although_signed.append(f"{response.request.url}: {answer}")
            else:
                outcome.accepted += 1
            method, path = case.operation.method, case.operation.path
            endpoint_id = schemas.operation_id(method, path)
            if endpoint_id not in outcome.succeeded and schemas.is_success(method, path, answer):
                outcome.succeeded.append(endpoint_id)

        for path, methods in whole["paths"].items():
            for method in methods:
                operation = schema[path][method.upper()]
                named = ENDPOINTS[schemas.operation_id(method, path)]
                exchange.call(forget_perpetuals)
                asks = {parameter.name for parameter in named.parameters}
                sent = {name: value for name, value in NAMED.items() if name in asks}
                if named.group in ("swap_trade", "swap_account", "coinm_trade"):
                    sent = dict(example_of(named.id, profile))
                make_what_it_names(exchange, named, sent)
                test = random_cases(operation, known[path][method.upper()], send, examples)
                if examples is None:
                    test = seed(f"{profile}: {operation.label}")(test)
                try:
                    if examples is not None:
                        for case in boundary_cases(operation):
                            send(case)
                    test()
                except (Exception, FailureGroup) as error:
                    outcome.failures.append("".join(traceback.format_exception_only(error)))
        for price in ("40000", "70000"):  # past what is known of prices, so that what rests fills
            exchange.market("BTC-USDT").move(price)
        outcome.orders, outcome.fills = exchange.call(check_orders)
    return outcome


def forget_perpetuals(inner: Exchange) -> None:
    """Have alice begin again with perpetuals, whatever mode and leverage made-up requests chose."""
    for desk in inner.books.perps:
        desk.forget(ALICE, inner.clock.now_ms())


def check_orders(inner: Exchange) -> tuple[int, int]:
    """See that the books are conserved and that orders hold what they say, and count orders and fills.

    :raises AssertionError: where not.
    """
    books = inner.books
    books.ledger.assert_conserved()
    users = books.desk.records.users.values()
    orders = {order.id: order for user in users for order in user.orders.values()}
    held = {
        owner.id: amount
        for uid, account, balances in books.ledger.books()
        for asset in balances
        for owner, amount in books.ledger.holds(uid, account, asset).items()
        if owner.kind == "order"
    }
    assert held == {order.id: order.held for order in orders.values() if order.held}
    assert all(order.is_open for order in orders.values() if order.held), "what is over holds nothing"
    return len(orders), sum(len(user.fills) for user in users)


def boundary_cases(operation: Operation) -> Iterator[Case[Any]]:
    """Values at the edge of each parameter's schema, on both sides of it."""
    yield from operation.schema.iter_coverage_cases(
        operation,
        generation_modes=list(GenerationMode),
        generation_config=operation.schema.config.generation,
    )


def random_cases(
    operation: Operation, known: Operation, send: Callable[[Case[Any]], None], examples: int | None
) -> Callable[[], None]:
    """A test that sends random cases, by schema and against it.

    :param known: the operation narrowed to values that the exchange knows.
    """
    cases = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        known.as_strategy(generation_mode=GenerationMode.POSITIVE),
    )
    test: Callable[[], None] = given(cases)(send)
    return settings(
        max_examples=examples or BOUNDED_EXAMPLES,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )(test)


def main() -> None:
    """Print the outcome of one profile as JSON."""
    gc.set_threshold(1_000_000, 20, 20)  # what examples are made of is a third of the time to go through
    profile, *examples = sys.argv[1:]
    print(json.dumps(asdict(fuzz(profile, int(examples[0]) if examples else None))))  # noqa: T201  # its answer


if __name__ == "__main__":
    main()
