"""The contract suite runs on the fake, and with ``--bingx-env vst`` on BingX's simulated environment."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime

import pytest
from contract.target import TIME, Account, Paced, SystemTime, Target, Unpaced
from support import cassettes
from support.sender import NOW_MS, SERVER_TIME

from bingx_contracts import ASSUMPTIONS, VARIATIONS
from bingx_fake import FakeExchange
from bingx_fake.plugin.contract_report import MET
from bingx_fake.plugin.credentials import read_credentials
from bingx_fake.plugin.live import VST

Meet = Callable[..., None]
Settle = Callable[[str, bool], None]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fake_only(why): cannot be asked of a live exchange, and why")
    config.addinivalue_line("markers", "writes: moves money, there and back")
    config.addinivalue_line("markers", "positions: opens a position, and closes it")
    if config.option.bingx_env == "vst" and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError(
            "--bingx-env vst keeps under the rate limits in one process: run it without -n"
        )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.option.bingx_env == "fake":
        return
    for item in items:
        only = item.get_closest_marker("fake_only")
        if only is not None:
            item.add_marker(pytest.mark.skip(reason=f"not asked of VST: {only.args[0]}"))
        elif item.get_closest_marker("writes") and not config.option.bingx_allow_writes:
            item.add_marker(pytest.mark.skip(reason="moves money: asked with --bingx-allow-writes"))
        elif item.get_closest_marker("positions") and not config.option.bingx_allow_positions:
            reason = "opens a position: asked with --bingx-allow-positions"
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def _live_target(pytestconfig: pytest.Config) -> Target:
    credentials = read_credentials()
    offset_ms = 0
    system = pytestconfig.stash.get(TIME, SystemTime())
    target = Target(
        "vst",
        (VST.com, VST.pro),
        Account(credentials.key, credentials.secret),
        now_ms=lambda: system.now_ms() + offset_ms,
        pace=Paced(system),
        writes=pytestconfig.option.bingx_allow_writes,
        positions=pytestconfig.option.bingx_allow_positions,
    )
    sent_ms = target.now_ms()
    server_ms = target.raw("GET", SERVER_TIME).data["serverTime"]
    offset_ms = server_ms - (sent_ms + target.now_ms()) // 2
    return target


@pytest.fixture
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The exchange that this run asks; what it was sent and answered goes into the report."""
    if request.config.option.bingx_env == "vst":
        target: Target = request.getfixturevalue("_live_target")
    else:
        exchange: FakeExchange = request.getfixturevalue("bingx_exchange")
        exchange.clock.freeze(NOW_MS)
        target = Target(
            "fake",
            exchange.base_urls,
            Account("alice-key", "alice-secret"),
            now_ms=exchange.clock.now_ms,
            pace=Unpaced(),
            writes=True,
            positions=True,
        )
    target.record = request.node.user_properties.append
    with _recorded(f"{request.path.stem} {request.node.name}", target) if target.is_live else nullcontext():
        yield target


def _recorded(test: str, target: Target) -> AbstractContextManager[None]:
    """With BINGX_RECORD=1, what a live exchange answers becomes a cassette, masked."""
    if os.environ.get("BINGX_RECORD") != "1":
        return nullcontext()
    name = re.sub(r"[^a-z0-9]+", "_", test.lower().replace("test_", "")).strip("_")
    return cassettes.live_recorder(
        cassettes.VST / f"{name}.yaml",
        api_key=target.account.key,
        secret_key=target.account.secret,
        provenance={
            "source": f"{target.environment}, {datetime.now(UTC).date()}",
            "test": test,
        },
    )


@pytest.fixture
def meets(request: pytest.FixtureRequest) -> Meet:
    """Say which documented answers to a contested question the exchange gave."""

    def meet(variation_id: str, *answers: str) -> None:
        documented = {answer.name for answer in VARIATIONS[variation_id].answers}
        assert answers, f"{variation_id}: the answer is none of the documented ones, {documented}"
        assert set(answers) <= documented, answers
        request.node.user_properties.extend((MET, f"{variation_id}={answer}") for answer in answers)

    return meet


@pytest.fixture
def settles(request: pytest.FixtureRequest) -> Settle:
    """Say whether something that is ours is so at the exchange; at the fake it has to be."""

    def settle(assumption_id: str, is_so: bool) -> None:
        assert assumption_id in ASSUMPTIONS
        assert is_so or request.config.option.bingx_env != "fake", f"{assumption_id} is not so at the fake"
        request.node.user_properties.append((MET, f"{assumption_id}={'yes' if is_so else 'no'}"))

    return settle
