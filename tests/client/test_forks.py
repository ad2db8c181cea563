"""Children made by ``fork`` after a client was used: each gets its own answers, its parent none of them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from client.forking import TRIES
from support.sender import ALICE

from bingx_fake import FakeExchange

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="did not run: processes cannot fork here")


@pytest.fixture(params=[False, True], ids=["plain", "TLS"])
def served(request: pytest.FixtureRequest) -> Iterator[FakeExchange]:
    """An exchange over each kind of connection."""
    with FakeExchange(tls=request.param) as exchange:
        yield exchange


def run(program: str, exchange: FakeExchange) -> Any:
    """What a program of ``forking.py`` found."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("CA_BUNDLE")}
    if exchange.ca_file is not None:
        environment["SSL_CERT_FILE"] = str(exchange.ca_file)
    path = str(Path(__file__).with_name("forking.py"))
    command = [sys.executable, path, program, *exchange.base_urls]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def moved(exchange: FakeExchange) -> int:
    return 1000 - int(exchange.balance(ALICE, "fund", "USDT").free)


@pytest.mark.clause("WRITE-8")
@pytest.mark.parametrize("program", ["siblings", "siblings_from_a_loop"])
def test_children_that_ask_at_the_same_moment_get_each_its_own_answer(program: str) -> None:
    with FakeExchange() as exchange:
        assert run(program, exchange) == [["moved", "InsufficientBalance"]] * TRIES
        assert moved(exchange) == TRIES


@pytest.mark.parametrize("program", ["parent_and_child", "parent_and_child_of_a_loop"])
def test_a_child_leaves_its_parent_s_connections_as_they_are(served: FakeExchange, program: str) -> None:
    assert run(program, served) == ["moved"] * 6
    assert moved(served) == 6
    assert len(served.requests) == 7


def test_a_child_does_not_wait_for_locks_that_its_parent_s_threads_hold(served: FakeExchange) -> None:
    assert run("held_locks", served) == ["moved", "moved"]


def test_a_child_knows_its_parent_s_claims_and_nothing_of_what_it_has_under_way() -> None:
    with FakeExchange() as exchange:
        found = run("under_way", exchange)
    assert found == {
        "child": {"claims": ["1"], "may read": True, "may send": True, "may go": True},
        "parent may read": False,
        "parent may go": False,
    }
