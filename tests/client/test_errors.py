"""Errors carry their facts, survive pickling, and never show a secret."""

import pickle
from functools import partial

import pytest

from bingx_client import (
    APIError,
    BingXError,
    Client,
    ConfirmationRequired,
    DomainFailure,
    InsufficientBalance,
    OutcomeUnknown,
    ParameterError,
    ProtocolError,
    TransportError,
)
from bingx_contracts import ERRORS
from bingx_fake import FakeExchange

FAILURES = [DomainFailure("https://a", "connection refused"), DomainFailure("https://b", "no JSON")]

EXAMPLES: list[BingXError] = [
    ParameterError("amount must be positive"),
    ConfirmationRequired("Transfer 1 USDT from fund to spot."),
    APIError.of(code=100202, msg="no", endpoint="POST /p", http_status=200),
    APIError.of(code=None, msg="no", endpoint="POST /p", http_status=200),
    TransportError("GET /p", FAILURES),
    ProtocolError("GET /p", "$.data should be a list", 200),
    OutcomeUnknown("POST /p", {"amount": "1"}, 5, FAILURES),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_can_be_pickled(error: BingXError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.__dict__ == error.__dict__


@pytest.mark.parametrize("code", ERRORS)
def test_every_code_makes_an_error_that_names_it(code: int) -> None:
    error = APIError.of(code=code, msg="why", endpoint="GET /p", http_status=200)
    assert str(error) == f"GET /p: {code} ({ERRORS[code].meaning}): why"


def test_the_codes_people_catch_have_their_own_class(bingx_client: Client) -> None:
    with pytest.raises(InsufficientBalance) as refusal:
        bingx_client.transfer("USDT", 10**6, type="FUND_PFUTURES")
    assert refusal.value.code == 100202


@pytest.mark.parametrize("kind", ["refuse", "timeout", "empty", "http-error", "business-error"])
@pytest.mark.parametrize("write", [False, True])
def test_no_error_repr_or_log_shows_key_secret_or_signature(
    bingx_exchange: FakeExchange, caplog: pytest.LogCaptureFixture, kind: str, write: bool
) -> None:
    caplog.set_level(0)
    client = Client(
        "prod-vst",
        "alice-key",
        "alice-secret",
        base_urls=bingx_exchange.base_urls,
        timeout=0.05,
        on_unknown="raise",
    )
    act = partial(client.transfer, "USDT", 1, type="FUND_PFUTURES") if write else client.spot_balance
    with bingx_exchange.fault("*", kind), client, pytest.raises(BingXError) as failure:
        act()
    signatures = [entry["parameters"].get("signature", "-") for entry in bingx_exchange.requests]
    ours = [record for record in caplog.records if record.name.startswith("bingx")]
    shown = [str(failure.value), repr(failure.value), repr(failure.value.__dict__), repr(client)]
    shown += [record.getMessage() for record in ours]
    for text in shown:
        assert "alice-secret" not in text
        assert "alice-key" not in text
        assert not any(signature in text for signature in signatures if signature != "-")
