"""Answers in every documented shape become the same models; everything else is an error with a place."""

import json
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bingx_client import APIError, ProtocolError
from bingx_client.calls.common.readers import server_time
from bingx_client.calls.spot_account import readers
from bingx_client.calls.spot_account.models import (
    AccountWorth,
    Balance,
    Coin,
    InnerTransferReceipt,
    InnerTransferRecord,
    TransferReceipt,
    TransferRecord,
)
from bingx_client.wire.decode import Node, read_answer
from bingx_contracts import ERRORS

PICKLES = Path(__file__).parent / "pickles"
BALANCE = '{"asset":"USDT","free":"1.50","locked":"0"}'
ROW = (
    '{"transferId":"7","asset":"USDT","amount":"1.5","fromAccount":"fund","toAccount":"spot",'
    '"status":"CONFIRMED","timestamp":5}'
)


def read(text: str, status: int = 200) -> Any:
    return read_answer("GET /p", status, text.encode())


@pytest.mark.parametrize(
    "data",
    [
        f'{{"balances":[{BALANCE}]}}',
        f'{{"assets":[{BALANCE}]}}',
        f'{{"balance":{{"USDT":{BALANCE}}}}}',
        f'{{"data":{{"balance":{{"USDT":{BALANCE}}}}}}}',
        f'{{"balance":[{BALANCE}]}}',
    ],
)
def test_balances_are_found_in_every_documented_place(data: str) -> None:
    found = readers.balances(read(f'{{"code":0,"msg":"","data":{data}}}'))
    assert {asset: (balance.free, balance.locked) for asset, balance in found.items()} == {
        "USDT": (Decimal("1.50"), Decimal(0))
    }


@pytest.mark.parametrize(
    "answer",
    [
        '{"code":0,"data":{"tranId":"12345678901234567891"}}',
        '{"code":0,"data":{"tranId":"12345678901234567891","transferId":"12345678901234567891"}}',
        '{"transferId":"12345678901234567891"}',
        '{"tranId":12345678901234567891}',
    ],
)
def test_the_transfer_id_is_found_in_every_documented_place(answer: str) -> None:
    assert readers.transfer_receipt(read(answer)).transfer_id == "12345678901234567891"


TRAN_ID, TRANSFER_ID = "1943502883135819776", "1051461075875997081703"


@pytest.mark.parametrize(
    ("answer", "transfer_id", "tran_id"),
    [
        (f'{{"code":0,"data":{{"tranId":"{TRAN_ID}","transferId":"{TRANSFER_ID}"}}}}', TRANSFER_ID, TRAN_ID),
        (f'{{"code":0,"tranId":{TRAN_ID},"data":{{"transferId":{TRANSFER_ID}}}}}', TRANSFER_ID, TRAN_ID),
        (f'{{"code":0,"transferId":"{TRANSFER_ID}","data":{{"tranId":{TRAN_ID}}}}}', TRANSFER_ID, TRAN_ID),
        (f'{{"code":0,"data":{{"tranId":"{TRAN_ID}"}}}}', TRAN_ID, TRAN_ID),
        (f'{{"transferId":"{TRANSFER_ID}"}}', TRANSFER_ID, None),
    ],
)
def test_a_receipt_has_both_numbers_of_a_transfer_or_the_one_that_is_shown(
    answer: str, transfer_id: str, tran_id: str | None
) -> None:
    receipt = readers.transfer_receipt(read(answer))
    assert (receipt.transfer_id, receipt.tran_id) == (transfer_id, tran_id)
    assert receipt.ids == {transfer_id, tran_id} - {None}


@pytest.mark.parametrize(
    ("names", "transfer_id", "tran_id"),
    [
        (f'"transferId":"{TRANSFER_ID}"', TRANSFER_ID, None),
        (f'"tranId":{TRAN_ID}', TRAN_ID, TRAN_ID),
        (f'"tranId":{TRAN_ID},"transferId":"{TRANSFER_ID}"', TRANSFER_ID, TRAN_ID),
    ],
)
def test_a_record_has_the_number_that_its_query_goes_by(
    names: str, transfer_id: str, tran_id: str | None
) -> None:
    row = f'{{{names},"asset":"USDT","amount":"1","timestamp":5}}'
    (record,) = readers.transfer_page(read(f'{{"code":0,"data":[{row}]}}')).rows
    assert (record.transfer_id, record.tran_id) == (transfer_id, tran_id)
    assert record.ids == {transfer_id, tran_id} - {None}


