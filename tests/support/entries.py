"""What the contract's entries, whatever they are, say of requests: one that is taken, values that are not."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from bingx_contracts import CONTRACT, RULES, Endpoint, Rule
from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType, PositionSide
from bingx_fake.perpetuals.twap_orders import TwapStatus
from bingx_fake.venue.commands import SetMark
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOco, NewOrder, OrderType
from support.sender import ALICE

_IN_NO_EXAMPLE = {
    "callingCode": "49",
    "transferClientId": "once",
    "transferId": "1",
    "tranId": "1",
    "id": "1",
    "orderIdList": "[1]",
    "lastFillId": "1",
    "mainOrderId": "1",
    "takeProfit": "",
    "stopLoss": "",
    "activationPrice": "60000",
    "priceRate": "0.01",
    **dict.fromkeys(("orderId", "orderIds", "cancelOrderId", "orderListId", "fromId"), "1"),
}
"""Values that mean something in the example state, where a rule says less than that."""


def request_of(endpoint: Endpoint, *also: str, profile: str = "") -> dict[str, str]:
    """The parameters of a request that the endpoint takes in the example state: its example's, and these.

    :param profile: whose example it is to be, where there are several.
    """
    examples = [example for example in CONTRACT.examples if example.endpoint == endpoint.id]
    sent = min(examples, key=lambda example: example.profile != profile).request
    together = {name for group in endpoint.needs_one_of if set(group) & set(also) for name in group}
    wanted = [it for it in endpoint.parameters if it.name in together | set(also)]
    return {it.name: _meant(endpoint, it.name, RULES[it.rule]) for it in wanted} | sent


def request_under(endpoint: Endpoint, answers: Mapping[str, str]) -> dict[str, str]:
    """The same, in a form that an exchange takes whose profile answers so: R's times to agents (V90)."""
    takes_dates = endpoint.group == "agent" and answers["V90"] == "dates"
    return request_of(endpoint, profile="reference" if takes_dates else "")


