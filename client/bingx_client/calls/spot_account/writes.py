"""The documented writes of the spot account, checked and ready to be performed."""

from decimal import Decimal

from bingx_client.calls.spot_account import readers
from bingx_client.calls.spot_account.models import InnerTransferReceipt, TransferReceipt
from bingx_client.calls.spot_account.plans import inner_transfer_plan, transfer_plan
from bingx_client.calls.spot_account.reads import Reads
from bingx_client.flow.plan import Write
from bingx_client.wire.parameters import check_direction
from bingx_contracts import WALLET_TYPES

Amount = Decimal | int | str

_RECEIVERS = {"1": "UID", "2": "phone number", "3": "e-mail address"}


class Account(Reads):
    """An account, and everything that can be asked of it: what it may read, and what it may move."""

    __slots__ = ()

    def transfer(
        self,
        asset: str,
        amount: Amount,
        transfer_type: str | None,
        from_account: str | None,
        to_account: str | None,
    ) -> Write[TransferReceipt]:
        """Move an amount between two own accounts."""
        source, target = check_direction(transfer_type, from_account, to_account)
        given = {
            "asset": asset,
            "amount": amount,
            "type": transfer_type,
            "fromAccount": from_account,
            "toAccount": to_account,
        }
        call = self.call("spot_account.transfer", given, readers.transfer_receipt)
        sent = call.request.parameters
        sentence = f"Transfer {sent['amount']} {asset} from {source} to {target} at {self.hosts}."
        return Write(call, transfer_plan(self, call.request.parameters), sentence)

    def inner_transfer(
        self,
        coin: str,
        amount: Amount,
        user_account_type: int,
        user_account: str | int,
        wallet_type: int,
        calling_code: str | int | None,
        transfer_client_id: str,
    ) -> Write[InnerTransferReceipt]:
        """Send an amount to another user."""
        given = {
            "coin": coin,
            "amount": amount,
            "userAccountType": user_account_type,
            "userAccount": user_account,
            "walletType": wallet_type,
            "callingCode": calling_code,
            "transferClientId": transfer_client_id,
        }
        call = self.call("spot_account.inner_transfer", given, readers.inner_transfer_receipt)
        checked = call.request.parameters
        source = WALLET_TYPES[int(checked["walletType"])].account
        receiver = f"the user with {_RECEIVERS[str(checked['userAccountType'])]} {user_account}"
        sentence = f"Send {checked['amount']} {coin} from {source} to {receiver} at {self.hosts}."
        return Write(call, inner_transfer_plan(self, checked), sentence)
