"""An exchange whose user has the key and secret of ``programs``, and ways to run the command against it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from account.programs import ALICE_UID, COMMAND, CREDENTIALS, KEY, SECRET, Done, Terminal

from bingx_client.account.command import main
from bingx_fake import FakeExchange

Run = Callable[..., Done]
Open = Callable[..., Terminal]


@pytest.fixture
def exchange(bingx_exchange: FakeExchange) -> FakeExchange:
    """The worker's exchange on the running clock, which the command shares."""
    state: dict[str, Any] = bingx_exchange.state
    assert state["users"][0]["uid"] == ALICE_UID
    state["users"][0]["keys"][0] |= {"key": KEY, "secret": SECRET}
    bingx_exchange.load(state)
    return bingx_exchange


@pytest.fixture
def here(exchange: FakeExchange) -> tuple[str, str]:
    """The option that sends the command to the exchange."""
    return "--base-urls", ",".join(exchange.base_urls)


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Key and secret in this process's environment."""
    for name in [name for name in os.environ if name.startswith("BINGX_")]:
        monkeypatch.delenv(name)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def run(credentials: None, here: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command in this process, away from any terminal, against the exchange."""

    def run(*arguments: str) -> Done:
        code = main([*arguments, *here])
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture
def open_terminal(here: tuple[str, str]) -> Iterator[Open]:
    """Runs the command at a terminal, against the exchange."""
    opened: list[Terminal] = []

    def open_terminal(*arguments: str, command: tuple[str, ...] = (COMMAND,), **options: Any) -> Terminal:
        to = here if command == (COMMAND,) else ()
        opened.append(Terminal(*command, *arguments, *to, **options))
        return opened[-1]

    yield open_terminal
    for terminal in opened:
        terminal.close()


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Where an intercepted run writes what the exchange received."""
    return tmp_path / "journal.json"
