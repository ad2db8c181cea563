"""The AsyncAPI document of the streams: whole, and true of what the fake pushes, field by field."""

import json
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from streams.listener import Listener
from support.sender import ALICE, NOW_MS

from bingx_contracts import PROFILES, TOPIC_INTERVALS, TOPICS
from bingx_contracts.rendering.asyncapi import pushed, render
from bingx_fake import FakeExchange
from bingx_fake.commands.openapi import openapi
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType
from bingx_fake.streams.topics import DEPTHS, SPOT_INTERVALS, SWAP_INTERVALS
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderType

BTC, BTC_USD = "BTC-USDT", "BTC-USD"
SPOT = [topic for topic in TOPICS.values() if topic.product == "spot"]
SWAP = [topic for topic in TOPICS.values() if topic.product == "swap"]
COINM = [topic for topic in TOPICS.values() if topic.product == "coinm"]
KEY_PATH = "/openApi/user/auth/userDataStream"


def name_of(form: str, interval: str = "1min", symbol: str = BTC) -> str:
    return form.format(symbol=symbol, interval=interval, levels="5")


def heard_under(profile: str) -> dict[str, list[Any]]:
    """What is pushed of every spot topic, by its name."""
    with FakeExchange(profile=profile, frozen_at_ms=NOW_MS) as exchange:
        exchange.credit(ALICE, "spot", "USDT", 100_000)
        key = new_key(exchange)
        with Listener(f"{exchange.stream_url}/market?listenKey={key}") as listener:
            seen = listener.subscribe(*(name_of(topic.form) for topic in SPOT))
            for client_id in ("mine", ""):
                exchange.call(partial(_place, client_id))
            exchange.market(BTC).move("61000.5")
            exchange.clock.advance(1_000)
            seen += listener.so_far()
    return by_name(seen)


def heard_of_perpetuals(profile: str) -> dict[str, list[Any]]:
    """What is pushed of every topic of perpetuals, by its name."""
    with FakeExchange(profile=profile, frozen_at_ms=NOW_MS) as exchange:
        exchange.credit(ALICE, "USDTMPerp", "USDT", 100_000)
        with Listener(f"{exchange.stream_url}/swap-market?listenKey={new_key(exchange)}") as listener:
            topics = [topic for topic in SWAP if not topic.account]
            seen = listener.subscribe(*(name_of(topic.form, "1m") for topic in topics))
            exchange.call(_open)
            exchange.market(BTC, "swap").move("61000.5")
            exchange.clock.advance(1_000)
            seen += listener.so_far()
    return by_name(seen)


def heard_of_coin_margined(profile: str) -> dict[str, list[Any]]:
    """What is pushed of every topic of coin-margined perpetuals, by its name."""
    with FakeExchange(profile=profile, frozen_at_ms=NOW_MS) as exchange:
        exchange.credit(ALICE, "coinMPerp", "BTC", 1)
        with Listener(f"{exchange.stream_url}/cswap-market?listenKey={new_key(exchange)}") as listener:
            topics = [topic for topic in COINM if not topic.account]
            seen = listener.subscribe(*(name_of(topic.form, "1m", BTC_USD) for topic in topics))
            exchange.call(_open_with_coins)
            exchange.market(BTC_USD, "coinm").move("61000.5")
            exchange.clock.advance(1_000)
            return by_name([*seen, *listener.so_far()])


def new_key(exchange: FakeExchange) -> str:
    asked = Request(f"{exchange.base_urls[0]}{KEY_PATH}", method="POST", headers={"X-BX-APIKEY": "alice-key"})
    with urlopen(asked, timeout=10) as reply:
        return str(json.load(reply)["listenKey"])


def _open(inner: Any) -> None:
    """Open a position."""
    new = NewPerpOrder(symbol=BTC, side=Side.BUY, type=PerpType.MARKET, quantity=Decimal("0.5"))
    inner.books.swap.place(ALICE, new, NOW_MS)


