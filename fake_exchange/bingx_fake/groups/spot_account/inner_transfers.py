"""Transfers to other users, and their records.

Assumptions, since no document says: the amount arrives in the receiver's fund account, at once; both the
write and the query are for main accounts only.
"""

from collections.abc import Sequence

from bingx_contracts import RULES, WALLET_TYPES
from bingx_fake.books.accounts import InsufficientBalance
from bingx_fake.books.directory import Phone, User
from bingx_fake.books.history import InnerTransfer
from bingx_fake.gateway.parameters import Parameters, read_value
from bingx_fake.gateway.refusal import (
    ACCOUNT_WRONG,
    BAD_PARAMETER,
    INSUFFICIENT_BALANCE,
    UNKNOWN_COIN,
    Refusal,
    cut,
)
from bingx_fake.groups.call import Books, Call, require_main
from bingx_fake.groups.spot_account.facts import InnerPage, InnerRecord, InnerSent

_COMPLETED = 6
_RECEIVING_ACCOUNT = "fund"
_RECEIVER_RULES = {"1": "userAccountUid", "2": "userAccountPhone", "3": "userAccountEmail"}


def inner_transfer(books: Books, call: Call) -> InnerSent:
    """Send an amount to another user.

    A transferClientId that was used before gets the first answer again for the same request, and 100400
    for a different one (V22).
    """
    parameters = call.parameters
    _check_receiver_form(parameters)
    require_main(call.caller)
    receiver = _receiver(books, parameters)
    if receiver.uid == call.caller.uid:
        raise Refusal(BAD_PARAMETER, "the receiver is the sender", parameter="userAccount")
    asset = parameters.required_text("coin")
    if asset not in books.directory.coins:
        raise Refusal(UNKNOWN_COIN, f"coin {asset} does not exist", parameter="coin")
    amount = parameters.amount("amount")
    from_account = WALLET_TYPES[int(parameters.required_text("walletType"))].account
    client_id = parameters.text("transferClientId") or ""
    earlier = books.moves.inner_transfer_by_client_id(call.caller.uid, client_id)
    if earlier is not None:
        if call.refuses_repeats:
            raise Refusal(
                BAD_PARAMETER,
                f"transferClientId {cut(client_id)} has been used before",
                parameter="transferClientId",
            )
        same = (earlier.to_uid, earlier.asset, earlier.amount, earlier.from_account)
        if same != (receiver.uid, asset, amount, from_account):
            raise Refusal(
                BAD_PARAMETER,
                f"transferClientId {cut(client_id)} belongs to a different transfer",
                parameter="transferClientId",
            )
        return InnerSent(earlier.id, client_id, applied=False)
    transfer = InnerTransfer(
        id=call.new_id(),
        from_uid=call.caller.uid,
        to_uid=receiver.uid,
        asset=asset,
        amount=amount,
        from_account=from_account,
        client_id=client_id,
        at_ms=call.now_ms,
        status=_COMPLETED,
    )
    try:
        books.moves.inner_transfer(transfer, to_account=_RECEIVING_ACCOUNT)
    except InsufficientBalance as error:
        raise Refusal(INSUFFICIENT_BALANCE, f"insufficient balance: {error}") from None
    return InnerSent(transfer.id, client_id, applied=True)


def inner_transfer_records(books: Books, call: Call) -> InnerPage:
    """What the caller sent and received of one coin; id wins over transferClientId."""
    require_main(call.caller)
    parameters = call.parameters
    uid = call.caller.uid
    asset = parameters.required_text("coin")
    start_ms, end_ms = parameters.integer("startTime"), parameters.integer("endTime")
    skip, size = parameters.counted("offset"), parameters.counted("limit")
    transfer_id, client_id = parameters.text("id"), parameters.text("transferClientId")
    if transfer_id is None and client_id is None:
        total, rows = books.reads.inner_transfers(
            uid, asset, start_ms=start_ms, end_ms=end_ms, skip=skip, size=size
        )
        return _page(total, rows, uid)
    if transfer_id is not None:
        found = books.reads.inner_transfer_by_id(uid, int(transfer_id))
    else:
        found = books.reads.inner_transfer_by_client_id(uid, client_id or "")
    fits = (
        found is not None
        and found.asset == asset
        and (start_ms is None or start_ms <= found.at_ms)
        and (end_ms is None or found.at_ms <= end_ms)
    )
    matches = [found] if found is not None and fits else []
    return _page(len(matches), matches[skip : skip + size], uid)


def _page(total: int, rows: Sequence[InnerTransfer], viewer_uid: int) -> InnerPage:
    return InnerPage(total, [InnerRecord.of(transfer, viewer_uid) for transfer in rows])


def _check_receiver_form(parameters: Parameters) -> None:
    kind = parameters.required_text("userAccountType")
    read_value(RULES[_RECEIVER_RULES[kind]], "userAccount", parameters.required_text("userAccount"))


def _receiver(books: Books, parameters: Parameters) -> User:
    kind = parameters.required_text("userAccountType")
    account = parameters.required_text("userAccount")
    directory = books.directory
    if kind == "1":
        receiver = directory.users.get(int(account))
    elif kind == "2":
        receiver = directory.by_phone(Phone(parameters.required_text("callingCode"), account))
    else:
        receiver = directory.by_email(account)
    if receiver is None:
        raise Refusal(ACCOUNT_WRONG, f"no user goes by {cut(account)}", parameter="userAccount")
    return receiver
