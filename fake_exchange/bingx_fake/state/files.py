"""An exchange's state: users, balances, prices, coins and history, and the file that holds it.

A file is TOML, or JSON in lines (``.jsonl`` or ``.json``): each line is a document of the same form, and the
lines add up. Lines are read and written in a stream, so that a history of millions takes no memory but its
own. The answer of ``GET /state`` is such a line.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from itertools import chain, pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from bingx_contracts import RULES
from bingx_contracts.reading.files import lines_of, text_of
from bingx_contracts.reading.loading import explain
from bingx_contracts.reading.toml_lines import Path as KeyPath
from bingx_contracts.reading.toml_lines import line_of
from bingx_fake.books.accounts import Balance
from bingx_fake.books.directory import Directory
from bingx_fake.books.history import InnerTransfer, Transfer
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import ZERO
from bingx_fake.market.stall import Listing
from bingx_fake.market.standing import Standing
from bingx_fake.state.countdowns import check_countdowns
from bingx_fake.state.forms import (
    InnerTransferForm,
    MarketsDocument,
    StateDocument,
    TransferForm,
    UserForm,
    amount_of,
    inner_of,
    transfer_of,
    user_of,
)
from bingx_fake.state.markets import MarketForm, forms_of, listing_of
from bingx_fake.state.order_forms import CountdownForm, FillForm, OrderForm, SettingsForm
from bingx_fake.state.orders import Trading, trading_of
from bingx_fake.state.perp_rows import PerpRows
from bingx_fake.state.perps import Perps, perps_of
from bingx_fake.state.referrals import ReferralRows, enter_referrals
from bingx_fake.state.wrong import Wrong
from bingx_fake.venue.commands import MarketId

Note = Callable[[int, int], None]
"""Is told how much is done, and of how much, now and then."""

LINES = frozenset({".jsonl", ".json"})
_NOTED_EVERY = 10_000
"""Lines: some tenths of a second."""


class StateError(ValueError):
    """A state cannot be used. The message names the file, the line, the key and the reason."""


@dataclass(frozen=True, slots=True)
class StateForm:
    """A state that has been checked whole: what an exchange starts with, and goes back to.

    Its history is made of the very records that the books will hold, since they never change.
    """

    users: list[UserForm] = field(default_factory=list)
    prices: dict[str, str] = field(default_factory=dict)
    coins: dict[str, str] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)
    inner_transfers: list[InnerTransfer] = field(default_factory=list)
    markets: list[MarketForm] = field(default_factory=list)
    orders: list[OrderForm] = field(default_factory=list)
    fills: list[FillForm] = field(default_factory=list)
    perps: PerpRows = field(default_factory=PerpRows)
    countdowns: list[CountdownForm] = field(default_factory=list)
    referrals: ReferralRows = field(default_factory=ReferralRows)
    standings: list[Standing] = field(default_factory=list)


@dataclass(slots=True)
class State:
    """What a form describes, ready for use."""

    directory: Directory
    ledger: Ledger
    trading: Trading
    perps: Perps
    coins: Perps
    countdowns: list[CountdownForm]
    latest_id: int


def read_form(source: Path | Mapping[str, Any] | None, note: Note | None = None) -> StateForm:
    """Read a state and check all of it.

    :param source: a TOML file, a file of JSON lines, the JSON form as a mapping, or None for the example.
    :param note: is told how many bytes of a large file of lines have been read, and of how many.
    :raises StateError: naming file, line (of a file), key and reason.
    """
    if isinstance(source, Mapping):
        return _read_document(dict(source), name="state", text=None)
    if source is None:
        name = "example_state.toml"
        return _read_toml(text_of(resources.files("bingx_fake").joinpath(name).read_bytes()), name)
    name = str(source)
    try:
        if source.suffix.lower() in LINES:
            return _read_lines(source, note)
        return _read_toml(text_of(source.read_bytes()), name)
    except OSError as error:
        raise StateError(f"{name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise StateError(f"{name}: is not UTF-8 text") from None


def _read_toml(text: str, name: str) -> StateForm:
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # RecursionError and huge numbers are not TOMLDecodeErrors
        raise StateError(f"{name}: {error}") from None
    return _read_document(document, name=name, text=text)


def _read_document(document: dict[str, Any], *, name: str, text: str | None) -> StateForm:
    reading = _Reading()
    with errors(name, lambda path: None if text is None else line_of(text, path)):
        reading.add(msgspec.convert(document, StateDocument))
    return reading.form


def _read_lines(path: Path, note: Note | None) -> StateForm:
    reading = _Reading()
    decoder = msgspec.json.Decoder(StateDocument)
    read = number = 0
    with path.open("rb") as file, errors(str(path), lambda _: number):
        total = path.stat().st_size
        for number, line in lines_of(file):
            try:
                document = decoder.decode(line)
            except msgspec.ValidationError:
                raise
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise Wrong((), f"is not a line of JSON: {error}") from None
            reading.add(document)
            read += len(line) + 1
            if note is not None and number % _NOTED_EVERY == 0:
                note(read, total)
    return reading.form


@contextmanager
def errors(name: str, line: Callable[[KeyPath], int | None]) -> Iterator[None]:
    """Say where it was that something was wrong."""
    try:
        try:
            yield
        except msgspec.ValidationError as error:
            reason, path = explain(error)
            raise Wrong(path, reason) from None
    except Wrong as wrong:
        number = line(wrong.path)
        place = "" if number is None else f" line {number}:"
        key = ".".join(str(part) for part in wrong.path) or "the document"
        raise StateError(f"{name}:{place} {key}: {wrong.reason}") from None


def read_markets(path: Path, prices: Mapping[str, str]) -> list[MarketForm]:
    """Read a TOML file of ``[[markets]]`` and check all of it.

    :param prices: what opens markets whose entries name no price, by base coin.
    :raises StateError: naming file, line, key and reason.
    """
    name = str(path)
    try:
        text = text_of(path.read_bytes())
        document = tomllib.loads(text)
    except OSError as error:
        raise StateError(f"{name}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise StateError(f"{name}: {error}") from None
    with errors(name, lambda path: line_of(text, path)):
        markets = msgspec.convert(document, MarketsDocument).markets
        opening = {asset: Decimal(price) for asset, price in prices.items()}
        for index, market in enumerate(markets):
            _check_market(market, ("markets", index), opening)
    return markets


class _Reading:
    """Checks documents one after the other, and gathers what they say."""

    def __init__(self) -> None:
        self.form = StateForm()
        self._directory = Directory()
        self._ledger = Ledger()
        self._ids: set[int] = set()
        self._transfer_ids: set[int] = set()
        self._client_ids: set[tuple[int, str]] = set()

    def add(self, document: StateDocument) -> None:
        """Check a document together with those before it.

        :raises Wrong: for the first thing that cannot be.
        """
        form = self.form
        for asset, price in document.prices.items():
            amount_of(price, ("prices", asset), zero=False)
        for index, user in enumerate(document.users):
            enter_user(user, self._directory, self._ledger, ("users", index))
        for index, row in enumerate(document.transfers):
            self._check(row, (row.uid,), ("transfers", index))
            transfer = transfer_of(row, ("transfers", index))
            if transfer.transfer_id in self._transfer_ids:
                key = "id" if row.transfer_id is None else "transfer_id"
                raise Wrong(("transfers", index, key), f"{transfer.transfer_id} is given twice")
            self._transfer_ids.add(transfer.transfer_id)
            form.transfers.append(transfer)
        for index, inner in enumerate(document.inner_transfers):
            self._check(inner, (inner.uid, inner.to_uid), ("inner_transfers", index))
            self._check_client_id(inner, ("inner_transfers", index))
            form.inner_transfers.append(inner_of(inner, ("inner_transfers", index)))
        prices = {asset: Decimal(price) for asset, price in (form.prices | document.prices).items()}
        for index, market in enumerate(document.markets):
            _check_market(market, ("markets", index), prices)
        form.markets.extend(document.markets)
        form.users.extend(document.users)
        form.orders.extend(document.orders)
        form.fills.extend(document.fills)
        form.perps.positions.extend(document.positions)
        form.perps.insurance.extend(document.insurance)
        form.perps.incomes.extend(document.incomes)
        form.perps.margin_changes.extend(document.margin_changes)
        form.perps.twaps.extend(document.twaps)
        form.perps.fundings.extend(document.fundings)
        form.countdowns.extend(document.countdowns)
        agents = ReferralRows(document.invitees, document.commissions, document.deposits)
        enter_referrals(agents, self._directory)
        form.referrals.extend(agents)
        for index, standing in enumerate([] if document.run is None else document.run.markets):
            _check_standing(standing, ("run", "markets", index))
            form.standings.append(standing)
        form.prices.update(document.prices)
        form.coins.update(document.coins)

    def _check_client_id(self, inner: InnerTransferForm, path: KeyPath) -> None:
        if not inner.transfer_client_id:
            return
        sent = (inner.uid, inner.transfer_client_id)
        if sent in self._client_ids:
            raise Wrong(
                (*path, "transfer_client_id"), f"{inner.transfer_client_id} is given twice by uid {inner.uid}"
            )
        self._client_ids.add(sent)

    def _check(self, row: TransferForm | InnerTransferForm, uids: tuple[int, ...], path: KeyPath) -> None:
        if row.id in self._ids:
            raise Wrong((*path, "id"), f"{row.id} is given twice")
        self._ids.add(row.id)
        for uid in uids:
            if uid not in self._directory.users:
                raise Wrong((*path, "uid"), f"there is no user {uid}")


def _check_market(market: MarketForm, path: KeyPath, prices: Mapping[str, Decimal]) -> None:
    for form in forms_of(market, path):
        listing_of(form, path, prices=prices, usual_source="constant")


def _check_standing(standing: Standing, path: KeyPath) -> None:
    rows = {"minutes": [row[0] for row in standing.minutes], "tape": [row[0] for row in standing.tape]}
    rows["marks"] = [row[0] for row in standing.marks]
    for key, firsts in rows.items():
        if any(later <= earlier for earlier, later in pairwise(firsts)):
            raise Wrong((*path, key), "the rows do not follow each other")


def enter_user(form: UserForm, directory: Directory, ledger: Ledger, path: KeyPath) -> None:
    """Enter the user that an entry describes, with the balances. Raises ``Wrong`` where there can be none."""
    try:
        directory.add(user_of(form, path))
    except ValueError as error:
        raise Wrong((*path, "uid"), str(error)) from None
    for place, account, asset, balance in balances_of(form, path):
        try:
            ledger.open_balance(form.uid, account, asset, free=balance.free, locked=balance.locked)
        except ValueError as error:
            raise Wrong(place, str(error)) from None


def balances_of(form: UserForm, path: KeyPath) -> Iterator[tuple[KeyPath, str, str, Balance]]:
    """Where each balance of an entry stands, its account, asset and amounts. Raises ``Wrong`` as it goes."""
    for account, held in form.balances.items():
        for asset, balance in held.items():
            place = (*path, "balances", account, asset)
            if not is_asset(asset):
                raise Wrong(place, f"{asset!r} is no asset name: {RULES['asset'].says}")
            if isinstance(balance, str):
                free, locked = amount_of(balance, place), ZERO
            else:
                free = amount_of(balance.free, (*place, "free"))
                locked = amount_of(balance.locked, (*place, "locked"))
            yield place, account, asset, Balance(free, locked)


def build(form: StateForm, listings: Mapping[MarketId, Listing] = MappingProxyType({})) -> State:
    """Make the books and the directory that a form describes, and its orders.

    :param listings: the markets that orders may be on.
    :raises StateError: where there can be no such order.
    """
    directory, ledger = Directory(coins=dict(form.coins)), Ledger()
    directory.prices = {asset: amount_of(price, ("prices", asset)) for asset, price in form.prices.items()}
    for index, user in enumerate(form.users):
        enter_user(user, directory, ledger, ("users", index))
    for transfer in form.transfers:
        ledger.record(transfer)
        directory.know_coin(transfer.asset)
    for inner in form.inner_transfers:
        ledger.record_inner(inner)
        directory.know_coin(inner.asset)
    for _, _, held in ledger.books():
        for asset in held:
            directory.know_coin(asset)
    for asset in directory.prices:
        directory.know_coin(asset)
    with errors("the state", lambda _: None):
        enter_referrals(form.referrals, directory)
        settings = {user.uid: user.settings or SettingsForm() for user in form.users}
        trading = trading_of(form.orders, form.fills, settings, listings=listings, ledger=ledger)
        perps = perps_of(form.orders, form.fills, form.perps, settings, listings)
        coins = perps_of(form.orders, form.fills, form.perps, settings, listings, "coinm")
        check_countdowns(form.countdowns, settings)
    ledger.assert_conserved()
    ids = chain((own.id for own in form.transfers), (inner.id for inner in form.inner_transfers))
    latest_id = max(ids, default=0)
    return State(directory, ledger, trading, perps, coins, form.countdowns, latest_id)


def is_asset(text: str) -> bool:
    """Whether a text can be the name of an asset."""
    return re.fullmatch(RULES["asset"].pattern or "", text, re.ASCII) is not None
