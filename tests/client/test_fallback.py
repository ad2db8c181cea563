"""Which domain sees which request, for every kind of failure. Real client, real exchange, real sockets."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
import requests

from bingx_client import (
    APIError,
    BingXError,
    Client,
    OutcomeUnknown,
    ProtocolError,
    TransportError,
    fetch_signed,
)
from bingx_fake import FakeExchange

FALLS_BACK = ["refuse", "timeout", "empty"]
ANSWERS = ["http-error", "business-error"]


@pytest.fixture
def client(bingx_exchange: FakeExchange, timeout_s: float) -> Iterator[Client]:
    """A client that leaves lost writes to its caller."""
    with Client(
        "prod-vst",
        "alice-key",
        "alice-secret",
        base_urls=bingx_exchange.base_urls,
        timeout=timeout_s,
        on_unknown="raise",
        clock=bingx_exchange.clock.now_ms,
    ) as unsettling:
        yield unsettling


def seen(exchange: FakeExchange) -> list[str]:
    return [entry["domain"] for entry in exchange.requests]


def move(client: Client) -> object:
    return client.transfer("USDT", 1, type="FUND_PFUTURES")


@pytest.mark.clause("FALLBACK-1")
def test_every_request_goes_to_the_primary_first(bingx_exchange: FakeExchange, client: Client) -> None:
    client.spot_balance()
    move(client)
    client.server_time()
    assert seen(bingx_exchange) == ["com", "com", "com"]


@pytest.mark.clause("FALLBACK-2")
@pytest.mark.parametrize("kind", FALLS_BACK)
def test_a_read_falls_back_after_a_network_failure(
    bingx_exchange: FakeExchange, client: Client, kind: str
) -> None:
    with bingx_exchange.fault("com", kind):
        assert client.spot_balance()["USDT"].free
        assert client.server_time()
    expected = ["pro", "pro"] if kind == "refuse" else ["com", "pro", "com", "pro"]
    assert seen(bingx_exchange) == expected


@pytest.mark.clause("FALLBACK-1")
def test_the_primary_is_asked_first_again_once_it_is_back(
    bingx_exchange: FakeExchange, client: Client
) -> None:
    with bingx_exchange.fault("com", "refuse"):
        client.spot_balance()
    client.spot_balance()
    assert seen(bingx_exchange) == ["pro", "com"]


@pytest.mark.clause("FALLBACK-3")
@pytest.mark.parametrize("kind", ANSWERS)
@pytest.mark.parametrize("write", [False, True])
def test_a_json_answer_never_leads_to_the_fallback(
    bingx_exchange: FakeExchange, client: Client, kind: str, write: bool
) -> None:
    with bingx_exchange.fault("com", kind), pytest.raises(BingXError):
        move(client) if write else client.spot_balance()
    assert seen(bingx_exchange) == ["com"]


@pytest.mark.clause("FALLBACK-3", "ERR-2")
@pytest.mark.parametrize("code", [100001, 100202, 100410, 100413, 100500])
def test_a_business_error_is_raised_at_once(bingx_exchange: FakeExchange, client: Client, code: int) -> None:
    with bingx_exchange.fault("com", "business-error", code=code), pytest.raises(APIError) as refusal:
        client.spot_balance()
    assert refusal.value.code == code
    assert seen(bingx_exchange) == ["com"]


@pytest.mark.clause("FALLBACK-4")
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
        b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"code":',
    ],
)
def test_an_answer_that_is_no_json_is_no_reason_to_fall_back(
    bingx_exchange: FakeExchange, answer: bytes
) -> None:
    with raw_server(lambda connection: connection.sendall(answer)) as url:
        client = Client("prod-vst", "alice-key", "alice-secret", base_urls=(url, bingx_exchange.base_urls[1]))
        with pytest.raises(ProtocolError):
            client.spot_balance()
    assert seen(bingx_exchange) == []


@pytest.mark.clause("FALLBACK-9")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(bingx_exchange: FakeExchange, status: int) -> None:
    target = f"{bingx_exchange.base_urls[1]}/openApi/swap/v2/server/time"
    answer = f"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n".encode()
    with raw_server(lambda connection: connection.sendall(answer)) as url:
        client = Client("prod-vst", "alice-key", "alice-secret", base_urls=(url, bingx_exchange.base_urls[1]))
        with pytest.raises(ProtocolError, match=f"HTTP {status}"):
            client.server_time()
    assert bingx_exchange.requests == []


@pytest.mark.clause("FALLBACK-6")
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("refuse", "connection refused"),
        ("timeout", "no complete answer in time"),
        ("empty", "closed without an answer"),
    ],
)
def test_when_both_domains_fail_the_error_names_each_ones_failure(
    bingx_exchange: FakeExchange, client: Client, kind: str, reason: str
) -> None:
    with bingx_exchange.fault("*", kind), pytest.raises(TransportError) as failure:
        client.spot_balance()
    com, pro = bingx_exchange.base_urls
    assert failure.value.failures == ((com, reason), (pro, reason))


@pytest.mark.clause("FALLBACK-7")
def test_each_attempt_is_signed_afresh_with_its_own_timestamp(bingx_exchange: FakeExchange) -> None:
    ticks = iter(range(10**12, 10**13, 1000))
    client = Client("prod-vst", "k", "s", base_urls=bingx_exchange.base_urls, clock=lambda: next(ticks))
    with bingx_exchange.fault("*", "empty"), pytest.raises(TransportError):
        client.spot_balance()
    first, second = (entry["parameters"] for entry in bingx_exchange.requests)
    assert int(second["timestamp"]) - int(first["timestamp"]) == 1000
    assert first["signature"] != second["signature"]


@pytest.mark.clause("FALLBACK-7")
def test_a_read_that_timed_out_is_accepted_by_the_fallback(bingx_exchange: FakeExchange) -> None:
    # The exchange's clock moves on by 10 s while the primary hangs, as it would during a real timeout.
    clock = bingx_exchange.clock
    clock.freeze(1_700_000_000_000)
    client = Client(
        "prod-vst",
        "alice-key",
        "alice-secret",
        base_urls=bingx_exchange.base_urls,
        timeout=0.5,
        clock=clock.now_ms,
    )

    def move_clock() -> None:
        wait_for(lambda: seen(bingx_exchange))
        clock.advance(10_000)

    with bingx_exchange.fault("com", "timeout"):
        mover = threading.Thread(target=move_clock)
        mover.start()
        assert client.spot_balance()["USDT"]
        mover.join()
    assert seen(bingx_exchange) == ["com", "pro"]


@pytest.mark.clause("FALLBACK-8")
def test_a_write_falls_back_where_the_primary_refused_the_connection(
    bingx_exchange: FakeExchange, client: Client
) -> None:
    with bingx_exchange.fault("com", "refuse"):
        move(client)
    assert seen(bingx_exchange) == ["pro"]
    assert bingx_exchange.balance(16779999, "fund", "USDT").free == 999


@pytest.mark.clause("FALLBACK-8")
@pytest.mark.parametrize("kind", ["timeout", "empty", "http-error"])
@pytest.mark.parametrize(("phase", "left"), [("before", 1000), ("after", 999)])
def test_a_write_that_may_have_arrived_is_not_resent(
    bingx_exchange: FakeExchange, client: Client, kind: str, phase: str, left: int
) -> None:
    with bingx_exchange.fault("com", kind, phase=phase), pytest.raises(OutcomeUnknown) as unknown:
        move(client)
    assert seen(bingx_exchange) == ["com"]
    assert bingx_exchange.balance(16779999, "fund", "USDT").free == left
    assert unknown.value.sent == {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "1"}


@pytest.mark.clause("FALLBACK-8")
@pytest.mark.parametrize("kind", ["timeout", "empty"])
def test_a_lost_write_stays_unknown_inside_the_handling_of_another_refusal(
    bingx_exchange: FakeExchange, client: Client, kind: str
) -> None:
    with bingx_exchange.fault("com", kind, phase="after"):
        try:
            requests.get(f"http://127.0.0.1:{unused_port()}", timeout=10)
        except requests.ConnectionError:
            with pytest.raises(OutcomeUnknown):
                move(client)
    assert bingx_exchange.balance(16779999, "fund", "USDT").free == 999


@pytest.mark.clause("FALLBACK-8")
def test_a_connection_that_was_cut_while_idle_proves_nothing(
    bingx_exchange: FakeExchange, client: Client
) -> None:
    client.spot_balance()
    with bingx_exchange.fault("com", "refuse"):
        move(client)
    assert seen(bingx_exchange) == ["com", "pro"]
    assert bingx_exchange.balance(16779999, "fund", "USDT").free == 999


@pytest.mark.clause("FALLBACK-8")
@pytest.mark.parametrize("code", [100500, 100204, 123456])
def test_a_code_that_does_not_rule_the_write_out_leaves_it_unknown(
    bingx_exchange: FakeExchange, client: Client, code: int
) -> None:
    with bingx_exchange.fault("com", "business-error", code=code), pytest.raises(OutcomeUnknown):
        move(client)
    assert seen(bingx_exchange) == ["com"]


@pytest.mark.clause("FALLBACK-5")
@pytest.mark.parametrize("slow_part", ["headers", "body"])
@pytest.mark.departs("pro-without-failure")
def test_the_deadline_holds_against_a_server_that_dribbles(
    bingx_exchange: FakeExchange, slow_part: str
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n"
    done = threading.Event()

    def dribble(connection: socket.socket) -> None:
        if slow_part == "body":
            connection.sendall(head + b"\r\n")
        try:
            connection.sendall(head if slow_part == "headers" else b"{")
            while not done.wait(0.02):
                connection.sendall(b"x" if slow_part == "body" else b"X: y\r\n")
        except OSError:
            return

    with raw_server(dribble) as url:
        client = Client(
            "prod-vst",
            "alice-key",
            "alice-secret",
            base_urls=(url, bingx_exchange.base_urls[1]),
            timeout=0.4,
        )
        started_s = time.monotonic()
        try:
            assert client.spot_balance()["USDT"]
        finally:
            done.set()
        elapsed_s = time.monotonic() - started_s
    assert 0.4 <= elapsed_s < 5, "the server would have dribbled for half an hour"
    assert seen(bingx_exchange) == ["pro"]


def test_no_read_is_sent_twice_to_one_domain(bingx_exchange: FakeExchange, client: Client) -> None:
    with bingx_exchange.fault("com", "empty", times=1):
        client.spot_balance()
    assert seen(bingx_exchange) == ["com", "pro"]


def test_fetch_signed_sends_the_identical_read_to_both_domains(bingx_exchange: FakeExchange) -> None:
    path = "/openApi/spot/v1/account/balance"
    with bingx_exchange.fault("com", "empty"):
        data = fetch_signed(
            "prod-vst", "alice-key", "alice-secret", "GET", path, base_urls=bingx_exchange.base_urls
        )
    assert data["balances"][0]["asset"] == "USDT"
    com, pro = bingx_exchange.requests
    assert com["parameters"] == pro["parameters"]
    assert com["parameters"].keys() == {"timestamp", "signature"}


@pytest.mark.parametrize("json_body", [False, True])
def test_fetch_signed_writes_in_form_or_json(bingx_exchange: FakeExchange, json_body: bool) -> None:
    data = fetch_signed(
        "prod-vst",
        "alice-key",
        "alice-secret",
        "POST",
        "/openApi/api/asset/v1/transfer",
        {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 100},
        json_body,
        base_urls=bingx_exchange.base_urls,
    )
    assert data["tranId"] != data["transferId"]


@pytest.mark.clause("WRITE-1")
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffffff\r\n{",
    ],
    ids=["length", "chunk"],
)
def test_a_write_whose_answer_claims_to_be_beyond_all_memory_is_unknown(answer: bytes) -> None:
    with (
        raw_server(lambda connection: connection.sendall(answer)) as url,
        Client("prod-vst", "k", "s", base_urls=(url, url), on_unknown="raise") as client,
        pytest.raises(OutcomeUnknown),
    ):
        client.transfer("USDT", 1, type="FUND_PFUTURES")


def test_fetch_signed_takes_no_answer_without_a_code(bingx_exchange: FakeExchange) -> None:
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n{"data":{}}'
    with (
        raw_server(lambda connection: connection.sendall(answer)) as url,
        pytest.raises(ProtocolError, match=r"\$\.code should be 0, as S's function demands, and is nothing"),
    ):
        fetch_signed("prod-vst", "k", "s", "GET", "/path", base_urls=(url, bingx_exchange.base_urls[1]))
    assert bingx_exchange.requests == []


@pytest.mark.parametrize("answer", ['{"code":0}', '{"code":0,"data":null}'])
def test_fetch_signed_gives_nothing_where_an_answer_has_no_data(
    bingx_exchange: FakeExchange, answer: str
) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(f"{head}{answer}".encode())) as url:
        urls = (url, bingx_exchange.base_urls[1])
        assert fetch_signed("prod-vst", "k", "s", "GET", "/path", base_urls=urls) is None


def test_fetch_signed_does_not_resend_a_write_that_may_have_arrived(bingx_exchange: FakeExchange) -> None:
    with bingx_exchange.fault("com", "empty", phase="after"), pytest.raises(OutcomeUnknown):
        fetch_signed(
            "prod-vst",
            "alice-key",
            "alice-secret",
            "POST",
            "/openApi/api/asset/v1/transfer",
            {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 100},
            base_urls=bingx_exchange.base_urls,
        )
    assert seen(bingx_exchange) == ["com"]


@pytest.mark.clause("REQ-2")
def test_every_request_carries_the_source_key_public_ones_included(bingx_exchange: FakeExchange) -> None:
    heads: list[bytes] = []

    def answer(connection: socket.socket) -> None:
        heads.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    with raw_server(answer, read_first=False) as url:
        client = Client(
            "prod-vst", "k", "s", base_urls=(url, bingx_exchange.base_urls[1]), on_unknown="raise"
        )
        acts: list[Callable[[], object]] = [client.server_time, client.spot_balance, partial(move, client)]
        for act in acts:
            with pytest.raises(BingXError):
                act()
    assert len(heads) == 3
    assert all(b"x-source-key: bx-ai-skill" in head.lower() for head in heads)


def unused_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until a condition holds."""
    while not condition():
        time.sleep(0.001)


