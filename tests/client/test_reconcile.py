"""Writes happen at most once: what becomes of a transfer whose answer was lost.

The exchange's clock stands still and moves only where the client sleeps, so nothing here waits for real.
"""

import pickle

import pytest
from client.moving import WRITES, Act, left, move, send
from support.clients import IMPATIENT_S, make_client
from support.sender import INNER_RECORDS, NOW_MS, TRANSFER, TRANSFER_RECORDS

from bingx_client import APIError, Client, InsufficientBalance, OutcomeUnknown, TransportError
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_contracts import VARIATIONS
from bingx_fake import FakeExchange

LOST = ["timeout", "empty", "http-error"]


def writes_seen(exchange: FakeExchange) -> list[str]:
    return [entry["domain"] for entry in exchange.requests if entry["method"] == "POST"]


@pytest.mark.clause("WRITE-1", "WRITE-4")
@WRITES
@pytest.mark.parametrize("kind", LOST)
def test_a_write_that_took_effect_is_found_and_not_sent_again(
    exchange: FakeExchange, client: Client, write: Act, kind: str
) -> None:
    with exchange.fault("com", kind, phase="after", method="POST"):
        receipt = write(client)
    assert receipt.reconciled
    assert writes_seen(exchange) == ["com"]
    assert left(exchange) == 900


@pytest.mark.clause("WRITE-1", "WRITE-5")
@WRITES
@pytest.mark.parametrize("kind", LOST)
def test_a_write_that_took_no_effect_is_sent_again_signed_afresh(
    exchange: FakeExchange, client: Client, write: Act, kind: str
) -> None:
    with exchange.fault("com", kind, phase="before", method="POST", times=1):
        receipt = write(client)
    assert not receipt.reconciled
    first, second = (entry["parameters"] for entry in exchange.requests if entry["method"] == "POST")
    assert int(second["timestamp"]) > int(first["timestamp"]) + 5000
    assert left(exchange) == 900


@pytest.mark.clause("WRITE-3")
@WRITES
def test_records_are_read_only_once_the_lost_request_can_no_longer_be_accepted(
    exchange: FakeExchange, client: Client, write: Act
) -> None:
    with exchange.fault("com", "empty", phase="after", method="POST"):
        write(client)
    sent = next(entry for entry in exchange.requests if entry["method"] == "POST")
    searched = next(
        entry for entry in exchange.requests if entry["path"] in (TRANSFER_RECORDS, INNER_RECORDS)
    )
    assert searched["received_at"] > int(sent["parameters"]["timestamp"]) + 5000 + 1000


@WRITES
def test_a_clean_transfer_costs_one_request(exchange: FakeExchange, client: Client, write: Act) -> None:
    assert not write(client).reconciled
    assert len(exchange.requests) == 1


@pytest.mark.clause("WRITE-4")
def test_an_earlier_identical_transfer_is_not_taken_for_the_lost_one(
    exchange: FakeExchange, client: Client
) -> None:
    move(client)
    with exchange.fault("com", "empty", phase="before", method="POST", times=1):
        assert not move(client).reconciled
    assert left(exchange) == 800


@pytest.mark.clause("WRITE-4")
@WRITES
def test_a_client_that_lives_through_a_reset_of_the_exchange_moves_money_once(
    exchange: FakeExchange, client: Client, write: Act
) -> None:
    write(client)
    exchange.reset()
    exchange.clock.freeze(NOW_MS)
    with exchange.fault("com", "empty", phase="after", method="POST", times=1):
        assert write(client).reconciled
    assert writes_seen(exchange) == ["com"]
    assert left(exchange) == 900


@pytest.mark.clause("WRITE-4")
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("answer", [answer.name for answer in VARIATIONS["V5"].answers])
def test_an_earlier_identical_transfer_is_told_from_the_lost_one_whichever_numbers_the_answer_shows(
    exchange: FakeExchange, client: Client, answer: str, phase: str
) -> None:
    exchange.change_profile(vary={"V5": answer})
    first = move(client)
    with exchange.fault("com", "empty", phase=phase, method="POST", times=1):
        second = move(client)
    assert second.reconciled == (phase == "after")
    assert not first.ids & second.ids
    assert left(exchange) == 800


@pytest.mark.clause("WRITE-4")
def test_an_identical_transfer_of_another_client_of_this_process_is_not_taken_either(
    exchange: FakeExchange, client: Client
) -> None:
    with make_client(exchange) as other:
        move(other)
    with exchange.fault("com", "empty", phase="before", method="POST", times=1):
        move(client)
    assert left(exchange) == 800


