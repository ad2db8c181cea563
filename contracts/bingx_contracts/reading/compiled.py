"""The contract in a form that is read in a few milliseconds, however large it becomes.

Reading and checking TOML costs a tenth of a second for 120 endpoints, in each process that starts. So what
was read is kept as JSON in ``contract.json`` beside ``spec/``. It is believed only while it was made from
exactly the files that are there; otherwise they are read, so whoever edits a fact sees it at once. ``make
contract`` makes it anew, and a test says when that is due.
"""

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec

from bingx_contracts.reading.contract import Contract, read
from bingx_contracts.reading.files import text_of
from bingx_contracts.reading.loading import Folder

PACKAGE = Path(__file__).parent.parent
KEPT = "contract.json"


def contract(package: Path = PACKAGE) -> Contract:
    """The contract of a package, from its compiled form where that is fresh.

    :param package: the folder that holds ``spec``.
    :raises SpecificationError: naming file, line, key and what is wrong with the specification.
    """
    with suppress(OSError, msgspec.MsgspecError):
        made_from, _, form = (package / KEPT).read_bytes().partition(b"\n")
        if made_from.strip() == _digest(package):
            return msgspec.json.decode(form, type=Contract)
    return read(Folder(package / "spec"))


def compiled(package: Path = PACKAGE) -> str:
    """What the compiled form has to be: what it is made from, and every entry on a line of its own.

    :param package: the folder that holds ``spec``.
    :raises SpecificationError: naming file, line, key and what is wrong with the specification.
    """
    tables = []
    for name, content in msgspec.structs.asdict(read(Folder(package / "spec"))).items():
        if isinstance(content, tuple):
            rows = ",\n".join(msgspec.json.encode(row).decode() for row in content)
            tables.append(f'"{name}":[\n{rows}\n]')
        else:
            tables.append(f'"{name}":\n{msgspec.json.encode(content).decode()}')
    whole = ",\n".join(tables)
    return f"{_digest(package).decode()}\n{{{whole}}}\n"


def write(package: Path = PACKAGE) -> None:
    """Make the compiled form anew.

    :raises SpecificationError: naming file, line, key and what is wrong with the specification.
    """
    (package / KEPT).write_text(compiled(package), encoding="utf-8", newline="\n")


def _digest(package: Path) -> bytes:
    """Which files the specification has, and what stands in them."""
    digest = hashlib.blake2b(digest_size=16)
    for source in sorted((package / "spec").rglob("*.toml")):
        content = text_of(source.read_bytes()).encode()
        digest.update(f"{source.relative_to(package).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest().encode()
