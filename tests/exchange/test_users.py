"""Users who come, are put back and go while an exchange runs, and their settings."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import requests
from support.sender import (
    ALICE,
    BOB,
    CANCEL_ALL_AFTER,
    COMMISSION_RATE,
    FUND_BALANCE,
    INNER_RECORDS,
    INNER_TRANSFER,
    OPEN_ORDERS,
    PLACE_OCO,
    PLACE_ORDER,
    SPOT_BALANCE,
    TRANSFER,
    Reply,
    Sender,
)

from bingx_fake import FakeExchange

FRANK = 5
PERMISSIONS = ["read", "transfer", "inner_transfer", "trade"]
FORM: dict[str, Any] = {
    "uid": FRANK,
    "email": "frank@example.com",
    "keys": [{"key": "frank-key", "secret": "frank-secret", "permissions": sorted(PERMISSIONS)}],
    "balances": {"fund": {"USDT": "70"}, "spot": {"USDT": {"free": "1000", "locked": "1"}, "LTC": "20"}},
}
USUAL = {"spot_fees": {"maker": "0.001", "taker": "0.001", "symbols": {}}}
MARKET = {"symbol": "LTC-USDT", "tick": "0.01", "step": "0.0001", "price": "100", "ladder": "none"}
BUYS = {"uid": FRANK, "symbol": "LTC-USDT", "side": "BUY", "type": "LIMIT", "at": 5}
STATE: dict[str, Any] = {
    "users": [
        FORM
        | {
            "balances": {
                "fund": {"USDT": "70"},
                "spot": {"USDT": {"free": "900", "locked": "145"}, "LTC": {"free": "5", "locked": "2"}},
            },
            "settings": {"spot_fees": {"taker": "0.0003", "symbols": {"LTC-USDT": {"maker": "0"}}}},
        },
        {"uid": 6, "balances": {"spot": {"USDT": "1000", "LTC": "50"}}},
    ],
    "markets": [MARKET],
    "orders": [
        BUYS
        | {"id": 11, "price": "90", "quantity": "1", "client_id": "mine", "filled": "0.5", "value": "44"},
        BUYS | {"id": 12, "side": "SELL", "type": "TAKE_STOP_MARKET", "stop": "95", "quantity": "2"},
        BUYS | {"id": 13, "price": "99", "quantity": "1"},
    ],
    "fills": [{"order": 11, "id": 1, "price": "88", "quantity": "0.5", "at": 7}],
    "transfers": [
        {"uid": FRANK, "id": 70, "asset": "USDT", "amount": "1", "from": "fund", "to": "spot", "at": 3}
    ],
    "inner_transfers": [
        {"uid": 6, "to_uid": FRANK, "id": 71, "asset": "USDT", "amount": "1", "from": "fund", "at": 3}
    ],
}


class Control:
    """Calls the control API, and gives what it is answered."""

    def __init__(self, exchange: FakeExchange) -> None:
        self.exchange = exchange

    def __call__(self, method: str, path: str, body: object = None) -> Any:
        url = f"{self.exchange.control_url}{path}"
        answer = requests.request(method, url, json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, method: str, path: str, body: object = None) -> tuple[int, str]:
        """Status and sentence of a call that is refused, and changes nothing."""
        before = self.exchange.state
        url = f"{self.exchange.control_url}{path}"
        answer = requests.request(method, url, json=body, timeout=10)
        assert self.exchange.state == before
        return answer.status_code, answer.json()["error"]


@pytest.fixture
def control(exchange: FakeExchange) -> Iterator[Control]:
    yield Control(exchange)
    exchange.call(lambda inner: inner.books.ledger.assert_conserved())


def ask(sender: Sender, method: str, path: str, **parameters: Any) -> Reply:
    """A request of frank's, on the exchange's clock."""
    now_ms = sender.exchange.call(lambda inner: inner.clock.now_ms())
    return sender.call(method, path, parameters, key="frank-key", timestamp=now_ms)


def do(sender: Sender, path: str, **parameters: Any) -> None:
    """A write of frank's, which is taken."""
    assert ask(sender, "POST", path, **parameters).code == 0


def limit(side: str, price: str, quantity: str = "1") -> dict[str, str]:
    return {"symbol": "LTC-USDT", "side": side, "type": "LIMIT", "price": price, "quantity": quantity}


def row(exchange: FakeExchange, uid: int = FRANK) -> Any:
    """A user in the whole state."""
    return next((user for user in exchange.state["users"] if user["uid"] == uid), None)


# One who comes


