"""What the console shows that the control API does not say in this form. No web types, and no secrets.

Functions as in ``control``: of the exchange and a call, without any change. Whatever may be long is cut,
and says how much there is. Ids and UIDs are text, since a browser's numbers end at 2^53.
"""

from collections.abc import Mapping
from itertools import islice
from typing import Any, get_args

from bingx_contracts import ASSUMPTIONS, PROFILES, VARIATIONS, Account
from bingx_fake.books.directory import User
from bingx_fake.books.ledger import Ledger
from bingx_fake.books.money import plain
from bingx_fake.control import calls
from bingx_fake.control.calls import ControlCall, ControlError
from bingx_fake.exchange import Exchange
from bingx_fake.faults.kinds import KINDS
from bingx_fake.journal.journal import Note
from bingx_fake.profiles.adoption import AdoptionError

_MOST_USERS = 100
_MOST_TRANSFERS = 100
_MOST_ENTRIES = 200
_ACCOUNTS: tuple[str, ...] = get_args(Account)

KIND_GROUPS: Mapping[str, Mapping[str, str]] = {
    "No connection": {
        "refuse": "TCP connections are refused",
        "dns": "the name does not resolve",
        "tls": "the handshake fails",
        "blackhole": "connects never complete",
    },
    "No answer, or half of one": {
        "timeout": "accepted, read, never answered",
        "reset": "TCP RST instead of an answer",
        "empty": "closed without a byte",
        "truncate": "half a body, then closed",
        "dribble": "a byte now and then",
        "latency": "a whole answer, late",
    },
    "Another answer": {
        "http-error": "an HTTP status with JSON",
        "html-error": "an HTTP status with a page",
        "malformed": "200 with broken JSON",
        "redirect": "302 to elsewhere",
        "business-error": "200 with an error code",
        "rate-limit": "100410, then a ban",
    },
    "The right answer": {
        "commit-delay": "it takes effect later",
        "stale": "reads are behind",
        "empty-data": "reads have no rows",
    },
    "Streams that end": {
        "ws-refuse": "the handshake is refused",
        "ws-close": "closed with a code, now and each new one",
        "ws-reset": "TCP RST, now and each new one",
        "key-expire": "listen keys end, with their event",
    },
    "Streams that say less": {
        "ws-stall": "heartbeats go on, no data",
        "ws-silent": "connected, and nothing is sent",
        "ws-drop": "messages are lost",
        "ws-gap": "an increment of depth is missing",
    },
    "Streams that say it otherwise": {
        "ws-delay": "messages come late",
        "ws-duplicate": "messages come twice",
        "ws-reorder": "a message comes after the next",
    },
}
"""Every kind of fault, with what a client meets."""

_USUAL: Mapping[str, Mapping[str, str]] = {
    "dribble": {"ms": "1000"},
    "latency": {"ms": "1000", "sigma": "0"},
    "http-error": {"status": "500"},
    "html-error": {"status": "502"},
    "business-error": {"code": "100500"},
    "rate-limit": {"ms": "120000"},
    "commit-delay": {"ms": "1000"},
    "stale": {"ms": "1000"},
    "ws-refuse": {"status": "503"},
    "ws-close": {"close_code": "1001"},
    "ws-delay": {"ms": "1000"},
}
"""What a field stands for where it is left empty, or, where a kind needs it, a value to begin with."""


def get_faults(exchange: Exchange, call: ControlCall) -> Any:
    """How each domain is, the faults that were ordered, and the kinds there are."""
    missing = exchange.missing_faults
    kinds = [
        {
            "name": name,
            "group": group,
            "meets": meets,
            "fields": sorted(KINDS[name].fields),
            "needs": sorted(KINDS[name].needs),
            "variants": KINDS[name].variants,
            "domains": sorted(KINDS[name].domains - {"*"}),
            "usual": _USUAL.get(name, {}),
            "unavailable": missing.get(name),
        }
        for group, members in KIND_GROUPS.items()
        for name, meets in members.items()
    ]
    return {"domains": conditions(exchange), "faults": staged_faults(exchange), "kinds": kinds}


def staged_faults(exchange: Exchange) -> list[dict[str, Any]]:
    """The faults in the form of ``GET /faults``, each with its ``stage`` (``FaultRegister.stages``)."""
    faults, now_ms = exchange.faults, exchange.clock.now_ms()
    staged = zip(faults.describe(), faults.stages(now_ms), strict=True)
    return [{**fault, "stage": stage} for fault, stage in staged]


def conditions(exchange: Exchange) -> dict[str, str]:
    """``up``, ``down`` (nobody gets a connection) or ``disturbed``, by domain."""
    in_force = [fault for fault in staged_faults(exchange) if fault["stage"] == "in force"]
    found = {}
    for domain in ("com", "pro", "stream"):
        meant = (domain,) if domain == "stream" else (domain, "*")
        kinds = [KINDS[fault["kind"]] for fault in in_force if fault["domain"] in meant]
        is_down = any(kind.acts_on in ("connection", "handshake") for kind in kinds)
        found[domain] = "down" if is_down else "disturbed" if kinds else "up"
    return found


