"""The forms of a state's tables as they stand in a file, and what they stand for, in both directions."""

import ipaddress
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from bingx_contracts import RULES, Account, Permission
from bingx_contracts.reading.toml_lines import Path as KeyPath
from bingx_fake.books.accounts import Balance
from bingx_fake.books.directory import Key, Phone, User
from bingx_fake.books.history import InnerTransfer, Transfer
from bingx_fake.books.money import plain, read_amount
from bingx_fake.clock import LATEST_MS
from bingx_fake.market.standing import Standing
from bingx_fake.state.markets import MarketForm
from bingx_fake.state.order_forms import (
    CountdownForm,
    FillForm,
    FundingForm,
    HoldingForm,
    IncomeForm,
    MarginChangeForm,
    OrderForm,
    PositionForm,
    SettingsForm,
    TwapForm,
)
from bingx_fake.state.referrals import CommissionForm, DepositForm, InviteeForm
from bingx_fake.state.wrong import Wrong

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=254)]
Digits = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,20}$")]
Uid = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
TransferId = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
LongId = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,29}$")]
"""Text, since it has more digits than TOML's integers, or other readers of JSON, are sure to keep."""
Asset = Annotated[str, msgspec.Meta(pattern=RULES["asset"].pattern)]
Time = Annotated[int, msgspec.Meta(ge=0, le=LATEST_MS)]


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
    settings: SettingsForm | None = None


class TransferForm(_Form, rename={"from_account": "from", "to_account": "to"}):
    """One entry of ``[[transfers]]``: ``id`` is its tranId, and its transferId where no other is given."""

    uid: Uid
    id: TransferId
    asset: Asset
    amount: str
    from_account: Account
    to_account: Account
    at: Time
    transfer_id: LongId | None = None


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


class RunForm(_Form):
    """``[run]``: where the markets stood when a state was saved."""

    markets: list[Standing] = []


class StateDocument(_Form):
    """A whole file, or one line of a state in JSON lines."""

    users: list[UserForm] = []
    markets: list[MarketForm] = []
    prices: dict[Asset, str] = {}
    coins: dict[Asset, Text] = {}
    transfers: list[TransferForm] = []
    inner_transfers: list[InnerTransferForm] = []
    orders: list[OrderForm] = []
    fills: list[FillForm] = []
    positions: list[PositionForm] = []
    insurance: list[HoldingForm] = []
    incomes: list[IncomeForm] = []
    margin_changes: list[MarginChangeForm] = []
    twaps: list[TwapForm] = []
    fundings: list[FundingForm] = []
    countdowns: list[CountdownForm] = []
    invitees: list[InviteeForm] = []
    commissions: list[CommissionForm] = []
    deposits: list[DepositForm] = []
    run: RunForm | None = None


class MarketsDocument(_Form):
    """A file of markets alone."""

    markets: list[MarketForm]


def user_of(form: UserForm, path: KeyPath) -> User:
    """The user that an entry describes. Raises ``Wrong`` where an address is none."""
    keys = []
    for index, key in enumerate(form.keys):
        addresses = [
            _address(text, (*path, "keys", index, "ips", position)) for position, text in enumerate(key.ips)
        ]
        keys.append(Key(key.key, key.secret.encode(), frozenset(key.permissions), frozenset(addresses)))
    phone = None if form.phone is None else Phone(form.phone.calling_code, form.phone.number)
    return User(form.uid, form.email, phone, form.kind == "main", tuple(keys))


def user_form(
    user: User, balances: Mapping[str, Mapping[str, Balance]], settings: SettingsForm | None = None
) -> UserForm:
    """The entry of a user who holds these balances, by account and asset."""
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
        balances={
            account: {asset: _balance_form(balance) for asset, balance in held.items()}  # type: ignore[misc]  # the ledger holds only known accounts
            for account, held in balances.items()
        },
        settings=settings,
    )


def _balance_form(balance: Balance) -> str | SplitBalance:
    if not balance.locked:
        return plain(balance.free)
    return SplitBalance(free=plain(balance.free), locked=plain(balance.locked))


def transfer_of(row: TransferForm, path: KeyPath) -> Transfer:
    """The transfer that a row describes. Raises ``Wrong`` where there can be none such."""
    if row.from_account == row.to_account:
        raise Wrong((*path, "to"), "is the account the amount came from")
    amount = amount_of(row.amount, (*path, "amount"), zero=False)
    transfer_id = row.id if row.transfer_id is None else int(row.transfer_id)
    return Transfer(row.id, row.uid, row.asset, amount, row.from_account, row.to_account, row.at, transfer_id)


def transfer_form(record: Transfer) -> TransferForm:
    """The row of a transfer."""
    return TransferForm(
        uid=record.uid,
        id=record.id,
        asset=record.asset,
        amount=plain(record.amount),
        from_account=record.from_account,  # type: ignore[arg-type]  # the ledger holds only known accounts
        to_account=record.to_account,  # type: ignore[arg-type]  # as above
        at=record.at_ms,
        transfer_id=None if record.transfer_id == record.id else str(record.transfer_id),
    )


def inner_of(row: InnerTransferForm, path: KeyPath) -> InnerTransfer:
    """The internal transfer that a row describes. Raises ``Wrong`` where there can be none such."""
    if row.uid == row.to_uid:
        raise Wrong((*path, "to_uid"), "is the sender")
    return InnerTransfer(
        id=row.id,
        from_uid=row.uid,
        to_uid=row.to_uid,
        asset=row.asset,
        amount=amount_of(row.amount, (*path, "amount"), zero=False),
        from_account=row.from_account,
        client_id=row.transfer_client_id,
        at_ms=row.at,
        status=row.status,
    )


def inner_form(record: InnerTransfer) -> InnerTransferForm:
    """The row of an internal transfer."""
    return InnerTransferForm(
        uid=record.from_uid,
        id=record.id,
        to_uid=record.to_uid,
        asset=record.asset,
        amount=plain(record.amount),
        from_account=record.from_account,  # type: ignore[arg-type]  # the ledger holds only known accounts
        transfer_client_id=record.client_id,
        at=record.at_ms,
        status=record.status,  # type: ignore[arg-type]  # the ledger holds only documented statuses
    )


def amount_of(text: str, path: KeyPath, *, zero: bool = True) -> Decimal:
    """A checked amount. Raises ``Wrong`` for what is none, and for zero where it cannot be."""
    try:
        amount = read_amount(text)
    except ValueError as error:
        raise Wrong(path, str(error)) from None
    if not zero and amount == 0:
        raise Wrong(path, "must be above zero")
    return amount


def _address(text: str, path: KeyPath) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise Wrong(path, f"{text!r} is no IP address") from None
