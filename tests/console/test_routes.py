"""What the console is made of, over HTTP: the page's files, and what it reads."""

import re
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
import requests
from support.pages import PAGES, rows_of
from support.sender import (
    ALICE,
    BOB,
    FUND_BALANCE,
    INNER_TRANSFER,
    NOW_MS,
    PLACE_OCO,
    PLACE_ORDER,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    Sender,
)

from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange
from bingx_fake.faults.kinds import KINDS
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType
from bingx_fake.venue.order_book import Side

FILES = [file.name for file in resources.files("bingx_fake.control.console").joinpath("assets").iterdir()]
FAULTS_SHOWN = rows_of(PAGES["docs/faults.md"])


def ask(exchange: FakeExchange, path: str, **options: Any) -> requests.Response:
    return requests.get(f"{exchange.control_url}{path}", timeout=10, **options)


def read(exchange: FakeExchange, path: str) -> Any:
    answer = ask(exchange, path)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("path", ["/", *(f"/console/{name}" for name in FILES)])
def test_files_come_with_a_policy_that_lets_nothing_in_from_outside(
    exchange: FakeExchange, path: str
) -> None:
    answer = ask(exchange, path)
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert answer.status_code == 200
    assert {"default-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} <= set(
        policy
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("path", "content_type"),
    [("/", "text/html"), ("/console/console.css", "text/css"), ("/console/console.js", "text/javascript")],
)
def test_files_say_what_they_are(exchange: FakeExchange, path: str, content_type: str) -> None:
    assert ask(exchange, path).headers["Content-Type"] == f"{content_type}; charset=utf-8"


def test_no_file_names_anything_outside(exchange: FakeExchange) -> None:
    for name in FILES:
        named = set(
            re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", ask(exchange, f"/console/{name}").text)
        )
        assert named <= {"http://www.w3.org/2000/svg"}, name


@pytest.mark.parametrize("path", ["/console/nothing.js", "/console/..%2fviews.py", "/console/views.py"])
def test_other_files_are_not_there(exchange: FakeExchange, path: str) -> None:
    assert ask(exchange, path).status_code == 404


@pytest.mark.parametrize("path", ["/", "/events", "/console/users"])
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_a_web_page_elsewhere_gets_none_of_it(
    exchange: FakeExchange, path: str, headers: dict[str, str]
) -> None:
    assert ask(exchange, path, headers=headers).status_code == 403


# What it reads


@pytest.mark.parametrize(
    "path",
    [
        "/console/users",
        "/console/faults",
        "/console/journal",
        "/console/profile",
        "/console/orders",
        "/console/positions",
    ],
)
def test_nothing_that_the_page_reads_holds_a_secret(exchange: FakeExchange, path: str) -> None:
    assert "-secret" not in ask(exchange, path).text


def test_a_secret_that_was_sent_by_mistake_is_covered(exchange: FakeExchange, sender: Sender) -> None:
    sender.call("GET", SPOT_BALANCE, {"secret": "alice-secret", "bob-secret": "1"})
    entry = read(exchange, "/console/requests/r1")
    assert entry["parameters"]["secret"] == "****"
    assert "-secret" not in str(entry)
    assert ask(exchange, "/console/requests/r2").status_code == 404


def test_users_come_with_their_keys_names_and_every_digit(exchange: FakeExchange) -> None:
    exchange.credit(ALICE, "fund", "BTC", "0.00000000000000000001")
    first = read(exchange, "/console/users")["users"][0]
    assert (first["uid"], first["email"], first["kind"]) == ("16779999", "alice@example.com", "main")
    assert first["keys"][1] == {"key": "alice-read-key", "permissions": ["read"]}
    held = {"account": "fund", "asset": "BTC", "free": "0.50000000000000000001", "locked": "0.1"}
    assert held in first["balances"]


@pytest.mark.parametrize(("find", "found"), [("", 3), ("1678", 2), ("CAROL", 1), ("dave", 0)])
def test_users_are_found_by_uid_and_address(exchange: FakeExchange, find: str, found: int) -> None:
    answer = read(exchange, f"/console/users?find={find}")
    assert (answer["count"], len(answer["users"])) == (found, found)


