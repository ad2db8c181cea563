"""The books, one rule at a time: what each movement posts, and what is refused without a trace."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from support.records import inner, transfer

from bingx_fake.agenda import Agenda
from bingx_fake.books.accounts import CONTROL, Balance, InsufficientBalance, Line
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.movements import Movements, teach_movements

MOST = Decimal("9" * 30)
ONE_LESS = Decimal("9" * 29 + "8")
BEYOND = Decimal(10) ** 30
Number = Decimal | int


@pytest.fixture
def ledger() -> Ledger:
    """User 1 has 10 USDT in the fund account."""
    books = Ledger()
    books.credit(1, "fund", "USDT", Decimal(10))
    return books


def books(ledger: Ledger) -> dict[tuple[int, str, str], tuple[Number, Number]]:
    """Every balance that is not zero: free and locked."""
    ledger.assert_conserved()
    return {
        (uid, account, asset): (balance.free, balance.locked)
        for uid, account, held in ledger.books()
        for asset, balance in held.items()
        if balance != Balance()
    }


# Issuing and taking back


def test_nothing_is_held_where_nothing_came(ledger: Ledger) -> None:
    assert ledger.balance(1, "fund", "BTC") == Balance(Decimal(0), Decimal(0))
    assert ledger.balance(1, "spot", "USDT") == Balance(Decimal(0), Decimal(0))
    assert ledger.balances(1, "spot") == {}
    assert ledger.balances(1, "fund") == {"USDT": Balance(Decimal(10))}


def test_a_credit_adds_to_what_is_free(ledger: Ledger) -> None:
    ledger.credit(1, "fund", "USDT", Decimal(3))
    assert books(ledger) == {(1, "fund", "USDT"): (13, 0)}


def test_an_opening_balance_adds_to_both_parts(ledger: Ledger) -> None:
    ledger.open_balance(1, "fund", "USDT", free=Decimal(1), locked=Decimal(2))
    assert books(ledger) == {(1, "fund", "USDT"): (11, 2)}


def test_an_opening_balance_may_be_zero_and_makes_the_asset_known(ledger: Ledger) -> None:
    ledger.open_balance(1, "fund", "BTC", free=Decimal(0), locked=Decimal(0))
    assert list(ledger.balances(1, "fund")) == ["USDT", "BTC"]
    assert books(ledger) == {(1, "fund", "USDT"): (10, 0)}


def test_a_debit_takes_from_what_is_free(ledger: Ledger) -> None:
    ledger.debit(1, "fund", "USDT", Decimal(3))
    assert books(ledger) == {(1, "fund", "USDT"): (7, 0)}


def test_what_was_taken_out_can_be_issued_again() -> None:
    ledger = Ledger()
    ledger.credit(1, "fund", "USDT", MOST)
    ledger.debit(1, "fund", "USDT", Decimal(1))
    ledger.credit(2, "spot", "USDT", Decimal(1))
    assert books(ledger) == {(1, "fund", "USDT"): (ONE_LESS, 0), (2, "spot", "USDT"): (1, 0)}


def test_the_bound_of_what_is_issued_counts_both_parts_and_each_asset_for_itself() -> None:
    ledger = Ledger()
    ledger.open_balance(1, "fund", "USDT", free=ONE_LESS, locked=Decimal(1))
    with pytest.raises(
        ValueError, match=r"^the books hold less than 1e30 of an asset; this is too much USDT$"
    ):
        ledger.open_balance(1, "fund", "USDT", free=Decimal(0), locked=Decimal(1))
    ledger.credit(1, "fund", "BTC", Decimal(1))
    assert books(ledger) == {(1, "fund", "USDT"): (ONE_LESS, 1), (1, "fund", "BTC"): (1, 0)}


@pytest.mark.parametrize("part", ["free", "locked"])
def test_no_opening_balance_reaches_1e30(ledger: Ledger, part: str) -> None:
    amounts = {"free": Decimal(0), "locked": Decimal(0)} | {part: BEYOND}
    with pytest.raises(ValueError, match=r"^amounts stay below 1e30$"):
        ledger.open_balance(1, "fund", "USDT", **amounts)


@pytest.mark.parametrize("part", ["free", "locked"])
@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("-1", "an amount is positive, not -1"),
        ("NaN", "an amount is positive, not NaN"),
        ("Infinity", "an amount is positive, not Infinity"),
        ("1E-21", "an amount has at most 20 places, not 0.000000000000000000001"),
    ],
)
def test_an_opening_balance_is_made_of_amounts(ledger: Ledger, part: str, amount: str, message: str) -> None:
    amounts = {"free": Decimal(0), "locked": Decimal(0)} | {part: Decimal(amount)}
    with pytest.raises(ValueError, match=f"^{message}$"):
        ledger.open_balance(1, "fund", "USDT", **amounts)
    assert books(ledger) == {(1, "fund", "USDT"): (10, 0)}


def test_a_credit_of_nothing_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match=r"^an amount is positive, not 0$"):
        ledger.credit(1, "fund", "USDT", Decimal(0))


# Locking


def test_locking_and_unlocking_move_between_the_two_parts(ledger: Ledger) -> None:
    ledger.lock(1, "fund", "USDT", Decimal(6))
    assert books(ledger) == {(1, "fund", "USDT"): (4, 6)}
    ledger.unlock(1, "fund", "USDT", Decimal(5))
    assert books(ledger) == {(1, "fund", "USDT"): (9, 1)}


MOVEMENTS: dict[str, Callable[[Ledger, Decimal], None]] = {
    "debit": lambda ledger, amount: ledger.debit(1, "fund", "USDT", amount),
    "lock": lambda ledger, amount: ledger.lock(1, "fund", "USDT", amount),
    "transfer": lambda ledger, amount: ledger.transfer(transfer(amount=amount)),
    "pending transfer": lambda ledger, amount: ledger.transfer(transfer(amount=amount), pending=True),
    "inner transfer": lambda ledger, amount: ledger.inner_transfer(inner(amount=amount), to_account="fund"),
}


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_all_that_is_free_may_go(ledger: Ledger, movement: str) -> None:
    MOVEMENTS[movement](ledger, Decimal(10))
    ledger.assert_conserved()
    assert ledger.balance(1, "fund", "USDT").free == 0


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_an_amount_of_more_digits_than_python_keeps_by_default_moves_to_the_last_one(
    ledger: Ledger, movement: str
) -> None:
    amount = Decimal("12345678901234567890.12345678901234567891")
    ledger.credit(1, "fund", "USDT", amount)
    MOVEMENTS[movement](ledger, amount)
    ledger.assert_conserved()
    assert ledger.balance(1, "fund", "USDT").free == 10


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_more_than_is_free_is_refused_with_what_there_is_and_leaves_no_trace(
    ledger: Ledger, movement: str
) -> None:
    ledger.lock(1, "fund", "USDT", Decimal(3))
    with pytest.raises(InsufficientBalance, match=r"^account fund holds 7 USDT free$"):
        MOVEMENTS[movement](ledger, Decimal("7.00000000000000000001"))
    assert books(ledger) == {(1, "fund", "USDT"): (7, 3)}
    assert (list(ledger.all_transfers()), list(ledger.all_inner_transfers())) == ([], [])
    assert ledger.pending() == []


def test_such_an_amount_is_unlocked_to_the_last_digit_too(ledger: Ledger) -> None:
    amount = Decimal("12345678901234567890.12345678901234567891")
    ledger.credit(1, "fund", "USDT", amount)
    ledger.lock(1, "fund", "USDT", amount)
    ledger.unlock(1, "fund", "USDT", amount)
    assert books(ledger) == {(1, "fund", "USDT"): (Decimal("12345678901234567900.12345678901234567891"), 0)}


@pytest.mark.parametrize("amount", ["0", "-1", "1E-21"])
def test_what_is_no_amount_is_not_unlocked(ledger: Ledger, amount: str) -> None:
    ledger.lock(1, "fund", "USDT", Decimal(3))
    with pytest.raises(ValueError, match=r"^an amount (is positive|has at most 20 places), not "):
        ledger.unlock(1, "fund", "USDT", Decimal(amount))
    assert books(ledger) == {(1, "fund", "USDT"): (7, 3)}


def test_more_than_is_locked_cannot_be_unlocked(ledger: Ledger) -> None:
    ledger.lock(1, "fund", "USDT", Decimal(3))
    with pytest.raises(InsufficientBalance, match=r"^account fund holds 3 USDT locked$"):
        ledger.unlock(1, "fund", "USDT", Decimal(4))
    assert books(ledger) == {(1, "fund", "USDT"): (7, 3)}


def test_what_is_missing_is_named_as_locked_even_where_next_to_nothing_is_free() -> None:
    ledger = Ledger()
    ledger.open_balance(1, "fund", "USDT", free=Decimal(0), locked=Decimal("0.1"))
    with pytest.raises(InsufficientBalance, match=r"^account fund holds 0\.1 USDT locked$"):
        ledger.unlock(1, "fund", "USDT", Decimal("0.2"))


@pytest.mark.parametrize("movement", MOVEMENTS)
@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("0", "an amount is positive, not 0"),
        ("-1", "an amount is positive, not -1"),
        ("NaN", "an amount is positive, not NaN"),
        ("1E-21", "an amount has at most 20 places, not 0.000000000000000000001"),
    ],
)
def test_what_is_no_amount_moves_nothing(ledger: Ledger, movement: str, amount: str, message: str) -> None:
    ledger.lock(1, "fund", "USDT", Decimal(3))
    with pytest.raises(ValueError, match=f"^{message}$"):
        MOVEMENTS[movement](ledger, Decimal(amount))
    assert books(ledger) == {(1, "fund", "USDT"): (7, 3)}


@pytest.mark.parametrize("amount", [BEYOND, Decimal("1E+5000")])
def test_nobody_holds_1e30(ledger: Ledger, amount: Decimal) -> None:
    with pytest.raises(InsufficientBalance, match=r"^nobody holds 1e30 or more of anything$"):
        ledger.debit(1, "fund", "USDT", amount)


def test_the_largest_and_the_smallest_amount_are_amounts(ledger: Ledger) -> None:
    with pytest.raises(InsufficientBalance, match="account fund holds 10 USDT free"):
        ledger.debit(1, "fund", "USDT", MOST)
    ledger.debit(1, "fund", "USDT", Decimal("1E-20"))
    assert ledger.balance(1, "fund", "USDT").free == Decimal("9.99999999999999999999")


# Transfers


def test_a_transfer_moves_at_once_and_is_recorded(ledger: Ledger) -> None:
    ledger.transfer(transfer(7))
    assert books(ledger) == {(1, "fund", "USDT"): (8, 0), (1, "spot", "USDT"): (2, 0)}
    assert list(ledger.all_transfers()) == [transfer(7)]
    assert ledger.pending() == []


def test_an_internal_transfer_moves_at_once_into_the_account_named_and_is_recorded(ledger: Ledger) -> None:
    ledger.inner_transfer(inner(7), to_account="spot")
    assert books(ledger) == {(1, "fund", "USDT"): (8, 0), (2, "spot", "USDT"): (2, 0)}
    assert list(ledger.all_inner_transfers()) == [inner(7)]
    assert ledger.pending() == []


def test_what_callers_must_not_ask_for_is_asserted(ledger: Ledger) -> None:
    with pytest.raises(AssertionError, match=r"^a transfer needs two accounts"):
        ledger.transfer(transfer(to_account="fund"))
    with pytest.raises(AssertionError, match=r"^an internal transfer needs two users"):
        ledger.inner_transfer(inner(to_uid=1), to_account="spot")
    assert books(ledger) == {(1, "fund", "USDT"): (10, 0)}


def test_an_id_is_used_once_by_transfers_and_once_by_internal_ones(ledger: Ledger) -> None:
    ledger.transfer(transfer(7))
    ledger.inner_transfer(inner(7), to_account="fund")
    with pytest.raises(AssertionError, match=r"^a transfer id is used once"):
        ledger.transfer(transfer(7))
    with pytest.raises(AssertionError, match=r"^a transfer id is used once"):
        ledger.inner_transfer(inner(7), to_account="fund")


@pytest.mark.parametrize(
    ("lines", "issued", "message"),
    [
        ([Line(1, "fund", "USDT", Decimal(1))], 0, "an entry that does not balance"),
        ([Line(1, "fund", "USDT", locked=Decimal(1), owner=CONTROL)], 0, "an entry that does not balance"),
        ([Line(1, "fund", "USDT", Decimal(1))], 2, "an entry that does not balance"),
        (
            [Line(1, "fund", "USDT", Decimal(-1)), Line(1, "spot", "USDT", Decimal(2))],
            0,
            "an entry that does not balance",
        ),
        (
            [Line(1, "fund", "USDT", Decimal(-1)), Line(1, "fund", "BTC", Decimal(1))],
            0,
            "an entry that does not balance",
        ),
        ([Line(1, "fund", "USDT", Decimal(-1), Decimal(1))], 0, "what is locked has an owner"),
    ],
)
def test_an_entry_that_makes_or_loses_money_is_never_posted(
    ledger: Ledger, lines: list[Line], issued: int, message: str
) -> None:
    with pytest.raises(AssertionError, match=f"^{message}"):
        ledger._post(lines, {"USDT": Decimal(issued)} if issued else {})
    assert books(ledger) == {(1, "fund", "USDT"): (10, 0)}


@pytest.mark.parametrize(
    ("balance", "message"),
    [
        (Balance(Decimal(9)), "holders' balances differ from what was issued"),
        (Balance(Decimal(10), Decimal(1)), "holders' balances differ from what was issued"),
        (Balance(Decimal(-1), Decimal(11)), "negative free balance of USDT"),
        (Balance(Decimal(11), Decimal(-1)), "negative locked balance of USDT"),
    ],
)
def test_books_that_somebody_tampered_with_are_noticed(
    ledger: Ledger, balance: Balance, message: str
) -> None:
    ledger._books[1, "fund"]["USDT"] = balance
    with pytest.raises(AssertionError, match=f"^{message}"):
        ledger.assert_conserved()


def test_an_asset_that_was_never_issued_is_noticed(ledger: Ledger) -> None:
    ledger._books[1, "fund"]["BTC"] = Balance(Decimal(1))
    with pytest.raises(AssertionError, match=r"^holders' balances differ"):
        ledger.assert_conserved()


def test_a_pending_amount_that_is_not_kept_is_noticed(ledger: Ledger) -> None:
    ledger.transfer(transfer(1), pending=True)
    ledger.transfer(transfer(2), pending=True)
    ledger.assert_conserved()
    ledger._holds[1, "fund", "USDT"] = {CONTROL: Decimal(4)}
    with pytest.raises(AssertionError, match=r"^a pending amount is not kept"):
        ledger.assert_conserved()


def test_a_locked_amount_that_nobody_holds_is_noticed(ledger: Ledger) -> None:
    ledger.lock(1, "fund", "USDT", Decimal(4))
    ledger._books[1, "fund"]["USDT"] = Balance(Decimal("6.5"), Decimal("3.5"))
    with pytest.raises(AssertionError, match=r"^what is locked is not what its owners hold"):
        ledger.assert_conserved()


# Pending movements


def test_a_pending_transfer_locks_its_amount_and_leaves_it_when_it_is_due(ledger: Ledger) -> None:
    ledger.transfer(transfer(7, at_ms=50), pending=True)
    assert books(ledger) == {(1, "fund", "USDT"): (8, 2)}
    assert list(ledger.all_transfers()) == []
    assert ledger.pending() == [transfer(7, at_ms=50)]
    ledger.make(transfer(7, at_ms=50))
    assert books(ledger) == {(1, "fund", "USDT"): (8, 0), (1, "spot", "USDT"): (2, 0)}
    assert list(ledger.all_transfers()) == [transfer(7, at_ms=50)]
    assert ledger.pending() == []


def test_a_pending_internal_transfer_does_too(ledger: Ledger) -> None:
    ledger.inner_transfer(inner(7, at_ms=50), to_account="spot", pending=True)
    assert books(ledger) == {(1, "fund", "USDT"): (8, 2)}
    ledger.make(inner(7, at_ms=50))
    assert books(ledger) == {(1, "fund", "USDT"): (8, 0), (2, "spot", "USDT"): (2, 0)}
    assert list(ledger.all_inner_transfers()) == [inner(7, at_ms=50)]


def test_pending_movements_are_made_by_time_and_among_equal_times_by_arrival(ledger: Ledger) -> None:
    agenda = Agenda()
    teach_movements(agenda, ledger)
    for number, at_ms in [(4, 60), (3, 50), (2, 60), (1, 50)]:
        Movements(ledger, agenda).due(at_ms).transfer(transfer(number))
    agenda.run(60)
    assert [made.id for made in ledger.all_transfers()] == [3, 1, 4, 2]


def test_only_the_pending_amounts_of_the_same_account_and_asset_are_kept(ledger: Ledger) -> None:
    ledger.credit(1, "spot", "USDT", Decimal(10))
    ledger.credit(1, "fund", "BTC", Decimal(10))
    ledger.transfer(transfer(1, amount=Decimal(10)), pending=True)
    ledger.lock(1, "spot", "USDT", Decimal(10))
    ledger.lock(1, "fund", "BTC", Decimal(10))
    ledger.unlock(1, "spot", "USDT", Decimal(10))
    ledger.unlock(1, "fund", "BTC", Decimal(10))
    with pytest.raises(
        InsufficientBalance, match=r"^of what is locked, 10 USDT is kept for transfers under way$"
    ):
        ledger.unlock(1, "fund", "USDT", Decimal("0.1"))


def test_what_is_locked_beside_pending_amounts_can_be_unlocked_to_the_last_digit(ledger: Ledger) -> None:
    ledger.lock(1, "fund", "USDT", Decimal(3))
    for number in (1, 2):
        ledger.transfer(transfer(number), pending=True)
    with pytest.raises(InsufficientBalance, match="4 USDT is kept"):
        ledger.unlock(1, "fund", "USDT", Decimal("3.1"))
    ledger.unlock(1, "fund", "USDT", Decimal(3))
    assert books(ledger) == {(1, "fund", "USDT"): (6, 4)}


def test_a_pending_internal_transfer_is_found_by_its_sender_and_client_id(ledger: Ledger) -> None:
    ledger.transfer(transfer(1), pending=True)
    ledger.inner_transfer(inner(2, client_id=""), to_account="fund", pending=True)
    ledger.inner_transfer(inner(3, client_id="abc"), to_account="fund", pending=True)
    assert ledger.pending_inner_transfer(1, "abc") == inner(3, client_id="abc")
    assert ledger.pending_inner_transfer(1, "xyz") is None
    assert ledger.pending_inner_transfer(2, "abc") is None
    assert ledger.pending_inner_transfer(1, "") is None, "a transfer without an id is found under none"
    ledger.make(inner(3, client_id="abc"))
    assert ledger.pending_inner_transfer(1, "abc") is None