def test_a_receipt_and_its_record_have_an_id_in_common_in_either_query() -> None:
    both = f'{{"code":0,"data":{{"tranId":"{TRAN_ID}","transferId":"{TRANSFER_ID}"}}}}'
    receipt = readers.transfer_receipt(read(both))
    for number in (f'"transferId":"{TRANSFER_ID}"', f'"tranId":{TRAN_ID}'):
        row = f'{{{number},"asset":"USDT","amount":"1","timestamp":5}}'
        (record,) = readers.transfer_page(read(f'{{"code":0,"data":[{row}]}}')).rows
        assert receipt.ids & record.ids


@pytest.mark.parametrize("name", ["transferId", "tranId"])
def test_an_answer_with_two_numbers_under_one_name_is_a_protocol_error(name: str) -> None:
    answer = read(f'{{"code":0,"{name}":"1","data":{{"{name}":"2"}}}}')
    with pytest.raises(ProtocolError, match=f"an answer with one {name}, not 1 and 2"):
        readers.transfer_receipt(answer)


def test_a_receipt_and_a_record_that_an_earlier_version_pickled_still_load() -> None:
    receipt, record = pickle.loads((PICKLES / "receipt-and-record-0.1.0.pickle").read_bytes())
    assert receipt == TransferReceipt("7", None, True)
    assert record == TransferRecord(
        "7", "USDT", Decimal(1), None, "fund", "spot", "CONFIRMED", 5, raw=None, tran_id=None
    )
    for model in (receipt, record):
        assert (model.raw, model.tran_id, model.ids) == ({"a": 1}, None, {"7"})


@pytest.mark.parametrize("tran_id", [None, "8"])
def test_a_receipt_is_the_same_after_pickling(tran_id: str | None) -> None:
    receipt = TransferReceipt("7", {"transferId": "7"}, True, tran_id)
    found = pickle.loads(pickle.dumps(receipt))
    assert (found, found.raw) == (receipt, receipt.raw)


@pytest.mark.parametrize(
    "answer",
    [
        f'{{"total":1,"rows":[{ROW}]}}',
        f'{{"code":0,"data":{{"total":1,"rows":[{ROW}]}}}}',
        f'{{"code":0,"data":[{ROW}]}}',
        f'{{"code":0,"total":1,"rows":[{ROW}],"data":[{ROW}]}}',
    ],
)
def test_transfer_rows_are_found_in_every_documented_place(answer: str) -> None:
    (row,) = readers.transfer_page(read(answer)).rows
    assert (row.transfer_id, row.amount, row.from_account, row.type) == ("7", Decimal("1.5"), "fund", None)


@pytest.mark.parametrize(
    "wrap", ['{"code":0,"data":%s}', '{"code":0,"data":{"result":%s,"pageId":1,"total":1}}']
)
@pytest.mark.parametrize("name", ["sopt", "spot"])
def test_the_overview_is_read_in_both_shapes_and_under_both_names(wrap: str, name: str) -> None:
    rows = f'[{{"accountType":"{name}","usdtBalance":"100"}}]'
    (entry,) = readers.overview(read(wrap % rows))
    assert (entry.account_type, entry.usdt_balance) == ("sopt", Decimal(100))


@pytest.mark.parametrize(
    ("answer", "name", "amount"),
    [
        ('{"code":0,"data":[{"coin":"USDT","name":"Tether"}]}', "Tether", None),
        ('{"code":0,"data":{"coins":[{"asset":"USDT","amount":"1.5"}]}}', None, Decimal("1.5")),
    ],
)
def test_coins_are_read_in_both_shapes(answer: str, name: str | None, amount: Decimal | None) -> None:
    (coin,) = readers.coins(read(answer))
    assert (coin.coin, coin.name, coin.amount) == ("USDT", name, amount)


@pytest.mark.parametrize("number", ["1251111922229444401", '"1251111922229444401"'])
def test_an_inner_transfers_id_may_be_text_or_integer(number: str) -> None:
    receipt = readers.inner_transfer_receipt(read(f'{{"code":0,"data":{{"id":{number}}}}}'))
    assert (receipt.id, receipt.transfer_client_id) == ("1251111922229444401", None)


