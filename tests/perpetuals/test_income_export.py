"""The income of perpetuals as a workbook: the rows of the JSON endpoint, in the same bytes every time."""

import zipfile
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from support.clients import make_client
from support.sender import NOW_MS, Sender

from bingx_client import APIError, ProtocolError
from bingx_client.calls import swap_account
from bingx_client.wire.decode import Node, read_answer
from bingx_fake import FakeExchange

INCOME = "/openApi/swap/v2/user/income"
EXPORT = f"{INCOME}/export"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIELDS = ["symbol", "incomeType", "income", "asset", "info", "time", "tranId", "tradeId"]


@pytest.fixture
def traded(sender: Sender) -> Sender:
    """What alice sends with, who has bought and sold bitcoin, and then ether."""
    made = (("BTC-USDT", "BUY", "0.001"), ("BTC-USDT", "SELL", "0.001"), ("ETH-USDT", "BUY", "0.01"))
    for symbol, side, size in made:
        order = {"symbol": symbol, "side": side, "positionSide": "BOTH", "type": "MARKET", "quantity": size}
        assert sender.post("/openApi/swap/v2/trade/order", **order).code == 0
        sender.exchange.clock.advance(ms=1)
    return sender


def rows(body: bytes) -> list[list[Any]]:
    """The cells of a workbook's one sheet."""
    workbook = load_workbook(BytesIO(body))
    assert workbook.sheetnames == ["Income"]
    return [list(row) for row in workbook["Income"].values]


def test_it_is_an_xlsx_file_that_says_so(traded: Sender) -> None:
    reply = traded.get(EXPORT)
    assert (reply.status, reply.headers["Content-Type"]) == (200, XLSX)
    assert zipfile.ZipFile(BytesIO(reply.body)).testzip() is None


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"symbol": "ETH-USDT"},
        {"incomeType": "REALIZED_PNL"},
        {"limit": "2"},
        {"startTime": str(NOW_MS + 1), "endTime": str(NOW_MS + 1)},
    ],
    ids=str,
)
def test_its_rows_are_those_of_the_income_that_the_same_request_lists(
    traded: Sender, asked: dict[str, str]
) -> None:
    listed = traded.get(INCOME, **asked).data
    assert listed
    assert rows(traded.get(EXPORT, **asked).body) == [FIELDS, *([row[it] for it in FIELDS] for row in listed)]


def test_where_nothing_happened_there_are_the_names_alone(sender: Sender) -> None:
    assert rows(sender.get(EXPORT).body) == [FIELDS]


def test_times_are_numbers_and_amounts_are_text(traded: Sender) -> None:
    _, newest, *_ = rows(traded.get(EXPORT).body)
    assert [type(value) for value in newest] == [int if name == "time" else str for name in FIELDS]


def test_the_same_books_give_the_same_bytes_however_often_and_whenever(traded: Sender) -> None:
    first = traded.get(EXPORT, startTime=0).body
    traded.exchange.clock.advance(ms=3_600_000)
    now_ms = NOW_MS + 3_600_003
    later = traded.call("GET", EXPORT, {"startTime": 0}, timestamp=now_ms).body
    assert later == first


def test_its_files_are_not_packed_so_that_no_machines_zlib_is_in_its_bytes(traded: Sender) -> None:
    files = zipfile.ZipFile(BytesIO(traded.get(EXPORT).body)).infolist()
    assert {(it.compress_type, it.date_time, it.create_system) for it in files} == {
        (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0), 0)
    }


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"limit": "0"}, 100400), ({"incomeType": "TIPS"}, 100400), ({"symbol": "NO-USDT"}, 109425)],
    ids=str,
)
def test_a_refusal_is_json(sender: Sender, asked: dict[str, str], code: int) -> None:
    refused = sender.get(EXPORT, **asked)
    assert (refused.headers["Content-Type"].partition(";")[0], refused.code) == ("application/json", code)


def test_a_success_that_a_fault_empties_is_a_workbook_without_rows(traded: Sender) -> None:
    with traded.exchange.fault("com", "empty-data", path=EXPORT):
        assert rows(traded.get(EXPORT).body) == [FIELDS]


def test_the_journal_has_it_as_carried_out(traded: Sender) -> None:
    traded.get(EXPORT)
    entry = traded.exchange.requests[-1]
    assert (entry["path"], entry["code"]) == (EXPORT, 0)


# Our client


def test_the_client_gives_its_bytes(traded: Sender, exchange: FakeExchange) -> None:
    with make_client(exchange) as client:
        typed = client.send(swap_account.income_export("ETH-USDT"))
        raw = client.call("swap_account.income_export", symbol="ETH-USDT")
    assert typed == raw.data == raw.answer == traded.get(EXPORT, symbol="ETH-USDT").body


def test_the_client_raises_what_is_refused(exchange: FakeExchange) -> None:
    with make_client(exchange) as client, pytest.raises(APIError) as refused:
        client.send(swap_account.income_export("NO-USDT"))
    assert refused.value.code == 109425


@pytest.mark.parametrize("body", [b"<html></html>", b"PK", b""])
def test_what_is_neither_a_workbook_nor_json_is_no_answer(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_answer(f"GET {EXPORT}", 200, body)


def test_json_in_place_of_a_workbook_is_no_answer_and_neither_is_the_reverse() -> None:
    with pytest.raises(ProtocolError, match="should be a workbook, and is an object"):
        read_answer(f"GET {EXPORT}", 200, b'{"code": 0, "data": []}').workbook()
    with pytest.raises(ProtocolError, match="nothing"):
        list(Node(b"PK", "$", f"GET {INCOME}", 200).get("data").items())


def test_a_workbook_with_an_http_error_is_no_answer() -> None:
    with pytest.raises(ProtocolError):
        read_answer(f"GET {EXPORT}", 502, b"PK\x03\x04")
