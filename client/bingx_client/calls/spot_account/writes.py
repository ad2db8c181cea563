"""What can be moved out of the spot account, and between the accounts around it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bingx_client.calls.documented import Sent, Writing, write
from bingx_client.calls.spot_account import readers
from bingx_client.calls.spot_account.models import InnerTransferReceipt, TransferReceipt
from bingx_client.calls.spot_account.plans import direction_of, inner_transfer_plan, transfer_plan
from bingx_client.flow.plan import Write
from bingx_client.wire.parameters import check_direction
from bingx_contracts import WALLET_TYPES

Amount = Decimal | int | str

_RECEIVERS = {"1": "UID", "2": "phone number", "3": "e-mail address"}


def transfer(
    asset: str,
    amount: Amount,
    *,
    type: str | None = None,  # noqa: A002  # the documented name
    from_account: str | None = None,
    to_account: str | None = None,
) -> Write[TransferReceipt]:
    """Move an amount between two own accounts (XFER-1, XFER-2).

    :param amount: Decimal, int or str, positive, at most 20 places; a float is refused.
    :param type: the direction by its TransferType, such as ``FUND_PFUTURES``; or give
    :param from_account: and
    :param to_account: each one of fund, spot, stdFutures, coinMPerp, USDTMPerp.
    """
    check_direction(type, from_account, to_account)
    given = {
        "asset": asset,
        "amount": amount,
        "type": type,
        "fromAccount": from_account,
        "toAccount": to_account,
    }
    return write("spot_account.transfer", given, _TRANSFER)


def inner_transfer(
    *,
    coin: str,
    amount: Amount,
    user_account: str | int,
    user_account_type: int = 1,
    wallet_type: int = 1,
    calling_code: str | int | None = None,
    transfer_client_id: str | None = None,
) -> Write[InnerTransferReceipt]:
    """Send an amount to another user (INNER-1).

    :param amount: Decimal, int or str, positive, at most 20 places; a float is refused.
    :param user_account: the receiver's UID, phone number or e-mail address,
    :param user_account_type: as 1, 2 or 3 says.
    :param wallet_type: the account that pays: 1 fund, 2 stdFutures, 3 USDTMPerp, 15 spot.
    :param calling_code: the phone number's country calling code, for type 2.
    :param transfer_client_id: letters and digits, under 100; made when absent, and always sent.
    """
    given = {
        "coin": coin,
        "amount": amount,
        "userAccountType": user_account_type,
        "userAccount": user_account,
        "walletType": wallet_type,
        "callingCode": calling_code,
        "transferClientId": transfer_client_id,
    }
    return write("spot_account.inner_transfer", given, _INNER_TRANSFER)


def _transfer_sentence(sent: Sent) -> str:
    source, target = direction_of(sent)
    return f"Transfer {sent['amount']} {sent['asset']} from {source} to {target}"


def _inner_transfer_sentence(sent: Sent) -> str:
    source = WALLET_TYPES[int(sent["walletType"])].account
    receiver = f"the user with {_RECEIVERS[str(sent['userAccountType'])]} {sent['userAccount']}"
    return f"Send {sent['amount']} {sent['coin']} from {source} to {receiver}"


_TRANSFER = Writing(readers.transfer_receipt, _transfer_sentence, transfer_plan)
_INNER_TRANSFER = Writing(readers.inner_transfer_receipt, _inner_transfer_sentence, inner_transfer_plan)

WRITES: Mapping[str, Writing[Any]] = {
    "spot_account.transfer": _TRANSFER,
    "spot_account.transfer_v3": _TRANSFER,
    "spot_account.transfer_v3_post": _TRANSFER,
    "spot_account.inner_transfer": _INNER_TRANSFER,
}
"""Every write of the group, by endpoint."""
