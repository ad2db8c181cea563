"""The console for everybody: by keyboard, by ear, in the dark, on a phone."""

import json
import re
import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Error, HttpCredentials, Page, expect
from support.commands import start_bingx_fake
from support.sender import ALICE, PLACE_ORDER, SPOT_BALANCE, TRANSFER, Sender

from bingx_fake import FakeExchange
from bingx_fake.perpetuals.orders import NewPerpOrder, PerpType
from bingx_fake.venue.order_book import Side

WITHOUT_A_NAME = re.compile(
    r"- (button|link|textbox|searchbox|combobox|checkbox|spinbutton|table|region|form|search|article"
    r"|navigation)\b(?! \")"
)

# Every text that is shown, with the contrast between it and the nearest ground that is not see-through.
CONTRASTS = """() => {
  const rgb = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = rgb(color).slice(0, 3).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    const isSolid = rgb(color).length < 4 || rgb(color)[3] === 1;
    return isSolid || !element.parentElement ? color : ground(element.parentElement);
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.data.trim();
    if (!text || !element.checkVisibility() || element.closest(":disabled")) continue;
    const [one, other] = [getComputedStyle(element).color, ground(element)].map(light).sort((a, b) => b - a);
    found.push([text, (one + 0.05) / (other + 0.05)]);
  }
  return found;
}"""

