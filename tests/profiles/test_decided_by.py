"""``decided_by`` of ``GET /requests/{id}``: which variations and assumptions had a say in an answer."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from profiles.history import STATE, meet_everything
from support.direct import Direct
from support.sender import (
    FUND_BALANCE,
    NOW_MS,
    PLACE_ORDER,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    TRANSFER_RECORDS,
    Sender,
)

from bingx_contracts import ASSUMPTIONS, PROFILES, VARIATIONS
from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange

KLINES = "/openApi/spot/v2/market/kline?symbol=BTC-USDT&limit=1"
DEPTH = "/openApi/spot/v1/market/depth?symbol=BTC-USDT"
TICKER = "/openApi/spot/v1/ticker/24hr?symbol=BTC-USDT"
ABOUT_ANSWERS = {
    variation.id: next(
        answer.name
        for answer in variation.answers
        if answer.name != PROFILES["documented"].answers[variation.id]
    )
    for variation in VARIATIONS.values()
    if variation.is_switchable and variation.side == "answer"
}
"""Of each question another answer than that of the profile."""


def decided(exchange: FakeExchange) -> list[str]:
    """What ``GET /requests/{id}`` says of the latest request."""
    entry_id = exchange.requests[-1]["id"]
    answer: dict[str, Any] = requests.get(f"{exchange.control_url}/requests/{entry_id}", timeout=10).json()
    found: list[str] = answer["decided_by"]
    return found


@pytest.fixture(scope="module")
def own() -> Iterator[FakeExchange]:
    with FakeExchange(STATE, frozen_at_ms=NOW_MS) as exchange:
        yield exchange


def everything(own: FakeExchange, vary: dict[str, str]) -> dict[str, tuple[Any, list[str]]]:
    """What is answered to each request of a history, and by what that was decided, by the request's name."""
    own.reset(ids="restart")
    own.change_profile(vary=vary)
    met = meet_everything(own, Direct)

    def by_what(inner: Exchange) -> list[list[str]]:
        return [inner.journal.decided_by(note.id) for note in reversed(list(inner.journal.newest_first()))]

    together = zip(met, own.call(by_what), strict=True)
    return {it.name: ((it.reply.status, it.reply.json), ids) for it, ids in together if it.name}


@pytest.fixture(scope="module")
def documented(own: FakeExchange) -> dict[str, tuple[Any, list[str]]]:
    """Everything under the profile of that name."""
    return everything(own, {})


@pytest.mark.parametrize(("variation", "answer"), ABOUT_ANSWERS.items(), ids=ABOUT_ANSWERS)
def test_a_variation_under_which_the_answer_would_be_another_is_named(
    own: FakeExchange,
    documented: dict[str, tuple[Any, list[str]]],
    variation: str,
    answer: str,
) -> None:
    for name, (varied, ids) in everything(own, {variation: answer}).items():
        before, ids_before = documented[name]
        assert varied == before or (variation in ids and variation in ids_before), name


def test_an_answer_names_what_chose_its_shape_and_what_is_ours_about_it(
    exchange: FakeExchange, sender: Sender
) -> None:
    sender.raw("GET", DEPTH)
    assert decided(exchange) == ["V45", "A22", "A23"]


def test_a_variation_about_days_is_named_for_candles_of_days_whose_clock_was_not_asked_for(
    exchange: FakeExchange, sender: Sender
) -> None:
    for asked, named in (("1d", True), ("1h", False), ("1d&timeZone=0", False)):
        sender.raw("GET", f"{KLINES}&interval={asked}")
        assert ("V47" in decided(exchange)) is named, asked


def test_an_assumption_about_some_values_of_a_parameter_is_named_for_them_alone(
    exchange: FakeExchange, sender: Sender
) -> None:
    for interval, named in (("1w", True), ("1d", False)):
        sender.raw("GET", f"{KLINES}&interval={interval}")
        assert ("A26" in decided(exchange)) is named, interval


def test_an_assumption_that_holds_under_one_answer_is_named_under_that_alone(
    exchange: FakeExchange, sender: Sender
) -> None:
    sender.raw("GET", TICKER)
    assert "A30" not in decided(exchange)
    exchange.change_profile(vary={"V48": "strings"})
    sender.raw("GET", TICKER)
    assert "A30" in decided(exchange)


