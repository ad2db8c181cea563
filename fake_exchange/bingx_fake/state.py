"""The state file: users, balances, prices, coins and history, as TOML or as JSON of the same form."""

import ipaddress
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from bingx_contracts import RULES, Account, Permission
from bingx_contracts.loading import explain
from bingx_contracts.toml_lines import Path as KeyPath
from bingx_contracts.toml_lines import line_of
from bingx_fake.clock import LATEST_MS
from bingx_fake.directory import Directory, Key, Phone, User
from bingx_fake.history import InnerTransfer, Transfer
from bingx_fake.ledger import Ledger
from bingx_fake.money import ZERO, plain, read_amount

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
Digits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,20}$")]
Uid = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
TransferId = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
Asset = Annotated[str, msgspec.Meta(pattern=RULES["asset"].pattern)]
Time = Annotated[int, msgspec.Meta(ge=0, le=LATEST_MS)]


class StateError(ValueError):
    """A state cannot be used. The message names the file, the line, the key and the reason."""


class _Form(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the state file; an unknown key in it is an error."""


class PhoneForm(_Form):
    """``phone = { calling_code = "86", number = "…" }``."""

    calling_code: Digits
    number: Digits


class KeyForm(_Form):
    """One entry of ``[[users.keys]]``."""

    key: Text
    secret: Text
    permissions: list[Permission]
    ips: list[str] = []


class SplitBalance(_Form):
    """A balance with a locked part."""

    free: str
    locked: str


class UserForm(_Form):
    """One entry of ``[[users]]``. An amount is text, or a table of free and locked."""

    uid: Uid
    email: Text | None = None
    phone: PhoneForm | None = None
    kind: Literal["main", "sub"] = "main"
    keys: list[KeyForm] = []
    balances: dict[Account, dict[str, str | SplitBalance]] = {}


class TransferForm(_Form, rename={"from_account": "from", "to_account": "to"}):
    """One entry of ``[[transfers]]``."""

    uid: Uid
    id: TransferId
    asset: Asset
    amount: str
    from_account: Account
    to_account: Account
    at: Time


class InnerTransferForm(_Form, rename={"from_account": "from"}):
    """One entry of ``[[inner_transfers]]``."""

    uid: Uid
    id: TransferId
    to_uid: Uid
    asset: Asset
    amount: str
    from_account: Account
    at: Time
    transfer_client_id: str = ""
    status: Literal[4, 5, 6] = 6


class StateForm(_Form):
    """The whole file."""

    users: list[UserForm] = []
    prices: dict[Asset, str] = {}
    coins: dict[Asset, Text] = {}
    transfers: list[TransferForm] = []
    inner_transfers: list[InnerTransferForm] = []


@dataclass(slots=True)
class State:
    """What a state file describes, ready for use."""

    directory: Directory
    ledger: Ledger
    latest_id: int


class _Wrong(Exception):
    def __init__(self, path: KeyPath, reason: str) -> None:
        super().__init__(reason)
        self.path, self.reason = path, reason


def read_form(source: Path | Mapping[str, Any] | None) -> StateForm:
    """Read a state and check all of it.

    :param source: a TOML file, the JSON form as a mapping, or None for the built-in example.
    :raises StateError: naming file, line (of a file), key and reason.
    """
    if isinstance(source, Mapping):
        return _convert(dict(source), name="state", text=None)
    if source is None:
        name = "example_state.toml"
        text = resources.files("bingx_fake").joinpath(name).read_text(encoding="utf-8")
    else:
        name = str(source)
        try:
            text = source.read_text(encoding="utf-8")
        except OSError as error:
            raise StateError(f"{name}: cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise StateError(f"{name}: is not UTF-8 text") from None
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # RecursionError and huge numbers are not TOMLDecodeErrors
        raise StateError(f"{name}: {error}") from None
    return _convert(document, name=name, text=text)


def _convert(document: dict[str, Any], *, name: str, text: str | None) -> StateForm:
    try:
        try:
            form = msgspec.convert(document, StateForm)
        except msgspec.ValidationError as error:
            reason, path = explain(error)
            raise _Wrong(path, reason) from None
        build(form)
    except _Wrong as wrong:
        line = "" if text is None else f" line {line_of(text, wrong.path)}:"
        key = ".".join(str(part) for part in wrong.path) or "the document"
        raise StateError(f"{name}:{line} {key}: {wrong.reason}") from None
    return form


def build(form: StateForm) -> State:
    """Make the books and the directory that a checked form describes."""
    directory = Directory(coins=dict(form.coins))
    directory.prices = {
        asset: _amount(price, ("prices", asset), zero=False) for asset, price in form.prices.items()
    }
    ledger = Ledger()
    for index, user in enumerate(form.users):
        path: KeyPath = ("users", index)
        try:
            directory.add(_user(user, path))
        except ValueError as error:
            raise _Wrong((*path, "uid"), str(error)) from None
        _enter_balances(ledger, user, path)
    seen: set[int] = set()
    for index, transfer in enumerate(form.transfers):
        _check_history(transfer.id, seen, directory, (transfer.uid,), ("transfers", index))
        if transfer.from_account == transfer.to_account:
            raise _Wrong(("transfers", index, "to"), "is the account the amount came from")
        amount = _amount(transfer.amount, ("transfers", index, "amount"), zero=False)
        ledger.record(
            Transfer(
                id=transfer.id,
                uid=transfer.uid,
                asset=transfer.asset,
                amount=amount,
                from_account=transfer.from_account,
                to_account=transfer.to_account,
                at_ms=transfer.at,
            )
        )
        directory.know_coin(transfer.asset)
    for index, inner in enumerate(form.inner_transfers):
        uids = (inner.uid, inner.to_uid)
        _check_history(inner.id, seen, directory, uids, ("inner_transfers", index))
        if inner.uid == inner.to_uid:
            raise _Wrong(("inner_transfers", index, "to_uid"), "is the sender")
        amount = _amount(inner.amount, ("inner_transfers", index, "amount"), zero=False)
        ledger.record_inner(
            InnerTransfer(
                id=inner.id,
                from_uid=inner.uid,
                to_uid=inner.to_uid,
                asset=inner.asset,
                amount=amount,
                from_account=inner.from_account,
                client_id=inner.transfer_client_id,
                at_ms=inner.at,
                status=inner.status,
            )
        )
        directory.know_coin(inner.asset)
    for _, _, held in ledger.books():
        for asset in held:
            directory.know_coin(asset)
    for asset in directory.prices:
        directory.know_coin(asset)
    ledger.assert_conserved()
    return State(directory, ledger, latest_id=max(seen, default=0))


def dump(directory: Directory, ledger: Ledger) -> dict[str, Any]:
    """The JSON form of a running exchange's state: loading it again gives the same exchange."""
    balances: dict[int, dict[str, dict[str, str | SplitBalance]]] = {}
    for uid, account, held in ledger.books():
        balances.setdefault(uid, {})[account] = {
            asset: SplitBalance(free=plain(balance.free), locked=plain(balance.locked))
            if balance.locked
            else plain(balance.free)
            for asset, balance in held.items()
        }
    form = StateForm(
        users=[_user_form(user, balances.get(user.uid, {})) for user in directory.users.values()],
        prices={asset: plain(price) for asset, price in directory.prices.items()},
        coins=dict(directory.coins),
        transfers=[
            TransferForm(
                uid=transfer.uid,
                id=transfer.id,
                asset=transfer.asset,
                amount=plain(transfer.amount),
                from_account=transfer.from_account,  # type: ignore[arg-type]  # the ledger holds only known accounts
                to_account=transfer.to_account,  # type: ignore[arg-type]  # as above
                at=transfer.at_ms,
            )
            for transfer in ledger.all_transfers()
        ],
        inner_transfers=[
            InnerTransferForm(
                uid=inner.from_uid,
                id=inner.id,
                to_uid=inner.to_uid,
                asset=inner.asset,
                amount=plain(inner.amount),
                from_account=inner.from_account,  # type: ignore[arg-type]  # as above
                transfer_client_id=inner.client_id,
                at=inner.at_ms,
                status=inner.status,  # type: ignore[arg-type]  # the ledger holds only documented statuses
            )
            for inner in ledger.all_inner_transfers()
        ],
    )
    plain_form: dict[str, Any] = msgspec.to_builtins(form)
    return plain_form


def is_asset(text: str) -> bool:
    """Whether a text can be the name of an asset."""
    return re.fullmatch(RULES["asset"].pattern or "", text, re.ASCII) is not None


def _user(form: UserForm, path: KeyPath) -> User:
    keys = []
    for index, key in enumerate(form.keys):
        addresses = [
            _address(text, (*path, "keys", index, "ips", position)) for position, text in enumerate(key.ips)
        ]
        keys.append(Key(key.key, key.secret.encode(), frozenset(key.permissions), frozenset(addresses)))
    phone = None if form.phone is None else Phone(form.phone.calling_code, form.phone.number)
    return User(form.uid, form.email, phone, form.kind == "main", tuple(keys))


def _user_form(user: User, balances: dict[str, dict[str, str | SplitBalance]]) -> UserForm:
    return UserForm(
        uid=user.uid,
        email=user.email,
        phone=None
        if user.phone is None
        else PhoneForm(calling_code=user.phone.calling_code, number=user.phone.number),
        kind="main" if user.is_main else "sub",
        keys=[
            KeyForm(
                key=key.key,
                secret=key.secret.decode(),
                permissions=sorted(key.permissions),
                ips=sorted(key.addresses),
            )
            for key in user.keys
        ],
        balances=balances,  # type: ignore[arg-type]  # the ledger holds only known accounts
    )


def _enter_balances(ledger: Ledger, user: UserForm, path: KeyPath) -> None:
    for account, held in user.balances.items():
        for asset, balance in held.items():
            place = (*path, "balances", account, asset)
            if not is_asset(asset):
                raise _Wrong(place, f"{asset!r} is no asset name: {RULES['asset'].says}")
            if isinstance(balance, str):
                free, locked = _amount(balance, place), ZERO
            else:
                free = _amount(balance.free, (*place, "free"))
                locked = _amount(balance.locked, (*place, "locked"))
            try:
                ledger.open_balance(user.uid, account, asset, free=free, locked=locked)
            except ValueError as error:
                raise _Wrong(place, str(error)) from None


def _amount(text: str, path: KeyPath, *, zero: bool = True) -> Decimal:
    try:
        amount = read_amount(text)
    except ValueError as error:
        raise _Wrong(path, str(error)) from None
    if not zero and amount == 0:
        raise _Wrong(path, "must be above zero")
    return amount


def _address(text: str, path: KeyPath) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise _Wrong(path, f"{text!r} is no IP address") from None


def _check_history(
    record_id: int, seen: set[int], directory: Directory, uids: tuple[int, ...], path: KeyPath
) -> None:
    if record_id in seen:
        raise _Wrong((*path, "id"), f"{record_id} is given twice")
    seen.add(record_id)
    for uid in uids:
        if uid not in directory.users:
            raise _Wrong((*path, "uid"), f"there is no user {uid}")
