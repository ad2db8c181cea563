"""Which documented answers of the register an answer carries. Leans on neither the client nor the fake."""

from typing import Any


def transfer_answer(answer: Any) -> set[str]:
    """V5."""
    data = answer.get("data")
    in_data = {"tranId", "transferId"} & (data.keys() if isinstance(data, dict) else set())
    met = set()
    if in_data == {"tranId", "transferId"}:
        met.add("data.tranId+transferId")
    elif in_data == {"tranId"}:
        met.add("data.tranId")
    if "transferId" in answer:
        met.add("transferId")
    return met


def transfer_failure(answer: Any) -> set[str]:
    """V6."""
    data = answer.get("data")
    met = set()
    if answer.get("code", 0) != 0:
        met.add("code")
    if answer.get("transferErrorMsg"):
        met.add("transferErrorMsg")
    if isinstance(data, dict) and data.get("transferErrorMsg"):
        met.add("data.transferErrorMsg")
    return met


def fund_balance(answer: Any) -> set[str]:
    """V7."""
    data = answer["data"]
    met = {f"data.{name}" for name in ("balance", "balances", "assets") if name in data}
    if isinstance(data.get("data"), dict) and "balance" in data["data"]:
        met.add("data.data.balance")
    return met


def overview(answer: Any) -> set[str]:
    """V8."""
    data = answer["data"]
    if isinstance(data, list):
        return {"list"}
    return {"data.result"} if "result" in data else set()


def overview_rows(answer: Any) -> list[Any]:
    """The rows, wherever they are."""
    data = answer["data"]
    rows = data if isinstance(data, list) else data["result"]
    assert isinstance(rows, list)
    return rows


def records(answer: Any) -> set[str]:
    """V9."""
    data = answer.get("data")
    met = set()
    if "rows" in answer:
        met.add("bare")
    if isinstance(data, dict) and "rows" in data:
        met.add("enveloped")
    if isinstance(data, list):
        met.add("list")
    return met


def record_rows(answer: Any) -> list[Any]:
    """The rows, wherever they are."""
    data = answer.get("data")
    if isinstance(data, dict):
        data = data["rows"]
    rows = answer["rows"] if data is None else data
    assert isinstance(rows, list)
    return rows


def coins(answer: Any) -> set[str]:
    """V10."""
    data = answer["data"]
    if isinstance(data, list):
        return {"list"}
    return {"data.coins"} if "coins" in data else set()


def coin_names(answer: Any) -> list[str]:
    """The coins, wherever they are."""
    data = answer["data"]
    rows = data if isinstance(data, list) else data["coins"]
    return [row.get("coin") or row["asset"] for row in rows]


def inner_transfer_id(answer: Any) -> set[str]:
    """V14."""
    number = answer["data"]["id"]
    return {"string"} if isinstance(number, str) else {"int"}


def error_status(http_status: int) -> set[str]:
    """V21."""
    if http_status == 200:
        return {"200"}
    return {"4xx"} if 400 <= http_status < 500 else set()


def symbol_fields(row: Any) -> set[str]:
    """V29."""
    return {"with-states"} if {"apiStateBuy", "apiStateSell"} <= row.keys() else {"eight"}


def order_of_asks(asks: list[Any]) -> set[str]:
    """V45. Of fewer than two prices nothing can be told."""
    prices = [float(price) for price, _ in asks]
    if len(prices) < 2:
        return set()
    met = set()
    if prices == sorted(prices):
        met.add("best-first")
    if prices == sorted(prices, reverse=True):
        met.add("worst-first")
    return met


def ticker_numbers(row: Any) -> set[str]:
    """V48."""
    kinds = {isinstance(row[name], str) for name in ("openPrice", "lastPrice", "volume", "quoteVolume")}
    return {"strings"} if kinds == {True} else {"numbers"} if kinds == {False} else set()


def book_ticker_names(row: Any) -> set[str]:
    """V50; ``all`` is no document's."""
    return {name for name in ("bidVolume", "bidQty") if name in row}


def old_trade_fields(row: Any) -> set[str]:
    """V51. A time below a hundred thousand millions is in seconds."""
    if "tid" in row:
        return {"tid-s"} if row["t"] < 100_000_000_000 else {"tid-ms"}
    return {"id"} if "id" in row else set()


def acknowledgement(answer: Any) -> set[str]:
    """V95, of a subscription."""
    if {"dataType", "data"} <= answer.keys():
        return {"id, code, msg, dataType, data"}
    if answer.get("msg") == "SUCCESS":
        return {"code, id, msg SUCCESS, timestamp"}
    return {"id, code, msg"} if "msg" in answer else set()


def perpetual_book_ticker(data: Any) -> set[str]:
    """V79."""
    row = data.get("book_ticker", data)
    row = row[0] if isinstance(row, list) else row
    names = {"bid_price": "snake-case", "bidPrice": "camel-case"}
    return {answer for name, answer in names.items() if name in row}


def invited(row: Any) -> set[str]:
    """V88, as far as the names go."""
    tables = {"inviterSid", "registerTime"} <= row.keys()
    examples = {"superiorsUid", "registerDateTime"} <= row.keys()
    if tables and examples:
        return {"all"}
    return {name for name, is_so in (("tables", tables), ("examples", examples)) if is_so}
