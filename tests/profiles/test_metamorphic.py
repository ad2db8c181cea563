"""Whatever shape answers come in, the client reads the same from them: the ledger's truth."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clients import make_client
from support.history import key
from support.sender import ALICE, BOB, NOW_MS

from bingx_client import Client
from bingx_client.flow.writes import PROCESS_WRITES
from bingx_contracts import OVERVIEW_TYPES, PROFILES, VARIATIONS
from bingx_fake import FakeExchange

SHAPES = ("V5", "V7", "V8", "V9", "V10", "V13", "V14", "V21")
"""Variations that change how an answer looks, and nothing that it says."""

ACCOUNTS = ["fund", "spot", "stdFutures", "coinMPerp", "USDTMPerp"]
EVERY_ANSWER = [(shape, answer.name) for shape in SHAPES for answer in VARIATIONS[shape].answers]


class Move(NamedTuple):
    """A transfer between own accounts, or to bob where ``target`` is None."""

    asset: str
    amount: str
    source: str
    target: str | None


amounts = st.decimals("0.00000000000000000001", "0.2", places=20).map(lambda amount: f"{amount:f}")
own = st.tuples(st.sampled_from(["USDT", "BTC"]), amounts, st.permutations(ACCOUNTS)).map(
    lambda drawn: Move(drawn[0], drawn[1], drawn[2][0], drawn[2][1])
)
to_bob = amounts.map(lambda amount: Move("USDT", amount, "fund", None))
histories = st.lists(own | to_bob, max_size=6)
combinations = st.fixed_dictionaries(
    {shape: st.sampled_from([answer.name for answer in VARIATIONS[shape].answers]) for shape in SHAPES}
)


@pytest.fixture(scope="module")
def rich() -> Iterator[FakeExchange]:
    """An exchange in which alice has plenty of everything everywhere."""
    plenty = {account: {"USDT": "1000", "BTC": {"free": "5", "locked": "0.1"}} for account in ACCOUNTS}
    state = {
        "users": [
            {"uid": ALICE, "keys": [key("alice")], "balances": plenty},
            {"uid": BOB, "keys": [], "balances": {}},
        ],
        "prices": {"BTC": "60000"},
        "coins": {"USDT": "Tether USD", "BTC": "Bitcoin"},
    }
    with FakeExchange(state, frozen_at_ms=NOW_MS) as exchange:
        yield exchange


def play(exchange: FakeExchange, client: Client, history: list[Move]) -> list[str]:
    """Make the moves and give the ids that the client was told."""
    told = []
    for move in history:
        exchange.clock.advance(ms=7)
        if move.target is None:
            sent = client.inner_transfer(coin=move.asset, amount=move.amount, user_account=BOB)
            told.append(sent.id)
        else:
            made = client.transfer(move.asset, move.amount, from_account=move.source, to_account=move.target)
            told.append(made.transfer_id)
    return told


def held(state: dict[str, Any], account: str) -> dict[str, tuple[Decimal, Decimal]]:
    """What alice's account holds according to the books."""
    balances: dict[str, tuple[Decimal, Decimal]] = {}
    for asset, amount in state["users"][0]["balances"].get(account, {}).items():
        parts = amount if isinstance(amount, dict) else {"free": amount, "locked": "0"}
        balances[asset] = (Decimal(parts["free"]), Decimal(parts["locked"]))
    return balances


def check_everything(exchange: FakeExchange, client: Client, told: list[str]) -> None:
    """Every read of the client against the books."""
    state = exchange.state
    for account, read in (("spot", client.spot_balance()), ("fund", client.fund_balance())):
        assert {asset: (row.free, row.locked) for asset, row in read.items()} == held(state, account)
    worth = {entry.account_type: entry.usdt_balance for entry in client.account_overview()}
    assert set(worth) == set(OVERVIEW_TYPES)
    fund_and_spot = [*held(state, "fund").items(), *held(state, "spot").items()]
    prices = {"USDT": 1, "BTC": 60_000}
    exact = sum((prices[asset] * (free + locked) for asset, (free, locked) in fund_and_spot), Decimal(0))
    assert abs(worth["sopt"] - exact) < Decimal("1e-14")
    own_rows = [
        (str(row.get("transfer_id", row["id"])), row["asset"], Decimal(row["amount"]))
        for row in state.get("transfers", [])
    ]
    records = client.transfer_records(page_size=100).rows
    assert sorted((row.transfer_id, row.asset, row.amount) for row in records) == sorted(own_rows)
    older = client.transfers(type="FUND_PFUTURES", size=100).rows
    assert {row.tran_id for row in older} == {
        str(row["id"])
        for row in state.get("transfers", [])
        if (row["from"], row["to"]) == ("fund", "USDTMPerp")
    }
    inner = client.inner_transfer_records(coin="USDT").rows
    sent_rows = [(str(row["id"]), Decimal(row["amount"])) for row in state.get("inner_transfers", [])]
    assert sorted((row.id, row.amount) for row in inner) == sorted(sent_rows)
    assert sorted(told) == sorted(identity for identity, *_ in [*own_rows, *sent_rows])
    assert [coin.coin for coin in client.transferable_coins()] == ["USDT", "BTC"]


def begin(exchange: FakeExchange, answers: dict[str, str]) -> None:
    exchange.reset(ids="restart")
    PROCESS_WRITES.clear()
    exchange.change_profile(vary=answers)


HISTORY = [
    Move("USDT", "0.00000000000000000001", "fund", "USDTMPerp"),
    Move("BTC", "0.1", "fund", "spot"),
    Move("USDT", "1.50", "fund", None),
]


@pytest.mark.parametrize(("variation", "answer"), EVERY_ANSWER)
def test_each_answer_alone_is_read_as_the_truth(rich: FakeExchange, variation: str, answer: str) -> None:
    begin(rich, {variation: answer})
    with make_client(rich, timeout=30) as client:
        check_everything(rich, client, play(rich, client, HISTORY))


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_is_read_as_the_truth(rich: FakeExchange, profile: str) -> None:
    begin(rich, dict(PROFILES[profile].answers))
    with make_client(rich, timeout=30) as client:
        check_everything(rich, client, play(rich, client, HISTORY))


@given(history=histories, answers=combinations)
def test_any_history_in_any_combination_of_shapes_is_read_as_the_truth(
    rich: FakeExchange, history: list[Move], answers: dict[str, str]
) -> None:
    begin(rich, answers)
    with make_client(rich, timeout=30) as client:
        check_everything(rich, client, play(rich, client, history))
