"""What each endpoint of agents does. Only main accounts are agents."""

from collections.abc import Mapping

from bingx_fake.groups.agent import commissions, people
from bingx_fake.groups.call import Books, Call, Handler, require_main


def _of_main_accounts(handler: Handler) -> Handler:
    def carry_out(books: Books, call: Call) -> object:
        require_main(call.caller)
        return handler(books, call)

    return carry_out


HANDLERS: Mapping[str, Handler] = {
    name: _of_main_accounts(handler)
    for name, handler in {
        "invited_users": people.invited_users,
        "commissions": commissions.commissions,
        "commissions_v1": commissions.commissions,
        "relation": people.relation,
        "api_commissions": commissions.api_commissions,
        "partners": people.partners,
        "deposits": people.deposits,
        "referral_codes": people.referral_codes,
        "superior": people.superior,
    }.items()
}
"""By the endpoint's name in the group."""
