"""Asking an exchange what the contract's examples ask, signed, without sockets."""

import hmac
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlencode

import msgspec

from bingx_contracts import CONTRACT, HEADERS, Endpoint
from bingx_fake.answers.answer import Answer
from bingx_fake.clock import ExchangeClock, system_ms
from bingx_fake.exchange import Exchange
from bingx_fake.gateway.wire import FORM, WireRequest
from bingx_fake.profiles.choice import Profile
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form

AT_MS = 1_700_000_000_000
"""The time of every example: 2023-11-14, 22:13:20 UTC, which is when those of the contract take place."""
_KEY, _SECRET = "alice-key", b"alice-secret"
_FUNDS = Decimal(100_000)
_COINS = Decimal(1)


class Asked(msgspec.Struct, frozen=True):
    """A request and its answer as they go over the wire."""

    request: WireRequest
    answer: Answer


def exchange_of(profile: Profile) -> Exchange:
    """An exchange with the example state, whose first user can pay for what is asked."""
    form = read_form(None)
    exchange = Exchange(
        Settings(form=form, profile=profile, clock=lambda: ExchangeClock(system_ms, frozen_ms=AT_MS))
    )
    for account in ("spot", "fund", "USDTMPerp"):
        exchange.books.ledger.credit(form.users[0].uid, account, "USDT", _FUNDS)
    exchange.books.ledger.credit(form.users[0].uid, "coinMPerp", "BTC", _COINS)
    return exchange


def ask(exchange: Exchange, endpoint: Endpoint, parameters: Mapping[str, str]) -> Asked:
    """Ask for something with the first user's key, as the documents sign."""
    sent = dict(parameters)
    headers = {}
    if not endpoint.public:
        sent["timestamp"] = str(AT_MS)
        canonical = "&".join(f"{name}={sent[name]}" for name in sorted(sent))
        sent["signature"] = hmac.digest(_SECRET, canonical.encode(), "sha256").hex()
        headers = {HEADERS.key.lower(): _KEY, HEADERS.source_key.lower(): HEADERS.source_key_value}
    text = urlencode(sent)
    in_body = endpoint.method == "POST"
    if in_body:
        headers["content-type"] = FORM
    request = WireRequest(
        domain="com",
        method=endpoint.method,
        target=endpoint.path if in_body or not text else f"{endpoint.path}?{text}",
        headers=headers,
        body=text.encode() if in_body else b"",
        address="127.0.0.1",
    )
    delivery = exchange.receive(request)
    assert isinstance(delivery, Answer), "no fault is in force"
    return Asked(request, delivery)


def examples_of(endpoint: Endpoint) -> list[Mapping[str, str]]:
    """The parameters of each of the contract's examples of an endpoint."""
    return [example.request for example in CONTRACT.examples if example.endpoint == endpoint.id]
