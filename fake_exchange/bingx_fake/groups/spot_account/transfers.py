"""Transfers between one user's accounts, their records, and the coins that can be moved."""

from collections.abc import Callable

from bingx_contracts import RULES, TRANSFER_TYPES
from bingx_fake.books.accounts import InsufficientBalance
from bingx_fake.books.history import Transfer
from bingx_fake.books.ids import transfer_id_of
from bingx_fake.books.money import EXACT, ZERO
from bingx_fake.gateway.parameters import Parameters
from bingx_fake.gateway.refusal import BAD_PARAMETER, INSUFFICIENT_BALANCE, UNKNOWN_COIN, Refusal
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_account.facts import Coin, Coins, TransferPage, Transferred

Direction = tuple[str, str]


def transfer(books: Books, call: Call) -> Transferred:
    """Move an amount between two of the caller's accounts; only what is free moves."""
    direction = _direction(call.parameters)
    assert direction is not None, "the gateway has refused a transfer without a direction"
    from_account, to_account = direction
    if from_account == to_account:
        raise Refusal(
            BAD_PARAMETER, f"{from_account} is both fromAccount and toAccount", parameter="toAccount"
        )
    asset = call.parameters.required_text("asset")
    amount = call.parameters.amount("amount")
    if asset not in books.directory.coins:
        raise Refusal(UNKNOWN_COIN, f"coin {asset} does not exist", parameter="asset")
    tran_id = call.new_id()
    transfer_id = tran_id if call.knows_one_id else transfer_id_of(tran_id)
    try:
        books.moves.transfer(
            Transfer(
                id=tran_id,
                uid=call.caller.uid,
                asset=asset,
                amount=amount,
                from_account=from_account,
                to_account=to_account,
                at_ms=call.now_ms,
                transfer_id=transfer_id,
            )
        )
    except InsufficientBalance as error:
        raise Refusal(INSUFFICIENT_BALANCE, f"insufficient balance: {error}") from None
    return Transferred(tran_id, transfer_id)


def transfers(books: Books, call: Call) -> TransferPage:
    """The older record query: by type, or one transfer by tranId."""
    find = books.reads.transfer_by_id
    return _page(books, call, find=find, id_names=("tranId",), page_name="current", size_name="size")


def transfer_records(books: Books, call: Call) -> TransferPage:
    """The newer record query: by type, by both accounts, by transferId, or everything.

    D calls the parameter tranId and means the same number (O), not the one that the older query goes by.
    """
    find, names = books.reads.transfer_by_transfer_id, ("transferId", "tranId")
    return _page(books, call, find=find, id_names=names, page_name="pageIndex", size_name="pageSize")


def transferable_coins(books: Books, call: Call) -> Coins:
    """Every coin; its amount is what may leave fromAccount, or all transfer accounts together.

    What the amount means without fromAccount is ours (A21): only D has the field, and D requires it.
    """
    direction = _accounts(call.parameters)
    accounts = RULES["account"].values if direction is None else direction[:1]
    coins = []
    for asset, name in books.directory.coins.items():
        amount = ZERO
        for account in accounts:
            amount = EXACT.add(amount, books.reads.may_leave(call.caller.uid, account, asset))
        coins.append(Coin(asset, name, amount))
    return Coins(coins)


def _page(
    books: Books,
    call: Call,
    *,
    find: Callable[[int, int], Transfer | None],
    id_names: tuple[str, ...],
    page_name: str,
    size_name: str,
) -> TransferPage:
    parameters = call.parameters
    direction = _direction(parameters)
    start_ms, end_ms = parameters.integer("startTime"), parameters.integer("endTime")
    size = parameters.counted(size_name)
    skip = (parameters.counted(page_name) - 1) * size
    wanted = next(filter(None, map(parameters.text, id_names)), None)
    if wanted is None:
        total, rows = books.reads.transfers(
            call.caller.uid, direction=direction, start_ms=start_ms, end_ms=end_ms, skip=skip, size=size
        )
        return TransferPage(total, rows)
    found = find(call.caller.uid, int(wanted))
    fits = (
        found is not None
        and (direction is None or direction == (found.from_account, found.to_account))
        and (start_ms is None or start_ms <= found.at_ms)
        and (end_ms is None or found.at_ms <= end_ms)
    )
    matches = [found] if found is not None and fits else []
    return TransferPage(len(matches), matches[skip : skip + size])


def _direction(parameters: Parameters) -> Direction | None:
    """The direction asked for, by type, by both accounts, or by both ways where they agree."""
    accounts = _accounts(parameters)
    name = parameters.text("type")
    if name is None:
        return accounts
    named = (TRANSFER_TYPES[name].from_account, TRANSFER_TYPES[name].to_account)
    if accounts is not None and accounts != named:
        raise Refusal(BAD_PARAMETER, f"type {name} contradicts fromAccount and toAccount", parameter="type")
    return named


def _accounts(parameters: Parameters) -> Direction | None:
    from_account, to_account = parameters.text("fromAccount"), parameters.text("toAccount")
    if from_account is None and to_account is None:
        return None
    if from_account is None or to_account is None:
        missing = "fromAccount" if from_account is None else "toAccount"
        raise Refusal(BAD_PARAMETER, "fromAccount and toAccount belong together", parameter=missing)
    return from_account, to_account
