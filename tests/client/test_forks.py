"""Children made by ``fork`` after a client was used: each gets its own answers, its parent none of them."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from client.forking import TRIES
from support.prepared import Prepared, prepared
from support.sender import ALICE

from bingx_fake import FakeExchange

Run = Callable[[str, FakeExchange], Any]
TESTS = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="did not run: processes cannot fork here")


@pytest.fixture(params=[False, True], ids=["plain", "TLS"])
def served(request: pytest.FixtureRequest) -> Iterator[FakeExchange]:
    """An exchange over each kind of connection."""
    with FakeExchange(tls=request.param) as exchange:
        yield exchange


@pytest.fixture(scope="module")
def interpreter() -> Iterator[Prepared]:
    with prepared(f"import sys; sys.path[:0] = [{str(TESTS)!r}]; import client.forking") as ready:
        yield ready


@pytest.fixture
def run(interpreter: Prepared) -> Run:
    """Gives what a program of ``forking.py`` found."""

    def run(program: str, exchange: FakeExchange) -> Any:
        environment = {name: value for name, value in os.environ.items() if not name.endswith("CA_BUNDLE")}
        if exchange.ca_file is not None:
            environment["SSL_CERT_FILE"] = str(exchange.ca_file)
        words = ("forking.py", program, *exchange.base_urls)
        done = interpreter.run("client.forking.main()", *words, environment=environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def moved(exchange: FakeExchange) -> int:
    return 1000 - int(exchange.balance(ALICE, "fund", "USDT").free)


@pytest.mark.clause("WRITE-8")
@pytest.mark.parametrize("program", ["siblings", "siblings_from_a_loop"])
def test_children_that_ask_at_the_same_moment_get_each_its_own_answer(run: Run, program: str) -> None:
    with FakeExchange() as exchange:
        assert run(program, exchange) == [["moved", "InsufficientBalance"]] * TRIES
        assert moved(exchange) == TRIES


@pytest.mark.parametrize("program", ["parent_and_child", "parent_and_child_of_a_loop"])
def test_a_child_leaves_its_parent_s_connections_as_they_are(
    run: Run, served: FakeExchange, program: str
) -> None:
    assert run(program, served) == ["moved"] * 6
    assert moved(served) == 6
    assert len(served.requests) == 7


def test_a_child_does_not_wait_for_locks_that_its_parent_s_threads_hold(
    run: Run, served: FakeExchange
) -> None:
    assert run("held_locks", served) == ["moved", "moved"]


def test_a_child_knows_its_parent_s_claims_and_nothing_of_what_it_has_under_way(run: Run) -> None:
    with FakeExchange() as exchange:
        found = run("under_way", exchange)
    assert found == {
        "child": {"claims": ["1"], "may read": True, "may send": True, "may go": True},
        "parent may read": False,
        "parent may go": False,
    }
