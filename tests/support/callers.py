"""Three HTTP libraries that people use, each told to read one URL, and what each makes of it.

What a caller met is a text: the HTTP status, or the outermost and the innermost exception. The libraries
see a fault through the same socket, but each has its own way to say so, and some hide it by a retry.
"""

import asyncio
import ssl
import subprocess
from typing import NamedTuple

import aiohttp
import requests

from bingx_fake import FakeExchange
from support.loops import connections_ended

PATIENT_S = 10.0


class Patience(NamedTuple):
    """How long a caller waits: for a connection, for the next byte, for everything; in seconds."""

    connect_s: float = PATIENT_S
    read_s: float = PATIENT_S
    total_s: float = PATIENT_S


def with_requests(exchange: FakeExchange, url: str, patience: Patience, *, method: str = "GET") -> str:
    """requests, which has no timeout for everything."""
    try:
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(
                method,
                url,
                timeout=(patience.connect_s, patience.read_s),
                verify=str(exchange.ca_file),
                allow_redirects=False,
            )
            return str(answer.status_code)
    except requests.RequestException as error:
        return _described(error)


def with_aiohttp(exchange: FakeExchange, url: str, patience: Patience, *, method: str = "GET") -> str:
    """aiohttp's client, in a loop of its own."""

    async def call() -> str:
        tls = ssl.create_default_context(cafile=exchange.ca_file) if exchange.ca_file else True
        timeout = aiohttp.ClientTimeout(
            total=patience.total_s, sock_connect=patience.connect_s, sock_read=patience.read_s
        )
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.request(method, url, ssl=tls, allow_redirects=False) as answer,
            ):
                await answer.read()
                return str(answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            return _described(error)
        finally:
            await connections_ended(4 * PATIENT_S)

    return asyncio.run(call())


def with_curl(exchange: FakeExchange, url: str, patience: Patience, *, method: str = "GET") -> str:
    """The curl command: its exit code, or the HTTP status."""
    command = [
        "curl",
        "--silent",
        "--request",
        method,
        "--write-out",
        "%{http_code}",
        "--output",
        "/dev/null",
    ]
    command += ["--connect-timeout", str(patience.connect_s)]
    command += ["--max-time", str(min(patience.read_s, patience.total_s))]
    if exchange.ca_file:
        command += ["--cacert", str(exchange.ca_file)]
    done = subprocess.run([*command, url], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else f"exit {done.returncode}"


def _described(error: BaseException) -> str:
    innermost = error
    while True:
        inner = innermost.__cause__ or innermost.__context__ or _wrapped(innermost)
        if inner is None:
            break
        innermost = inner
    text = type(error).__name__
    if innermost is not error:
        text += f" from {type(innermost).__name__}"
    match innermost:
        case ssl.SSLCertVerificationError():
            return f"{text}: {innermost.verify_message}"
        case ssl.SSLError():
            return f"{text}: {innermost.reason}"
    return text


def _wrapped(error: BaseException) -> BaseException | None:
    """The exception that a library keeps in an attribute or among the arguments."""
    candidates = (getattr(error, "reason", None), *error.args)
    return next((inner for inner in candidates if isinstance(inner, BaseException)), None)
