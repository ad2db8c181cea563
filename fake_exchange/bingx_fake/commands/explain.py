"""``bingx-fake explain``."""

import json
import re
import sys
from getpass import getpass
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec

from bingx_contracts.reading.files import without_mark
from bingx_fake.gateway.signature import Form
from bingx_fake.gateway.wire import FORM, JSON, WireRequest

DEFAULT_CONTROL = "http://127.0.0.1:8702"
_TIMEOUT_S = 10
_UNREACHABLE = 3
_REQUEST_ID = re.compile(r"r[0-9]+")
_FORMS: dict[Form, str] = {
    "sorted": "the parameters are sorted, their values as they are (S, R)",
    "as-sent": "the parameters are in the order sent, which is taken too (D, O; S sorts them)",
    "sorted-encoded": "the values are percent-encoded, which is taken too (O; S signs them as they are)",
    "as-sent-encoded": "the text is signed as it was sent, which is taken too (D, O; not S)",
}
EXAMPLES = """\b
Examples:
  bingx-fake explain r12
  bingx-fake explain r12 --control http://127.0.0.1:9702 --json
  bingx-fake explain '/openApi/spot/v1/account/balance?timestamp=1700000000000&signature=00' \\
    --secret-stdin < secret.txt
  bingx-fake explain https://open-api.bingx.com/openApi/api/asset/v1/transfer --secret-stdin \\
    --body 'amount=1&asset=USDT&timestamp=1700000000000&type=FUND_PFUTURES&signature=00' < secret.txt
"""


@click.command(epilog=EXAMPLES)
@click.argument("what", metavar="REQUEST-ID|URL")
@click.option(
    "--control", metavar="URL", help=f"Control API of the exchange to ask; default: {DEFAULT_CONTROL}."
)
@click.option("--method", metavar="M", help="Method of the request; default: GET, or POST with a body.")
@click.option("--body", metavar="TEXT", help="Body of the request, as it was sent.")
@click.option(
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="Header of the request; may be given again.",
)
@click.option(
    "--secret-stdin", is_flag=True, help="Read the secret from standard input. It is never an argument."
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print the explanation as JSON; null where there is none."
)
def explain(
    what: str,
    control: str | None,
    method: str | None,
    body: str | None,
    headers: tuple[str, ...],
    secret_stdin: bool,
    as_json: bool,
) -> None:
    """Say why a request was refused: what was signed, what should have been, and what to change.

    REQUEST-ID asks a running exchange for a request of its journal. URL explains without an exchange and
    without a network, with the secret from standard input.

    Exit status: 0 it was not refused, or it verifies; 1 it was refused, and here is why; 2 it cannot be
    explained as it is asked for; 3 there is no exchange to ask.
    """
    if _REQUEST_ID.fullmatch(what):
        if method is not None or body is not None or headers or secret_stdin:
            raise _Error("a request of the journal needs no more than its id: the exchange has the rest", 2)
        refused = _ask(control or DEFAULT_CONTROL, what, as_json=as_json)
    else:
        if control is not None:
            raise _Error(
                "--control goes with a request's id, such as r12; a URL is explained without an exchange", 2
            )
        request = _read_request(what, method, body, headers)
        if not secret_stdin:
            raise _Error("to explain a URL, add --secret-stdin and give the secret on standard input", 2)
        refused = _judge(request, _read_secret(), as_json=as_json)
    sys.exit(1 if refused else 0)


def _ask(control: str, request_id: str, *, as_json: bool) -> bool:
    entry = _fetch(control.rstrip("/"), request_id)
    explanation = entry["explanation"]
    if as_json:
        click.echo(json.dumps(explanation, ensure_ascii=False))
    elif explanation is None:
        fault = f", and met the fault {entry['fault']}" if entry["fault"] else ""
        click.echo(
            f"{request_id}: {entry['method']} {entry['path']} was not refused (code {entry['code']}){fault}"
        )
    else:
        click.echo(explanation["text"])
    return explanation is not None