@pytest.mark.clause("WRITE-4")
@pytest.mark.parametrize(
    "other",
    [
        lambda c: c.transfer("USDT", 101, type="FUND_PFUTURES"),
        lambda c: c.transfer("USDT", 100, type="FUND_SFUTURES"),
        lambda c: c.transfer("USDT", 100, from_account="fund", to_account="spot"),
    ],
)
def test_a_different_transfer_in_the_records_settles_nothing(
    exchange: FakeExchange, client: Client, other: Act
) -> None:
    other(client)
    before = left(exchange)
    with exchange.fault("com", "empty", phase="before", method="POST", times=1):
        assert not move(client).reconciled
    assert left(exchange) == before - 100


def test_the_same_amount_in_other_words_is_the_same_transfer(exchange: FakeExchange, client: Client) -> None:
    with exchange.fault("com", "empty", phase="after", method="POST"):
        assert client.transfer("USDT", "100.00", from_account="fund", to_account="USDTMPerp").reconciled
    assert left(exchange) == 900


@pytest.mark.clause("WRITE-4")
def test_every_page_of_the_records_is_read(exchange: FakeExchange, client: Client) -> None:
    # The lost transfer is the oldest of 251 in the window: newest first, it stands on the third page.
    def crowd() -> None:
        for _ in range(250):
            client.transfer("USDT", "0.1", type="FUND_PFUTURES")

    unknown = lost(exchange, client, phase="after")
    crowd()
    exchange.clock.advance(6001)
    assert unknown.reconcile(client).reconciled
    assert left(exchange) == 875


def lost(exchange: FakeExchange, client: Client, *, phase: str, write: Act = move) -> OutcomeUnknown:
    """A write that was raised as unknown at once."""
    with (
        exchange.fault("com", "empty", phase=phase, method="POST"),
        pytest.raises(OutcomeUnknown) as unknown,
    ):
        write(client, on_unknown="raise")
    return unknown.value


@pytest.mark.clause("WRITE-7")
@WRITES
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_pickled_unknown_outcome_is_settled_by_another_client(
    exchange: FakeExchange, client: Client, write: Act, phase: str
) -> None:
    text = pickle.dumps(lost(exchange, client, phase=phase, write=write))
    assert b"alice" not in text
    PROCESS_WRITES.clear()  # as in a new process
    exchange.clock.advance(3_600_000)
    with make_client(exchange) as later:
        receipt = pickle.loads(text).reconcile(later)
    assert (receipt is not None) is (phase == "after")
    assert writes_seen(exchange) == ["com"], "settling sends nothing"


@pytest.mark.clause("WRITE-7")
def test_a_pickled_unknown_outcome_remembers_what_its_process_had_claimed(
    exchange: FakeExchange, client: Client
) -> None:
    move(client)
    text = pickle.dumps(lost(exchange, client, phase="before"))
    PROCESS_WRITES.clear()  # as in a new process
    with make_client(exchange) as later:
        assert pickle.loads(text).reconcile(later) is None


@pytest.mark.clause("WRITE-6")
@WRITES
def test_records_unreadable_until_the_deadline_leave_the_outcome_unknown(
    exchange: FakeExchange, client: Client, write: Act
) -> None:
    started_ms = exchange.clock.now_ms()
    with exchange.fault("*", "empty", phase="after"), pytest.raises(OutcomeUnknown) as unknown:
        write(client, deadline=30)
    assert writes_seen(exchange) == ["com"]
    assert 20_000 < exchange.clock.now_ms() - started_ms <= 30_000
    assert "records" in str(unknown.value)
    assert unknown.value.reconcile(client).reconciled


@pytest.mark.clause("WRITE-6")
@WRITES
def test_an_outage_that_ends_before_the_deadline_is_sat_out(
    exchange: FakeExchange, client: Client, write: Act
) -> None:
    with (
        exchange.fault("com", "empty", phase="after", method="POST"),
        exchange.fault("*", "empty", method="GET", times=12),
    ):
        assert write(client).reconciled
    assert left(exchange) == 900


@pytest.mark.clause("WRITE-5")
def test_what_certainly_did_not_happen_by_the_deadline_is_no_unknown_outcome(
    exchange: FakeExchange, client: Client
) -> None:
    with (
        exchange.fault("*", "empty", phase="before", method="POST"),
        pytest.raises(TransportError, match="nothing happened"),
    ):
        move(client, deadline=100)
    assert left(exchange) == 1000
    assert len(writes_seen(exchange)) > 1


@pytest.mark.clause("WRITE-6")
def test_a_write_is_not_sent_again_where_settling_it_took_too_long_to_be_done_twice(
    exchange: FakeExchange,
) -> None:
    # Each read waits a second in vain for .com: 9 s together, so that 17.5 s are not enough for two.
    PROCESS_WRITES.clear()
    with (
        make_client(exchange, timeout=IMPATIENT_S) as client,
        exchange.fault("com", "empty", phase="before", method="POST"),
        exchange.fault("com", "timeout", method="GET"),
        pytest.raises(TransportError, match="nothing happened"),
    ):
        move(client, deadline=17.5)
    assert writes_seen(exchange) == ["com"]