def _open_with_coins(inner: Any) -> None:
    """Open a position of three contracts."""
    new = NewPerpOrder(symbol=BTC_USD, side=Side.BUY, type=PerpType.MARKET, quantity=Decimal(3))
    inner.books.coinm.place(ALICE, new, NOW_MS)


def by_name(seen: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for message in seen:
        found.setdefault(message.get("dataType") or message.get("e", ""), []).append(message)
    return found


def _place(client_id: str, inner: Any) -> None:
    """Place an order that fills at once."""
    new = NewOrder(
        symbol=BTC,
        side=Side.BUY,
        type=OrderType.LIMIT,
        quantity=Decimal("0.001"),
        price=Decimal(70_000),
        client_id=client_id,
    )
    inner.books.desk.place(ALICE, new, NOW_MS)


def paths(value: Any, path: str = "") -> Iterator[str]:
    """Every place in a push; rows of a list are one place."""
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, f"{path}[]")


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_pushed_is_what_the_document_says_and_nothing_else(profile: str) -> None:
    heard, of_perpetuals = heard_under(profile), heard_of_perpetuals(profile)
    heard_by = {
        **{topic.id: heard[name_of(topic.form)] for topic in SPOT},
        **{topic.id: of_perpetuals[name_of(topic.form, "1m")] for topic in SWAP},
    }
    of_coins = heard_of_coin_margined(profile)
    heard_by |= {topic.id: of_coins[name_of(topic.form, "1m", BTC_USD)] for topic in COINM}
    document = render(profile, PROFILES[profile].answers)
    for topic in TOPICS.values():
        schema = document["components"]["messages"][topic.id]["payload"]
        pushes = heard_by[topic.id]
        assert pushes, topic.id
        for push in pushes:
            Draft202012Validator(schema).validate(push)
        lacking = {f".{name}" for name in topic.may_lack}
        told = {path for push in pushes for path in paths(push)}
        assert told - lacking == set(paths(pushed(topic, {}))) - lacking, topic.id


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_every_reference_leads_somewhere() -> None:
    document = render("documented", PROFILES["documented"].answers)
    found = set(references(document))
    assert len(found) > 20
    for reference in found:
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
        assert place


def test_an_example_is_of_its_own_schema() -> None:
    document = render("documented", PROFILES["documented"].answers)
    for message in document["components"]["messages"].values():
        for example in message["examples"]:
            Draft202012Validator(message["payload"]).validate(example["payload"])


def test_the_exchange_knows_the_intervals_and_levels_of_the_contract() -> None:
    rows = {row.name: row.interval for row in TOPIC_INTERVALS if row.product == "spot"}
    assert rows == SPOT_INTERVALS
    assert TOPICS["spot.depth"].levels == DEPTHS
    rows = {row.name: row.interval for row in TOPIC_INTERVALS if row.product == "swap"}
    assert rows == SWAP_INTERVALS
    assert TOPICS["swap.depth"].levels == DEPTHS
    assert {row.name: row.interval for row in TOPIC_INTERVALS if row.product == "coinm"} == SWAP_INTERVALS
    assert TOPICS["coinm.depth"].levels == DEPTHS


def test_every_interval_has_one_name_that_our_client_sends() -> None:
    rows = [row for row in TOPIC_INTERVALS if row.product == "spot"]
    sent = [row.interval for row in rows if row.sent]
    assert sorted(sent) == sorted({row.interval for row in rows})


def test_the_command_prints_it() -> None:
    printed = CliRunner().invoke(openapi, ["--streams", "--json", "--profile", "reference"])
    assert printed.exit_code == 0
    document = json.loads(printed.output)
    assert (document["asyncapi"], document["info"]["version"]) == ("3.0.0", "reference")
    report = document["components"]["messages"]["spot.orders"]["payload"]["properties"]["data"]
    assert report["properties"]["p"] == {"type": "string"}, "R's reports have texts (V100)"
    servers = document["servers"]
    assert servers["prod-live.spot"]["host"] == "open-api-ws.bingx.com"
