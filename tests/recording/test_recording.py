"""What stands in a recording, and that a fresh exchange that is told it answers the same."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from recording.sessions import Session, lines_of, wire
from support.entries import request_of
from support.sender import ALICE, FORM, FUND_BALANCE, NOW_MS, SPOT_BALANCE, TRANSFER, Sender

from bingx_contracts import ENDPOINTS
from bingx_fake import FakeExchange
from bingx_fake.clock import system_ms
from bingx_fake.faults.fault import Late
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.groups.registry import HANDLERS
from bingx_fake.recording.recorded import RecordingExists
from bingx_fake.recording.replay import Difference, replay

BALANCE = ENDPOINTS["spot_account.spot_balance"]
DEPTH = ENDPOINTS["spot_market.depth"]
Begin = Callable[..., Session]
DEPTH_OF = {"symbol": "BTC-USDT", "limit": "5"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "session.jsonl"


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Begins sessions, which end with the test."""
    with ExitStack() as ending:

        def begin(*arguments: Any, **settings: Any) -> Session:
            session = Session(*arguments, **settings)
            ending.callback(session.exchange.close)
            return session

        yield begin


def without(path: Path, *which: str) -> Difference | None:
    """What a replay finds where the inputs that have one of these in them are missing."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for number, line in enumerate(lines) if number == 0 or not any(it in line for it in which)]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")
    return replay(path).difference


# Whatever is done


def look(exchange: FakeExchange) -> None:
    """Read what an exchange has to say, over its sockets, so that it is written down."""
    for call in ("/state", "/markets", "/clock", "/faults", "/profile"):
        requests.get(exchange.control_url + call, timeout=10)
    for path in (SPOT_BALANCE, FUND_BALANCE):
        Sender(exchange, "pro").call("GET", path, timestamp=exchange.clock.now_ms())


def load_another_state(exchange: FakeExchange) -> None:
    state = exchange.state
    state["users"][0]["balances"]["spot"]["USDT"] = "7"
    exchange.load(state)


@pytest.mark.parametrize(
    ("act", "line"),
    [
        (lambda it: it.credit(ALICE, "spot", "USDT", 5), "/credit"),
        (lambda it: it.market("BTC-USDT").move("58000"), "/move"),
        (lambda it: it.market("BTC-USDT").mark("58000"), '/mark"'),
        (lambda it: it.market("ETH-USDT").trade("SELL", "0.01"), "/trade"),
        (lambda it: it.market("ETH-USDT").change(ladder={"levels": 2}), "PUT /markets/spot/ETH-USDT"),
        (lambda it: it.market("ADA-USDT", tick=1, step=1, price=5), "PUT /markets/spot/ADA-USDT"),
        (lambda it: it.market("ETH-USDT").halt(), "/halt"),
        (lambda it: it.market("ETH-USDT").delist(), "/delist"),
        (load_another_state, "PUT /state"),
        (lambda it: it.load(None), "PUT /state"),
        (lambda it: it.change_profile("reference", {"V7": "data.assets"}), "PUT /profile"),
        (lambda it: it.play([{"domain": "com", "kind": "timeout"}]), "POST /faults"),
        (lambda it: it.clock.advance(90_000), "PUT /clock"),
        (lambda it: it.clock.freeze(it.clock.now_ms() + 5_000), "PUT /clock"),
        (lambda it: it.clock.sleep(61), "PUT /clock"),
        (lambda it: it.clock.run(offset_ms=75_000), "PUT /clock"),
    ],
)
@pytest.mark.parametrize("frozen", [True, False])
def test_what_is_done_in_python_is_done_again(
    path: Path, frozen: bool, act: Callable[[FakeExchange], object], line: str
) -> None:
    frozen_at_ms = system_ms() - 5_000 if frozen else None
    with FakeExchange(record=path, frozen_at_ms=frozen_at_ms, market="walk") as exchange:
        exchange.credit(ALICE, "spot", "USDT", 1)  # so that a loaded state is another one
        act(exchange)
        look(exchange)
    assert replay(path).difference is None
    assert without(path, line) is not None, "it shows in what is answered"


def test_the_markets_of_a_file_are_kept_with_what_the_session_began_with(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "markets.toml"
    file.write_text('[[markets]]\nsymbol = "ADA-USDT"\ntick = 1\nstep = 1\nprice = 5\n', encoding="utf-8")
    with FakeExchange(record=path, frozen_at_ms=NOW_MS, market=file) as exchange:
        look(exchange)
    file.unlink()
    assert [market["symbol"] for market in lines_of(path)[0]["markets"]] == ["ADA-USDT"]
    assert replay(path).difference is None


def test_a_fault_of_a_with_block_begins_and_ends_where_it_did(path: Path) -> None:
    with FakeExchange(record=path, frozen_at_ms=NOW_MS) as exchange:
        sender = Sender(exchange)
        with exchange.fault("com", "http-error", status=503):
            sender.get(SPOT_BALANCE)
        sender.get(SPOT_BALANCE)
    assert replay(path).difference is None
    assert without(path, "DELETE /faults/f1") is not None


def test_a_reset_is_one_and_its_ids_go_on_or_begin_again(path: Path) -> None:
    order = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": 1}
    with FakeExchange(record=path, frozen_at_ms=NOW_MS) as exchange:
        sender = Sender(exchange)
        for _ in range(2):
            sender.post(TRANSFER, **order)
            exchange.reset(ids="restart")
        sender.post(TRANSFER, **order)
        exchange.reset()
        sender.post(TRANSFER, **order)
        sender.get(FUND_BALANCE)
    assert replay(path).difference is None
    assert without(path, '"ids":"keep"') is not None


def test_names_that_lead_to_the_exchange_do_so_again(path: Path) -> None:
    with FakeExchange(record=path, frozen_at_ms=NOW_MS) as exchange:
        exchange.intercept_names(active=True)
        answer = requests.post(
            f"{exchange.control_url}/faults", json={"domain": "com", "kind": "dns"}, timeout=10
        )
        assert answer.status_code == 200
    assert replay(path).difference is None
    assert without(path, '"names"') is not None


def test_what_python_was_refused_is_not_in_it(path: Path) -> None:
    with FakeExchange(record=path) as exchange, pytest.raises(ValueError, match="whole ticks"):
        exchange.market("BTC-USDT").move("0.001")
    assert len(lines_of(path)) == 1


def test_what_the_page_reads_by_itself_is_not_in_it(begin: Begin, path: Path) -> None:
    session = begin(path)
    session.control("GET /console/users")
    session.control("GET /clock")
    assert [line["call"] for line in lines_of(path)[1:]] == ["GET /clock"]


def test_inputs_come_in_the_order_in_which_the_exchange_took_them(path: Path) -> None:
    with FakeExchange(record=path, frozen_at_ms=NOW_MS) as exchange, ExitStack() as asked:
        url = exchange.base_urls[0] + "/openApi/swap/v2/server/time"
        for _ in range(3):
            requests.get(url, timeout=10)
        asked.enter_context(exchange.fault("com", "timeout", path="/never"))
        requests.get(url, timeout=10)
    kinds = [line["input"] for line in lines_of(path)[1:]]
    assert kinds == ["request"] * 3 + ["control", "request", "control"]


# Time


def test_an_input_happens_at_one_moment_however_often_the_time_is_read(begin: Begin, path: Path) -> None:
    session = begin(path, frozen=False)

    def read() -> int:
        session.system_ms += 400
        return session.system_ms

    session.exchange._time.live = lambda: (read(), session.system_ms - NOW_MS)
    session.control("POST /faults", {"domain": "com", "kind": "commit-delay", "ms": 900})
    session.ask(ENDPOINTS["spot_account.transfer"], request_of(ENDPOINTS["spot_account.transfer"]))
    for _ in range(8):
        session.control("GET /state")
        session.ask(DEPTH, DEPTH_OF)
    assert replay(path).difference is None


def test_a_clock_that_is_set_back_finds_what_was_done_in_between_done_again(begin: Begin, path: Path) -> None:
    session = begin(path, frozen=False)
    session.pass_time(5_000)
    session.exchange.keep_up()  # by a timer: nobody has asked
    session.system_ms -= 3_500
    session.ask(DEPTH, DEPTH_OF)
    assert replay(path).difference is None
    assert without(path, '"due"') is not None


def test_a_recording_of_a_clock_that_stands_still_tells_nothing_of_the_real_time(
    begin: Begin, path: Path
) -> None:
    session = begin(path)
    session.ask(BALANCE, {})
    session.control("POST /clock/advance", {"ms": 500})
    assert not any(line.get("time") for line in lines_of(path))


def test_a_late_answer_is_asked_for_when_it_was_and_not_where_its_client_had_left(
    begin: Begin, path: Path
) -> None:
    session = begin(path, frozen=False)
    exchange = session.exchange
    session.control("POST /faults", {"domain": "com", "kind": "latency", "ms": 1_000, "method": "POST"})
    transfer = ENDPOINTS["spot_account.transfer"]
    for is_waited_for in (False, True):
        delivery = exchange.receive(wire(transfer, request_of(transfer), session.system_ms))
        assert isinstance(delivery, Late)
        session.pass_time(1_000)
        if is_waited_for:
            delivery.answer()
    session.control("GET /state")
    assert [line["line"] for line in lines_of(path) if line.get("input") == "arrival"] == [4]
    assert replay(path).difference is None


# Bytes, and secrets


def test_bytes_that_are_no_text_are_the_same_bytes_again(begin: Begin, path: Path) -> None:
    session = begin(path)
    for byte in (b"\xff\x00\xc3\x28", "ä€😀".encode(), b'"\\\n'):
        target = "/openApi/x?" + byte.decode("utf-8", "surrogateescape")
        headers = {"x-bx-apikey": byte.decode("utf-8", "surrogateescape"), "content-type": FORM}
        session.exchange.receive(WireRequest("com", "POST", target, headers, byte, "127.0.0.1"))
        session.control(f"GET /requests/r{len(lines_of(path)) // 2}")
    assert replay(path).difference is None
    bodies = [line["body"].encode("utf-8", "surrogateescape") for line in lines_of(path) if "body" in line]
    assert bodies[0] == b"\xff\x00\xc3\x28"


def test_a_header_is_the_first_of_its_name_whatever_its_case(path: Path) -> None:
    with (
        FakeExchange(record=path, frozen_at_ms=NOW_MS) as exchange,
        Sender(exchange).connected() as connection,
    ):
        connection.sendall(
            b"GET /openApi/spot/v1/account/balance HTTP/1.1\r\nHost: x\r\nX-Bx-ApiKey: first\r\n"
            b"x-bx-apikey: second\r\nConnection: close\r\n\r\n"
        )
        while connection.recv(65_536):
            pass
    assert lines_of(path)[1]["headers"]["x-bx-apikey"] == "first"
    assert replay(path).difference is None


def test_headers_that_may_hold_another_password_are_covered(begin: Begin, path: Path) -> None:
    session = begin(path)
    headers = {"Authorization": "Bearer abc", "Proxy-Authorization": "Basic eHk6eno=", "Cookie": "session=1"}
    session.exchange.receive(WireRequest("com", "GET", SPOT_BALANCE, headers, b"", "127.0.0.1"))
    assert lines_of(path)[1]["headers"] == {
        "authorization": "**********",
        "proxy-authorization": "**************",
        "cookie": "*********",
    }


# The file


def test_a_recording_is_replaced_by_the_next(begin: Begin, path: Path) -> None:
    for number in (1, 2):
        session = begin(path, seed=number)
        session.exchange.close()
        assert [line["seed"] for line in lines_of(path)] == [number]


def test_what_is_no_recording_is_not_replaced(path: Path) -> None:
    path.write_text("[[users]]\n")
    with pytest.raises(RecordingExists, match="is there already and is no recording"):
        FakeExchange(record=path)
    assert path.read_text() == "[[users]]\n"


def test_a_file_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        FakeExchange(record=tmp_path / "nowhere" / "session.jsonl")


def test_where_the_file_takes_no_more_the_exchange_goes_on_and_says_so(
    begin: Begin, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    session = begin(path)
    os.close(reader)
    assert session.ask(BALANCE, {}).code == 0
    assert isinstance(session.exchange.broken, BrokenPipeError)
    assert session.ask(BALANCE, {}).code == 0
    assert [record.getMessage() for record in caplog.records] == [
        f"the recording {path} ends after line 1: Broken pipe"
    ]


def test_that_the_exchange_failed_over_an_input_is_an_output_too(
    begin: Begin, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def divide(books: object, call: object) -> object:
        return 1 / 0

    session = begin(path)
    with monkeypatch.context() as mistake:
        mistake.setitem(HANDLERS, BALANCE.id, divide)
        with pytest.raises(ZeroDivisionError):
            session.ask(BALANCE, {})
        assert replay(path).difference is None
    difference = replay(path).difference
    assert difference is not None
    assert (difference.recorded, difference.replayed.partition(",")[0]) == (
        "the fake failed: ZeroDivisionError",
        "HTTP 200 with code 0",
    )
