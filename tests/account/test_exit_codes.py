"""Exit codes of the installed command, against an exchange in all its moods."""

import io
import os
import shlex
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from account.programs import ALICE_UID, COMMAND, CREDENTIALS, KEY, SECRET, Done, run_process
from support.sender import wait_until
from support.surroundings import IGNORING_INTERRUPTS

from bingx_client.account.speaking import write
from bingx_fake import FakeExchange

TRANSFER = ("transfer", "--type", "FUND_PFUTURES", "--asset", "USDT", "--amount", "100")
NOTICE = "You are operating in the Production Simulated (VST) environment.\n"

Here = tuple[str, str]


def funds(exchange: FakeExchange) -> str:
    return f"{exchange.balance(ALICE_UID, 'fund', 'USDT').free:f}"


@pytest.mark.clause("CONFIRM-3")
def test_done_is_0_and_the_notice_is_said_once(exchange: FakeExchange, here: Here) -> None:
    code, out, err = run_process(*TRANSFER, "--env", "prod-vst", *here)
    assert (code, err) == (0, NOTICE)
    assert "FUND_PFUTURES" in out
    assert funds(exchange) == "900"


def test_refused_by_the_exchange_is_1_with_code_meaning_and_message(here: Here) -> None:
    code, out, err = run_process(*TRANSFER[:-1], "1000.01", *here)
    assert (code, out) == (1, "")
    assert err.removeprefix(NOTICE) == (
        "The exchange refused 100202 (insufficient balance): "
        "insufficient balance: account fund holds 1000 USDT free\n"
    )


def test_a_wrong_secret_is_1_and_shown_masked(here: Here) -> None:
    wrong = {"BINGX_API_KEY": KEY, "BINGX_SECRET_KEY": "another-secret-altogether"}
    code, _, err = run_process("coins", *here, environment=wrong)
    assert code == 1
    assert "The exchange refused 100001" in err
    assert f"It was asked with key {KEY[:5]}***{KEY[-4:]}, secret ***ether.\n" in err


def test_wrong_use_is_2(here: Here) -> None:
    assert run_process("transfer", *here).code == 2


def test_unreachable_is_3_with_each_domains_failure(exchange: FakeExchange, here: Here) -> None:
    with exchange.fault("*", "refuse"):
        code, out, err = run_process(*TRANSFER, *here)
    com, pro = exchange.base_urls
    assert (code, out) == (3, "")
    assert err.removeprefix(NOTICE) == (
        "No domain answered POST /openApi/api/asset/v1/transfer.\n"
        f"  {com}: connection refused\n  {pro}: connection refused\nIt did not happen.\n"
    )


def test_an_answer_from_something_else_than_the_exchange_is_3(exchange: FakeExchange, here: Here) -> None:
    with exchange.fault("com", "html-error"):
        code, out, err = run_process("coins", *here)
    assert (code, out) == (3, "")
    assert err.startswith("An answer came that is not the exchange's: GET /openApi/api/asset/v1/transfer/")


@pytest.fixture
def unknown(exchange: FakeExchange, here: Here) -> Done:
    """A transfer whose answer was lost, and which there was no time to settle."""
    with exchange.fault("com", "reset", phase="after", method="POST"):
        return run_process(*TRANSFER, "--deadline", "1", *here)


def test_an_unknown_outcome_is_4_with_what_was_sent_and_what_was_seen(
    exchange: FakeExchange, unknown: Done
) -> None:
    assert (unknown.code, unknown.out) == (4, "")
    assert "Outcome unknown: POST /openApi/api/asset/v1/transfer may or may not have happened." in unknown.err
    assert ": type FUND_PFUTURES, asset USDT, amount 100\n" in unknown.err
    assert f"  {exchange.base_urls[0]}: connection reset\n" in unknown.err


