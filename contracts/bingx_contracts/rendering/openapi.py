"""The contract as an OpenAPI 3.1 document.

Everything in it comes from the facts under ``spec/``. Nothing here knows the fake: the document and the fake
are two statements, which tests hold against each other.
"""

from collections.abc import Mapping
from typing import Any

from bingx_contracts import (
    CONTRACT,
    ENVIRONMENTS,
    HEADERS,
    PROFILES,
    RULES,
    SOURCES,
    VALUES,
    VARIATIONS,
    WINDOW,
    present_answers,
)
from bingx_contracts.departures import endpoints_under, holding
from bingx_contracts.facts.base import Answers
from bingx_contracts.facts.requests import Endpoint, Note, Parameter
from bingx_contracts.limits import limits_of
from bingx_contracts.rendering.openapi_answers import AnswerSchemas, Schema, rule_schema

Document = dict[str, Any]

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_SIGNATURE_PATTERN = "^[0-9a-f]{64}$"


def document(profile: str = "documented", vary: Mapping[str, str] | None = None) -> Document:
    """The contract as one profile tells it.

    :param profile: one of ``PROFILES``.
    :param vary: variation id to answer, for those that differ from the profile.
    :returns: an OpenAPI 3.1 document, ready for JSON; the same every time.
    :raises ValueError: when there is no such profile, switchable variation or answer, or two to one question.
    """
    if profile not in PROFILES:
        raise ValueError(f"there is no profile {profile!r}; there are {', '.join(PROFILES)}")
    vary = present_answers(vary or {})
    for variation_id, answer in vary.items():
        variation = VARIATIONS.get(variation_id)
        if variation is None or not variation.is_switchable:
            raise ValueError(f"there is no variation {variation_id!r} that can be switched")
        if answer not in [known.name for known in variation.answers]:
            raise ValueError(f"{variation_id} has no answer {answer!r}")
    return render(profile, {**PROFILES[profile].answers, **vary})


def render(profile: str, answers: Answers, group: str | None = None) -> Document:
    """The contract under these answers, one for each switchable variation.

    :param profile: what the bundle of answers is called.
    :param group: only the endpoints of this group.
    :raises ValueError: when there is no such group.
    """
    groups = sorted({endpoint.group for endpoint in CONTRACT.endpoints})
    if group is not None and group not in groups:
        raise ValueError(f"there is no group {group!r}; there are {', '.join(groups)}")
    schemas = AnswerSchemas(answers)
    requests = _Requests(answers)
    bodies: dict[str, Schema] = {}
    paths: dict[str, Any] = {}
    for endpoint in endpoints_under(answers):
        if group not in (None, endpoint.group):
            continue
        operation = requests.operation(endpoint) | {"responses": schemas.responses(endpoint)}
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation
        if endpoint.method == "POST":
            bodies[_body_name(endpoint)] = requests.body(endpoint)
    return {
        "openapi": "3.1.0",
        "info": _info(profile, answers),
        "servers": _servers(),
        "paths": paths,
        "components": {
            "schemas": dict(sorted((bodies | schemas.components).items())),
            "parameters": requests.shared_parameters(),
            "securitySchemes": requests.security_schemes(),
        },
        "x-gateway-statuses": [
            {"status": known.status, "meaning": known.meaning, "x-source": known.source}
            for known in CONTRACT.gateway
        ],
    }


def _info(profile: str, answers: Answers) -> dict[str, Any]:
    return {
        "title": "BingX spot account",
        "version": max(source.released for source in SOURCES if source.released is not None),
        "summary": "What BingX documents about the spot account API, with a source for everything",
        "description": (
            "`x-source` names documents by the letters of `x-sources`. Where they disagree, this is what "
            "`x-profile` says. The version is the date of the newest document."
        ),
        "x-sources": {
            source.letter: source.title + (f", release of {source.released}" if source.released else "")
            for source in SOURCES
        },
        "x-profile": {
            "name": profile,
            "answers": {
                variation_id: {
                    "question": VARIATIONS[variation_id].question,
                    "answer": answers[variation_id],
                    "x-source": _answer_source(variation_id, answers[variation_id]),
                }
                for variation_id in sorted(answers, key=list(VARIATIONS).index)
            },
        },
    }


