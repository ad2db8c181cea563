"""The commands that move money."""

import uuid

import click

from bingx_client.account import asking, menus, showing
from bingx_client.account.options import (
    RECEIVERS,
    WALLETS,
    check_direction,
    checked,
    deadline,
    direction,
    everywhere,
    follows,
    missing,
    numbered,
    usage_error,
)
from bingx_client.account.session import Session
from bingx_client.errors import ParameterError
from bingx_contracts import TRANSFER_TYPES, transfer_type_between

_RECEIVER_RULES = {1: "userAccountUid", 2: "userAccountPhone", 3: "userAccountEmail"}


@click.command(
    epilog="""
\b
Examples:
  bingx-account transfer --type FUND_PFUTURES --asset USDT --amount 100 --env prod-vst
  bingx-account transfer --from fund --to spot --asset USDT --amount 0.5 --env prod-live
""",
)
@direction
@click.option("--asset", metavar="ASSET", callback=checked(follows("asset")), help="What to move.")
@click.option("--amount", metavar="AMOUNT", callback=checked(follows("amount")), help="How much of it.")
@deadline
@everywhere
@click.pass_obj
def transfer(
    session: Session,
    type_: str | None,
    source: str | None,
    target: str | None,
    asset: str | None,
    amount: str | None,
    deadline: float | None,
) -> None:
    """Move an amount between two accounts of yours.

    Give the direction by --type, or by --from and --to. A transfer whose answer is lost is looked up in the
    exchange's records, and sent again only if it certainly did not happen.
    """
    check_direction(type_, source, target)
    session.begin(
        *missing(("--type (or --from and --to)", type_ or source), ("--asset", asset), ("--amount", amount))
    )
    if type_ is None and source is None:
        type_ = asking.choose(menus.DIRECTION, menus.DIRECTIONS)
    asset = asset or asking.ask_rule("Asset (e.g., USDT)", "asset")
    amount = amount or asking.ask_rule("Amount", "amount")
    with session.client(deadline=deadline) as client, session.writing():
        made = client.transfer(asset, amount, type=type_, from_account=source, to_account=target)
    if type_ is not None:
        source, target = TRANSFER_TYPES[type_].from_account, TRANSFER_TYPES[type_].to_account
    else:
        type_ = transfer_type_between(str(source), str(target))
    facts = {
        "transferId": made.transfer_id,
        "asset": asset,
        "amount": amount,
        "type": type_,
        "fromAccount": source,
        "toAccount": target,
    }
    session.show(showing.receipt(facts, reconciled=made.reconciled))


@click.command(
    "inner-transfer",
    epilog="""
\b
Examples:
  bingx-account inner-transfer --coin USDT --amount 5 --wallet-type fund \\
    --user-account-type uid --user-account 16780001 --env prod-vst
  bingx-account inner-transfer --coin USDT --amount 5 --wallet-type spot \\
    --user-account-type phone --calling-code 49 --user-account 15100000000 --env prod-vst
""",
)
@click.option("--coin", metavar="COIN", callback=checked(follows("asset")), help="What to send.")
@click.option("--amount", metavar="AMOUNT", callback=checked(follows("amount")), help="How much of it.")
@click.option(
    "--wallet-type",
    metavar="|".join(WALLETS),
    callback=checked(numbered(WALLETS)),
    help="The account that pays.",
)
@click.option(
    "--user-account-type",
    metavar="|".join(RECEIVERS),
    callback=checked(numbered(RECEIVERS)),
    help="How the receiver is named.",
)
@click.option(
    "--user-account",
    metavar="WHO",
    callback=checked(follows("userAccount")),
    help="The receiver's UID, phone number or e-mail address.",
)
@click.option(
    "--calling-code",
    metavar="DIGITS",
    callback=checked(follows("callingCode")),
    help="Of the country of a phone number, such as 49.",
)
@click.option(
    "--transfer-client-id",
    metavar="ID",
    callback=checked(follows("transferClientId")),
    help="Letters and digits that name this transfer; made where absent.",
)
@deadline
@everywhere
@click.pass_obj
def inner_transfer(
    session: Session,
    coin: str | None,
    amount: str | None,
    wallet_type: int | None,
    user_account_type: int | None,
    user_account: str | None,
    calling_code: str | None,
    transfer_client_id: str | None,
    deadline: float | None,
) -> None:
    """Send an amount to another user of the exchange.

    One whose answer is lost is looked up in the exchange's records, and sent again only if it certainly did
    not happen.
    """
    needs_calling_code = user_account_type == RECEIVERS["phone"]
    session.begin(
        *missing(
            ("--coin", coin),
            ("--amount", amount),
            ("--wallet-type", wallet_type),
            ("--user-account-type", user_account_type),
            ("--user-account", user_account),
            ("--calling-code", calling_code if needs_calling_code else "not needed"),
        )
    )
    if user_account_type is None:
        user_account_type = RECEIVERS[asking.choose("Who receives it?", menus.RECEIVERS)]
    if user_account_type == RECEIVERS["phone"]:
        calling_code = calling_code or asking.ask_rule("Country calling code (e.g., 49)", "callingCode")
    receiver_rule = _RECEIVER_RULES[user_account_type]
    if user_account is None:
        user_account = asking.ask_rule("Receiver", "userAccount", receiver_rule)
    else:
        _check_receiver(user_account, receiver_rule)
    coin = coin or asking.ask_rule("Coin (e.g., USDT)", "coin", "asset")
    amount = amount or asking.ask_rule("Amount", "amount")
    if wallet_type is None:
        wallet_type = WALLETS[asking.choose("Which account pays?", {name: name for name in WALLETS})]
    client_id = transfer_client_id or uuid.uuid4().hex
    with session.client(deadline=deadline) as client, session.writing():
        made = client.inner_transfer(
            coin=coin,
            amount=amount,
            user_account=user_account,
            user_account_type=user_account_type,
            wallet_type=wallet_type,
            calling_code=calling_code,
            transfer_client_id=client_id,
        )
    facts: dict[str, str | None] = {
        "id": made.id,
        "transferClientId": client_id,
        "coin": coin,
        "amount": amount,
        "userAccount": user_account,
    }
    session.show(showing.receipt(facts, reconciled=made.reconciled))


def _check_receiver(user_account: str, rule: str) -> None:
    try:
        follows(rule)(user_account)
    except ParameterError as error:
        raise usage_error(f"--user-account: {error}") from None