@pytest.mark.clause("REQ-9")
@pytest.mark.parametrize("amount", ["0.00000000000000000001", "123456789012345678901234567890.5", "1E-20"])
def test_json_numbers_keep_every_digit(amount: str) -> None:
    row = (
        '{"id":1251111922229444401,"coin":"BTC","receiver":2,"amount":%s,"status":6,"fromUid":1,'
        '"recordType":"out"}'
    )
    (record,) = readers.inner_transfer_page(
        read('{"code":0,"data":{"total":1,"data":[%s]}}' % (row % amount))
    ).rows
    assert record.amount == Decimal(amount)
    assert record.id == "1251111922229444401"
    assert record.raw["id"] == 1251111922229444401


EVERY_FIELD = [
    (
        lambda answer: readers.balances(answer)["USDT"],
        '{"balances":[%s]}',
        '{"asset":"USDT","free":"1.50","locked":"0.25"}',
        Balance("USDT", Decimal("1.50"), Decimal("0.25"), raw=None),
    ),
    (
        lambda answer: readers.overview(answer)[0],
        "[%s]",
        '{"accountType":"grid","usdtBalance":"1.5"}',
        AccountWorth("grid", Decimal("1.5"), raw=None),
    ),
    (
        lambda answer: readers.transfer_page(answer).rows[0],
        "[%s]",
        (
            '{"transferId":"7","asset":"USDT","amount":"1.5","type":"FUND_PFUTURES","fromAccount":"fund",'
            '"toAccount":"USDTMPerp","status":"CONFIRMED","timestamp":5}'
        ),
        TransferRecord(
            "7", "USDT", Decimal("1.5"), "FUND_PFUTURES", "fund", "USDTMPerp", "CONFIRMED", 5, raw=None
        ),
    ),
    (
        lambda answer: readers.transfer_page(answer).rows[0],
        '{"rows":[%s]}',
        '{"tranId":7,"asset":"USDT","amount":"1.5","timestamp":5}',
        TransferRecord("7", "USDT", Decimal("1.5"), None, None, None, None, 5, raw=None, tran_id="7"),
    ),
    (
        lambda answer: readers.coins(answer)[0],
        "[%s]",
        '{"coin":"USDT","name":"Tether","amount":"1.5"}',
        Coin("USDT", "Tether", Decimal("1.5"), raw=None),
    ),
    (
        lambda answer: readers.inner_transfer_page(answer).rows[0],
        '{"data":[%s]}',
        (
            '{"id":7,"coin":"USDT","amount":1.5,"receiver":2,"fromUid":1,"status":6,"recordType":"in",'
            '"time":5,"transferClientId":"abc"}'
        ),
        InnerTransferRecord("7", "USDT", Decimal("1.5"), "2", "1", 6, "in", 5, "abc", raw=None),
    ),
    (
        lambda answer: readers.inner_transfer_page(answer).rows[0],
        '{"data":[%s]}',
        '{"id":7,"coin":"USDT","amount":1.5,"receiver":2,"fromUid":1,"status":6,"recordType":"in"}',
        InnerTransferRecord("7", "USDT", Decimal("1.5"), "2", "1", 6, "in", None, None, raw=None),
    ),
]


@pytest.mark.parametrize(("reader", "around", "text", "expected"), EVERY_FIELD)
def test_every_field_of_a_row_is_read_and_the_row_is_kept_as_it_came(
    reader: Any, around: str, text: str, expected: Any
) -> None:
    row = reader(read(f'{{"code":0,"data":{around % text}}}'))
    assert row == expected
    assert row.raw == json.loads(text, parse_float=Decimal)


@pytest.mark.parametrize(
    ("reader", "data", "expected"),
    [
        (readers.transfer_receipt, '{"transferId":"7"}', TransferReceipt("7", raw=None)),
        (
            readers.inner_transfer_receipt,
            '{"id":"7","transferClientId":"abc"}',
            InnerTransferReceipt("7", "abc", raw=None),
        ),
    ],
)
def test_a_receipt_keeps_the_whole_raw_answer(reader: Any, data: str, expected: Any) -> None:
    answer = f'{{"code":0,"new":{{"field":1.50}},"data":{data}}}'
    receipt = reader(read(answer))
    assert receipt == expected
    assert receipt.raw == json.loads(answer, parse_float=Decimal)


