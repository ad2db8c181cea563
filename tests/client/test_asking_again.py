"""A lost write is settled the same way however often, in whatever order and by whichever process one asks."""

import itertools
import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from support.clients import make_client
from support.sender import ALICE, BOB, TRANSFER, Sender

from bingx_client import Client, OutcomeUnknown, ProtocolError, settling
from bingx_client.calls import Account
from bingx_client.decode import read_answer
from bingx_client.plans import transfer_plan
from bingx_client.writes import PROCESS_WRITES
from bingx_fake import FakeExchange

Act = Callable[..., Any]


@pytest.fixture
def client(exchange: FakeExchange, timeout_s: float) -> Iterator[Client]:
    """A client on the exchange's frozen clock, whose sleep advances it."""
    PROCESS_WRITES.clear()
    with make_client(exchange, timeout=timeout_s) as patient:
        yield patient


def move(client: Client, **options: Any) -> Any:
    return client.transfer("USDT", 100, type="FUND_PFUTURES", **options)


def send(client: Client, **options: Any) -> Any:
    return client.inner_transfer(coin="USDT", amount=100, user_account=BOB, **options)


WRITES = pytest.mark.parametrize("write", [move, send], ids=["transfer", "inner transfer"])


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


ORDERS = list(itertools.permutations(range(3)))


@pytest.mark.clause("WRITE-8", "WRITE-11")
@pytest.mark.parametrize("happened", list(itertools.product([False, True], repeat=3)), ids=str)
def test_identical_lost_writes_have_their_answers_in_any_order_and_process(
    exchange: FakeExchange, client: Client, happened: Sequence[bool]
) -> None:
    lost = []
    for took_effect in happened:
        lost.append(pickle.dumps(lose(exchange, client, happened=took_effect)))
        exchange.clock.advance(1000)
    exchange.clock.advance(10_000)
    seen = set()
    for order in ORDERS:
        PROCESS_WRITES.clear()
        here = {number: ids(pickle.loads(lost[number]).reconcile(client)) for number in order}
        again = {number: ids(pickle.loads(lost[number]).reconcile(client)) for number in reversed(order)}
        assert here == again
        seen.add(tuple(here[number] for number in range(3)))
    alone = tuple(ids(in_another_process(text).reconcile(client)) for text in lost)
    assert seen == {alone}
    found = [answer for answer in alone if answer is not None]
    assert len(found) == len(set(found)) == sum(happened)


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
    account = Account.of("prod-vst", "key", "secret", None, 5000)
    row = f'{{{named}"transferId":"7","asset":"USDT","amount":"100","status":"CONFIRMED","timestamp":1}}'
    page = transfer_plan(account, SENT).page(0, 0)
    answer = read_answer("GET /records", 200, f'{{"total":1,"rows":[{row}]}}'.encode())
    with pytest.raises(ProtocolError, match="the record 7 says neither its accounts nor a known type"):
        page.decode(answer)


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
