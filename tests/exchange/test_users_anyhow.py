"""Users who come, go and are put back in any order, among orders and positions, while prices move.

``BINGX_LONG=1`` makes up many more histories.
"""

import os
from collections import defaultdict
from contextlib import suppress
from decimal import Decimal
from functools import cache
from typing import Any

from exchange.test_users import FRANK, STATE
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.sender import NOW_MS

from bingx_fake.clock import ExchangeClock
from bingx_fake.control.calls import ControlCall, ControlError
from bingx_fake.control.orders import delete_order
from bingx_fake.control.users import delete_user, post_user, reset_user
from bingx_fake.exchange import Exchange
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType
from bingx_fake.perpetuals.reasons import Declined as PerpDeclined
from bingx_fake.settings import Settings
from bingx_fake.state.files import read_form
from bingx_fake.venue.commands import Halt, MarketId, Refused, Resume
from bingx_fake.venue.filters import Declined
from bingx_fake.venue.order_book import Side
from bingx_fake.venue.orders import NewOco, NewOrder, OrderType

EXAMPLES = 5_000 if os.environ.get("BINGX_LONG") == "1" else 40
LTC: MarketId = ("spot", "LTC-USDT")
PERP: MarketId = ("swap", "LTC-USDT")
WALLET = {"USDTMPerp": {"USDT": "1000"}}
NEW = {"uid": 7, "balances": {"spot": {"USDT": "500", "LTC": "10"}, **WALLET}}
FORM = STATE | {
    "markets": [STATE["markets"][0] | {"ladder": {"levels": 3, "size": [50, 200]}}],
    "users": [user | {"balances": user["balances"] | WALLET} for user in STATE["users"]],
}
OPENED = read_form(FORM)

uids = st.sampled_from([FRANK, 6, 7])
prices = st.integers(85, 112)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["post", "delete", "reset"]), uids),
    st.tuples(st.sampled_from(["limit", "late", "market", "stop", "pair"]), uids, st.booleans(), prices),
    st.tuples(st.sampled_from(["perp", "closing perp"]), uids, st.booleans(), st.integers(5, 40)),
    st.tuples(st.sampled_from(["move", "move perp"]), prices),
    st.tuples(st.just("cancel"), st.integers(0, 5)),
    st.tuples(st.sampled_from(["advance", "halt", "resume"])),
)


def place(exchange: Exchange, kind: str, uid: int, is_buy: bool, price: int) -> None:
    side, at = Side.BUY if is_buy else Side.SELL, Decimal(price)
    desk, now_ms, quantity = exchange.books.desk, exchange.clock.now_ms(), Decimal("0.5")
    if kind == "pair":
        away = 1 if side is Side.SELL else -1
        desk.place_oco(
            uid,
            NewOco(
                symbol=LTC[1],
                side=side,
                quantity=quantity,
                limit=at + 8 * away,
                trigger=at - 8 * away,
                price=at - 9 * away,
            ),
            now_ms,
        )
        return
    types = {"market": OrderType.MARKET, "stop": OrderType.TAKE_STOP_LIMIT}
    new = NewOrder(
        symbol=LTC[1],
        side=side,
        type=types.get(kind, OrderType.LIMIT),
        quantity=quantity,
        price=None if kind == "market" else at,
        stop=at if kind == "stop" else None,
    )
    (desk.due(now_ms + 1000) if kind == "late" else desk).place(uid, new, now_ms)


def carry_out(exchange: Exchange, step: tuple[Any, ...]) -> None:
    """Do one thing, or nothing at all."""
    books, now_ms = exchange.books, exchange.clock.now_ms()
    before = exchange.state()
    match step:
        case ("post" | "delete" | "reset" as what, uid):
            function = {"post": post_user, "delete": delete_user, "reset": reset_user}[what]
            body = NEW | {"uid": uid} if what == "post" else None
            try:
                function(exchange, ControlCall({"uid": str(uid)}, {}, body))
            except ControlError:
                assert exchange.state() == before
            else:
                check_user(exchange, what, uid, before)
        case ("cancel", index):
            ids = [str(order["id"]) for order in before.get("orders", [])]
            with suppress(ControlError):
                delete_order(exchange, ControlCall({"id": ids[index % len(ids)] if ids else "1"}, {}, None))
        case ("move" | "move perp", price):
            with suppress(Refused):
                books.floor.move(LTC if step[0] == "move" else PERP, price * 100, now_ms)
        case ("perp" | "closing perp", uid, is_buy, quantity):
            if uid in books.directory.users:
                new = NewPerpOrder(
                    symbol=PERP[1],
                    side=Side.BUY if is_buy else Side.SELL,
                    type=PerpType.MARKET if is_buy else PerpType.LIMIT,
                    quantity=Decimal(quantity),
                    price=None if is_buy else Decimal(95),
                    reduce_only=step[0] == "closing perp",
                )
                with suppress(PerpDeclined, Refused):
                    books.swap.place(uid, new, now_ms)
        case ("halt",) | ("resume",):
            with suppress(Refused):
                books.floor.apply(Halt(LTC) if step[0] == "halt" else Resume(LTC), now_ms)
        case ("advance",):
            exchange.change_clock(lambda clock: clock.advance(700))
        case (kind, uid, is_buy, price):
            if uid in books.directory.users:
                with suppress(Declined, Refused):
                    place(exchange, kind, uid, is_buy, price)


