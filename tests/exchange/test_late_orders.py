"""Orders, pairs and countdowns that are answered now, or whose answer is lost, and that take effect later."""

import contextlib
from http.client import HTTPException
from typing import Any

import pytest
from support.sender import (
    CANCEL_ALL_AFTER,
    CANCEL_OCO,
    NOW_MS,
    OPEN_OCOS,
    OPEN_ORDERS,
    PLACE_OCO,
    PLACE_ORDER,
    QUERY_OCO,
    Sender,
)

from bingx_fake import FakeExchange

LATER_MS = 2_000
BID: dict[str, Any] = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT"}
BID |= {"quantity": "0.001", "price": "50000"}
PAIR = {"symbol": "BTC-USDT", "side": "BUY", "quantity": "0.001", "limitPrice": "50000"}
PAIR |= {"triggerPrice": "61000", "orderPrice": "61500", "listClientOrderId": "77"}
LOST: dict[str, Any] = {"domain": "com", "kind": "reset", "phase": "after"}


def open_orders(exchange: FakeExchange) -> int:
    now_ms = exchange.clock.now_ms()
    answer = Sender(exchange).call("GET", OPEN_ORDERS, {"symbol": "BTC-USDT"}, timestamp=now_ms)
    return len(answer.data["orders"])


def open_pairs(exchange: FakeExchange) -> list[str]:
    """The names of alice's pairs that wait."""
    query = {"pageIndex": 1, "pageSize": 10}
    answer = Sender(exchange).call("GET", OPEN_OCOS, query, timestamp=exchange.clock.now_ms())
    return sorted({leg["orderListId"] for leg in answer.data})


def placed(exchange: FakeExchange) -> str:
    """The list's id of a pair that is placed at once."""
    found: str = Sender(exchange).post(PLACE_OCO, **PAIR).data[0]["orderListId"]
    return found


@contextlib.contextmanager
def late(exchange: FakeExchange, *, is_lost: bool) -> Any:
    """What is written meanwhile takes effect later, and may lose its answer."""
    faults = [{"domain": "com", "kind": "commit-delay", "ms": LATER_MS}, *([LOST] if is_lost else [])]
    exchange.play(faults)
    with contextlib.suppress(OSError, HTTPException):
        yield
    exchange.clear_faults()


def test_a_pair_is_answered_as_ever_and_placed_later(exchange: FakeExchange) -> None:
    with late(exchange, is_lost=False):
        legs = Sender(exchange).post(PLACE_OCO, **PAIR).data
    assert [leg["orderType"] for leg in legs] == ["ocoLimit", "ocoTps"]
    assert Sender(exchange).call("GET", QUERY_OCO, {"listClientOrderId": "77"}).code != 0
    assert open_pairs(exchange) == []
    exchange.clock.advance(LATER_MS)
    assert open_pairs(exchange) == [legs[0]["orderListId"]]


def test_a_pair_whose_cancel_is_answered_is_cancelled_later(exchange: FakeExchange) -> None:
    list_id = placed(exchange)
    with late(exchange, is_lost=False):
        assert Sender(exchange).post(CANCEL_OCO, orderId=list_id).code == 0
    assert open_pairs(exchange) == [list_id]
    exchange.clock.advance(LATER_MS)
    assert open_pairs(exchange) == []


@pytest.mark.parametrize("path", [PLACE_ORDER, PLACE_OCO])
def test_an_order_or_a_pair_whose_answer_is_lost_is_placed_later(exchange: FakeExchange, path: str) -> None:
    with late(exchange, is_lost=True):
        Sender(exchange).post(path, **(BID if path == PLACE_ORDER else PAIR))
    assert (exchange.requests[-1]["fault"], exchange.requests[-1]["applied"]) == ("reset", True)
    assert open_orders(exchange) == 0
    exchange.clock.advance(LATER_MS)
    assert open_orders(exchange) == (1 if path == PLACE_ORDER else 2)


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_countdown_takes_effect_later_and_ends_when_it_was_to(
    exchange: FakeExchange, *, is_lost: bool
) -> None:
    Sender(exchange).post(PLACE_ORDER, **BID)
    with late(exchange, is_lost=is_lost):
        told = Sender(exchange).post(CANCEL_ALL_AFTER, type="ACTIVATE", timeOut=10)
        assert int(told.data["triggerTime"]) == NOW_MS // 1_000 + 10
    exchange.clock.advance(9_999)
    assert open_orders(exchange) == 1
    exchange.clock.advance(1)
    assert open_orders(exchange) == 0


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_countdown_that_is_closed_too_late_has_cancelled(exchange: FakeExchange, *, is_lost: bool) -> None:
    Sender(exchange).post(PLACE_ORDER, **BID)
    Sender(exchange).post(CANCEL_ALL_AFTER, type="ACTIVATE", timeOut=10)
    exchange.clock.advance(9_000)
    now_ms = exchange.clock.now_ms()
    with late(exchange, is_lost=is_lost):
        Sender(exchange).call("POST", CANCEL_ALL_AFTER, {"type": "CLOSE"}, timestamp=now_ms)
    exchange.clock.advance(LATER_MS)
    assert open_orders(exchange) == 0