def test_of_many_users_the_first_are_shown_and_all_are_counted() -> None:
    with FakeExchange(state={"users": [{"uid": number} for number in range(1, 251)]}) as exchange:
        answer = read(exchange, "/console/users")
    assert (answer["count"], len(answer["users"])) == (250, 100)


def test_ids_that_a_browser_would_round_are_text(exchange: FakeExchange, sender: Sender) -> None:
    sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="1.5")
    receiver = {"userAccountType": 1, "userAccount": BOB, "walletType": 1}
    sender.post(INNER_TRANSFER, coin="USDT", amount="2", transferClientId="rent1", **receiver)
    answer = read(exchange, "/console/transfers")
    own, inner = answer["transfers"][0], answer["inner"][0]
    assert re.fullmatch(r"1800000\d{12}", own.pop("id"))
    assert re.fullmatch(r"1800000\d{12}", inner.pop("id"))
    common = {"uid": str(ALICE), "at": NOW_MS, "asset": "USDT", "from": "fund"}
    assert own == {**common, "to": "USDTMPerp", "amount": "1.5"}
    assert inner == {**common, "to_uid": str(BOB), "amount": "2", "client_id": "rent1", "status": 6}


def test_the_latest_transfers_come_first(exchange: FakeExchange, sender: Sender) -> None:
    for amount in range(1, 104):
        sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=f"0.{amount}")
    amounts = [transfer["amount"] for transfer in read(exchange, "/console/transfers")["transfers"]]
    assert (len(amounts), amounts[0], amounts[-1]) == (100, "0.103", "0.4")


LIMIT = {"symbol": "ETH-USDT", "type": "LIMIT"}


def place(sender: Sender, **order: Any) -> str:
    return str(sender.post(PLACE_ORDER, **LIMIT, **order).data["orderId"])


def trade_with_bob(exchange: FakeExchange) -> tuple[str, str, str]:
    """Bob sells alice a half of what he offers; the ids of his order, and of hers, of which one rests."""
    exchange.credit(BOB, "spot", "ETH", 1)
    alice = Sender(exchange)
    asked = LIMIT | {"side": "SELL", "quantity": "0.02", "price": "3000", "newClientOrderId": "bobs"}
    bobs = alice.call("POST", PLACE_ORDER, asked, key="bob-key").data["orderId"]
    filled = place(alice, side="BUY", quantity="0.01", price="3000")
    return str(bobs), filled, place(alice, side="BUY", quantity="0.02", price="2990.5")


def test_orders_that_may_still_trade_come_newest_first_with_whose_they_are(exchange: FakeExchange) -> None:
    bobs, _, rests = trade_with_bob(exchange)
    answer = read(exchange, "/console/orders")
    assert answer["count"] == 2
    newest, oldest = answer["open"]
    assert (newest["id"], newest["uid"]) == (rests, str(ALICE))
    assert (newest["price"], newest["quantity"], newest["filled"]) == ("2990.5", "0.02", "0")
    assert (oldest["id"], oldest["uid"], oldest["filled"]) == (bobs, str(BOB), "0.01")
    assert (oldest["side"], oldest["type"], oldest["client_id"]) == ("SELL", "LIMIT", "bobs")


def test_fills_come_newest_first_for_each_of_both_sides(exchange: FakeExchange) -> None:
    bobs, filled, _ = trade_with_bob(exchange)
    fills = read(exchange, "/console/orders")["fills"]
    common = {"at": NOW_MS, "product": "spot", "symbol": "ETH-USDT", "price": "3000", "quantity": "0.01"}
    assert len({fill.pop("id") for fill in fills}) == 1, "it is one trade"
    bought = {
        "order": filled,
        "uid": str(ALICE),
        "side": "BUY",
        "fee": "0.00001 ETH",
        "maker": False,
    }
    sold = {"order": bobs, "uid": str(BOB), "side": "SELL", "fee": "0.03 USDT", "maker": True}
    assert sorted(fills, key=str) == sorted([common | bought, common | sold], key=str)
    exchange.clock.advance(1000)
    place(Sender(exchange), side="BUY", quantity="0.005", price="3001")
    assert read(exchange, "/console/orders")["fills"][0]["at"] == NOW_MS + 1000


