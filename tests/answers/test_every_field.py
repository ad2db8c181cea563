"""Each field of the contract's shapes is one that documents or recordings show, or that the client needs.

The fake's answers and their schemas are made of the same shapes: a field misspelt there is misspelt in both.
So each is renamed here, in memory, and somebody who does not know the shapes has to notice: what is shown, in
``fields.json``, or a reader of the client.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
import pytest
from fields.shown import shown_of
from support.agents import ABOUT_AGENTS
from support.entries import make_what_it_names, request_of
from support.perpetuals import ABOUT_PERPETUALS
from support.readers import ABOUT_KEYS, ABOUT_ORDERS
from support.sender import NOW_MS, PLACE_ORDER, Sender

from bingx_client.calls.common import readers as common
from bingx_client.calls.spot_account import readers
from bingx_client.errors import APIError, ProtocolError
from bingx_client.wire.decode import read_answer
from bingx_contracts import CONTRACT, ENDPOINTS, PROFILES, VARIATIONS
from bingx_contracts.facts.answers import AnswerShape, Shape
from bingx_fake import FakeExchange
from bingx_fake.answers.dialect import Answers, Failed
from bingx_fake.answers.renderer import Form, Renderer
from bingx_fake.gateway.refusal import BAD_PARAMETER

READERS = {
    "spot_account.spot_balance": readers.balances,
    "spot_account.fund_balance": readers.balances,
    "spot_account.account_overview": readers.overview,
    "spot_account.transfer": readers.transfer_receipt,
    "spot_account.transfers": readers.transfer_page,
    "spot_account.transfer_records": readers.transfer_page,
    "spot_account.transferable_coins": readers.coins,
    "spot_account.inner_transfer": readers.inner_transfer_receipt,
    "spot_account.inner_transfer_records": readers.inner_transfer_page,
    **ABOUT_ORDERS,
    **ABOUT_PERPETUALS,
    **ABOUT_AGENTS,
    **ABOUT_KEYS,
    "common.server_time": common.server_time,
}
CHOICES = [PROFILES[name].answers for name in PROFILES] + [
    {**PROFILES["documented"].answers, variation.id: answer.name}
    for variation in VARIATIONS.values()
    if variation.side == "answer"
    for answer in variation.answers
]

NOBODY_SHOWS = {
    "answers of listen_key.extend.code": "R has the envelope once, for every answer",
    "answers of listen_key.extend.msg": "likewise",
    "answers of swap_market.trading_rules.code": "likewise",
    "answers of swap_market.trading_rules.msg": "likewise",
    "answers of swap_trade.set_auto_margin.code": "likewise",
    "answers of swap_trade.set_auto_margin.msg": "likewise",
    "answers of coinm_trade.force_orders.code": "likewise",
    "answers of coinm_trade.force_orders.msg": "likewise",
    **dict.fromkeys(
        (f"answers of coinm_trade.{name}.data" for name in ("set_margin_type", "change_margin")),
        "an object or a list in which nothing is (V87)",
    ),
    **dict.fromkeys(
        (
            *(f"CoinNotCancelled.{field}" for field in ("orderId", "code", "msg")),
            *(f"CoinNotClosed.{field}" for field in ("positionId", "errCode", "errorMsg")),
        ),
        "nothing fails here in a call that cancels or closes all",
    ),
    "Coin.asset": "D has it in data.coins[], where no list can be that S and R find (V10)",
    "Coin.amount": "likewise",
    "Symbol.displayName": "D's changelog tells of it",
    "Contract.displayName": "likewise",
    "Symbol.maxMarketNotional": "ccxt reads it (O)",
    "Ticker.count": "D's table has it, and no example",
    "PerpBest.lastUpdateId": "likewise",
    **dict.fromkeys(
        ("PremiumIndex.fundingIntervalHours", "PremiumIndex.updateTime"), "recorded, not under every profile"
    ),
    "FundingRate.nextFundingTime": "R has it, of one and not of a list (V77)",
    **dict.fromkeys(
        (f"OldTrade.{field}" for field in ("id", "price", "qty", "time", "buyerMaker")),
        "D's table has them, and its example others (V51)",
    ),
    "Placed.stopPrice": "D has it in the answer to replacing",
    **dict.fromkeys(
        (
            *("PairCancelled.orders", "PairCancelled.orderReports", "LegNamed.clientOrderId"),
            *(f"LegReport.{name}" for name in ("symbol", "orderId", "price", "origQty", "executedQty")),
            *(f"LegReport.{name}" for name in ("cummulativeQuoteQty", "status", "type", "side")),
            "LegReport.clientOrderID",
        ),
        "R has the list, and shows nothing of what is in it (V43)",
    ),
    **dict.fromkeys(
        (f"PerpPlaced.{field}" for field in ("status", "avgPrice", "executedQty")),
        "D's changelog names them",
    ),
    **dict.fromkeys(
        (f"PerpFill.{field}" for field in ("side", "type", "positionSide", "tradeId", "realizedPnl")),
        "D's table has the first three; R shows one fill in data, and here they stand in a list (V66)",
    ),
    **dict.fromkeys(
        (f"PerpNotCancelled.{field}" for field in ("orderId", "clientOrderId", "errorCode", "errorMessage")),
        "no order fails here in a call that cancels all",
    ),
    **dict.fromkeys(
        (
            *("PerpBatch.errors", "PerpNotPlaced.errorCode", "PerpNotPlaced.errorMessage"),
            "PerpPastOfR.closeAllPositions",
        ),
        "R has these lists, and shows nothing of what is in them (V60, V68)",
    ),
    **dict.fromkeys(
        (f"{shape}.{field}" for shape in ("PerpOpen", "PerpOpenFlat") for field in ("priceRate", "actPrice")),
        "D's table names them",
    ),
    "TwapDetail.childOrders": "R has it, and shows nothing of what is in it (V69)",
    **dict.fromkeys(
        ("PerpFullOrder.onlyOnePosition", "PerpFullOrder.reduceOnly"), "one order has them, lists do not (D)"
    ),
    "PerpMarginType.symbol": "a record with numbers as text has it (O)",
    **dict.fromkeys(
        (
            *(f"FlatAttached.{field}" for field in ("price", "quantity", "stopPrice", "type", "workingType")),
            *(
                f"{shape}.{field}"
                for shape in ("PerpCancelledFlat", "PerpOpenFlat", "PerpOrderFlat")
                for field in (
                    *(
                        "advanceAttr",
                        "commission",
                        "cumQuote",
                        "leverage",
                        "orderType",
                        "positionID",
                        "profit",
                    ),
                    *("stopLoss", "stopLossEntrustPrice", "takeProfit", "takeProfitEntrustPrice"),
                )
            ),
            *(f"PerpCancelledFlat.{field}" for field in ("avgPrice", "executedQty", "time", "updateTime")),
            *(f"PerpOpenFlat.{field}" for field in ("clientOrderId", "postOnly", "stopPrice", "workingType")),
            *("PerpOpenFlat.trailingStopDistance", "PerpOpenFlat.trailingStopRate"),
            *(f"PerpOrderFlat.{field}" for field in ("clientOrderId", "stopPrice", "workingType")),
            *(f"PerpOrderFlat.{field}" for field in ("onlyOnePosition", "reduceOnly", "triggerOrderId")),
        ),
        "R's flat answers show fewer fields than D's wrapped ones (V30)",
    ),
    **dict.fromkeys(
        (
            *(f"ExportedIncome.{field}" for field in ("symbol", "incomeType", "income", "asset", "info")),
            *(f"ExportedIncome.{field}" for field in ("time", "tranId", "tradeId")),
        ),
        "columns of a workbook, of which R says no more than that it is one (A219)",
    ),
    "answers of spot_account.transfer_v3.timestamp": "as the transfer of today has one (O)",
}
"""Fields that are in no document and that no reader of ours needs, and why they are there."""


MARKETS = [{"symbol": "BTC-USDT", "tick": "0.1", "step": "0.001", "price": 60000}]
"""A market with a coarser step, besides those that there are anyway."""


class Given(NamedTuple):
    """What an endpoint has to answer: facts, or a code for which it has an answer that is no error."""

    endpoint_id: str
    facts: Any
    code: int | None = None


class Listening(Answers):
    """Answers, and the facts that they were made of."""

    def __init__(self, heard: dict[str, Any]) -> None:
        documented = PROFILES["documented"].answers
        super().__init__(documented, Renderer(CONTRACT, documented), {})
        self._heard = heard

    def success(self, endpoint_id: str, facts: object, now_ms: int) -> Any:
        self._heard[endpoint_id] = facts
        return super().success(endpoint_id, facts, now_ms)


@pytest.fixture(scope="module")
def given() -> list[Given]:
    heard: dict[str, Any] = {}
    with FakeExchange(frozen_at_ms=NOW_MS) as exchange:
        exchange.load(exchange.state | {"markets": MARKETS})
        exchange._inner._answers = Listening(heard)
        sender = Sender(exchange)
        sender.post(PLACE_ORDER, symbol="BTC-USDT", side="BUY", type="MARKET", quantity="0.001")
        for endpoint in ENDPOINTS.values():
            sent = request_of(endpoint)
            make_what_it_names(exchange, endpoint, sent)
            if endpoint.id == "spot_trade.cancel_orders":
                sent |= {"orderIds": "1", "process": "1"}  # which fails, and is told to
            sender.ask(endpoint, sent)
    assert heard.keys() == ENDPOINTS.keys(), "each was carried out"
    return [
        *(Given(endpoint_id, facts) for endpoint_id, facts in heard.items()),
        Given("spot_account.transfer", Failed("no"), BAD_PARAMETER),
    ]


def paths(value: Any, path: str = "") -> Iterator[str]:
    """Where an answer has something, as ``fields.json`` says it."""
    yield path.lstrip(".")
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, f"{path}[{index}]" if path.endswith("[]") else f"{path}[]")
    elif isinstance(value, dict):
        for name, inner in value.items():
            is_asset = name.isupper() and len(name) > 1  # T is a time
            yield from paths(inner, f"{path}{{}}" if is_asset else f"{path}.{name}")


def noticed(it: Given, before: bytes, after: bytes) -> bool:
    endpoint = ENDPOINTS[it.endpoint_id]
    shown = {path for source in shown_of(endpoint).values() for path in source}
    missing = set(paths(json.loads(before))) - set(paths(json.loads(after)))
    return bool(missing & shown) or outcome(it, before) != outcome(it, after)


def outcome(it: Given, body: bytes) -> str:
    """What becomes of an answer in the client."""
    try:
        answer = read_answer("", 200, body)
        if it.endpoint_id in READERS:
            READERS[it.endpoint_id](answer)
    except (APIError, ProtocolError) as error:
        return type(error).__name__
    return "read"


def renamed() -> Iterator[tuple[str, Shape | AnswerShape, dict[str, tuple[Any, ...]]]]:
    """Every field, and the tables of a contract in which its name begins with a capital letter.

    So the fact that it carries is the same: ``asset`` for ``Asset``, ``from_account`` for ``FromAccount``.
    """
    for table in ("shapes", "answers", "failures"):
        entries: tuple[Shape | AnswerShape, ...] = getattr(CONTRACT, table)
        for place, entry in enumerate(entries):
            if isinstance(entry, Shape) and entry.listed:
                continue  # its fields have no names in an answer
            for field in entry.fields:
                other = f"{field}Too" if field[0].isupper() else field[0].upper() + field[1:]
                new = {name: name for name in entry.fields} | {field: other}
                changes: dict[str, Any] = {
                    "fields": {new[name]: kind for name, kind in entry.fields.items()},
                    "facts": {new[name]: fact for name, fact in entry.facts.items()},
                }
                if isinstance(entry, Shape) and entry.key is not None:
                    changes["key"] = new[entry.key]
                changed = msgspec.structs.replace(entry, **changes)
                name = entry.name if isinstance(entry, Shape) else f"{table} of {entry.endpoints[0]}"
                yield f"{name}.{field}", entry, {table: (*entries[:place], changed, *entries[place + 1 :])}


def shows(endpoint_id: str) -> set[str]:
    """The names of all shapes that an endpoint's answer may have in it, under whatever answers."""
    found: set[str] = set()
    waiting = [
        reference
        for answer in (*CONTRACT.answers, *CONTRACT.failures)
        if endpoint_id in answer.endpoints
        for reference in (*answer.fields.values(), answer.data or "")
    ]
    while waiting:
        for name in re.findall(r"\w+", waiting.pop()):
            if name not in found:
                found.add(name)
                waiting += [
                    kind for shape in CONTRACT.shapes if shape.name == name for kind in shape.fields.values()
                ]
    return found


