"""What no file of the specification shows by itself: that nothing is said twice, and no name leads nowhere.

A dictionary made of two entries with one id would silently keep the second, and a name that is misspelt would
show when a request needs it. Both stop the import here. The tables below say what may occur once, and what
refers to what; a place is the path of a value, with the indexes of arrays left out.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any, NamedTuple

from bingx_contracts.reading.entries import (
    check_examples,
    check_groups,
    check_limits,
    check_parameters,
    check_refusals,
    check_rules,
)
from bingx_contracts.reading.finding import Found, found_at, found_in, refuse_unknown, values_at
from bingx_contracts.reading.loading import Folder
from bingx_contracts.reading.toml_lines import Path


class _Once(NamedTuple):
    """Values that may occur once in ``places`` together.

    :param within: how many parts of the path lead to what they may occur once in; 0 for the whole folder.
    """

    what: str
    places: tuple[str, ...]
    within: int = 0


_ONCE = (
    _Once("endpoint", ("endpoints.id", "endpoints.earlier_ids")),
    _Once("parameter", ("endpoints.parameters.name", "endpoints.parameters.aliases"), within=2),
    _Once("parameter", ("order_parameters.name", "order_parameters.aliases")),
    _Once("rule", ("rules.name",)),
    _Once("value", ("rules.values", "rules.also"), within=2),
    _Once("error code", ("errors.code",)),
    _Once("error", ("errors.name",)),
    _Once("variation", ("variations.id",)),
    _Once("answer", ("variations.answers.name",), within=2),
    _Once("assumption", ("assumptions.id",)),
    _Once("profile", ("profiles.name",)),
    _Once("lint rule", ("lint.id",)),
    _Once("clause", ("clauses.id",)),
    _Once("source", ("sources.letter",)),
    _Once("vector", ("vectors.name",)),
    _Once("envelope", ("envelopes.name",)),
    _Once("environment", ("environments.name",)),
    _Once("base URL", ("environments.com", "environments.pro", "spare_domain.url")),
    _Once("URL of a stream", ("streams.url",)),
    _Once("order type", ("order_types.type",)),
    _Once("need", ("order_types.needs",), within=2),
    _Once("transfer type", ("transfer_types.name",)),
    _Once("wallet type", ("wallet_types.value",)),
    _Once("overview type", ("overview_types.name", "overview_types.aliases")),
    _Once("account", ("overview_types.accounts",)),
    _Once("status", ("inner_statuses.value",)),
    _Once("HTTP status", ("gateway.status",)),
    _Once("value", ("values.values",), within=2),
)

_ONCE_TOGETHER = (
    ("route", "endpoints", ("method", "path")),
    ("direction", "transfer_types", ("from_account", "to_account")),
    ("stream", "streams", ("environment", "product")),
    ("limit", "limits", ("group", "scope", "window_ms", "each")),
)
"""Tables in which some columns together may occur once."""

_REFERENCES = (
    ("streams.environment", "environment", ("environments.name",)),
    ("endpoints.parameters.rule", "rule", ("rules.name",)),
    ("order_parameters.rule", "rule", ("rules.name",)),
    ("values.rule", "rule", ("rules.name",)),
    ("endpoints.write.settled_by", "endpoint", ("endpoints.id",)),
    ("endpoints.limits.group", "group of limits", ("limits.group",)),
    ("endpoints.limits.by", "source", ("sources.letter",)),
    ("rules.items", "rule", ("rules.name",)),
    ("examples.endpoint", "endpoint", ("endpoints.id",)),
    ("examples.profile", "profile", ("profiles.name",)),
    ("departures.endpoint", "endpoint", ("endpoints.id",)),
    ("answers.endpoints", "endpoint", ("endpoints.id",)),
    ("failures.endpoints", "endpoint", ("endpoints.id",)),
    ("failures.codes", "error code", ("errors.code",)),
    ("refusals.code", "error code", ("errors.code",)),
    ("answers.envelope", "envelope", ("envelopes.name",)),
    ("failures.envelope", "envelope", ("envelopes.name",)),
    ("variations.taken_in_by", "variation", ("variations.id",)),
    ("order_types.needs", "parameter of orders", ("order_parameters.name",)),
    ("statuses.codes", "error code", ("errors.code",)),
    ("variations.decides.endpoints", "endpoint", ("endpoints.id",)),
    ("variations.decides.codes", "error code", ("errors.code",)),
    ("variations.decides.rules", "rule", ("rules.name",)),
    ("assumptions.decides.endpoints", "endpoint", ("endpoints.id",)),
    ("assumptions.decides.codes", "error code", ("errors.code",)),
    ("assumptions.decides.rules", "rule", ("rules.name",)),
)
"""Where a name stands, what it names, and where those are."""

_ENUMERATED = {
    "type": ("transfer_types.name",),
    "accountType": ("overview_types.name", "overview_types.aliases"),
    "walletType": ("wallet_types.value",),
    "orderType": ("order_types.type",),
}
"""Rules whose values have tables that say what they mean."""

_CONDITIONAL = (
    *("values", "shapes", "answers", "failures", "refusals", "statuses"),
    *("assumptions", "departures", "windows", "notes"),
)
"""Tables whose entries hold under the answers in ``when``."""

_LETTER = re.compile(r"(?<![\w'-])[A-Z](?![\w-])")
_VARIATION = re.compile(r"\bV[0-9]+\b")
_ASSUMPTION = re.compile(r"\bA[0-9]+\b")
_CLAUSE = re.compile(r"\b([A-Z]+)-[0-9]+\b")
_OURS = "ours"


def check(folder: Folder) -> None:
    """Hold what was read from a folder so far against itself.

    :raises SpecificationError: naming file, line, key and what is wrong.
    """
    for checked in (
        check_groups,
        _check_once,
        _check_references,
        _check_enumerations,
        _check_answers,
        check_rules,
        check_limits,
        check_parameters,
        check_refusals,
        check_examples,
        _check_fields,
        _check_conditions,
        _check_sources,
    ):
        checked(folder)


def _check_once(folder: Folder) -> None:
    for what, places, within in _ONCE:
        _refuse_repeats(
            folder,
            what,
            (
                (found, (found.file, *found.path[:within]) if within else ())
                for found in found_at(folder, places)
            ),
        )
    for what, table, columns in _ONCE_TOGETHER:
        rows = [
            found._replace(value=" ".join(str(found.value.get(column)) for column in columns))
            for found in found_in(folder, table)
            if columns[0] in found.value
        ]
        _refuse_repeats(folder, what, ((row, ()) for row in rows))


def _refuse_repeats(folder: Folder, what: str, occurrences: Iterable[tuple[Found, Path]]) -> None:
    seen: dict[tuple[Path, Any], Found] = {}
    for found, scope in occurrences:
        first = seen.setdefault((scope, found.value), found)
        if first is not found:
            place = f"{first.file}, line {folder.line_of(first.file, first.path)}"
            folder.refuse(found.file, found.path, f"{what} {found.value!r} is given before: {place}")


def _check_references(folder: Folder) -> None:
    for place, what, targets in _REFERENCES:
        known = values_at(folder, targets)
        for found in found_in(folder, place):
            refuse_unknown(folder, found, what, known)


def _check_enumerations(folder: Folder) -> None:
    """The values of some rules are those that tables explain, and the other way round."""
    rules = {found.value["name"]: found for found in found_in(folder, "rules")}
    for rule, places in _ENUMERATED.items():
        file, path, entry = rules[rule]
        listed = {*entry["values"], *entry.get("also", ())}
        for found in found_at(folder, places):
            refuse_unknown(folder, found._replace(value=str(found.value)), f"value of rule {rule}", listed)
        missing = listed - {str(value) for value in values_at(folder, places)}
        if missing:
            table = places[0].partition(".")[0]
            folder.refuse(file, (*path, "values"), f"{table} does not say what {min(missing)!r} means")


def _check_answers(folder: Folder) -> None:
    """Conditions and profiles name answers of the register, and `documented` one to each question."""
    names, switchable = {}, set()
    for _, _, variation in found_in(folder, "variations"):
        names[variation["id"]] = [answer["name"] for answer in variation["answers"]]
        if variation["side"] not in ("client", "recorded") and "taken_in_by" not in variation:
            switchable.add(variation["id"])
    for file, path, condition in found_at(folder, [f"{table}.when" for table in _CONDITIONAL]):
        for variation_id, given in condition.items():
            at = Found(file, (*path, variation_id), variation_id)
            refuse_unknown(folder, at, "variation", names)
            for name in given:
                answer = at._replace(value=name)
                refuse_unknown(folder, answer, f"answer of {variation_id}", names[variation_id])
    profiles = values_at(folder, ("profiles.name",))
    for file, path, variation in found_in(folder, "variations"):
        served = variation.get("profiles", {})
        if variation["id"] in switchable and "documented" not in served:
            reason = f"profiles gives no answer of documented to {variation['id']}"
            folder.refuse(file, (*path, "profiles"), reason)
        if variation["id"] not in switchable and served:
            reason = f"{variation['id']} cannot be switched, so no profile has an answer to it"
            folder.refuse(file, (*path, "profiles"), reason)
        for profile, name in served.items():
            at = Found(file, (*path, "profiles", profile), profile)
            refuse_unknown(folder, at, "profile", profiles)
            answer = at._replace(value=name)
            refuse_unknown(folder, answer, f"answer of {variation['id']}", names[variation["id"]])


def _check_fields(folder: Folder) -> None:
    """Fields of answers are values or shapes that there are, and what is said about fields is about some."""
    known = values_at(folder, ("values.name", "shapes.name"))
    keyed = [shape["name"] for _, _, shape in found_at(folder, ("shapes",)) if "key" in shape]
    envelopes = {envelope["name"]: envelope["fields"] for _, _, envelope in found_at(folder, ("envelopes",))}
    for file, path, entry in found_at(folder, ("shapes", "envelopes", "answers", "failures", "error")):
        enveloped = "envelope" in entry
        if ("fields" in entry, "data" in entry) != (not enveloped, enveloped):
            folder.refuse(file, path, "an answer has either fields or data in an envelope")
        types = [((*path, "fields", field), kind) for field, kind in entry.get("fields", {}).items()]
        types += [((*path, "data"), entry["data"])] if "data" in entry else []
        for place, kind in types:
            for one in kind.split("|"):
                found = Found(file, place, one.strip("[]{}"))
                refuse_unknown(folder, found, "value or shape", known)
                if "{" in one:
                    refuse_unknown(folder, found, "shape with a key", keyed)
        fields = {**envelopes[entry["envelope"]], "data": ""} if enveloped else entry["fields"]
        for field in entry.get("facts", ()):
            refuse_unknown(folder, Found(file, (*path, "facts", field), field), "field", fields)
        if "key" in entry:
            refuse_unknown(folder, Found(file, (*path, "key"), entry["key"]), "field", fields)


def _check_conditions(folder: Folder) -> None:
    """Of several entries about one thing, no two hold at once: the later would replace the earlier."""
    about: dict[str, list[Found]] = defaultdict(list)
    for table in _CONDITIONAL:
        for found in found_in(folder, table):
            for subject in _subjects(table, found.value):
                about[subject].append(found)
    for subject, entries in about.items():
        for one, other in combinations(entries, 2):
            if _may_both_hold(one.value.get("when", {}), other.value.get("when", {})):
                place = f"{one.file}, line {folder.line_of(one.file, one.path)}"
                folder.refuse(
                    other.file, other.path, f"{subject} is given for the same answers before: {place}"
                )


def _subjects(table: str, entry: Mapping[str, Any]) -> Iterator[str]:
    """What an entry is about, of which there may be one at a time."""
    match table:
        case "values" | "shapes":
            yield f"value or shape {entry['name']}"
        case "answers" | "failures":
            yield from (f"an entry of {table} for {endpoint}" for endpoint in entry["endpoints"])
        case "refusals":
            yield f"the refusal {entry['reason']} of {entry['group']}"
        case "statuses":
            yield from (f"the status of {code}" for code in entry["codes"])
        case "notes":
            yield f"the note about {entry['about']}"
        case "windows":
            yield from (f"{key} of recvWindow" for key in ("minimum_ms", "maximum_ms") if key in entry)
        case "departures":
            endpoint = entry["endpoint"]
            yield from (f"{key} of {endpoint}" for key in ("needs_one_of",) if key in entry)
            for key in ("without", "names", "rules"):
                yield from (f"parameter {name} of {endpoint}" for name in entry.get(key, ()))


def _may_both_hold(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> bool:
    return all(set(one[variation]) & set(other[variation]) for variation in one.keys() & other.keys())


def _check_sources(folder: Folder) -> None:
    """Every source is one of the letters, or ours, and the clauses and variations that it names exist."""
    letters = values_at(folder, ("sources.letter",))
    clauses, variations = values_at(folder, ("clauses.id",)), values_at(folder, ("variations.id",))
    assumptions = values_at(folder, ("assumptions.id",))
    topics = {clause.partition("-")[0] for clause in clauses}
    right = set()
    for file, document in folder.documents.items():
        for found in _all_sources(file, (), document):
            if found.value in right:
                continue
            named = _LETTER.findall(found.value)
            if not named and _OURS not in found.value:
                folder.refuse(
                    file, found.path, f"{found.value!r} names no source: {', '.join(sorted(letters))} or ours"
                )
            for what, known, mentioned in (
                ("source", letters, named),
                ("variation", variations, _VARIATION.findall(found.value)),
                ("assumption", assumptions, _ASSUMPTION.findall(found.value)),
                ("clause", clauses, [name[0] for name in _CLAUSE.finditer(found.value) if name[1] in topics]),
            ):
                for name in mentioned:
                    refuse_unknown(folder, found._replace(value=name), what, known)
            right.add(found.value)


def _all_sources(file: str, path: Path, value: Any) -> Iterator[Found]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "source" and isinstance(inner, str):
                yield Found(file, (*path, key), inner)
            else:
                yield from _all_sources(file, (*path, key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _all_sources(file, (*path, index), inner)
