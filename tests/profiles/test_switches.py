"""Every switchable variation, switched alone: what the exchange then takes, refuses or says."""

import json
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from profiles.test_coin_switches import SHAPES as COIN_SHAPES
from profiles.test_swap_switches import SHAPES as SWAP_SHAPES
from support.sender import (
    BOB,
    CANCEL_ALL_AFTER,
    CANCEL_OPEN_ORDERS,
    CANCEL_ORDER,
    COINS,
    COMMISSION_RATE,
    FUND_BALANCE,
    INNER_TRANSFER,
    NOW_MS,
    OPEN_ORDERS,
    ORDER_HISTORY,
    OVERVIEW,
    PLACE_OCO,
    PLACE_ORDER,
    QUERY_ORDER,
    REPLACE_ORDER,
    SPOT_BALANCE,
    TRANSFER,
    TRANSFER_RECORDS,
    TRANSFERS,
    Reply,
    Sender,
    hmac_hex,
    pairs,
)

from bingx_client import APIError, Client
from bingx_contracts import VARIATIONS
from bingx_fake import FakeExchange

ASSET = {"asset": "USDT", "amount": "1"}
BY_TYPE = {"type": "FUND_PFUTURES"}
BY_ACCOUNTS = {"fromAccount": "fund", "toAccount": "USDTMPerp"}
REFUSED, WRONG_SIGNATURE, TOO_LATE, LIMITED = 100400, 100001, 100421, 100410


class Case(NamedTuple):
    """Under this answer, this request gets this code."""

    variation: str
    answer: str
    what: str
    ask: Callable[[Sender], Reply]
    code: int | None


def in_order(*names: str, sign_sorted: bool = True) -> Callable[[Sender], Reply]:
    def ask(sender: Sender) -> Reply:
        values = {"asset": "USDT", "timestamp": NOW_MS}
        signed = pairs(
            dict(sorted(values.items())) if sign_sorted else {name: values[name] for name in names}
        )
        query = (
            f"{pairs({name: values[name] for name in names})}&signature={hmac_hex('alice-secret', signed)}"
        )
        return sender.raw("GET", f"{FUND_BALANCE}?{query}", headers={"X-BX-APIKEY": "alice-key"})

    return ask


def spot(**parameters: object) -> Callable[[Sender], Reply]:
    return lambda sender: sender.get(SPOT_BALANCE, **parameters)


def at(timestamp: int, **parameters: object) -> Callable[[Sender], Reply]:
    return lambda sender: sender.call("GET", SPOT_BALANCE, parameters, timestamp=timestamp)


def transfer(direction: dict[str, str]) -> Callable[[Sender], Reply]:
    return lambda sender: sender.post(TRANSFER, **direction, **ASSET)


def get(path: str, **parameters: object) -> Callable[[Sender], Reply]:
    return lambda sender: sender.get(path, **parameters)


def inner(wallet: int) -> Callable[[Sender], Reply]:
    return lambda sender: sender.post(
        INNER_TRANSFER,
        coin="USDT",
        amount="1",
        userAccountType=1,
        userAccount=BOB,
        walletType=wallet,
    )


def order(**parameters: object) -> Callable[[Sender], Reply]:
    given = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "50000"}
    return lambda sender: sender.post(PLACE_ORDER, **given | parameters)


def cancel_again(sender: Sender) -> Reply:
    placed = order()(sender).data
    sender.post(CANCEL_ORDER, symbol="BTC-USDT", orderId=placed["orderId"])
    return sender.post(CANCEL_ORDER, symbol="BTC-USDT", orderId=placed["orderId"])


def cancel_nothing(sender: Sender) -> Reply:
    return sender.post(CANCEL_ORDER, symbol="BTC-USDT", orderId="1")


