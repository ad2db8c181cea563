"""What is imported for what: each client with the HTTP library that it uses, and nothing of the other's."""

import subprocess
import sys

import pytest

from bingx_fake import FakeExchange

LIBRARIES = ("aiohttp", "requests", "urllib3")


def imported(code: str) -> set[str]:
    """Which HTTP libraries a new interpreter has imported after some code."""
    shown = f"import sys; {code}; print(*(set({LIBRARIES}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("code", "libraries"),
    [
        ("import bingx_client", set()),
        ("import bingx_client.calls.spot_account", set()),
        ("from bingx_client import Client; Client('prod-vst')", {"requests", "urllib3"}),
        ("from bingx_client import AsyncClient; AsyncClient('prod-vst')", {"aiohttp"}),
        ("from bingx_client import fetch_signed", {"requests", "urllib3"}),
    ],
)
def test_a_client_brings_its_own_library_and_no_other(code: str, libraries: set[str]) -> None:
    assert imported(code) == libraries


@pytest.mark.parametrize(
    ("gone", "ask"),
    [
        ("aiohttp", "bingx_client.Client('prod-vst', base_urls=urls).server_time()"),
        ("requests", "asyncio.run(bingx_client.AsyncClient('prod-vst', base_urls=urls).server_time())"),
    ],
)
def test_a_client_works_without_the_others_library(bingx_exchange: FakeExchange, gone: str, ask: str) -> None:
    urls = bingx_exchange.base_urls
    # None in sys.modules is how Python keeps a name from being imported.
    imported(f"sys.modules[{gone!r}] = None; import asyncio, bingx_client; urls = {urls!r}; {ask}")
    assert [entry["code"] for entry in bingx_exchange.requests] == [0]
