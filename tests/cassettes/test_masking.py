"""What a live recording loses before it is written, what it keeps, and when it is not written at all."""

import asyncio
import base64
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from support.cassettes import NotWritten, Turn, live_recorder, read, write_live
from support.masking import Known, Masks, leaks
from support.sender import BOB, NOW_MS, SERVER_TIME, SPOT_BALANCE, TRANSFER, Sender, Wire
from vcr.request import Request

from bingx_client import AsyncClient, Client
from bingx_fake import FakeExchange

KEY, SECRET = "Zk3vQ9xW2mL7pR5tY8uB", "hN4cD6fG1jK0sA3eX9wV"
HEX = "b334a7e91e77ed796eb6fc486931b3532c1683ecc4b3cc041b252d8920209d04"


def masked(text: str) -> str:
    document = {"body": text}
    return str(Masks.of(document).apply(document)["body"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # signatures, right or wrong, in every place
        (f"a=1&signature={HEX}", "a=1&signature=masked-signature"),
        ("a=1&signature=bm9wZQ==&b=2", "a=1&signature=masked-signature&b=2"),
        (f"https://h/p?signature={HEX.upper()}", "https://h/p?signature=masked-signature"),
        (f'{{"a":1,"signature":"{HEX}"}}', '{"a":1,"signature":"masked-signature"}'),
        (f"expected {HEX}, got none", "expected masked-signature, got none"),
        # keys
        ('{"apiKey":"abc","secretKey":"def"}', '{"apiKey":"masked-key","secretKey":"masked-key"}'),
        # UIDs, as numbers and as text
        ('{"uid":16779999}', '{"uid":9000000001}'),
        ('{"fromUid": "16779999"}', '{"fromUid": "9000000001"}'),
        ('{"receiver":1128763679,"amount":0.1}', '{"receiver":9000000001,"amount":0.1}'),
        (r'{"data":"{\"uid\":16779999}"}', r'{"data":"{\"uid\":9000000001}"}'),
        ("userAccount=16779999&userAccountType=1", "userAccount=9000000001&userAccountType=1"),
        ("user with uid: 16779999 is unknown", "user with uid: 9000000001 is unknown"),
        # phone numbers
        ("userAccount=15100000000&userAccountType=2", "userAccount=7000000001&userAccountType=2"),
        ('{"userAccountType":2,"userAccount":"151"}', '{"userAccountType":2,"userAccount":"151"}'),
        ('{"phone":"15100000000"}', '{"phone":"7000000001"}'),
        ("sent to +49 15100000000 today", "sent to 7000000001 today"),
        # e-mail addresses
        ('{"email":"Bob.B+x@mail.example.com"}', '{"email":"masked-1@example.invalid"}'),
        (
            "userAccount=bob%40example.com&userAccountType=3",
            "userAccount=masked-1%40example.invalid&userAccountType=3",
        ),
        ("write to bob@example.com.", "write to masked-1@example.invalid."),
        # addresses
        ("your IP 203.0.113.7 is not allowed", "your IP 0.0.0.0 is not allowed"),
    ],
)
def test_what_is_private_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected
    assert leaks(expected, {"body": expected}) == []


@pytest.mark.parametrize(
    "text",
    [
        "designature=abc&b=2",
        '{"signatureVersion":"2"}',
        '{"guid":"16779999"}',
        '{"tranId":37600111,"transferId":"1800000000000959921"}',
        '{"transferClientId":"0123456789abcdef0123456789abcdef"}',
        '{"amount":"100000.00000000000000000000","timestamp":1702252271000}',
        "amount=16779999.5&startTime=1700000000000",
        "userAccount=1&userAccountType=1",
        "callingCode=86",
        '{"msg":"user@localhost, version 1.2.3"}',
        "http://127.0.0.1:8700/openApi",
        "a@b",
    ],
)
def test_what_only_looks_private_is_kept(text: str) -> None:
    assert masked(text) == text
    assert leaks(text, {"body": text}) == []