sorted_alone = in_order("timestamp", "asset")
as_sent_alone = in_order("timestamp", "asset", sign_sorted=False)
CASES = [
    Case("V1", "sorted", "signed sorted", sorted_alone, 0),
    Case("V1", "sorted", "signed as sent", as_sent_alone, WRONG_SIGNATURE),
    Case("V1", "as-sent", "signed sorted", sorted_alone, WRONG_SIGNATURE),
    Case("V1", "as-sent", "signed as sent", as_sent_alone, 0),
    Case("V1", "any", "signed sorted", sorted_alone, 0),
    Case("V1", "any", "signed as sent", as_sent_alone, 0),
    Case("V2", "5000", "60000", spot(recvWindow=60_000), REFUSED),
    Case("V2", "60000", "60000", spot(recvWindow=60_000), 0),
    Case("V2", "60000", "60001", spot(recvWindow=60_001), REFUSED),
    Case("V2", "60000", "as old as that", at(NOW_MS - 60_000, recvWindow=60_000), 0),
    Case("V2", "60000", "older than that", at(NOW_MS - 60_001, recvWindow=60_000), TOO_LATE),
    Case("V3", "refused", "0", spot(recvWindow=0), REFUSED),
    Case("V3", "default", "0", spot(recvWindow=0), 0),
    Case("V3", "default", "as old as the default", at(NOW_MS - 5000, recvWindow=0), 0),
    Case("V3", "default", "older than the default", at(NOW_MS - 5001, recvWindow=0), TOO_LATE),
    Case("V4", "type", "by type", transfer(BY_TYPE), 0),
    Case("V4", "type", "by accounts", transfer(BY_ACCOUNTS), REFUSED),
    Case("V4", "accounts", "by type", transfer(BY_TYPE), REFUSED),
    Case("V4", "accounts", "by accounts", transfer(BY_ACCOUNTS), 0),
    Case("V4", "any", "by type", transfer(BY_TYPE), 0),
    Case("V4", "any", "by accounts", transfer(BY_ACCOUNTS), 0),
    Case("V11", "none", "without accounts", get(COINS), 0),
    Case("V11", "none", "with accounts", get(COINS, **BY_ACCOUNTS), 0),
    Case("V11", "accounts", "without accounts", get(COINS), REFUSED),
    Case("V11", "accounts", "with accounts", get(COINS, **BY_ACCOUNTS), 0),
    Case("V11", "any", "without accounts", get(COINS), 0),
    Case("V12", "type", "by type", get(TRANSFER_RECORDS, **BY_TYPE), 0),
    Case("V12", "type", "by nothing", get(TRANSFER_RECORDS), 0),
    Case("V12", "accounts-or-transferId", "by type", get(TRANSFER_RECORDS, **BY_TYPE), REFUSED),
    Case("V12", "accounts-or-transferId", "by accounts", get(TRANSFER_RECORDS, **BY_ACCOUNTS), 0),
    Case("V12", "accounts-or-transferId", "by transferId", get(TRANSFER_RECORDS, transferId=1), 0),
    Case("V12", "accounts-or-transferId", "by tranId", get(TRANSFER_RECORDS, tranId=1), REFUSED),
    Case("V12", "accounts-or-tranId", "by tranId", get(TRANSFER_RECORDS, tranId=1), 0),
    Case("V12", "accounts-or-tranId", "by transferId", get(TRANSFER_RECORDS, transferId=1), REFUSED),
    Case("V12", "any", "by tranId", get(TRANSFER_RECORDS, tranId=1), 0),
    Case("V15", "1,2", "2", inner(2), 100202),
    Case("V15", "1,2", "3", inner(3), REFUSED),
    Case("V15", "1,2,3", "3", inner(3), 0),
    Case("V15", "1,2,3", "15", inner(15), REFUSED),
    Case("V15", "1,2,3,15", "15", inner(15), 0),
    Case("V15", "1,2,3,15", "4", inner(4), REFUSED),
    Case("V15", "4-for-spot", "4", inner(4), 0),
    Case("V15", "4-for-spot", "15", inner(15), REFUSED),
    Case("V15", "any", "4", inner(4), 0),
    Case("V28", "100404", "finished", cancel_again, 100404),
    Case("V28", "100404", "unknown", cancel_nothing, 100404),
    Case("V28", "100400-100421", "finished", cancel_again, 100400),
    Case("V28", "100400-100421", "unknown", cancel_nothing, 100421),
    Case("V40", "cut", "a thousandth of a tick", order(price="50000.00001"), 0),
    Case("V40", "refused", "a thousandth of a tick", order(price="50000.00001"), 110425),
    Case("V40", "refused", "a tenth of a step", order(quantity="0.001001"), 110425),
    Case("V40", "refused", "whole steps", order(price="50000.010", quantity="0.00100"), 0),
    Case("V18", "refused", "ahead", at(NOW_MS + 5001), TOO_LATE),
    Case("V18", "accepted", "ahead", at(NOW_MS + 3_600_000), 0),
    Case("V18", "accepted", "behind", at(NOW_MS - 5001), TOO_LATE),
]


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.variation}={case.answer}: {case.what}" for case in CASES]
)
def test_a_request_gets_what_the_answer_says(sender: Sender, case: Case) -> None:
    sender.exchange.change_profile(vary={case.variation: case.answer})
    assert case.ask(sender).code == case.code


