"""Recorded exchanges: what the client puts on the wire must match them byte for byte, signature included.

``make cassettes`` records them again from the fake, with a frozen clock and throwaway keys.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import vcr
from support.sender import NOW_MS
from vcr.errors import CannotOverwriteExistingCassetteException

from bingx_client import Client
from bingx_fake import FakeExchange

FOLDER = Path(__file__).parent.parent / "cassettes" / "fake"
COM, PRO = "http://com.bingx.test", "http://pro.bingx.test"
RECORDING = os.environ.get("BINGX_RECORD") == "1"


def _whole_request(request: Any) -> tuple[Any, ...]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    relevant = ("x-bx-apikey", "x-source-key", "content-type")
    return request.method, request.uri, request.body, [headers.get(name) for name in relevant]


def _same(recorded: Any, sent: Any) -> None:
    assert _whole_request(recorded) == _whole_request(sent)


@pytest.fixture
def cassette(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """Base URLs of the fake; recorded under names that do not change from run to run."""
    with FakeExchange(frozen_at_ms=NOW_MS) as exchange:
        real = dict(zip((COM, PRO), exchange.base_urls, strict=True))

        def under_lasting_name(sent: Any) -> Any:
            for name, url in real.items():
                sent.uri = sent.uri.replace(url, name)
            return sent

        def without_the_hour(response: Any) -> Any:
            kept = {"Content-Type": response["headers"]["Content-Type"]}
            return {**response, "headers": kept}

        recorder = vcr.VCR(
            record_mode="all" if RECORDING else "none",
            before_record_request=under_lasting_name,
            before_record_response=without_the_hour,
        )
        recorder.register_matcher("whole request", _same)
        path = FOLDER / f"{request.node.name.removeprefix('test_')}.yaml"
        if RECORDING:
            path.unlink(missing_ok=True)
        with recorder.use_cassette(str(path), match_on=["whole request"]) as tape:
            yield exchange.base_urls
            assert RECORDING or tape.all_played, "the cassette holds more than the client sent"
        assert RECORDING or exchange.requests == [], "the client went past the cassette"


def _client(base_urls: tuple[str, str]) -> Client:
    return Client("prod-vst", "alice-key", "alice-secret", base_urls=base_urls, clock=lambda: NOW_MS)


def test_a_read(cassette: tuple[str, str]) -> None:
    with _client(cassette) as client:
        assert client.fund_balance("USDT")["USDT"].free == 1000


def test_a_transfer(cassette: tuple[str, str]) -> None:
    with _client(cassette) as client:
        assert client.transfer("USDT", "100", type="FUND_PFUTURES").transfer_id


def test_a_changed_amount_matches_no_cassette() -> None:
    recorder = vcr.VCR(record_mode="none")
    recorder.register_matcher("whole request", _same)
    path = str(FOLDER / "a_transfer.yaml")
    with (
        recorder.use_cassette(path, match_on=["whole request"]),
        _client((COM, PRO)) as client,
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        client.transfer("USDT", "101", type="FUND_PFUTURES")
