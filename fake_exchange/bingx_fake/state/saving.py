"""A running exchange's state as of now, and the file that it is saved to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from bingx_fake.books.directory import Directory
from bingx_fake.books.history import InnerTransfer, Transfer
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import plain
from bingx_fake.market.standing import Standing
from bingx_fake.perpetuals.desk import SwapDesk
from bingx_fake.perpetuals.orders import PerpFill
from bingx_fake.state.countdowns import countdown_forms
from bingx_fake.state.files import Note, StateForm
from bingx_fake.state.forms import RunForm, StateDocument, inner_form, transfer_form, user_form
from bingx_fake.state.markets import MarketForm
from bingx_fake.state.order_forms import CountdownForm, OrderForm
from bingx_fake.state.orders import fill_form, fills_of, order_forms, settings_of
from bingx_fake.state.perp_rows import PerpRows, joined, perp_fill_form, perp_fills, perp_orders, perp_rows
from bingx_fake.state.referrals import ReferralRows, referral_rows
from bingx_fake.trading.desk import SpotDesk
from bingx_fake.venue.orders import SpotFill

_NOTED_EVERY = 10_000
"""Lines: some tenths of a second."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A running exchange's state at one moment; the exchange may go on while it is written.

    :param opening: everything but the history.
    """

    opening: StateDocument
    transfers: list[Transfer]
    inner_transfers: list[InnerTransfer]
    orders: list[OrderForm]
    fills: list[SpotFill]
    perp_orders: list[OrderForm]
    perp_fills: list[PerpFill]
    perps: PerpRows
    countdowns: list[CountdownForm]
    referrals: ReferralRows


def snapshot(
    directory: Directory,
    ledger: Ledger,
    markets: Sequence[MarketForm] = (),
    desk: SpotDesk | None = None,
    perps: Sequence[SwapDesk] = (),
    standings: Sequence[Standing] = (),
) -> Snapshot:
    """A running exchange's state as of now.

    :param markets: those that it was given, as they were.
    :param perps: the desks of perpetuals.
    :param standings: what they have done since.
    """
    balances: dict[int, dict[str, Any]] = {}
    for uid, account, held in ledger.books():
        balances.setdefault(uid, {})[account] = held
    opening = StateDocument(
        users=[
            user_form(user, balances.get(user.uid, {}), settings_of(desk, perps, user.uid))
            for user in directory.users.values()
        ],
        prices={asset: plain(price) for asset, price in directory.prices.items()},
        coins=dict(directory.coins),
        markets=list(markets),
        run=RunForm(markets=list(standings)) if standings else None,
    )
    return Snapshot(
        opening,
        list(ledger.all_transfers()),
        list(ledger.all_inner_transfers()),
        [] if desk is None else order_forms(desk),
        [] if desk is None else fills_of(desk),
        [row for its in perps for row in perp_orders(its)],
        [fill for its in perps for fill in perp_fills(its)],
        joined(perp_rows(its) for its in perps),
        [] if desk is None else countdown_forms({"spot": desk, **{its.product: its for its in perps}}),
        referral_rows(directory.referrals),
    )


def dump(
    directory: Directory,
    ledger: Ledger,
    markets: Sequence[MarketForm] = (),
    desk: SpotDesk | None = None,
    perps: Sequence[SwapDesk] = (),
) -> dict[str, Any]:
    """The JSON form of a running exchange's state: loading it again gives the same exchange."""
    taken = snapshot(directory, ledger, markets, desk, perps)
    whole = msgspec.structs.replace(
        taken.opening,
        transfers=[transfer_form(record) for record in taken.transfers],
        inner_transfers=[inner_form(record) for record in taken.inner_transfers],
        orders=taken.orders + taken.perp_orders,
        fills=[fill_form(it) for it in taken.fills] + [perp_fill_form(it) for it in taken.perp_fills],
        positions=taken.perps.positions,
        insurance=taken.perps.insurance,
        incomes=taken.perps.incomes,
        margin_changes=taken.perps.margin_changes,
        twaps=taken.perps.twaps,
        fundings=taken.perps.fundings,
        countdowns=taken.countdowns,
        invitees=taken.referrals.invitees,
        commissions=taken.referrals.commissions,
        deposits=taken.referrals.deposits,
    )
    form: dict[str, Any] = msgspec.to_builtins(whole)
    return form


