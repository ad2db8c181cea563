"""Signed balance reads: the whole way through the fake, against a bare handler that gives the same bytes.

Both servers run at once, one at work and one idle, and take turns in short rounds, so that whatever else
the machine does meets both. The quoted figure is the median of the ratios of neighbouring rounds.
"""

import hashlib
import hmac
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

from benchmarks.plan import Plan
from benchmarks.processes import BenchmarkError, Child, fake_command, module, two_cores
from benchmarks.table import Row, Target, median_row

PATH = "/openApi/spot/v1/account/balance"
KEY, SECRET = "alice-key", b"alice-secret"
HEADERS = {"X-BX-APIKEY": KEY, "X-SOURCE-KEY": "BX-AI-SKILL"}
CONNECTIONS = 32
DISTINCT_URLS = 2_000
ROUND_S = 0.1
WARM_UP = 12_000
"""Requests before the first round: more than the journal holds, so that it drops entries from then on."""

_HOW = f"{CONNECTIONS} connections, {DISTINCT_URLS:,} signed URLs"
_open = build_opener(ProxyHandler({})).open


def signed_reads(plan: Plan) -> list[Row]:
    """Measure the ratio, both rates, and how busy the load generator was."""
    now_ms = time.time_ns() // 1_000_000
    paths = [_signed(f"n={number}&timestamp={now_ms}") for number in range(DISTINCT_URLS)]
    server_core, load_core = two_cores()
    with ExitStack() as stack:
        fake = stack.enter_context(
            Child(fake_command("--no-rate-limits", "--clock", f"frozen:{now_ms}"), server_core)
        )
        fake_url = fake.receive()["com"]
        body, content_type = _read(fake_url + paths[0])
        bare = stack.enter_context(Child(module("bare_server"), server_core))
        bare.send({"path": PATH, "body": body.decode(), "content_type": content_type})
        bare_url = bare.receive()["url"]
        if _read(bare_url + paths[0]) != (body, content_type):
            raise BenchmarkError("the bare handler does not give the fake's answer")
        load = stack.enter_context(Child(module("load"), load_core))
        targets = {"fake": _address(fake_url), "bare": _address(bare_url)}
        load.send({"connections": CONNECTIONS, "paths": paths, "headers": HEADERS, "targets": targets})
        load.receive()
        return _rows(plan, load, _Side("fake", fake), _Side("bare", bare), pinned=server_core is not None)


@dataclass(slots=True)
class _Side:
    """One of the two servers, and what its rounds gave."""

    name: str
    server: Child
    rates: list[float] = field(default_factory=list)
    seconds: float = 0
    load_cpu: float = 0
    server_cpu: float = 0

    def run(self, load: Child) -> None:
        before = self.server.cpu_seconds() or 0
        load.send({"target": self.name, "seconds": ROUND_S})
        result = load.receive()
        self.server_cpu += (self.server.cpu_seconds() or 0) - before
        self.rates.append(result["answers"] / result["seconds"])
        self.seconds += result["seconds"]
        self.load_cpu += result["cpu_seconds"]

    @property
    def load_busy(self) -> float:
        return 100 * self.load_cpu / self.seconds

    def busy(self) -> str:
        known = f"{100 * self.server_cpu / self.seconds:.0f} %" if self.server_cpu else "unknown"
        return f"server {known} busy, load generator {self.load_busy:.0f} %"


def _rows(plan: Plan, load: Child, fake: _Side, bare: _Side, *, pinned: bool) -> list[Row]:
    for name in plan.progress.track(("fake", "bare"), description="warm up"):
        load.send({"target": name, "requests": WARM_UP})
        load.receive()
    for number in plan.progress.track(range(plan.rounds(full=120, quick=12)), description="signed reads"):
        for side in (fake, bare) if number % 2 else (bare, fake):
            side.run(load)
    ratios = [ours / theirs for ours, theirs in zip(fake.rates, bare.rates, strict=True)]
    where = "servers and load on a core each" if pinned else "not pinned to cores"
    quarters = statistics.quantiles(ratios, n=4)
    return [
        median_row(
            "signed balance read, rate",
            "bare aiohttp handler, same bytes",
            ratios,
            "",
            Target("at least", 0.50),
            f"median of {len(ratios)} paired rounds of {ROUND_S} s, {where}; "
            f"middle half {quarters[0]:.3f} to {quarters[2]:.3f}",
        ),
        median_row("signed balance read", _HOW, fake.rates, "requests/s", notes=fake.busy()),
        median_row("bare aiohttp handler", _HOW, bare.rates, "requests/s", notes=bare.busy()),
        Row(
            "load generator busy",
            "bare handler's rounds",
            bare.load_busy,
            "%",
            Target("at most", 80),
            notes="beyond this it would be the load generator that is measured",
        ),
    ]


def _signed(query: str) -> str:
    """A request target, signed with the standard library alone."""
    signature = hmac.new(SECRET, query.encode(), hashlib.sha256).hexdigest()
    return f"{PATH}?{query}&signature={signature}"


def _read(url: str) -> tuple[bytes, str]:
    """One answer's body and content type."""
    try:
        with _open(Request(url, headers=HEADERS), timeout=10) as answer:
            body = answer.read()
            content_type = answer.headers.get_content_type()
    except HTTPError as error:
        raise BenchmarkError(f"{urlsplit(url).path}: HTTP {error.code}") from None
    if b'"code":0' not in body:
        raise BenchmarkError(f"{urlsplit(url).path}: {body[:400]!r}")
    return body, content_type


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname is not None, "our servers print their host"
    assert parts.port is not None, "our servers print their port"
    return parts.hostname, parts.port
