"""A signature check that uses none of our code: openssl signs, curl sends."""

import json
import subprocess

import pytest
from support.sender import NOW_MS

from bingx_fake import FakeExchange


def _sign(openssl: str, text: str) -> str:
    command = [openssl, "dgst", "-sha256", "-hmac", "alice-secret", "-hex"]
    return (
        subprocess.run(command, input=text.encode(), capture_output=True, check=True)
        .stdout.decode()
        .split()[-1]
    )


def _curl(curl: str, *arguments: str) -> dict[str, object]:
    command = [curl, "-sS", "-H", "X-BX-APIKEY: alice-key", *arguments]
    answer: dict[str, object] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return answer


@pytest.mark.clause("SIGN-1", "SIGN-2")
def test_a_read(exchange: FakeExchange, openssl: str, curl: str) -> None:
    query = f"asset=USDT&timestamp={NOW_MS}"
    url = f"{exchange.base_urls[0]}/openApi/fund/v1/account/balance?{query}&signature={_sign(openssl, query)}"
    assert _curl(curl, url)["code"] == 0


@pytest.mark.clause("SIGN-1", "REQ-4")
def test_a_write(exchange: FakeExchange, openssl: str, curl: str) -> None:
    body = f"amount=100&asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES"
    url = f"{exchange.base_urls[0]}/openApi/api/asset/v1/transfer"
    answer = _curl(curl, url, "-d", f"{body}&signature={_sign(openssl, body)}")
    assert answer["code"] == 0
    assert exchange.balance(16779999, "fund", "USDT").free == 900


def test_a_wrong_signature(exchange: FakeExchange, openssl: str, curl: str) -> None:
    query = f"timestamp={NOW_MS}"
    signature = _sign(openssl, f"{query}0")
    url = f"{exchange.base_urls[0]}/openApi/spot/v1/account/balance?{query}&signature={signature}"
    assert _curl(curl, url)["code"] == 100001