@pytest.mark.parametrize(
    ("reader", "data"),
    [
        (readers.balances, '{"balances":[]}'),
        (readers.transfer_page, "[]"),
        (readers.inner_transfer_page, '{"data":[]}'),
    ],
)
def test_a_list_keeps_the_whole_raw_answer(reader: Any, data: str) -> None:
    answer = f'{{"code":0,"new":{{"field":1.50}},"data":{data}}}'
    assert reader(read(answer)).raw == json.loads(answer, parse_float=Decimal)


@pytest.mark.parametrize(
    ("reader", "answer", "total"),
    [
        (readers.transfer_page, '{"code":0,"data":{"total":3,"rows":[]}}', 3),
        (readers.transfer_page, '{"total":"3","rows":[]}', 3),
        (readers.transfer_page, '{"code":0,"total":4,"data":{"total":3,"rows":[]}}', 3),
        (readers.transfer_page, '{"code":0,"data":[]}', None),
        (readers.inner_transfer_page, '{"code":0,"data":{"total":3,"data":[]}}', 3),
        (readers.inner_transfer_page, '{"code":0,"data":{"data":[]}}', None),
        # A page that says that it is empty, in whatever way.
        (readers.transfer_page, '{"total":0,"rows":null}', 0),
        (readers.transfer_page, '{"total":"0"}', 0),
        (readers.transfer_page, '{"code":0,"data":{"total":0,"rows":null}}', 0),
        (readers.transfer_page, '{"code":0,"data":{"total":0}}', 0),
        (readers.transfer_page, '{"code":0,"data":null,"total":0}', 0),
        (readers.inner_transfer_page, '{"code":0,"data":{"total":0,"data":null}}', 0),
        (readers.inner_transfer_page, '{"code":0,"data":{"total":0}}', 0),
    ],
)
def test_a_total_is_read_where_there_is_one(reader: Any, answer: str, total: int | None) -> None:
    assert reader(read(answer)).total == total


INNER_ROW = '{"id":7,"coin":"USDT","amount":1.5,"receiver":2,"fromUid":1,"status":6,"recordType":"in"}'


@pytest.mark.parametrize(
    ("reader", "answer"),
    [
        (readers.transfer_page, f'{{"total":0,"rows":[{ROW}]}}'),
        (readers.transfer_page, f'{{"code":0,"data":{{"total":0,"rows":[{ROW}]}}}}'),
        (readers.inner_transfer_page, f'{{"code":0,"data":{{"total":0,"data":[{INNER_ROW}]}}}}'),
    ],
)
def test_rows_count_whatever_the_total_says(reader: Any, answer: str) -> None:
    assert len(reader(read(answer)).rows) == 1


@pytest.mark.parametrize("amount", ["0", "007.50", "-1.5", "1E-20", "1e+20", "1.5e999"])
def test_an_amount_is_decimal_text_with_or_without_sign_and_exponent(amount: str) -> None:
    found = readers.balances(read(f'{{"data":{{"balances":[{BALANCE.replace("1.50", amount)}]}}}}'))
    assert found["USDT"].free == Decimal(amount)


@pytest.mark.parametrize(
    "amount", ["", "+1", ".5", "5.", "1e", "1e1000", "1,5", " 1", "NaN", "Infinity", "１"]
)
def test_other_text_is_no_amount(amount: str) -> None:
    answer = read(f'{{"data":{{"balances":[{BALANCE.replace("1.50", amount)}]}}}}')
    with pytest.raises(ProtocolError, match=r"\[0\]\.free should be an amount, and is the text"):
        readers.balances(answer)


def test_text_that_is_optional_and_empty_counts_as_missing() -> None:
    (coin,) = readers.coins(read('{"code":0,"data":[{"coin":"USDT","name":"","amount":""}]}'))
    assert (coin.name, coin.amount) == (None, None)


