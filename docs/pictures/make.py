"""Makes the README's pictures: the console in a browser, and a terminal. ``make pictures``.

Everything on them happens while they are made, on exchanges with a frozen clock and a fixed seed; only the
ports are written as the usual ones. Needs Chromium.
"""

import argparse
import hashlib
import hmac
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Route, expect, sync_playwright
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from bingx_client import Client
from bingx_fake import FakeExchange

HERE = Path(__file__).parent
NOW_MS = 1_700_000_000_000
USUAL = {
    "com": "http://127.0.0.1:8700",
    "pro": "http://127.0.0.1:8701",
    "control": "http://127.0.0.1:8702",
    "stream": "ws://127.0.0.1:8703",
}
KEY, SECRET = "alice-key", "alice-secret"
COLUMNS = 112

BOT = """\
import hashlib, hmac, sys, urllib.request

base_url, timestamp = sys.argv[1:]
signed = f"amount=12.5&asset=USDT&timestamp={timestamp}&type=FUND_PFUTURES"
signature = hmac.new(b"alice-secret", signed.encode(), hashlib.sha256).hexdigest()
body = f"{signed}&recvWindow=5000&signature={signature}".encode()
headers = {"X-BX-APIKEY": "alice-key", "X-SOURCE-KEY": "BX-AI-SKILL"}
request = urllib.request.Request(f"{base_url}/openApi/api/asset/v1/transfer", body, headers)
print(urllib.request.urlopen(request).read().decode())
"""
"""A bot with a usual mistake: it adds a parameter to what it has signed."""


def make_console(folder: Path, chromium: str) -> None:
    """``console-light.png`` and ``console-dark.png``."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium has no sandbox for root
    with FakeExchange(frozen_at_ms=NOW_MS, seed=7) as exchange, sync_playwright() as playwright:
        _live_a_little(exchange)
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page(viewport={"width": 1440, "height": 960})
        page.route("**/health", _with_usual_ports)
        page.goto(f"{exchange.control_url}/")
        expect(page.locator("#domain-pro .url")).to_have_text(USUAL["pro"])
        page.get_by_role("button", name="refuse on .com").click()
        with _client(exchange) as client:
            client.fund_balance()
        expect(page.locator("#entries")).to_contain_text("r5")
        page.get_by_role("button", name="Details of r3").click()
        expect(page.locator(".more")).to_contain_text("The exchange signs")
        page.locator("body").click(position={"x": 1, "y": 1})
        for name in ("light", "dark"):
            page.emulate_media(color_scheme="light" if name == "light" else "dark")
            page.screenshot(path=folder / f"console-{name}.png", animations="disabled")
        browser.close()


def _with_usual_ports(route: Route) -> None:
    route.fulfill(json={**json.loads(route.fetch().body()), **USUAL})


def _client(exchange: FakeExchange) -> Client:
    clock = exchange.clock
    return Client(
        "prod-vst", KEY, SECRET, base_urls=exchange.base_urls, clock=clock.now_ms, sleep=clock.sleep
    )


def _live_a_little(exchange: FakeExchange) -> None:
    """Four requests worth looking at: two that are as they should be, and two that are not."""
    with _client(exchange) as client:
        client.spot_balance()
        exchange.clock.advance(1234)
        client.transfer("USDT", "12.5", type="FUND_PFUTURES")
    exchange.clock.advance(567)
    _send_with_a_mistake(exchange.base_urls[0], exchange.clock.now_ms())
    exchange.clock.advance(890)
    urllib.request.urlopen(f"{exchange.base_urls[1]}/openApi/swap/v2/server/time").close()
    exchange.credit(16779999, "fund", "BTC", "0.00000000000000000001")


def _send_with_a_mistake(base_url: str, now_ms: int) -> None:
    signed = f"asset=USDT&timestamp={now_ms}"
    signature = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).hexdigest()
    url = f"{base_url}/openApi/fund/v1/account/balance?{signed}&recvWindow=5000&signature={signature}"
    headers = {"X-BX-APIKEY": KEY, "X-SOURCE-KEY": "BX-AI-SKILL"}
    urllib.request.urlopen(urllib.request.Request(url, headers=headers)).close()


def make_terminal(folder: Path) -> None:
    """``terminal.svg``: a bot under ``run``, a refusal and its explanation, and the account command."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    with tempfile.TemporaryDirectory() as scratch, _serving() as urls:
        Path(scratch, "bot.py").write_text(BOT, encoding="utf-8")
        for shown, hidden in (
            ("python bot.py", [urls["com"], str(NOW_MS)]),
            ("bingx-fake explain r1", ["--control", urls["control"]]),
            ("bingx-fake run -- bingx-account balance --account fund --env prod-vst", []),
        ):
            output = _run([*shown.split(), *hidden], Path(scratch))
            for domain, url in urls.items():
                output = output.replace(url, USUAL.get(domain, url))
            console.print(Text.assemble(("$ ", "bold green"), (shown, "bold")))
            console.print(Text.from_ansi(output.rstrip()), end="\n\n")
    svg = console.export_svg(title="bingx-fake", theme=MONOKAI, unique_id="terminal")
    svg = re.sub(r"@font-face \{.*?\}|<!--.*?-->", "", svg, flags=re.DOTALL)  # nothing comes from elsewhere
    (folder / "terminal.svg").write_text(svg.replace("Fira Code", "ui-monospace"), encoding="utf-8")


@contextmanager
def _serving() -> Iterator[dict[str, str]]:
    ports = ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]
    command = [_program("bingx-fake"), "serve", "--json", "--clock", f"frozen:{NOW_MS}", *ports]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        try:
            yield {name: ready[name] for name in USUAL}
        finally:
            process.terminate()


def _program(name: str) -> str:
    """One of this environment's programs."""
    return sys.executable if name == "python" else str(Path(sys.executable).parent / name)


def _run(command: list[str], folder: Path) -> str:
    environment = {
        **os.environ,
        "COLUMNS": str(COLUMNS),
        "BINGX_API_KEY": KEY,
        "BINGX_SECRET_KEY": SECRET,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    return subprocess.run(
        [_program(command[0]), *command[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=environment,
    ).stdout


def main() -> None:
    """Make all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--into", type=Path, default=HERE, help="where to; default: beside this script")
    folder = parser.parse_args().into
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("the console's pictures need Chromium: on Debian, apt-get install chromium")
    make_console(folder, chromium)
    make_terminal(folder)


if __name__ == "__main__":
    main()
