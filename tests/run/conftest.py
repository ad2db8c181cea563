"""What the tests of ``bingx-fake run`` need of the machine, asked without our own code."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator

import pytest

_CHANGES_THE_VIEW = ["mount", "--bind", "/etc/hosts", "/etc/hosts"]
_AS_ROOT = ["unshare", "--net", "--mount", *_CHANGES_THE_VIEW]
_AS_ANYBODY = ["unshare", "--user", "--map-root-user", "--net", "--mount", *_CHANGES_THE_VIEW]


def namespaces_refused() -> str | None:
    """Why there are no namespaces here, or None. The programs that ask are util-linux's."""
    if shutil.which("unshare") is None:
        return "the program unshare is not installed"
    reason = ""
    for command in (_AS_ROOT, _AS_ANYBODY):
        tried = subprocess.run(command, capture_output=True, text=True, check=False)
        if tried.returncode == 0:
            return None
        reason = tried.stderr.strip()
    return reason


@pytest.fixture(scope="session")
def namespaces() -> None:
    """A test that needs them says so in one line where the kernel forbids them, in CI as well."""
    reason = namespaces_refused()
    if reason is not None:
        pytest.skip(f"did not run: no network namespaces here: {reason}")


@pytest.fixture
def node() -> str:
    """The path of Node."""
    path = shutil.which("node")
    if path is None:
        message = "did not run: the program node is not installed"
        if os.environ.get("BINGX_REQUIRE_ALL"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture
def neighbour() -> Iterator[str]:
    """The URL of a server on this machine that is not the fake, and answers everything with a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_answer_all, args=(listening,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def _answer_all(listening: socket.socket) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:
            return
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nneighbour")
