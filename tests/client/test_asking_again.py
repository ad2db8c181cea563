"""A lost write is settled the same way however often, in whatever order and by whichever process one asks."""

import itertools
import pickle
from collections.abc import Sequence
from typing import Any

import pytest
from client.moving import WRITES, Act, move, send
from support.clients import make_client
from support.sender import ALICE, TRANSFER, TRANSFER_RECORDS, Sender

from bingx_client import Client, OutcomeUnknown, ProtocolError
from bingx_client.calls.spot_account.plans import transfer_plan
from bingx_client.flow import settling
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_client.wire.decode import read_answer
from bingx_fake import FakeExchange


def lose(exchange: FakeExchange, client: Client, *, happened: bool, write: Act = move) -> OutcomeUnknown:
    """A write that was raised as unknown at once."""
    phase = "after" if happened else "before"
    with (
        exchange.fault("com", "empty", phase=phase, method="POST"),
        pytest.raises(OutcomeUnknown) as unknown,
    ):
        write(client, on_unknown="raise")
    return unknown.value


def ids(receipt: Any) -> frozenset[str] | None:
    if receipt is None:
        return None
    return receipt.ids if hasattr(receipt, "ids") else frozenset({receipt.id})


def in_another_process(text: bytes) -> OutcomeUnknown:
    """What was pickled, where nothing is known of what this process did since."""
    PROCESS_WRITES.clear()
    unknown = pickle.loads(text)
    assert isinstance(unknown, OutcomeUnknown)
    return unknown


@pytest.mark.clause("WRITE-11")
@WRITES
@pytest.mark.parametrize("happened", [False, True])
def test_the_same_question_has_the_same_answer_here_from_a_pickle_and_elsewhere(
    exchange: FakeExchange, client: Client, write: Act, happened: bool
) -> None:
    unknown = lose(exchange, client, happened=happened, write=write)
    text = pickle.dumps(unknown)
    answers = [ids(unknown.reconcile(client)) for _ in range(3)]
    answers += [ids(pickle.loads(text).reconcile(client)) for _ in range(2)]
    answers += [ids(in_another_process(text).reconcile(client)) for _ in range(2)]
    assert len(set(answers)) == 1
    assert (answers[0] is not None) is happened


@pytest.mark.clause("WRITE-11")
def test_what_was_told_not_to_have_happened_stays_so_when_it_is_then_sent_again(
    exchange: FakeExchange, client: Client
) -> None:
    unknown = lose(exchange, client, happened=False)
    text = pickle.dumps(unknown)
    assert unknown.reconcile(client) is None
    move(client)
    assert unknown.reconcile(client) is None
    assert in_another_process(text).reconcile(client) is None


@pytest.mark.clause("WRITE-8", "WRITE-11")
@pytest.mark.departs("clock-off")
@pytest.mark.parametrize("behind_ms", [0, 3000])
@pytest.mark.parametrize("apart_ms", [0, 2000, 7000])
@pytest.mark.parametrize("happened", list(itertools.product([False, True], repeat=3)), ids=str)
def test_of_identical_lost_writes_as_many_are_found_as_there_are_records_in_any_order(
    exchange: FakeExchange, happened: Sequence[bool], apart_ms: int, behind_ms: int
) -> None:
    with make_client(exchange, behind_ms=behind_ms) as client:
        lost = []
        for took_effect in happened:
            lost.append(pickle.dumps(lose(exchange, client, happened=took_effect)))
            exchange.clock.advance(apart_ms)
        exchange.clock.advance(10_000)
        for order in itertools.permutations(range(3)):
            PROCESS_WRITES.clear()
            here = {number: ids(pickle.loads(lost[number]).reconcile(client)) for number in order}
            found = [answer for answer in here.values() if answer is not None]
            assert len(found) == len(set(found)) == sum(happened)
            again = {number: ids(pickle.loads(lost[number]).reconcile(client)) for number in reversed(order)}
            assert here == again


@pytest.mark.clause("WRITE-8")
def test_writes_that_are_lost_in_another_order_than_they_were_sent_each_have_a_record(
    exchange: FakeExchange,
) -> None:
    # The first is asked about last, as one whose answer was slow is. Its record is the only one of its time.
    PROCESS_WRITES.clear()
    with make_client(exchange, behind_ms=1000) as client:
        slow = lose(exchange, client, happened=True)
        exchange.clock.advance(6000)
        quick = lose(exchange, client, happened=True)
        exchange.clock.advance(10_000)
        found = {ids(quick.reconcile(client)), ids(slow.reconcile(client))}
    assert None not in found
    assert len(found) == 2


