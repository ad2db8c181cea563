"""From the places of an answer to typed models, whichever documented shape it comes in."""

from collections.abc import Sequence

from bingx_client.calls.spot_account.models import (
    AccountWorth,
    Balance,
    Balances,
    Coin,
    InnerTransferPage,
    InnerTransferReceipt,
    InnerTransferRecord,
    TransferPage,
    TransferReceipt,
    TransferRecord,
)
from bingx_client.wire.decode import Node, first, first_list, says_empty, total_of


def balances(answer: Node) -> Balances:
    """``data.balances``, ``data.assets``, ``data.balance`` or ``data.data.balance`` (V7)."""
    data = answer.get("data")
    rows = first(
        "a list of balances, or balances by asset",
        data.get("balances"),
        data.get("assets"),
        data.get("balance"),
        data.get("data").get("balance"),
    )
    nodes = rows.values() if isinstance(rows.value, dict) else rows.items()
    by_asset: dict[str, Balance] = {}
    for node in nodes:
        balance = _balance(node)
        if balance.asset in by_asset:
            node.fail(f"the only balance of {balance.asset}")
        by_asset[balance.asset] = balance
    return Balances(by_asset, answer.value)


def overview(answer: Node) -> list[AccountWorth]:
    """``data`` or ``data.result`` is the list (V8); ``spot`` and ``sopt`` are one (V13)."""
    data = answer.get("data")
    return [
        AccountWorth(
            account_type="sopt" if (name := row.get("accountType").text()) == "spot" else name,
            usdt_balance=first("an amount", row.get("usdtBalance"), row.get("balance")).amount(),
            raw=row.value,
        )
        for row in first_list(data, data.get("result")).items()
    ]


def transfer_receipt(answer: Node) -> TransferReceipt:
    """``tranId``, ``transferId`` or both, which are different numbers, in ``data`` or at top level (V5)."""
    transfer_id, tran_id = _transfer_ids(answer, answer.get("data"), answer)
    return TransferReceipt(transfer_id, answer.value, tran_id=tran_id)


def transfer_page(answer: Node) -> TransferPage:
    """Rows bare, enveloped in ``data``, or ``data`` itself the list (V9)."""
    data = answer.get("data")
    total = total_of(data.get("total"), answer.get("total"))
    places = (data.get("rows"), answer.get("rows"))
    is_empty = not isinstance(data.value, list) and says_empty(total, *places)
    rows = () if is_empty else first_list(data, *places).items()
    return TransferPage(total, tuple(_transfer_record(row) for row in rows), answer.value)


def coins(answer: Node) -> list[Coin]:
    """``data`` lists coin and name, or ``data.coins`` asset and amount (V10)."""
    data = answer.get("data")
    return [
        Coin(
            coin=first("a coin", row.get("coin"), row.get("asset")).text(),
            name=row.get("name").optional(Node.text),
            amount=row.get("amount").optional(Node.amount),
            raw=row.value,
        )
        for row in first_list(data, data.get("coins")).items()
    ]


def inner_transfer_receipt(answer: Node) -> InnerTransferReceipt:
    """``data.id`` as text or as an integer (V14)."""
    data = answer.get("data")
    return InnerTransferReceipt(
        id=data.get("id").id(),
        transfer_client_id=data.get("transferClientId").optional(Node.id),
        raw=answer.value,
    )


def inner_transfer_page(answer: Node) -> InnerTransferPage:
    """``data {total, data[]}``."""
    data = answer.get("data")
    total = total_of(data.get("total"))
    rows = () if says_empty(total, data.get("data")) else data.get("data").items()
    return InnerTransferPage(total, tuple(_inner_record(row) for row in rows), answer.value)


def _balance(node: Node) -> Balance:
    return Balance(
        asset=node.get("asset").text(),
        free=node.get("free").amount(),
        locked=node.get("locked").amount(),
        raw=node.value,
    )


def _transfer_record(row: Node) -> TransferRecord:
    transfer_id, tran_id = _transfer_ids(row, row)
    return TransferRecord(
        transfer_id=transfer_id,
        asset=row.get("asset").text(),
        amount=row.get("amount").amount(),
        type=row.get("type").optional(Node.text),
        from_account=row.get("fromAccount").optional(Node.text),
        to_account=row.get("toAccount").optional(Node.text),
        status=row.get("status").optional(Node.text),
        timestamp_ms=row.get("timestamp").integer(),
        raw=row.value,
        tran_id=tran_id,
    )


def _transfer_ids(whole: Node, *places: Node) -> tuple[str, str | None]:
    """The ``transferId``, or the only id there is, and the ``tranId``, or None; from all of these places."""
    names = ("transferId", "tranId")
    first("the id of a transfer", *(place.get(name) for place in places for name in names))
    transfer_id, tran_id = (_only_id(whole, name, [place.get(name) for place in places]) for name in names)
    only = tran_id if transfer_id is None else transfer_id
    assert only is not None, "one of the places holds something"
    return only, tran_id


def _only_id(whole: Node, name: str, places: Sequence[Node]) -> str | None:
    ids = {place.id() for place in places if place.is_there}
    if len(ids) > 1:
        whole.fail(f"an answer with one {name}, not {' and '.join(sorted(ids))}")
    return next(iter(ids), None)


def _inner_record(row: Node) -> InnerTransferRecord:
    return InnerTransferRecord(
        id=row.get("id").id(),
        coin=row.get("coin").text(),
        amount=row.get("amount").amount(),
        receiver=row.get("receiver").id(),
        from_uid=row.get("fromUid").id(),
        status=row.get("status").integer(),
        record_type=row.get("recordType").text(),
        time_ms=row.get("time").optional(Node.integer),
        transfer_client_id=row.get("transferClientId").optional(Node.id),
        raw=row.value,
    )
