"""The plugin as other people's projects meet it."""

import pytest

pytest_plugins = ["pytester"]

PROJECT = """
    import asyncio
    import pytest
    from bingx_client import Client

    def test_a_transfer(bingx_exchange, bingx_client):
        bingx_client.transfer("USDT", "100", type="FUND_PFUTURES")
        assert bingx_exchange.balance(16779999, "fund", "USDT").free == 900

    @pytest.mark.parametrize("number", range(3))
    def test_each_test_starts_afresh(bingx_exchange, bingx_client, number):
        assert bingx_exchange.requests == []
        assert bingx_client.fund_balance()["USDT"].free == 1000
        assert bingx_client.transfer("USDT", "100", type="FUND_PFUTURES").tran_id == "1800000000000959921"
        bingx_exchange.clock.advance(ms=6000)
        assert bingx_client.spot_balance()

    def test_a_lost_answer_takes_no_real_time_to_settle(bingx_exchange, bingx_client):
        with bingx_exchange.fault("com", "empty", phase="after", method="POST"):
            assert bingx_client.transfer("USDT", "100", type="FUND_PFUTURES").reconciled
        assert bingx_exchange.balance(16779999, "fund", "USDT").free == 900

    def test_asyncio(bingx_exchange, bingx_async_client):
        async def main():
            async with bingx_async_client as client:
                return await client.transfer("USDT", "100", type="FUND_PFUTURES")

        assert not asyncio.run(main()).reconciled

    def test_an_outage(bingx_exchange, bingx_client):
        with bingx_exchange.fault("com", "refuse"):
            assert bingx_client.spot_balance()["ETH"].free == 2
        assert [entry["domain"] for entry in bingx_exchange.requests] == ["pro"]
"""

BOT = """
    import socket

    import pytest
    import requests

    from bingx_fake import TriedToLeave

    BEFORE = socket.getaddrinfo
    TIME = "/openApi/swap/v2/server/time"

    @pytest.mark.parametrize("host", ["open-api.bingx.com", "open-api-vst.bingx.pro"])
    def test_real_hosts(bingx_intercept, host):
        assert requests.get(f"https://{host}{TIME}", timeout=10).json()["code"] == 0
        assert len(bingx_intercept.requests) == 1
        bingx_intercept.credit(16779999, "fund", "USDT", 1)
        assert bingx_intercept.balance(16779999, "fund", "USDT").free == 1001

    def test_nobody_leaves(bingx_intercept):
        with pytest.raises(TriedToLeave):
            requests.get("https://exchange.example", timeout=10)

    def test_beside_the_plain_exchange(bingx_intercept, bingx_exchange, bingx_client):
        bingx_client.transfer("USDT", "100", type="FUND_PFUTURES")
        assert bingx_exchange.balance(16779999, "fund", "USDT").free == 900
        assert bingx_intercept.requests == []

    def test_without_the_fixture_nothing_is_replaced():
        assert socket.getaddrinfo is BEFORE
        assert "connect" not in vars(socket.socket)
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_fixtures_serve_somebody_elses_tests(pytester: pytest.Pytester, workers: str) -> None:
    pytester.makepyfile(PROJECT)
    pytester.runpytest_subprocess("-n", workers).assert_outcomes(passed=7)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_real_hosts_are_intercepted_for_somebody_elses_tests(
    pytester: pytest.Pytester, workers: str
) -> None:
    pytester.makepyfile(BOT)
    pytester.runpytest_subprocess("-n", workers).assert_outcomes(passed=5)


def test_a_run_that_uses_no_fixture_imports_neither_fake_nor_client(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_imported():
            assert "bingx_client" not in sys.modules
            assert "bingx_fake.inprocess.fake_exchange" not in sys.modules
            assert "bingx_fake.inprocess.interception" not in sys.modules
            assert "aiohttp" not in sys.modules
        """
    )
    run = pytester.runpytest_subprocess("-p", "no:randomly", "--bingx-report", "report.md")
    run.assert_outcomes(passed=1)


def test_the_fixtures_describe_themselves(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--fixtures")
    result.stdout.fnmatch_lines(
        ["bingx_exchange*", "bingx_client*", "bingx_async_client*", "bingx_intercept*"]
    )