def ask_in_vain(exchange: FakeExchange, client: Client, unknown: OutcomeUnknown) -> bytes:
    """What a process that cannot read the records leaves behind for another."""
    with (
        exchange.fault("*", "business-error", code=100413, path=TRANSFER_RECORDS),
        pytest.raises(OutcomeUnknown, match="the records cannot be read") as still,
    ):
        unknown.reconcile(client)
    return pickle.dumps(still.value)


@pytest.mark.clause("WRITE-7", "WRITE-11")
def test_an_unknown_that_stays_unknown_carries_what_was_claimed_in_the_meantime(
    exchange: FakeExchange, client: Client
) -> None:
    unknown = lose(exchange, client, happened=False)
    move(client)
    assert in_another_process(ask_in_vain(exchange, client, unknown)).reconcile(client) is None


@pytest.mark.clause("WRITE-8", "WRITE-11")
def test_an_unknown_that_stays_unknown_carries_which_claims_another_lost_write_may_have_of_it(
    exchange: FakeExchange,
) -> None:
    # The quick one's time includes the slow one's record, and takes it; the slow one's own time has no other.
    PROCESS_WRITES.clear()
    with make_client(exchange, behind_ms=1000) as client:
        slow = lose(exchange, client, happened=True)
        exchange.clock.advance(6000)
        quick = lose(exchange, client, happened=True)
        exchange.clock.advance(10_000)
        found = {ids(quick.reconcile(client))}
        found.add(ids(in_another_process(ask_in_vain(exchange, client, slow)).reconcile(client)))
    assert None not in found
    assert len(found) == 2


@pytest.mark.clause("WRITE-7", "WRITE-11")
def test_asking_in_vain_leaves_the_error_that_was_asked_about_as_it_is(
    exchange: FakeExchange, client: Client
) -> None:
    unknown = lose(exchange, client, happened=False)
    before = pickle.dumps(unknown)
    move(client)
    ask_in_vain(exchange, client, unknown)
    assert pickle.dumps(unknown) == before


@pytest.mark.clause("WRITE-11")
@pytest.mark.parametrize("first_settle_ms", [0, 30_000])
def test_how_patient_the_asking_client_is_does_not_change_the_answer(
    exchange: FakeExchange, client: Client, first_settle_ms: int
) -> None:
    not_happened = lose(exchange, client, happened=False)
    exchange.clock.advance(13_000)
    happened = lose(exchange, client, happened=True)
    exchange.clock.advance(60_000)
    with make_client(exchange, settle_ms=first_settle_ms) as asking:
        assert not_happened.reconcile(asking) is None
        assert happened.reconcile(asking) is not None


@pytest.mark.clause("WRITE-11")
def test_a_lost_internal_transfer_that_was_repeated_under_its_client_id_is_found(
    exchange: FakeExchange, client: Client
) -> None:
    with exchange.fault("com", "empty", phase="after", method="POST"), pytest.raises(OutcomeUnknown) as lost:
        send(client, transfer_client_id="same", on_unknown="raise")
    repeated = send(client, transfer_client_id="same")
    assert lost.value.reconcile(client).id == repeated.id


@pytest.mark.clause("WRITE-4")
def test_a_client_that_names_the_domains_the_other_way_round_knows_the_same_exchange(
    exchange: FakeExchange, client: Client
) -> None:
    com, pro = exchange.base_urls
    with make_client(exchange, base_urls=(pro, com)) as turned:
        move(turned)
    with exchange.fault("com", "empty", phase="before", method="POST", times=1):
        assert not move(client).reconciled


@pytest.mark.clause("WRITE-11")
def test_what_another_account_s_records_say_is_not_said_of_this_one(
    exchange: FakeExchange, client: Client
) -> None:
    unknown = lose(exchange, client, happened=True)
    exchange.clock.advance(10_000)
    with make_client(exchange, user="bob") as bob:
        assert unknown.reconcile(bob) is None
    assert unknown.reconcile(client) is not None