def test_the_same_value_gets_the_same_mask_wherever_it_stands() -> None:
    document = [
        {"body": "userAccount=16779999&userAccountType=1"},
        {"body": '{"fromUid":1128763678,"receiver":16779999,"email":"a@example.com"}'},
        {"body": '{"msg":"16779999 and 1128763678 and A@example.com and not 16779999.5 or 167799990"}'},
    ]
    assert Masks.of(document).apply(document) == [
        {"body": "userAccount=9000000001&userAccountType=1"},
        {"body": '{"fromUid":9000000002,"receiver":9000000001,"email":"masked-1@example.invalid"}'},
        {
            "body": '{"msg":"9000000001 and 9000000002 and masked-1@example.invalid and not 16779999.5 '
            'or 167799990"}'
        },
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"signature={HEX}",
        f'{{"note":"{HEX}"}}',
        '{"uid":16779999}',
        '{"to":"bob@example.com"}',
        r'{"to":"bob\u0040example.com"}',
        "to=bob%2540example.com&x=bob%40example.com",
        '{"phone":"15100000000"}',
        '{"data":"{\\"uid\\": 16779999}"}',
        '{"apiKey":"abcdefg"}',
        "Zk3vQ9xW2mL7pR5tY8uBhN4cD6fG1jK0sA3eX9wV",
        "from 203.0.113.7",
    ],
)
def test_the_search_finds_what_is_private(text: str) -> None:
    assert leaks("", {"body": text}) != []


def test_the_search_reads_headers_and_comments() -> None:
    assert leaks("", {"headers": {"X-BX-APIKEY": "abc"}}) == ["an API key in X-BX-APIKEY"]
    assert leaks("# bob@example.com", {}) == ["an e-mail address in file"]


def test_bytes_in_base64_are_searched_as_what_they_are() -> None:
    content = b"PK\x03\x04\xff" + bytes(range(1, 60)) * 3
    for body, found in (content, []), (content + b" bob@example.com ", ["an e-mail address in string"]):
        written = f"string: !!binary |\n  {base64.b64encode(body).decode()}\n"
        assert leaks(written, {"string": body}) == found


def test_what_is_known_is_no_find() -> None:
    text = f'{{"uid":16779999,"to":"bob@example.com","signature":"{HEX}"}}'
    known = Known(signatures=True, numbers=frozenset({"16779999"}), email_domains=frozenset({"example.com"}))
    assert leaks(text, {"body": text}, known=known) == []


# Writing


def answer(body: str | bytes) -> Turn:
    content = body if isinstance(body, bytes) else body.encode()
    request = Request("GET", "https://open-api-vst.bingx.com/p?a=1", None, {"X-BX-APIKEY": KEY})
    response: dict[str, Any] = {
        "status": {"code": 200, "message": "OK"},
        "headers": {},
        "body": {"string": content},
    }
    return Turn(request, response)


def write(path: Path, turn: Turn) -> None:
    write_live(path, [turn], api_key=KEY, secret_key=SECRET)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (f'{{"msg":"{SECRET}"}}', "the secret key in use"),
        (f'{{"msg":"key {KEY} is unknown"}}', "the API key in use"),
        (f'{{"msg":"\\u0068{SECRET[1:]}"}}', "the secret key in use"),
        (base64.b64encode(SECRET.encode()), "the secret key in use"),
        (r'{"to":"bob\u0040example.com"}', "an e-mail address"),
        (b"\xff\xfe\x00", "a body is no text"),
    ],
    ids=["secret", "key", "escaped", "base64", "something private", "binary"],
)
def test_a_recording_that_gives_something_away_is_not_written(
    tmp_path: Path, body: str | bytes, reason: str
) -> None:
    with pytest.raises(NotWritten) as refused:
        write(tmp_path / "folder" / "a.yaml", answer(body))
    message = str(refused.value)
    assert reason in message
    assert "\n" not in message
    assert KEY not in message
    assert SECRET not in message
    assert list(tmp_path.iterdir()) == []


def test_a_refused_recording_leaves_the_older_one_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    write(path, answer("{}"))
    before = path.read_bytes()
    with pytest.raises(NotWritten):
        write(path, answer(SECRET))
    assert path.read_bytes() == before


def test_a_key_that_a_url_has_to_encode_is_found_too(tmp_path: Path) -> None:
    with pytest.raises(NotWritten, match="API key in use"):
        write_live(tmp_path / "a.yaml", [answer("k=a%2Fb%3Dc")], api_key="a/b=c", secret_key=SECRET)


# Recording


def recorded_for_alice(path: Path, provenance: dict[str, str] | None = None) -> AbstractContextManager[None]:
    return live_recorder(path, api_key="alice-key", secret_key="alice-secret", provenance=provenance)


