"""The ids of transfers: odd, beyond 2^53, growing, and never one that is taken."""

import pytest
from support.sender import BOB, INNER_TRANSFER, TRANSFER, Sender

from bingx_fake import FakeExchange


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
