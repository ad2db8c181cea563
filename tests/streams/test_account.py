"""Streams of an account: its orders and balances, opened with a listen key."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.request import Request, urlopen

import pytest
from streams.listener import Listener
from support.sender import ALICE, NOW_MS, Sender

from bingx_contracts import PROFILES
from bingx_fake import FakeExchange
from bingx_fake.venue.matching import TimeInForce
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOrder, OrderType, SpotOrder

BTC = "BTC-USDT"
HOUR_MS = 3_600_000
PATH = "/openApi/user/auth/userDataStream"


def key_request(exchange: FakeExchange, method: str, query: str = "", **headers: str) -> Any:
    asked = Request(f"{exchange.base_urls[0]}{PATH}{query}", method=method, headers=headers)
    with urlopen(asked, timeout=10) as reply:
        return json.load(reply)


def new_key(exchange: FakeExchange, key: str = "alice-key") -> str:
    made = key_request(exchange, "POST", **{"X-BX-APIKEY": key})
    assert made.keys() == {"listenKey"}
    return str(made["listenKey"])


@pytest.fixture
def account(exchange: FakeExchange) -> Iterator[Listener]:
    exchange.credit(ALICE, "spot", "USDT", 10_000)
    with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}") as connected:
        yield connected


def place(
    exchange: FakeExchange, side: Side, quantity: str, price: str | None = None, **more: Any
) -> SpotOrder:
    new = NewOrder(
        symbol=BTC,
        side=side,
        type=OrderType.MARKET if price is None else OrderType.LIMIT,
        quantity=Decimal(quantity),
        price=None if price is None else Decimal(price),
        **more,
    )
    return exchange.call(lambda inner: inner.books.desk.place(ALICE, new, inner.clock.now_ms()))


# Listen keys


@pytest.mark.clause("KEY-1")
def test_a_key_is_given_for_the_header_alone_and_to_who_signs(exchange: FakeExchange) -> None:
    plain = new_key(exchange)
    signed = Sender(exchange).call("POST", PATH).json["listenKey"]
    assert plain != signed
    assert {len(plain), len(signed)} == {64}


@pytest.mark.clause("KEY-1")
@pytest.mark.parametrize(("headers", "code"), [({}, 100413), ({"X-BX-APIKEY": "nobody-key"}, 100413)])
def test_no_key_is_given_to_who_has_none(exchange: FakeExchange, headers: dict[str, str], code: int) -> None:
    assert key_request(exchange, "POST", **headers)["code"] == code


def test_who_signs_wrongly_is_refused(exchange: FakeExchange) -> None:
    assert Sender(exchange).call("POST", PATH, secret="wrong").code == 100001


@pytest.mark.clause("KEY-2")
def test_a_key_ends_after_an_hour_and_the_stream_is_told(exchange: FakeExchange) -> None:
    key = new_key(exchange)
    with Listener(f"{exchange.stream_url}/market?listenKey={key}") as listener:
        listener.subscribe("spot.executionReport", f"{BTC}@ticker")
        exchange.clock.advance(HOUR_MS - 1)
        listener.so_far()
        exchange.clock.advance(1)
        assert listener.so_far() == [{"e": "listenKeyExpired", "E": NOW_MS + HOUR_MS, "listenKey": key}]
        exchange.clock.advance(5_000)
        assert listener.so_far() == [], "the connection stays, and says no more"
        assert listener.subscribe("ACCOUNT_UPDATE")[0]["code"] == 100400, "nor to who asks it again"


@pytest.mark.clause("KEY-2")
@pytest.mark.clause("KEY-3")
def test_a_renewed_key_lasts_an_hour_from_then_and_needs_no_other_key(exchange: FakeExchange) -> None:
    key = new_key(exchange)
    exchange.clock.advance(HOUR_MS - 1)
    assert key_request(exchange, "PUT", f"?listenKey={key}") == {"code": 0, "msg": "", "data": {}}
    exchange.clock.advance(HOUR_MS - 1)
    assert key_request(exchange, "PUT", f"?listenKey={key}")["code"] == 0
    exchange.clock.advance(HOUR_MS)
    assert key_request(exchange, "PUT", f"?listenKey={key}")["code"] == 100404


@pytest.mark.clause("KEY-3")
def test_a_key_that_is_deleted_is_none_any_more(exchange: FakeExchange) -> None:
    key = new_key(exchange)
    assert key_request(exchange, "DELETE", f"?listenKey={key}") == {"code": 0, "msg": "", "data": {}}
    assert key_request(exchange, "DELETE", f"?listenKey={key}")["code"] == 100404


def test_two_keys_of_one_user_are_two(exchange: FakeExchange) -> None:
    first, second = new_key(exchange), new_key(exchange)
    key_request(exchange, "DELETE", f"?listenKey={first}")
    assert key_request(exchange, "PUT", f"?listenKey={second}")["code"] == 0


def test_a_stream_is_not_opened_with_a_key_that_is_none(exchange: FakeExchange) -> None:
    with Listener(f"{exchange.stream_url}/market?listenKey={'0' * 64}") as listener:
        assert listener.next()["code"] == 100401
        assert listener.closed_with() == 1008


def test_an_account_is_shown_to_nobody_without_a_key(listener: Listener) -> None:
    (refused,) = listener.subscribe("spot.executionReport")
    assert (refused["code"], "listenKey" in refused["msg"]) == (100400, True)


def test_a_reset_forgets_keys(exchange: FakeExchange) -> None:
    key = new_key(exchange)
    exchange.reset()
    assert key_request(exchange, "PUT", f"?listenKey={key}")["code"] == 100404


# Orders


def reports(account: Listener) -> list[dict[str, Any]]:
    return [
        message["data"] for message in account.so_far() if message.get("dataType") == "spot.executionReport"
    ]


def test_a_resting_order_is_reported_as_it_is_placed(exchange: FakeExchange, account: Listener) -> None:
    account.subscribe("spot.executionReport")
    order = place(exchange, Side.BUY, "0.1", "50000", client_id="mine")
    assert reports(account) == [
        {
            "e": "executionReport",
            "E": NOW_MS,
            "s": BTC,
            "S": "BUY",
            "o": "LIMIT",
            "q": 0.1,
            "p": 50000,
            "x": "NEW",
            "X": "PENDING",
            "i": order.id,
            "l": 0,
            "z": 0,
            "L": 0,
            "n": 0,
            "N": "",
            "T": 0,
            "t": 0,
            "O": NOW_MS,
            "Z": 0,
            "Y": 0,
            "Q": 0,
            "m": False,
            "C": "mine",
        }
    ]


def test_each_fill_is_reported_with_what_is_filled_by_then(exchange: FakeExchange, account: Listener) -> None:
    place(exchange, Side.BUY, "0.1", "59000")
    account.subscribe("spot.executionReport")
    exchange.clock.advance(10)
    exchange.market(BTC).move("59000.5")
    exchange.market(BTC).trade("SELL", "0.00001")
    assert reports(account) == [], "the ladder stands before it"
    exchange.market(BTC).move("58000")
    (report,) = reports(account)
    fee = -0.1 * 0.001
    expected = {"x": "TRADE", "X": "FILLED", "l": 0.1, "z": 0.1, "L": 59000, "N": "BTC", "Z": 5900, "Y": 5900}
    assert expected.items() <= report.items()
    assert (report["n"], report["m"], report["T"]) == (pytest.approx(fee), True, NOW_MS + 10)


def test_a_market_order_that_meets_several_levels_is_reported_fill_by_fill(
    exchange: FakeExchange, account: Listener
) -> None:
    exchange.credit(ALICE, "spot", "BTC", 10)
    account.subscribe("spot.executionReport")
    place(exchange, Side.SELL, "0.5")
    first, *fills = reports(account)
    assert (first["x"], first["o"]) == ("NEW", "MARKET")
    assert len(fills) > 1
    assert {fill["x"] for fill in fills} == {"TRADE"}
    assert [fill["X"] for fill in fills] == ["PARTIALLY_FILLED"] * (len(fills) - 1) + ["FILLED"]
    together = 0.0
    for fill in fills:
        together += fill["l"]
        assert fill["z"] == pytest.approx(together)
    assert fills[-1]["z"] == 0.5


def test_what_is_cancelled_is_reported(exchange: FakeExchange, account: Listener) -> None:
    order = place(exchange, Side.BUY, "0.1", "50000")
    account.subscribe("spot.executionReport")
    exchange.call(lambda inner: inner.books.desk.cancel(ALICE, BTC, NOW_MS, order_id=order.id))
    (report,) = reports(account)
    assert (report["x"], report["X"], report["z"]) == ("CANCELED", "CANCELED", 0)


def test_what_trades_no_more_after_a_fill_is_reported_as_cancelled(
    exchange: FakeExchange, account: Listener
) -> None:
    exchange.credit(ALICE, "spot", "BTC", 1_000)
    account.subscribe("spot.executionReport")
    place(exchange, Side.SELL, "4", "59999.99", time_in_force=TimeInForce.IOC)
    kinds = [(report["x"], report["X"]) for report in reports(account)]
    assert kinds == [("NEW", "PENDING"), ("TRADE", "PARTIALLY_FILLED"), ("CANCELED", "CANCELED")]


def test_nobody_sees_the_orders_of_others(exchange: FakeExchange) -> None:
    exchange.credit(ALICE, "spot", "USDT", 10_000)
    with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange, 'bob-key')}") as bob:
        bob.subscribe("spot.executionReport", "ACCOUNT_UPDATE")
        place(exchange, Side.BUY, "0.1", "50000")
        assert bob.so_far() == []


# Balances


def test_subscribing_to_balances_shows_them_all_at_once(exchange: FakeExchange, account: Listener) -> None:
    _, first = account.subscribe("ACCOUNT_UPDATE")
    assert (first["e"], first["a"]["m"]) == ("ACCOUNT_UPDATE", "INIT")
    shown = {row["a"]: (row["bc"], row["cw"], row["wb"], row["lk"]) for row in first["a"]["B"]}
    held = exchange.balance(ALICE, "spot", "USDT")
    assert shown["USDT"] == ("0", f"{held.free:f}", f"{held.free:f}", "0")


def test_an_order_is_told_first_and_what_it_holds_after(exchange: FakeExchange, account: Listener) -> None:
    account.subscribe("spot.executionReport", "ACCOUNT_UPDATE")
    before = exchange.balance(ALICE, "spot", "USDT").free
    place(exchange, Side.BUY, "0.1", "50000")
    report, update = account.so_far()
    assert (report["data"]["x"], update["a"]["m"]) == ("NEW", "ORDER")
    free = f"{before - 5000:f}"
    assert update["a"]["B"] == [{"a": "USDT", "bc": "0", "cw": free, "wb": free, "lk": "5000"}]


def test_a_fill_tells_both_coins(exchange: FakeExchange, account: Listener) -> None:
    account.subscribe("ACCOUNT_UPDATE")
    before = exchange.balance(ALICE, "spot", "BTC").free
    place(exchange, Side.BUY, "0.01", "60000.05")
    (update,) = account.so_far()
    changed = {row["a"]: row["bc"] for row in update["a"]["B"]}
    assert Decimal(changed["BTC"]) == Decimal("0.01") * Decimal("0.999")
    after = exchange.balance(ALICE, "spot", "BTC").free
    assert after - before == Decimal(changed["BTC"])


@pytest.mark.parametrize(
    ("path", "amount", "reason", "change"),
    [("credit", "7", "DEPOSIT", "7"), ("debit", "7", "WITHDRAW", "-7"), ("lock", "7", "ADJUSTMENT", "0")],
)
def test_what_is_done_by_control_is_told(
    exchange: FakeExchange, account: Listener, path: str, amount: str, reason: str, change: str
) -> None:
    account.subscribe("ACCOUNT_UPDATE")
    body = json.dumps({"account": "spot", "asset": "USDT", "amount": amount}).encode()
    urlopen(
        Request(f"{exchange.control_url}/users/{ALICE}/{path}", data=body, method="POST"), timeout=10
    ).close()
    (update,) = account.so_far()
    (row,) = update["a"]["B"]
    assert (update["a"]["m"], row["a"], row["bc"]) == (reason, "USDT", change)


def test_a_transfer_is_told(exchange: FakeExchange, account: Listener) -> None:
    account.subscribe("ACCOUNT_UPDATE")
    sent = {"fromAccount": "spot", "toAccount": "fund", "asset": "USDT", "amount": "3"}
    assert Sender(exchange).call("POST", "/openApi/api/asset/v1/transfer", sent).code == 0
    (update,) = account.so_far()
    assert (update["a"]["m"], [row["bc"] for row in update["a"]["B"]]) == ("ASSET_TRANSFER", ["-3"])


# Who listens


def test_the_control_api_tells_who_listens_to_what(exchange: FakeExchange, account: Listener) -> None:
    account.subscribe("spot.executionReport", f"{BTC}@trade")
    with Listener(f"{exchange.stream_url}/swap-market"), urlopen(f"{exchange.control_url}/streams") as reply:
        mine, other = json.load(reply)
    assert (mine["product"], mine["uid"], other["product"], other["uid"]) == ("spot", ALICE, "swap", None)
    assert mine["topics"] == ["spot.executionReport", f"{BTC}@trade"]
    assert (mine["address"], mine["sent"], other["sent"]) == ("127.0.0.1", 3, 0)
    assert "listenKey" not in str(mine)


# Where documents disagree


@pytest.mark.parametrize("profile", PROFILES)
def test_profiles_report_in_their_own_types_and_words(profile: str) -> None:
    with FakeExchange(profile=profile, frozen_at_ms=NOW_MS) as exchange:
        exchange.credit(ALICE, "spot", "USDT", 10_000)
        with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}") as account:
            account.subscribe("spot.executionReport", "ACCOUNT_UPDATE")
            place(exchange, Side.BUY, "0.1", "50000")
            report, update = account.so_far()
    of_r = profile in ("skill", "reference")
    assert report["data"]["X"] == ("NEW" if of_r else "PENDING")
    assert report["data"]["q"] == ("0.1" if of_r else 0.1)
    (row,) = update["a"]["B"]
    held_too = profile == "docs-site"
    assert Decimal(row["cw"]) == exchange_total(row, held_too=held_too)


def exchange_total(row: dict[str, str], *, held_too: bool) -> Decimal:
    """What the example state's alice has in spot after 10,000 more, with or without what is held."""
    everything = Decimal(row["cw"]) if held_too else Decimal(row["cw"]) + Decimal(row["lk"])
    assert everything >= 10_000
    return everything if held_too else everything - Decimal(5000)
