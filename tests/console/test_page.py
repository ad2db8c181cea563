"""The console in a real Chromium, as a person uses it."""

import json
import re
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from support.clients import make_client
from support.sender import (
    ALICE,
    FUND_BALANCE,
    INNER_TRANSFER,
    NOW_MS,
    PLACE_ORDER,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    Sender,
    hmac_hex,
)

from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange
from bingx_fake.faults.kinds import KINDS
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType, PositionSide
from bingx_fake.streams.frames import Frame
from bingx_fake.streams.session import Session
from bingx_fake.venue.order_book import Side

UNAVAILABLE = {"dns": "host names are not intercepted", "tls": "without TLS"}


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_person_takes_com_down_sees_a_client_fall_back_and_restores_it(
    page: Page, exchange: FakeExchange
) -> None:
    com = page.locator("#domain-com .condition")
    expect(com).to_have_text("up")
    press(page, "refuse on .com")
    expect(com).to_have_text("down: refuse")
    expect(page.locator("#outcome")).to_have_text("refuse is ordered for .com.")
    with make_client(exchange) as client:
        client.spot_balance()
        expect(page.locator("#entries tbody tr").first).to_contain_text(".pro")
        press(page, "Restore .com")
        expect(com).to_have_text("up")
        client.spot_balance()
    expect(page.locator("#entries tbody tr").first).to_contain_text(".com")


def test_a_person_reads_why_a_signature_failed(page: Page, sender: Sender) -> None:
    sender.call("GET", SPOT_BALANCE, {"recvWindow": 5000}, secret="bob-secret")
    expect(page.locator("#entries tbody tr")).to_contain_text("100001")
    press(page, "Details of r1")
    details = page.locator("#entries .more")
    expect(details).to_contain_text("signature verification failed")
    expect(details).to_contain_text("another-keys-secret")
    expect(details).to_contain_text(f"recvWindow=5000&timestamp={NOW_MS}")
    press(page, "Details of r1")
    expect(details).to_have_count(0)


def test_where_a_signed_string_parts_from_the_exchanges_is_marked(page: Page, sender: Sender) -> None:
    only_the_time = hmac_hex("alice-secret", f"timestamp={NOW_MS}")
    target = f"{SPOT_BALANCE}?recvWindow=5000&timestamp={NOW_MS}&signature={only_the_time}"
    sender.raw("GET", target, headers={"X-BX-APIKEY": "alice-key", "X-SOURCE-KEY": "BX-AI-SKILL"})
    press(page, "Details of r1")
    expect(page.locator("#entries .more mark")).to_have_text(["r", "t"])


def test_a_request_that_was_answered_needs_no_explanation(page: Page, sender: Sender) -> None:
    sender.get(SPOT_BALANCE)
    press(page, "Details of r1")
    expect(page.locator("#entries .more")).to_contain_text("It was answered.")


def test_a_refusal_shows_what_decided_it_in_the_registers_words(page: Page, sender: Sender) -> None:
    sender.raw("GET", SPOT_BALANCE)  # without a key
    press(page, "Details of r1")
    details = page.locator("#entries .more")
    expect(details).to_contain_text("Decided by")
    expect(details.locator("dt", has_text=re.compile("^(V21|A1)$"))).to_have_text(["V21", "A1"])
    expect(details).to_contain_text("HTTP status of errors")
    expect(details).to_contain_text("checks run in one order")


def test_where_nothing_contested_decided_nothing_is_said_of_it(page: Page, sender: Sender) -> None:
    sender.raw("GET", "/openApi/spot/v1/market/depth?symbol=NONE-USDT")
    press(page, "Details of r1")
    expect(page.locator("#entries .more")).to_contain_text("does not exist")
    expect(page.locator("#entries .more")).not_to_contain_text("Decided by")


def test_a_requests_lint_comes_with_what_to_do(page: Page, sender: Sender) -> None:
    sender.raw("GET", SERVER_TIME)
    expect(page.locator("#entries tbody tr")).to_contain_text("lint: source-key")
    press(page, "Details of r1")
    expect(page.locator("#entries .more")).to_contain_text("X-SOURCE-KEY")