def test_an_exchange_that_knows_no_accounts_ignores_them(sender: Sender) -> None:
    sender.exchange.change_profile(vary={"V12": "type"})
    sender.post(TRANSFER, type="PFUTURES_FUND", **ASSET)
    rows = sender.get(TRANSFER_RECORDS, **BY_ACCOUNTS).json["rows"]
    assert [row["type"] for row in rows] == ["PFUTURES_FUND"]


def read_from(address: int, sender: Sender) -> int:
    """Read the fund balance from one of this machine's loopback addresses, each with its own limit."""
    text = f"timestamp={NOW_MS}"
    parts = urlsplit(sender.base_url)
    source = (f"127.0.0.{address}", 0)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=10, source_address=source)
    try:
        path = f"{FUND_BALANCE}?{text}&signature={hmac_hex('alice-secret', text)}"
        connection.request("GET", path, headers={"X-BX-APIKEY": "alice-key"})
        return int(json.loads(connection.getresponse().read())["code"])
    finally:
        connection.close()


@pytest.mark.parametrize("variation", ["V16", "V25"])
@pytest.mark.parametrize(("answer", "taken"), [("reference", 2), ("docs-site", 10)])
def test_v25_and_v16_that_it_took_in_say_how_often_a_user_may_read_the_fund_balance(
    variation: str, answer: str, taken: int
) -> None:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True, vary={variation: answer}) as exchange:
        sender = Sender(exchange)
        codes = [read_from(address, sender) for address in range(2, 14)]
    assert codes == [0] * taken + [LIMITED] * (12 - taken)


def public(target: str) -> Callable[[Sender], Reply]:
    return lambda sender: sender.raw("GET", target)


MARKET = "/openApi/spot/v1"
OLD_TRADES = "/openApi/market/his/v1/trade"
STATES = {"apiStateBuy", "apiStateSell", "timeOnline", "offTime", "maintainTime"}
DAY = public(f"{MARKET}/market/kline?symbol=BTC-USDT&interval=1d&limit=1")
BEST = public(f"{MARKET}/ticker/bookTicker?symbol=BTC-USDT")
TRADE = public(f"{OLD_TRADES}?symbol=BTC-USDT&limit=1")


def with_a_perpetual(sender: Sender) -> Reply:
    market = {"product": "swap", "symbol": "BTC-USDT", "tick": "0.1", "step": "0.001", "price": 60000}
    sender.exchange.load(sender.exchange.state | {"markets": [market]})
    return sender.raw("GET", "/openApi/swap/v2/quote/contracts")


def first(answer: Any) -> Any:
    return answer["data"][0]


def is_rising(answer: Any) -> bool:
    prices = [float(price) for price, _ in answer["data"]["asks"]]
    return prices == sorted(prices)


def then(first: Callable[[Sender], Reply], path: str, **parameters: object) -> Callable[[Sender], Reply]:
    """The answer to a signed read or write of orders, after another."""

    def ask(sender: Sender) -> Reply:
        assert first(sender).code == 0
        method = "GET" if path in (QUERY_ORDER, OPEN_ORDERS, ORDER_HISTORY) else "POST"
        return sender.call(method, path, {"symbol": "BTC-USDT", **parameters})

    return ask


ONE = order(newClientOrderId="one")
REPLACING = {
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.001",
    "price": "40000",
    "cancelClientOrderID": "one",
    "cancelReplaceMode": "STOP_ON_FAILURE",
}
COUNTDOWN = {"type": "ACTIVATE", "timeOut": "10"}
PAIR = {
    "symbol": "BTC-USDT",
    "side": "BUY",
    "quantity": "0.001",
    "limitPrice": "48000",
    "triggerPrice": "62000",
    "orderPrice": "62500",
}


