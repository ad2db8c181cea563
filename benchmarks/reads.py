"""Signed balance reads: the whole way through the fake, against a bare handler that gives the same bytes.

Both servers run at once, one at work and one idle, and take turns in short rounds, so that whatever else
the machine does meets both. One process is up to a tenth faster than the next of the same program, so
several pairs of processes take part. The quoted figure is the median of the ratios of neighbouring rounds.
Beside it stands the ratio of each side's best rounds: the two drifting apart means a disturbed run.
"""

import hashlib
import hmac
import statistics
import time
from collections.abc import Mapping
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
WARM_UP = {"fake": 12_000, "bare": 3_000}
"""Requests before the first round; the fake's are more than its journal holds, so that it drops entries."""

HELD = {"MALLOC_TOP_PAD_": "16777216", "MALLOC_TRIM_THRESHOLD_": "67108864"}
"""Has glibc's allocator keep what was freed at the end of the heap."""

_open = build_opener(ProxyHandler({})).open


@dataclass(slots=True)
class Side:
    """One of the two programs, and what its rounds gave, over all its processes."""

    name: str
    rates: list[float] = field(default_factory=list)
    seconds: float = 0
    load_cpu: float = 0
    server_cpu: float = 0

    def run(self, load: Child, server: Child) -> None:
        """One round."""
        before = server.cpu_seconds() or 0
        load.send({"target": self.name, "seconds": ROUND_S})
        result = load.receive()
        self.server_cpu += (server.cpu_seconds() or 0) - before
        self.rates.append(result["answers"] / result["seconds"])
        self.seconds += result["seconds"]
        self.load_cpu += result["cpu_seconds"]

    @property
    def load_busy(self) -> float:
        """The load generator's processor time as a percentage."""
        return 100 * self.load_cpu / self.seconds

    @property
    def server_busy(self) -> float:
        """The server's processor time as a percentage; 0 where the system does not tell."""
        return 100 * self.server_cpu / self.seconds

    def busy(self) -> str:
        """Who was at work, in words."""
        server = f"server {self.server_busy:.0f} % busy, " if self.server_cpu else ""
        return f"{server}load generator {self.load_busy:.0f} %"


def how() -> str:
    """With what the servers are asked, in words."""
    return f"{CONNECTIONS} connections, {DISTINCT_URLS:,} signed URLs"


def frozen_paths() -> tuple[int, list[str]]:
    """A time in milliseconds to freeze an exchange at, and request targets signed at that time."""
    now_ms = time.time_ns() // 1_000_000
    windows = range(5_000 - DISTINCT_URLS, 5_000)
    return now_ms, [_signed(f"recvWindow={window}&timestamp={now_ms}") for window in windows]


def signed_reads(plan: Plan) -> list[Row]:
    """Measure the ratio, both rates, and how busy the load generator was."""
    fake, bare = Side("fake"), Side("bare")
    pairs, rounds = plan.rounds(full=4, quick=2), plan.rounds(full=30, quick=6)
    for _ in plan.progress.track(range(pairs), description="signed reads"):
        _run_pair(fake, bare, rounds)
    held_fake, held_bare = Side("fake"), Side("bare")
    held_pairs = plan.rounds(full=2, quick=1)
    for _ in plan.progress.track(range(held_pairs), description="signed reads, allocator held"):
        _run_pair(held_fake, held_bare, rounds, HELD)
    held = [ours / theirs for ours, theirs in zip(held_fake.rates, held_bare.rates, strict=True)]
    ratios = [ours / theirs for ours, theirs in zip(fake.rates, bare.rates, strict=True)]
    where = "not pinned to cores" if two_cores() == (None, None) else "servers on one core, load on another"
    quarters = statistics.quantiles(ratios, n=4)
    return [
        median_row(
            "signed balance read, rate",
            "bare aiohttp handler, same bytes",
            ratios,
            "",
            Target("at least", 0.80),
            f"median of {pairs} pairs of processes with {rounds} paired rounds of {ROUND_S} s, {where}; "
            f"middle half {quarters[0]:.3f} to {quarters[2]:.3f}",
        ),
        Row(
            "the same, undisturbed",
            "best rounds of each",
            _best(fake.rates) / _best(bare.rates),
            "",
            notes="ratio of the 95th percentiles; far from the median above, other work disturbed the run",
        ),
        median_row(
            "the same, allocator held",
            "both servers with MALLOC_TRIM_THRESHOLD_",
            held,
            "",
            notes="asyncio reads into 256 KB that glibc may give back to the system and get anew with each "
            "request, at two page faults; the fake reads in smaller pieces, and here none is given back",
        ),
        median_row("signed balance read", how(), fake.rates, "requests/s", notes=fake.busy()),
        median_row("bare aiohttp handler", how(), bare.rates, "requests/s", notes=bare.busy()),
        *_servers_busy(fake, bare),
        Row(
            "load generator busy",
            "bare handler's rounds",
            bare.load_busy,
            "%",
            Target("at most", 80),
            notes="beyond this it would be the load generator that is measured",
        ),
    ]


