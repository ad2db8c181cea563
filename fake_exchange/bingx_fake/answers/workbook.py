"""Answers that are workbooks (.xlsx): the rows of an answer as a sheet, in the same bytes every time."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from bingx_contracts import CONTRACT, Endpoint
from bingx_fake.answers.answer import Answer

_CREATED = datetime(2024, 1, 1)  # noqa: DTZ001 - Excel's times have no zone
_ZIPPED = (1980, 1, 1, 0, 0, 0)  # what ZIP calls no time


def in_its_medium(endpoint: Endpoint, answer: Answer) -> Answer:
    """A success as the endpoint gives it: as it is, or the rows of its ``data`` as a workbook (ours, A219).

    :param answer: the success as JSON, whatever faults have made of it.
    """
    if endpoint.media is None:
        return answer
    rows = msgspec.json.decode(answer.body)["data"]
    body = _workbook(_columns(endpoint.id), [list(row.values()) for row in rows])
    return msgspec.structs.replace(answer, body=body, code=0, content_type=endpoint.media)


@cache
def _columns(endpoint_id: str) -> Sequence[str]:
    """The names of the fields of each row, which there are without a row as well."""
    (answer,) = (it for it in CONTRACT.answers if endpoint_id in it.endpoints)
    (shape,) = (it for it in CONTRACT.shapes if it.name == answer.fields["data"].strip("[]"))
    return tuple(shape.fields)


def _workbook(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    from xlsxwriter import Workbook  # takes a tenth of a second, and few ask for one

    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as workbook:
        workbook.set_properties({"created": _CREATED})
        sheet = workbook.add_worksheet("Income")
        for number, row in enumerate([columns, *rows]):
            for column, value in enumerate(row):
                write = sheet.write_string if isinstance(value, str) else sheet.write_number
                write(number, column, value)
    return _stored(made)


def _stored(made: io.BytesIO) -> bytes:
    """The same archive, not compressed: how small it becomes depends on the machine's zlib."""
    stored = io.BytesIO()
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(stored, "w") as plain:
        for name in archive.namelist():
            entry = zipfile.ZipInfo(name, _ZIPPED)
            entry.create_system = 0  # whatever system this is
            plain.writestr(entry, archive.read(name))
    return stored.getvalue()