@pytest.mark.clause("WRITE-2")
@WRITES
@pytest.mark.parametrize(
    "code",
    [100001, 100004, 100202, 100400, 100403, 100404, 100410, 100412, 100413, 100419, 100437, 100441, 100450],
)
def test_a_definite_refusal_is_raised_and_nothing_is_looked_up(
    exchange: FakeExchange, client: Client, write: Act, code: int
) -> None:
    with exchange.fault("com", "business-error", code=code), pytest.raises(APIError) as refusal:
        write(client)
    assert refusal.value.code == code
    assert len(exchange.requests) == 1


@pytest.mark.clause("WRITE-2")
@pytest.mark.parametrize("code", [100500, 100204, 100440, 123456])
def test_any_other_code_is_looked_up_in_the_records(
    exchange: FakeExchange, client: Client, code: int
) -> None:
    with exchange.fault("com", "business-error", code=code, method="POST", times=1):
        move(client)
    assert left(exchange) == 900
    assert writes_seen(exchange) == ["com", "com"]


def test_a_refusal_on_the_second_sending_is_definite(exchange: FakeExchange, client: Client) -> None:
    with (
        exchange.fault("com", "empty", phase="before", method="POST", times=1),
        pytest.raises(InsufficientBalance),
    ):
        client.transfer("USDT", 1001, type="FUND_PFUTURES")
    assert left(exchange) == 1000


@pytest.mark.parametrize(("status", "error"), [(4, OutcomeUnknown), (5, APIError)])
def test_a_record_that_is_not_completed_is_reported_as_it_is(
    exchange: FakeExchange, client: Client, status: int, error: type[Exception]
) -> None:
    unknown = lost(exchange, client, phase="after", write=send)
    state = exchange.state
    state["inner_transfers"][0]["status"] = status
    exchange.load(state)
    with pytest.raises(error, match=f"status {status}"):
        unknown.reconcile(client)


@pytest.mark.clause("WRITE-3")
@pytest.mark.departs("clock-off")
def test_a_clock_that_the_exchange_does_not_share_delays_but_does_not_mislead(
    exchange: FakeExchange,
) -> None:
    PROCESS_WRITES.clear()
    with (
        make_client(exchange, behind_ms=-4000) as ahead,
        exchange.fault("com", "empty", phase="after", method="POST"),
    ):
        assert move(ahead).reconciled
    assert left(exchange) == 900


@pytest.mark.parametrize("behind_ms", [600_000, -600_000])
@pytest.mark.clause("TIME-7")
def test_a_clock_off_by_ten_minutes_costs_one_extra_call(
    exchange: FakeExchange, caplog: pytest.LogCaptureFixture, behind_ms: int
) -> None:
    with make_client(exchange, behind_ms=behind_ms) as client:
        assert client.spot_balance()
        assert move(client)
        assert client.fund_balance()
    assert [entry["code"] for entry in exchange.requests] == [100421, 0, 0, 0, 0]
    (warning,) = [message for message in caplog.messages if "clock" in message]
    assert warning.startswith("this clock is 600000 ms")


@pytest.mark.clause("TIME-7")
def test_a_write_refused_for_its_timestamp_is_sent_once_more_and_then_raised(
    exchange: FakeExchange, client: Client
) -> None:
    with (
        exchange.fault("com", "business-error", code=100421, method="POST"),
        pytest.raises(APIError) as refusal,
    ):
        move(client)
    assert refusal.value.code == 100421
    assert len(writes_seen(exchange)) == 2


def test_a_write_refused_everywhere_before_it_was_delivered_did_not_happen(
    exchange: FakeExchange, client: Client
) -> None:
    with exchange.fault("*", "refuse"), pytest.raises(TransportError):
        move(client)
    assert left(exchange) == 1000


@pytest.mark.parametrize("path", [TRANSFER])
def test_a_key_that_may_not_read_cannot_settle_and_says_so(exchange: FakeExchange, path: str) -> None:
    PROCESS_WRITES.clear()
    state = exchange.state
    state["users"][0]["keys"][0]["permissions"] = ["transfer"]
    exchange.load(state)
    with (
        make_client(exchange) as client,
        exchange.fault("com", "empty", phase="after", path=path),
        pytest.raises(OutcomeUnknown, match="100004"),
    ):
        move(client)
    assert left(exchange) == 900
    assert len(writes_seen(exchange)) == 1
