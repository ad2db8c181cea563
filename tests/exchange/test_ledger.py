"""The books: conservation, no negative balance, refusal without a trace. Against a plain model."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bingx_fake.agenda import Agenda
from bingx_fake.books.accounts import Balance, InsufficientBalance
from bingx_fake.books.history import InnerTransfer, Transfer
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.movements import Movements, teach_movements

ACCOUNTS = ("fund", "spot", "USDTMPerp")
ASSETS = ("USDT", "BTC")
UIDS = (1, 2)

amounts = st.decimals(min_value=0, max_value=1000, places=20).filter(lambda amount: amount > 0)
moves = st.tuples(
    st.sampled_from(
        ["credit", "debit", "lock", "unlock", "transfer", "inner", "transfer later", "inner later"]
    ),
    st.sampled_from(UIDS),
    st.permutations(ACCOUNTS),
    st.sampled_from(ASSETS),
    amounts,
    st.integers(0, 10),
)
Place = tuple[int, str, str]


class Model:
    """A dict of free and one of locked amounts, in units of 1e-20, and a list of what is pending."""

    def __init__(self) -> None:
        self.free: dict[Place, int] = {}
        self.locked: dict[Place, int] = {}
        self.pending: list[tuple[int, Place, Place, int]] = []

    def shift(self, book: dict[Place, int], place: Place, by: int) -> None:
        book[place] = book.get(place, 0) + by

    def commit(self, now_ms: int) -> None:
        for due_ms, here, there, units in self.pending:
            if due_ms <= now_ms:
                self.shift(self.locked, here, -units)
                self.shift(self.free, there, units)
        self.pending = [pending for pending in self.pending if pending[0] > now_ms]

    def available(self, kind: str, here: Place) -> int:
        if kind != "unlock":
            return self.free.get(here, 0)
        return self.locked.get(here, 0) - sum(units for _, payer, _, units in self.pending if payer == here)

    def move(
        self, kind: str, uid: int, source: str, target: str, asset: str, units: int, due_ms: int
    ) -> bool:
        here, there = (uid, source, asset), (uid, target, asset)
        other = (3 - uid, "fund", asset)
        if kind == "credit":
            self.shift(self.free, here, units)
            return True
        if self.available(kind, here) < units:
            return False
        self.shift(self.locked if kind == "unlock" else self.free, here, -units)
        match kind:
            case "lock":
                self.shift(self.locked, here, units)
            case "unlock":
                self.shift(self.free, here, units)
            case "transfer":
                self.shift(self.free, there, units)
            case "inner":
                self.shift(self.free, other, units)
            case "transfer later" | "inner later":
                self.shift(self.locked, here, units)
                self.pending.append((due_ms, here, there if kind == "transfer later" else other, units))
        return True


def _apply(
    ledger: Ledger,
    moves: Movements,
    kind: str,
    uid: int,
    source: str,
    target: str,
    asset: str,
    amount: Decimal,
    record_id: int,
    due_ms: int,
) -> bool:
    moves = moves.due(due_ms) if kind.endswith("later") else moves
    try:
        match kind.split()[0]:
            case "transfer":
                moves.transfer(Transfer(record_id, uid, asset, amount, source, target, record_id))
            case "inner":
                inner = InnerTransfer(record_id, uid, 3 - uid, asset, amount, source, "", record_id, 6)
                moves.inner_transfer(inner, to_account="fund")
            case _:
                getattr(ledger, kind)(uid, source, asset, amount)
    except InsufficientBalance:
        return False
    return True


def _snapshot(ledger: Ledger) -> object:
    books = {(uid, account): dict(held) for uid, account, held in ledger.books()}
    return books, list(ledger.all_transfers()), list(ledger.all_inner_transfers())


@given(st.lists(moves, max_size=40))
def test_the_books_agree_with_a_plain_model_and_conserve_every_asset(history: list[tuple]) -> None:  # type: ignore[type-arg]  # a drawn tuple
    ledger, agenda, model = Ledger(), Agenda(), Model()
    teach_movements(agenda, ledger)
    moves = Movements(ledger, agenda)
    for now_ms, (kind, uid, (source, target, _), asset, amount, later_ms) in enumerate(history, start=1):
        due_ms = now_ms + later_ms
        agenda.run(now_ms)
        model.commit(now_ms)
        before = _snapshot(ledger)
        units = int(amount.scaleb(20))
        expected = model.move(kind, uid, source, target, asset, units, due_ms)
        assert _apply(ledger, moves, kind, uid, source, target, asset, amount, now_ms, due_ms) == expected
        if not expected:
            assert _snapshot(ledger) == before, "a refusal left a trace"
        ledger.assert_conserved()
        for uid_, account, held in ledger.books():
            for asset_, balance in held.items():
                place = (uid_, account, asset_)
                assert int(balance.free.scaleb(20)) == model.free.get(place, 0)
                assert int(balance.locked.scaleb(20)) == model.locked.get(place, 0)


def test_the_smallest_amount_is_kept_beside_the_largest() -> None:
    ledger = Ledger()
    ledger.credit(1, "fund", "USDT", Decimal(999999999999999999999999999999))
    ledger.credit(1, "fund", "USDT", Decimal("0.00000000000000000001"))
    assert ledger.balance(1, "fund", "USDT").free == Decimal(
        "999999999999999999999999999999.00000000000000000001"
    )


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "0.000000000000000000001"])
def test_what_is_no_amount_is_refused_and_changes_nothing(amount: str) -> None:
    ledger = Ledger()
    ledger.credit(1, "fund", "USDT", Decimal(5))
    with pytest.raises(ValueError, match="amount"):
        ledger.debit(1, "fund", "USDT", Decimal(amount))
    assert ledger.balance(1, "fund", "USDT") == Balance(Decimal(5))


def test_an_amount_beyond_all_bounds_is_simply_not_there() -> None:
    ledger = Ledger()
    with pytest.raises(InsufficientBalance):
        ledger.debit(1, "fund", "USDT", Decimal(10) ** 5000)


def test_issuing_beyond_what_the_books_can_add_exactly_is_refused() -> None:
    ledger = Ledger()
    ledger.credit(1, "fund", "USDT", Decimal("9" * 30))
    with pytest.raises(ValueError, match="1e30"):
        ledger.credit(2, "fund", "USDT", Decimal(1))
    ledger.assert_conserved()


def test_only_what_is_free_moves() -> None:
    ledger = Ledger()
    ledger.credit(1, "fund", "USDT", Decimal(10))
    ledger.lock(1, "fund", "USDT", Decimal(6))
    with pytest.raises(InsufficientBalance):
        ledger.transfer(Transfer(1, 1, "USDT", Decimal(5), "fund", "spot", at_ms=0))
    assert ledger.balance(1, "fund", "USDT") == Balance(Decimal(4), Decimal(6))


def test_history_is_found_by_time_even_where_the_clock_went_back() -> None:
    ledger = Ledger()
    ledger.credit(1, "fund", "USDT", Decimal(10))
    for record_id, at_ms in enumerate([50, 10, 30, 30], start=1):
        ledger.transfer(Transfer(record_id, 1, "USDT", Decimal(1), "fund", "spot", at_ms=at_ms))
    total, page = ledger.transfers(1, start_ms=10, end_ms=30, size=2)
    assert total == 3
    assert [transfer.id for transfer in page] == [4, 3]
    assert [transfer.id for transfer in ledger.transfers(1, skip=2, size=5)[1]] == [3, 2]


def test_nothing_is_found_beyond_the_last_page_or_in_an_empty_period() -> None:
    ledger = Ledger()
    ledger.credit(1, "fund", "USDT", Decimal(10))
    ledger.transfer(Transfer(1, 1, "USDT", Decimal(1), "fund", "spot", at_ms=5))
    assert ledger.transfers(1, skip=10, size=10) == (1, [])
    assert ledger.transfers(1, start_ms=6, size=10) == (0, [])
    assert ledger.transfers(1, start_ms=6, end_ms=4, size=10) == (0, [])


def test_a_pending_transfer_is_made_when_it_is_due_and_not_before() -> None:
    ledger, agenda = Ledger(), Agenda()
    teach_movements(agenda, ledger)
    ledger.credit(1, "fund", "USDT", Decimal(10))
    for record_id, due_ms in enumerate([70, 50, 60, 50], start=1):
        transfer = Transfer(record_id, 1, "USDT", Decimal(2), "fund", "spot", at_ms=1)
        Movements(ledger, agenda).due(due_ms).transfer(transfer)
    assert ledger.balance(1, "fund", "USDT") == Balance(Decimal(2), Decimal(8))
    agenda.run(49)
    assert list(ledger.all_transfers()) == []
    agenda.run(60)
    assert [transfer.id for transfer in ledger.all_transfers()] == [2, 4, 3], (
        "in order of time, then of arrival"
    )
    assert ledger.balance(1, "spot", "USDT").free == 6
    assert [record.id for record in ledger.pending()] == [1]
    agenda.run(1000)
    assert ledger.pending() == []
    assert ledger.balance(1, "fund", "USDT") == Balance(Decimal(2))


def test_what_is_kept_for_a_pending_transfer_cannot_be_unlocked() -> None:
    ledger = Ledger()
    ledger.credit(1, "fund", "USDT", Decimal(10))
    ledger.lock(1, "fund", "USDT", Decimal(3))
    pending = Transfer(1, 1, "USDT", Decimal(5), "fund", "spot", at_ms=9)
    ledger.transfer(pending, pending=True)
    with pytest.raises(InsufficientBalance, match="5 USDT is kept for transfers under way"):
        ledger.unlock(1, "fund", "USDT", Decimal(4))
    ledger.unlock(1, "fund", "USDT", Decimal(3))
    ledger.make(pending)
    assert ledger.balance(1, "fund", "USDT") == Balance(Decimal(5))