def test_an_edited_balance_keeps_every_digit(page: Page, sender: Sender) -> None:
    press(page, "Change BTC in fund of alice@example.com")
    amount = page.get_by_label("Amount")
    expect(amount).to_be_focused()
    amount.fill("0.00000000000000000001")
    press(page, "Credit")
    row = page.locator("#user-list article").first.get_by_role("row", name="fund BTC")
    expect(row).to_contain_text("0.50000000000000000001")
    expect(page.locator("#outcome")).to_contain_text("0.50000000000000000001 BTC free")
    amount.fill("0.5")
    press(page, "Lock")
    expect(row.locator("td").nth(3)).to_have_text("0.6")
    amount.fill("0.1")
    press(page, "Unlock")
    expect(row.locator("td").nth(3)).to_have_text("0.5")
    press(page, "Debit")
    expect(row.locator("td").nth(2)).to_have_text("0.00000000000000000001")
    held = sender.get(FUND_BALANCE, asset="BTC").data["balances"]
    assert held == [{"asset": "BTC", "free": "0.00000000000000000001", "locked": "0.5"}]


REFUSED = [
    ("users", "Amount", "1e3", "Credit", "'1e3' is not a plain decimal of at most 20 places"),
    ("users", "Amount", "1000000", "Debit", "account fund holds 0 XRP free"),
    ("clock", "at", "yesterday", "Freeze", "now: 'yesterday' is not a whole number of milliseconds"),
    ("clock", "Advance by", "-1", "Advance", "a clock is advanced by 0 ms or more"),
    ("domains", "status of http-error", "200", "http-error on .com", "not an HTTP error status"),
    ("journal", "Code", "many", "", "code: 'many' is not a number"),
    ("markets", "Price", "0.001", "Move", "price: 0.001 is not two or more whole ticks of 0.01"),
    ("markets", "Price", "", "Mark", "price: '' is not a plain decimal"),
    ("markets", "Quantity", "a lot", "Buy", "quantity: 'a lot' is not a plain decimal"),
]
"""Where what is given in which field, with which button, is refused for what reason."""


def test_a_refusal_stands_beside_the_form(page: Page, exchange: FakeExchange) -> None:
    before = exchange.state, exchange.call(lambda inner: (inner.clock.describe(), inner.faults.describe()))
    page.locator("#users").get_by_label("Asset").fill("XRP")
    for section, field, value, button, reason in REFUSED:
        place = page.locator(f"#{section}")
        place.get_by_label(field, exact=True).fill(value)
        if button:
            press(page, button)
        expect(place.locator(".refusal").filter(has_text=reason)).to_be_visible()
    after = exchange.state, exchange.call(lambda inner: (inner.clock.describe(), inner.faults.describe()))
    assert after == before


def test_a_refusal_is_gone_once_it_works(page: Page) -> None:
    status = page.get_by_label("status of http-error")
    status.fill("200")
    press(page, "http-error on .com")
    expect(page.locator("#fault-form .refusal")).to_be_visible()
    status.fill("503")
    press(page, "http-error on .com")
    expect(page.locator("#domain-com .condition")).to_have_text("disturbed: http-error")
    expect(page.locator("#fault-form .refusal")).to_be_hidden()


def test_the_clock_stands_advances_and_runs(page: Page, exchange: FakeExchange) -> None:
    time = page.locator("#time")
    expect(time).to_have_text("2023-11-14 22:13:20.000")
    press(page, "Advance")
    expect(time).to_have_text("2023-11-14 22:13:26.000")
    page.get_by_label("Advance by").fill("2")
    page.get_by_label("Unit").select_option("hours")
    press(page, "Advance")
    expect(time).to_have_text("2023-11-15 00:13:26.000")
    page.get_by_label("at", exact=True).fill("1000")
    press(page, "Freeze")
    expect(time).to_have_text("1970-01-01 00:00:01.000")
    assert exchange.clock.now_ms() == 1000
    press(page, "Run with the system")
    expect(page.locator("#clock-mode")).to_have_text("UTC, running")
    assert exchange.call(lambda inner: inner.clock.frozen_ms) is None


