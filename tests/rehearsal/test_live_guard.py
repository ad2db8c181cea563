"""``--bingx-env vst`` in anybody's project: whose keys, which hosts, and no write unless allowed."""

import socket
from typing import Any

import pytest
import requests
from contract.target import Account, Target, Unpaced

from bingx_client import TransportError
from bingx_client.calls import swap_trade
from bingx_fake import FakeExchange, intercept
from bingx_fake.inprocess.interception import TriedToLeave
from bingx_fake.plugin.credentials import read_credentials
from bingx_fake.plugin.live import (
    OnlyTheSimulatedHosts,
    may_change_positions,
    only_the_simulated_hosts,
)
from bingx_fake.plugin.live_clients import live_client

pytest_plugins = ["pytester"]

VST_COM, VST_PRO = "open-api-vst.bingx.com", "open-api-vst.bingx.pro"
STREAMS = [
    f"{name}.bingx.com" for name in ("open-api-ws", "open-api-swap", "open-api-cswap-ws", "vst-open-api-ws")
]


def look_up(host: str, port: int, family: int) -> list[Any]:
    """A resolver for which the hosts stand at one documentation address each."""
    address = {VST_COM: "192.0.2.1", VST_PRO: "192.0.2.2", **dict.fromkeys(STREAMS, "192.0.2.3")}[host]
    return [(family, socket.SOCK_STREAM, 6, "", (address, port))]


@pytest.mark.parametrize(
    "host", [VST_COM, VST_PRO, VST_COM.upper(), f"{VST_COM}.", VST_COM.encode(), *STREAMS]
)
def test_the_simulated_hosts_and_those_of_streams_may_be_looked_up_and_reached(host: object) -> None:
    rules = OnlyTheSimulatedHosts(look_up)
    address = rules.look_up(host)
    assert address in ("192.0.2.1", "192.0.2.2", "192.0.2.3")
    assert rules.route((address, 443)) == (address, 443)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", "", "a.localhost"])
def test_loopback_may_be_reached(host: str) -> None:
    rules = OnlyTheSimulatedHosts(look_up)
    assert rules.look_up(host) is None
    assert rules.route((host, 8700)) == (host, 8700)


@pytest.mark.parametrize(
    "host",
    [
        *("open-api.bingx.com", "open-api.bingx.pro", "open-api.bingx.io", "example.com", "192.0.2.9"),
        *("open-api-ws.bingx.pro", "vst-open-api.bingx.com", "ws.bingx.com"),
    ],
)
def test_everything_else_is_refused(host: str) -> None:
    rules = OnlyTheSimulatedHosts(look_up)
    with pytest.raises(TriedToLeave, match=f"a test tried to leave for {host}"):
        rules.look_up(host)
    with pytest.raises(TriedToLeave, match="only open-api-vst"):
        rules.route((host, 443))


def test_an_address_that_was_not_looked_up_is_refused() -> None:
    with pytest.raises(TriedToLeave):
        OnlyTheSimulatedHosts(look_up).route(("192.0.2.1", 443))


