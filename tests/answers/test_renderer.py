"""What the contract can say about an answer, with a small contract made up for it; the product's own is held
against golden answers and recordings elsewhere."""

import json
import tomllib
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from bingx_contracts.facts.answers import AnswerShape, FailureShape, Shape, Value
from bingx_fake.answers.renderer import Form, Renderer

VALUES = """
[[values]]
name = "Success"
type = "integer"
values = [0]

[[values]]
name = "Words"
type = "string"
otherwise = ""

[[values]]
name = "Text"
type = "string"

[[values]]
name = "Moment"
type = "integer"

[[values]]
name = "Number"
type = "integer"

[[values]]
name = "NumberText"
type = "string"
of = "integer"

[[values]]
name = "Price"
when = { V1 = ["text"] }
type = "string"
of = "decimal"

[[values]]
name = "Price"
when = { V1 = ["number"] }
type = "number"

[[values]]
name = "Padded"
type = "string"
of = "decimal"
places = 8

[[values]]
name = "Optional"
type = "string"
of = "decimal"
nullable = true

[[values]]
name = "Flag"
when = { V2 = ["text"] }
type = "string"
of = "boolean"

[[values]]
name = "Flag"
when = { V2 = ["boolean"] }
type = "boolean"

[[values]]
name = "Status"
type = "string"
values = ["NEW", "CANCELLED"]
spelled = { CANCELED = "CANCELLED" }

[[values]]
name = "Nothing"
type = "null"
"""

ANSWERS = {"V1": "text", "V2": "text", "V3": "objects"}


class Contract(msgspec.Struct):
    """As much of a contract as answers are made of."""

    values: tuple[Value, ...]
    shapes: tuple[Shape, ...] = ()
    answers: tuple[AnswerShape, ...] = ()
    failures: tuple[FailureShape, ...] = ()


def renderer(text: str, **answers: str) -> Renderer:
    contract = tomllib.loads(VALUES + text)
    for entry in (entry for table in contract.values() for entry in table):
        entry["source"] = "ours"
    return Renderer(msgspec.convert(contract, Contract), {**ANSWERS, **answers})


def answer(text: str, now_ms: int = 7, /, *, vary: dict[str, str] | None = None, **facts: Any) -> Any:
    """What an endpoint answers whose fields are given, with these facts."""
    text = text if "[[answers]]" in text else f'[[answers]]\nendpoints = ["x"]\n{text}'
    write = renderer(text, **(vary or {})).success("x").write
    encoded = msgspec.json.encode(write(SimpleNamespace(**facts), now_ms))
    return json.loads(encoded, parse_float=Decimal)


def test_a_field_carries_the_fact_that_is_called_as_it_is_or_the_one_that_is_named() -> None:
    fields = 'fields = { text = "Text", orderId = "Number", time = "Moment" }\nfacts = { time = "at_ms" }'
    assert answer(fields, text="a", order_id=1, at_ms=2) == {"text": "a", "orderId": 1, "time": 2}


def test_fields_stand_in_the_order_of_the_contract() -> None:
    written = renderer('[[answers]]\nendpoints = ["x"]\nfields = { b = "Text", a = "Text", c = "Text" }')
    assert list(written.success("x").write(SimpleNamespace(a="", b="", c=""), 0)) == ["b", "a", "c"]


def test_now_ms_is_the_time_of_the_answer() -> None:
    assert answer('fields = { timestamp = "Moment" }\nfacts = { timestamp = "now_ms" }', 9) == {
        "timestamp": 9
    }


def test_what_can_only_be_one_thing_needs_no_fact() -> None:
    fields = 'fields = { code = "Success", msg = "Words", data = "Nothing" }'
    assert answer(fields) == {"code": 0, "msg": "", "data": None}


def test_words_for_a_person_are_the_facts_where_one_is_named() -> None:
    assert answer('fields = { msg = "Words" }\nfacts = { msg = "message" }', message="no") == {"msg": "no"}


@pytest.mark.parametrize(
    ("kind", "fact", "written"),
    [
        ("Text", 'a "quoted" ä', 'a "quoted" ä'),
        ("Number", 2**63, 2**63),
        ("NumberText", 2**70, str(2**70)),
        ("Price", Decimal("1.50"), "1.5"),
        ("Price", Decimal("1E+3"), "1000"),
        ("Padded", Decimal("1.5"), "1.50000000"),
        ("Optional", Decimal("1.50"), "1.5"),
        ("Optional", None, None),
        ("Flag", True, "true"),
        ("Flag", False, "false"),
        ("Status", "NEW", "NEW"),
        ("Status", "CANCELED", "CANCELLED"),
    ],
)
def test_a_value_is_written_as_its_kind_is(kind: str, fact: object, written: object) -> None:
    assert answer(f'fields = {{ it = "{kind}" }}', it=fact) == {"it": written}


def test_an_answer_of_the_register_chooses_text_or_number() -> None:
    fields, price = 'fields = { price = "Price" }', Decimal("0.00000000000000000001")
    assert answer(fields, price=price) == {"price": str(format(price, "f"))}
    assert answer(fields, price=price, vary={"V1": "number"}) == {"price": price}


def test_an_answer_of_the_register_chooses_boolean_or_text() -> None:
    fields = 'fields = { dual = "Flag" }'
    assert answer(fields, dual=True) == {"dual": "true"}
    assert answer(fields, dual=True, vary={"V2": "boolean"}) == {"dual": True}


ORDER = """
[[shapes]]
name = "Order"
fields = { orderId = "NumberText", legs = "[Leg]", takeProfit = "Leg", note = "Note" }
[[shapes]]
name = "Leg"
fields = { price = "Price", tags = "[Text]" }
[[shapes]]
name = "Note"
fields = { text = "Text" }
[[answers]]
endpoints = ["x"]
fields = { data = "[Order]" }
facts = { data = "orders" }
"""


