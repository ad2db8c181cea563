"""Entries of many lines: balanced for each asset, whole or not at all, and what is held is its owner's."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.records import inner, transfer

from bingx_fake.books.accounts import CONTROL, EXCHANGE_UID, Balance, InsufficientBalance, Line, Owner
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import minus

ORDER, OTHER_ORDER = Owner("order", 1), Owner("order", 2)
ALICE, BOB = 1, 2


def amount(text: str) -> Decimal:
    return Decimal(text)


@pytest.fixture
def ledger() -> Ledger:
    """Alice has 100 USDT in her spot account, Bob 1 BTC."""
    books = Ledger()
    books.credit(ALICE, "spot", "USDT", Decimal(100))
    books.credit(BOB, "spot", "BTC", Decimal(1))
    return books


def held(ledger: Ledger) -> dict[tuple[int, str, str], tuple[str, str]]:
    """Every balance that is not zero: free and locked."""
    ledger.assert_conserved()
    return {
        (uid, account, asset): (str(balance.free), str(balance.locked))
        for uid, account, book in ledger.books()
        for asset, balance in book.items()
        if balance != Balance()
    }


# What an entry does


def test_a_fill_with_its_fees_is_one_entry(ledger: Ledger) -> None:
    ledger.lock(ALICE, "spot", "USDT", amount("60"), ORDER)
    ledger.post(
        [
            Line(ALICE, "spot", "USDT", free=amount("1"), locked=amount("-60"), owner=ORDER),
            Line(ALICE, "spot", "BTC", free=amount("0.5")),
            Line(ALICE, "spot", "BTC", free=amount("-0.0005")),
            Line(BOB, "spot", "BTC", free=amount("-0.5")),
            Line(BOB, "spot", "USDT", free=amount("59")),
            Line(BOB, "spot", "USDT", free=amount("-0.059")),
            Line(EXCHANGE_UID, "fees", "BTC", free=amount("0.0005")),
            Line(EXCHANGE_UID, "fees", "USDT", free=amount("0.059")),
        ]
    )
    assert held(ledger) == {
        (ALICE, "spot", "USDT"): ("41", "0"),
        (ALICE, "spot", "BTC"): ("0.4995", "0"),
        (BOB, "spot", "BTC"): ("0.5", "0"),
        (BOB, "spot", "USDT"): ("58.941", "0"),
        (EXCHANGE_UID, "fees", "BTC"): ("0.0005", "0"),
        (EXCHANGE_UID, "fees", "USDT"): ("0.059", "0"),
    }


@pytest.mark.parametrize("account", ["house", "clearing", "funding", "fees"])
def test_what_users_win_is_taken_from_a_contra_account_which_may_go_below_zero(
    ledger: Ledger, account: str
) -> None:
    ledger.post(
        [
            Line(EXCHANGE_UID, account, "USDT", free=amount("-7")),
            Line(ALICE, "spot", "USDT", free=amount("7")),
        ]
    )
    assert held(ledger)[EXCHANGE_UID, account, "USDT"] == ("-7", "0")
    assert held(ledger)[ALICE, "spot", "USDT"] == ("107", "0")


@pytest.mark.parametrize(("uid", "account"), [(EXCHANGE_UID, "insurance"), (ALICE, "house"), (ALICE, "spot")])
def test_no_other_account_goes_below_zero(ledger: Ledger, uid: int, account: str) -> None:
    before = held(ledger)
    lines = [
        Line(BOB, "spot", "USDT", free=amount("100.1")),
        Line(uid, account, "USDT", free=amount("-100.1")),
    ]
    with pytest.raises(InsufficientBalance, match=f"^account {account} holds (0|100) USDT free$"):
        ledger.post(lines)
    assert held(ledger) == before


def test_not_even_a_contra_account_releases_what_is_not_held(ledger: Ledger) -> None:
    with pytest.raises(InsufficientBalance, match=r"^account house holds 0 USDT locked$"):
        ledger.post(
            [Line(EXCHANGE_UID, "house", "USDT", free=amount("1"), locked=amount("-1"), owner=CONTROL)]
        )


def test_what_lines_come_to_together_counts_and_not_their_order(ledger: Ledger) -> None:
    lines = [
        Line(ALICE, "spot", "USDT", free=amount("-130")),
        Line(ALICE, "spot", "USDT", free=amount("40")),
        Line(BOB, "spot", "USDT", free=amount("90")),
    ]
    ledger.post(lines)
    assert held(ledger)[ALICE, "spot", "USDT"] == ("10", "0")


def test_no_entry_gives_an_account_more_than_can_be_added_exactly(ledger: Ledger) -> None:
    most = Decimal("9" * 30)
    with pytest.raises(ValueError, match=r"^an account holds less than 1e30 of an asset; .* much USDT$"):
        ledger.post(
            [Line(EXCHANGE_UID, "house", "USDT", free=minus(most)), Line(ALICE, "spot", "USDT", free=most)]
        )
    assert held(ledger)[ALICE, "spot", "USDT"] == ("100", "0")


def test_the_smallest_amount_moves_beside_the_largest_in_one_entry(ledger: Ledger) -> None:
    large, small = Decimal("9" * 29), Decimal("0.00000000000000000001")
    ledger.post(
        [
            Line(EXCHANGE_UID, "house", "ETH", free=minus(large)),
            Line(ALICE, "spot", "ETH", free=large),
            Line(EXCHANGE_UID, "fees", "ETH", free=minus(small)),
            Line(ALICE, "spot", "ETH", free=small),
        ]
    )
    assert held(ledger)[ALICE, "spot", "ETH"] == ("9" * 29 + ".00000000000000000001", "0")


# Who holds what


def test_what_an_order_holds_is_released_by_it_alone(ledger: Ledger) -> None:
    ledger.lock(ALICE, "spot", "USDT", amount("60"), ORDER)
    for other in (CONTROL, OTHER_ORDER, Owner("transfer", 1)):
        with pytest.raises(InsufficientBalance, match=r"^of what is locked, 60 USDT is kept for orders$"):
            ledger.unlock(ALICE, "spot", "USDT", amount("1"), other)
    assert held(ledger)[ALICE, "spot", "USDT"] == ("40", "60")
    ledger.unlock(ALICE, "spot", "USDT", amount("60"), ORDER)
    assert held(ledger)[ALICE, "spot", "USDT"] == ("100", "0")


def test_one_account_is_held_by_many_and_each_is_told_apart(ledger: Ledger) -> None:
    ledger.lock(ALICE, "spot", "USDT", amount("10"))
    ledger.lock(ALICE, "spot", "USDT", amount("20"), ORDER)
    ledger.lock(ALICE, "spot", "USDT", amount("5"), Owner("order", 1))
    ledger.transfer(transfer(1, from_account="spot", to_account="fund", amount=Decimal(3)), pending=True)
    assert dict(ledger.holds(ALICE, "spot", "USDT")) == {CONTROL: 10, ORDER: 25, Owner("transfer", 1): 3}
    assert ledger.balance(ALICE, "spot", "USDT").locked == 38
    with pytest.raises(
        InsufficientBalance, match=r"^of what is locked, 28 USDT is kept for orders and transfers under way$"
    ):
        ledger.unlock(ALICE, "spot", "USDT", amount("11"))
    assert dict(ledger.holds(ALICE, "fund", "USDT")) == {}


def test_an_owner_that_released_everything_is_forgotten(ledger: Ledger) -> None:
    ledger.lock(ALICE, "spot", "USDT", amount("10"), ORDER)
    ledger.lock(ALICE, "spot", "USDT", amount("10"), OTHER_ORDER)
    ledger.unlock(ALICE, "spot", "USDT", amount("10"), ORDER)
    assert dict(ledger.holds(ALICE, "spot", "USDT")) == {OTHER_ORDER: 10}
    ledger.unlock(ALICE, "spot", "USDT", amount("10"), OTHER_ORDER)
    assert dict(ledger.holds(ALICE, "spot", "USDT")) == {}


def test_a_hold_passes_from_one_owner_to_another_in_one_entry(ledger: Ledger) -> None:
    ledger.lock(ALICE, "spot", "USDT", amount("10"), ORDER)
    ledger.post(
        [
            Line(ALICE, "spot", "USDT", locked=amount("4"), owner=OTHER_ORDER),
            Line(ALICE, "spot", "USDT", locked=amount("-4"), owner=ORDER),
        ]
    )
    assert dict(ledger.holds(ALICE, "spot", "USDT")) == {ORDER: 6, OTHER_ORDER: 4}
    assert held(ledger)[ALICE, "spot", "USDT"] == ("90", "10")


def test_what_was_locked_at_the_start_is_controls() -> None:
    ledger = Ledger()
    ledger.open_balance(ALICE, "spot", "USDT", free=amount("1"), locked=amount("2"))
    assert dict(ledger.holds(ALICE, "spot", "USDT")) == {CONTROL: 2}


# What may leave


def allowing(most: str) -> Ledger:
    """Alice has 100 USDT in the fund account, of which so much may leave; nothing else of hers may."""
    books = Ledger(
        lambda uid, account, asset: (
            Decimal(most) if (uid, account, asset) == (1, "fund", "USDT") else Decimal(0)
        )
    )
    books.credit(ALICE, "fund", "USDT", Decimal(100))
    books.credit(ALICE, "fund", "BTC", Decimal(100))
    return books


def test_what_is_free_may_leave(ledger: Ledger) -> None:
    ledger.lock(ALICE, "spot", "USDT", amount("60"), ORDER)
    assert ledger.may_leave(ALICE, "spot", "USDT") == 40
    assert ledger.may_leave(ALICE, "fund", "USDT") == 0


@pytest.mark.parametrize(("most", "may"), [("30", 30), ("0", 0), ("-5", 0), ("100", 100), ("500", 100)])
def test_somebody_else_may_allow_less_than_is_free_and_never_more(most: str, may: int) -> None:
    assert allowing(most).may_leave(ALICE, "fund", "USDT") == may


LEAVING: dict[str, Callable[[Ledger, Decimal], None]] = {
    "transfer": lambda ledger, amount: ledger.transfer(transfer(amount=amount)),
    "pending transfer": lambda ledger, amount: ledger.transfer(transfer(amount=amount), pending=True),
    "inner transfer": lambda ledger, amount: ledger.inner_transfer(inner(amount=amount), to_account="fund"),
    "debit": lambda ledger, amount: ledger.debit(ALICE, "fund", "USDT", amount),
    "lock": lambda ledger, amount: ledger.lock(ALICE, "fund", "USDT", amount),
}


@pytest.mark.parametrize("movement", LEAVING)
def test_nothing_leaves_beyond_what_may(movement: str) -> None:
    ledger = allowing("30")
    with pytest.raises(InsufficientBalance, match=r"^of what account fund has free, 30 USDT may leave$"):
        LEAVING[movement](ledger, amount("30.00000000000000000001"))
    assert held(ledger)[ALICE, "fund", "USDT"] == ("100", "0")
    with pytest.raises(InsufficientBalance, match=r"^account fund holds 100 USDT free$"):
        LEAVING[movement](ledger, amount("101"))
    LEAVING[movement](ledger, amount("30"))
    assert ledger.balance(ALICE, "fund", "USDT").free == 70


def test_a_pending_transfer_was_asked_for_once() -> None:
    ledger = allowing("30")
    record = transfer(amount=Decimal(30))
    ledger.transfer(record, pending=True)
    ledger.lets_go = lambda uid, account, asset: Decimal(0)
    ledger.make(record)
    assert held(ledger)[ALICE, "spot", "USDT"] == ("30", "0")


def test_what_is_held_may_be_released_whatever_may_leave() -> None:
    ledger = allowing("30")
    ledger.lock(ALICE, "fund", "USDT", amount("30"))
    ledger.lets_go = lambda uid, account, asset: Decimal(0)
    ledger.unlock(ALICE, "fund", "USDT", amount("30"))
    assert held(ledger)[ALICE, "fund", "USDT"] == ("100", "0")


# Any entries, against a naive model

PLACES = [(0, "house"), (0, "insurance"), (ALICE, "spot"), (ALICE, "fund"), (BOB, "spot"), (BOB, "house")]
OWNERS = [CONTROL, ORDER, OTHER_ORDER]
amounts = st.integers(-5 * 10**20, 5 * 10**20) | st.integers(-3, 3)
drawn_lines = st.tuples(
    st.sampled_from(PLACES),
    st.sampled_from(["USDT", "BTC"]),
    amounts,
    amounts | st.just(0),
    st.sampled_from(OWNERS),
)
drawn_entries = st.tuples(st.lists(drawn_lines, min_size=1, max_size=6), st.booleans())
Drawn = tuple[list[tuple[tuple[int, str], str, int, int, Owner]], bool]


class Naive:
    """Free parts and holds as fractions; an entry is worked out on copies."""

    def __init__(self) -> None:
        self.free: dict[tuple[int, str, str], Fraction] = {}
        self.holds: dict[tuple[int, str, str, Owner], Fraction] = {}

    def post(self, lines: list[Line]) -> bool:
        free, holds = dict(self.free), dict(self.holds)
        for line in lines:
            place = (line.uid, line.account, line.asset)
            free[place] = free.get(place, Fraction(0)) + Fraction(line.free)
            if line.locked:
                assert line.owner is not None
                hold = (*place, line.owner)
                holds[hold] = holds.get(hold, Fraction(0)) + Fraction(line.locked)
        owing = {place for place, part in free.items() if part < 0} - {
            (0, "house", "USDT"),
            (0, "house", "BTC"),
        }
        if owing or any(part < 0 for part in holds.values()):
            return False
        self.free, self.holds = free, holds
        return True

    def locked(self, uid: int, account: str, asset: str) -> Fraction:
        parts = (part for hold, part in self.holds.items() if hold[:3] == (uid, account, asset))
        return sum(parts, start=Fraction(0))


def _units(units: int) -> Decimal:
    return Decimal(units).scaleb(-20)


def _entry(drawn: Drawn) -> list[Line]:
    """Lines as drawn, and what balances them, which the house or the insurance pays or takes."""
    lines, is_insured = drawn
    entry = [
        Line(uid, account, asset, _units(free), _units(locked), owner if locked else None)
        for (uid, account), asset, free, locked, owner in lines
    ]
    for asset in ("USDT", "BTC"):
        rest = sum(free + locked for _, name, free, locked, _ in lines if name == asset)
        if rest:
            entry.append(Line(0, "insurance" if is_insured else "house", asset, _units(-rest)))
    return entry


@given(st.lists(drawn_entries, max_size=25))
def test_any_entries_agree_with_a_naive_model_are_whole_or_leave_no_trace_and_conserve(
    history: list[Drawn],
) -> None:
    ledger, naive = Ledger(), Naive()
    for place in PLACES[1:]:
        ledger.credit(*place, "USDT", Decimal(3))
        naive.free[*place, "USDT"] = Fraction(3)
    for drawn in history:
        entry = _entry(drawn)
        before = held(ledger), {place: dict(ledger.holds(*place, "USDT")) for place in PLACES}
        try:
            ledger.post(entry)
            was_posted = True
        except InsufficientBalance:
            was_posted = False
            assert (held(ledger), {place: dict(ledger.holds(*place, "USDT")) for place in PLACES}) == before
        assert was_posted == naive.post(entry)
        ledger.assert_conserved()
        for uid, account in PLACES:
            for asset in ("USDT", "BTC"):
                balance = ledger.balance(uid, account, asset)
                assert Fraction(balance.free) == naive.free.get((uid, account, asset), 0)
                assert Fraction(balance.locked) == naive.locked(uid, account, asset)
                for owner in OWNERS:
                    kept = ledger.holds(uid, account, asset).get(owner, Decimal(0))
                    assert Fraction(kept) == naive.holds.get((uid, account, asset, owner), 0)


@given(drawn_entries, st.integers(1, 3).map(Decimal))
def test_an_entry_that_does_not_balance_is_never_posted(drawn: Drawn, lost: Decimal) -> None:
    ledger = Ledger()
    ledger.credit(EXCHANGE_UID, "house", "USDT", Decimal(3))
    before = held(ledger)
    entry = [*_entry(drawn), Line(EXCHANGE_UID, "house", "USDT", free=-lost)]
    with pytest.raises((AssertionError, InsufficientBalance)):
        ledger.post(entry)
    assert held(ledger) == before