def _answer_source(variation_id: str, name: str) -> str:
    return next(answer.source for answer in VARIATIONS[variation_id].answers if answer.name == name)


def _servers() -> list[dict[str, Any]]:
    servers = []
    for environment in ENVIRONMENTS.values():
        money = "real money" if environment.live else "simulated money"
        for url, role in ((environment.com, "primary"), (environment.pro, "fallback")):
            servers.append(
                {
                    "url": url,
                    "description": f"{environment.name}, {role}: {money}",
                    "x-environment": environment.name,
                    "x-source": environment.source,
                }
            )
    return servers


class _Requests:
    """How requests look under a profile's answers."""

    def __init__(self, answers: Answers) -> None:
        self._limits = answers["V25"]
        self._windows = holding(CONTRACT.windows, answers)
        self._notes: Mapping[str, Note] = {note.about: note for note in holding(CONTRACT.notes, answers)}

    def operation(self, endpoint: Endpoint) -> dict[str, Any]:
        """An endpoint as an OpenAPI operation, all but its responses."""
        operation: dict[str, Any] = {
            "operationId": endpoint.id,
            "summary": endpoint.title,
            "description": _description(endpoint),
            "security": _security(endpoint),
            "parameters": self._parameters(endpoint),
        }
        if endpoint.method == "POST":
            schema = {"$ref": f"#/components/schemas/{_body_name(endpoint)}"}
            content = {media: {"schema": schema} for media in (_FORM, _JSON)}
            operation["requestBody"] = {"required": True, "content": content}
        if endpoint.old_route:
            operation["deprecated"] = True
        conditions = {
            parameter.name: {name: list(values) for name, values in parameter.required_if.items()}
            for parameter in endpoint.parameters
            if parameter.required_if
        }
        if conditions:
            operation["x-required-if"] = conditions
        if endpoint.places:
            operation["x-places"] = endpoint.places
        if endpoint.needs_one_of:
            operation["x-needs-one-of"] = [list(group) for group in endpoint.needs_one_of]
        return operation | {
            "x-permission": endpoint.permission,
            "x-write": endpoint.write is not None,
            "x-main-account-only": endpoint.main_account_only,
            "x-limits": [
                {
                    "scope": limit.scope,
                    "count": limit.count,
                    "window-ms": limit.window_ms,
                    "counted": limit.counted,
                }
                for limit in limits_of(endpoint, self._limits)
            ],
            "x-source": endpoint.source,
        }

    def shared_parameters(self) -> dict[str, Any]:
        """The parameters that stand in many operations."""
        return {
            "sourceKey": {
                "name": HEADERS.source_key,
                "in": "header",
                "required": True,
                "description": "on every request, public ones included",
                "schema": {"type": "string", "enum": [HEADERS.source_key_value]},
                "x-source": HEADERS.source,
            },
            "timestamp": _in_query("timestamp", self._timestamp(), required=True),
            "recvWindow": _in_query("recvWindow", self._window(), required=False),
        }

    def security_schemes(self) -> dict[str, Any]:
        """The key's header, and the signature."""
        note = self._notes["signature"]
        return {
            "apiKey": {
                "type": "apiKey",
                "in": "header",
                "name": HEADERS.key,
                "description": "the API key",
                "x-source": HEADERS.source,
            },
            "signature": {
                "type": "apiKey",
                "in": "query",
                "name": "signature",
                "description": (
                    "Made anew for each request: the lower-case hex HMAC-SHA256, by the secret key, of all "
                    "other parameters as k=v joined by &, values not percent-encoded. The parameters come "
                    f"{note.says}. POST carries it in the body instead; parameters in the query of a POST "
                    "are signed along."
                ),
                "x-signature": {
                    "algorithm": "HMAC-SHA256",
                    "encoding": "lower-case hex",
                    "of": "k=v joined by &, every parameter but signature, values not percent-encoded",
                    "order": note.says,
                },
                "x-source": f"S, R; the order: {note.source}",
            },
        }

    def _parameters(self, endpoint: Endpoint) -> list[dict[str, Any]]:
        parameters = [_shared("sourceKey")]
        if endpoint.method == "POST":
            return parameters
        parameters += [
            _in_query(parameter.name, self._schema(endpoint, parameter), required=parameter.required)
            for parameter in endpoint.parameters
        ]
        if endpoint.public:
            return parameters
        return [*parameters, _shared("timestamp"), _shared("recvWindow")]

    def body(self, endpoint: Endpoint) -> Schema:
        """The fields of a POST: what the endpoint takes, and what every signed request carries."""
        body: Schema = {
            "type": "object",
            "properties": {
                **{parameter.name: self._schema(endpoint, parameter) for parameter in endpoint.parameters},
                "timestamp": self._timestamp(),
                "recvWindow": self._window(),
                "signature": {
                    "type": "string",
                    "pattern": _SIGNATURE_PATTERN,
                    "description": "made as the security scheme of this name says",
                    "x-source": "S, R",
                },
            },
            "required": [
                *(parameter.name for parameter in endpoint.parameters if parameter.required),
                "timestamp",
                "signature",
            ],
            "x-source": endpoint.source,
        }
        if endpoint.needs_one_of:
            body["anyOf"] = [{"required": list(group)} for group in endpoint.needs_one_of]
        return body

    def _schema(self, endpoint: Endpoint, parameter: Parameter) -> Schema:
        rule = RULES[parameter.rule]
        schema = rule_schema(rule)
        says, sources = [rule.says], [parameter.source]
        if rule.also:
            says.append(f"also taken: {', '.join(rule.also)}")
        if parameter.aliases:
            says.append(f"also goes by {', '.join(parameter.aliases)}")
            schema["x-aliases"] = list(parameter.aliases)
        note = self._notes.get(parameter.name)
        if note is not None and endpoint.write:
            says.append(note.says)
            sources.append(note.source)
        if parameter.default is not None:
            schema["default"] = parameter.default
        return _sourced(schema, "; ".join(says), sources, rule.source)

    def _timestamp(self) -> Schema:
        rule, note = RULES["time"], self._notes["timestamp"]
        return _sourced(
            rule_schema(rule), f"{rule.says}; {note.says}", ["S, R (required)", note.source], rule.source
        )

    def _window(self) -> Schema:
        rule = RULES["recvWindow"]
        schema = rule_schema(rule) | {"default": WINDOW.default_ms}
        says, sources = ["how long the request stays valid, in milliseconds"], [WINDOW.source]
        for departure in self._windows:
            if departure.minimum_ms is not None:
                schema["minimum"] = departure.minimum_ms
            if departure.maximum_ms is not None:
                schema["maximum"] = departure.maximum_ms
            if departure.says is not None:
                says.append(departure.says)
            sources.append(departure.source)
        return _sourced(schema, "; ".join(says), sources, rule.source)