@pytest.mark.clause("ERR-2")
@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("spelling", ["%d", '"%d"'])
@pytest.mark.parametrize("status", [200, 403, 500])
def test_every_documented_code_is_raised_with_its_meaning(code: int, spelling: str, status: int) -> None:
    with pytest.raises(APIError) as error:
        read(f'{{"code":{spelling % code},"msg":"why","data":null}}', status)
    refusal = error.value
    assert (refusal.code, refusal.msg, refusal.endpoint) == (code, "why", "GET /p")
    assert (refusal.http_status, refusal.meaning) == (status, ERRORS[code].meaning)


@pytest.mark.clause("ERR-2")
def test_an_undocumented_code_is_raised_too() -> None:
    with pytest.raises(APIError) as error:
        read('{"code":-77}')
    assert (error.value.code, error.value.msg, error.value.meaning) == (-77, "", None)


@pytest.mark.parametrize(
    "answer",
    [
        '{"transferErrorMsg":"Insufficient assets"}',
        '{"code":0,"data":{"transferErrorMsg":"Insufficient assets"}}',
        '{"code":0,"transferErrorMsg":"Insufficient assets","data":{"transferId":"7"}}',
    ],
)
def test_a_transfer_error_message_is_a_refusal_wherever_it_stands(answer: str) -> None:
    with pytest.raises(APIError, match="Insufficient assets") as error:
        read(answer)
    assert error.value.code is None


@pytest.mark.parametrize("empty", ['""', "null"])
def test_an_empty_transfer_error_message_is_none(empty: str) -> None:
    answer = f'{{"code":0,"transferErrorMsg":{empty},"data":{{"transferErrorMsg":{empty},"tranId":"7"}}}}'
    assert readers.transfer_receipt(read(answer)).transfer_id == "7"


def test_the_text_zero_is_success() -> None:
    assert server_time(read('{"code":"0","data":{"serverTime":5}}')) == 5


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"<html>502 Bad Gateway</html>", "no JSON"),
        (b'{"code":0', "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b'{"code":0,"data":{"serverTime":NaN}}', r"no JSON \(NaN is not JSON\)"),
        (b"[" * 100_000, "no JSON"),
        (b'{"code":' + b"9" * 5000 + b"}", "no JSON"),
        (b'{"code":0,"data":1e99999999999999999999}', "no JSON"),
        (b"null", r"\$ should be an object, and is null"),
        (b"[]", r"\$ should be an object, and is a list"),
        (b'"0"', r"\$ should be an object, and is the text '0'"),
        (b'{"code":true}', r"\$\.code should be an integer, and is true"),
        (b'{"code":null}', r"\$\.code should be an integer, and is null"),
        (b'{"code":0.0}', r"\$\.code should be an integer, and is the number 0\.0"),
        (b'{"code":"zero"}', r"\$\.code should be an integer"),
    ],
)
def test_what_says_neither_yes_nor_no_is_a_protocol_error(body: bytes, reason: str) -> None:
    with pytest.raises(ProtocolError, match=reason) as error:
        read_answer("GET /p", 200, body)
    assert (error.value.endpoint, error.value.http_status) == ("GET /p", 200)


@pytest.mark.parametrize("status", [201, 204, 302, 404, 500, 504])
def test_an_http_error_without_a_code_is_a_protocol_error(status: int) -> None:
    with pytest.raises(ProtocolError) as error:
        read('{"code":0,"data":{}}', status)
    assert error.value.detail == "an HTTP error without an error code"
    assert (error.value.endpoint, error.value.http_status) == ("GET /p", status)


