"""Profiles made of what a live exchange answered: ``bingx-fake adopt REPORT.json``.

A report of the contract suite says which documented answers it met. Where it met one, the profile gives
that one; where it met several at once, every documented form; where it met none, the answer of the profile
``documented``. Adopted profiles are kept in the user's own folder for application data.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from bingx_contracts import PROFILES, VARIATIONS
from bingx_contracts.reading.files import text_of, without_mark
from bingx_fake.profiles.choice import DEFAULT_PROFILE

FORMAT = 1
_NO_REPORT = "this is no report of --bingx-report FILE.json"
_TOGETHER = ("any", "all")


class AdoptionError(ValueError):
    """The report cannot be made into a profile. Nothing was written."""


class Adopted(msgspec.Struct, forbid_unknown_fields=True):
    """An adopted profile as it is kept. ``met`` are the variations for which the report met an answer."""

    name: str
    source: str
    met: tuple[str, ...]
    answers: dict[str, str]


def adopt(document: Any) -> Adopted:
    """Make a profile of a report in its JSON form.

    :raises AdoptionError: when it is no such report, or one of a run that met no answer.
    """
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise AdoptionError(_NO_REPORT)
    environment, date = document.get("environment"), str(document.get("date", ""))[:10]
    if environment != "vst":
        raise AdoptionError(f"the report is of {environment!r}; only one of --bingx-env vst can be adopted")
    answers = dict(PROFILES[DEFAULT_PROFILE].answers)
    met_ids = []
    for variation_id, answers_met in _register_of(document).items():
        variation = VARIATIONS.get(variation_id)
        if variation is None or not variation.is_switchable:
            continue
        names = [answer.name for answer in variation.answers]
        met = [name for name in answers_met if name in names]
        if not met:
            continue
        met_ids.append(variation.id)
        together = next((name for name in _TOGETHER if name in names), None)
        if len(met) == 1:
            answers[variation.id] = met[0]
        elif together is not None:
            answers[variation.id] = together
        else:
            raise AdoptionError(f"{variation.id} ({variation.question}) was met as {' and as '.join(met)}")
    if not met_ids:
        raise AdoptionError("the report met no answer to any contested question")
    return Adopted(environment, f"{environment}, {date}", tuple(met_ids), answers)


def _register_of(document: Mapping[str, Any]) -> dict[str, list[str]]:
    try:
        return {entry["id"]: list(entry["met"]) for entry in document["register"]}
    except (KeyError, TypeError):
        raise AdoptionError(_NO_REPORT) from None


def read_report(path: Path) -> Any:
    """Read a report's JSON.

    :raises AdoptionError: when the file cannot be read or is no JSON.
    """
    try:
        return json.loads(text_of(path.read_bytes()))
    except OSError as error:
        raise AdoptionError(f"cannot read {path}: {error.strerror}") from None
    except ValueError as error:
        raise AdoptionError(f"{path} is no JSON: {error}") from None


def profiles_folder() -> Path:
    """Where adopted profiles are kept; ``BINGX_OFFLINE_HOME`` moves it."""
    home = os.environ.get("BINGX_OFFLINE_HOME")
    return Path(home or click.get_app_dir("bingx-offline"), "profiles")


def keep(profile: Adopted) -> Path:
    """Write a profile into the folder, in place of an earlier one of the same name."""
    path = profiles_folder() / f"{profile.name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(profile)) + b"\n")
    return path


def adopted_profiles() -> dict[str, dict[str, str]]:
    """The answers of every adopted profile, by name.

    :raises AdoptionError: when one does not fit the register, such as one of an earlier version.
    """
    profiles = {}
    for path in sorted(profiles_folder().glob("*.json")):
        try:
            adopted = msgspec.json.decode(without_mark(path.read_bytes()), type=Adopted)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise AdoptionError(f"{path} is no adopted profile ({error}); adopt the report again") from None
        answers = _present(adopted)
        if set(answers) != set(PROFILES[DEFAULT_PROFILE].answers):
            raise AdoptionError(f"{path} does not fit this version's register; adopt the report again")
        profiles[adopted.name] = answers
    return profiles


def _present(adopted: Adopted) -> dict[str, str]:
    """A kept profile's answers, where another variation has taken in a question since.

    What the report met is an answer to that one now. What it did not meet came from the profile
    ``documented``, and still does.
    """
    given, taken_in = dict(adopted.answers), {}
    for variation in VARIATIONS.values():
        if variation.taken_in_by is not None and variation.id in given:
            answer, now = given.pop(variation.id), variation.taken_in_by
            taken_in[now] = answer if variation.id in adopted.met else PROFILES[DEFAULT_PROFILE].answers[now]
    return taken_in | given
