"""The commands that only look: balances, overview, records, coins."""

import click

from bingx_client.account import asking, menus, showing
from bingx_client.account.options import (
    by_accounts,
    check_direction,
    check_times,
    checked,
    direction,
    everywhere,
    follows,
    missing,
    read_time,
    time_range,
    usage_error,
)
from bingx_client.account.session import Session
from bingx_client.errors import ParameterError
from bingx_contracts import RULES

_PAGE_SIZE = 100


@click.command(
    epilog="""
\b
Examples:
  bingx-account balance --account spot --env prod-vst
  bingx-account balance --account fund --asset USDT --env prod-vst --json
""",
)
@click.option("--account", type=click.Choice(list(menus.BALANCES)), help="Whose balance.")
@click.option(
    "--asset",
    metavar="ASSET",
    callback=checked(follows("asset")),
    help="Only this one, such as USDT; not with all.",
)
@everywhere
@click.pass_obj
def balance(session: Session, account: str | None, asset: str | None) -> None:
    """Show the balance of the spot or fund account, or what all accounts are worth."""
    session.begin(*missing(("--account", account)))
    account = account or asking.choose(menus.BALANCE, menus.BALANCES)
    if account == "all" and asset is not None:
        raise usage_error("--asset goes with --account spot or fund")
    with session.client() as client:
        if account == "all":
            session.show(showing.overview(client.account_overview()))
            return
        held = client.spot_balance() if account == "spot" else client.fund_balance(asset)
    listed = [entry for entry in held.values() if asset in (None, entry.asset)]
    session.show(showing.balances(account, asset, listed))


@click.command(
    epilog="""
\b
Examples:
  bingx-account overview --env prod-vst
  bingx-account overview --account-type USDTMPerp --env prod-vst --json
""",
)
@click.option("--account-type", type=click.Choice(RULES["accountType"].values), help="Only this one.")
@everywhere
@click.pass_obj
def overview(session: Session, account_type: str | None) -> None:
    """Show what each type of account is worth in USDT."""
    session.begin()
    with session.client() as client:
        session.show(showing.overview(client.account_overview(account_type)))


@click.command(
    epilog="""
\b
Examples:
  bingx-account records --type FUND_PFUTURES --since 2026-01-01 --env prod-vst
  bingx-account records --since 2026-01-31T12:00:00+02:00 --until 1769900000000 --env prod-vst
  bingx-account records --id 1800000000000000001 --env prod-vst --json
""",
)
@direction
@click.option(
    "--id", "transfer_id", metavar="ID", callback=checked(follows("transferId")), help="Only this transfer."
)
@time_range
@click.option("--page", metavar="NUMBER", callback=checked(follows("page")), help="Which page, from 1.")
@click.option(
    "--page-size",
    metavar="ROWS",
    callback=checked(follows("pageSize")),
    help="Rows of a page, 1 to 100; 100 by default.",
)
@everywhere
@click.pass_obj
def records(
    session: Session,
    type_: str | None,
    source: str | None,
    target: str | None,
    transfer_id: str | None,
    since: int | None,
    until: int | None,
    page: int | None,
    page_size: int | None,
) -> None:
    """Show transfers between accounts of yours, newest first."""
    check_direction(type_, source, target)
    check_times(since, until)
    session.begin()
    is_open = all(given is None for given in (type_, source, transfer_id, since, until, page, page_size))
    if is_open and asking.at_terminal():
        session.introduce()
        chosen = asking.choose(menus.DIRECTION, {"any": "Any direction", **menus.DIRECTIONS})
        type_ = None if chosen == "any" else chosen
        since = _ask_time("From when on (Unix ms or ISO 8601, UTC; Enter for the beginning)", 0)
        until = _ask_time("Until when (Enter for now)", since or 0)
    number, size = page or 1, page_size or _PAGE_SIZE
    with session.client() as client:
        found = client.transfer_records(
            type=type_,
            from_account=source,
            to_account=target,
            transfer_id=transfer_id,
            start_ms=since,
            end_ms=until,
            page_index=number,
            page_size=size,
        )
    session.show(showing.transfer_records(found, number, size))


def _ask_time(question: str, earliest_ms: int) -> int | None:
    def check(text: str) -> int | None:
        at_ms = read_time(text) if text else None
        if at_ms is not None and at_ms < earliest_ms:
            raise ParameterError(f"that is before {showing.iso(earliest_ms)}")
        return at_ms

    return asking.ask(question, check)


@click.command(
    epilog="""
\b
Examples:
  bingx-account coins --env prod-vst
  bingx-account coins --from fund --to USDTMPerp --env prod-vst --json
""",
)
@by_accounts
@everywhere
@click.pass_obj
def coins(session: Session, source: str | None, target: str | None) -> None:
    """Show which coins can be transferred, in general or between two accounts."""
    check_direction(None, source, target)
    session.begin()
    with session.client() as client:
        session.show(showing.coins(client.transferable_coins(source, target)))


@click.command(
    "inner-records",
    epilog="""
\b
Examples:
  bingx-account inner-records --coin USDT --env prod-vst
  bingx-account inner-records --coin USDT --since 2026-01-01 --env prod-vst --json
""",
)
@click.option("--coin", metavar="COIN", callback=checked(follows("asset")), help="Of this coin.")
@click.option(
    "--id", "transfer_id", metavar="ID", callback=checked(follows("transferId")), help="Only this transfer."
)
@click.option(
    "--transfer-client-id",
    metavar="ID",
    callback=checked(follows("transferClientId")),
    help="Only the transfer of this name.",
)
@time_range
@click.option(
    "--offset",
    metavar="NUMBER",
    callback=checked(follows("offset")),
    help="How many to leave out; 0 by default.",
)
@click.option(
    "--limit",
    metavar="NUMBER",
    callback=checked(follows("limit")),
    help="How many to show, 1 to 1000; 100 by default.",
)
@everywhere
@click.pass_obj
def inner_records(
    session: Session,
    coin: str | None,
    transfer_id: str | None,
    transfer_client_id: str | None,
    since: int | None,
    until: int | None,
    offset: int | None,
    limit: int | None,
) -> None:
    """Show transfers from and to other users, of one coin."""
    check_times(since, until)
    session.begin(*missing(("--coin", coin)))
    coin = coin or asking.ask_rule("Coin (e.g., USDT)", "coin", "asset")
    with session.client() as client:
        found = client.inner_transfer_records(
            coin=coin,
            id=transfer_id,
            transfer_client_id=transfer_client_id,
            start_ms=since,
            end_ms=until,
            offset=offset,
            limit=limit,
        )
    session.show(showing.inner_transfer_records(found, offset or 0))