def run_of(standings: Sequence[Standing]) -> Any:
    """What a saved state has as ``[run]``, in the JSON form."""
    return msgspec.to_builtins(RunForm(markets=list(standings)))


def document_of(form: StateForm) -> dict[str, Any]:
    """A form as it was read, in the JSON form: reading that gives the same one."""
    document = StateDocument(
        users=form.users,
        prices=form.prices,
        coins=form.coins,
        transfers=[transfer_form(record) for record in form.transfers],
        inner_transfers=[inner_form(record) for record in form.inner_transfers],
        markets=form.markets,
        orders=form.orders,
        fills=form.fills,
        positions=form.perps.positions,
        insurance=form.perps.insurance,
        incomes=form.perps.incomes,
        margin_changes=form.perps.margin_changes,
        twaps=form.perps.twaps,
        fundings=form.perps.fundings,
        countdowns=form.countdowns,
        invitees=form.referrals.invitees,
        commissions=form.referrals.commissions,
        deposits=form.referrals.deposits,
        run=RunForm(markets=form.standings) if form.standings else None,
    )
    whole: dict[str, Any] = msgspec.to_builtins(document)
    return whole


def lines_file(path: Path | str) -> Path:
    """The path of a file to save a state to.

    :raises ValueError: when its name would not have it read again as what it is.
    """
    file = Path(path)
    if file.suffix.lower() != ".jsonl":
        raise ValueError(f"a state is saved as JSON lines, in a file named like state.jsonl, not {file.name}")
    return file


def write_lines(path: Path, taken: Snapshot, note: Note | None = None) -> None:
    """Write a state as JSON lines: everything but the history first, then a line for each transfer.

    A file of that name stays as it is until the new one is complete.

    :param note: is told how many lines of a long history have been written, and of how many.
    :raises OSError: when it cannot be written.
    """
    unfinished = path.with_name(f"{path.name}.unfinished")
    perps = taken.perps
    total = 1 + len(taken.transfers) + len(taken.inner_transfers) + len(taken.orders) + len(taken.fills)
    total += len(taken.perp_orders) + len(taken.perp_fills)
    total += len(taken.referrals)
    total += len(perps.insurance) + len(perps.positions) + len(perps.incomes) + len(perps.margin_changes)
    total += len(perps.twaps) + len(perps.fundings) + len(taken.countdowns)
    try:
        with unfinished.open("wb") as file:
            for number, line in enumerate(_lines(taken), start=1):
                file.write(line)
                if note is not None and number % _NOTED_EVERY == 0:
                    note(number, total)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _lines(taken: Snapshot) -> Iterator[bytes]:
    documents = chain(
        [taken.opening],
        (StateDocument(transfers=[transfer_form(record)]) for record in taken.transfers),
        (StateDocument(inner_transfers=[inner_form(record)]) for record in taken.inner_transfers),
        (StateDocument(orders=[form]) for form in chain(taken.orders, taken.perp_orders)),
        (StateDocument(fills=[fill_form(fill)]) for fill in taken.fills),
        (StateDocument(fills=[perp_fill_form(fill)]) for fill in taken.perp_fills),
        (StateDocument(positions=[form]) for form in taken.perps.positions),
        (StateDocument(insurance=[form]) for form in taken.perps.insurance),
        (StateDocument(incomes=[form]) for form in taken.perps.incomes),
        (StateDocument(margin_changes=[form]) for form in taken.perps.margin_changes),
        (StateDocument(twaps=[form]) for form in taken.perps.twaps),
        (StateDocument(fundings=[form]) for form in taken.perps.fundings),
        (StateDocument(countdowns=[form]) for form in taken.countdowns),
        (StateDocument(**tables) for tables in taken.referrals.documents()),
    )
    encode = msgspec.json.Encoder().encode
    return (encode(document) + b"\n" for document in documents)
