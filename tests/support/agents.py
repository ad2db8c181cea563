"""Every call of agents, and which reader of the client reads which answer."""

from collections.abc import Callable, Mapping
from typing import Any

from bingx_client import Call, Client
from bingx_client.calls import agent
from bingx_client.calls.agent import readers
from bingx_client.wire.decode import Node

ABOUT_AGENTS: Mapping[str, Callable[[Node], Any]] = {
    "agent.invited_users": readers.invited_users,
    "agent.commissions": readers.commissions,
    "agent.relation": readers.relation,
    "agent.api_commissions": readers.api_commissions,
    "agent.partners": readers.partners,
    "agent.deposits": readers.deposits,
    "agent.referral_codes": readers.referral_codes,
    "agent.superior": readers.superior,
}
"""By endpoint."""


def make_every_call_of_agents(client: Client, now_ms: int) -> None:
    """One call of each documented endpoint of agents, by alice.

    :param now_ms: the exchange's clock.
    """
    span = now_ms - 86_400_000, now_ms
    reads: list[Call[Any]] = [
        agent.invited_users(page_size=10),
        agent.relation("16780001"),
        agent.is_above("16780001"),
        agent.commissions(*span),
        agent.api_commissions(81, *span),
        agent.partners(*span),
        agent.deposits("16780001", *span),
        agent.referral_codes(direct=True),
    ]
    for call in reads:
        client.send(call)