@pytest.mark.clause("WRITE-11")
def test_a_record_that_is_pending_settles_nothing_until_it_is_final(
    exchange: FakeExchange, client: Client
) -> None:
    unknown = lose(exchange, client, happened=True, write=send)

    def review(status: int) -> None:
        state = exchange.state
        state["inner_transfers"][0]["status"] = status
        exchange.load(state)

    review(4)
    for _ in range(3):
        with pytest.raises(OutcomeUnknown, match="status 4") as pending:
            unknown.reconcile(client)
        with pytest.raises(OutcomeUnknown, match="status 4"):
            pending.value.reconcile(client)
    review(6)
    assert unknown.reconcile(client).reconciled
    assert pending.value.reconcile(client) == unknown.reconcile(client)


@pytest.mark.clause("WRITE-4")
def test_a_record_that_names_only_a_type_of_the_other_direction_settles_nothing(
    exchange: FakeExchange, client: Client
) -> None:
    # S's rows have a type and no accounts, and an exchange that knows only a type ignores the accounts.
    exchange.change_profile("skill", {"V12": "type"})
    Sender(exchange).post(TRANSFER, type="PFUTURES_FUND", asset="USDT", amount=100)
    with exchange.fault("com", "empty", phase="before", method="POST", times=1):
        assert not move(client).reconciled
    assert exchange.balance(ALICE, "USDTMPerp", "USDT").free == 100


@pytest.mark.clause("WRITE-4")
def test_a_record_that_names_only_the_right_type_settles_it(exchange: FakeExchange, client: Client) -> None:
    exchange.change_profile("skill", {"V12": "type"})
    with exchange.fault("com", "empty", phase="after", method="POST", times=1):
        assert move(client).reconciled


SENT = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "100"}


@pytest.mark.clause("WRITE-6")
@pytest.mark.parametrize("named", ["", '"type":"FUND_NOWHERE",', '"fromAccount":"fund",'])
def test_a_record_that_does_not_say_its_direction_cannot_be_read(named: str) -> None:
    row = f'{{{named}"transferId":"7","asset":"USDT","amount":"100","status":"CONFIRMED","timestamp":1}}'
    page = transfer_plan(SENT).page(0, 0)
    answer = read_answer("GET /records", 200, f'{{"total":1,"rows":[{row}]}}'.encode())
    with pytest.raises(ProtocolError, match="the record 7 says neither its accounts nor a known type"):
        page.read(answer)


@pytest.mark.clause("WRITE-6")
@pytest.mark.parametrize("pages", [2, 3])
def test_pages_that_do_not_end_prove_nothing(
    exchange: FakeExchange, client: Client, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    # Newest first, the lost transfer of 251 stands on the third page; a fourth would end them.
    monkeypatch.setattr(settling, "_MOST_PAGES", pages)
    unknown = lose(exchange, client, happened=True)
    for _ in range(250):
        client.transfer("USDT", "0.1", type="FUND_PFUTURES")
    with pytest.raises(OutcomeUnknown, match=f"they have not ended after {pages} pages"):
        unknown.reconcile(client)


@pytest.mark.clause("WRITE-10")
@WRITES
@pytest.mark.parametrize("kind", ["http-error", "html-error", "malformed"])
@pytest.mark.parametrize("happened", [False, True])
def test_a_domain_that_answers_nonsense_does_not_keep_the_other_from_telling(
    exchange: FakeExchange, client: Client, write: Act, kind: str, happened: bool
) -> None:
    exchange.change_profile(strict=True)
    unknown = lose(exchange, client, happened=happened, write=write)
    with exchange.fault("com", kind):
        assert (unknown.reconcile(client) is not None) is happened
    domains = [entry["domain"] for entry in exchange.requests if entry["method"] == "GET"]
    assert domains == ["com", "pro"] * (len(domains) // 2)


@pytest.mark.parametrize("kind", ["redirect", "business-error", "rate-limit"])
def test_a_domain_that_refuses_or_redirects_is_not_gone_around(
    exchange: FakeExchange, client: Client, kind: str
) -> None:
    unknown = lose(exchange, client, happened=True)
    with exchange.fault("com", kind), pytest.raises(OutcomeUnknown):
        unknown.reconcile(client)
    assert {entry["domain"] for entry in exchange.requests} == {"com"}