def check_user(exchange: Exchange, what: str, uid: int, before: dict[str, Any]) -> None:
    """What a user has after coming, going and being put back; whatever others hold is as it was."""
    after = exchange.state()
    users = {user["uid"]: user for user in after.get("users", [])}
    orders = [order for order in after.get("orders", []) if order["uid"] == uid]
    if what == "delete":
        assert (uid in users, orders) == (False, [])
    elif what == "post":
        assert (users[uid]["balances"], orders) == (NEW["balances"], [])
    elif uid == FRANK and users[uid].get("email"):
        written = [form for form in opening()["orders"] if form["uid"] == FRANK]
        assert (users[uid], orders) == (opening()["users"][0], written)
    others = [user for user in before.get("users", []) if user["uid"] != uid]
    assert [user for user in after.get("users", []) if user["uid"] != uid] == others


@cache
def opening() -> dict[str, Any]:
    """The state as it is at the start."""
    return new_exchange().state()


def new_exchange() -> Exchange:
    return Exchange(Settings(OPENED, lambda: ExchangeClock(lambda: NOW_MS, NOW_MS)))


def check_books(exchange: Exchange) -> None:
    """What all have is what was issued, and each open order holds what it needs, as each that is to come."""
    books = exchange.books
    books.ledger.assert_conserved()
    held: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for uid, account, balances in books.ledger.books():
        for asset in balances:
            for owner, amount in books.ledger.holds(uid, account, asset).items():
                if owner.kind == "order":
                    assert uid in books.directory.users
                    held[uid, asset] += amount
    needed: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    coming = books.desk._coming.values()
    for order in [*coming, *(it for user in books.desk.records.users.values() for it in user.open.values())]:
        if order.held:
            needed[order.uid, "LTC" if order.side is Side.SELL else "USDT"] += order.held
    assert held == needed
    check_positions(exchange)


def check_positions(exchange: Exchange) -> None:
    """Whoever has a position is a user; longs are what shorts are, and what all cost is in ``clearing``."""
    books = exchange.books
    steps, cost = 0, Decimal(0)
    for uid in books.swap.records.users:
        for position in books.swap.records.positions(uid):
            assert uid in books.directory.users
            sign = 1 if position.is_long else -1
            steps, cost = steps + sign * position.quantity, cost + sign * position.cost
    for nets in books.swap.exchange_holds:
        steps += sum(net.quantity for net in nets.values())
        cost += sum(net.cost for net in nets.values())
    assert (steps, -cost) == (0, books.ledger.balance(0, "clearing", "USDT").free)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(STEPS, min_size=3, max_size=25))
@example([("limit", FRANK, False, 95), ("cancel", 0), ("reset", FRANK), ("move", 90), ("reset", FRANK)])
@example([("late", FRANK, True, 90), ("delete", FRANK), ("advance",), ("advance",), ("delete", FRANK)])
@example([("pair", 6, False, 100), ("delete", 6), ("move", 110), ("post", 6), ("limit", 6, True, 90)])
@example([("perp", 6, True, 40), ("perp", FRANK, False, 40), ("move perp", 111), ("delete", 6), ("post", 6)])
@example(
    [("perp", 6, True, 40), ("reset", 6), ("move perp", 85), ("closing perp", 6, False, 9), ("delete", 6)]
)
@example([("halt",), ("reset", FRANK), ("delete", 6), ("resume",), ("move", 91)])
def test_the_books_are_whole_whoever_comes_goes_and_is_put_back(steps: list[tuple[Any, ...]]) -> None:
    exchange = new_exchange()
    for step in steps:
        carry_out(exchange, step)
        check_books(exchange)
    saved = exchange.state()
    exchange.load(read_form(saved))
    assert exchange.state() == saved