def test_one_who_comes_while_it_runs_is_a_user_as_any_other(control: Control, sender: Sender) -> None:
    assert ask(sender, "GET", SPOT_BALANCE).code == 100413
    assert control("POST", "/users", FORM) == FORM
    assert row(control.exchange) == FORM
    held = {balance["asset"]: balance for balance in ask(sender, "GET", SPOT_BALANCE).data["balances"]}
    assert held["USDT"] == {"asset": "USDT", "free": "1000", "locked": "1"}
    assert ask(sender, "POST", TRANSFER, type="FUND_SFUTURES", asset="USDT", amount=7).code == 0
    receiver = {"userAccountType": 3, "userAccount": "frank@example.com", "walletType": 1}
    assert sender.post(INNER_TRANSFER, coin="USDT", amount=2, **receiver).code == 0
    assert control.exchange.balance(FRANK, "fund", "USDT").free == 65


def test_the_coins_that_come_with_a_user_are_known(control: Control) -> None:
    control("POST", "/users", {"uid": FRANK, "balances": {"fund": {"PEPE": "1"}}})
    assert control.exchange.state["coins"]["PEPE"] == "PEPE"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ([], "the body must be a JSON object"),
        ({}, "Object missing required field `uid`"),
        ({"uid": 0}, "uid: Expected `int` >= 1"),
        ({"uid": FRANK, "name": "frank"}, "name: Object contains unknown field"),
        ({"uid": ALICE}, f"uid {ALICE} is another user's already"),
        ({"uid": FRANK, "email": "ALICE@example.com"}, "email ALICE@example.com is another user's already"),
        (
            {"uid": FRANK, "phone": {"calling_code": "49", "number": "15100000000"}},
            "phone 15100000000 is another user's already",
        ),
        (
            {"uid": FRANK, "keys": [{"key": "bob-key", "secret": "hush", "permissions": []}]},
            "key bob-key is another user's already",
        ),
        (
            {"uid": FRANK, "keys": [{"key": "k", "secret": "hush", "permissions": []}] * 2},
            "uid: key k is given twice",
        ),
        (
            {"uid": FRANK, "keys": [{"key": "k", "secret": "hush", "permissions": [], "ips": ["home"]}]},
            "keys.0.ips.0: 'home' is no IP address",
        ),
        (
            {"uid": FRANK, "keys": [{"key": "k", "secret": "hush", "permissions": ["all"]}]},
            "keys.0.permissions.0: Invalid enum value 'all'",
        ),
        (
            {"uid": FRANK, "balances": {"fund": {"USDT": "1", "BTC": "-1"}}},
            "balances.fund.BTC: '-1' is not a plain decimal of at most 20 places",
        ),
        ({"uid": FRANK, "balances": {"purse": {"USDT": "1"}}}, "balances: Invalid enum value 'purse'"),
        (
            {"uid": FRANK, "balances": {"fund": {"USDT": "6" + 29 * "0"}, "spot": {"USDT": "6" + 29 * "0"}}},
            "balances.spot.USDT: the books hold less than 1e30 of an asset; this is too much USDT",
        ),
        (
            {"uid": FRANK, "balances": {"fund": {"USDT": 30 * "9"}}},
            "balances: the books hold less than 1e30 of an asset; this is too much USDT",
        ),
        (
            {"uid": FRANK, "settings": {"spot_fees": {"maker": "1"}}},
            "users.settings.spot_fees.maker: 1 is more than a part of what an order receives",
        ),
        (
            {"uid": FRANK, "settings": {"spot_fees": {"symbols": {"LTC-BTC": {}}}}},
            "users.settings.spot_fees.symbols.LTC-BTC: there is no market spot LTC-BTC",
        ),
    ],
)
def test_one_who_cannot_be_is_refused_in_words_without_the_secret(
    control: Control, body: object, sentence: str
) -> None:
    status, said = control.refused("POST", "/users", body)
    assert (status, said[: len(sentence)]) == (400, sentence)
    assert "hush" not in said


# One who goes


