"""Where requests go, and when a person must say CONFIRM."""

import logging
from typing import Any

import pytest

from bingx_client import ENVIRONMENTS, Client, ConfirmationRequired, ParameterError, fetch_signed
from bingx_client.wire.environments import STREAM_URLS, moves_real_money
from bingx_fake import FakeExchange

LIVE = ENVIRONMENTS["prod-live"]
VST = ENVIRONMENTS["prod-vst"]


@pytest.mark.clause("ENV-1")
def test_the_environments_are_those_of_s() -> None:
    assert dict(ENVIRONMENTS) == {
        "prod-live": ("https://open-api.bingx.com", "https://open-api.bingx.pro"),
        "prod-vst": ("https://open-api-vst.bingx.com", "https://open-api-vst.bingx.pro"),
    }


def test_the_streams_of_an_environment_are_those_that_documents_name() -> None:
    assert {env: dict(urls) for env, urls in STREAM_URLS.items()} == {
        "prod-live": {
            "spot": "wss://open-api-ws.bingx.com/market",
            "swap": "wss://open-api-swap.bingx.com/swap-market",
            "coinm": "wss://open-api-cswap-ws.bingx.com/market",
        },
        "prod-vst": {"swap": "wss://vst-open-api-ws.bingx.com/swap-market"},
    }


@pytest.mark.parametrize(
    ("host", "live"), [("open-api-ws.bingx.com", True), ("vst-open-api-ws.bingx.com", False)]
)
def test_a_host_of_streams_is_simulated_where_its_environment_is(host: str, live: bool) -> None:
    assert moves_real_money((f"https://{host}", "http://127.0.0.1:1")) is live


@pytest.mark.clause("ENV-2")
@pytest.mark.parametrize("env", ["", "live", "PROD-LIVE", "prod-live ", None])
def test_an_unknown_environment_is_refused(env: Any) -> None:
    with pytest.raises(ParameterError, match="prod-live, prod-vst"):
        Client(env, "k", "s")
    with pytest.raises(ParameterError, match="prod-live, prod-vst"):
        fetch_signed(env, "k", "s", "GET", "/p")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "open-api.bingx.com",
        "ftp://x",
        "http://",
        "http://x/path",
        "http://x?q",
        "http://x:0",
        "http://x:99999",
        "http://user@x",
        "https://open-api%2ebingx.com",
        "https://open-api.%62ingx.com",
        "https://open-api.bingx.com%2E",
        "https://open-api.bingx.com\\",
        "https://open-api。bingx.com",
        "http://[bad",
    ],
)
def test_what_is_no_base_url_is_refused(url: str) -> None:
    with pytest.raises(ParameterError, match="base URL"):
        Client("prod-vst", "k", "s", base_urls=(url, "http://127.0.0.1:1"))


@pytest.mark.clause("ENV-3")
@pytest.mark.parametrize(
    ("url", "live"),
    [
        ("https://open-api.bingx.com", True),
        ("https://OPEN-API.BingX.com:443", True),
        ("https://open-api.bingx.com.", True),
        ("http://open-api.bingx.pro", True),
        ("https://open-api.bingx.io", True),
        ("https://api.bingx.com", True),
        ("https://bingx.com", True),
        ("https://open-api-vst.bingx.com", False),
        ("https://open-api-vst.bingx.pro", False),
        ("http://127.0.0.1:8700", False),
        ("https://open-api.bingx.com.example", False),
        ("https://notbingx.com", False),
    ],
)
def test_which_hosts_move_real_money(url: str, live: bool) -> None:
    assert moves_real_money((url, "http://127.0.0.1:1")) is live
    assert moves_real_money(("http://127.0.0.1:1", url)) is live


@pytest.mark.clause("CONFIRM-1", "ENV-3")
@pytest.mark.parametrize("env", ["prod-live", "prod-vst"])
@pytest.mark.parametrize("answer", [None, "", "yes", "confirm", "CONFIRM ", True])
def test_a_write_to_a_live_host_is_refused_without_confirm(env: str, answer: Any) -> None:
    confirm = None if answer is None else lambda sentence: answer
    client = Client(env, "k", "s", base_urls=LIVE, confirm=confirm)
    with pytest.raises(ConfirmationRequired):
        client.transfer("USDT", 1, type="FUND_PFUTURES")
    with pytest.raises(ConfirmationRequired):
        client.inner_transfer(coin="USDT", amount=1, user_account=1)
    with pytest.raises(ConfirmationRequired):
        fetch_signed(env, "k", "s", "POST", "/p", base_urls=LIVE, confirm=confirm)
    with pytest.raises(ConfirmationRequired):
        fetch_signed(env, "k", "s", "DELETE", "/p", base_urls=LIVE, confirm=confirm)


@pytest.mark.clause("CONFIRM-1")
def test_one_live_host_among_two_is_enough_to_ask() -> None:
    client = Client("prod-vst", "k", "s", base_urls=("http://127.0.0.1:1", LIVE[1]))
    with pytest.raises(ConfirmationRequired):
        client.transfer("USDT", 1, type="FUND_PFUTURES")


@pytest.mark.clause("CONFIRM-2")
def test_the_question_shows_amount_coin_direction_and_source() -> None:
    asked: list[str] = []
    client = Client("prod-live", "k", "s", confirm=lambda sentence: asked.append(sentence) or "no")  # type: ignore[func-returns-value]  # records and declines
    with pytest.raises(ConfirmationRequired):
        client.transfer("USDT", "12.50", type="FUND_PFUTURES")
    with pytest.raises(ConfirmationRequired):
        client.inner_transfer(coin="BTC", amount="0.1", user_account=16780001, wallet_type=15)
    assert asked == [
        "Transfer 12.50 USDT from fund to USDTMPerp at open-api.bingx.com or open-api.bingx.pro.",
        "Send 0.1 BTC from spot to the user with UID 16780001 at open-api.bingx.com or open-api.bingx.pro.",
    ]


@pytest.mark.clause("CONFIRM-1")
def test_a_bad_parameter_is_refused_before_anybody_is_asked() -> None:
    def confirm(sentence: str) -> str:
        raise AssertionError("nobody should be asked")

    client = Client("prod-live", "k", "s", confirm=confirm)
    with pytest.raises(ParameterError):
        client.transfer("USDT", 0, type="FUND_PFUTURES")


@pytest.mark.clause("CONFIRM-1", "ENV-3")
def test_the_live_environment_on_local_hosts_asks_nobody(bingx_exchange: FakeExchange) -> None:
    with Client("prod-live", "alice-key", "alice-secret", base_urls=bingx_exchange.base_urls) as client:
        client.transfer("USDT", 1, type="FUND_PFUTURES")


@pytest.mark.clause("CONFIRM-3")
def test_the_simulated_environment_gives_one_notice_and_asks_nobody(
    bingx_exchange: FakeExchange, caplog: pytest.LogCaptureFixture
) -> None:
    with Client("prod-vst", "alice-key", "alice-secret", base_urls=bingx_exchange.base_urls) as client:
        client.spot_balance()
        assert caplog.messages == []
        client.transfer("USDT", 1, type="FUND_PFUTURES")
        client.transfer("USDT", 1, type="FUND_PFUTURES")
    assert caplog.messages == ["You are operating in the Production Simulated (VST) environment."]
    assert caplog.records[0].levelno == logging.WARNING
