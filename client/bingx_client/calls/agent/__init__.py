"""What agents are shown: whom they have invited, and what came of it."""

from bingx_client.calls.agent.reads import (
    api_commissions,
    commissions,
    deposits,
    invited_users,
    is_above,
    partners,
    referral_codes,
    relation,
)

__all__ = [
    "api_commissions",
    "commissions",
    "deposits",
    "invited_users",
    "is_above",
    "partners",
    "referral_codes",
    "relation",
]