def test_one_who_goes_leaves_nothing_behind(control: Control, sender: Sender) -> None:
    exchange = control.exchange
    before = exchange.state
    control("POST", "/users", FORM)
    key = ask(sender, "POST", "/openApi/user/auth/userDataStream").json["listenKey"]
    do(sender, PLACE_ORDER, **limit("BUY", "50"))
    do(sender, PLACE_ORDER, **limit("SELL", "70", "2"))
    pair = {"limitPrice": "150", "triggerPrice": "60", "orderPrice": "59"}
    do(sender, PLACE_OCO, symbol="LTC-USDT", side="SELL", quantity="1", **pair)
    do(sender, CANCEL_ALL_AFTER, type="ACTIVATE", timeOut=20)
    do(sender, TRANSFER, type="FUND_SFUTURES", asset="USDT", amount=7)
    control("PUT", f"/users/{FRANK}/settings", {"spot_fees": {"maker": "0"}})

    assert control("DELETE", f"/users/{FRANK}") == {}
    assert exchange.state | {"coins": before["coins"]} == before
    assert ask(sender, "GET", SPOT_BALANCE).code == 100413
    assert exchange.call(lambda inner: inner.books.listen_keys.find(key)) is None
    levels = exchange.call(lambda inner: inner.books.floor.stalls["spot", "LTC-USDT"].house.users_rest)
    assert levels is False
    exchange.clock.advance(60_000)


def test_one_who_went_can_come_again_and_begins_anew(control: Control, sender: Sender) -> None:
    rent = {"userAccountType": 1, "userAccount": BOB, "walletType": 1, "transferClientId": "rent"}
    for _ in range(2):
        control("POST", "/users", FORM)
        assert control("GET", f"/users/{FRANK}/settings") == USUAL
        assert ask(sender, "GET", FUND_BALANCE).data["balances"][0]["free"] == "70"
        do(sender, INNER_TRANSFER, coin="USDT", amount=2, **rent)
        do(sender, PLACE_ORDER, **limit("BUY", "50"))
        control.exchange.clock.advance(60_000)
        assert [order["status"] for order in control.exchange.orders(FRANK)] == ["PENDING"]
        do(sender, CANCEL_ALL_AFTER, type="ACTIVATE", timeOut=20)
        control("PUT", f"/users/{FRANK}/settings", {"spot_fees": {"maker": "0"}})
        control("DELETE", f"/users/{FRANK}")
    assert control.exchange.balance(BOB, "fund", "USDT").free == 504


def test_who_traded_with_one_who_goes_keeps_the_money_and_his_own_fills(control: Control) -> None:
    exchange = control.exchange
    exchange.load(STATE)
    sender = Sender(exchange)
    do(sender, PLACE_ORDER, **limit("SELL", "98"))
    control("PUT", "/markets/spot/LTC-USDT", {"ladder": {"levels": 2}})
    start = exchange.balance(6, "spot", "USDT")
    control("DELETE", f"/users/{FRANK}")
    assert exchange.balance(6, "spot", "USDT") == start
    assert exchange.orders() == []


def test_the_state_without_one_who_went_loads_although_others_sent_him_something(
    control: Control, sender: Sender
) -> None:
    control("POST", "/users", FORM)
    receiver = {"userAccountType": 1, "userAccount": FRANK, "walletType": 1}
    assert sender.post(INNER_TRANSFER, coin="USDT", amount=2, transferClientId="rent", **receiver).code == 0
    assert sender.post(INNER_TRANSFER, coin="USDT", amount=3, **(receiver | {"userAccount": BOB})).code == 0
    control("DELETE", f"/users/{FRANK}")
    assert sender.get(INNER_RECORDS, coin="USDT").data["total"] == 1
    saved = control("GET", "/state")
    assert control("PUT", "/state", saved) == saved
    assert control.exchange.balance(ALICE, "fund", "USDT").free == 995


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", f"/users/{FRANK}"), ("POST", f"/users/{FRANK}/reset")]
)
@pytest.mark.parametrize(
    ("sent", "what"),
    [
        ((TRANSFER, {"type": "FUND_SFUTURES", "asset": "USDT", "amount": 7}), "a transfer"),
        ((PLACE_ORDER, limit("BUY", "50")), "an order"),
    ],
)
def test_one_of_whom_something_is_under_way_stays_until_it_has_arrived(
    control: Control, sender: Sender, method: str, path: str, sent: tuple[str, dict[str, Any]], what: str
) -> None:
    control("POST", "/users", FORM)
    with control.exchange.fault("com", "commit-delay", ms=5000):
        assert ask(sender, "POST", sent[0], **sent[1]).code == 0
    late = "was answered and takes effect later (commit-delay): advance the clock until it has"
    assert control.refused(method, path) == (400, f"{what} of user {FRANK} {late}")
    control.exchange.clock.advance(5000)
    control(method, path)


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/users/{}"), ("POST", "/users/{}/reset")])
@pytest.mark.parametrize("uid", ["5", "nobody", "٥", "-1"])
def test_nobody_goes_who_is_not_there(control: Control, method: str, path: str, uid: str) -> None:
    assert control.refused(method, path.format(uid)) == (404, f"there is no user {uid!r}")