@contextmanager
def raw_server(talk: Callable[[socket.socket], None], *, read_first: bool = True) -> Iterator[str]:
    """A server of one's own: ``talk`` gets each connection once a request has come in."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stopped = threading.Event()

        def serve() -> None:
            while not stopped.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    if stopped.is_set():
                        return
                    if read_first:
                        connection.recv(65536)
                    talk(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stopped.set()
            socket.create_connection(listener.getsockname()).close()
            thread.join()


@pytest.mark.clause("FALLBACK-8", "FALLBACK-9")
@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://\xff/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[::1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        b'HTTP/1.1 200 OK\r\nContent-Length: 52\r\n\r\n{"code":0,"data":{"transferId":1e99999999999999999}} ',
        b"HTTP/1.1 999 Odd\r\n\r\n",
        b"\0\0\0\0",
    ],
)
def test_an_answer_that_no_library_can_read_leaves_a_write_unknown(
    bingx_exchange: FakeExchange, answer: bytes
) -> None:
    with raw_server(lambda connection: connection.sendall(answer)) as url:
        client = Client(
            "prod-vst", "k", "s", base_urls=(url, bingx_exchange.base_urls[1]), on_unknown="raise", timeout=5
        )
        with pytest.raises(OutcomeUnknown):
            move(client)
    assert bingx_exchange.requests == []