def test_a_profile_and_a_departure_from_it_are_put_in_force(page: Page, exchange: FakeExchange) -> None:
    page.get_by_role("combobox", name="Profile").select_option("skill")
    page.get_by_text("Where the documents disagree").click()
    page.get_by_label("Answer to V6,").select_option("transferErrorMsg")
    page.get_by_label("strict").check()
    press(page, "Apply")
    expect(page.locator("#profile-now")).to_have_text("skill · V6=transferErrorMsg · strict")
    chosen = exchange.profile
    assert (chosen.name, chosen.vary, chosen.strict) == ("skill", {"V6": "transferErrorMsg"}, True)


def test_another_profile_begins_without_departures(page: Page, exchange: FakeExchange) -> None:
    exchange.change_profile("skill", {"V6": "transferErrorMsg"})
    expect(page.locator("#profile-now")).to_have_text("skill · V6=transferErrorMsg")
    page.get_by_role("combobox", name="Profile").select_option("reference")
    press(page, "Apply")
    expect(page.locator("#profile-now")).to_have_text("reference")


def test_transfers_show_as_they_happen(page: Page, sender: Sender) -> None:
    sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="1.5")
    receiver = {"userAccountType": 1, "userAccount": 16780001, "walletType": 1}
    sender.post(INNER_TRANSFER, coin="USDT", amount="2", transferClientId="rent1", **receiver)
    own = page.locator("#own tbody tr")
    expect(own).to_contain_text("fund")
    expect(own.locator(".number")).to_have_text("1.5")
    expect(page.locator("#inner tbody tr")).to_contain_text("rent1")
    expect(page.locator("#inner tbody tr")).to_contain_text("completed")


def row_of(page: Page, symbol: str) -> Locator:
    return page.locator("#market-list").get_by_role("row", name=f"spot {symbol}")


def line_of(page: Page, symbol: str) -> list[str]:
    return row_of(page, symbol).locator("td").all_inner_texts()


def test_a_person_moves_a_price_and_sees_the_line_the_ladder_and_the_tape_follow(page: Page) -> None:
    expect(page.locator("#chosen-title")).to_have_text("spot BTC-USDT")
    expect(page.locator("#tape caption")).to_have_text("No trade yet")
    page.get_by_role("textbox", name="Price").fill("59000.5")
    press(page, "Move")
    expect(page.locator("#outcome")).to_have_text("spot BTC-USDT is at 59000.5.")
    expect(page.locator("#tape tbody tr")).to_have_text("22:13:20 sold59000.50.00001")
    assert line_of(page, "BTC-USDT") == [
        "spot BTC-USDT",
        "59000.5",
        "59000.49",
        "59000.51",
        "59000.5",
        "trading",
    ]
    prices = page.locator("#ladder tbody td:nth-child(2)")
    asks = ["59000.58", "59000.57", "59000.56", "59000.55", "59000.54", "59000.53", "59000.52", "59000.51"]
    bids = ["59000.49", "59000.48", "59000.47", "59000.46", "59000.45", "59000.44", "59000.43", "59000.42"]
    expect(prices).to_have_text(asks + bids)


def test_somebody_elses_trade_and_move_show_by_themselves(page: Page, exchange: FakeExchange) -> None:
    market = exchange.market("BTC-USDT")
    market.trade("BUY", "0.05")
    expect(page.locator("#tape tbody tr")).to_have_text("22:13:20 bought60000.010.05")
    exchange.market("ETH-USDT").move(2900)
    expect(row_of(page, "ETH-USDT")).to_contain_text("2900")


def test_a_person_trades_on_the_market_that_was_chosen(page: Page, exchange: FakeExchange) -> None:
    press(page, "spot SOL-USDT")
    expect(page.locator("#chosen-title")).to_have_text("spot SOL-USDT")
    page.get_by_role("textbox", name="Quantity").fill("0.5")
    press(page, "Sell")
    expect(page.locator("#outcome")).to_have_text("0.5 sold on spot SOL-USDT; the last price is 149.99.")
    expect(page.locator("#tape tbody tr")).to_have_text("22:13:20 sold149.990.5")
    press(page, "Buy")
    expect(page.locator("#tape tbody tr").first).to_have_text("22:13:20 bought150.010.5")
    assert exchange.market("SOL-USDT").last == Decimal("150.01")