def _description(endpoint: Endpoint) -> str:
    sentences = [f"{endpoint.title}."]
    if endpoint.needs_one_of:
        groups = [" and ".join(group) for group in endpoint.needs_one_of]
        sentences.append(f"Give {', or '.join(groups)}.")
    if endpoint.permission is not None:
        sentences.append(f"The key needs the permission {endpoint.permission}.")
    if endpoint.main_account_only:
        sentences.append("Main accounts only.")
    if any(parameter.name == "endTime" for parameter in endpoint.parameters):
        sentences.append("endTime is not before startTime.")
    if not endpoint.public:
        characters = " ".join(repr(character)[1:-1] for character in VALUES.forbidden_characters)
        sentences.append(f"No value contains any of {characters}.")
    return " ".join(sentences)


def _sourced(schema: Schema, says: str, sources: list[str], rule_source: str) -> Schema:
    """A parameter's schema with the sources of the parameter and of the rule that its value follows."""
    return schema | {"description": says, "x-source": "; ".join(sources), "x-rule-source": rule_source}


def _body_name(endpoint: Endpoint) -> str:
    return f"{endpoint.id}.request"


def _security(endpoint: Endpoint) -> list[dict[str, list[str]]]:
    """What a request proves itself with. The signature of a POST is a field of its body."""
    if endpoint.public:
        return []
    return [{"apiKey": []} if endpoint.method == "POST" else {"apiKey": [], "signature": []}]


def _in_query(name: str, schema: Schema, *, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": schema["description"],
        "schema": schema,
        "x-source": schema["x-source"],
    }


def _shared(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/parameters/{name}"}
