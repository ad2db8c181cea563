"""Each answer to what the documents disagree about perpetuals makes the difference that it names."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from support.sender import NOW_MS, Reply, Sender

TRADE = "/openApi/swap/v2/trade"
BID = {
    "symbol": "BTC-USDT",
    "side": "BUY",
    "positionSide": "BOTH",
    "type": "LIMIT",
    "quantity": "0.0001",
    "price": "50000",
    "clientOrderId": "mine",
}


def placed(**changed: str) -> Callable[[Sender], Reply]:
    return lambda sender: sender.post(f"{TRADE}/order", **BID | changed)


def without_side(sender: Sender) -> Reply:
    return sender.post(f"{TRADE}/order", **{name: it for name, it in BID.items() if name != "positionSide"})


def unknown(sender: Sender) -> Reply:
    return sender.get(f"{TRADE}/order", symbol="BTC-USDT", orderId="1")


def cancelled(sender: Sender) -> Reply:
    placed()(sender)
    return sender.call("DELETE", f"{TRADE}/order", {"symbol": "BTC-USDT", "clientOrderId": "mine"})


def filled(sender: Sender) -> Reply:
    placed(type="MARKET")(sender)
    return sender.get(f"{TRADE}/allFillOrders", tradingUnit="COIN", startTs=NOW_MS, endTs=NOW_MS)


def status(answer: Any) -> object:
    return answer["data"].get("order", answer["data"])["status"]


def mode(sender: Sender) -> Reply:
    return sender.get("/openApi/swap/v1/positionSide/dual")


def tiers(sender: Sender) -> Reply:
    return sender.get("/openApi/swap/v1/maintMarginRatio", symbol="BTC-USDT")


def several(sender: Sender) -> Reply:
    return sender.post(f"{TRADE}/batchOrders", batchOrders=json.dumps([BID]))


def replaced(sender: Sender) -> Reply:
    placed()(sender)
    new = BID | {
        "clientOrderId": "other",
        "cancelClientOrderId": "mine",
        "cancelReplaceMode": "STOP_ON_FAILURE",
    }
    return sender.post("/openApi/swap/v1/trade/cancelReplace", **new)


def several_replaced(sender: Sender) -> Reply:
    placed()(sender)
    new = BID | {
        "clientOrderId": "other",
        "cancelClientOrderId": "mine",
        "cancelReplaceMode": "STOP_ON_FAILURE",
    }
    return sender.post("/openApi/swap/v1/trade/batchCancelReplace", batchOrders=json.dumps([new]))


def amended(sender: Sender) -> Reply:
    placed()(sender)
    change = {"symbol": "BTC-USDT", "clientOrderId": "mine", "quantity": "0.0002"}
    return sender.post("/openApi/swap/v1/trade/amend", **change)


def reversed_position(sender: Sender) -> Reply:
    placed(type="MARKET")(sender)
    return sender.post("/openApi/swap/v1/trade/reverse", type="Reverse", symbol="BTC-USDT")


def asked(path: str) -> Callable[[Sender], Reply]:
    return lambda sender: sender.get(f"/openApi/swap/v1/{path}")


def vst(sender: Sender) -> Reply:
    return sender.post("/openApi/swap/v1/trade/getVst")


def twap(sender: Sender) -> str:
    wanted = {"symbol": "BTC-USDT", "side": "BUY", "positionSide": "LONG", "priceType": "constant"}
    wanted |= {"priceVariance": "10", "triggerPrice": "90000", "interval": "8"}
    wanted |= {"amountPerOrder": "0.0001", "totalAmount": "0.0002"}
    return str(sender.post("/openApi/swap/v1/twap/order", **wanted).data["mainOrderId"])


def twaps(sender: Sender) -> Reply:
    twap(sender)
    return sender.get("/openApi/swap/v1/twap/openOrders")


def twap_detail(sender: Sender) -> Reply:
    return sender.get("/openApi/swap/v1/twap/orderDetail", mainOrderId=twap(sender))


def past_fills(sender: Sender) -> Reply:
    placed(type="MARKET")(sender)
    return sender.get(f"{TRADE}/fillHistory", symbol="BTC-USDT", startTs=NOW_MS - 1, endTs=NOW_MS)


def past_positions(sender: Sender) -> Reply:
    placed(type="MARKET")(sender)
    sender.post(f"{TRADE}/closeAllPositions")
    return sender.get("/openApi/swap/v1/trade/positionHistory", symbol="BTC-USDT")


def place_of_rows(data: Any) -> str:
    if isinstance(data, list):
        return "" if data else "no rows"
    return next(str(name) for name, rows in data.items() if isinstance(rows, list) and rows)


def more_margin(sender: Sender) -> Reply:
    sender.post(f"{TRADE}/marginType", symbol="BTC-USDT", marginType="ISOLATED")
    placed(type="MARKET")(sender)
    return sender.post(f"{TRADE}/positionMargin", symbol="BTC-USDT", amount="1", type="1")


def leverage(sender: Sender) -> Reply:
    return sender.post(f"{TRADE}/leverage", symbol="BTC-USDT", side="BOTH", leverage="7")


def quoted(path: str) -> Callable[[Sender], Reply]:
    return lambda sender: sender.get(f"/openApi/swap/{path}", symbol="BTC-USDT", limit="5", interval="1h")


def coin_quoted(path: str) -> Callable[[Sender], Reply]:
    wanted = {"symbol": "BTC-USD", "limit": "5", "interval": "1h"}
    return lambda sender: sender.get(f"/openApi/cswap/v1/market/{path}", **wanted)


def names(answer: Any) -> tuple[type, set[str]]:
    """Whether it is a list, and those of its names that tell the answers to V83 apart."""
    data = answer["data"]
    row = data[0] if isinstance(data, list) else data
    return type(data), set(row) & {"time", "timestamp", "closeTime"}


def best_bid(answer: Any) -> list[str]:
    """Its quantity in each of the lists that there are."""
    return [answer["data"][name][0][1] for name in ("bids", "bidsCoin") if name in answer["data"]]


def code(answer: Any) -> object:
    return answer["code"]


SHAPES: list[tuple[str, str, Callable[[Sender], Reply], Callable[[Any], object], object]] = [
    *(("V24", answer, unknown, code, seen) for answer, seen in (("new", 109421), ("old", 80016))),
    *(
        ("V30", answer, placed(), lambda a: "order" in a["data"], seen)
        for answer, seen in (("wrapped", True), ("flat", False))
    ),
    *(
        (
            *("V31", answer, placed()),
            *(lambda a: set(a["data"]["order"]) & {"clientOrderId", "clientOrderID"}, seen),
        )
        for answer, seen in (
            ("both", {"clientOrderId", "clientOrderID"}),
            ("clientOrderId", {"clientOrderId"}),
            ("clientOrderID", {"clientOrderID"}),
        )
    ),
    *(("V32", answer, cancelled, status, answer) for answer in ("CANCELLED", "CANCELED")),
    *(
        ("V53", answer, placed(quantity="0", quoteOrderQty="100"), code, seen)
        for answer, seen in (("taken", 0), ("refused", 109400))
    ),
    *(("V54", answer, without_side, code, seen) for answer, seen in (("refused", 109400), ("LONG", 0))),
    *(
        ("V55", answer, mode, lambda a: a["data"]["dualSidePosition"], seen)
        for answer, seen in (("strings", "false"), ("booleans", False))
    ),
    *(
        ("V57", answer, placed(workingType="INDEX_PRICE"), code, seen)
        for answer, seen in (("removed", 109400), ("taken", 0))
    ),
    *(
        ("V58", answer, placed(type="TRAILING_STOP_MARKET", **asked), code, seen)
        for answer, asked, seen in (
            ("either", {"price": "0", "priceRate": "0.95"}, 0),
            ("rate", {"price": "500"}, 109400),
            ("bounded", {"price": "0", "priceRate": "0.95"}, 109400),
        )
    ),
    *(
        ("V66", answer, filled, lambda a: isinstance(a["data"], list), seen)
        for answer, seen in (("fill_orders", False), ("trades", True))
    ),
    *(("V70", answer, leverage, lambda a: len(a["data"]), seen) for answer, seen in (("six", 8), ("two", 4))),
    *(
        ("V60", answer, several, lambda a: set(a["data"]), seen)
        for answer, seen in (("orders", {"orders"}), ("orders-and-errors", {"orders", "errors"}))
    ),
    *(
        ("V61", answer, replaced, lambda a: a["data"]["cancelResult"], seen)
        for answer, seen in (("responses", "true"), ("words", "SUCCESS"))
    ),
    *(
        ("V61", answer, several_replaced, lambda a: place_of_rows(a["data"]), seen)
        for answer, seen in (("responses", ""), ("words", "result"))
    ),
    *(
        ("V62", answer, amended, lambda a: a["data"]["quantity"], seen)
        for answer, seen in (("numbers", 0.0002), ("text", "0.0002"))
    ),
    *(
        ("V64", answer, reversed_position, lambda a: "orderId" in a["data"], seen)
        for answer, seen in (("position", False), ("orderId", True))
    ),
    *(
        ("V73", answer, asked(path), lambda a: next(iter(a["data"])), seen)
        for path, names in (("trade/multiAssetsRules", "rules"), ("user/marginAssets", "assets"))
        for answer, seen in (("in-data", names),)
    ),
    *(
        ("V73", "list", asked(path), lambda a: len(a["data"]), 2)
        for path in ("trade/multiAssetsRules", "user/marginAssets")
    ),
    *(
        ("V69", answer, twaps, lambda a: (a["msg"], type(a["data"]), "total" in a["data"]), seen)
        for answer, seen in (
            ("full", ("", dict, True)),
            ("recorded", ("success", dict, False)),
            ("few", ("", list, False)),
        )
    ),
    *(
        ("V69", answer, twap_detail, lambda a: set(a["data"]) & {"orderStatus", "childOrders"}, seen)
        for answer, seen in (("full", {"orderStatus"}), ("few", {"childOrders"}))
    ),
    *(("V74", answer, vst, lambda a: next(iter(a["data"])), answer) for answer in ("amount", "balance")),
    *(
        ("V67", answer, past_fills, lambda a: set(a["data"]), {answer, "total"})
        for answer in ("fill_history_orders", "fill_orders")
    ),
    *(
        ("V68", answer, past_positions, lambda a: place_of_rows(a["data"]), seen)
        for answer, seen in (("positionHistory", "positionHistory"), ("list", ""), ("total-and-list", "list"))
    ),
    *(
        ("V71", answer, more_margin, lambda a: a.get("amount"), seen)
        for answer, seen in (("beside-code", 1), ("in-data", None))
    ),
    *(
        ("V72", answer, tiers, lambda a: isinstance(a["data"], list), seen)
        for answer, seen in (("list", True), ("tiers", False))
    ),
    *(
        ("V75", answer, quoted("v2/quote/depth"), best_bid, seen)
        for answer, seen in (
            ("coins", ["0.0866", "0.0000"]),
            ("contracts", ["866", "0.0866"]),
            ("bare", ["0.0866"]),
        )
    ),
    *(
        ("V76", answer, quoted("v2/quote/trades"), lambda a: "id" in a["data"][0], seen)
        for answer, seen in (("bare", False), ("with-id", True))
    ),
    *(
        ("V77", answer, quoted("v2/quote/fundingRate"), lambda a: isinstance(a["data"], list), seen)
        for answer, seen in (("history", True), ("current", False))
    ),
    *(
        ("V78", answer, quoted("v3/quote/klines"), lambda a: type(a["data"][0]), seen)
        for answer, seen in (("objects", dict), ("arrays", list))
    ),
    *(
        ("V79", answer, quoted("v2/quote/bookTicker"), lambda a: next(iter(a["data"])), seen)
        for answer, seen in (("snake-case", "book_ticker"), ("camel-case", "symbol"))
    ),
    *(
        ("V80", answer, coin_quoted("contracts"), lambda a: a["data"][0]["minTickSize"], seen)
        for answer, seen in (("hundred", "100"), ("ten", "10"))
    ),
    *(
        ("V81", answer, coin_quoted("klines"), lambda a: type(a["data"][0]), seen)
        for answer, seen in (("objects", dict), ("arrays", list))
    ),
    *(
        ("V82", answer, coin_quoted("depth"), lambda a: set(a["data"]) - {"bids", "asks"}, {answer})
        for answer in ("T", "ts")
    ),
    *(
        ("V83", answer, coin_quoted(path), names, seen)
        for path, answer, seen in (
            ("ticker", "lists", (list, {"closeTime"})),
            ("ticker", "objects", (dict, {"time"})),
            ("ticker", "list-of-tickers", (list, {"closeTime"})),
            ("premiumIndex", "lists", (list, set())),
            ("premiumIndex", "objects", (dict, {"time"})),
            ("premiumIndex", "list-of-tickers", (dict, set())),
            ("openInterest", "lists", (list, {"timestamp"})),
            ("openInterest", "objects", (dict, {"time"})),
            ("openInterest", "list-of-tickers", (dict, {"time"})),
        )
    ),
]


@pytest.mark.parametrize(
    ("variation", "answer", "ask", "look", "seen"),
    SHAPES,
    ids=[f"{variation} {answer} {ask.__name__}" for variation, answer, ask, *_ in SHAPES],
)
def test_an_answer_makes_its_difference(
    sender: Sender,
    variation: str,
    answer: str,
    ask: Callable[[Sender], Reply],
    look: Callable[[Any], object],
    seen: object,
) -> None:
    sender.exchange.change_profile(vary={variation: answer})
    assert look(ask(sender).json) == seen


@pytest.mark.parametrize("answer", ["orders", "positions"])
def test_v63_says_whether_orders_or_positions_are_listed(sender: Sender, answer: str) -> None:
    placed(type="MARKET")(sender)
    (position,) = sender.get("/openApi/swap/v2/user/positions").data
    sender.exchange.change_profile(vary={"V63": answer})
    (listed,) = sender.post(f"{TRADE}/closeAllPositions").data["success"]
    assert (str(listed) == position["positionId"]) is (answer == "positions")