def test_an_unknown_outcome_names_the_command_that_finds_out(exchange: FakeExchange, unknown: Done) -> None:
    command = shlex.split(unknown.err.splitlines()[-1])
    assert command[0] == "bingx-account"
    found = run_process(*command[1:])
    assert "USDT   100     FUND_PFUTURES" in found.out


def test_a_lost_internal_transfer_is_found_by_the_name_it_was_given(
    exchange: FakeExchange, here: Here
) -> None:
    receiver = ("--user-account-type", "uid", "--user-account", "16780001")
    money = ("--coin", "USDT", "--amount", "7", "--wallet-type", "fund")
    with exchange.fault("com", "reset", phase="after", method="POST"):
        lost = run_process("inner-transfer", *money, *receiver, "--deadline", "1", *here)
    assert lost.code == 4
    found = run_process(*shlex.split(lost.err.splitlines()[-1])[1:])
    assert found.out.splitlines()[1].startswith("USDT  7       out")


def test_no_run_shows_key_or_secret(exchange: FakeExchange, here: Here, unknown: Done) -> None:
    runs = [
        unknown,
        run_process("balance", "--account", "fund", "--asset", SECRET, *here),
        run_process("coins", "--env", KEY, *here),
        run_process(SECRET, *here),
        run_process("coins", *here, environment={**CREDENTIALS, "BINGX_SECRET_KEY": f"{SECRET}x"}),
    ]
    assert [done.code for done in runs] == [4, 2, 2, 2, 1]
    for done in runs:
        assert KEY not in done.out + done.err
        assert SECRET not in done.out + done.err


# A stdout that takes nothing


def run_into(target: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = f'"$0" "$@" {target}'
    return subprocess.run(
        ["sh", "-c", script, COMMAND, *arguments],
        env=os.environ | CREDENTIALS,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
    )


@pytest.mark.parametrize("form", [("--json",), ()])
def test_a_full_disk_is_one_line_and_74(here: Here, form: tuple[str, ...]) -> None:
    done = run_into("> /dev/full", "coins", *form, *here)
    expected = "Error: the result could not be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (74, expected)


def test_help_onto_a_full_disk_is_one_line_too() -> None:
    done = run_into("> /dev/full", "--help")
    assert (done.returncode, done.stderr.count("\n")) == (74, 1)


def test_a_transfer_whose_result_cannot_be_written_is_told_all_the_same(
    exchange: FakeExchange, here: Here
) -> None:
    done = run_into(">&-", *TRANSFER, *here)
    assert done.returncode == 74
    line = done.stderr.removeprefix(NOTICE)
    assert line.startswith("Error: the result could not be written: ")
    assert "this was done: transferId 1" in line
    assert line.count("\n") == 1
    assert funds(exchange) == "900"


def test_a_reader_that_has_gone_is_no_news(here: Here) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [COMMAND, "coins", *here],
            env=os.environ | CREDENTIALS,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            timeout=30,
        )
    assert (done.returncode, done.stderr) == (141, "")


def may_wait_for_a_reader(it: "subprocess.Popen[str]") -> bool:
    """Whether a process stands in a write to a pipe. Where the system does not say, it may.

    Earlier, an interrupt may come while Python closes a connection by itself, which lets no error out.
    """
    try:
        stands_in = Path(f"/proc/{it.pid}/wchan").read_text(encoding="ascii")
    except OSError:
        return True
    return stands_in in ("", "0") or "pipe_write" in stands_in


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_before_the_receipt_is_read_leaves_the_outcome_unknown(
    exchange: FakeExchange, here: Here, told: signal.Signals
) -> None:
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    with suppress(BlockingIOError):
        while True:
            os.write(write_end, b"x" * 4096)  # full, so that the receipt has to wait
    os.set_blocking(write_end, True)
    command = [COMMAND, *TRANSFER, *here]
    environment = os.environ | CREDENTIALS
    with subprocess.Popen(
        command, stdout=write_end, stderr=subprocess.PIPE, text=True, env=environment
    ) as it:
        os.close(write_end)
        try:
            wait_until(
                lambda: it.poll() is not None or (funds(exchange) == "900" and may_wait_for_a_reader(it))
            )
            assert it.poll() is None, "it ended before its receipt could be read"
            it.send_signal(told)
            _, err = it.communicate(timeout=30)
        finally:
            it.kill()
    os.close(read_end)
    assert it.returncode == 4
    assert "unknown" in err


