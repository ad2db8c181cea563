"""Results as tables for people and as JSON for programs. Amounts keep every digit."""

import io
import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bingx_client.account.masking import one_line
from bingx_client.calls.spot_account.models import (
    AccountWorth,
    Balance,
    Coin,
    InnerTransferPage,
    InnerTransferRecord,
    TransferPage,
    TransferRecord,
)
from bingx_contracts import INNER_STATUSES

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_DIGITS = 200
_UNLIMITED = 100_000


@dataclass(frozen=True, slots=True)
class Shown:
    """A result in both forms.

    :param document: for programs: amounts and ids are texts, times Unix milliseconds.
    :param columns: the table's headings.
    :param rows: its cells.
    :param remark: for people, beside the data: that there is nothing, or that there is more.
    :param done: what a write did, to be said where the result itself cannot be written.
    """

    document: dict[str, object]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    remark: str | None = None
    done: str | None = None

    def as_json(self) -> str:
        """One JSON document on one line."""
        return json.dumps(self.document) + "\n"

    def as_table(self) -> str:
        """A table as wide as the terminal, or as wide as its contents where there is none."""
        if not self.rows:
            return ""
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        is_terminal = sys.stdout is not None and sys.stdout.isatty()
        text = io.StringIO()
        width = shutil.get_terminal_size().columns if is_terminal else _UNLIMITED
        console = Console(file=text, width=width, force_terminal=is_terminal)
        table = Table(box=None, pad_edge=False, header_style="bold" if is_terminal else "")
        for heading in self.columns:
            table.add_column(heading, overflow="fold")
        for row in self.rows:
            table.add_row(*(Text(one_line(cell)) for cell in row))
        console.print(table)
        return "".join(f"{line.rstrip()}\n" for line in text.getvalue().rstrip("\n").split("\n"))


def exact(amount: Decimal) -> str:
    """An amount with all the digits it came with, written out."""
    if abs(amount.adjusted()) > _MOST_DIGITS:
        return str(amount)
    return format(amount, "f")


def short(amount: Decimal) -> str:
    """An amount without the zeros at its end: the same number."""
    text = exact(amount)
    return text.rstrip("0").rstrip(".") if "." in text and "E" not in text else text


def iso(at_ms: int) -> str:
    """Unix milliseconds as ISO 8601 in UTC."""
    try:
        at = EPOCH + timedelta(milliseconds=at_ms)
    except OverflowError:
        return str(at_ms)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def balances(account: str, asset: str | None, listed: Sequence[Balance]) -> Shown:
    """What an account holds, of one asset or of all."""
    return Shown(
        {
            "account": account,
            "balances": [
                {"asset": balance.asset, "free": exact(balance.free), "locked": exact(balance.locked)}
                for balance in listed
            ],
        },
        ("asset", "free", "locked"),
        [(balance.asset, short(balance.free), short(balance.locked)) for balance in listed],
        None if listed else f"The {account} account holds {f'no {asset}' if asset else 'nothing'}.",
    )


def overview(worths: Sequence[AccountWorth]) -> Shown:
    """What each account type is worth."""
    return Shown(
        {
            "accounts": [
                {"accountType": worth.account_type, "usdtBalance": exact(worth.usdt_balance)}
                for worth in worths
            ]
        },
        ("account type", "worth in USDT"),
        [(worth.account_type, short(worth.usdt_balance)) for worth in worths],
        None if worths else "There are no accounts.",
    )


def receipt(facts: dict[str, str | None], *, reconciled: bool) -> Shown:
    """A write that was made: its facts by their documented names, the id first."""
    return Shown(
        {**facts, "reconciled": reconciled},
        [name for name, fact in facts.items() if fact is not None],
        [[fact for fact in facts.values() if fact is not None]],
        "The answer was lost; the exchange's records show that it was made." if reconciled else None,
        ", ".join(f"{name} {fact}" for name, fact in facts.items() if fact is not None),
    )


def transfer_records(page: TransferPage, number: int, size: int) -> Shown:
    """Records of transfers, as S wants them shown.

    :param number: which page it is, from 1, of ``size`` rows each.
    """
    return Shown(
        {"total": page.total, "records": [_transfer_document(row) for row in page.rows]},
        ("asset", "amount", "type", "timestamp", "status"),
        [
            (row.asset, short(row.amount), _direction(row), iso(row.timestamp_ms), row.status or "-")
            for row in page.rows
        ],
        _remark(page.total, (number - 1) * size, len(page.rows), f"--page {number + 1}"),
    )


def coins(listed: Sequence[Coin]) -> Shown:
    """Which coins can be transferred."""
    return Shown(
        {
            "coins": [
                {
                    "coin": coin.coin,
                    "name": coin.name,
                    "amount": None if coin.amount is None else exact(coin.amount),
                }
                for coin in listed
            ]
        },
        ("coin", "name", "amount"),
        [
            (coin.coin, coin.name or "-", "-" if coin.amount is None else short(coin.amount))
            for coin in listed
        ],
        None if listed else "No coin can be transferred.",
    )


def inner_transfer_records(page: InnerTransferPage, offset: int) -> Shown:
    """Records of internal transfers.

    :param offset: how many were left out before these.
    """
    return Shown(
        {"total": page.total, "records": [_inner_document(row) for row in page.rows]},
        ("coin", "amount", "direction", "from UID", "to UID", "timestamp", "status"),
        [
            (
                row.coin,
                short(row.amount),
                row.record_type,
                row.from_uid,
                row.receiver,
                "-" if row.time_ms is None else iso(row.time_ms),
                _status(row.status),
            )
            for row in page.rows
        ],
        _remark(page.total, offset, len(page.rows), f"--offset {offset + len(page.rows)}"),
    )


def _transfer_document(row: TransferRecord) -> dict[str, object]:
    return {
        "transferId": row.transfer_id,
        "asset": row.asset,
        "amount": exact(row.amount),
        "type": row.type,
        "fromAccount": row.from_account,
        "toAccount": row.to_account,
        "timestamp": row.timestamp_ms,
        "status": row.status,
    }


def _inner_document(row: InnerTransferRecord) -> dict[str, object]:
    return {
        "id": row.id,
        "transferClientId": row.transfer_client_id,
        "coin": row.coin,
        "amount": exact(row.amount),
        "recordType": row.record_type,
        "fromUid": row.from_uid,
        "receiver": row.receiver,
        "time": row.time_ms,
        "status": row.status,
    }


def _direction(row: TransferRecord) -> str:
    """The TransferType, or both accounts where S has no name for the direction."""
    return row.type or f"{row.from_account or '?'} to {row.to_account or '?'}"


def _status(status: int) -> str:
    meaning = INNER_STATUSES.get(status)
    return f"{status} {meaning.meaning}" if meaning else str(status)


def _remark(total: int | None, before: int, here: int, further: str) -> str | None:
    if not here:
        return "There are no further records." if before else "There are no records."
    if total is not None and total > before + here:
        return f"There are {total} records; {further} shows the next."
    return None
