"""The documented reads of the spot account, checked and ready to be performed."""

from bingx_client.calls.signer import Signer
from bingx_client.calls.spot_account import readers
from bingx_client.calls.spot_account.models import (
    AccountWorth,
    Balances,
    Coin,
    InnerTransferPage,
    TransferPage,
)
from bingx_client.errors import ParameterError
from bingx_client.flow.call import Call, Request
from bingx_client.wire.signing import public_request
from bingx_contracts import ENDPOINTS


class Reads(Signer):
    """An account, and what can be read of it."""

    __slots__ = ()

    def spot_balance(self) -> Call[Balances]:
        """Read the spot account's balances."""
        return self.call("spot_account.spot_balance", {}, readers.balances)

    def fund_balance(self, asset: str | None) -> Call[Balances]:
        """Read the fund account's balances."""
        return self.call("spot_account.fund_balance", {"asset": asset}, readers.balances)

    def account_overview(self, account_type: str | None) -> Call[list[AccountWorth]]:
        """Read what each account type is worth."""
        return self.call("spot_account.account_overview", {"accountType": account_type}, readers.overview)

    def transfers(
        self,
        transfer_type: str | None,
        tran_id: str | int | None,
        start_ms: int | None,
        end_ms: int | None,
        current: int | None,
        size: int | None,
    ) -> Call[TransferPage]:
        """Read transfer records, the older way."""
        if transfer_type is None and tran_id is None:
            raise ParameterError("transfers needs type or tran_id")
        given = {
            "type": transfer_type,
            "tranId": tran_id,
            "startTime": start_ms,
            "endTime": end_ms,
            "current": current,
            "size": size,
        }
        return self.call("spot_account.transfers", given, readers.transfer_page)

    def transfer_records(
        self,
        transfer_type: str | None,
        from_account: str | None,
        to_account: str | None,
        transfer_id: str | int | None,
        start_ms: int | None,
        end_ms: int | None,
        page_index: int | None,
        page_size: int | None,
    ) -> Call[TransferPage]:
        """Read transfer records, the newer way."""
        _check_pair(from_account, to_account)
        given = {
            "type": transfer_type,
            "fromAccount": from_account,
            "toAccount": to_account,
            "transferId": transfer_id,
            "startTime": start_ms,
            "endTime": end_ms,
            "pageIndex": page_index,
            "pageSize": page_size,
        }
        return self.call("spot_account.transfer_records", given, readers.transfer_page)

    def transferable_coins(self, from_account: str | None, to_account: str | None) -> Call[list[Coin]]:
        """Read which coins can be transferred."""
        _check_pair(from_account, to_account)
        given = {"fromAccount": from_account, "toAccount": to_account}
        return self.call("spot_account.transferable_coins", given, readers.coins)

    def inner_transfer_records(
        self,
        coin: str,
        transfer_id: str | int | None,
        transfer_client_id: str | None,
        start_ms: int | None,
        end_ms: int | None,
        offset: int | None,
        limit: int | None,
    ) -> Call[InnerTransferPage]:
        """Read internal transfers."""
        given = {
            "coin": coin,
            "id": transfer_id,
            "transferClientId": transfer_client_id,
            "startTime": start_ms,
            "endTime": end_ms,
            "offset": offset,
            "limit": limit,
        }
        return self.call("spot_account.inner_transfer_records", given, readers.inner_transfer_page)

    def server_time(self) -> Call[int]:
        """Read the exchange's clock."""
        endpoint = ENDPOINTS["common.server_time"]
        request = Request(
            endpoint=f"{endpoint.method} {endpoint.path}",
            parameters={},
            sign=lambda timestamp_ms: public_request(endpoint.method, endpoint.path),
        )
        return Call(request, readers.server_time)


def _check_pair(from_account: str | None, to_account: str | None) -> None:
    if (from_account is None) != (to_account is None):
        raise ParameterError("from_account and to_account belong together")