def _fetch(control: str, request_id: str) -> dict[str, Any]:
    """A request's entry in the journal, with its explanation."""
    import requests  # takes long to import, and a URL is explained without

    try:
        with requests.Session() as session:
            session.trust_env = False  # a proxy has no place between here and this machine
            answer = session.get(
                f"{control}/requests/{request_id}", timeout=_TIMEOUT_S, allow_redirects=False
            )
            entry: Any = answer.json()
    except requests.JSONDecodeError:
        raise _Error(
            f"what answers at {control} is not the control API of an exchange", _UNREACHABLE
        ) from None
    except (requests.RequestException, ValueError) as error:
        if not control.startswith(("http://", "https://")) or isinstance(error, ValueError):
            raise _Error(f"--control takes a URL such as {DEFAULT_CONTROL}, not {control!r}", 2) from None
        raise _Error(
            f"no control API can be reached at {control}: start an exchange with bingx-fake serve, "
            "or name the right one with --control",
            _UNREACHABLE,
        ) from None
    match entry:
        case {"error": str(reason)}:
            raise _Error(f"{control}: {reason}", 2)
        case {"explanation": None | {"text": str()}, "fault": _, "method": _, "path": _, "code": _}:
            return dict(entry)
    raise _Error(f"what answers at {control} is not the control API of an exchange", _UNREACHABLE)


def _judge(request: WireRequest, secret: bytes, *, as_json: bool) -> bool:
    # Every command's start pays for what is imported above.
    from bingx_fake.clock import system_ms
    from bingx_fake.explain.explanation import explain as explain_refusal
    from bingx_fake.explain.offline import judge
    from bingx_fake.explain.text import render

    verdict = judge(request, secret, system_ms())
    if verdict.refused is not None:
        explanation = explain_refusal(verdict.refused)
        document = {**msgspec.to_builtins(explanation), "text": render(explanation)}
        click.echo(json.dumps(document, ensure_ascii=False) if as_json else document["text"])
        return True
    assert verdict.form is not None, "what is not refused verifies"
    click.echo("null" if as_json else f"The signature verifies: {_FORMS[verdict.form]}.")
    if verdict.note is not None:
        click.echo(verdict.note, err=True)
    return False


def _read_request(url: str, method: str | None, body: str | None, headers: tuple[str, ...]) -> WireRequest:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _Error(f"{url!r} is no URL", 2) from None
    if not parts.path.startswith("/") or parts.scheme not in ("", "http", "https"):
        raise _Error(f"{url!r} is neither the id of a request, such as r12, nor a URL", 2)
    fields = {"host": parts.netloc}
    for header in headers:
        name, colon, value = header.partition(":")
        if not colon or not name.strip():
            raise _Error("a header is given as --header 'NAME: VALUE'", 2)
        fields[name.strip().lower()] = value.strip()
    content = b"" if body is None else body.encode("utf-8", "surrogateescape")
    if content and "content-type" not in fields:
        fields["content-type"] = JSON if content.lstrip().startswith(b"{") else FORM
    return WireRequest(
        domain="com",
        method=(method or ("GET" if body is None else "POST")).upper(),
        target=f"{parts.path}?{parts.query}",
        headers=fields,
        body=content,
        address="127.0.0.1",
    )


def _read_secret() -> bytes:
    if sys.stdin.isatty():
        return getpass("Secret: ").encode()
    secret_line = without_mark(sys.stdin.buffer.read()).rstrip(b"\r\n")
    if not secret_line:
        raise _Error("no secret came on standard input", 2)
    return secret_line


class _Error(click.ClickException):
    """One line on stderr, and an exit status."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self._exit_code = exit_code

    @property
    def exit_code(self) -> int:  # type: ignore[override]  # click has it as a class variable
        """The exit status."""
        return self._exit_code
