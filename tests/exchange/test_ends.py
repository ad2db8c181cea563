"""A process ends, wherever and however it leaves an exchange or an interception, and its parent's goes on.

Each script runs in a process of its own, which gets a limit in seconds: what fails here does not end.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from support.prepared import Prepared, prepared

EndOf = Callable[[str, str], list[str]]

LIMIT_S = 30

HEAD = """
import atexit, multiprocessing, os, socket, ssl, sys, threading, urllib.request
from bingx_fake import FakeExchange, intercept
from bingx_fake.inprocess.interception import _active

TIME = "/openApi/swap/v2/server/time"
CONNECT = socket.socket.connect

def answers(exchange):
    context = ssl.create_default_context(cafile=exchange.ca_file) if exchange.ca_file else None
    urllib.request.urlopen(exchange.base_urls[0] + TIME, timeout=10, context=context).close()
    exchange.state
    return True

def refuses(exchange):
    host, port = exchange.base_urls[0].split("//")[1].split(":")
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except ConnectionRefusedError:
        return True
    return False

def wait_for(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""

OPENED = {
    "an exchange": "FakeExchange()",
    "an exchange with TLS": "FakeExchange(tls=True)",
    "an interception": "intercept()",
}


@pytest.fixture(scope="module")
def interpreter() -> Iterator[Prepared]:
    with prepared(HEAD, ["-W", "ignore::DeprecationWarning"]) as ready:
        yield ready


@pytest.fixture
def end_of(interpreter: Prepared) -> EndOf:
    """Runs a script to its end, and returns what it printed. It must end well and say nothing else."""

    def end_of(script: str, opened: str) -> list[str]:
        done = interpreter.run(f"begin = lambda: {opened}\n{script}", limit_s=LIMIT_S)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        return done.stdout.splitlines()

    return end_of


ANYTHING = pytest.mark.parametrize("opened", OPENED.values(), ids=OPENED)
WITHOUT_TLS = pytest.mark.parametrize(
    "opened",
    [opened for opened in OPENED.values() if "tls" not in opened],
    ids=["an exchange", "an interception"],
)
"""Certificates make a difference only where processes share their file."""

AT_THE_END = {
    "never left": """
it = begin()
exchange = it.__enter__()
""",
    "left at exit": """
it = begin()
exchange = it.__enter__()
atexit.register(it.__exit__, None, None, None)
""",
    "left by an object that dies with its module": """
class Owner:
    def __init__(self):
        self.it = begin()
        self.exchange = self.it.__enter__()
    def __del__(self):
        self.it.__exit__(None, None, None)
owner = Owner()
exchange = owner.exchange
""",
    "left by an object that keeps itself": """
class Owner:
    def __init__(self):
        self.me = self
        self.it = begin()
        self.exchange = self.it.__enter__()
    def __del__(self):
        self.it.__exit__(None, None, None)
exchange = Owner().exchange
""",
    "in a generator that nobody went through": """
def inside():
    with begin() as exchange, exchange.fault("com", "latency", ms=1):
        yield exchange
going = inside()
exchange = next(going)
""",
    "in a thread that nobody waits for": """
ready = threading.Event()
def stay():
    global exchange
    with begin() as exchange:
        ready.set()
        threading.Event().wait()
threading.Thread(target=stay, daemon=True).start()
ready.wait()
""",
    "by sys.exit": """
with begin() as exchange:
    print(answers(exchange))
    sys.exit()
""",
}


@pytest.mark.parametrize(
    ("script", "opened"),
    [
        *((script, OPENED["an exchange"]) for script in AT_THE_END.values()),
        (AT_THE_END["never left"], OPENED["an interception"]),
        (AT_THE_END["left by an object that keeps itself"], OPENED["an interception"]),
        (AT_THE_END["in a generator that nobody went through"], OPENED["an interception"]),
    ],
    ids=[*AT_THE_END, *(f"an interception {number}" for number in range(3))],
)
def test_an_interpreter_that_shuts_down_ends(end_of: EndOf, script: str, opened: str) -> None:
    asked = "" if "print" in script else "print(answers(exchange))\n"
    assert end_of(script + asked, opened) == ["True"]


def test_an_exchange_leaves_no_files_behind(end_of: EndOf) -> None:
    for script in ("it = begin()\n", "it = begin()\nit.close()\n"):
        (path,) = end_of(f"{script}print(it.ca_file)", "FakeExchange(tls=True)")
        assert not os.path.exists(os.path.dirname(path))


# Forked


IN_A_CHILD = {
    "ended at once": "os._exit(7)",
    "left by sys.exit": "sys.exit(7)",
    "left by an error": 'sys.stderr = open(os.devnull, "w"); raise SystemExit(7) from KeyError()',
    "closed and ended": "it.__exit__(None, None, None); os._exit(7)",
}


@ANYTHING
@pytest.mark.parametrize("leave", IN_A_CHILD.values(), ids=IN_A_CHILD)
def test_a_forked_child_ends_and_its_parents_exchange_goes_on(end_of: EndOf, leave: str, opened: str) -> None:
    script = f"""
it = begin()
with it as exchange, exchange.fault("pro", "refuse"):
    for _ in range(2):
        child = os.fork()
        if child == 0:
            {leave}
        has_ca = exchange.ca_file is None or exchange.ca_file.exists()
        print(wait_for(child), answers(exchange), has_ca, flush=True)  # or the next child says it once more
print(socket.socket.connect is CONNECT)
"""
    assert end_of(script, opened) == ["7 True True", "7 True True", "True"]


@WITHOUT_TLS
def test_a_forked_child_can_leave_the_block_and_go_on(end_of: EndOf, opened: str) -> None:
    script = """
with begin() as exchange:
    child = os.fork()
    if child:
        print(wait_for(child), answers(exchange))
if child == 0:
    with FakeExchange() as another:
        sys.exit(7 if answers(another) and socket.socket.connect is CONNECT and not _active else 1)
"""
    assert end_of(script, opened) == ["7 True"]


@ANYTHING
def test_a_child_of_multiprocessing_reaches_its_parents_exchange_and_ends(end_of: EndOf, opened: str) -> None:
    script = """
context = multiprocessing.get_context("fork")

def reach(url, path, close):
    context = ssl.create_default_context(cafile=path) if path else None
    urllib.request.urlopen(url + TIME, timeout=10, context=context).close()
    if close:
        exchange.__exit__(None, None, None)

with begin() as exchange:
    for close in (False, True):
        child = context.Process(target=reach, args=(exchange.base_urls[0], exchange.ca_file, close))
        child.start()
        child.join()
        print(child.exitcode, len(exchange.requests), answers(exchange))
        exchange.reset()
"""
    assert end_of(script, opened) == ["0 1 True", "0 1 True"]


def test_an_intercepted_child_is_answered_by_its_parents_exchange(end_of: EndOf) -> None:
    script = """
with begin() as exchange:
    child = os.fork()
    if child == 0:
        urllib.request.urlopen("https://open-api.bingx.com" + TIME, timeout=10).close()
        sys.exit(7)
    print(wait_for(child), len(exchange.requests))
"""
    assert end_of(script, "intercept()") == ["7 1"]


def test_a_child_leaves_although_a_thread_of_its_parent_was_changing_something(end_of: EndOf) -> None:
    script = """
from bingx_fake.inprocess import interception
held, forked = threading.Event(), threading.Event()

def hold():
    with interception._changing:
        held.set()
        forked.wait()

with begin() as exchange:
    threading.Thread(target=hold).start()
    held.wait()
    child = os.fork()
    if child == 0:
        sys.exit(7)
    print(wait_for(child))
    forked.set()
"""
    assert end_of(script, "intercept()") == ["7"]


@ANYTHING
def test_a_child_that_lives_on_keeps_no_port_open(end_of: EndOf, opened: str) -> None:
    script = """
ours, theirs = socket.socketpair()
with begin() as exchange:
    answers(exchange)
    child = os.fork()
    if child == 0:
        ours.close()
        theirs.recv(1)
        os._exit(7)
    print(answers(exchange))
    with exchange.fault("com", "refuse"):
        print(refuses(exchange))
    print(answers(exchange))
print(refuses(exchange))
ours.close(), theirs.close()
print(wait_for(child))
"""
    assert end_of(script, opened) == ["True", "True", "True", "True", "7"]


def test_a_child_of_an_outage_that_lives_on_keeps_no_port_open(end_of: EndOf) -> None:
    script = """
ours, theirs = socket.socketpair()
with begin() as exchange:
    with exchange.fault("com", "blackhole"):
        child = os.fork()
        if child == 0:
            ours.close()
            theirs.recv(1)
            os._exit(7)
    print(answers(exchange))
print(refuses(exchange))
ours.close(), theirs.close()
print(wait_for(child))
"""
    assert end_of(script, "FakeExchange()") == ["True", "True", "7"]


def test_a_child_that_lives_on_keeps_no_connection_open(end_of: EndOf) -> None:
    script = """
import http.client
ours, theirs = socket.socketpair()
with begin() as exchange:
    kept = http.client.HTTPConnection(exchange.base_urls[0].split("//")[1], timeout=10)
    kept.request("GET", TIME)
    kept.getresponse().read()
    child = os.fork()
    if child == 0:
        kept.sock.close()
        ours.close()
        theirs.recv(1)
        os._exit(7)
    with exchange.fault("com", "refuse"):
        print(kept.sock.recv(1))
ours.close(), theirs.close(), kept.close()
print(wait_for(child))
"""
    assert end_of(script, "FakeExchange()") == ["b''", "7"]


def test_whoever_asks_in_a_child_is_told_why_there_is_no_answer(end_of: EndOf) -> None:
    script = """
with begin() as exchange:
    child = os.fork()
    if child == 0:
        try:
            exchange.requests
        except RuntimeError as error:
            print(str(error).replace(str(os.getppid()), "P").replace(str(os.getpid()), "C"), flush=True)
        os._exit(7)
    print(wait_for(child))
"""
    told = (
        "this exchange runs in process P; in process C, which was forked from it, only its URLs can be used"
    )
    assert end_of(script, "FakeExchange()") == [told, "7"]


# The exchange's own thread


@WITHOUT_TLS
def test_an_exchange_may_be_left_in_its_own_thread(end_of: EndOf, opened: str) -> None:
    """As it is when a garbage collection happens to run there."""
    script = """
it = begin()
exchange = it.__enter__()
exchange.call(lambda inner: it.__exit__(None, None, None))
thread = next((thread for thread in threading.enumerate() if thread.name == "bingx-fake"), None)
if thread is not None:
    thread.join()
print(refuses(exchange), socket.socket.connect is CONNECT)
"""
    assert end_of(script, opened) == ["True True"]


def test_the_exchanges_own_thread_does_not_wait_for_itself(end_of: EndOf) -> None:
    script = """
with begin() as exchange:
    try:
        exchange.call(lambda inner: exchange.requests)
    except RuntimeError as error:
        print(error)
try:
    exchange.requests
except RuntimeError as error:
    print(error)
"""
    told = ["the exchange's own thread cannot wait for itself", "this exchange is closed"]
    assert end_of(script, "FakeExchange()") == told


def test_an_interception_may_end_while_another_one_begins(end_of: EndOf) -> None:
    """As it does when a garbage collection happens to run in the middle."""
    script = """
from bingx_fake.inprocess import interception
first = intercept()
exchange = first.__enter__()
begun = interception._Interception.begin

def begin_and_end(self):
    begun(self)
    first.__exit__(None, None, None)

interception._Interception.begin = begin_and_end
with begin() as second:
    urllib.request.urlopen("https://open-api.bingx.com" + TIME, timeout=10).close()
    print(len(second.requests))
print(socket.socket.connect is CONNECT)
"""
    assert end_of(script, "intercept()") == ["1", "True"]
