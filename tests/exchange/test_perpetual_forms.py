"""Perpetuals in the forms in which published clients ask for them, each by code of its own."""

import json
from typing import Any

import pytest
from support.forms import bingx_net_of_perpetuals, ccxt, json_body
from support.sender import ALICE, NOW_MS, Reply, Sender

SYMBOL = "BTC-USDT"
TRADE, OLDER, USER = "/openApi/swap/v2/trade", "/openApi/swap/v1/trade", "/openApi/swap/v2/user"
SLICES = "/openApi/swap/v1/twap"
QUOTE, SETTINGS = "/openApi/swap/v2/quote", "/openApi/swap/v1"
ORDER, ORDERS = f"{TRADE}/order", f"{TRADE}/batchOrders"
BID: dict[str, Any] = {
    "symbol": SYMBOL,
    "side": "BUY",
    "positionSide": "BOTH",
    "type": "LIMIT",
    "quantity": 0.001,
    "price": 50000,
}
NOW = {"symbol": SYMBOL, "side": "BUY", "positionSide": "BOTH", "type": "MARKET", "quantity": 0.001}


def in_json(sender: Sender, method: str, path: str, **parameters: Any) -> Reply:
    """Every write in a JSON body; what cancels or reads as ccxt does."""
    write = json_body if method == "POST" else ccxt
    return write(sender, method, path, **parameters)


FORMS = pytest.mark.parametrize("ask", [ccxt, bingx_net_of_perpetuals, in_json])


@pytest.fixture(autouse=True)
def _is_rich(sender: Sender) -> None:
    sender.exchange.credit(ALICE, "USDTMPerp", "USDT", 10_000)


# One life of an order, and one of a position


@FORMS
@pytest.mark.parametrize("name", ["clientOrderId", "clientOrderID"])
def test_an_order_is_placed_asked_for_and_cancelled_in_every_form(
    sender: Sender, ask: Any, name: str
) -> None:
    placed = ask(sender, "POST", ORDER, **BID, **{name: "Mine_1"}).data["order"]
    which = {"symbol": SYMBOL, "orderId": placed["orderId"]}
    assert ask(sender, "GET", ORDER, **which).data["order"]["clientOrderId"] == "mine_1"
    assert ask(sender, "GET", ORDER, symbol=SYMBOL, **{name: "mine_1"}).data["order"]["status"] == "PENDING"
    (waiting,) = ask(sender, "GET", f"{TRADE}/openOrders", symbol=SYMBOL).data["orders"]
    assert waiting["orderId"] == placed["orderId"]
    assert ask(sender, "DELETE", ORDER, **which).data["order"]["status"] == "CANCELLED"
    assert len(ask(sender, "GET", f"{TRADE}/allOrders", limit=500, symbol=SYMBOL).data["orders"]) == 1
    assert len(ask(sender, "GET", f"{OLDER}/fullOrder", limit=5, symbol=SYMBOL).data["orders"]) == 1


@FORMS
def test_an_order_may_carry_exits_as_json_and_truths_as_words(sender: Sender, ask: Any) -> None:
    stop = json.dumps({"type": "STOP_MARKET", "stopPrice": 45000, "workingType": "MARK_PRICE"})
    placed = ask(sender, "POST", ORDER, **NOW, stopLoss=stop).data["order"]
    assert placed["status"] == "FILLED"
    (waiting,) = ask(sender, "GET", f"{TRADE}/openOrders", symbol=SYMBOL).data["orders"]
    assert (waiting["type"], waiting["stopPrice"]) == ("STOP_MARKET", "45000.0")
    closing = NOW | {"side": "SELL", "reduceOnly": True if ask is bingx_net_of_perpetuals else "true"}
    assert ask(sender, "POST", ORDER, **closing).data["order"]["status"] == "FILLED"
    assert ask(sender, "GET", f"{USER}/positions", symbol=SYMBOL).data == []


@FORMS
def test_several_orders_are_placed_replaced_and_cancelled_in_every_form(sender: Sender, ask: Any) -> None:
    bids = json.dumps([BID, BID | {"price": 49000.5}], separators=(",", ":"))
    first, second = ask(sender, "POST", ORDERS, batchOrders=bids).data["orders"]
    mode = {"cancelReplaceMode": "STOP_ON_FAILURE", "cancelOrderId": first["orderId"]}
    replaced = ask(sender, "POST", f"{OLDER}/cancelReplace", **BID | {"price": 51000}, **mode).data
    assert (replaced["cancelResult"], replaced["replaceResult"]) == ("true", "true")
    ids = json.dumps([second["orderId"]])
    cancelled = ask(sender, "DELETE", ORDERS, symbol=SYMBOL, orderIdList=ids).data
    assert [it["orderId"] for it in cancelled["success"]] == [second["orderId"]]
    assert ask(sender, "POST", f"{TRADE}/cancelAllAfter", type="ACTIVATE", timeOut=10).code == 0
    assert ask(sender, "POST", f"{TRADE}/cancelAllAfter", type="CLOSE", timeOut=0).code == 0
    left = ask(sender, "DELETE", f"{TRADE}/allOpenOrders", symbol=SYMBOL).data["success"]
    assert [it["price"] for it in left] == ["51000.0"]