def test_a_person_sees_that_a_coin_margined_market_counts_contracts(
    page: Page, exchange: FakeExchange
) -> None:
    press(page, "coinm BTC-USD")
    expect(page.locator("#chosen-title")).to_have_text("coinm BTC-USD, in contracts of 100 USD")
    page.get_by_role("textbox", name="Quantity").fill("5")
    press(page, "Buy")
    told = "5 contracts bought on coinm BTC-USD; the last price is 60000.1."
    expect(page.locator("#outcome")).to_have_text(told)
    expect(page.locator("#tape tbody tr")).to_have_text("22:13:20 bought60000.15")
    press(page, "coinm ETH-USD")
    expect(page.locator("#chosen-title")).to_have_text("coinm ETH-USD, in contracts of 10 USD")


def test_a_person_sees_that_orders_and_positions_with_coins_as_margin_count_contracts(
    page: Page, exchange: FakeExchange
) -> None:
    exchange.credit(ALICE, "coinMPerp", "BTC", "0.1")
    rests: dict[str, Any] = {"type": PerpType.LIMIT, "price": Decimal(50_000)}
    for kind in ({"type": PerpType.MARKET}, rests):
        new = NewPerpOrder(symbol="BTC-USD", side=Side.BUY, quantity=Decimal(3), **kind)
        exchange.call(partial(_place_with_coins, new))
    expect(page.locator("#open-orders tbody tr .number").nth(1)).to_have_text("3 contracts")
    expect(page.locator("#fills tbody tr .number").nth(1)).to_have_text("3 contracts")
    expect(page.locator("#open-positions tbody tr p").first).to_contain_text(
        "coinm BTC-USD LONG 3 contracts at"
    )


def _place_with_coins(new: NewPerpOrder, inner: Exchange) -> None:
    inner.books.coinm.place(ALICE, new, inner.clock.now_ms())


def test_a_person_sees_whose_orders_rest_and_cancels_one(
    page: Page, exchange: FakeExchange, sender: Sender
) -> None:
    order = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT"}
    rests = sender.post(PLACE_ORDER, quantity="0.001", price="59999.99", **order).data["orderId"]
    owned = page.locator("#ladder [data-owned=true]")
    expect(owned.locator("td:nth-child(2)")).to_have_text("59999.99")
    expect(owned.locator("td:nth-child(4)")).to_have_text(f"{ALICE}: 0.001")
    sender.post(PLACE_ORDER, quantity="0.002", price="60000.01", **order)
    expect(page.locator("#fills tbody tr")).to_contain_text(str(ALICE))
    expect(page.locator("#fills tbody tr .number")).to_have_text(["60000.01", "0.002", "0.000002 BTC"])
    page.get_by_role("searchbox", name="Orders of").fill("bob")
    expect(page.locator("#open-orders caption")).to_have_text("No open order")
    page.get_by_role("searchbox", name="Orders of").fill("alice")
    expect(page.locator("#open-orders caption")).to_have_text("Open orders: 1, newest first")
    page.get_by_role("button", name=f"Cancel order {rests} of {ALICE}").press("Enter")
    expect(page.locator("#outcome")).to_have_text(f"Order {rests} is CANCELED.")
    expect(page.locator("#open-orders tbody tr")).to_have_count(0)
    expect(page.get_by_role("searchbox", name="Orders of")).to_be_focused()
    expect(owned).to_have_count(0)
    assert exchange.orders(status="open") == []


def test_a_mark_is_set_and_released(page: Page, exchange: FakeExchange) -> None:
    page.get_by_role("textbox", name="Price").fill("41000")
    press(page, "Mark")
    row = row_of(page, "BTC-USDT")
    expect(row).to_contain_text("41000 (set)")
    assert exchange.market("BTC-USDT").state["mark"] == "41000"
    press(page, "Release the mark")
    told = "The mark of spot BTC-USDT follows the price, which is 60000."
    expect(page.locator("#outcome")).to_have_text(told)
    expect(row).not_to_contain_text("(set)")


