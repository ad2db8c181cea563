"""Why a request was refused with another code than 100001: what is wrong, by name and by figure."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from explain.sending import Sent, explanation_of
from support.sender import (
    COINS,
    FORM,
    FUND_BALANCE,
    INNER_TRANSFER,
    NOW_MS,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    Sender,
    hmac_hex,
    pairs,
)

from bingx_fake import Ban, FakeExchange
from bingx_fake.explain.causes import cause_of

Explain = Callable[[Sent], Any]

DAY_MS = 24 * 3_600_000


def signed(path: str, parameters: dict[str, Any], *, method: str = "POST") -> Sent:
    """A request that is signed as documented."""
    text = pairs(dict(sorted(parameters.items())))
    text += f"&signature={hmac_hex('alice-secret', text)}"
    return Sent(path, text) if method == "POST" else Sent(f"{path}?{text}", method=method)


def at(timestamp: object, **parameters: Any) -> Sent:
    return signed(SPOT_BALANCE, {"timestamp": timestamp, **parameters}, method="GET")


def move(**parameters: Any) -> Sent:
    everything = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "1", "timestamp": NOW_MS, **parameters}
    return signed(TRANSFER, {name: value for name, value in everything.items() if value is not None})


def inner(**parameters: Any) -> Sent:
    everything = {
        "coin": "USDT",
        "amount": "1",
        "userAccountType": 1,
        "userAccount": 16780001,
        "walletType": 1,
        "timestamp": NOW_MS,
        **parameters,
    }
    return signed(INNER_TRANSFER, {name: value for name, value in everything.items() if value is not None})


ROUTES = [
    (Sent(SPOT_BALANCE), "wrong-method", f"{SPOT_BALANCE} exists for GET, not for POST."),
    (Sent(f"{SPOT_BALANCE}/", method="GET"), "path-misspelt", SPOT_BALANCE),
    (Sent("/openapi/spot/v1/account/balance", method="GET"), "path-misspelt", SPOT_BALANCE),
    (Sent("/spot/v1/account/balance", method="GET"), "path-misspelt", SPOT_BALANCE),
    (Sent("/openApi//spot/v1/account/balances", method="GET"), "path-misspelt", SPOT_BALANCE),
    (Sent("/openApi/standard/v1/orders"), "no-such-route", "server time"),
    (Sent("/", method="GET"), "no-such-route", "nothing like it"),
]
KEYS = [
    (Sent(key=None), "key-missing", "X-BX-APIKEY is missing"),
    (Sent(key=None, headers={"X-MBX-APIKEY": "alice-key"}), "key-missing", "a header X-MBX-APIKEY"),
    (Sent(f"{TRANSFER}?apiKey=alice-key", key=None), "key-missing", "in the query"),
    (Sent(key=""), "key-not-set", "empty"),
    (Sent(key="undefined"), "key-not-set", "the word undefined"),
    (Sent(key="alice-secret"), "key-and-secret-swapped", "is a secret"),
    (Sent(key="bob-secret"), "key-and-secret-swapped", "is a secret"),
    (Sent(key='"alice-key"'), "blanks-around-key", "'alice-key'"),
    (Sent(key="ALICE-KEY"), "key-letter-case", "'alice-key'"),
    (Sent(key="my-own-key"), "key-unknown", "A key of 10 characters"),
]
SIGNATURES = [
    (Sent(body=f"timestamp={NOW_MS}"), "signature-missing", "no parameter signature"),
    (Sent(body=f"timestamp={NOW_MS}&signature="), "signature-empty", "empty"),
    (Sent(body=f"timestamp={NOW_MS}&sign=00"), "signature-elsewhere", "a parameter sign,"),
    (Sent(body=f"timestamp={NOW_MS}&Signature=00"), "signature-elsewhere", "a parameter Signature,"),
    (Sent(headers={"X-BX-SIGNATURE": "00"}), "signature-elsewhere", "a header X-BX-SIGNATURE,"),
    (
        Sent(SPOT_BALANCE, f"timestamp={NOW_MS}&signature=00", method="GET"),
        "parameters-in-body",
        "The body of a GET is not read",
    ),
]
TIMES = [
    (Sent(body="a=1&signature=00"), "timestamp-missing", "no parameter timestamp"),
    (Sent(body=f"timeStamp={NOW_MS}&signature=00"), "timestamp-missing", "There is 'timeStamp'"),
    (Sent(body=f"asset=USDT\u00d7tamp={NOW_MS}&signature=00"), "timestamp-missing", "&times"),
    (at(""), "timestamp-no-number", "empty"),
    (at("2023-11-14T22:13:20Z"), "timestamp-no-number", "'2023-11-14T22:13:20Z'"),
    (at(NOW_MS // 1000), "timestamp-in-seconds", "in seconds"),
    (at(f"{NOW_MS / 1000}"), "timestamp-in-seconds", "in seconds"),
    (at(NOW_MS * 1000), "timestamp-in-microseconds", "in microseconds"),
    (at(NOW_MS * 1_000_000), "timestamp-in-nanoseconds", "in nanoseconds"),
    (at(f"{NOW_MS}.0"), "timestamp-no-integer", "whole number"),
    (at(NOW_MS - 5001), "timestamp-too-old", "5.001 s (5001 ms) behind"),
    (at(NOW_MS - 5001), "timestamp-too-old", "sent late"),
    (at(NOW_MS + 61_000), "timestamp-ahead", "1 min 1 s (61000 ms) ahead of"),
    (at(NOW_MS - 8 * 3_600_000), "timestamp-too-old", "a local time may have been taken for UTC"),
    (at(NOW_MS - 400 * DAY_MS - 4), "timestamp-too-old", "400 d 0.004 s"),
    (at(NOW_MS - 101, recvWindow=100), "timestamp-too-old", "recvWindow allows 100 ms"),
]
PARAMETERS = [
    (move(amount="-1"), "parameter-amount", "amount must be a positive plain decimal"),
    (move(amount="1e-05"), "parameter-amount", "'1e-05'"),
    (move(asset=None), "parameter-asset", "asset is missing."),
    (move(asset=None, Asset="USDT"), "parameter-asset", "There is 'Asset'"),
    (move(type="fund_pfutures"), "parameter-type", "Perhaps FUND_PFUTURES was meant."),
    (move(recvWindow=60000), "recv-window", "1 to 5000"),
    (move(type=None), "parameters", "POST /openApi/api/asset/v1/transfer takes type"),
    (move(type=None, fromAccount="fund", toAccount="fund"), "parameters", "both fromAccount and toAccount"),
    (inner(userAccountType=2), "parameter-callingCode", "callingCode is missing."),
    (inner(targetAccount="x", userAccount=None), "parameters", "userAccount must be"),
    (Sent(body="{", content_type="application/json"), "unreadable", "not valid JSON"),
    (Sent(body=f"timestamp={NOW_MS}&timestamp={NOW_MS}"), "unreadable", "more than once"),
    (Sent(body="a=1", content_type="text/plain"), "unreadable", "text/plain"),
]
BUSINESS = [
    (move(amount="1000.5"), "insufficient-balance", "fund holds 1000 USDT free. Asked for: 1000.5 USDT."),
    (inner(amount="1001"), "insufficient-balance", "Asked for: 1001 USDT."),
    (move(asset="NOSUCH"), "coin-unknown", "NOSUCH"),
    (inner(userAccount=1), "receiver-unknown", "No user goes by 1"),
    (
        Sent("/openApi/spot/v1/market/depth?symbol=NOPE-USDT", method="GET", key=None),
        "symbol-unknown",
        "Symbol NOPE-USDT does not exist",
    ),
]


@pytest.mark.parametrize(
    ("code", "sent", "name", "says"),
    [
        (code, *case)
        for code, cases in {
            100404: ROUTES,
            100413: KEYS,
            100412: SIGNATURES,
            100421: TIMES,
            100400: PARAMETERS,
        }.items()
        for case in cases
    ],
    ids=lambda value: "" if isinstance(value, Sent) else str(value),
)
def test_the_cause_is_named_and_shown(explain: Explain, code: int, sent: Sent, name: str, says: str) -> None:
    explanation = explain(sent)
    assert (explanation["code"], explanation["mistakes"]) == (code, [name])
    assert says.lower() in f"{explanation['happened']} {explanation['change']}".lower()
    assert explanation["source"]
    assert f"[{name}]" in explanation["text"]


@pytest.mark.parametrize(
    ("sent", "name", "says"), [*PARAMETERS, *BUSINESS], ids=lambda value: str(value)[:30]
)
def test_a_message_in_other_words_has_the_same_cause(
    exchange: FakeExchange, sent: Sent, name: str, says: str
) -> None:
    sent.through(Sender(exchange))
    kept = exchange.call(lambda inner: inner.journal.refusal("r1"))
    assert kept is not None
    assert cause_of(dataclasses.replace(kept, message="so nicht")).id == name


def test_what_strict_refuses_has_its_rule_in_other_words_too(exchange: FakeExchange) -> None:
    exchange.change_profile(strict=True)
    move().through(Sender(exchange))
    kept = exchange.call(lambda inner: inner.journal.refusal("r1"))
    assert kept is not None
    assert cause_of(dataclasses.replace(kept, message="so nicht")).id == f"strict-{kept.departure}"


@pytest.mark.parametrize(("sent", "name", "says"), BUSINESS, ids=lambda value: str(value)[:30])
def test_what_the_books_do_not_allow_is_explained_with_what_is_there(
    explain: Explain, sent: Sent, name: str, says: str
) -> None:
    explanation = explain(sent)
    assert explanation["mistakes"] == [name]
    assert says in explanation["happened"]


def test_a_missing_permission_says_what_the_key_may_and_what_is_needed(
    exchange: FakeExchange, explain: Explain
) -> None:
    state = exchange.state
    state["users"][0]["keys"][0]["permissions"] = ["read"]
    exchange.load(state)
    explanation = explain(move())
    assert explanation["mistakes"] == ["permission-missing"]
    assert explanation["happened"] == "The key 'alice-key' may read; this call needs transfer."


def test_an_address_that_is_not_allowed_is_shown_beside_those_that_are(
    exchange: FakeExchange, explain: Explain
) -> None:
    state = exchange.state
    state["users"][0]["keys"][0]["ips"] = ["192.0.2.1"]
    exchange.load(state)
    explanation = explain(move())
    assert explanation["mistakes"] == ["address-not-allowed"]
    assert "came from 127.0.0.1; the key's whitelist has 192.0.2.1" in explanation["happened"]


def test_one_request_too_many_says_how_many_are_allowed() -> None:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True, vary={"V25": "reference"}) as exchange:
        sender = Sender(exchange)
        for _ in range(3):
            reply = sender.raw("GET", FUND_BALANCE)
        assert reply.code == 100410
        explanation = explanation_of(exchange, "r3")
    assert explanation["mistakes"] == ["too-many-requests"]
    assert explanation["happened"] == (
        "More than 2 requests a second from this address. A user may send 2 requests a second. "
        "An address may send 2 requests a second."
    )


def test_one_request_too_many_for_a_group_s_limit_says_for_how_long_it_is_refused() -> None:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True) as exchange:
        sender = Sender(exchange)
        for _ in range(3):
            reply = sender.get(COINS)
        assert reply.code == 100410
        explanation = explanation_of(exchange, "r3")
    assert explanation["happened"] == (
        f"More than 2 requests a second of this user; refused until {NOW_MS + 300_000}. "
        "A user may send 2 requests a second. "
        "An address may send 2000 requests in 10 s to account-2 together and 300 requests in 10 s. "
        "What broke a limit is refused for 5 minutes."
    )


def test_a_banned_address_is_told_to_wait() -> None:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True, ban=Ban(after=1, for_ms=60_000)) as exchange:
        sender = Sender(exchange)
        for _ in range(4):
            reply = sender.get(COINS)
        assert reply.status == 418
        explanation = explanation_of(exchange, "r4")
    assert explanation["mistakes"] == ["banned"]
    assert f"This address is banned until {NOW_MS + 60_000}" in explanation["happened"]
    assert explanation["change"].startswith("Wait")


def test_an_account_that_is_not_the_main_one_is_told_so(exchange: FakeExchange, explain: Explain) -> None:
    state = exchange.state
    state["users"][0]["kind"] = "sub"
    state |= {"invitees": [], "commissions": [], "deposits": []}  # of main accounts only
    exchange.load(state)
    assert explain(inner())["mistakes"] == ["not-the-main-account"]


def test_what_strict_refuses_is_explained_by_its_rule(exchange: FakeExchange, explain: Explain) -> None:
    exchange.change_profile(strict=True)
    explanation = explain(move())
    assert explanation["mistakes"] == ["strict-source-key-missing"]
    assert "X-SOURCE-KEY" in explanation["change"]
    assert "REQ-2" in explanation["source"]


def test_a_business_failure_without_a_code_is_explained_too(exchange: FakeExchange, explain: Explain) -> None:
    exchange.change_profile(vary={"V6": "transferErrorMsg"})
    explanation = explain(move(amount="1000.5"))
    assert explanation["mistakes"] == ["insufficient-balance"]


def test_an_answer_that_a_fault_gave_is_no_fault_of_the_request(
    exchange: FakeExchange, explain: Explain
) -> None:
    with exchange.fault("com", "business-error", code=100500):
        explanation = explain(move())
    assert explanation["code"] == 100500
    assert explanation["mistakes"] == ["fault"]
    assert "business-error" in explanation["happened"]


def test_a_clock_is_called_off_by_the_exchanges_time_when_the_request_came(
    exchange: FakeExchange, explain: Explain
) -> None:
    at(NOW_MS - 6000).through(Sender(exchange))
    exchange.clock.advance(ms=3_600_000)
    assert "6 s (6000 ms) behind" in explanation_of(exchange, "r1")["happened"]


@pytest.mark.parametrize("sent", [move(), at(NOW_MS), Sent(SERVER_TIME, method="GET", content_type=FORM)])
def test_a_request_that_was_accepted_has_no_explanation(explain: Explain, sent: Sent) -> None:
    assert explain(sent) is None