@pytest.mark.parametrize(("find", "uid"), [("BOB@", BOB), ("1677", ALICE)])
def test_orders_of_one_user_are_found_by_uid_and_address(exchange: FakeExchange, find: str, uid: int) -> None:
    trade_with_bob(exchange)
    answer = read(exchange, f"/console/orders?find={find}")
    assert answer["count"] == 1
    assert {row["uid"] for row in [*answer["open"], *answer["fills"]]} == {str(uid)}


def test_of_many_orders_the_latest_are_shown_and_all_are_counted(
    exchange: FakeExchange, sender: Sender
) -> None:
    ids = [place(sender, side="SELL", quantity="0.01", price=str(4000 + number)) for number in range(103)]
    answer = read(exchange, "/console/orders")
    assert (answer["count"], [row["id"] for row in answer["open"]]) == (103, ids[:2:-1])


def test_an_order_that_waits_and_a_pair_say_so(exchange: FakeExchange, sender: Sender) -> None:
    stop = {"symbol": "ETH-USDT", "side": "SELL", "type": "TAKE_STOP_MARKET", "stopPrice": "2900"}
    sender.post(PLACE_ORDER, quantity="0.1", **stop)
    pair = {"limitPrice": "3100", "triggerPrice": "2800", "orderPrice": "2790"}
    oco = sender.post(PLACE_OCO, symbol="ETH-USDT", side="SELL", quantity="0.1", **pair)
    assert oco.code == 0
    rows = read(exchange, "/console/orders")["open"]
    waiting = next(row for row in rows if row["type"] == "TAKE_STOP_MARKET")
    assert (waiting["has_limit"], waiting["stop"], waiting["oco"]) == (False, "2900", None)
    assert len({row["oco"] for row in rows if row is not waiting}) == 1
    assert all(row["has_limit"] for row in rows if row is not waiting)


def test_orders_and_fills_on_perpetuals_stand_among_the_others(
    exchange: FakeExchange, sender: Sender
) -> None:
    first = place(sender, side="BUY", quantity="0.01", price="2990")
    placed = place_perps(exchange)
    answer = read(exchange, "/console/orders")
    assert answer["count"] == 3
    stop, rests, spot = answer["open"]
    assert [row["id"] for row in (stop, rests, spot)] == [*placed[:0:-1], first]
    assert [row["product"] for row in (stop, rests, spot)] == ["swap", "swap", "spot"]
    assert (rests["price"], rests["quantity"], rests["has_limit"]) == ("2990", "0.02", True)
    assert (stop["stop"], stop["has_limit"], "price" in stop) == ("2800", False, False)
    (fill,) = answer["fills"]
    assert (fill["product"], fill["order"], fill["fee"]) == ("swap", placed[0], "0.01500005 USDT")
    bid = read(exchange, "/console/markets/swap/ETH-USDT")["bids"]
    assert not any(level["users"] for level in bid), "2990 is not among the best prices"


def place_perps(exchange: FakeExchange) -> list[str]:
    """Alice is long of 0.01 ETH, wants more, and has a stop; the ids of these orders."""
    orders = (
        NewPerpOrder(symbol="ETH-USDT", side=Side.BUY, type=PerpType.MARKET, quantity=Decimal("0.01")),
        NewPerpOrder(
            symbol="ETH-USDT",
            side=Side.BUY,
            type=PerpType.LIMIT,
            quantity=Decimal("0.02"),
            price=Decimal(2990),
        ),
        NewPerpOrder(
            symbol="ETH-USDT",
            side=Side.SELL,
            type=PerpType.STOP_MARKET,
            quantity=Decimal("0.01"),
            stop=Decimal(2800),
        ),
    )

    def put(inner: Exchange) -> list[str]:
        return [str(inner.books.swap.place(ALICE, new, NOW_MS).id) for new in orders]

    return exchange.call(put)