@pytest.mark.parametrize(
    ("reader", "data", "place"),
    [
        (readers.balances, "null", r"\$\.data\.balances or .* should be a list of balances"),
        (readers.balances, "[]", r"\$\.data\.balances"),
        (readers.balances, '{"balances":"x"}', r"\$\.data\.balances should be a list, and is the text"),
        (readers.balances, '{"balances":[{"free":"1","locked":"0"}]}', r"\$\.data\.balances\[0\]\.asset"),
        (
            readers.balances,
            '{"balances":[{"asset":"A","free":"x","locked":"0"}]}',
            r"\[0\]\.free should be an amount",
        ),
        (
            readers.balances,
            '{"balances":[{"asset":"A","free":true,"locked":"0"}]}',
            "should be an amount, and is true",
        ),
        (readers.overview, "{}", r"\$\.data or \$\.data\.result should be a list"),
        (
            readers.overview,
            '[{"accountType":"sopt"}]',
            r"\$\.data\[0\]\.usdtBalance or .*balance should be an amount",
        ),
        (readers.transfer_receipt, "{}", r"\$\.data\.transferId or .* should be the id of a transfer"),
        (readers.transfer_receipt, '{"tranId":1.5}', "should be an id"),
        (readers.transfer_page, '{"total":1}', r"\$\.data\.rows or \$\.rows should be a list"),
        (readers.transfer_page, '{"total":0,"rows":{}}', r"\$\.data\.rows or \$\.rows should be a list"),
        (readers.inner_transfer_page, '{"total":1}', r"\$\.data\.data should be a list, and is nothing"),
        (readers.transfer_page, "null", r"\$\.data\.rows or \$\.rows should be a list"),
        (
            readers.transfer_page,
            '[{"transferId":"1"}]',
            r"\$\.data\[0\]\.asset should be text, and is nothing",
        ),
        (readers.coins, '[{"name":"x"}]', r"\$\.data\[0\]\.coin or .*asset should be a coin"),
        (readers.inner_transfer_receipt, "{}", r"\$\.data\.id should be an id, and is nothing"),
        (server_time, "[]", r"\$\.data\.serverTime should be an integer"),
        (server_time, '{"serverTime":1.5}', "should be an integer, and is the number 1.5"),
    ],
)
def test_an_answer_of_no_documented_shape_names_the_place(reader: Any, data: str, place: str) -> None:
    with pytest.raises(ProtocolError, match=place):
        reader(read(f'{{"code":0,"msg":"","data":{data}}}'))


@pytest.mark.parametrize(
    ("reader", "data", "detail"),
    [
        (
            readers.overview,
            "{}",
            "$.data or $.data.result should be a list; $.data is an object",
        ),
        (
            readers.transfer_page,
            "7",
            "$.data or $.data.rows or $.rows should be a list; $.data is the number 7",
        ),
        (
            readers.transfer_receipt,
            "null",
            (
                "$.data.transferId or $.data.tranId or $.transferId or $.tranId "
                "should be the id of a transfer; $.data.transferId is nothing"
            ),
        ),
        (
            readers.transfer_receipt,
            '{"transferId":null}',
            (
                "$.data.transferId or $.data.tranId or $.transferId or $.tranId "
                "should be the id of a transfer; $.data.transferId is null"
            ),
        ),
        (
            readers.transfer_page,
            "[{}]",
            (
                "$.data[0].transferId or $.data[0].tranId should be the id of a transfer; "
                "$.data[0].transferId is nothing"
            ),
        ),
        (readers.inner_transfer_receipt, '{"id":true}', "$.data.id should be an id, and is true"),
        (readers.inner_transfer_receipt, '{"id":""}', "$.data.id should be an id, and is the text ''"),
        (readers.inner_transfer_page, '{"data":{}}', "$.data.data should be a list, and is an object"),
        (
            readers.balances,
            f'{{"balances":[{BALANCE},{BALANCE}]}}',
            "$.data.balances[1] should be the only balance of USDT, and is an object",
        ),
        (
            readers.balances,
            '{"balance":{"USDT":{"asset":"USDT","free":"x","locked":"0"}}}',
            "$.data.balance.USDT.free should be an amount, and is the text 'x'",
        ),
        (
            server_time,
            '{"serverTime":"%s"}' % ("x" * 61),
            f"$.data.serverTime should be an integer, and is the text '{'x' * 60}'",
        ),
        (
            readers.inner_transfer_receipt,
            '{"id":0.%s}' % ("1" * 59),
            f"$.data.id should be an id, and is the number 0.{'1' * 58}",
        ),
    ],
)
def test_the_error_says_what_was_looked_for_where_and_what_stood_there_at_no_great_length(
    reader: Any, data: str, detail: str
) -> None:
    with pytest.raises(ProtocolError) as error:
        reader(read(f'{{"code":0,"data":{data}}}'))
    assert error.value.detail == detail
    assert (error.value.endpoint, error.value.http_status) == ("GET /p", 200)


def test_what_should_be_an_object_is_refused_as_one() -> None:
    with pytest.raises(ProtocolError, match=r"\$\.data should be an object, and is a list"):
        list(Node([], "$.data", "GET /p", 200).values())
