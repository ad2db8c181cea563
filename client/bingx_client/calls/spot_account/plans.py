"""How to find a lost write in the exchange's records."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bingx_client.calls.spot_account.models import (
    InnerTransferReceipt,
    InnerTransferRecord,
    TransferReceipt,
    TransferRecord,
)
from bingx_client.calls.spot_account.reads import inner_transfer_records, transfer_records
from bingx_client.errors import ProtocolError
from bingx_client.flow.call import Call
from bingx_client.flow.plan import Plan, Row, Verdict
from bingx_client.wire.parameters import check_direction
from bingx_client.wire.signing import Value
from bingx_contracts import TRANSFER_TYPES

_TRANSFER_PAGE = 100
_INNER_PAGE = 1000
_INNER_VERDICTS = {5: Verdict.FAILED, 6: Verdict.HAPPENED}


def direction_of(sent: Mapping[str, Value]) -> tuple[str, str]:
    """From which account to which a transfer goes.

    :raises ParameterError: when there is no direction, or a contradictory one.
    """
    return check_direction(
        *(None if name not in sent else str(sent[name]) for name in ("type", "fromAccount", "toAccount"))
    )


def transfer_plan(sent: Mapping[str, Value]) -> Plan[TransferReceipt]:
    """How to find a transfer in the records: by both accounts, asset and amount."""
    asset, amount = str(sent["asset"]), Decimal(sent["amount"])
    direction = direction_of(sent)

    def row(record: TransferRecord, endpoint: str) -> Row[TransferReceipt]:
        ours = (record.asset, record.amount) == (asset, amount) and _direction(record, endpoint) == direction
        receipt = (
            TransferReceipt(record.transfer_id, record.raw, reconciled=True, tran_id=record.tran_id)
            if ours
            else None
        )
        verdict = Verdict.HAPPENED if record.status == "CONFIRMED" else Verdict.OPEN
        return Row(record.ids, receipt, verdict, str(record.status), record.timestamp_ms)

    def page(since_ms: int, number: int) -> Call[Sequence[Row[TransferReceipt]]]:
        records = transfer_records(
            from_account=direction[0],
            to_account=direction[1],
            start_ms=since_ms,
            page_index=number + 1,
            page_size=_TRANSFER_PAGE,
        )
        return records.read_as(lambda page: [row(record, records.endpoint) for record in page.rows])

    identity = ("transfer", asset, amount, direction)
    return Plan(identity, lambda receipt: receipt.ids, page, _TRANSFER_PAGE)


def _direction(record: TransferRecord, endpoint: str) -> tuple[str, str]:
    """From which account to which a record's transfer went: by its accounts, or by its type (V12).

    :raises ProtocolError: where it does not say. It may then be the lost transfer or may not, and taking it
        for either would be a guess about money.
    """
    if record.from_account is not None and record.to_account is not None:
        return record.from_account, record.to_account
    named = TRANSFER_TYPES.get(record.type or "")
    if named is None:
        detail = f"the record {record.transfer_id} says neither its accounts nor a known type"
        raise ProtocolError(endpoint, detail, 200)
    return named.from_account, named.to_account


def inner_transfer_plan(sent: Mapping[str, Value]) -> Plan[InnerTransferReceipt]:
    """How to find an internal transfer in the records: by its transferClientId, checked."""
    coin, amount = str(sent["coin"]), Decimal(sent["amount"])
    client_id = str(sent["transferClientId"])
    receiver = str(sent["userAccount"]) if str(sent["userAccountType"]) == "1" else None

    def row(record: InnerTransferRecord) -> Row[InnerTransferReceipt]:
        ours = (
            (record.record_type, record.coin, record.amount) == ("out", coin, amount)
            and receiver in (None, record.receiver)
            and record.from_uid != record.receiver
            and record.transfer_client_id in (None, client_id)
        )
        receipt = InnerTransferReceipt(record.id, client_id, record.raw, reconciled=True) if ours else None
        verdict = _INNER_VERDICTS.get(record.status, Verdict.OPEN)
        return Row(
            frozenset({record.id}),
            receipt,
            verdict,
            str(record.status),
            record.time_ms,
            is_named=record.transfer_client_id is not None,
        )

    def page(since_ms: int, number: int) -> Call[Sequence[Row[InnerTransferReceipt]]]:
        records = inner_transfer_records(
            coin=coin,
            transfer_client_id=client_id,
            start_ms=since_ms,
            offset=number * _INNER_PAGE,
            limit=_INNER_PAGE,
        )
        return records.read_as(lambda page: [row(record) for record in page.rows])

    identity = ("inner_transfer", client_id)
    return Plan(identity, lambda receipt: frozenset({receipt.id}), page, _INNER_PAGE)
