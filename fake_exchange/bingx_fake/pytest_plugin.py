"""The pytest plugin ``bingx``: one fake exchange a worker, as new for each test, and a client for it.

This is the door to both the fake and the client, together with ``live_clients``. Its imports stand inside the
fixtures and hooks, so that a test run that uses neither pays for neither.
"""

import sys
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bingx_client import AsyncClient, Client
    from bingx_fake import FakeExchange

_MISPLACED = "is a fake exchange, and this run talks to BingX's simulated environment (--bingx-env vst)"

_EXCHANGES = pytest.StashKey[list["FakeExchange"]]()
"""The exchanges that a test has used."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options to pytest's."""
    group = parser.getgroup("bingx", "BingX: the fake exchange, or the simulated environment")
    group.addoption(
        "--bingx-env",
        choices=("fake", "vst"),
        default="fake",
        help="whom tests talk to: the fake exchange (default), or BingX's simulated environment with "
        "BINGX_API_KEY and BINGX_SECRET_KEY; reads only, and no other host than its two and loopback",
    )
    group.addoption(
        "--bingx-profile",
        default="documented",
        metavar="NAME",
        help="whose answers bingx_exchange and bingx_intercept give where documents disagree: documented "
        "(default), skill, reference, docs-site, observed, or an adopted one",
    )
    group.addoption(
        "--bingx-allow-writes",
        action="store_true",
        help="with --bingx-env vst: let transfers between the key's own accounts be sent, and orders that "
        "rest until they are cancelled",
    )
    group.addoption(
        "--bingx-allow-positions",
        action="store_true",
        help="with --bingx-allow-writes: let orders be sent that may open or close a position in perpetuals",
    )
    group.addoption(
        "--bingx-report",
        action="append",
        default=[],
        metavar="FILE",
        help="write what became of each clause of the contract to FILE, which ends in .md or .json; "
        "may be given twice",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse what cannot work before any test runs; keep a run against VST from going elsewhere."""
    config.addinivalue_line("markers", "clause(id): the clause of the contract that this test proves")
    if _is_live(config):
        from bingx_fake.plugin import credentials, live

        try:
            credentials.read_credentials()
        except ValueError as error:
            raise pytest.UsageError(str(error)) from None
        guard = ExitStack()
        guard.enter_context(live.only_the_simulated_hosts())
        config.add_cleanup(guard.close)
    elif config.option.bingx_profile != "documented":
        from bingx_fake.profiles.adoption import AdoptionError, adopted_profiles
        from bingx_fake.profiles.choice import ProfileError, choose

        try:
            choose(config.option.bingx_profile, adopted=adopted_profiles)
        except (ProfileError, AdoptionError) as error:
            raise pytest.UsageError(f"--bingx-profile: {error}") from None
    if config.option.bingx_allow_writes and not _is_live(config):
        raise pytest.UsageError("--bingx-allow-writes goes with --bingx-env vst; the fake takes every write")
    if config.option.bingx_allow_positions and not config.option.bingx_allow_writes:
        raise pytest.UsageError("--bingx-allow-positions goes with --bingx-env vst --bingx-allow-writes")
    if config.option.bingx_report and not hasattr(config, "workerinput"):
        from bingx_fake.plugin.contract_report import SUFFIXES
        from bingx_fake.plugin.reporting import Reporter

        paths = [Path(name).absolute() for name in config.option.bingx_report]
        for path in paths:
            if path.suffix not in SUFFIXES:
                raise pytest.UsageError(f"--bingx-report takes a file that ends in .md or .json, not {path}")
            if not path.parent.is_dir():
                raise pytest.UsageError(f"--bingx-report: there is no folder {path.parent}")
        config.pluginmanager.register(Reporter(config.option.bingx_env, paths), "bingx-report")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say in each report which clauses its test proves, and in a failed one which requests were refused."""
    report = yield
    for marker in item.iter_markers("clause"):
        report.user_properties += [("clause", clause_id) for clause_id in marker.args]
    exchanges = item.stash.get(_EXCHANGES, [])
    if report.failed and report.when != "teardown" and exchanges:
        from bingx_fake.plugin.section import TITLE, refusals

        explained = refusals(exchanges)
        if explained:
            report.sections.append((TITLE, explained))
    return report


def _allowed(config: pytest.Config) -> dict[str, bool]:
    """What may be sent to the simulated environment besides reads."""
    option = config.option
    return {"writes": option.bingx_allow_writes, "positions": option.bingx_allow_positions}


def _is_live(config: pytest.Config) -> bool:
    return bool(config.option.bingx_env == "vst")


@pytest.fixture(scope="session")
def _bingx_server(pytestconfig: pytest.Config) -> Iterator["FakeExchange"]:
    from bingx_fake import FakeExchange

    if _is_live(pytestconfig):
        pytest.fail(f"bingx_exchange {_MISPLACED}", pytrace=False)
    with FakeExchange(profile=pytestconfig.option.bingx_profile) as exchange:
        yield exchange


@pytest.fixture(scope="session")
def _bingx_tls_server(pytestconfig: pytest.Config) -> Iterator["FakeExchange"]:
    from bingx_fake import FakeExchange

    if _is_live(pytestconfig):
        pytest.fail(f"bingx_intercept {_MISPLACED}", pytrace=False)
    with FakeExchange(profile=pytestconfig.option.bingx_profile, tls=True) as exchange:
        yield exchange


@pytest.fixture
def bingx_exchange(request: pytest.FixtureRequest, _bingx_server: "FakeExchange") -> "FakeExchange":
    """A fake exchange with the built-in example state, back at its start for each test.

    The report of a test that fails explains the requests that the exchange refused in it.
    """
    _start_afresh(_bingx_server, request)
    return _bingx_server


@pytest.fixture
def bingx_client(request: pytest.FixtureRequest) -> Iterator["Client"]:
    """A client of ``bingx_exchange`` with the key of its first user.

    It lives on the exchange's clock: where it would wait, that clock is moved instead. With
    ``--bingx-env vst`` it is a client of the simulated environment, with your key, and sends writes only
    with ``--bingx-allow-writes``, and those that may open or close a position in perpetuals only with
    ``--bingx-allow-positions`` besides.
    """
    from bingx_client import Client

    if _is_live(request.config):
        from bingx_fake.plugin.live_clients import live_client

        client = live_client(**_allowed(request.config))
    else:
        exchange = request.getfixturevalue("bingx_exchange")
        client = Client(**_first_account(exchange), sleep=exchange.clock.sleep)
    with client:
        yield client


@pytest.fixture
def bingx_async_client(request: pytest.FixtureRequest) -> "AsyncClient":
    """The same as ``bingx_client``, asynchronous: use it with ``async with`` in the test's own loop."""
    from bingx_client import AsyncClient

    if _is_live(request.config):
        from bingx_fake.plugin.live_clients import live_async_client

        return live_async_client(**_allowed(request.config))
    import asyncio

    exchange = request.getfixturevalue("bingx_exchange")

    async def sleep(seconds: float) -> None:
        exchange.clock.sleep(seconds)
        await asyncio.sleep(0)  # others have their turn, as in any sleep

    return AsyncClient(**_first_account(exchange), stream_url=exchange.stream_url, sleep=sleep)


@pytest.fixture
def bingx_intercept(
    request: pytest.FixtureRequest, _bingx_tls_server: "FakeExchange"
) -> Iterator["FakeExchange"]:
    """A fake exchange that answers BingX's real host names in this process; other hosts are refused."""
    from bingx_fake import intercept

    _start_afresh(_bingx_tls_server, request)
    with intercept(_bingx_tls_server) as exchange:
        yield exchange


def _start_afresh(exchange: "FakeExchange", request: pytest.FixtureRequest) -> None:
    exchange.reset(ids="restart")
    request.node.stash.setdefault(_EXCHANGES, []).append(exchange)
    # Ids begin anew, so that a test may name them; no client may take them for those of an earlier test.
    writes = sys.modules.get("bingx_client.flow.writes")
    if writes is not None:
        writes.PROCESS_WRITES.clear()


def _first_account(exchange: "FakeExchange") -> dict[str, Any]:
    key = exchange.state["users"][0]["keys"][0]
    return {
        "env": "prod-vst",
        "api_key": key["key"],
        "secret_key": key["secret"],
        "base_urls": exchange.base_urls,
        "clock": exchange.clock.now_ms,
    }