def make_what_it_names(exchange: FakeExchange, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
    """Have alice place the orders that a request goes by a client id of, and own the listen key it has."""
    if endpoint.group == "listen_key" and "listenKey" in sent:
        exchange.call(
            lambda inner: inner.books.listen_keys.take(sent["listenKey"], ALICE, inner.clock.now_ms())
        )
    if endpoint.id == "contract.balance":
        exchange.call(lambda inner: inner.books.ledger.credit(ALICE, "stdFutures", "USDT", Decimal(5)))
    if endpoint.group in ("swap_trade", "swap_account"):
        exchange.call(lambda inner: _make_what_a_swap_names(inner, endpoint, sent))
    if endpoint.group == "coinm_trade":
        exchange.call(lambda inner: _make_what_coins_name(inner, endpoint, sent))
    if endpoint.group != "spot_trade":
        return
    of_ocos = "oco/" in endpoint.path
    names = ("clientOrderId",) if of_ocos else ("clientOrderID", "cancelClientOrderID", "clientOrderIDs")
    wanted = [name for names in names if names in sent for name in sent[names].split(",")]
    if endpoint.id == "spot_trade.cancel_open_orders":
        wanted = [""]

    def place(inner: Exchange) -> None:
        for client_id in wanted:
            (_place_oco if of_ocos else _place)(inner, client_id)

    exchange.call(place)


def _place(inner: Exchange, client_id: str) -> None:
    desk, now_ms = inner.books.desk, inner.clock.now_ms()
    if client_id and desk.records.by_client_id(ALICE, client_id, now_ms) is not None:
        return
    order = NewOrder(
        symbol="BTC-USDT",
        side=Side.BUY,
        type=OrderType.LIMIT,
        quantity=Decimal("0.001"),
        price=Decimal(40000),
        client_id=client_id,
    )
    desk.place(ALICE, order, now_ms)


def _make_what_a_swap_names(inner: Exchange, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
    """Have the orders that a request goes by a client id of, and something to be listed or changed."""
    swap, now_ms = inner.books.swap, inner.clock.now_ms()
    name = endpoint.id.partition(".")[2].removesuffix("_v1").removesuffix("_v2")
    if swap.records.of(ALICE).is_hedging and name != "set_auto_margin":
        swap.close_all(ALICE, None, now_ms)
        swap.cancel_all(ALICE, None, now_ms)
        swap.set_mode(ALICE, is_hedging=False)
    if name in ("change_margin", "margin_history", "force_orders", "set_auto_margin"):
        _hold_isolated(inner, is_hedging=name == "set_auto_margin")
    if name == "force_orders":
        for price in (300_000, None):
            inner.books.floor.apply(SetMark(("swap", "BTC-USDT"), price), now_ms)
    if name in _OF_A_POSITION and not swap.records.positions(ALICE):
        _open_position(inner)
    if name in ("open_twaps", "twap_history") or "mainOrderId" in sent:
        twap_id = int(sent.get("mainOrderId", 1))
        _place_twap(inner, twap_id)
        if name == "twap_history":
            swap.cancel_twap(ALICE, twap_id, now_ms)
    elif swap.records.of(ALICE).is_slicing:
        for twap in list(swap.records.of(ALICE).twaps.values()):
            if twap.status.is_open:
                swap.cancel_twap(ALICE, twap.id, now_ms)
    if name == "position_history":
        swap.close_all(ALICE, None, now_ms)
    for position in swap.records.positions(ALICE) if "positionId" in sent else ():
        position.id = int(sent["positionId"])
    if name in ("cancel_open_orders", "open_orders", "all_orders"):
        _place_on_swap(inner, "listed")
    if name in ("place_order", "test_order"):
        return
    if name != "replace_order" and "clientOrderId" in sent:
        _place_on_swap(inner, sent["clientOrderId"])
    if "cancelClientOrderId" in sent:
        _place_on_swap(inner, sent["cancelClientOrderId"])
    of_batch = json.loads(sent["batchOrders"]) if name == "replace_orders" else []
    for client_id in (
        *json.loads(sent.get("clientOrderIdList", "[]")),
        *(order["cancelClientOrderId"] for order in of_batch),
    ):
        _place_on_swap(inner, client_id)


_OF_A_POSITION = (
    *(
        "positions",
        "income",
        "income_export",
        "fills",
        "order_history",
        "close_all_positions",
        "fill_history",
        "close_position",
    ),
    *("position_history", "change_margin", "margin_history", "reverse_position"),
)


def _make_what_coins_name(inner: Exchange, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
    """The same with coins as margin."""
    coinm, now_ms = inner.books.coinm, inner.clock.now_ms()
    name = endpoint.id.partition(".")[2]
    if not inner.books.ledger.balance(ALICE, "coinMPerp", "BTC").free:
        inner.books.ledger.credit(ALICE, "coinMPerp", "BTC", Decimal("0.01"))
    if name in ("change_margin", "force_orders") and not any(
        position.is_isolated for position in coinm.records.positions(ALICE)
    ):
        coinm.close_all(ALICE, None, now_ms)
        coinm.cancel_all(ALICE, None, now_ms)
        coinm.set_margin_type(ALICE, "BTC-USD", is_isolated=True)
    if name in (
        "positions",
        "fills",
        "order_history",
        "close_all_positions",
        "change_margin",
        "force_orders",
    ):
        _trade_a_contract(inner, PerpType.MARKET)
    if name == "fills":
        coinm.records.of(ALICE).fills[-1].order.id = int(sent["orderId"])
    if name == "force_orders":
        for price in (300_000, None):
            inner.books.floor.apply(SetMark(("coinm", "BTC-USD"), price), now_ms)
    if name in ("cancel_open_orders", "delete_open_orders", "open_orders"):
        _trade_a_contract(inner, PerpType.LIMIT, "listed")
    if name != "place_order" and "clientOrderId" in sent:
        _trade_a_contract(inner, PerpType.LIMIT, sent["clientOrderId"])


def _trade_a_contract(inner: Exchange, kind: PerpType, client_id: str = "") -> None:
    coinm = inner.books.coinm
    known = coinm.records.by_client_id(ALICE, client_id)
    if known is not None and known.is_open:
        return
    coinm.records.of(ALICE).named.pop(client_id, None)  # for the name is to be another order's
    order = NewPerpOrder(
        symbol="BTC-USD",
        side=Side.BUY,
        position_side=PositionSide.BOTH,
        type=kind,
        quantity=Decimal(1),
        price=Decimal(40000) if kind is PerpType.LIMIT else None,
        client_id=client_id,
    )
    coinm.place(ALICE, order, inner.clock.now_ms())


def _hold_isolated(inner: Exchange, *, is_hedging: bool = False) -> None:
    """Have alice hold an isolated position, with more margin than it needs."""
    swap, now_ms = inner.books.swap, inner.clock.now_ms()
    if any(
        position.is_isolated and position.is_one_way is not is_hedging
        for position in swap.records.positions(ALICE)
    ):
        return
    swap.close_all(ALICE, None, now_ms)
    swap.cancel_all(ALICE, None, now_ms)
    swap.set_mode(ALICE, is_hedging=is_hedging)
    swap.set_margin_type(ALICE, "BTC-USDT", is_isolated=True)
    _open_position(inner)
    swap.change_margin(ALICE, "BTC-USDT", None, Decimal(5), now_ms)


def _open_position(inner: Exchange) -> None:
    is_hedging = inner.books.swap.records.of(ALICE).is_hedging
    order = NewPerpOrder(
        symbol="BTC-USDT",
        side=Side.BUY,
        position_side=PositionSide.LONG if is_hedging else PositionSide.BOTH,
        type=PerpType.MARKET,
        quantity=Decimal("0.0001"),
    )
    inner.books.swap.place(ALICE, order, inner.clock.now_ms())


def _place_twap(inner: Exchange, twap_id: int) -> None:
    """Have alice have an open order in slices of this id."""
    swap, now_ms = inner.books.swap, inner.clock.now_ms()
    twaps = swap.records.of(ALICE).twaps
    known = twaps.pop(twap_id, None)
    if known is None or not known.status.is_open:
        known = swap.place_twap(
            ALICE,
            "BTC-USDT",
            Side.BUY,
            PositionSide.LONG,
            now_ms,
            is_percentage=False,
            variance=Decimal(10),
            trigger=Decimal(70000),
            interval_ms=8_000,
            each=Decimal("0.0001"),
            total=Decimal("0.0002"),
        )
        swap.cancel_twap(ALICE, known.id, now_ms)
        del twaps[known.id]
        known.id, known.status = twap_id, TwapStatus.NEW
    twaps[twap_id] = known


def _place_on_swap(inner: Exchange, client_id: str) -> None:
    swap = inner.books.swap
    known = swap.records.by_client_id(ALICE, client_id)
    if known is not None and known.is_open:
        return
    swap.records.of(ALICE).named.pop(client_id, None)  # for the name is to be another order's
    order = NewPerpOrder(
        symbol="BTC-USDT",
        side=Side.BUY,
        position_side=PositionSide.BOTH,
        type=PerpType.LIMIT,
        quantity=Decimal("0.0001"),
        price=Decimal(40000),
        client_id=client_id,
    )
    swap.place(ALICE, order, inner.clock.now_ms())


def _place_oco(inner: Exchange, client_id: str) -> None:
    desk, now_ms = inner.books.desk, inner.clock.now_ms()
    if desk.records.by_client_id(ALICE, client_id, now_ms) is not None:
        return
    oco = NewOco(
        symbol="BTC-USDT",
        side=Side.BUY,
        quantity=Decimal("0.001"),
        limit=Decimal(40000),
        trigger=Decimal(62000),
        price=Decimal(62000),
        limit_client_id=client_id,
    )
    desk.place_oco(ALICE, oco, now_ms)


def _meant(endpoint: Endpoint, name: str, rule: Rule) -> str:
    """A value of a parameter that the exchange takes: as an example shows it, best one of the same group."""
    showing = [example for example in CONTRACT.examples if name in example.request]
    showing.sort(key=lambda example: not example.endpoint.startswith(f"{endpoint.group}."))
    value = showing[0].request[name] if showing else _IN_NO_EXAMPLE.get(name)
    if value is not None:
        return value
    match rule.kind:
        case "enum":
            return rule.values[0]
        case "boolean":
            return "true"
        case "integer":
            return str(rule.minimum)
    raise AssertionError(f"no example has the parameter {name}: say here what it may be")


def refused(rule: Rule) -> Iterator[str]:
    """Values that break a rule, of every kind that people send."""
    match rule.kind:
        case "enum":
            yield from (
                text
                for text in ("", "nobody", f"{rule.values[0]} ")
                if text not in (*rule.values, *rule.also)
            )
        case "boolean":
            yield from ("", "1", "True", "yes")
        case "integer":
            assert rule.minimum is not None
            assert rule.maximum is not None
            yield from ("", "x", "-1", "+1", "1.0", "1e1", "１")
            yield from (str(rule.minimum - 1), str(rule.maximum + 1))
        case "amount":
            yield from ("", "0", "-1", "+1", "1e3", ".5", "1,5", "NaN", "１", f"0.{20 * '0'}1")
        case "decimal":
            yield from ("", "+1", "1e3", ".5", "1,5", "NaN", "１")
        case "pattern":
            assert rule.pattern is not None
            candidates = ("", " ", "a b", "ä", "-", "\n", 300 * "1")
            yield from (text for text in candidates if not re.fullmatch(rule.pattern, text, re.ASCII))
        case "list":
            yield from ("", ",")
        case "json":
            yield from ("", "{", "1", '"text"')