def hold(exchange: FakeExchange, uid: int, symbol: str, side: Side, quantity: str) -> None:
    """Have somebody open a position at the best price."""
    new = NewPerpOrder(symbol=symbol, side=side, type=PerpType.MARKET, quantity=Decimal(quantity))
    exchange.call(lambda inner: inner.books.swap.place(uid, new, inner.clock.now_ms()))


def test_positions_come_newest_first_with_the_mark_that_liquidates_each(exchange: FakeExchange) -> None:
    exchange.credit(BOB, "USDTMPerp", "USDT", 100)
    hold(exchange, ALICE, "BTC-USDT", Side.BUY, "0.005")
    hold(exchange, BOB, "BTC-USDT", Side.SELL, "0.005")
    told = read(exchange, "/console/positions")
    assert told["count"] == 2
    short, long = told["open"]
    assert (short["uid"], short["side"], short["product"]) == (str(BOB), "SHORT", "swap")
    assert (long["uid"], long["equity"], long["distance"]) == (str(ALICE), "99.84949975", "0.330287")
    # The next whole tick of 0.1 beyond the price at which each is liquidated.
    assert (long["liquidation"], long["liquidating"]) == ("40182.794669745", "40182.7")
    assert (short["liquidation"], short["liquidating"]) == ("79667.16482367", "79667.2")


def test_a_position_that_no_price_liquidates_says_so(exchange: FakeExchange) -> None:
    exchange.credit(ALICE, "USDTMPerp", "USDT", 10_000)
    hold(exchange, ALICE, "BTC-USDT", Side.BUY, "0.005")
    (told,) = read(exchange, "/console/positions")["open"]
    assert (told["liquidation"], told["distance"], told["liquidating"]) == (None, None, None)


@pytest.mark.parametrize(("find", "uids"), [("bob@", [str(BOB)]), ("1677", [str(ALICE)]), ("dave", [])])
def test_positions_of_one_user_are_found_by_uid_and_address(
    exchange: FakeExchange, find: str, uids: list[str]
) -> None:
    exchange.credit(BOB, "USDTMPerp", "USDT", 100)
    for uid in (ALICE, BOB):
        hold(exchange, uid, "SOL-USDT", Side.BUY, "0.1")
    assert [row["uid"] for row in read(exchange, f"/console/positions?find={find}")["open"]] == uids


def test_of_many_positions_the_latest_are_shown_and_all_are_counted() -> None:
    wallet = {"USDTMPerp": {"USDT": "100"}}
    with FakeExchange(state={"users": [{"uid": uid, "balances": wallet} for uid in range(1, 104)]}) as many:
        for uid in range(1, 104):
            hold(many, uid, "SOL-USDT", Side.BUY, "0.1")
        answer = read(many, "/console/positions")
    assert answer["count"] == 103
    assert [row["uid"] for row in answer["open"]] == [str(uid) for uid in range(103, 3, -1)]


