"""A real browser on the exchange's console, and whatever went wrong in it."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, expect, sync_playwright

from bingx_fake import FakeExchange

_A_REFUSAL = "the server responded with a status of 400"
"""Browsers log every answer with an error status, those that a test asks for included."""

expect.set_options(timeout=10_000)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium. Playwright leaves its event loop running, so it goes no further than one module."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium has no sandbox for root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """A tab for one page after the other."""
    tab = browser.new_page()
    yield tab
    tab.close()


@pytest.fixture
def page(tab: Page, exchange: FakeExchange) -> Iterator[Page]:
    """The console on an ordinary screen. What the page does wrong, in there or elsewhere, fails the test."""
    wrong: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and _A_REFUSAL not in message.text:
            wrong.append(message.text)

    def failed(error: Error) -> None:
        wrong.append(str(error))

    def asked(request: Request) -> None:
        if not request.url.startswith((f"{exchange.control_url}/", "about:")):
            wrong.append(f"a request to {request.url}")

    tab.on("console", heard)
    tab.on("pageerror", failed)
    tab.on("request", asked)
    tab.emulate_media(color_scheme="light", reduced_motion="no-preference")
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(f"{exchange.control_url}/")
    expect(tab.locator("#feed")).to_have_text("live")
    yield tab
    tab.goto("about:blank")
    tab.remove_listener("console", heard)
    tab.remove_listener("pageerror", failed)
    tab.remove_listener("request", asked)
    assert not wrong