def test_rows_have_rows_and_objects_of_their_own() -> None:
    text = ORDER.replace('note = "Note" }', 'note = "Note" }\nfacts = { takeProfit = "take_profit" }')
    leg = SimpleNamespace(price=Decimal(2), tags=["a", "b"])
    order = SimpleNamespace(order_id=1, legs=[leg, leg], take_profit=leg, text="of the order itself")
    written = {"price": "2", "tags": ["a", "b"]}
    (row,) = answer(text, orders=[order])["data"]
    assert row == {
        "orderId": "1",
        "legs": [written, written],
        "takeProfit": written,
        "note": {"text": "of the order itself"},
    }


DEPTH = """
[[shapes]]
name = "Depth"
fields = { bids = "[Level]", asks = "[Level]", lists = "[[Number]]" }
[[shapes]]
name = "Level"
fields = { price = "Price", quantity = "Price" }
listed = true
[[answers]]
endpoints = ["x"]
fields = { data = "Depth" }
"""


def test_depth_is_lists_of_lists() -> None:
    level = SimpleNamespace(price=Decimal("60000.5"), quantity=Decimal("0.1"))
    assert answer(DEPTH, bids=[level], asks=[level, level], lists=[[1, 2], []])["data"] == {
        "bids": [["60000.5", "0.1"]],
        "asks": [["60000.5", "0.1"], ["60000.5", "0.1"]],
        "lists": [[1, 2], []],
    }


CANDLES = """
[[shapes]]
name = "Candle"
when = { V3 = ["objects"] }
fields = { time = "Moment", open = "Price" }
[[shapes]]
name = "Candle"
when = { V3 = ["lists"] }
fields = { time = "Moment", open = "Price", closed = "Words" }
listed = true
[[answers]]
endpoints = ["x"]
fields = { data = "[Candle]" }
facts = { data = "candles" }
"""


def test_an_answer_of_the_register_chooses_objects_or_lists() -> None:
    candles = [SimpleNamespace(time=1, open=Decimal("2.5"))]
    assert answer(CANDLES, candles=candles) == {"data": [{"time": 1, "open": "2.5"}]}
    assert answer(CANDLES, candles=candles, vary={"V3": "lists", "V1": "number"}) == {
        "data": [[1, Decimal("2.5"), ""]]
    }


BY_SYMBOL = """
[[shapes]]
name = "Rate"
fields = { symbol = "Text", rate = "Price" }
key = "symbol"
[[answers]]
endpoints = ["x"]
fields = { data = "{Rate}", list = "[Rate]" }
facts = { data = "by_symbol", list = "by_symbol" }
"""


def test_facts_by_a_key_make_an_object_by_it_or_a_list() -> None:
    rates = {"A-B": SimpleNamespace(rate=Decimal(1)), "C-D": SimpleNamespace(rate=Decimal(2))}
    rows = [{"symbol": "A-B", "rate": "1"}, {"symbol": "C-D", "rate": "2"}]
    assert answer(BY_SYMBOL, by_symbol=rates) == {"data": {"A-B": rows[0], "C-D": rows[1]}, "list": rows}


ONE_OR_ALL = """
[[shapes]]
name = "Ticker"
fields = { symbol = "Text" }
[[answers]]
endpoints = ["x"]
fields = { data = "Ticker|[Ticker]" }
facts = { data = "tickers" }
"""


def test_one_or_a_list_is_what_the_facts_are() -> None:
    ticker = SimpleNamespace(symbol="A-B")
    assert answer(ONE_OR_ALL, tickers=ticker) == {"data": {"symbol": "A-B"}}
    assert answer(ONE_OR_ALL, tickers=[ticker]) == {"data": [{"symbol": "A-B"}]}
    assert answer(ONE_OR_ALL, tickers=[]) == {"data": []}


def test_rows_in_several_places_are_made_once() -> None:
    class Row:
        asked = 0

        @property
        def number(self) -> int:
            self.asked += 1
            return self.asked

    text = """
    [[shapes]]
    name = "Row"
    fields = { number = "Number" }
    [[shapes]]
    name = "Page"
    fields = { rows = "[Row]" }
    [[answers]]
    endpoints = ["x"]
    fields = { rows = "[Row]", data = "Page" }
    """
    assert answer(text, rows=[Row()]) == {"rows": [{"number": 1}], "data": {"rows": [{"number": 1}]}}


FAILURES = """
[[failures]]
endpoints = ["x"]
codes = [1]
when = { V3 = ["objects"] }
fields = { error = "Words" }
facts = { error = "message" }
"""


def failure() -> Form:
    form = renderer(FAILURES).failure("x", 1)
    assert form is not None
    return form


def test_some_codes_have_an_answer_of_their_own_under_some_answers() -> None:
    assert failure().write(SimpleNamespace(message="no"), 0) == {"error": "no"}
    assert renderer(FAILURES).failure("x", 2) is None
    assert renderer(FAILURES).failure("y", 1) is None
    assert renderer(FAILURES, V3="lists").failure("x", 1) is None


def test_a_form_names_the_variations_that_chose_it() -> None:
    assert renderer(CANDLES).success("x").decided_by == ("V1", "V3")
    assert renderer(BY_SYMBOL).success("x").decided_by == ("V1",)
    assert failure().decided_by == ("V3",)


def test_a_form_reads_as_a_hand_would_write_it() -> None:
    assert renderer(BY_SYMBOL.replace("{Rate}", "Success")).success("x").source == (
        "{'data': facts.by_symbol, 'list': (shared_0 := [{'symbol': key_1, 'rate': plain(row_1.rate)} "
        "for key_1, row_1 in facts.by_symbol.items()])}"
    )
