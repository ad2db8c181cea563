"""What an entry must be by itself, beyond its type: an endpoint in its group, a rule that can decide."""

import re
from string import Formatter

from bingx_contracts.reading.finding import Found, found_at, found_in, refuse_unknown, values_at, walk
from bingx_contracts.reading.loading import Folder


def check_groups(folder: Folder) -> None:
    """An endpoint is in a group, and its id says in which."""
    for found in found_in(folder, "endpoints.id"):
        group, _, _ = found.file.rpartition("/")
        if not group:
            reason = "an endpoint stands in the endpoints.toml of a group, which is a folder"
            folder.refuse(found.file, found.path, reason)
        if not re.fullmatch(rf"{re.escape(group)}\.\w+", found.value):
            reason = f"the id of an endpoint of this group is {group}.NAME, not {found.value!r}"
            folder.refuse(found.file, found.path, reason)


def check_refusals(folder: Folder) -> None:
    """A refusal says of which group it is, and what it says can be put together."""
    for file, path, entry in found_in(folder, "refusals"):
        group, _, _ = file.rpartition("/")
        if entry["group"] != group:
            reason = f"a refusal of this folder is of the group {group!r}, not {entry['group']!r}"
            folder.refuse(file, (*path, "group"), reason)
        try:
            list(Formatter().parse(entry["says"]))
        except ValueError as error:
            folder.refuse(file, (*path, "says"), f"this has braces that hold nothing: {error}")


def check_parameters(folder: Folder) -> None:
    """What endpoints and departures say about parameters is about some that there are."""
    entries = list(found_at(folder, ("endpoints", "departures")))
    endpoints = {
        entry["id"]: {known["name"]: known.get("aliases", []) for known in entry.get("parameters", ())}
        for _, _, entry in found_in(folder, "endpoints")
    }
    rules = values_at(folder, ("rules.name",))
    letters = values_at(folder, ("sources.letter",))
    for file, path, entry in entries:
        endpoint = entry.get("id") or entry["endpoint"]
        parameters, what = endpoints[endpoint], f"parameter of {endpoint}"
        without, renamed = entry.get("without", []), entry.get("names", {})
        for index, name in enumerate(without):
            refuse_unknown(folder, Found(file, (*path, "without", index), name), what, parameters)
        for name, new in renamed.items():
            at = Found(file, (*path, "names", name), name)
            refuse_unknown(folder, at, what, parameters)
            refuse_unknown(folder, at._replace(value=new), f"name of {name}", [name, *parameters[name]])
        for letter in entry.get("places", ()):
            at = Found(file, (*path, "places", letter), letter)
            refuse_unknown(folder, at, "source", letters)
        key = entry.get("write", {}).get("key")
        if key is not None:
            refuse_unknown(folder, Found(file, (*path, "write", "key"), key), what, parameters)
        for index, parameter in enumerate(entry.get("parameters", ())):
            for name in parameter.get("required_if", ()):
                at = Found(file, (*path, "parameters", index, "required_if", name), name)
                refuse_unknown(folder, at, what, parameters)
        for name, rule in entry.get("rules", {}).items():
            at = Found(file, (*path, "rules", name), name)
            refuse_unknown(folder, at, what, parameters)
            refuse_unknown(folder, at._replace(value=rule), "rule", rules)
        left = {renamed.get(name, name) for name in parameters if name not in without}
        for found in walk(file, (*path, "needs_one_of"), entry.get("needs_one_of", []), []):
            refuse_unknown(folder, found, what, left)


def check_examples(folder: Folder) -> None:
    """An example's parameters are those of its endpoint."""
    names = {
        entry["id"]: [parameter["name"] for parameter in entry.get("parameters", ())]
        for _, _, entry in found_in(folder, "endpoints")
    }
    for file, path, entry in found_in(folder, "examples"):
        for name in entry["request"]:
            at = Found(file, (*path, "request", name), name)
            refuse_unknown(folder, at, f"parameter of {entry['endpoint']}", names[entry["endpoint"]])


def check_limits(folder: Folder) -> None:
    """A limit of a group names it, any other has its numbers."""
    for file, path, limit in found_in(folder, "endpoints.limits"):
        needs = {"group"} if limit["scope"] == "group" else {"count", "window_ms"}
        if limit.keys() - {"scope", "by"} != needs:
            reason = f"a limit of the scope {limit['scope']} has {' and '.join(sorted(needs))}, and no more"
            folder.refuse(file, path, reason)


def check_rules(folder: Folder) -> None:
    """A rule has what its kind decides by, and nothing that it would not look at."""
    for file, path, rule in found_in(folder, "rules"):
        kind = rule.get("kind")
        if kind not in _DECIDED_BY:
            continue
        needed, possible = _DECIDED_BY[kind]
        given = rule.keys() - {"name", "kind", "says", "source"}
        if missing := sorted(needed - given):
            folder.refuse(file, path, f"a rule of kind {kind} needs {missing[0]}")
        if left := sorted(given - needed - possible):
            folder.refuse(file, (*path, left[0]), f"a rule of kind {kind} does not look at {left[0]}")
        if "pattern" in rule:
            try:
                re.compile(rule["pattern"], re.ASCII)
            except re.error as error:
                folder.refuse(file, (*path, "pattern"), f"this is no pattern: {error}")
        if rule.get("minimum", 0) > rule.get("maximum", rule.get("minimum", 0)):
            folder.refuse(file, (*path, "minimum"), "the minimum is above the maximum")


_DECIDED_BY: dict[str, tuple[set[str], set[str]]] = {
    "pattern": ({"pattern"}, set()),
    "amount": ({"pattern"}, set()),
    "decimal": ({"pattern"}, set()),
    "integer": ({"minimum", "maximum"}, set()),
    "enum": ({"values"}, {"also"}),
    "boolean": (set(), set()),
    "list": ({"items", "minimum", "maximum"}, set()),
    "json": ({"form"}, {"items", "minimum", "maximum"}),
}
"""By kind of rule, the keys that it needs, and those that it may have."""
