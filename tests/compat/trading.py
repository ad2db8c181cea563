"""Has clients take steps, under every profile, and says of each what its caller meets."""

import inspect
import json
import subprocess
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

from compat.market_data import NPM, Found, raised
from compat.steps import Step

from bingx_contracts import PROFILES
from bingx_fake import FakeExchange, TriedToLeave

KEYS = {name: {"apiKey": f"{name}-key", "secret": f"{name}-secret"} for name in ("alice", "bob")}

Record = dict[str, Any]
"""What came of a step: an ``answer``, the name of an ``error``, or which earlier id was ``missing``."""


async def trade(exchange: FakeExchange, make: Any, steps: Sequence[Step]) -> Found:
    """One of Python's two clients, or any with the same methods.

    :param make: makes a client from a key and its secret.
    """
    found: Found = {}
    async with AsyncExitStack() as stack:
        clients = {name: await stack.enter_async_context(make(*keys.values())) for name, keys in KEYS.items()}
        for profile in PROFILES:
            exchange.reset()
            exchange.change_profile(profile)
            given: dict[str, Any] = {}
            records = [await _taken(step, given, clients, exchange.control_url) for step in steps]
            found |= judged(steps, records, profile)
    return found


def trade_with_node(exchange: FakeExchange, steps: Sequence[Step]) -> Found:
    """Node's ccxt, told where the exchange is."""
    com, _ = exchange.base_urls
    order = {"steps": [step.form() for step in steps], "profiles": list(PROFILES), "keys": KEYS}
    done = subprocess.run(
        ["node", str(NPM / "orders.mjs")],
        input=json.dumps(order | {"com": com, "control": exchange.control_url}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Found = {}
    for profile, records in json.loads(done.stdout).items():
        found |= judged(steps, records, profile)
    return found


def judged(steps: Sequence[Step], records: Sequence[Record], profile: str) -> Found:
    """What came of every step, in words, for those that are judged."""
    taken = list(zip(steps, records, strict=True))
    given = {step.name: record.get("answer") for step, record in taken if step.name}
    return {
        (step.title, profile): _outcome(step, record, given)
        for step, record in taken
        if step.judge is not None
    }


def _outcome(step: Step, record: Record, given: Mapping[str, Any]) -> str:
    assert step.judge is not None
    if "missing" in record:
        return f"not asked, for want of the id of {record['missing']}"
    if "error" in record:
        return raised(record["error"])
    wrong = step.judge(record["answer"], given)
    return "works" if wrong is None else f"**silent**: {wrong}"


async def _taken(step: Step, given: dict[str, Any], clients: Mapping[str, Any], control: str) -> Record:
    try:
        arguments = _filled_in(step.arguments, given)
    except LookupError as missing:
        return {"missing": missing.args[0]}
    try:
        if step.who == "control":
            answer = _steered(control, step.method, *arguments)
        else:
            answer = getattr(clients[step.who], step.method)(*arguments)
            answer = await answer if inspect.isawaitable(answer) else answer
    except TriedToLeave:
        raise
    except Exception as error:
        return {"error": type(error).__name__}
    if step.name:
        given[step.name] = answer
    return {"answer": answer}


def _filled_in(argument: Any, given: Mapping[str, Any]) -> Any:
    """With the ids of earlier answers in the place of their names.

    :raises LookupError: the name of the first that has none.
    """
    if isinstance(argument, list | tuple):
        return [_filled_in(inner, given) for inner in argument]
    if isinstance(argument, dict):
        return {name: _filled_in(inner, given) for name, inner in argument.items()}
    if not (isinstance(argument, str) and argument.startswith("$")):
        return argument
    name, _, place = argument[1:].partition(".")
    answer = given.get(name)
    order_id = _id_of(answer[int(place)] if place and answer else answer)
    if not order_id:
        raise LookupError(argument[1:])
    return order_id


def _id_of(order: Any) -> Any:
    """As ccxt gives it, or as it stands in a raw answer about one order."""
    if not order or "id" in order:
        return order and order["id"]
    data = order.get("data") or {}
    return data.get("order", data).get("orderId")


def _steered(control: str, method: str, path: str, body: Any) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(control + path, data, method=method)) as reply:
        return json.load(reply)
