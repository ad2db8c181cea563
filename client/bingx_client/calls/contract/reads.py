"""What can be read of the account of standard futures."""

from bingx_client.calls.contract import readers
from bingx_client.calls.contract.models import Balance
from bingx_client.calls.documented import read
from bingx_client.flow.call import Call


def balances() -> Call[list[Balance]]:
    """What there is of each coin."""
    return read("contract.balance", {}, readers.balances)
