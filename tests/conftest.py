"""What all tests share: the clause table, programs from outside, a frozen exchange, a raw sender."""

import gc
import os
import shutil
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from support.clients import IMPATIENT_S, PATIENT_S
from support.sender import NOW_MS, Sender
from support.surroundings import ONLY_OURS, installed_modules_stay, let_children_be_interrupted

from bingx_client.wire.signing import USER_AGENT
from bingx_contracts import CLAUSES
from bingx_fake import FakeExchange
from bingx_fake.exchange import Exchange
from bingx_fake.faults.fault import Delivery
from bingx_fake.gateway.wire import WireRequest

SHRINKING_S = 900
"""For tests with drawn input: Hypothesis spends up to five minutes on a failure before it shows it."""

settings.register_profile(
    "bounded",
    max_examples=60,
    deadline=None,
    print_blob=True,  # beside the failing example: the line that repeats it anywhere
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("bounded")


@pytest.fixture
def timeout_s(request: pytest.FixtureRequest) -> float:
    """For a client: little where the ``kind`` of fault that the test is about lets no answer come."""
    is_silent = isinstance(request.node, pytest.Function) and (
        getattr(request.node, "callspec", None) is not None
        and request.node.callspec.params.get("kind") == "timeout"
    )
    return IMPATIENT_S if is_silent else PATIENT_S


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two workers for a core: half of what these tests do is wait, for a timeout or for another program."""
    return 2 * len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2 * (os.cpu_count() or 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Modules go to workers whole."""
    from support.distributing import ByModule  # only where there are workers

    return ByModule(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def _installed_modules_stay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with installed_modules_stay(tmp_path_factory.getbasetemp()):
        yield


@pytest.fixture
def pytester(pytester: pytest.Pytester, _installed_modules_stay: None) -> pytest.Pytester:
    """Pytest's own, without plugins that only we use, which take a second to import."""
    without = " ".join(f"-p no:{plugin}" for plugin in ONLY_OURS)
    pytester.makeini(f"[pytest]\naddopts = {without}\n")
    return pytester


_departures: list[str] = []


@pytest.fixture(scope="session", autouse=True)
def _listening_to_our_client() -> Iterator[None]:
    """Note every request of our client that the journal marks, in whichever exchange of this process."""
    receive = Exchange.receive

    def listening(exchange: Exchange, request: WireRequest) -> Delivery:
        delivery = receive(exchange, request)
        if request.headers.get("user-agent") == USER_AGENT:
            note = next(exchange.journal.newest_first())
            _departures.extend(mark["rule"] for mark in note.lint)
        return delivery

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Exchange, "receive", listening)
        yield


@pytest.fixture(autouse=True)
def _our_client_departs_from_nothing(request: pytest.FixtureRequest) -> Iterator[None]:
    """After each test: our client did nothing that S does not allow, but what the test says it is to do."""
    _departures.clear()
    yield
    # The exchange cannot see why a client gave up on .com, or how long its request was under way: a busy
    # machine is late for a test's short timeout, and with a request.
    expected = {"pro-without-failure", "clock-off"} | {
        rule for marker in request.node.iter_markers("departs") for rule in marker.args
    }
    assert set(_departures) <= expected, f"our client departs from S: {sorted(set(_departures))}"


@pytest.fixture(autouse=True)
def _urllib_reads_the_environment_anew() -> Iterator[None]:
    """Its first call keeps the proxies that the environment names for the rest of the process."""
    yield
    urllib.request._opener = None  # type: ignore[attr-defined]  # there is no public way to forget it


@pytest.fixture
def exchange(bingx_exchange: FakeExchange) -> FakeExchange:
    """The worker's exchange with its clock frozen at ``NOW_MS``."""
    bingx_exchange.clock.freeze(NOW_MS)
    return bingx_exchange


@pytest.fixture
def sender(exchange: FakeExchange) -> Sender:
    """Sends requests to the frozen exchange with code that shares nothing with the client."""
    return Sender(exchange)


@pytest.fixture
def openssl() -> str:
    """The path of the openssl command."""
    return _program("openssl")


@pytest.fixture
def curl() -> str:
    """The path of the curl command."""
    return _program("curl")


@pytest.fixture
def make() -> str:
    """The path of the make command."""
    return _program("make")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    return _program("chromium")


def _program(name: str) -> str:
    """A program from outside Python; a test that needs it says so in one line where it is missing."""
    path = shutil.which(name)
    if path is None:
        message = f"did not run: the program {name} is not installed"
        if os.environ.get("BINGX_REQUIRE_ALL"):
            pytest.fail(message)
        pytest.skip(message)
    return path


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """What repeats this run's order: the plugin itself says it in a heading, which ``-q`` leaves out."""
    seed = config.getoption("random_order_seed", None)
    if seed is not None:
        terminalreporter.write_line(f"order: --random-order-seed={seed.removeprefix('default:')}")


# The clause table


_CLAUSE_PROPERTY = "clause"


@pytest.hookimpl(trylast=True)  # after the marks of Hypothesis
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("hypothesis"):
            item.add_marker(pytest.mark.timeout(SHRINKING_S))
        for marker in item.iter_markers("clause"):
            for clause_id in marker.args:
                if clause_id not in CLAUSES:
                    raise pytest.UsageError(f"{item.nodeid}: there is no clause {clause_id!r}")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage while modules are imported, never what they are made of, and seldom from then on."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 20)
        gc.enable()


class ClauseTable:
    """Gathers outcomes by clause; lives where the terminal is, also under xdist."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._outcomes: dict[str, Counter[str]] = defaultdict(Counter)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and report.outcome == "passed":
            return
        for name, clause_id in report.user_properties:
            if name == _CLAUSE_PROPERTY:
                self._outcomes[str(clause_id)][report.outcome] += 1

    def _unproved(self) -> list[str]:
        return [clause_id for clause_id in CLAUSES if not self._outcomes[clause_id]["passed"]]

    def _is_full_run(self) -> bool:
        option = self._config.option
        return (
            self._config.args_source is pytest.Config.ArgsSource.TESTPATHS
            and not (option.keyword or option.markexpr or option.collectonly)
            and not (getattr(option, "lf", False) or option.maxfail)
        )

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if self._is_full_run() and exitstatus == pytest.ExitCode.OK and self._unproved():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if not self._is_full_run():
            return
        terminalreporter.section("clauses of the contract")
        for clause_id, clause in CLAUSES.items():
            outcome = self._outcomes[clause_id]
            result = "FAILED" if outcome["failed"] else "proved" if outcome["passed"] else "UNPROVED"
            line = f"{clause_id:<12} {result:<9} {outcome['passed']:>3} tests  {clause.statement}"
            terminalreporter.write_line(line[:110])
        missing = self._unproved()
        summary = "every clause is proved" if not missing else f"without a passing test: {', '.join(missing)}"
        terminalreporter.write_line(f"{len(CLAUSES)} clauses; {summary}")


def pytest_configure(config: pytest.Config) -> None:
    let_children_be_interrupted()
    config.addinivalue_line("markers", "departs(rule): makes our client do what lint marks with these rules")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(ClauseTable(config), "clause-table")
