"""The ids of transfers: odd, beyond 2^53, growing, and never one that is taken."""

from collections.abc import Callable
from typing import Any

import pytest
import requests
from support.sender import BOB, INNER_TRANSFER, NOW_MS, TRANSFER, Sender

from bingx_fake import FakeExchange
from bingx_fake.books.ids import transfer_id_of


def made(sender: Sender, count: int) -> list[int]:
    """The ids of so many transfers, every second one to another user."""
    move = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "0.1"}
    give = {"coin": "USDT", "amount": "0.1", "userAccountType": 1, "userAccount": BOB, "walletType": 1}
    return [
        int(sender.post(INNER_TRANSFER, **give).data["id"])
        if number % 2
        else int(sender.post(TRANSFER, **move).data["tranId"])
        for number in range(count)
    ]


def test_every_id_is_odd_and_beyond_what_a_float_holds_exactly(sender: Sender) -> None:
    # An even number may survive a float by luck, and then hide a reader that takes ids for floats.
    ids = made(sender, 30)
    assert {number % 2 for number in ids} == {1}
    assert min(ids) > 2**53


def test_ids_grow(sender: Sender) -> None:
    ids = made(sender, 30)
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("taken", [9_000_000_000_000_000_000, 9_000_000_000_000_000_001])
def test_ids_go_on_odd_above_the_largest_of_a_loaded_history(
    sender: Sender, exchange: FakeExchange, taken: int
) -> None:
    made(sender, 1)
    state = exchange.state
    state["transfers"][0]["id"] = taken
    exchange.load(state)
    ids = made(sender, 10)
    assert min(ids) > taken
    assert {number % 2 for number in ids} == {1}


def both(sender: Sender) -> tuple[str, str]:
    """The tranId and the transferId of a transfer that is made now."""
    answer = sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="0.1").data
    return answer["tranId"], answer["transferId"]


@pytest.mark.parametrize("how", ["reset", "load", "load what there is", "PUT /state", "POST /reset"])
def test_one_exchange_gives_no_id_twice(sender: Sender, exchange: FakeExchange, how: str) -> None:
    start, given = exchange.state, []
    back: dict[str, Callable[[], Any]] = {
        "reset": exchange.reset,
        "load": lambda: exchange.load(start),
        "load what there is": lambda: exchange.load(exchange.state),
        "PUT /state": lambda: requests.put(f"{exchange.control_url}/state", json=start, timeout=10),
        "POST /reset": lambda: requests.post(f"{exchange.control_url}/reset", timeout=10),
    }
    for _ in range(3):
        given += [*both(sender), *both(sender), *map(str, made(sender, 2))]
        back[how]()
        exchange.clock.freeze(NOW_MS)
    assert len(set(given)) == len(given)


def test_a_reset_may_begin_the_sequence_again(sender: Sender, exchange: FakeExchange) -> None:
    first = both(sender)
    exchange.reset(ids="restart")
    exchange.clock.freeze(NOW_MS)
    assert both(sender) == first


def test_a_new_exchange_of_the_same_seed_repeats_the_sequence() -> None:
    def begun(seed: int) -> tuple[str, str]:
        with FakeExchange(frozen_at_ms=NOW_MS, seed=seed) as exchange:
            return both(Sender(exchange))

    assert begun(7) == begun(7) != begun(8)


def test_a_reset_asked_for_something_else_changes_nothing(sender: Sender, exchange: FakeExchange) -> None:
    both(sender)
    before = exchange.state
    with pytest.raises(ValueError, match="'anew' is neither 'keep' nor 'restart'"):
        exchange.reset(ids="anew")  # type: ignore[arg-type]  # what the test is about
    assert exchange.state == before


def test_no_transfer_gets_a_number_that_a_loaded_history_has(sender: Sender, exchange: FakeExchange) -> None:
    with FakeExchange(frozen_at_ms=NOW_MS) as other:
        coming = [both(Sender(other)) for _ in range(4)]
        state = other.state
    exchange.reset(ids="restart")
    state["transfers"] = [
        row | {"id": number, "transfer_id": transfer_id}
        for number, (row, transfer_id) in enumerate(
            zip(state["transfers"][:3], (coming[0][1], coming[1][0], coming[2][1]), strict=True), start=1
        )
    ]
    exchange.load(state)
    exchange.clock.freeze(NOW_MS)
    assert both(sender) == coming[3]


def test_the_other_number_is_one_of_22_digits_for_every_id_that_is_given() -> None:
    ids = [1_800_000_000_000_000_003, 1_800_000_000_000_000_005, 2**63 - 1]
    others = {transfer_id_of(number) for number in ids}
    assert {len(str(other)) for other in others} == {22}
    assert len(others) == len(ids)
