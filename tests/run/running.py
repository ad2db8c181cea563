"""Runs programs under ``bingx-fake run`` and collects what came of it."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import requests
from support.commands import BINGX_FAKE, bingx_fake

COMMAND = BINGX_FAKE
EXAMPLES = Path(__file__).parents[2] / "examples"
CREDENTIALS = {"BINGX_API_KEY": "alice-key", "BINGX_SECRET_KEY": "alice-secret"}
TIME = "/openApi/swap/v2/server/time"
COM, PRO = f"https://open-api.bingx.com{TIME}", f"https://open-api.bingx.pro{TIME}"
STREAM = "https://open-api-ws.bingx.com/market"
PATIENCE_S = 60
_SHORT_S = 0.3  # for what never ends by itself

NAMESPACE = ["--isolation", "namespace"]
PROXY = ["--isolation", "proxy"]

WEAKER = (
    "bingx-fake: proxy mode, which guarantees less than a namespace: only what asks HTTPS_PROXY is led to "
    "the fake and kept from everything else; a program that does not ask reaches the network as always"
)


class Done(NamedTuple):
    """A run that has ended. ``said`` is what bingx-fake wrote to stderr, ``err`` what the program wrote."""

    status: int
    out: str
    err: str
    said: list[str]


def run(
    *program: str,
    options: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    stdin: str = "",
    folder: Path | None = None,
) -> Done:
    """Run a program to its end, under a copy of an interpreter that has imported bingx-fake."""
    done = bingx_fake(
        *("run", *options, "--", *program),
        stdin=stdin,
        environment={**os.environ, **CREDENTIALS, **(environment or {})},
        folder=folder,
    )
    return _told(done.returncode, done.stdout, done.stderr)


def run_anew(*program: str, options: Sequence[str] = (), under: Sequence[str] = ()) -> Done:
    """Run a program to its end as a user does.

    :param under: a command that runs bingx-fake in its turn.
    """
    done = subprocess.run(
        [*under, COMMAND, "run", *options, "--", *program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env={**os.environ, **CREDENTIALS},
        check=False,
    )
    return _told(done.returncode, done.stdout, done.stderr)


def _told(status: int, out: str, both: str) -> Done:
    lines = both.splitlines()
    said = [line for line in lines if line.startswith(("bingx-fake: ", "Error: ", "{"))]
    err = "\n".join(line for line in lines if line not in said)
    return Done(status, out, err, said)


def read_report(path: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return entries


class Curls:
    """A program that waits for URLs and tells how curl fared with each, in a run that can be steered."""

    SCRIPT = 'while read seconds url; do curl -s -o /dev/null -m "$seconds" "$url"; echo $?; done'

    def __init__(self, process: subprocess.Popen[str], said: list[str]) -> None:
        self._process, self.said = process, said
        self.control = said[-1].split()[-1]

    def ask(self, url: str, patience_s: float = PATIENCE_S) -> int:
        """The exit status of curl."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{patience_s} {url}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def in_outage(self, kind: str, domain: str = "com", url: str = COM) -> tuple[int, int, int]:
        """What a domain and .pro give during an outage of the domain, and the domain afterwards."""
        order = {"domain": domain, "kind": kind}
        requests.post(f"{self.control}/faults", json=order, timeout=10).raise_for_status()
        met = self.ask(url, _SHORT_S if kind in ("blackhole", "timeout") else PATIENCE_S)
        pro = self.ask(PRO)
        requests.delete(f"{self.control}/faults", timeout=10).raise_for_status()
        return met, pro, self.ask(url)


@contextmanager
def curls(options: Sequence[str]) -> Iterator[Curls]:
    """Run ``Curls`` until the block ends."""
    command = [COMMAND, "run", *options, "--control-port", "0", "--", "sh", "-c", Curls.SCRIPT]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stderr is not None
        said = [process.stderr.readline()]
        while "control API" not in said[-1]:
            assert said[-1]
            said.append(process.stderr.readline())
        yield Curls(process, said)
        process.communicate(timeout=PATIENCE_S)