@pytest.fixture
def account(exchange: FakeExchange) -> dict[str, Any]:
    return {"base_urls": exchange.base_urls, "clock": exchange.clock.now_ms}


def parts(path: Path) -> tuple[Any, str, str]:
    """The first request of a recording of two, and both answers."""
    first, second = read(path).turns
    assert first.response
    assert second.response
    return (
        first.request,
        first.response["body"]["string"].decode(),
        second.response["body"]["string"].decode(),
    )


def test_a_live_recording_keeps_everything_but_what_is_private(
    exchange: FakeExchange, account: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "vst" / "an_inner_transfer.yaml"
    with (
        recorded_for_alice(path, provenance={"date": "2026-01-02"}),
        Client("prod-vst", "alice-key", "alice-secret", **account) as client,
    ):
        client.inner_transfer(coin="USDT", amount="10.5", user_account=BOB, transfer_client_id="third")
        client.inner_transfer_records(coin="USDT")
    sent, answered, records = parts(path)
    assert dict(sent.headers) == {
        "X-BX-APIKEY": "masked-key",
        "X-SOURCE-KEY": "BX-AI-SKILL",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    assert sent.body.decode() == (
        f"amount=10.5&coin=USDT&recvWindow=5000&timestamp={NOW_MS}&transferClientId=third"
        "&userAccount=9000000001&userAccountType=1&walletType=1&signature=masked-signature"
    )
    assert '"id":"1800000000000959921"' in answered
    assert '"receiver":9000000001,"amount":10.5' in records
    assert '"fromUid":9000000002' in records
    assert read(path).metadata == {"date": "2026-01-02"}


def test_the_tests_own_sender_is_recorded_too(exchange: FakeExchange, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with recorded_for_alice(path):
        Sender(exchange).get(SPOT_BALANCE)
        Sender(exchange).post(TRANSFER, asset="USDT", amount="1", type="FUND_PFUTURES")
    assert [turn.request.method for turn in read(path).turns] == ["GET", "POST"]


def test_a_request_without_an_answer_is_recorded_as_such(
    exchange: FakeExchange, account: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / "a.yaml"
    with (
        exchange.fault("com", "empty"),
        recorded_for_alice(path),
        Client("prod-vst", "alice-key", "alice-secret", **account) as client,
    ):
        client.server_time()
    assert [turn.response is None for turn in read(path).turns] == [True, False]


def test_a_secret_in_an_answer_keeps_the_recording_from_being_written(
    exchange: FakeExchange, account: dict[str, Any], tmp_path: Path
) -> None:
    with (
        exchange.fault("com", "http-error", status=400, body='{"msg":"alice-secret"}'),
        pytest.raises(NotWritten, match="was not written: it still contains the secret key in use"),
        recorded_for_alice(tmp_path / "a.yaml"),
    ):
        Sender(exchange).get(SPOT_BALANCE)
    assert list(tmp_path.iterdir()) == []


def test_a_recording_of_a_test_that_fails_is_kept(exchange: FakeExchange, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    with pytest.raises(AssertionError), recorded_for_alice(path):
        assert Sender(exchange).get("/openApi/none").code == 0
    assert len(read(path).turns) == 1


def test_a_block_that_sends_nothing_writes_nothing(tmp_path: Path) -> None:
    with recorded_for_alice(tmp_path / "a.yaml"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_asynchronous_client_is_recorded_too(account: dict[str, Any], tmp_path: Path) -> None:
    async def ask() -> None:
        async with AsyncClient("prod-vst", "alice-key", "alice-secret", **account) as client:
            await client.spot_balance()

    path = tmp_path / "a.yaml"
    with recorded_for_alice(path):
        asyncio.run(ask())
    (turn,) = read(path).turns
    assert turn.request.uri.endswith("&signature=masked-signature")


def test_recordings_through_tls_keep_the_real_host_names(
    bingx_intercept: FakeExchange, tmp_path: Path
) -> None:
    path = tmp_path / "a.yaml"
    vst = "https://open-api-vst.bingx.com"
    with (
        recorded_for_alice(path),
        Client("prod-vst", "alice-key", "alice-secret") as client,
    ):
        client.spot_balance()
        Wire(vst).raw("GET", SERVER_TIME)
    assert [turn.request.uri.partition("?")[0] for turn in read(path).turns] == [
        f"{vst}{SPOT_BALANCE}",
        f"{vst}{SERVER_TIME}",
    ]