def test_the_ladder_says_who_of_the_users_has_how_much(exchange: FakeExchange) -> None:
    exchange.market("ETH-USDT").change(ladder={"levels": 2})
    exchange.credit(BOB, "spot", "USDT", 1000)
    alice = Sender(exchange)
    for key, quantity in (("alice-key", "0.01"), ("bob-key", "0.03"), ("alice-key", "0.02")):
        order = LIMIT | {"side": "BUY", "price": "2999.99", "quantity": quantity}
        assert alice.call("POST", PLACE_ORDER, order, key=key).code == 0
    place(alice, side="SELL", quantity="0.5", price="3000.5")
    shown = read(exchange, "/console/markets/spot/ETH-USDT")
    assert shown["bids"][0]["users"] == [
        {"uid": str(ALICE), "quantity": "0.03"},
        {"uid": str(BOB), "quantity": "0.03"},
    ]
    assert Decimal(shown["bids"][0]["quantity"]) > Decimal("0.06"), "the house has some, too"
    assert shown["bids"][1]["users"] == []
    alices = {"uid": str(ALICE), "quantity": "0.5"}
    assert shown["asks"][-1] == {"price": "3000.5", "quantity": "0.5", "users": [alices]}


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["r4", "r3", "r2", "r1"]),
        ("domain=pro", ["r4"]),
        ("errors=1", ["r3", "r2"]),
        ("code=100001", ["r2"]),
        ("lint=1", ["r4"]),
        ("path=SPOT", ["r2", "r1"]),
        ("path=spot&errors=1", ["r2"]),
        ("code=-5", []),
    ],
)
def test_the_journal_is_filtered(exchange: FakeExchange, sender: Sender, query: str, ids: list[str]) -> None:
    sender.get(SPOT_BALANCE)
    sender.call("GET", SPOT_BALANCE, secret="bob-secret")
    with exchange.fault("com", "malformed"):
        sender.get(FUND_BALANCE)
    Sender(exchange, "pro").raw("GET", SERVER_TIME)
    assert [entry["id"] for entry in read(exchange, f"/console/journal?{query}")] == ids


@pytest.mark.parametrize("query", ["domain=org", "code=many", "code=", "code=1e3", "code=--1"])
def test_a_filter_that_makes_no_sense_gets_400(exchange: FakeExchange, query: str) -> None:
    answer = ask(exchange, f"/console/journal?{query}")
    assert answer.status_code == 400
    assert query.partition("=")[0] in answer.json()["error"]


def test_faults_say_whether_they_are_in_force(exchange: FakeExchange, sender: Sender) -> None:
    exchange.play(
        [
            {"domain": "com", "kind": "refuse", "at_ms": 1000, "for_ms": 1000},
            {"domain": "*", "kind": "empty", "at_ms": 0},
            {"domain": "pro", "kind": "malformed", "times": 1, "method": "GET"},
        ]
    )

    def stages() -> list[str]:
        return [fault["stage"] for fault in read(exchange, "/console/faults")["faults"]]

    assert stages() == ["waiting", "in force", "in force"]
    assert read(exchange, "/console/faults")["domains"] == {
        "com": "disturbed",
        "pro": "disturbed",
        "stream": "up",
    }
    exchange.clock.advance(1000)
    assert stages() == ["in force", "in force", "in force"]
    assert read(exchange, "/console/faults")["domains"] == {"com": "down", "pro": "disturbed", "stream": "up"}
    exchange.clock.advance(1000)
    assert stages() == ["over", "in force", "in force"]


def test_a_fault_that_has_met_its_requests_is_spent(exchange: FakeExchange, sender: Sender) -> None:
    exchange.play([{"domain": "com", "kind": "malformed", "times": 1}])
    sender.raw("GET", SERVER_TIME)
    answer = read(exchange, "/console/faults")
    assert ([fault["stage"] for fault in answer["faults"]], answer["domains"]["com"]) == (["spent"], "up")


def test_every_kind_of_fault_is_on_the_page_with_the_values_that_the_documentation_gives(
    exchange: FakeExchange,
) -> None:
    kinds = read(exchange, "/console/faults")["kinds"]
    assert sorted(kind["name"] for kind in kinds) == sorted(KINDS)
    for kind in kinds:
        row = FAULTS_SHOWN[kind["name"]]
        optional = {name: usual for name, usual in kind["usual"].items() if name not in kind["needs"]}
        shown = {name: usual for name, usual in optional.items() if name != "sigma"}
        assert all(f"`{name}` ({usual})" in row for name, usual in shown.items()), row


def test_the_profiles_come_with_their_answers(exchange: FakeExchange) -> None:
    answer = read(exchange, "/console/profile")
    assert [profile["name"] for profile in answer["profiles"]][:2] == ["documented", "skill"]
    assert answer["profiles"][0]["answers"]["V2"] == "5000"
    assert answer["variations"]["V2"]["answers"] == ["5000", "60000"]