def trigger_names(answer: Any) -> set[str]:
    return set(answer["data"]) & {"stopPrice", "StopPrice"}


def post(path: str, **parameters: object) -> Callable[[Sender], Reply]:
    return lambda sender: sender.post(path, **parameters)


SHAPES: list[tuple[str, str, Callable[[Sender], Reply], Callable[[Any], object], object]] = [
    *(
        (
            *("V29", answer, public(f"{MARKET}/common/symbols")),
            *(lambda a: set(a["data"]["symbols"][0]) >= STATES, seen),
        )
        for answer, seen in (("eight", False), ("with-states", True))
    ),
    *(
        ("V45", answer, public(f"{MARKET}/market/depth?symbol=BTC-USDT"), is_rising, seen)
        for answer, seen in (("best-first", True), ("worst-first", False))
    ),
    *(
        ("V47", answer, DAY, lambda a: first(a)[0] // 3_600_000 % 24, hour)
        for answer, hour in (("utc+8", 16), ("utc", 0))
    ),
    *(
        ("V48", answer, public(f"{MARKET}/ticker/24hr"), lambda a: type(first(a)["askQty"]), kind)
        for answer, kind in (("numbers", float), ("strings", str))
    ),
    *(
        ("V50", answer, BEST, lambda a: set(first(a)) & {"bidVolume", "bidQty"}, seen)
        for answer, seen in (
            ("bidVolume", {"bidVolume"}),
            ("bidQty", {"bidQty"}),
            ("all", {"bidVolume", "bidQty"}),
        )
    ),
    *(
        ("V51", answer, TRADE, lambda a: len(str(first(a).get("t", ""))), digits)
        for answer, digits in (("tid-ms", 13), ("tid-s", 10), ("id", 0))
    ),
    *(
        ("V52", answer, with_a_perpetual, lambda a: type(first(a)["feeRate"]), kind)
        for answer, kind in (("numbers", float), ("fee-rate-string", str))
    ),
    *(
        ("V37", answer, then(ONE, CANCEL_OPEN_ORDERS), lambda a: type(a["data"]["orders"][0]["price"]), kind)
        for answer, kind in (("strings", str), ("numbers", int))
    ),
    *(
        ("V38", answer, then(ONE, QUERY_ORDER, clientOrderID="one"), trigger_names, names)
        for answer, names in (
            ("stopPrice", {"stopPrice"}),
            ("StopPrice", {"StopPrice"}),
            ("both", {"stopPrice", "StopPrice"}),
        )
    ),
    *(
        (
            *("V39", answer, get(COMMISSION_RATE, symbol="BTC-USDT")),
            *(lambda a: (type(a["data"]["makerCommissionRate"]), "symbol" in a["data"]), seen),
        )
        for answer, seen in (("numbers", (float, False)), ("strings", (str, True)))
    ),
    *(
        (
            *("V41", answer, post(CANCEL_ALL_AFTER, **COUNTDOWN)),
            *(lambda a: (a["data"]["triggerTime"], "status" in a["data"]), seen),
        )
        for answer, seen in (
            ("seconds-with-status", (NOW_MS // 1000 + 10, True)),
            ("milliseconds", (NOW_MS + 10_000, False)),
        )
    ),
    *(
        ("V42", answer, then(ONE, REPLACE_ORDER, **REPLACING), lambda a, name=answer: name in a["data"], True)
        for answer in ("orderOpenResponse", "newOrderResponse")
    ),
    *(
        ("V43", answer, post(PLACE_OCO, **PAIR), lambda a: type(a["data"]), kind)
        for answer, kind in (("legs", list), ("object", dict))
    ),
    *(
        (
            *("V44", answer, then(ONE, ORDER_HISTORY)),
            *(lambda a: (type(a["data"]["orders"][0]["fee"]), "total" in a["data"]), seen),
        )
        for answer, seen in (
            ("fee-number", (int, False)),
            ("fee-string", (str, False)),
            ("total", (str, True)),
        )
    ),
    (
        "V5",
        "data.tranId",
        transfer(BY_TYPE),
        lambda a: (set(a["data"]), "transferId" in a),
        ({"tranId"}, False),
    ),
    (
        *("V5", "data.tranId+transferId", transfer(BY_TYPE)),
        *(lambda a: (set(a["data"]), "transferId" in a), ({"tranId", "transferId"}, False)),
    ),
    ("V5", "transferId", transfer(BY_TYPE), set, {"transferId"}),
    (
        "V5",
        "all",
        transfer(BY_TYPE),
        lambda a: (set(a["data"]), "transferId" in a),
        ({"tranId", "transferId"}, True),
    ),
    ("V7", "data.data.balance", get(FUND_BALANCE), lambda a: set(a["data"]), {"data"}),
    ("V7", "data.balance", get(FUND_BALANCE), lambda a: set(a["data"]), {"balance"}),
    ("V7", "data.balances", get(FUND_BALANCE), lambda a: set(a["data"]), {"balances"}),
    ("V7", "data.assets", get(FUND_BALANCE), lambda a: set(a["data"]), {"assets"}),
    ("V7", "all", get(FUND_BALANCE), lambda a: set(a["data"]), {"balances", "balance", "assets", "data"}),
    ("V8", "list", get(OVERVIEW), lambda a: type(a["data"]), list),
    ("V8", "data.result", get(OVERVIEW), lambda a: set(a["data"]), {"result", "pageId", "total"}),
    ("V9", "bare", get(TRANSFERS, **BY_TYPE), set, {"total", "rows"}),
    ("V9", "bare", get(TRANSFER_RECORDS), set, {"total", "rows"}),
    ("V9", "enveloped", get(TRANSFERS, **BY_TYPE), lambda a: set(a["data"]), {"total", "rows"}),
    ("V9", "enveloped", get(TRANSFER_RECORDS), set, {"total", "rows"}),
    ("V9", "list", get(TRANSFER_RECORDS), lambda a: type(a["data"]), list),
    ("V9", "list", get(TRANSFERS, **BY_TYPE), set, {"total", "rows"}),
    ("V9", "all", get(TRANSFERS, **BY_TYPE), set, {"code", "msg", "total", "rows", "data"}),
    ("V10", "list", get(COINS), lambda a: set(a["data"][0]), {"coin", "name"}),
    ("V10", "data.coins", get(COINS), lambda a: set(a["data"]["coins"][0]), {"asset", "amount"}),
    ("V10", "all", get(COINS), lambda a: set(a["data"][0]), {"coin", "name", "asset", "amount"}),
    ("V13", "sopt", get(OVERVIEW), lambda a: a["data"][0]["accountType"], "sopt"),
    ("V13", "spot", get(OVERVIEW), lambda a: a["data"][0]["accountType"], "spot"),
    ("V14", "string", inner(1), lambda a: type(a["data"]["id"]), str),
    ("V14", "int", inner(1), lambda a: type(a["data"]["id"]), int),
]


@pytest.mark.parametrize(
    ("variation", "answer", "ask", "look", "seen"),
    SHAPES,
    ids=[f"{variation}={answer}" for variation, answer, *_ in SHAPES],
)
def test_an_answer_has_the_shape_that_the_register_names(
    sender: Sender,
    variation: str,
    answer: str,
    ask: Callable[[Sender], Reply],
    look: Callable[[Any], object],
    seen: object,
) -> None:
    sender.exchange.change_profile(vary={variation: answer})
    assert look(ask(sender).json) == seen


FAILURES: dict[str, dict[str, Any]] = {
    "code": {"code": 100202},
    "transferErrorMsg": {"transferErrorMsg": "Insufficient assets"},
    "data.transferErrorMsg": {"code": 0, "data": {"transferErrorMsg": "Insufficient assets"}},
}


@pytest.mark.parametrize("dialect", FAILURES)
@pytest.mark.parametrize("path", [TRANSFER, "/openApi/api/v3/asset/transfer"])
def test_v6_says_how_a_transfer_fails_and_it_moves_nothing(sender: Sender, dialect: str, path: str) -> None:
    sender.exchange.change_profile(vary={"V6": dialect})
    before = sender.exchange.state
    answer = sender.post(path, **BY_TYPE, asset="USDT", amount="100000").json
    assert answer.items() >= FAILURES[dialect].items()
    assert sender.exchange.state == before


@pytest.mark.parametrize("dialect", FAILURES)
@pytest.mark.parametrize(("asset", "amount"), [("USDT", "100000"), ("XRP", "1")])
def test_our_client_raises_for_every_dialect_of_failure(
    exchange: FakeExchange, bingx_client: Client, dialect: str, asset: str, amount: str
) -> None:
    exchange.change_profile(vary={"V6": dialect})
    with pytest.raises(APIError):
        bingx_client.transfer(asset, amount, type="FUND_PFUTURES")
    assert len(exchange.requests) == 1


@pytest.mark.parametrize(
    ("answer", "statuses"), [("200", [200, 200, 200, 200]), ("4xx", [401, 403, 403, 200])]
)
def test_v21_says_with_which_http_status_a_refusal_comes(answer: str, statuses: list[int]) -> None:
    user = {
        "uid": 1,
        "keys": [
            {"key": "plain-key", "secret": "plain-secret", "permissions": []},
            {"key": "far-key", "secret": "far-secret", "permissions": [], "ips": ["192.0.2.1"]},
        ],
    }
    with FakeExchange({"users": [user]}, vary={"V21": answer}, frozen_at_ms=NOW_MS) as exchange:
        sender = Sender(exchange)
        replies = [sender.call("GET", SPOT_BALANCE, key=key) for key in ("no-key", "plain-key", "far-key")]
        replies.append(sender.call("GET", SPOT_BALANCE, key="plain-key", secret="another"))
    assert [reply.code for reply in replies] == [100413, 100004, 100419, 100001]
    assert [reply.status for reply in replies] == statuses


@pytest.mark.parametrize(("answer", "status"), [("200", 200), ("4xx", 429)])
def test_v21_goes_for_rate_limits_too(answer: str, status: int) -> None:
    with FakeExchange(rate_limits=True, vary={"V21": answer}, frozen_at_ms=NOW_MS) as exchange:
        replies = [Sender(exchange).get(COINS) for _ in range(3)]
    assert (replies[2].code, replies[2].status) == (LIMITED, status)


@pytest.mark.parametrize(("answer", "code"), [("first-answer-again", 0), ("always-refused", REFUSED)])
def test_v22_says_what_a_repeated_client_id_gets(sender: Sender, answer: str, code: int) -> None:
    sender.exchange.change_profile(vary={"V22": answer})
    request = {"coin": "USDT", "amount": "1", "userAccountType": 1, "userAccount": BOB, "walletType": 1}
    replies = [sender.post(INNER_TRANSFER, **request, transferClientId="a1") for _ in range(2)]
    assert [reply.code for reply in replies] == [0, code]
    assert sender.exchange.balance(BOB, "fund", "USDT").free == 501


def test_every_answer_of_every_switchable_variation_is_switched_here() -> None:
    switched = {(case.variation, case.answer) for case in CASES}
    switched |= {(variation, answer) for variation, answer, *_ in SHAPES}
    switched |= {("V6", dialect) for dialect in FAILURES}
    switched |= {("V25", "reference"), ("V25", "docs-site"), ("V21", "200"), ("V21", "4xx")}
    switched |= {("V22", "first-answer-again"), ("V22", "always-refused")}
    switched |= {(variation, answer) for variation, answer, *_ in (*SWAP_SHAPES, *COIN_SHAPES)}
    switched |= {("V63", "orders"), ("V63", "positions")}  # test_swap_switches.py
    switched |= {("V88", answer) for answer in ("tables", "examples", "all")}  # test_agent_switches.py
    switched |= {("V90", answer) for answer in ("dates", "milliseconds", "any")}
    # In pushes (tests/streams/test_account.py):
    switched |= {("V36", "five"), ("V36", "as-in-orders"), ("V100", "strings"), ("V100", "numbers")}
    switched |= {("V101", "totals"), ("V101", "free"), ("V93", "60"), ("V93", "240")}
    assert switched == {
        (variation.id, answer.name)
        for variation in VARIATIONS.values()
        if variation.is_switchable
        for answer in variation.answers
    }
