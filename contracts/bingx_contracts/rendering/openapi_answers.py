"""Schemas of answers, for the OpenAPI document: exact, so that an answer off its shape is found.

Every object lists its fields as required and allows no others.
"""

from typing import Any

from bingx_contracts import CONTRACT, ERRORS, RULES
from bingx_contracts.departures import holding
from bingx_contracts.facts.answers import AnswerShape, Fields, Shape, Value
from bingx_contracts.facts.base import Answers
from bingx_contracts.facts.requests import Endpoint, Rule

Schema = dict[str, Any]

_OK = 200
_JSON = "application/json"


class AnswerSchemas:
    """The schemas of one profile's answers.

    ``components`` gathers whatever they refer to, by name, as responses are made.
    """

    def __init__(self, answers: Answers) -> None:
        self._named: dict[str, Value | Shape] = {}
        self._named |= {value.name: value for value in holding(CONTRACT.values, answers)}
        self._named |= {shape.name: shape for shape in holding(CONTRACT.shapes, answers)}
        self._statuses = {status.status: status for status in holding(CONTRACT.statuses, answers)}
        self._failures = holding(CONTRACT.failures, answers)
        self._successes = holding(CONTRACT.answers, answers)
        self.components: dict[str, Schema] = {}

    def responses(self, endpoint: Endpoint) -> dict[str, Any]:
        """The responses of an endpoint by HTTP status, as an OpenAPI operation has them."""
        elsewhere = {code for status in self._statuses.values() for code in status.codes}
        success = self._success(endpoint)
        carried_out = self._exact(f"{endpoint.id}.success", success.fields, success.source)
        alternatives = [
            *([carried_out] if endpoint.media is None else []),
            *(
                self._exact(f"{endpoint.id}.failure", failure.fields, failure.source)
                for failure in self._failures
                if endpoint.id in failure.endpoints
            ),
            self._error("Error", [code for code in ERRORS if code not in elsewhere]),
        ]
        responses = {str(_OK): _response("Carried out, or refused with a code", {"oneOf": alternatives})}
        if endpoint.media is not None:
            responses[str(_OK)]["content"][endpoint.media] = {"x-rows": carried_out}
        for number, status in self._statuses.items():
            names = " or ".join(ERRORS[code].name for code in status.codes)
            error = self._error(f"Error{number}", list(status.codes))
            responses[str(number)] = _response(f"Refused: {names}", error) | {"x-source": status.source}
        return responses

    def _success(self, endpoint: Endpoint) -> AnswerShape:
        (found,) = (answer for answer in self._successes if endpoint.id in answer.endpoints)
        return found

    def _error(self, name: str, codes: list[int]) -> Schema:
        error = CONTRACT.error
        if name not in self.components:
            schema = self._object(error.fields, error.source)
            code = {
                "type": "integer",
                "enum": codes,
                "description": "; ".join(f"{code}: {ERRORS[code].meaning}" for code in codes),
                "x-errors": [
                    {
                        "code": code,
                        "name": ERRORS[code].name,
                        "meaning": ERRORS[code].meaning,
                        "definite": ERRORS[code].definite,
                        "x-source": ERRORS[code].source,
                    }
                    for code in codes
                ],
            }
            schema["properties"] = {"code": code, **schema["properties"]}
            schema["required"] = ["code", *schema["required"]]
            self.components[name] = schema
        return _reference(name)

    def _exact(self, name: str, fields: Fields, source: str) -> Schema:
        self.components[name] = self._object(fields, source)
        return _reference(name)

    def _object(self, fields: Fields, source: str) -> Schema:
        return {
            "type": "object",
            "properties": {field: self._typed(reference) for field, reference in fields.items()},
            "required": list(fields),
            "additionalProperties": False,
            "x-source": source,
        }

    def _shape(self, shape: Shape) -> Schema:
        if not shape.listed:
            return self._object(shape.fields, shape.source)
        return {
            "type": "array",
            "description": ", ".join(shape.fields),
            "prefixItems": [self._typed(reference) for reference in shape.fields.values()],
            "items": False,
            "minItems": len(shape.fields),
            "x-source": shape.source,
        }

    def _typed(self, reference: str) -> Schema:
        if "|" in reference:
            return {"oneOf": [self._typed(one) for one in reference.split("|")]}
        match reference[0]:
            case "[":
                return {"type": "array", "items": self._typed(reference[1:-1])}
            case "{":
                shape = self._named[reference[1:-1]]
                assert isinstance(shape, Shape)
                assert shape.key is not None
                return {
                    "type": "object",
                    "propertyNames": self._typed(shape.fields[shape.key]),
                    "additionalProperties": self._component(shape.name),
                }
        return self._component(reference)

    def _component(self, name: str) -> Schema:
        if name not in self.components:
            fact = self._named[name]
            if isinstance(fact, Shape):
                self.components[name] = self._shape(fact)
            else:
                self.components[name] = _value(fact)
        return _reference(name)


def rule_schema(rule: Rule) -> Schema:
    """What a parameter's value must look like.

    Values are text on the wire; those of ``integer`` rules are typed as the integers that they spell.
    """
    match rule.kind:
        case "enum":
            schema: Schema = {"type": "string", "enum": [*rule.values, *rule.also]}
        case "integer":
            schema = {"type": "integer", "minimum": rule.minimum, "maximum": rule.maximum}
        case "amount":
            schema = {"type": "string", "pattern": rule.pattern, "not": {"pattern": r"^0+(\.0+)?$"}}
        case "pattern" | "decimal":
            schema = {"type": "string", "pattern": rule.pattern}
        case "boolean":
            schema = {"type": "boolean"}
        case "list":
            schema = {"type": "string", "x-items": rule_schema(RULES[rule.items or ""])}
        case "json":
            schema = {"type": "string", "contentMediaType": "application/json", "x-form": rule.form}
    return schema | {"description": rule.says, "x-source": rule.source}


def _value(value: Value) -> Schema:
    schema: Schema = {"type": value.type} if value.rule is None else rule_schema(RULES[value.rule])
    if value.values:
        schema["enum"] = list(value.values)
    if value.pattern is not None:
        schema["pattern"] = value.pattern
    if value.minimum is not None:
        schema["minimum"] = value.minimum
    if value.nullable:
        schema["type"] = [schema["type"], "null"]
        schema["enum"] = [*schema["enum"], None]
    if value.says is not None:
        schema["description"] = value.says
    return schema | {"x-source": value.source}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _response(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": schema}}}