def test_a_proxy_on_loopback_leads_to_no_other_host_of_bingx() -> None:
    one, other = socket.socketpair()
    with only_the_simulated_hosts(), one, other:
        for host in (VST_COM, STREAMS[0], "example.com"):
            one.sendall(f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
        for host in ("open-api.bingx.com", "open-api-ws.bingx.pro"):
            with pytest.raises(TriedToLeave, match=f"a test tried to leave for {host}"):
                one.sendall(f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())


def test_the_guard_holds_for_this_process_and_ends_with_its_block() -> None:
    before = socket.getaddrinfo
    with only_the_simulated_hosts(), pytest.raises(TriedToLeave):
        requests.get("https://open-api.bingx.com", timeout=5)
    assert socket.getaddrinfo is before


def test_credentials_show_nothing() -> None:
    credentials = read_credentials({"BINGX_API_KEY": " the-key ", "BINGX_SECRET_KEY": "the-secret"})
    assert (credentials.key, credentials.secret) == ("the-key", "the-secret")
    assert "the-" not in repr(credentials)


def test_somebody_elses_tests_may_talk_to_vst(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINGX_API_KEY", "alice-key")
    monkeypatch.setenv("BINGX_SECRET_KEY", "alice-secret")
    pytester.makeconftest(
        """
        from contextlib import ExitStack
        import pytest
        from bingx_fake import FakeExchange, intercept

        @pytest.hookimpl(trylast=True)
        def pytest_configure(config):  # stands in for the simulated environment
            stack = ExitStack()
            config.add_cleanup(stack.close)
            stack.enter_context(intercept(stack.enter_context(FakeExchange(tls=True))))
        """
    )
    pytester.makepyfile(
        """
        import asyncio
        import pytest
        from bingx_client import TransportError

        def test_reads(bingx_client):
            assert bingx_client.fund_balance()["USDT"].free == 1000

        def test_writes_are_not_sent(bingx_client, bingx_async_client):
            with pytest.raises(TransportError, match="writes need --bingx-allow-writes"):
                bingx_client.transfer("USDT", 1, type="FUND_PFUTURES")

            async def main():
                async with bingx_async_client as client:
                    assert await client.spot_balance()
                    with pytest.raises(TransportError, match="writes need --bingx-allow-writes"):
                        await client.transfer("USDT", 1, type="FUND_PFUTURES")

            asyncio.run(main())
            assert bingx_client.transfer_records().rows == ()

        def test_the_fake(bingx_exchange):
            pass

        def test_interception(bingx_intercept):
            pass
        """
    )
    result = pytester.runpytest_subprocess("--bingx-env", "vst")
    result.assert_outcomes(passed=2, errors=2)
    result.stdout.fnmatch_lines(
        ["*bingx_exchange is a fake exchange, and this run talks to BingX's simulated environment*"]
    )
    allowed = pytester.runpytest_subprocess("--bingx-env", "vst", "--bingx-allow-writes", "-k", "not_sent")
    allowed.assert_outcomes(failed=1)


SWAP, ORDER = "/openApi/swap", "/openApi/swap/v2/trade/order"
RESTS = {"type": "LIMIT", "timeInForce": "PostOnly"}


@pytest.mark.clause("SWAP-6")
@pytest.mark.parametrize(
    ("path", "order"),
    [
        (ORDER, {"type": "MARKET"}),
        (ORDER, {"type": "LIMIT"}),
        (ORDER, {"type": "LIMIT", "timeInForce": "GTC"}),
        (ORDER, {"type": "TRIGGER_MARKET", "timeInForce": "PostOnly"}),
        (ORDER, RESTS | {"stopLoss": "{}"}),
        (f"{SWAP}/v2/trade/batchOrders", RESTS),
        (f"{SWAP}/v1/trade/cancelReplace", RESTS),
        (f"{SWAP}/v2/trade/closeAllPositions", {}),
        (f"{SWAP}/v1/trade/closePosition", {}),
        (f"{SWAP}/v9/whatever", {}),
        ("/openApi/cswap/v1/trade/order", RESTS),
    ],
)
def test_the_contract_suite_sends_nothing_that_may_open_or_close_a_position_unless_it_is_let(
    path: str, order: dict[str, str]
) -> None:
    target = nobody(writes=True)
    with pytest.raises(AssertionError, match="it may open a position"):
        target.post(path, symbol="BTC-USDT", **order)


@pytest.mark.parametrize(
    ("method", "path", "order"),
    [
        ("POST", ORDER, RESTS),
        ("POST", f"{ORDER}/test", {"type": "MARKET"}),
        ("DELETE", ORDER, {"orderId": "1"}),
        ("DELETE", f"{SWAP}/v2/trade/allOpenOrders", {}),
        ("POST", f"{SWAP}/v2/trade/leverage", {"leverage": "5"}),
        ("POST", "/openApi/spot/v1/trade/order", {"type": "MARKET"}),
    ],
)
def test_what_rests_cancels_or_sets_changes_no_position(
    method: str, path: str, order: dict[str, str]
) -> None:
    assert not may_change_positions(method, path, order)


def test_a_position_may_be_opened_where_it_is_let() -> None:
    with pytest.raises(pytest.exit.Exception, match="the answer to a write was lost"):
        nobody(writes=True, positions=True).post(ORDER, symbol="BTC-USDT", type="MARKET")


def nobody(**allowed: bool) -> Target:
    """A target where nobody listens: what is sent gets no answer."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    return Target("vst", (url, url), Account("k", "s"), now_ms=lambda: 1, pace=Unpaced(), **allowed)


def test_the_clients_of_somebody_elses_tests_open_no_position_unless_it_is_let(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BINGX_API_KEY", "alice-key")
    monkeypatch.setenv("BINGX_SECRET_KEY", "alice-secret")
    now = swap_trade.place_order("BTC-USDT", "BUY", "MARKET", quantity="0.001")
    limit: dict[str, Any] = {"quantity": "0.001", "price": "50000"}
    rests = swap_trade.place_order("BTC-USDT", "BUY", "LIMIT", **limit, time_in_force="PostOnly")
    with FakeExchange(tls=True) as exchange, intercept(exchange):
        for writes, flag in ((False, "--bingx-allow-writes"), (True, "--bingx-allow-positions")):
            with live_client(writes=writes) as client, pytest.raises(TransportError, match=flag):
                client.send(now)
        with live_client(writes=True) as client:
            assert client.send(rests).status == "PENDING"
        assert exchange.positions() == []
        with live_client(writes=True, positions=True) as client:
            client.send(now)
        assert [position["side"] for position in exchange.positions()] == ["LONG"]


def test_allowing_positions_goes_with_allowing_writes(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BINGX_API_KEY", "k")
    monkeypatch.setenv("BINGX_SECRET_KEY", "s")
    for options in (("--bingx-allow-positions",), ("--bingx-env", "vst", "--bingx-allow-positions")):
        result = pytester.runpytest_inprocess(*options)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["ERROR: --bingx-allow-positions goes with --bingx-env vst --bingx-al*"])


def test_allowing_writes_makes_no_sense_on_the_fake(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--bingx-allow-writes")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --bingx-allow-writes goes with --bingx-env vst*"])


def test_a_report_of_somebody_elses_clauses(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.clause("SIGN-1")
        def test_mine():
            pass

        @pytest.mark.clause("SIGN-2")
        def test_broken():
            assert 1 == 2
        """
    )
    for workers in ("0", "2"):
        pytester.runpytest_subprocess("-n", workers, "--bingx-report", "report.md")
        lines = (pytester.path / "report.md").read_text(encoding="utf-8").splitlines()
        assert lines[2].startswith("1 failed, 1 passed, ")
        assert any(line.startswith("| SIGN-1 | passed |") for line in lines)
        assert any("assert 1 == 2" in line for line in lines)