FINALIZED = """
import signal, sys, weakref
from bingx_client.account.command import main
from bingx_client.account.session import Session

TOLD = int(sys.argv.pop())

class Connection:
    pass

def show(session, shown, show=Session.show):
    weakref.finalize(Connection(), signal.raise_signal, TOLD)  # Python drops what it raises
    show(session, shown)

Session.show = show
sys.exit(main())
"""


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_that_python_let_nowhere_out_is_not_forgotten(
    here: Here, told: signal.Signals
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FINALIZED, *TRANSFER, *here, str(int(told))],
        env=os.environ | CREDENTIALS,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (done.returncode, done.stdout) == (4, "")
    assert "unknown" in done.stderr


class Interrupted(io.TextIOWrapper):
    """A stdout with something in it, of which nothing has gone out when Ctrl-C comes, once."""

    comes = True

    def flush(self) -> None:
        if self.comes:
            self.comes = False
            raise KeyboardInterrupt
        super().flush()


def test_what_was_not_written_when_the_interruption_came_is_not_waited_for_at_the_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with open(tmp_path / "unread", "wb") as unread:
        stdout = Interrupted(unread)
        monkeypatch.setattr(sys, "stdout", stdout)
        with pytest.raises(KeyboardInterrupt):
            write("a receipt")
        stdout.flush()  # what Python does at exit, and waits where a pipe is full
    assert (tmp_path / "unread").read_bytes() == b""


def test_sigterm_ends_what_a_shell_started_in_the_background(exchange: FakeExchange, here: Here) -> None:
    command = [*IGNORING_INTERRUPTS, COMMAND, "balance", "--account", "spot", *here]
    with (
        exchange.fault("*", "timeout"),
        subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ | CREDENTIALS) as it,
    ):
        wait_until(lambda: exchange.requests or it.poll() is not None)
        assert it.poll() is None, "it ended before it asked"
        it.send_signal(signal.SIGTERM)
        assert it.wait(30) == -signal.SIGTERM


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_while_a_transfer_is_under_way_says_that_its_outcome_is_unknown_and_ends_with_4(
    exchange: FakeExchange, here: Here, told: signal.Signals
) -> None:
    command = [COMMAND, *TRANSFER, *here]
    with (
        exchange.fault("*", "timeout", phase="after"),
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | CREDENTIALS) as it,
    ):
        wait_until(lambda: funds(exchange) != "1000" or it.poll() is not None)
        assert it.poll() is None, "it ended before the transfer was made"
        it.send_signal(told)
        _, err = it.communicate(timeout=30)
    assert it.returncode == 4
    assert "Outcome unknown: POST /openApi/api/asset/v1/transfer may or may not have happened." in err
    assert "From " in err
    assert " bingx-account records --type FUND_PFUTURES" in err


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_what_was_started_with_a_signal_ignored_goes_on_ignoring_it(
    exchange: FakeExchange, here: Here, told: signal.Signals
) -> None:
    ignoring = f"trap '' {told.name.removeprefix('SIG')}; exec \"$@\""
    command = ["sh", "-c", ignoring, "sh", COMMAND, "balance", "--account", "spot", *here]
    with (
        exchange.fault("com", "latency", ms=1000),
        subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ | CREDENTIALS) as it,
    ):
        wait_until(lambda: exchange.requests or it.poll() is not None)
        assert it.poll() is None, "it ended before it asked"
        it.send_signal(told)
        assert it.wait(30) == 0
