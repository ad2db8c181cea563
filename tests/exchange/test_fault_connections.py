"""Faults on connections: refused, swallowed, spoilt handshakes, names that do not resolve.

What each is to an HTTP library stands in ``test_fault_callers.py``. Here: that a fault is in force when the
call that sets it returns and gone when the one that removes it returns, on the same port.
"""

import contextlib
import os
import select
import socket
import ssl
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.sender import SERVER_TIME, Sender, wait_until

from bingx_fake import FakeExchange, FaultError
from bingx_fake.edge import black_hole

READ = f"GET {SERVER_TIME} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
ON_LISTENERS: list[dict[str, Any]] = [{"kind": "refuse"}, {"kind": "blackhole"}]
ON_TLS_LISTENERS = [
    {"kind": "tls", "variant": variant} for variant in ("unknown-ca", "expired", "wrong-host", "plain-text")
]


def name_of(order: dict[str, Any]) -> str:
    return "-".join(map(str, order.values()))


def address(exchange: FakeExchange, domain: str = "com") -> tuple[str, int]:
    parts = urlsplit(exchange.base_urls[0 if domain == "com" else 1])
    return parts.hostname or "", parts.port or 0


def answers(exchange: FakeExchange, domain: str = "com", *, patience_s: float = 10) -> bool:
    """Whether a new connection gets an answer."""
    try:
        with Sender(exchange, domain).connected(timeout=patience_s) as connection:
            connection.settimeout(10)
            connection.sendall(READ)
            return connection.recv(65536).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def fails(exchange: FakeExchange, domain: str = "com") -> bool:
    """Whether a new connection gets no answer. A connect that does not complete soon never will."""
    return not answers(exchange, domain, patience_s=0.2)


def assert_cut(connection: socket.socket) -> None:
    """The other side ended this connection, one way or the other."""
    connection.settimeout(10)
    with contextlib.suppress(ConnectionResetError, ssl.SSLEOFError):
        assert connection.recv(1) == b""


