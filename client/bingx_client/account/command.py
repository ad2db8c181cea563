"""The command ``bingx-account``: each operation of the spot account, for people and for programs."""

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from types import FrameType

import click

from bingx_client.account import asking, failures, menus, reading, sending
from bingx_client.account.options import everywhere, usage_error
from bingx_client.account.session import Session
from bingx_client.account.speaking import the_clients_warnings


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    epilog="""
\b
Examples:
  bingx-account balance --account fund --asset USDT --env prod-vst
  bingx-account transfer --type FUND_PFUTURES --asset USDT --amount 100 --env prod-vst
  bingx-account records --since 2026-01-01 --env prod-live --json

\b
Exit codes:
  0 done                          1 refused by the exchange
  2 wrong use, or no CONFIRM      3 unreachable
  4 outcome unknown: a write may or may not have happened
  70 an error of this program     74 the result could not be written
  130 interrupted, no write sent  141 nobody reads the result any more
""",
)
@everywhere
@click.version_option(package_name="bingx-offline")
@click.pass_context
def account(context: click.Context) -> None:
    """Balances and transfers of a BingX spot account.

    Key and secret come from BINGX_API_KEY and BINGX_SECRET_KEY. What is missing is asked for at a terminal,
    and is an error elsewhere. A transfer that goes to the live exchange asks for the word CONFIRM, and so
    needs a person at a terminal; one on prod-vst does not. Results go to stdout, all else to stderr.
    """
    if context.invoked_subcommand is not None:
        return
    if not asking.at_terminal():
        raise usage_error(f"give one of the commands {', '.join(account.commands)}")
    chosen = asking.choose(menus.OPERATION, menus.OPERATIONS)
    context.invoke(account.commands[chosen])


for command in (
    reading.balance,
    reading.overview,
    sending.transfer,
    reading.records,
    reading.coins,
    sending.inner_transfer,
    reading.inner_records,
):
    account.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    :param arguments: instead of the process's own.
    :returns: the exit code; nothing is raised.
    """
    session = Session()
    try:
        with the_clients_warnings(), _told_to_end(session) if arguments is None else nullcontext():
            ended = account.main(
                None if arguments is None else list(arguments),
                prog_name="bingx-account",
                standalone_mode=False,
                obj=session,
            )
        return ended if isinstance(ended, int) else 0
    except SystemExit:
        return failures.UNREAD  # click's answer to a closed pipe
    except BaseException as error:  # whatever it is, it ends in words and a code
        return failures.explain(error, session)
    finally:
        if arguments is None:  # the process is over: what it said must not be taken back by a late Ctrl-C
            signal.signal(signal.SIGINT, signal.SIG_IGN)


_TOLD = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""What tells a process to end: somebody's order, and the terminal that closes. Windows has no SIGHUP."""


@contextmanager
def _told_to_end(session: Session) -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a write in words, as Ctrl-C does; anything else they end at once, as ever.

    Each of the three is remembered, Ctrl-C as well, should Python let no error out where it comes.

    On Windows nobody sends them: what ends a process there ends it without a word.
    """
    # One that is ignored, as SIGHUP is under nohup, stays as whoever started this wants it.
    heard = [told for told in _TOLD if signal.getsignal(told) is signal.SIG_DFL]

    def handle(number: int, frame: FrameType | None) -> None:
        if not session.in_flight:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        deafen()  # a second one must not cut the words short
        interrupt(number, frame)

    def interrupt(number: int, frame: FrameType | None) -> None:
        session.is_told_to_end = True
        raise KeyboardInterrupt

    def deafen() -> None:
        for told in heard:
            signal.signal(told, signal.SIG_IGN)

    for told in heard:
        signal.signal(told, handle)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        deafen()
