"""The tables of a state that are about agents, and what they stand for, in both directions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from bingx_contracts import RULES
from bingx_contracts.reading.toml_lines import Path as KeyPath
from bingx_fake.books.directory import Directory, User
from bingx_fake.books.money import plain, read_amount
from bingx_fake.books.referrals import Business, Commission, Deposit, Invitee, Partner, Referrals
from bingx_fake.clock import LATEST_MS
from bingx_fake.state.wrong import Wrong

Uid = Annotated[int, msgspec.Meta(gt=0, le=2**63 - 1)]
Time = Annotated[int, msgspec.Meta(ge=0, le=LATEST_MS)]
Code = Annotated[str, msgspec.Meta(pattern=RULES["inviteCode"].pattern)]
Asset = Annotated[str, msgspec.Meta(pattern=RULES["asset"].pattern)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Words = Annotated[str, msgspec.Meta(max_length=254)]

_API_BUSINESSES = ("perpetualFutures", "spot")


class _Form(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A table of the state file; an unknown key in it is an error."""


class PartnerForm(_Form):
    """``partner = { … }`` of somebody who was invited and invites others. ``ratio`` is a part of 1."""

    email: Words = ""
    phone: Words = ""
    remarks: Words = ""
    language: Words = "en"
    level: Number = 0
    ratio: str = "0"


class InviteeForm(_Form):
    """One entry of ``[[invitees]]``: whom the main account ``uid`` is shown."""

    uid: Uid
    invitee: Uid
    at: Time
    code: Code
    inviter: Uid | None = None
    own_code: Code | None = None
    kyc: bool = False
    balance: str = "0"
    level: Number = 0
    ratio: Percent = 0
    benefit: Number = 0
    benefit_ratio: Percent = 0
    benefit_until: Time = 0
    partner: PartnerForm | None = None


class CommissionForm(_Form):
    """One entry of ``[[commissions]]``: what ``uid`` got of the trading of ``invitee``."""

    uid: Uid
    invitee: Uid
    at: Time
    business: Business
    volume: str
    commission: str
    fee: str = "0"
    offset: str = "0"
    api: bool = False


class DepositForm(_Form):
    """One entry of ``[[deposits]]``: what ``invitee`` has paid in, which ``uid`` is shown."""

    uid: Uid
    invitee: Uid
    at: Time
    asset: Asset
    amount: str


@dataclass(frozen=True, slots=True)
class ReferralRows:
    """The rows of a state that are about agents."""

    invitees: list[InviteeForm] = field(default_factory=list)
    commissions: list[CommissionForm] = field(default_factory=list)
    deposits: list[DepositForm] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.invitees) + len(self.commissions) + len(self.deposits)

    def of(self, uid: int) -> "ReferralRows":
        """Those of one agent."""
        return ReferralRows(
            [row for row in self.invitees if row.uid == uid],
            [row for row in self.commissions if row.uid == uid],
            [row for row in self.deposits if row.uid == uid],
        )

    def extend(self, more: "ReferralRows") -> None:
        """Add rows that come after these."""
        self.invitees.extend(more.invitees)
        self.commissions.extend(more.commissions)
        self.deposits.extend(more.deposits)

    def documents(self) -> Iterable[dict[str, Any]]:
        """The tables with a row each, in an order in which they can be read."""
        yield from ({"invitees": [row]} for row in self.invitees)
        yield from ({"commissions": [row]} for row in self.commissions)
        yield from ({"deposits": [row]} for row in self.deposits)


def enter_referrals(rows: ReferralRows, directory: Directory) -> None:
    """Enter rows that go together with those that the directory has.

    :raises Wrong: for the first that cannot be.
    """
    users, referrals = directory.users, directory.referrals
    for index, invited in enumerate(rows.invitees):
        referrals.invite(_invitee_of(invited, users, referrals, ("invitees", index)))
    for index, commission in enumerate(rows.commissions):
        referrals.note_commission(_commission_of(commission, users, referrals, ("commissions", index)))
    for index, deposit in enumerate(rows.deposits):
        _check_invited(deposit, users, referrals, ("deposits", index))
        amount = _amount(deposit.amount, ("deposits", index, "amount"))
        referrals.note_deposit(Deposit(deposit.uid, deposit.invitee, deposit.at, deposit.asset, amount))