@pytest.fixture(params=["filter", "full queue"])
def black_hole_means(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to swallow connects: the usual one, and the one for where packet filters are forbidden."""
    if request.param == "full queue":

        def forbidden(listening: socket.socket) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr(black_hole, "attach_filter", forbidden)
    return str(request.param)


# In force on return, gone on return


@pytest.mark.parametrize("order", ON_LISTENERS, ids=name_of)
@pytest.mark.parametrize("domain", ["com", "pro"])
def test_a_domain_goes_down_alone_and_comes_back_on_the_same_port(
    served: FakeExchange, order: dict[str, Any], domain: str
) -> None:
    other = "pro" if domain == "com" else "com"
    with served.fault(domain, **order):
        assert fails(served, domain)
        assert answers(served, other)
    assert answers(served, domain)


@pytest.mark.parametrize("order", ON_TLS_LISTENERS, ids=name_of)
def test_a_domain_whose_handshake_fails_goes_down_alone_and_comes_back(
    tls_exchange: FakeExchange, order: dict[str, Any]
) -> None:
    with tls_exchange.fault("com", **order):
        with pytest.raises(ssl.SSLError), Sender(tls_exchange).connected():
            pass
        assert answers(tls_exchange, "pro")
    assert answers(tls_exchange)


def test_both_domains_go_down_together(served: FakeExchange) -> None:
    with served.fault("*", "refuse"):
        assert fails(served, "com")
        assert fails(served, "pro")
    assert answers(served, "com")
    assert answers(served, "pro")


def test_refuse_can_be_taken_back_a_hundred_times(served: FakeExchange) -> None:
    for _ in range(100):
        with served.fault("*", "refuse"), pytest.raises(ConnectionRefusedError):
            socket.create_connection(address(served)).close()
        assert Sender(served).raw("GET", SERVER_TIME).code == 0


@pytest.mark.usefixtures("black_hole_means")
def test_a_black_hole_can_be_taken_back_again_and_again(served: FakeExchange) -> None:
    for _ in range(20):
        with served.fault("com", "blackhole"), contextlib.closing(socket.socket()) as hopeful:
            hopeful.setblocking(False)
            with pytest.raises(BlockingIOError):
                hopeful.connect(address(served))
            assert select.select([], [hopeful], [], 0.02)[1] == []
        assert Sender(served).raw("GET", SERVER_TIME).code == 0


@pytest.mark.usefixtures("black_hole_means")
def test_a_black_hole_swallows_many_connects_at_once(exchange: FakeExchange) -> None:
    with exchange.fault("com", "blackhole"), contextlib.ExitStack() as stack:
        hopefuls = [stack.enter_context(contextlib.closing(socket.socket())) for _ in range(30)]
        for hopeful in hopefuls:
            hopeful.setblocking(False)
            assert hopeful.connect_ex(address(exchange)) != 0
        assert select.select([], hopefuls, [], 0.2)[1] == []
    assert answers(exchange)


@pytest.mark.usefixtures("black_hole_means")
def test_a_connect_that_waits_at_a_black_hole_goes_through_once_it_heals(exchange: FakeExchange) -> None:
    with contextlib.closing(socket.socket()) as hopeful:
        with exchange.fault("com", "blackhole"):
            hopeful.setblocking(False)
            assert hopeful.connect_ex(address(exchange)) != 0
            assert select.select([], [hopeful], [], 0.05)[1] == []
        # The kernel sends the next SYN about a second after the first, and others ever later.
        hopeful.settimeout(10)
        assert select.select([], [hopeful], [], 10)[1] == [hopeful]
        hopeful.sendall(READ)
        assert hopeful.recv(65536).startswith(b"HTTP/1.1 200")


def test_one_failure_can_follow_another_without_a_gap(tls_exchange: FakeExchange) -> None:
    with contextlib.ExitStack() as outage:
        for order in [*ON_LISTENERS, *ON_TLS_LISTENERS, *reversed(ON_LISTENERS)]:
            after = contextlib.ExitStack()
            after.enter_context(tls_exchange.fault("com", **order))
            outage.close()  # the one before ends when this one is there
            outage.push(after.pop_all())
            assert fails(tls_exchange), order
    assert answers(tls_exchange)


def test_of_several_failures_of_a_port_the_one_set_first_is_met(served: FakeExchange) -> None:
    with (
        served.fault("com", "refuse"),
        served.fault("com", "blackhole"),
        pytest.raises(ConnectionRefusedError),
    ):
        socket.create_connection(address(served)).close()
    assert answers(served)


def test_a_port_that_refuses_stays_reserved(exchange: FakeExchange) -> None:
    with (
        exchange.fault("com", "refuse"),
        contextlib.closing(socket.socket()) as thief,
        pytest.raises(OSError, match="Address already in use"),
    ):
        thief.bind(address(exchange))


# Open connections


@pytest.mark.parametrize("order", [*ON_LISTENERS, *ON_TLS_LISTENERS, {"kind": "dns"}], ids=name_of)
def test_connections_that_were_kept_alive_are_cut(intercepted: FakeExchange, order: dict[str, Any]) -> None:
    if order["kind"] == "tls" and intercepted.ca_file is None:
        with pytest.raises(FaultError, match="without TLS"), intercepted.fault("com", **order):
            pass
        return
    with Sender(intercepted).connected() as kept, Sender(intercepted, "pro").connected() as other:
        for connection in (kept, other):
            connection.sendall(READ)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        with intercepted.fault("com", **order):
            assert_cut(kept)
            other.sendall(READ)
            assert other.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("order", ON_LISTENERS, ids=name_of)
def test_a_request_without_an_answer_yet_is_cut_too(served: FakeExchange, order: dict[str, Any]) -> None:
    with Sender(served).connected() as waiting, served.fault("com", "timeout"):
        waiting.sendall(READ)
        wait_until(lambda: served.requests)
        with served.fault("com", **order):
            assert_cut(waiting)


@pytest.mark.parametrize("order", [*ON_LISTENERS, *ON_TLS_LISTENERS], ids=name_of)
def test_a_handshake_that_began_before_the_fault_leads_nowhere(
    tls_exchange: FakeExchange, order: dict[str, Any]
) -> None:
    trusting = ssl.create_default_context(cafile=tls_exchange.ca_file)
    with socket.create_connection(address(tls_exchange), timeout=10) as connection:
        assert answers(tls_exchange), "the connection before this one is accepted by now"
        with tls_exchange.fault("com", **order):
            assert fails(tls_exchange)
        with (
            contextlib.suppress(OSError),
            trusting.wrap_socket(connection, server_hostname="127.0.0.1") as secured,
        ):
            secured.sendall(READ)
            assert secured.recv(65536) == b""
    assert len(tls_exchange.requests) == 1


def test_a_client_that_verifies_nothing_passes_wrong_certificates(tls_exchange: FakeExchange) -> None:
    careless = ssl.create_default_context()
    careless.check_hostname = False
    careless.verify_mode = ssl.CERT_NONE
    with (
        tls_exchange.fault("com", "tls", variant="expired"),
        socket.create_connection(address(tls_exchange), timeout=10) as connection,
        careless.wrap_socket(connection) as secured,
    ):
        secured.sendall(READ)
        assert secured.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_session_from_before_the_fault_cannot_be_resumed(tls_exchange: FakeExchange) -> None:
    context = ssl.create_default_context(cafile=tls_exchange.ca_file)
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    def connect(session: ssl.SSLSession | None) -> ssl.SSLSession | None:
        with (
            socket.create_connection(address(tls_exchange), timeout=10) as connection,
            context.wrap_socket(connection, server_hostname="127.0.0.1", session=session) as secured,
        ):
            return secured.session

    session = connect(None)
    with tls_exchange.fault("com", "tls"), pytest.raises(ssl.SSLCertVerificationError):
        connect(session)


# Healing by itself


@pytest.mark.parametrize("order", ON_LISTENERS, ids=name_of)
def test_a_fault_heals_by_itself_when_the_exchanges_clock_says_so(
    served: FakeExchange, order: dict[str, Any]
) -> None:
    with served.fault("com", **order, for_ms=90_000):
        assert fails(served)
        served.clock.advance(89_999)
        assert fails(served)
        served.clock.advance(1)
        assert answers(served)


@pytest.mark.parametrize("order", ON_TLS_LISTENERS, ids=name_of)
def test_a_spoilt_handshake_heals_by_itself(tls_exchange: FakeExchange, order: dict[str, Any]) -> None:
    with tls_exchange.fault("com", **order, for_ms=1000):
        assert fails(tls_exchange)
        tls_exchange.clock.advance(1000)
        assert answers(tls_exchange)


@pytest.mark.parametrize("order", ON_LISTENERS, ids=name_of)
def test_a_fault_heals_by_itself_while_the_clock_runs(served: FakeExchange, order: dict[str, Any]) -> None:
    served.clock.run()
    start_ms = served.clock.now_ms()
    with served.fault("com", **order, for_ms=500):
        while fails(served):
            assert served.clock.now_ms() - start_ms < 60_000
        assert served.clock.now_ms() - start_ms >= 500


def test_a_clock_that_is_frozen_keeps_a_fault_in_force(served: FakeExchange) -> None:
    served.clock.run()
    with served.fault("com", "refuse", for_ms=10_000):
        served.clock.freeze()
        assert fails(served)
        served.clock.run(offset_ms=10_000)
        assert answers(served)


# Names


def test_names_are_reported_as_lost_for_as_long_as_the_fault_is_in_force(intercepted: FakeExchange) -> None:
    served = intercepted
    with served.fault("com", "dns", for_ms=1000):
        assert (served.resolves("com"), served.resolves("pro")) == (False, True)
        assert answers(served), "whoever knows the address gets through"
        served.clock.advance(1000)
        assert served.resolves("com")
    with served.fault("*", "dns"):
        assert (served.resolves("com"), served.resolves("pro")) == (False, False)
    assert served.resolves("com")


def test_names_can_only_be_lost_where_they_are_intercepted(served: FakeExchange) -> None:
    with (
        pytest.raises(FaultError, match=r"^kind: host names are not intercepted"),
        served.fault("com", "dns"),
    ):
        pass
    assert served.call(lambda inner: inner.faults.describe()) == []


def test_interception_outlives_a_reset(intercepted: FakeExchange) -> None:
    intercepted.reset()
    with intercepted.fault("com", "dns"):
        assert not intercepted.resolves("com")


# The end


@pytest.mark.parametrize("order", [*ON_LISTENERS, *ON_TLS_LISTENERS], ids=name_of)
def test_an_exchange_can_be_closed_whatever_its_ports_suffer(order: dict[str, Any]) -> None:
    with FakeExchange(tls=True) as exchange:
        place = address(exchange)
        exchange.play([{"domain": "com", **order, "for_ms": 3_600_000}])
        if order["kind"] == "tls":
            silent = socket.create_connection(place)
    if order["kind"] == "tls":
        assert_cut(silent)
        silent.close()
    with socket.create_server(place):
        pass


def test_a_copy_of_the_listening_socket_keeps_no_port_open(exchange: FakeExchange) -> None:
    # Such as a forked child has for a moment, until it closes what it got.
    copies = [os.dup(number) for number in exchange._serving.descriptors()]
    parts = urlsplit(exchange.base_urls[0])
    address = (parts.hostname, parts.port)
    try:
        with exchange.fault("com", "refuse"), pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, timeout=10)
        socket.create_connection(address, timeout=10).close()
    finally:
        for copy in copies:
            os.close(copy)