def test_why_one_who_went_was_refused_is_still_explained_and_his_secret_stays_covered(
    control: Control, sender: Sender
) -> None:
    control("POST", "/users", FORM)
    sender.call("GET", SPOT_BALANCE, {"note": "frank-secret"}, key="frank-key", secret="another")
    asked = control.exchange.requests[-1]["id"]
    before = control("GET", f"/requests/{asked}")["explanation"]
    control("DELETE", f"/users/{FRANK}")
    entry = control("GET", f"/requests/{asked}")
    assert entry["explanation"] == before
    assert "frank-secret" not in str(entry["explanation"])
    assert "frank-secret" not in str(control("GET", f"/console/requests/{asked}"))


def test_reads_that_are_behind_show_whoever_comes_or_goes_at_once(control: Control, sender: Sender) -> None:
    pair = {"limitPrice": "150", "triggerPrice": "60", "orderPrice": "59"}
    with control.exchange.fault("com", "stale", ms=60_000):
        for _ in range(2):
            control("POST", "/users", FORM)
            held = ask(sender, "GET", SPOT_BALANCE).data["balances"]
            assert {row["asset"]: row["free"] for row in held} == {"USDT": "1000", "LTC": "20"}
            do(sender, PLACE_OCO, symbol="LTC-USDT", side="SELL", quantity="1", **pair)
            assert ask(sender, "GET", OPEN_ORDERS).data["orders"] == [], "this is still to be known"
            control.exchange.clock.advance(30_000)
            control("DELETE", f"/users/{FRANK}")
            control.exchange.clock.advance(50_000)
            now_ms = control.exchange.call(lambda inner: inner.clock.now_ms())
            assert sender.call("GET", SPOT_BALANCE, timestamp=now_ms).code == 0


# One who is put back


@pytest.fixture
def loaded(control: Control) -> Control:
    control.exchange.load(STATE)
    return control


def test_one_who_is_put_back_is_as_the_state_has_him(loaded: Control, sender: Sender) -> None:
    start = loaded("GET", "/state")
    do(sender, PLACE_ORDER, **limit("BUY", "80"))
    do(sender, "/openApi/spot/v1/trade/cancelOpenOrders", symbol="LTC-USDT")
    do(sender, PLACE_ORDER, **limit("SELL", "150"))
    do(sender, TRANSFER, type="FUND_SFUTURES", asset="USDT", amount=7)
    loaded("POST", f"/users/{FRANK}/credit", {"account": "grid", "asset": "XRP", "amount": "1"})
    loaded("PUT", f"/users/{FRANK}/settings", {"spot_fees": None})
    put_back = loaded("POST", f"/users/{FRANK}/reset")
    after = loaded("GET", "/state")
    assert put_back == row(loaded.exchange)
    assert after.pop("coins") == start.pop("coins") | {"XRP": "XRP"}
    for listed in ("users", "orders"):
        after[listed].sort(key=str)
        start[listed].sort(key=str)
    assert after == start


def test_orders_that_are_put_back_rest_and_wait_as_before(loaded: Control) -> None:
    market = loaded.exchange.market("LTC-USDT", ladder={"levels": 2})
    loaded("POST", f"/users/{FRANK}/reset")
    market.move("94")
    done = {order["id"]: order["status"] for order in loaded.exchange.orders(FRANK)}
    assert done == {11: "PARTIALLY_FILLED", 12: "FILLED", 13: "FILLED"}


def test_orders_of_his_own_are_not_in_the_way(loaded: Control, sender: Sender) -> None:
    do(sender, "/openApi/spot/v1/trade/cancelOpenOrders", symbol="LTC-USDT")
    do(sender, PLACE_ORDER, **limit("SELL", "89"))
    loaded("POST", f"/users/{FRANK}/reset")
    assert [order["id"] for order in loaded.exchange.orders(FRANK, "open")] == [11, 12, 13]


def test_what_others_did_since_stays(loaded: Control) -> None:
    loaded("POST", "/users/6/credit", {"account": "spot", "asset": "USDT", "amount": "5"})
    loaded("POST", f"/users/{FRANK}/reset")
    assert loaded.exchange.balance(6, "spot", "USDT").free == 1005


CANNOT_REST = "order {} of the state cannot rest in LTC-USDT as it did"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda market: market.move("89"),
            CANNOT_REST.format(11) + ": it would trade with what rests at 89.01",
        ),
        (
            lambda market: market.move("94.5"),
            CANNOT_REST.format(12) + ": it waits for 95, and the price is 94.49",
        ),
        (
            lambda market: market.delist(),
            CANNOT_REST.format(11) + ", which is delisted",
        ),
    ],
)
def test_one_whose_orders_cannot_be_as_they_were_is_not_put_back(
    loaded: Control, change: Any, sentence: str
) -> None:
    market = loaded.exchange.market("LTC-USDT")
    market.change(ladder={"levels": 2})
    change(market)
    assert loaded.refused("POST", f"/users/{FRANK}/reset") == (400, sentence)