@FORMS
def test_the_quantity_of_an_order_is_changed_by_either_id_in_every_form(sender: Sender, ask: Any) -> None:
    placed = ask(sender, "POST", ORDER, **BID, clientOrderId="mine").data["order"]
    by_client_id = {"symbol": SYMBOL, "clientOrderId": "mine", "quantity": 0.003}
    by_id = {"symbol": SYMBOL, "orderId": placed["orderId"], "quantity": 0.002}
    for which in (by_client_id, by_id):
        amended = ask(sender, "POST", f"{OLDER}/amend", **which).data
        assert (amended["orderId"], amended["quantity"]) == (placed["orderId"], which["quantity"])
    (waiting,) = ask(sender, "GET", f"{TRADE}/openOrders", symbol=SYMBOL).data["orders"]
    assert waiting["origQty"] == "0.0020"


@FORMS
def test_an_order_in_slices_is_placed_looked_at_and_cancelled_in_every_form(sender: Sender, ask: Any) -> None:
    wanted: dict[str, Any] = {
        "symbol": SYMBOL,
        "side": "BUY",
        "positionSide": "LONG",
        "priceType": "constant",
    }
    wanted |= {"priceVariance": 10, "triggerPrice": 90_000, "interval": 8}
    amounts = {"amountPerOrder": 0.5, "totalAmount": 1}
    placed = ask(sender, "POST", f"{SLICES}/order", **wanted, **amounts).data
    which = {"mainOrderId": placed["mainOrderId"]}
    (waiting,) = ask(sender, "GET", f"{SLICES}/openOrders", symbol=SYMBOL).data["list"]
    assert (waiting["mainOrderId"], waiting["interval"]) == (which["mainOrderId"], 8)
    assert ask(sender, "GET", f"{SLICES}/orderDetail", **which).data["totalAmount"] == "1.0000"
    assert ask(sender, "POST", f"{SLICES}/cancelOrder", **which).code == 0
    page = {"pageIndex": 1, "pageSize": 100, "startTime": 1, "endTime": NOW_MS}
    (past,) = ask(sender, "GET", f"{SLICES}/historyOrders", **page, symbol=SYMBOL).data["list"]
    assert (past["mainOrderId"], past["orderStatus"]) == (which["mainOrderId"], "Cancelled")


@FORMS
def test_the_mode_of_assets_is_asked_for_and_chosen_in_every_form(sender: Sender, ask: Any) -> None:
    mode = f"{OLDER}/assetMode"
    assert ask(sender, "POST", mode, assetMode="singleAssetMode").data["assetMode"] == "singleAssetMode"
    assert ask(sender, "POST", mode, assetMode="multiAssetsMode").code == 109400
    assert ask(sender, "GET", mode).data["assetMode"] == "singleAssetMode"
    rules = ask(sender, "GET", f"{OLDER}/multiAssetsRules").data
    assert {row["marginAssets"] for row in rules} >= {"USDT", "USDC"}
    assets = ask(sender, "GET", "/openApi/swap/v1/user/marginAssets").data
    assert {row["currency"] for row in assets} >= {"USDT", "USDC"}


@FORMS
def test_mode_leverage_and_margin_are_chosen_in_every_form(sender: Sender, ask: Any) -> None:
    is_dual = True if ask is bingx_net_of_perpetuals else "true"
    assert ask(sender, "POST", f"{SETTINGS}/positionSide/dual", dualSidePosition=is_dual).code == 0
    assert ask(sender, "GET", f"{SETTINGS}/positionSide/dual").data["dualSidePosition"] == "true"
    ask(sender, "POST", f"{TRADE}/leverage", symbol=SYMBOL, side="LONG", leverage=10)
    assert ask(sender, "GET", f"{TRADE}/leverage", symbol=SYMBOL).data["longLeverage"] == 10
    ask(sender, "POST", f"{TRADE}/marginType", symbol=SYMBOL, marginType="ISOLATED")
    assert ask(sender, "GET", f"{TRADE}/marginType", symbol=SYMBOL).data["marginType"] == "ISOLATED"
    ask(sender, "POST", ORDER, **NOW | {"positionSide": "LONG"})
    change = {"symbol": SYMBOL, "amount": 5, "type": 1, "positionSide": "LONG"}
    assert ask(sender, "POST", f"{TRADE}/positionMargin", **change).json["amount"] == 5