# What Tab has led to: a name for it, how thick its outline is, and whether a bar hides it.
FOCUS = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const { x, y, width, height } = element.getBoundingClientRect();
  const top = document.elementFromPoint(x + Math.min(width, 20) / 2, y + Math.min(height, 20) / 2);
  element.dataset.visited = true;
  return {
    outline: outlineStyle === "none" ? 0 : parseFloat(outlineWidth),
    seen: element.contains(top) || Boolean(top?.contains(element)) || top?.control === element,
    what: element.outerHTML.slice(0, 90),
  };
}"""

# Controls that Tab has not led to.
UNVISITED = """() => [...document.querySelectorAll("a[href], button, input, select, summary, [tabindex='0']")]
  .filter((element) => element.checkVisibility() && !element.disabled && !element.dataset.visited)
  .map((element) => element.outerHTML.slice(0, 90))"""


@pytest.fixture
def busy(exchange: FakeExchange, sender: Sender) -> None:
    """An exchange that has something to show everywhere."""
    sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="1.23456789012345678901")
    Sender(exchange, "pro").call("GET", SPOT_BALANCE, secret="bob-secret")
    exchange.credit(ALICE, "fund", "BTC", "123456789012345678.00000000000000000001")
    order = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT"}
    assert (
        sender.post(
            PLACE_ORDER, quantity="0.0012345", price="59999.99", newClientOrderId="a" * 36, **order
        ).code
        == 0
    )
    assert sender.post(PLACE_ORDER, quantity="0.001", price="61000", **order).code == 0
    exchange.play([{"domain": "com", "kind": "refuse"}, {"domain": "pro", "kind": "latency", "ms": 5}])
    exchange.market("BTC-USDT").trade("BUY", "0.5")
    exchange.market("BTC-USDT").mark("41000")
    position = NewPerpOrder(symbol="SOL-USDT", side=Side.SELL, type=PerpType.MARKET, quantity=Decimal("0.1"))
    exchange.call(lambda inner: inner.books.swap.place(ALICE, position, inner.clock.now_ms()))
    exchange.market("ETH-USDT").halt()


def unfold(page: Page) -> None:
    """Show everything there is."""
    page.get_by_role("button", name="Details of r2").click()
    expect(page.locator("#entries .more")).to_contain_text("another-keys-secret")
    for summary in page.locator("summary").all():
        summary.click()


def tabs(page: Page) -> Iterator[dict[str, object]]:
    """Presses Tab until it leads out of the page."""
    while True:
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            return
        yield focus


@pytest.mark.usefixtures("busy")
def test_tab_leads_to_every_control_and_shows_where_it_is(page: Page) -> None:
    unfold(page)
    page.locator(".skip").evaluate("link => { link.focus(); link.dataset.visited = true; }")
    for focus in tabs(page):
        assert float(str(focus["outline"])) >= 2, focus
        assert focus["seen"], focus
    assert page.evaluate(UNVISITED) == []


def test_an_outage_is_ordered_and_ended_without_a_mouse(page: Page) -> None:
    def tab_to(name: str) -> None:
        wanted = page.get_by_role("button", name=name, exact=True)
        for _ in tabs(page):
            if wanted.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"Tab does not lead to {name}")

    tab_to("refuse on .com")
    page.keyboard.press("Enter")
    expect(page.locator("#domain-com .condition")).to_have_text("down: refuse")
    expect(page.get_by_role("button", name="refuse on .com", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#domain-com .condition")).to_have_text("up")


def test_removing_a_fault_leaves_the_focus_somewhere(page: Page) -> None:
    page.get_by_role("button", name="empty on .com").click()
    page.get_by_role("button", name="Remove empty on .com").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Restore all")).to_be_focused()


def test_news_does_not_take_the_focus_away(page: Page, sender: Sender, exchange: FakeExchange) -> None:
    sender.get(SPOT_BALANCE)
    details = page.get_by_role("button", name="Details of r1")
    details.focus()
    sender.get(SPOT_BALANCE)
    exchange.credit(ALICE, "fund", "USDT", 1)
    expect(page.locator("#entries tbody tr")).to_have_count(2)
    expect(page.locator("#user-list")).to_contain_text("1001")
    expect(details).to_be_focused()


@pytest.mark.usefixtures("busy")
def test_everything_has_a_name_for_those_who_hear_the_page(page: Page) -> None:
    unfold(page)
    heard = page.locator("body").aria_snapshot()
    assert [line for line in heard.splitlines() if WITHOUT_A_NAME.search(line)] == []
    for landmark in ("banner", "main", "contentinfo", "navigation"):
        assert heard.count(f"- {landmark}") == 1
    headings = page.locator("h2").all_inner_texts()
    assert headings == [
        "Domains",
        "Clock",
        "Profile",
        "Markets",
        "Orders",
        "Positions",
        "Streams",
        "Journal",
        "Users and balances",
        "Transfers",
    ]
    assert page.locator("table:not(:has(caption))").count() == 0
    ids = page.eval_on_selector_all("[id]", "elements => elements.map((element) => element.id)")
    assert sorted(ids) == sorted(set(ids))


def test_outcomes_are_told_without_interrupting(page: Page) -> None:
    outcome = page.locator("#outcome")
    expect(outcome).to_have_attribute("aria-live", "polite")
    page.get_by_role("button", name="Advance", exact=True).click()
    expect(outcome).to_have_text("Advanced to 2023-11-14 22:13:26.000.")


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_by_day_and_by_night(page: Page, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    unfold(page)
    page.get_by_label("status of http-error").fill("200")
    page.get_by_role("button", name="http-error on .com").click()
    expect(page.locator("#fault-form .refusal")).to_be_visible()
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 200
    assert [text for text, contrast in contrasts if contrast < 4.5] == []
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (int(ground.split("(")[1].split(",")[0]) < 128) is (scheme == "dark")


@pytest.mark.parametrize(("motion", "duration"), [("no-preference", "0.12s"), ("reduce", "0s")])
def test_nothing_moves_for_those_who_ask_for_that(
    page: Page, motion: Literal["no-preference", "reduce"], duration: str
) -> None:
    page.emulate_media(reduced_motion=motion)
    button = page.get_by_role("button", name="Advance", exact=True)
    expect(button).to_have_css("transition-duration", duration)


@pytest.mark.usefixtures("busy")
def test_a_phone_shows_everything_without_scrolling_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    cut_off = """elements => elements.filter((element) => element.checkVisibility()
      && !element.closest("#transfers") && element.getBoundingClientRect().right > 360)
      .map((element) => element.outerHTML.slice(0, 90))"""
    assert page.eval_on_selector_all("main *", cut_off) == []
    held = page.get_by_role("row", name="fund BTC").locator("td").nth(2)
    expect(held).to_have_text("123456789012345678.50000000000000000001")


def test_a_page_says_when_its_exchange_has_ended(browser: Browser) -> None:
    page = browser.new_page()
    with FakeExchange() as exchange:
        page.goto(f"{exchange.control_url}/")
        expect(page.locator("#feed")).to_have_text("live")
    expect(page.locator("#feed")).to_have_text("not connected; trying again")
    page.get_by_role("button", name="Advance", exact=True).click()
    expect(page.locator("#advance-form .refusal")).to_contain_text("The exchange does not answer")
    page.close()


def test_a_page_behind_a_token_lets_the_browser_ask_for_it(browser: Browser, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("s3cr3t-of-the-page", encoding="utf-8")
    ports = [f"--{name}-port=0" for name in ("com", "pro", "control")]
    process = start_bingx_fake("serve", *ports, "--json", "--control-token-file", str(token))
    try:
        url = json.loads(process.stdout.readline())["control"]
        with browser.new_page() as asked, pytest.raises(Error, match="ERR_INVALID_AUTH_CREDENTIALS"):
            asked.goto(f"{url}/")
        credentials: HttpCredentials = {"username": "me", "password": token.read_text(encoding="utf-8")}
        with browser.new_context(http_credentials=credentials) as context:
            page = context.new_page()
            page.goto(f"{url}/")
            expect(page.locator("#feed")).to_have_text("live")
            page.get_by_role("button", name="Halt", exact=True).click()
            expect(page.locator("#outcome")).to_have_text("spot BTC-USDT is halted.")
            assert "s3cr3t-of-the-page" not in page.content()
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()