def test_what_decided_stays_with_the_answer_whatever_the_profile_is_now(
    exchange: FakeExchange, sender: Sender
) -> None:
    exchange.change_profile(vary={"V48": "strings"})
    sender.raw("GET", TICKER)
    exchange.change_profile()
    assert "A30" in decided(exchange)


def test_a_refusal_names_what_decided_its_code(exchange: FakeExchange, sender: Sender) -> None:
    sender.call("GET", SPOT_BALANCE, secret="another")
    assert decided(exchange) == ["V1", "A1"]
    sender.call("GET", SPOT_BALANCE, timestamp=NOW_MS - 60_000)
    assert decided(exchange) == ["V18", "A1"]


def test_a_refusal_of_an_order_is_decided_by_nothing_about_the_clock(
    exchange: FakeExchange, sender: Sender
) -> None:
    order = {"symbol": "NOPE-USDT", "side": "BUY", "type": "LIMIT", "quantity": "1", "price": "1"}
    assert sender.post(PLACE_ORDER, **order).code == 100421
    assert "V18" not in decided(exchange)
    assert "A74" in decided(exchange)


def test_a_refusal_for_a_value_names_the_assumption_about_its_rule(
    exchange: FakeExchange, sender: Sender
) -> None:
    order = {"type": "FUND_PFUTURES", "asset": "USDT"}
    sender.call("POST", TRANSFER, order | {"amount": "1e3"})
    assert "A11" in decided(exchange)
    sender.call("POST", TRANSFER, order | {"amount": "1", "type": "NOWHERE"})
    assert "A11" not in decided(exchange)


def test_a_refusal_in_the_shape_of_a_success_names_the_variation_that_makes_it_one(
    exchange: FakeExchange, sender: Sender
) -> None:
    exchange.change_profile(vary={"V6": "transferErrorMsg"})
    order = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "100000000"}
    assert sender.call("POST", TRANSFER, order).json.keys() == {"transferErrorMsg"}
    assert "V6" in decided(exchange)


def test_an_answer_on_which_all_documents_agree_names_nothing(exchange: FakeExchange, sender: Sender) -> None:
    sender.raw("GET", SERVER_TIME)
    assert decided(exchange) == []


def test_an_unknown_path_names_the_order_of_the_checks_alone(exchange: FakeExchange, sender: Sender) -> None:
    sender.raw("GET", "/openApi/nowhere")
    assert decided(exchange) == ["A1"]


def test_what_a_fault_answered_was_decided_by_nothing(exchange: FakeExchange, sender: Sender) -> None:
    with exchange.fault("com", "business-error", code=100500):
        sender.call("GET", FUND_BALANCE)
    assert decided(exchange) == []


def test_an_answer_in_whose_place_a_fault_put_another_is_not_what_was_decided(
    exchange: FakeExchange, sender: Sender
) -> None:
    order = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "1"}
    with exchange.fault("com", "html-error", phase="after"):
        sender.call("POST", TRANSFER, order)
    assert exchange.requests[-1]["applied"]
    assert decided(exchange) == []


def test_a_variation_that_leaves_parameters_unread_is_named(exchange: FakeExchange, sender: Sender) -> None:
    exchange.change_profile(vary={"V12": "type"})
    sender.call("GET", TRANSFER_RECORDS, {"type": "FUND_PFUTURES", "transferId": "1"})
    assert "V12" in decided(exchange)
    exchange.change_profile()
    sender.call("GET", TRANSFER_RECORDS, {"type": "FUND_PFUTURES", "transferId": "1"})
    assert "V12" not in decided(exchange)


def test_an_answer_that_comes_late_was_decided_as_if_it_came_at_once(
    exchange: FakeExchange, sender: Sender
) -> None:
    with exchange.fault("com", "latency", ms=1):
        sender.call("GET", FUND_BALANCE)
    assert "V7" in decided(exchange)


def test_every_id_that_is_named_is_one_of_the_register(
    documented: dict[str, tuple[Any, list[str]]],
) -> None:
    named = {entry_id for _, ids in documented.values() for entry_id in ids}
    assert named <= {*VARIATIONS, *ASSUMPTIONS}
    assert named & set(ASSUMPTIONS)
