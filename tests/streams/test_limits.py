"""How many connections an address may have, how often it may subscribe, and what a crowd costs."""

from collections.abc import Iterator
from contextlib import ExitStack

import aiohttp
import pytest
from streams.listener import Listener
from support.sender import NOW_MS

from bingx_fake import FakeExchange

BTC = "BTC-USDT"


@pytest.fixture
def limited() -> Iterator[FakeExchange]:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True) as running:
        yield running


def topics(number: int) -> list[str]:
    return [f"{BTC}@kline_{minutes}min" for minutes in (1, 3, 5, 15, 30)] * (number // 5 + 1)


def test_a_connection_subscribes_ten_times_a_second(limited: FakeExchange) -> None:
    with Listener(f"{limited.stream_url}/market") as listener:
        codes = [answer["code"] for answer in listener.subscribe(*topics(12)[:12])]
        assert codes == [0] * 10 + [100410] * 2
        limited.clock.advance(999)
        assert listener.subscribe(f"{BTC}@trade")[0]["code"] == 100410
        limited.clock.advance(1)
        assert listener.subscribe(f"{BTC}@trade")[0]["code"] == 0, "what is refused counts for none"


def test_another_connection_has_ten_of_its_own(limited: FakeExchange) -> None:
    url = f"{limited.stream_url}/market"
    with Listener(url) as first, Listener(url) as second:
        first.subscribe(*topics(10)[:10])
        assert second.subscribe(f"{BTC}@trade")[0]["code"] == 0


@pytest.mark.parametrize("most", [60, 240])
def test_an_address_has_so_many_connections(limited: FakeExchange, most: int) -> None:
    limited.change_profile(vary={"V93": str(most)})
    url = f"{limited.stream_url}/market"
    with ExitStack() as stack:
        listeners = [stack.enter_context(Listener(url)) for _ in range(most)]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused, Listener(url):
            pass
        assert refused.value.status == 429
        listeners[0].leave()
        while len(limited.call(lambda inner: list(inner.streams.sessions))) == most:
            pass
        assert stack.enter_context(Listener(url)).so_far() == []
    entry = next(entry for entry in limited.requests if entry["http_status"] == 429)
    assert (entry["domain"], entry["fault"]) == ("stream", None)


def test_without_limits_there_are_none(exchange: FakeExchange) -> None:
    with ExitStack() as stack:
        url = f"{exchange.stream_url}/market"
        listeners = [stack.enter_context(Listener(url)) for _ in range(61)]
        answers = listeners[-1].subscribe(*topics(20)[:20])
        assert {answer["code"] for answer in answers} == {0}