@pytest.fixture
def position(page: Page, exchange: FakeExchange) -> Locator:
    """The line of alice's position: long of 0.005 BTC at 60000.1, for which she has 99.85 USDT."""
    new = NewPerpOrder(symbol="BTC-USDT", side=Side.BUY, type=PerpType.MARKET, quantity=Decimal("0.005"))
    exchange.call(lambda inner: inner.books.swap.place(ALICE, new, inner.clock.now_ms()))
    return page.locator("#open-positions tbody tr")


def test_a_person_sees_how_near_a_position_is_to_liquidation_and_what_the_mark_does_to_it(
    position: Locator, exchange: FakeExchange
) -> None:
    cells = position.locator("td:not(:nth-child(2)), td p:first-child")
    what = "swap BTC-USDT LONG 0.005 at 60000.1, CROSSED 5x"
    expect(cells).to_have_text([str(ALICE), what, "60000", "99.84949975", "40182.794669745, 33.03 % away"])
    exchange.market("BTC-USDT", "swap").mark("50000")
    expect(cells).to_have_text([str(ALICE), what, "50000", "49.84949975", "40182.794669745, 19.63 % away"])


def test_a_person_liquidates_a_position_by_the_mark(
    page: Page, position: Locator, exchange: FakeExchange
) -> None:
    page.get_by_role("button", name=f"Mark to liquidation: LONG of {ALICE} in swap BTC-USDT").press("Enter")
    told = f"The mark of swap BTC-USDT is 40182.7; the LONG of {ALICE} was liquidated."
    expect(page.locator("#outcome")).to_have_text(told)
    expect(position).to_have_count(0)
    expect(page.locator("#open-positions caption")).to_have_text("No position")
    expect(page.get_by_role("searchbox", name="Positions of")).to_be_focused()
    assert exchange.positions() == []
    assert exchange.orders(ALICE)[-1]["type"] == "LIQUIDATION"


def test_a_position_that_shares_its_markets_other_side_may_outlive_its_own_price(
    page: Page, exchange: FakeExchange
) -> None:
    def hedge(inner: Exchange) -> None:
        swap = inner.books.swap
        swap.set_mode(ALICE, is_hedging=True)
        for side, position_side in ((Side.BUY, PositionSide.LONG), (Side.SELL, PositionSide.SHORT)):
            new = NewPerpOrder(
                symbol="BTC-USDT",
                side=side,
                type=PerpType.MARKET,
                quantity=Decimal("0.003"),
                position_side=position_side,
            )
            swap.place(ALICE, new, inner.clock.now_ms())

    exchange.call(hedge)
    page.get_by_role("button", name=f"Mark to liquidation: LONG of {ALICE}").click()
    expect(page.locator("#outcome")).to_contain_text("is still there, since others share its margin")
    expect(page.locator("#open-positions tbody tr")).to_have_count(2)


def test_a_person_releases_a_positions_mark_and_settles_its_funding(
    page: Page, position: Locator, exchange: FakeExchange
) -> None:
    market = exchange.market("BTC-USDT", "swap")
    market.mark("50000")
    expect(position).to_contain_text("19.63 %")
    page.get_by_role("button", name=f"Release the mark: LONG of {ALICE} in swap BTC-USDT").click()
    expect(page.locator("#outcome")).to_have_text(
        "The mark of swap BTC-USDT follows the price, which is 60000."
    )
    assert market.state["held"] == []
    market.funding("0.001")
    page.get_by_role("button", name=f"Settle funding: LONG of {ALICE} in swap BTC-USDT").click()
    expect(page.locator("#outcome")).to_have_text("Funding of swap BTC-USDT is settled.")
    expect(position).to_contain_text("funding -0.3")


