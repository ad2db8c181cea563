"""Programs that were told of nothing, on the documented hosts: ccxt reads and listens, bingx-api as well."""

import json
import sys
import time
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from compat.bingx_api import PROGRAM, ROWS, UNLUCKY
from compat.bingx_api import judged as judged_of_bingx_api
from compat.market_data import METHODS, NPM, PRICE, Found, judged, order
from run.conftest import namespaces_refused
from run.running import NAMESPACE, Done, run

pytestmark = pytest.mark.usefixtures("published", "namespaces")

READ = NPM.parent / "read_prices.py"
WITHOUT_KEYS = "`fetch_currencies`"
"""Which is signed, and answers nothing where there are no keys."""


@pytest.fixture
def namespaces() -> None:
    """A test that needs them says so in one line where the kernel forbids them."""
    reason = namespaces_refused()
    if reason is not None:
        pytest.skip(f"did not run: no network namespaces here: {reason}")


def prices(tmp_path: Path, *program: str) -> Done:
    """Run a program in an exchange that stands still, in time and in price."""
    state = tmp_path / "state.toml"
    state.write_text(f'[prices]\nBTC = "{PRICE}"\n', encoding="utf-8")
    now_ms = time.time_ns() // 1_000_000
    options = [*NAMESPACE, "--state", str(state), "--market", "constant", "--clock", f"frozen:{now_ms}"]
    given = json.dumps(order() | {"profiles": ["documented"], "now": now_ms})
    return run(*program, options=options, stdin=given)


def check(found: Found, not_offered: AbstractSet[str] = frozenset()) -> None:
    """Everything works but what needs keys."""
    said = {title: outcome for (title, _), outcome in found.items()}
    assert said.keys() == {method.title for method in METHODS}
    usual = {title: "not offered" if title in not_offered else "works" for title in said}
    assert said == usual | {WITHOUT_KEYS: "**silent**: coins missing"}


def test_pythons_ccxt_reads_every_price(tmp_path: Path) -> None:
    done = prices(tmp_path, sys.executable, str(READ))
    assert done.status == 0, done
    for answers in json.loads(done.out).values():
        check(judged(answers))


def test_nodes_ccxt_reads_every_price(tmp_path: Path) -> None:
    done = prices(tmp_path, "node", str(NPM / "market_data.mjs"))
    assert done.status == 0, done
    check(judged(json.loads(done.out)), not_offered={"`fetch_bids_asks`"})


def test_bingx_api_gets_the_time_and_listen_keys_and_offers_no_more_outside_of_perpetuals() -> None:
    done = run("node", str(PROGRAM), options=NAMESPACE, stdin=json.dumps({"profiles": ["documented"]}))
    assert done.status == 0, done
    told = json.loads(done.out)
    usual = {(title, "documented"): "works" for title in ROWS if title != UNLUCKY}
    assert usual.items() <= judged_of_bingx_api(told["answers"]).items()
    assert done.said[-1].startswith("bingx-fake: 4 requests, 1 error,")
    elsewhere = {path for path in told["paths"] if not path.startswith("/openApi/swap/v2/")}
    assert elsewhere == {"/openApi/user/auth/userDataStream"}


def test_nodes_ccxt_and_ws_listen_at_the_documented_hosts() -> None:
    """Prices walk, so that there is something to hear of."""
    done = run("node", str(NPM / "documented_streams.mjs"), options=NAMESPACE)
    assert done.status == 0, done
    assert done.said[-1].startswith("bingx-fake: 15 requests, 4 streams, 0 errors, ")
    found = json.loads(done.out)
    assert all(frame["isBinary"] for frame in [*found["frames"], *found["swap"]])
    acknowledged, whole, update = (json.loads(frame["text"]) for frame in found["frames"])
    assert (acknowledged["id"], acknowledged["code"]) == ("mine", 0)
    assert (whole["data"]["action"], update["data"]["action"]) == ("all", "update")
    assert update["data"]["lastUpdateId"] == whole["data"]["lastUpdateId"] + 1
    assert json.loads(found["swap"][0]["text"])["code"] == 80014
    for heard, symbol in ((found, "BTC/USDT"), (found["ofPerpetuals"], "BTC/USDT:USDT")):
        book, ticker = heard["book"], heard["ticker"]
        assert book["bids"][0][0] < book["asks"][0][0]
        assert heard["trades"][0]["symbol"] == ticker["symbol"] == symbol
        assert ticker["low"] <= ticker["last"] <= ticker["high"]
        opened, first, high, low, last, _ = heard["candles"][-1]
        assert opened % 60_000 == 0
        assert low <= min(first, last) <= max(first, last) <= high