def different(it: Given, usual: list[Renderer]) -> list[tuple[Mapping[str, str], bytes]]:
    """Each form that an answer has: under which answers of the register, and what it is then.

    The form names what chose among its parts, so that under all answers alike in that it is the same, renamed
    or not.
    """
    forms: dict[tuple[str, ...], tuple[Mapping[str, str], bytes]] = {}
    for renderer, answers in zip(usual, CHOICES, strict=True):
        form = form_of(renderer, it)
        chosen = () if form is None else tuple(f"{name} {answers[name]}" for name in form.decided_by)
        if chosen not in forms:
            forms[chosen] = answers, body(renderer, it)
    return list(forms.values())


def test_a_field_that_is_renamed_is_missed(given: list[Given]) -> None:
    usual = [Renderer(CONTRACT, answers) for answers in CHOICES]
    forms = [(it, different(it, usual)) for it in given]
    shown_by = {it.endpoint_id: shows(it.endpoint_id) for it in given}

    def is_of(it: Given, entry: Shape | AnswerShape) -> bool:
        if isinstance(entry, Shape):
            return entry.name in shown_by[it.endpoint_id]
        return it.endpoint_id in entry.endpoints

    def is_missed(entry: Shape | AnswerShape, tables: dict[str, tuple[Any, ...]]) -> bool:
        contract = msgspec.structs.replace(CONTRACT, **tables)
        return any(
            noticed(it, before, after)
            for it, those in forms
            if is_of(it, entry)
            for answers, before in those
            if entry.holds(answers) and before != (after := body(Renderer(contract, answers), it))
        )

    left = {name for name, entry, tables in renamed() if not is_missed(entry, tables)}
    assert left == NOBODY_SHOWS.keys()


def form_of(renderer: Renderer, it: Given) -> Form | None:
    return renderer.success(it.endpoint_id) if it.code is None else renderer.failure(it.endpoint_id, it.code)


def body(renderer: Renderer, it: Given) -> bytes:
    form = form_of(renderer, it)
    return b"{}" if form is None else msgspec.json.encode(form.write(it.facts, 1))