def get_users(exchange: Exchange, call: ControlCall) -> Any:
    """Users with their keys' names and their balances; ``find`` is part of a UID or an e-mail address."""
    books, found = exchange.books, found_users(exchange, call)
    return {
        "count": len(found),
        "users": [_shown_user(user, books.ledger) for user in found[:_MOST_USERS]],
        "accounts": _ACCOUNTS,
        "coins": sorted(books.directory.coins),
    }


def found_users(exchange: Exchange, call: ControlCall) -> list[User]:
    """The users whom a call's ``find`` means; everybody where it says nothing."""
    find = call.query.get("find", "").strip().lower()
    found = list(exchange.books.directory.users.values())
    if find:
        found = [user for user in found if find in str(user.uid) or find in (user.email or "").lower()]
    return found


def _shown_user(user: User, ledger: Ledger) -> dict[str, Any]:
    return {
        "uid": str(user.uid),
        "email": user.email,
        "kind": "main" if user.is_main else "sub",
        "keys": [{"key": key.key, "permissions": sorted(key.permissions)} for key in user.keys],
        "balances": [
            {"account": account, "asset": asset, "free": plain(held.free), "locked": plain(held.locked)}
            for account in _ACCOUNTS
            for asset, held in ledger.balances(user.uid, account).items()
        ],
    }


def get_transfers(exchange: Exchange, call: ControlCall) -> Any:
    """The latest transfers within users and between them, newest first."""
    ledger = exchange.books.ledger
    return {
        "transfers": [
            {
                "id": str(transfer.id),
                "at": transfer.at_ms,
                "uid": str(transfer.uid),
                "from": transfer.from_account,
                "to": transfer.to_account,
                "asset": transfer.asset,
                "amount": plain(transfer.amount),
            }
            for transfer in ledger.latest_transfers(_MOST_TRANSFERS)
        ],
        "inner": [
            {
                "id": str(transfer.id),
                "at": transfer.at_ms,
                "uid": str(transfer.from_uid),
                "from": transfer.from_account,
                "to_uid": str(transfer.to_uid),
                "asset": transfer.asset,
                "amount": plain(transfer.amount),
                "client_id": transfer.client_id,
                "status": transfer.status,
            }
            for transfer in ledger.latest_inner_transfers(_MOST_TRANSFERS)
        ],
    }


def get_journal(exchange: Exchange, call: ControlCall) -> Any:
    """The latest entries that fit, newest first, without their parameters.

    ``domain``; ``code``; ``path``, a part of it; ``errors=1``: all but code 0; ``lint=1``: with lint only.
    """
    query = call.query
    domain, code, path = query.get("domain"), query.get("code"), query.get("path", "")
    if domain not in (None, "com", "pro"):
        raise ControlError(f"domain: {domain!r} is neither com nor pro")
    if code is not None and not (code.isascii() and code.removeprefix("-").isdigit() and len(code) <= 9):
        raise ControlError(f"code: {code!r} is not a number")

    def fits(note: Note) -> bool:
        return (
            domain in (None, note.domain)
            and (code is None or note.code == int(code))
            and path.lower() in note.path.lower()
            and not ("errors" in query and note.code == 0)
            and not ("lint" in query and not note.lint)
        )

    fitting = islice((note for note in exchange.journal.newest_first() if fits(note)), _MOST_ENTRIES)
    return [
        {**note.as_entry(), "parameters": None, "lint": [mark["rule"] for mark in note.lint]}
        for note in fitting
    ]


def get_request(exchange: Exchange, call: ControlCall) -> Any:
    """``GET /requests/{id}`` with what decided its answer in words.

    Secrets are covered that a client has put into its parameters by mistake.
    """
    from bingx_fake.explain.secrecy import cover  # for people: not among what has to start fast

    entry = calls.get_request(exchange, call)
    hide = cover(exchange.books.directory.secrets)
    parameters = {hide(name): hide(value) for name, value in entry["parameters"].items()}
    decided_by = [{"id": entry_id, "says": _says(entry_id)} for entry_id in entry["decided_by"]]
    return {**entry, "path": hide(entry["path"]), "parameters": parameters, "decided_by": decided_by}


def _says(entry_id: str) -> str:
    """What an entry of the register is about."""
    variation = VARIATIONS.get(entry_id)
    return ASSUMPTIONS[entry_id].says if variation is None else variation.question


def get_profile(exchange: Exchange, call: ControlCall) -> Any:
    """``GET /profile``, and the profiles to choose from with the answers that each gives."""
    profiles = [
        {"name": profile.name, "source": profile.source, "answers": profile.answers}
        for profile in PROFILES.values()
    ]
    try:
        adopted = exchange.adopted()
    except AdoptionError:
        adopted = {}
    profiles += [
        {"name": name, "source": "adopted", "answers": answers}
        for name, answers in adopted.items()
        if name not in PROFILES
    ]
    return {**calls.get_profile(exchange, call), "profiles": profiles}