def test_one_who_came_while_it_ran_is_put_back_as_he_came(control: Control, sender: Sender) -> None:
    control("POST", "/users", FORM)
    do(sender, TRANSFER, type="FUND_SFUTURES", asset="USDT", amount=7)
    do(sender, PLACE_ORDER, **limit("BUY", "50"))
    assert control("POST", f"/users/{FRANK}/reset") == FORM
    assert control.exchange.orders(FRANK) == []
    assert "transfers" not in control.exchange.state


def test_a_whole_reset_knows_nobody_who_came_since(control: Control) -> None:
    control("POST", "/users", FORM)
    control("DELETE", f"/users/{BOB}")
    control("POST", "/reset")
    assert [user["uid"] for user in control.exchange.state["users"]] == [ALICE, BOB, 16780002]


def test_putting_back_takes_no_fields(control: Control) -> None:
    assert control.refused("POST", f"/users/{ALICE}/reset", {"ids": "keep"})[0] == 400


# Settings


def test_settings_are_told_and_changed_while_it_runs(control: Control, sender: Sender) -> None:
    path = f"/users/{ALICE}/settings"
    assert control("GET", path) == USUAL
    fees = {"maker": "0.0002", "symbols": {"ETH-USDT": {"maker": "0.0001", "taker": "0.0004"}}}
    changed = {"spot_fees": {"taker": "0.001", **fees}}
    assert control("PUT", path, {"spot_fees": fees}) == control("GET", path) == changed
    assert row(control.exchange, ALICE)["settings"] == changed
    assert control("PUT", path, {}) == changed

    def rates(symbol: str) -> tuple[float, float]:
        told = sender.get(COMMISSION_RATE, symbol=symbol).data
        return float(told["makerCommissionRate"]), float(told["takerCommissionRate"])

    assert (rates("ETH-USDT"), rates("BTC-USDT")) == ((0.0001, 0.0004), (0.0002, 0.001))
    assert control("PUT", path, {"spot_fees": None}) == USUAL
    assert "settings" not in row(control.exchange, ALICE)


def test_a_market_with_rates_of_its_own_charges_these(control: Control, sender: Sender) -> None:
    fees = {"taker": "0", "symbols": {"ETH-USDT": {"taker": "0.01"}}}
    control("PUT", f"/users/{ALICE}/settings", {"spot_fees": fees})
    for symbol, quantity in (("ETH-USDT", "0.01"), ("LTC-USDT", "0.1")):
        order = {"symbol": symbol, "side": "BUY", "type": "MARKET", "quantity": quantity}
        assert sender.post(PLACE_ORDER, **order).code == 0
    assert control.exchange.balance(ALICE, "spot", "ETH").free == Decimal("2.0099")
    assert control.exchange.balance(ALICE, "spot", "LTC").free == Decimal("0.1")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ([], "the body must be a JSON object"),
        ({"leverage": 5}, "leverage: Object contains unknown field"),
        ({"spot_fees": {"maker": 1}}, "spot_fees.maker: Expected `str`, got `int`"),
        (
            {"spot_fees": {"taker": "1.5"}},
            "spot_fees.taker: 1.5 is more than a part of what an order receives",
        ),
        ({"spot_fees": {"symbols": {"A-B": {}}}}, "spot_fees.symbols.A-B: there is no market spot A-B"),
        (
            {"spot_fees": {"symbols": {"ETH-USDT": {"maker": "x"}}}},
            "spot_fees.symbols.ETH-USDT.maker: 'x' is not a plain decimal of at most 20 places",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused(control: Control, body: object, sentence: str) -> None:
    control("PUT", f"/users/{ALICE}/settings", {"spot_fees": {"maker": "0.0002"}})
    status, said = control.refused("PUT", f"/users/{ALICE}/settings", body)
    assert (status, said[: len(sentence)]) == (400, sentence)


def test_rates_of_single_markets_are_saved_and_loaded(control: Control) -> None:
    control.exchange.load(STATE)
    saved = control("GET", "/state")
    of_ltc = {"maker": "0", "taker": "0.001"}
    fees = {"maker": "0.001", "taker": "0.0003", "symbols": {"LTC-USDT": of_ltc}}
    assert saved["users"][0]["settings"] == {"spot_fees": fees}
    assert control("PUT", "/state", saved) == saved