def _invitee_of(row: InviteeForm, users: Mapping[int, User], known: Referrals, path: KeyPath) -> Invitee:
    _check_agent(row.uid, users, path)
    if row.invitee in known.invitees(row.uid):
        raise Wrong((*path, "invitee"), f"{row.invitee} is given twice to user {row.uid}")
    for key, other in (("invitee", row.uid), ("inviter", row.invitee)):
        if getattr(row, key) == other:
            raise Wrong((*path, key), f"user {other} cannot have invited himself")
    return Invitee(
        agent=row.uid,
        uid=row.invitee,
        inviter=row.uid if row.inviter is None else row.inviter,
        at_ms=row.at,
        code=row.code,
        own_code=row.own_code or "",
        is_known=row.kyc,
        balance=_amount(row.balance, (*path, "balance")),
        level=row.level,
        ratio=row.ratio,
        benefit=row.benefit,
        benefit_ratio=row.benefit_ratio,
        benefit_until_ms=row.benefit_until,
        partner=None if row.partner is None else _partner_of(row.partner, (*path, "partner")),
    )


def _partner_of(form: PartnerForm, path: KeyPath) -> Partner:
    ratio = _amount(form.ratio, (*path, "ratio"))
    if ratio > 1:
        raise Wrong((*path, "ratio"), f"{form.ratio} is more than 1, which is all")
    return Partner(form.email, form.phone, form.remarks, form.language, form.level, ratio)


def _commission_of(
    row: CommissionForm, users: Mapping[int, User], known: Referrals, path: KeyPath
) -> Commission:
    if not row.api:
        _check_invited(row, users, known, path)
    else:
        _check_agent(row.uid, users, path)
        if row.business not in _API_BUSINESSES:
            raise Wrong((*path, "business"), f"is {' or '.join(_API_BUSINESSES)} where api is true")
    amounts = {
        key: _amount(getattr(row, key), (*path, key)) for key in ("volume", "commission", "fee", "offset")
    }
    if amounts["offset"] > amounts["fee"]:
        raise Wrong((*path, "offset"), f"{row.offset} is more than the fee, {row.fee}")
    return Commission(
        agent=row.uid,
        uid=row.invitee,
        at_ms=row.at,
        business=row.business,
        volume=amounts["volume"],
        amount=amounts["commission"],
        fee=amounts["fee"],
        offset=amounts["offset"],
        is_api=row.api,
    )


def _check_invited(
    row: CommissionForm | DepositForm, users: Mapping[int, User], known: Referrals, path: KeyPath
) -> None:
    _check_agent(row.uid, users, path)
    if row.invitee not in known.invitees(row.uid):
        raise Wrong(
            (*path, "invitee"), f"{row.invitee} is not among the invitees of user {row.uid}: give them first"
        )


def _check_agent(uid: int, users: Mapping[int, User], path: KeyPath) -> None:
    if uid not in users:
        raise Wrong((*path, "uid"), f"there is no user {uid}")
    if not users[uid].is_main:
        raise Wrong((*path, "uid"), f"user {uid} is a sub account, and only main accounts invite others")


def _amount(text: str, path: KeyPath) -> Decimal:
    try:
        return read_amount(text)
    except ValueError as error:
        raise Wrong(path, str(error)) from None


def referral_rows(referrals: Referrals) -> ReferralRows:
    """The rows of everything that agents are shown."""
    return ReferralRows(
        [_invitee_form(it) for it in referrals.all_invitees()],
        [_commission_form(it) for it in referrals.all_commissions()],
        [
            DepositForm(uid=it.agent, invitee=it.uid, at=it.at_ms, asset=it.asset, amount=plain(it.amount))
            for it in referrals.all_deposits()
        ],
    )


def _invitee_form(it: Invitee) -> InviteeForm:
    partner = it.partner
    return InviteeForm(
        uid=it.agent,
        invitee=it.uid,
        at=it.at_ms,
        code=it.code,
        inviter=None if it.is_direct else it.inviter,
        own_code=it.own_code or None,
        kyc=it.is_known,
        balance=plain(it.balance),
        level=it.level,
        ratio=it.ratio,
        benefit=it.benefit,
        benefit_ratio=it.benefit_ratio,
        benefit_until=it.benefit_until_ms,
        partner=None
        if partner is None
        else PartnerForm(
            email=partner.email,
            phone=partner.phone,
            remarks=partner.remarks,
            language=partner.language,
            level=partner.level,
            ratio=plain(partner.ratio),
        ),
    )


def _commission_form(it: Commission) -> CommissionForm:
    return CommissionForm(
        uid=it.agent,
        invitee=it.uid,
        at=it.at_ms,
        business=it.business,
        volume=plain(it.volume),
        commission=plain(it.amount),
        fee=plain(it.fee),
        offset=plain(it.offset),
        api=it.is_api,
    )
