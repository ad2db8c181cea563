"""What makes a played cassette fail, and that playing one writes nothing."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import requests
from support.cassettes import FAKE, by_documented_parts, byte_for_byte, playing, read
from vcr.errors import CannotOverwriteExistingCassetteException

PAGES = FAKE / "transfer_records_page_by_page.yaml"
TRANSFER = FAKE / "a_transfer_by_type.yaml"
FALLEN_BACK = FAKE / "a_read_that_is_refused_a_connection_goes_to_the_second_domain_signed_afresh.yaml"


def played(path: Path) -> AbstractContextManager[None]:
    return playing(path, lambda request: request, byte_for_byte)


def send(path: Path, turn: int = 0, **changed: Any) -> requests.Response:
    """A request that a cassette holds, with something changed."""
    request = read(path).turns[turn].request
    as_held = {"method": request.method, "url": request.uri, "data": request.body, "headers": request.headers}
    return requests.request(**(as_held | changed), timeout=10)


def send_all(path: Path, *turns: int) -> None:
    for turn in turns:
        send(path, turn)


def body(change: Callable[[str], str]) -> dict[str, Any]:
    return {"data": change(read(TRANSFER).turns[0].request.body.decode())}


def headers(**changed: str | None) -> dict[str, Any]:
    held = dict(read(TRANSFER).turns[0].request.headers)
    return {"headers": {**held, **{name.replace("_", "-"): value for name, value in changed.items()}}}


def test_what_it_holds_is_answered() -> None:
    with played(TRANSFER):
        assert send(TRANSFER).json()["transferId"] == "1800000000000959921001"


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"url": "http://pro.bingx.test/openApi/api/asset/v1/transfer"},
        {"url": "http://com.bingx.test/openApi/api/asset/v1/transfer?x=1"},
        body(lambda held: held.replace("amount=100", "amount=101")),
        body(lambda held: held.replace("amount=100", "amount=100.0")),
        body(lambda held: "&".join(reversed(held.split("&")))),
        body(lambda held: f"{held[:-1]}0"),
        headers(X_BX_APIKEY="another-key"),
        headers(X_SOURCE_KEY=None),
        headers(Content_Type="application/json"),
    ],
    ids=[
        *("method", "domain", "query", "amount", "digits of the amount", "order", "signature"),
        *("key", "no source key", "content type"),
    ],
)
def test_a_request_that_differs_in_one_part_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(CannotOverwriteExistingCassetteException), played(TRANSFER):
        send(TRANSFER, **changed)


def test_a_refusal_shows_both_requests_and_where_they_part() -> None:
    with pytest.raises(CannotOverwriteExistingCassetteException) as refused, played(TRANSFER):
        send(TRANSFER, **body(lambda held: held.replace("amount=100", "amount=101")))
    shown = [line.strip() for line in str(refused.value).splitlines()]
    assert any(line.startswith("recorded b'amount=100&asset=USDT&") for line in shown)
    assert any(line.startswith("sent b'amount=101&asset=USDT&") for line in shown)
    assert "^ first difference" in shown


def test_an_answer_that_is_not_asked_for_fails() -> None:
    with pytest.raises(AssertionError, match="holds answers that were not asked for"), played(PAGES):
        send(PAGES, 0)


def test_an_answer_is_given_once() -> None:
    with (
        pytest.raises(CannotOverwriteExistingCassetteException, match="already been played"),
        played(TRANSFER),
    ):
        send_all(TRANSFER, 0, 0)


def test_requests_in_another_order_fail() -> None:
    with pytest.raises(AssertionError, match="in its order"), played(PAGES):
        send_all(PAGES, 1, 0)


def test_a_request_without_an_answer_has_to_be_made_as_well() -> None:
    with pytest.raises(AssertionError, match="in its order"), played(FALLEN_BACK):
        send(FALLEN_BACK, 1)


def test_a_request_without_an_answer_really_fails() -> None:
    with played(FALLEN_BACK):
        with pytest.raises(requests.ConnectionError):
            send(FALLEN_BACK, 0)
        assert send(FALLEN_BACK, 1).json()["code"] == 0


def test_a_missing_cassette_is_not_recorded(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), played(tmp_path / "new.yaml"):
        pytest.fail("it must not come to this")
    assert list(tmp_path.iterdir()) == []


def test_playing_leaves_the_file_as_it_is(tmp_path: Path) -> None:
    copy = tmp_path / TRANSFER.name
    copy.write_bytes(TRANSFER.read_bytes())
    copy.chmod(0o444)
    before = copy.stat().st_mtime_ns
    with played(copy):
        send(copy)
    assert copy.stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("uri", "fits"),
    [
        ("http://com.bingx.test/p?coin=BTC&limit=10", True),
        ("http://com.bingx.test/p?limit=10&timestamp=5&coin=BTC&recvWindow=1&signature=00", True),
        ("http://com.bingx.test/p?coin=BTC", False),
        ("http://com.bingx.test/p?coin=BTC&limit=10&offset=0", False),
        ("http://com.bingx.test/p?coin=BTC&limit=100", False),
        ("http://com.bingx.test/q?coin=BTC&limit=10", False),
        ("http://pro.bingx.test/p?coin=BTC&limit=10", False),
    ],
)
def test_a_documented_request_fits_by_its_parameters_whatever_clock_and_key(uri: str, fits: bool) -> None:
    documented = read(FAKE / "server_time.yaml").turns[0].request
    documented.uri = "http://com.bingx.test/p?coin=BTC&limit=10&timestamp=1702383898131&recvWindow=30000"
    sent = read(FAKE / "server_time.yaml").turns[0].request
    sent.uri = uri
    assert (by_documented_parts()(documented, sent) is None) == fits
