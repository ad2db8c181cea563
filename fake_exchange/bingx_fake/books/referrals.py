"""Who was invited by whom, and what came of it: what agents are shown. Nothing here moves money."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Business = Literal["perpetualFutures", "standardFutures", "spot", "copyTradePro", "mt5"]
"""What was traded, by the words of businessType (R; mt5 is ours, A256)."""


@dataclass(frozen=True, slots=True)
class Partner:
    """What is known of an invited user who invites others."""

    email: str
    phone: str
    remarks: str
    language: str
    level: int
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class Invitee:
    """A user who was invited, who need not be one of this exchange.

    :param agent: the UID of the main account that is shown the user.
    :param inviter: the UID of who invited the user: the agent, or somebody below.
    :param code: the invitation code that the user came by; ``own_code`` is the user's own.
    :param ratio: the agent's part of the user's fees, in percent.
    """

    agent: int
    uid: int
    inviter: int
    at_ms: int
    code: str
    own_code: str
    is_known: bool
    balance: Decimal
    level: int
    ratio: int
    benefit: int
    benefit_ratio: int
    benefit_until_ms: int
    partner: Partner | None

    @property
    def is_direct(self) -> bool:
        """Whether the agent himself invited the user."""
        return self.inviter == self.agent


@dataclass(frozen=True, slots=True)
class Commission:
    """What an agent got of a user's trading.

    :param fee: what the user paid in fees, of which ``offset`` was paid by vouchers.
    :param is_api: whether it is for trading through the agent's API, by a user whom nobody need have invited.
    """

    agent: int
    uid: int
    at_ms: int
    business: Business
    volume: Decimal
    amount: Decimal
    fee: Decimal
    offset: Decimal
    is_api: bool


@dataclass(frozen=True, slots=True)
class Deposit:
    """What a user who was invited has paid in."""

    agent: int
    uid: int
    at_ms: int
    asset: str
    amount: Decimal


@dataclass(slots=True)
class Referrals:
    """Everything that agents are shown, by the agent's UID; rows stand as they came."""

    _invitees: dict[int, dict[int, Invitee]] = field(default_factory=dict)
    _commissions: dict[int, list[Commission]] = field(default_factory=dict)
    _deposits: dict[int, list[Deposit]] = field(default_factory=dict)

    def invite(self, invitee: Invitee) -> None:
        """Enter a user who was invited."""
        self._invitees.setdefault(invitee.agent, {})[invitee.uid] = invitee

    def note_commission(self, commission: Commission) -> None:
        """Enter what an agent got."""
        self._commissions.setdefault(commission.agent, []).append(commission)

    def note_deposit(self, deposit: Deposit) -> None:
        """Enter what somebody paid in."""
        self._deposits.setdefault(deposit.agent, []).append(deposit)

    def invitees(self, agent: int) -> dict[int, Invitee]:
        """Whom an agent is shown, by UID."""
        return self._invitees.get(agent, {})

    def commissions(self, agent: int) -> list[Commission]:
        """What an agent got."""
        return self._commissions.get(agent, [])

    def deposits(self, agent: int) -> list[Deposit]:
        """What those whom an agent is shown have paid in."""
        return self._deposits.get(agent, [])

    def is_invited(self, uid: int) -> bool:
        """Whether any agent is shown this user."""
        return any(uid in invitees for invitees in self._invitees.values())

    def below(self, agent: int, uid: int) -> Iterator[Invitee]:
        """Whom somebody has invited, they in turn, and so on, each once; of those that the agent is shown."""
        everybody = self.invitees(agent)
        seen, inviters = {uid}, {uid}
        while inviters:
            found = [it for it in everybody.values() if it.inviter in inviters and it.uid not in seen]
            yield from found
            inviters = {it.uid for it in found}
            seen |= inviters

    def all_invitees(self) -> Iterator[Invitee]:
        """Every row."""
        return (it for invitees in self._invitees.values() for it in invitees.values())

    def all_commissions(self) -> Iterator[Commission]:
        """Every row."""
        return (it for commissions in self._commissions.values() for it in commissions)

    def all_deposits(self) -> Iterator[Deposit]:
        """Every row."""
        return (it for deposits in self._deposits.values() for it in deposits)

    def copy(self, *, without: int | None = None) -> "Referrals":
        """The same, to be changed by itself.

        :param without: the UID of an agent whose rows it does not have.
        """
        return Referrals(
            {agent: dict(rows) for agent, rows in self._invitees.items() if agent != without},
            {agent: list(rows) for agent, rows in self._commissions.items() if agent != without},
            {agent: list(rows) for agent, rows in self._deposits.items() if agent != without},
        )