@FORMS
def test_a_position_is_listed_paid_for_and_closed_in_every_form(sender: Sender, ask: Any) -> None:
    ask(sender, "POST", ORDER, **NOW)
    (position,) = ask(sender, "GET", f"{USER}/positions").data
    assert ask(sender, "GET", "/openApi/swap/v3/user/balance").data[0]["asset"] == "USDT"
    (paid,) = ask(sender, "GET", f"{USER}/income", symbol=SYMBOL, incomeType="TRADING_FEE", limit=5).data
    assert paid["income"] == "-0.03000005"
    span = {"startTs": NOW_MS - 60_000, "endTs": NOW_MS + 60_000}
    fills = ask(sender, "GET", f"{TRADE}/allFillOrders", symbol=SYMBOL, tradingUnit="COIN", **span).data
    assert len(fills["fill_orders"]) == 1
    rows = ask(sender, "GET", f"{TRADE}/fillHistory", symbol=SYMBOL, **span).data["fill_history_orders"]
    assert len(rows) == 1
    closed = ask(sender, "POST", f"{OLDER}/closePosition", positionId=position["positionId"]).data
    assert closed["positionId"] == position["positionId"]
    past = ask(sender, "GET", f"{OLDER}/positionHistory", symbol=SYMBOL).data["positionHistory"]
    assert [it["positionId"] for it in past] == [position["positionId"]]
    ask(sender, "POST", ORDER, **NOW)
    assert len(ask(sender, "POST", f"{TRADE}/closeAllPositions", symbol=SYMBOL).data["success"]) == 1
    assert ask(sender, "GET", f"{TRADE}/forceOrders", symbol=SYMBOL).data["orders"] == []
    assert ask(sender, "GET", f"{USER}/commissionRate").code == 0
    assert ask(sender, "GET", f"{SETTINGS}/maintMarginRatio", symbol=SYMBOL).data


# What one of them does alone


def test_bingx_net_names_the_client_id_of_a_test_order_as_spot_does(sender: Sender) -> None:
    tested = bingx_net_of_perpetuals(sender, "POST", f"{ORDER}/test", **BID, newClientOrderId="mine")
    assert tested.data["order"]["price"] == 50000


def test_bingx_net_gets_money_to_try_things_with_by_the_older_path_and_names_no_amount(
    sender: Sender,
) -> None:
    assert bingx_net_of_perpetuals(sender, "POST", f"{OLDER}/getVst").data["amount"] == 20_000


def test_bingx_net_asks_for_fills_and_past_positions_at_other_paths(sender: Sender) -> None:
    ask = bingx_net_of_perpetuals
    ask(sender, "POST", ORDER, **NOW)
    ask(sender, "POST", f"{TRADE}/closeAllPositions")
    span = {"startTs": NOW_MS - 60_000, "endTs": NOW_MS + 60_000}
    fills = ask(sender, "GET", f"{OLDER}/fillHistory", symbol=SYMBOL, **span).data
    assert [row["side"] for row in fills["fill_history_orders"]] == ["sell", "buy"]
    path, times = f"{TRADE}/positionHistory", {"startTime": NOW_MS - 60_000, "endTime": NOW_MS + 60_000}
    assert len(ask(sender, "GET", path, symbol=SYMBOL, **times).data["positionHistory"]) == 1
    later = {"startTime": NOW_MS + 1, "endTime": NOW_MS + 60_000}
    assert ask(sender, "GET", path, symbol=SYMBOL, **later).data["positionHistory"] == []


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        (f"{QUOTE}/contracts", {}),
        (f"{QUOTE}/depth", {"symbol": SYMBOL, "limit": 20}),
        (f"{QUOTE}/trades", {"symbol": SYMBOL, "limit": 20}),
        (f"{QUOTE}/premiumIndex", {"symbol": SYMBOL}),
        (f"{QUOTE}/fundingRate", {"symbol": SYMBOL, "limit": 10}),
        ("/openApi/swap/v3/quote/klines", {"symbol": SYMBOL, "interval": "1m", "limit": 5}),
        (f"{QUOTE}/openInterest", {"symbol": SYMBOL}),
        (f"{QUOTE}/ticker", {"symbol": SYMBOL}),
        (f"{QUOTE}/bookTicker", {"symbol": SYMBOL}),
        ("/openApi/swap/v1/ticker/price", {"symbol": SYMBOL}),
        ("/openApi/swap/v1/market/markPriceKlines", {"symbol": SYMBOL, "interval": "1h", "limit": 5}),
        ("/openApi/swap/v1/market/historicalTrades", {"symbol": SYMBOL, "limit": 5}),
        (f"{OLDER}/multiAssetsRules", {}),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"X-BX-APIKEY": "nobodys"}], ids=["ccxt", "BingX.Net"])
def test_market_data_is_read_with_a_timestamp_or_a_key_that_nobody_asked_for(
    sender: Sender, path: str, parameters: dict[str, Any], headers: dict[str, str]
) -> None:
    sent = parameters if headers else parameters | {"timestamp": NOW_MS}
    query = "&".join(f"{name}={value}" for name, value in sent.items())
    assert sender.raw("GET", f"{path}?{query}", headers=headers).data
