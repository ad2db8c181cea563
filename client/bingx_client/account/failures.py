"""Failures in words for people, and as exit codes for programs.

====  =====================================================================
code  means
====  =====================================================================
0     done
1     refused by the exchange
2     usage: a missing or wrong argument, no credentials, no CONFIRM
3     unreachable: no domain gave an answer that is the exchange's
4     outcome unknown: a write may or may not have happened
70    an error of this program
74    the result could not be written
130   interrupted, no write was sent; 141: nobody reads the result any more
====  =====================================================================
"""

import io
import shlex

import click

from bingx_client.account.asking import Unanswered
from bingx_client.account.masking import one_line
from bingx_client.account.session import CredentialsMissing, Session
from bingx_client.account.showing import iso
from bingx_client.account.speaking import OutputFailed, abandon_stdout, say
from bingx_client.core import DEFAULT_SETTLE_MS
from bingx_client.errors import (
    APIError,
    ConfirmationRequired,
    DomainFailure,
    KeyRefused,
    OutcomeUnknown,
    ParameterError,
    ProtocolError,
    SignatureRefused,
    TransportError,
)

REFUSED, USAGE, UNREACHABLE, UNKNOWN, BROKEN, UNWRITABLE, INTERRUPTED, UNREAD = 1, 2, 3, 4, 70, 74, 130, 141
_MARGIN_MS = 1000


def explain(error: BaseException, session: Session) -> int:
    """Say what went wrong.

    :returns: the exit code that says the same.
    """
    match error:
        case click.ClickException():
            return _usage(error)
        case CredentialsMissing() | ParameterError():
            say(f"Error: {error}")
            return USAGE
        case Unanswered():
            say(str(error))
            return error.exit_code
        case ConfirmationRequired():
            say(f"Not sent: {error.sentence} That needs the word CONFIRM, typed at a terminal.")
            return USAGE
        case APIError():
            return _refused(error, session)
        case TransportError():
            say(f"No domain answered {error.endpoint}.")
            _say_failures(error.failures)
            if session.in_flight:
                say("It did not happen.")
            return UNREACHABLE
        case ProtocolError():
            say(f"An answer came that is not the exchange's: {one_line(str(error))}")
            return UNREACHABLE
        case OutcomeUnknown():
            return _unknown(error, session)
        case OutputFailed():
            return _unwritable(error)
        case OSError() if not session.in_flight:  # click's own writing, of help for example
            abandon_stdout()
            return _unwritable(OutputFailed(error.strerror or str(error), is_closed_pipe=False))
        case _:
            return _ended(error, session)


def _usage(error: click.ClickException) -> int:
    text = io.StringIO()
    error.show(text)
    say(text.getvalue(), end="")
    return error.exit_code


def _refused(error: APIError, session: Session) -> int:
    code = "" if error.code is None else f" {error.code}"
    meaning = "" if error.meaning is None else f" ({error.meaning})"
    say(f"The exchange refused{code}{meaning}: {one_line(error.msg)}")
    if isinstance(error, KeyRefused | SignatureRefused):
        say(f"It was asked with {session.credentials}.")
    return REFUSED


def _unknown(error: OutcomeUnknown, session: Session) -> int:
    sent = ", ".join(f"{name} {value}" for name, value in error.sent.items())
    say(f"Outcome unknown: {error.endpoint} may or may not have happened. Do not send it again yet.")
    say(f"  sent at {iso(error.timestamp_ms)}: {one_line(sent)}")
    _say_failures(error.failures)
    final_ms = error.timestamp_ms + error.recv_window_ms + DEFAULT_SETTLE_MS
    since = iso(error.timestamp_ms - error.recv_window_ms - _MARGIN_MS)
    say(f"From {iso(final_ms)} on, the records tell whether it happened:")
    say(f"  {shlex.join(['bingx-account', *_query(error), '--since', since, *session.target])}")
    return UNKNOWN


def _query(error: OutcomeUnknown) -> list[str]:
    """The command that finds the records of a write."""
    sent = {name: str(value) for name, value in error.sent.items()}
    if error.endpoint_id == "spot_account.inner_transfer":
        return ["inner-records", "--coin", sent["coin"], "--transfer-client-id", sent["transferClientId"]]
    if "type" in sent:
        return ["records", "--type", sent["type"]]
    return ["records", "--from", sent["fromAccount"], "--to", sent["toAccount"]]


def _unwritable(error: OutputFailed) -> int:
    if error.is_closed_pipe:
        return UNREAD
    say(f"Error: the result could not be written: {error}")
    return UNWRITABLE


def _ended(error: BaseException, session: Session) -> int:
    """Interrupted, or failed in a way that nobody thought of: in a write, that leaves its outcome unknown."""
    is_interruption = isinstance(error, KeyboardInterrupt | click.Abort)
    if is_interruption:
        words = "Interrupted."
    else:
        words = f"Error: this should not have happened: {type(error).__name__}: {one_line(str(error))}"
    if session.in_flight:
        say(f"{words} Whether it was carried out is unknown: see the records before you send it again.")
        return UNKNOWN
    say(words)
    return INTERRUPTED if is_interruption else BROKEN


def _say_failures(failures: tuple[DomainFailure, ...]) -> None:
    for failure in failures:
        say(f"  {failure.base_url}: {one_line(failure.reason)}")