def _servers_busy(fake: Side, bare: Side) -> list[Row]:
    """Whether the servers had their core to themselves, where the system can tell."""
    busy = min(fake.server_busy, bare.server_busy)
    if not busy:
        return []
    notes = "below this, other work shared the core: believe neither met nor not met above, run it again"
    return [Row("servers busy", "the less busy of the two", busy, "%", Target("at least", 97), notes=notes)]


def _run_pair(fake: Side, bare: Side, rounds: int, environment: Mapping[str, str] | None = None) -> None:
    """Start both servers and a load generator, warm them up, and let the servers take turns."""
    now_ms, paths = frozen_paths()
    command = fake_command("--no-rate-limits", "--clock", f"frozen:{now_ms}")
    run_pair(command, Requests(PATH, paths, HEADERS), fake, bare, rounds, environment)


@dataclass(frozen=True, slots=True)
class Requests:
    """What both servers are sent.

    :param route: the path that the bare handler answers.
    :param bodies: of a POST to each of ``paths``; None for GETs.
    """

    route: str
    paths: list[str]
    headers: dict[str, str]
    bodies: list[str] | None = None


def run_pair(
    command: list[str],
    requests: Requests,
    fake: Side,
    bare: Side,
    rounds: int,
    environment: Mapping[str, str] | None = None,
    *,
    warm_up: Mapping[str, int] = WARM_UP,
    alike: bool = True,
) -> None:
    """Start a fake, a bare handler that gives its answer, and a load generator; the servers take turns.

    :param alike: whether every answer has to be as long as the first one.
    """
    server_core, load_core = two_cores()
    with ExitStack() as stack:
        fake_server = stack.enter_context(Child(command, server_core, environment))
        fake_url = fake_server.receive()["com"]
        body, content_type = read_once(fake_url + requests.paths[0], requests, 0)
        bare_server = stack.enter_context(Child(module("bare_server"), server_core, environment))
        bare_server.send({"path": requests.route, "body": body.decode(), "content_type": content_type})
        bare_url = bare_server.receive()["url"]
        if read_once(bare_url + requests.paths[0], requests, 0) != (body, content_type):
            raise BenchmarkError("the bare handler does not give the fake's answer")
        load = stack.enter_context(Child(module("load"), load_core))
        order: dict[str, object] = {"connections": CONNECTIONS, "paths": requests.paths}
        order["targets"] = {"fake": address_of(fake_url), "bare": address_of(bare_url)}
        order["headers"] = requests.headers
        order["alike"] = alike
        if requests.bodies is not None:
            order["bodies"] = requests.bodies
        load.send(order)
        load.receive()
        for name, count in warm_up.items():
            load.send({"target": name, "requests": count})
            load.receive()
        for number in range(rounds):
            turns = [(fake, fake_server), (bare, bare_server)]
            for side, server in turns if number % 2 else reversed(turns):
                side.run(load, server)


def _best(rates: list[float]) -> float:
    """The rate that one round in twenty exceeds."""
    return statistics.quantiles(rates, n=20, method="inclusive")[-1]


def _signed(query: str) -> str:
    """A request target, signed with the standard library alone."""
    return f"{PATH}?{with_signature(query)}"


def with_signature(text: str, secret: bytes = SECRET) -> str:
    """Parameters, sorted, and their signature."""
    return f"{text}&signature={hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()}"


def read_once(url: str, requests: Requests | None = None, number: int = 0) -> tuple[bytes, str]:
    """One answer's body and content type."""
    headers = HEADERS if requests is None else requests.headers
    bodies = None if requests is None else requests.bodies
    data = None if bodies is None else bodies[number].encode()
    try:
        with _open(Request(url, data=data, headers=headers), timeout=10) as answer:
            body = answer.read()
            content_type = answer.headers.get_content_type()
    except HTTPError as error:
        raise BenchmarkError(f"{urlsplit(url).path}: HTTP {error.code}") from None
    if b'"code":0' not in body:
        raise BenchmarkError(f"{urlsplit(url).path}: {body[:400]!r}")
    return body, content_type


def address_of(url: str) -> tuple[str, int]:
    """A URL's host and port."""
    parts = urlsplit(url)
    assert parts.hostname is not None, "our servers print their host"
    assert parts.port is not None, "our servers print their port"
    return parts.hostname, parts.port