def test_nothing_is_done_to_a_market_before_the_page_knows_any(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/markets", hold)
    page.reload()
    halt = page.get_by_role("button", name="Halt", exact=True)
    expect(halt).to_be_disabled()
    for route in held:
        route.continue_()
    page.unroute("**/markets", hold)
    expect(halt).to_be_enabled()


def test_a_market_is_halted_and_resumed(page: Page, exchange: FakeExchange) -> None:
    row = row_of(page, "BTC-USDT")
    press(page, "Halt")
    expect(row).to_contain_text("halted")
    assert exchange.market("BTC-USDT").state["status"] == "halted"
    press(page, "Resume")
    expect(row).to_contain_text("trading")


def test_a_market_that_another_state_describes_is_in_the_list(page: Page, exchange: FakeExchange) -> None:
    exchange.load({"markets": [{"symbol": "ADA-USDT", "tick": "0.0001", "step": 1, "price": "0.5"}]})
    expect(row_of(page, "ADA-USDT")).to_contain_text("0.5001")


def test_the_journal_is_filtered(page: Page, sender: Sender, exchange: FakeExchange) -> None:
    sender.get(SPOT_BALANCE)
    sender.call("GET", FUND_BALANCE, secret="bob-secret")
    Sender(exchange, "pro").raw("GET", SERVER_TIME)
    ids = page.locator("#entries tbody td:first-child")
    expect(ids).to_have_text(["r3", "r2", "r1"])
    page.get_by_role("combobox", name="Domain").select_option(".pro")
    expect(ids).to_have_text(["r3"])
    page.get_by_role("combobox", name="Domain").select_option("all")
    page.get_by_label("errors only").check()
    expect(ids).to_have_text(["r2"])
    page.get_by_label("errors only").uncheck()
    page.get_by_label("with lint only").check()
    expect(ids).to_have_text(["r3"])
    page.get_by_label("with lint only").uncheck()
    page.get_by_label("Path contains").fill("SPOT/v1")
    expect(ids).to_have_text(["r1"])
    page.get_by_label("Path contains").fill("")
    page.get_by_label("Code", exact=True).fill("100001")
    expect(ids).to_have_text(["r2"])
    press(page, "Empty it")
    expect(page.locator("#entries caption")).to_have_text("No requests that fit")
    assert exchange.requests == []


def test_every_fault_that_can_be_had_has_a_button_wherever_it_can_be(
    page: Page, exchange: FakeExchange
) -> None:
    orders = [
        (domain, name)
        for name, kind in KINDS.items()
        if name not in UNAVAILABLE
        for domain in sorted(kind.domains - {"*"})
    ]
    for domain, kind in orders:
        press(page, f"{kind} on {'streams' if domain == 'stream' else f'.{domain}'}")
    expect(page.locator("#ordered li")).to_have_count(len(orders))
    ordered = exchange.call(lambda inner: inner.faults.describe())
    assert sorted((fault["domain"], fault["kind"]) for fault in ordered) == sorted(orders)
    press(page, "Restore all")
    expect(page.locator("#ordered li")).to_have_count(0)
    assert exchange.call(lambda inner: inner.faults.describe()) == []


def test_a_fault_that_cannot_be_had_says_why(page: Page) -> None:
    for kind, why in UNAVAILABLE.items():
        button = page.get_by_role("button", name=f"{kind} on .com")
        expect(button).to_be_disabled()
        expect(button).to_have_accessible_description(re.compile(why))


class Reader:
    """A connection to streams that counts what is pushed."""

    def __init__(self, exchange: FakeExchange, *topics: str) -> None:
        self.frames: list[Frame] = []

        def connect(inner: Exchange) -> Session:
            session = inner.door.connect("spot", self, listen_key=None, address="127.0.0.1")
            for topic in topics:
                inner.door.receive(session, json.dumps({"id": topic, "dataType": topic}))
            return session

        self._exchange, self._session = exchange, exchange.call(connect)

    def leave(self) -> None:
        """End the connection."""
        self._exchange.call(lambda inner: inner.door.leave(self._session))

    def send(self, pushed: Frame) -> None:
        """Take a frame."""
        self.frames.append(pushed)

    def close(self, code: int) -> None:
        """End."""

    def reset(self) -> None:
        """End."""


def test_a_person_sees_who_listens_and_stalls_a_stream(page: Page, exchange: FakeExchange) -> None:
    reader = Reader(exchange, "BTC-USDT@trade", "BTC-USDT@ticker")
    cells = page.locator("#connections tbody td")
    numbered = re.compile(r"^spot \d+$")
    expect(cells).to_have_text([numbered, "127.0.0.1", "none", "BTC-USDT@trade BTC-USDT@ticker", "2"])
    page.get_by_label("topic of ws-stall").fill("*@trade")
    press(page, "ws-stall on streams")
    expect(page.locator("#domain-stream .condition")).to_have_text("disturbed: ws-stall")
    exchange.market("BTC-USDT").move("61000")
    exchange.clock.advance(1_000)
    assert [frame.topics for frame in reader.frames[2:]] == [("BTC-USDT@ticker",)]
    expect(cells.last).to_have_text("3")
    press(page, "Restore streams")
    expect(page.locator("#domain-stream .condition")).to_have_text("up")
    reader.leave()
    expect(page.locator("#connections caption")).to_have_text("No connection")


def test_a_button_shows_that_its_fault_is_ordered_and_takes_it_back(page: Page) -> None:
    button = page.get_by_role("button", name="timeout on .pro", exact=True)
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#outcome")).to_have_text("Taken back: timeout on .pro.")


def test_a_fault_takes_its_own_fields_and_the_common_ones(page: Page, exchange: FakeExchange) -> None:
    page.get_by_text("Which ones, how often, for how long").click()
    page.get_by_role("combobox", name="Method").select_option("POST")
    page.get_by_role("textbox", name="Times").fill("2")
    page.get_by_role("textbox", name="Probability").fill("0.5")
    page.get_by_label("ms of latency").fill("250")
    page.get_by_label("sigma of latency").fill("0.5")
    press(page, "latency on .pro")
    expect(page.locator("#ordered li")).to_contain_text("latency")
    (fault,) = exchange.call(lambda inner: inner.faults.describe())
    order = {"domain": "pro", "kind": "latency", "method": "POST", "times": 2, "probability": 0.5}
    assert fault == {"id": "f1", **order, "ms": 250, "sigma": 0.5, "hits": 0}


def test_what_others_change_shows_without_asking(page: Page, exchange: FakeExchange) -> None:
    exchange.credit(ALICE, "spot", "DOGE", "7")
    expect(page.locator("#user-list")).to_contain_text("DOGE")
    exchange.clock.advance(1000)
    expect(page.locator("#time")).to_have_text("2023-11-14 22:13:21.000")
    exchange.play([{"domain": "*", "kind": "empty", "at_ms": 5000, "for_ms": 5000}])
    for ms, condition in ((0, "up"), (5000, "disturbed: empty"), (5000, "up")):
        exchange.clock.advance(ms)
        for domain in ("com", "pro"):
            expect(page.locator(f"#domain-{domain} .condition")).to_have_text(condition)
    exchange.reset()
    expect(page.locator("#clock-mode")).to_have_text("UTC, running")
    expect(page.locator("#user-list")).not_to_contain_text("DOGE")


def test_users_are_found_by_a_part_of_their_name(page: Page) -> None:
    page.get_by_label("Find a user").fill("BOB@")
    expect(page.locator("#user-list h3")).to_have_text(["16780001 · bob@example.com"])


def test_what_a_client_sends_is_shown_as_text(page: Page, sender: Sender) -> None:
    markup = "<img src=/nowhere onerror=alert(1)>"
    sender.call("GET", f"/{markup}".replace(" ", "%20"), {"note": markup})
    press(page, "Details of r1")
    expect(page.locator("#entries .more")).to_contain_text(markup)
    assert page.locator("main img").count() == 0


def test_no_secret_reaches_the_page(page: Page, sender: Sender, exchange: FakeExchange) -> None:
    sender.call("GET", SPOT_BALANCE, {"secret": "alice-secret"})
    press(page, "Details of r1")
    expect(page.locator("#entries .more")).to_contain_text("****")
    assert "alice-key" in page.content()
    assert not any(f"{user}-secret" in page.content() for user in ("alice", "alice-read", "bob", "carol"))


def test_a_page_that_nobody_sees_does_not_listen(page: Page, exchange: FakeExchange) -> None:
    hide = "value => { Object.defineProperty(document, 'hidden', { value, configurable: true }); "
    hide += "document.dispatchEvent(new Event('visibilitychange')); }"
    page.evaluate(hide, True)
    exchange.clock.advance(1000)
    page.evaluate(hide, False)
    expect(page.locator("#time")).to_have_text("2023-11-14 22:13:21.000")
