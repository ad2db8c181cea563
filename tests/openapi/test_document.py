"""The OpenAPI document: valid, whole, sourced, the same every time, and at one with what the fake takes."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openapi.choices import ALL_ANSWERS, CHOICES
from openapi_spec_validator import OpenAPIV31SpecValidator

from bingx_contracts import CONTRACT, ENDPOINTS, ENVIRONMENTS, ERRORS, PROFILES, RULES, VARIATIONS
from bingx_contracts.facts.base import Conditional
from bingx_contracts.rendering.openapi import document, render
from bingx_fake.profiles.choice import choose
from bingx_fake.profiles.rules import GatewayRules

Schema = dict[str, Any]

SIGNED = {"timestamp", "recvWindow", "signature"}
"""What the fake's endpoints do not list, since every signed request carries it."""


def operations(of: Schema) -> dict[str, Schema]:
    return {
        operation["operationId"]: operation for item in of["paths"].values() for operation in item.values()
    }


def resolved(of: Schema, part: Any) -> Any:
    """What a reference stands for; anything else is itself."""
    while isinstance(part, dict) and "$ref" in part:
        found: Any = of
        for step in part["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        part = found
    return part


def taken(of: Schema, operation: Schema) -> dict[str, Schema]:
    """The schema of every parameter of an operation, from the query or from the body, by name."""
    found = {}
    for parameter in (resolved(of, reference) for reference in operation["parameters"]):
        if parameter["in"] == "query":
            found[parameter["name"]] = parameter["schema"] | {"required": parameter["required"]}
    if "requestBody" in operation:
        bodies = [resolved(of, media["schema"]) for media in operation["requestBody"]["content"].values()]
        assert bodies[0] == bodies[1], "a form and a JSON body carry the same"
        for name, schema in bodies[0]["properties"].items():
            found[name] = schema | {"required": name in bodies[0]["required"]}
    return found


def every_part(part: Any, place: str = "$") -> Iterator[tuple[str, Schema]]:
    """Every object of a document and its place."""
    if isinstance(part, dict):
        yield place, part
    inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for name, value in inner:
        yield from every_part(value, f"{place}.{name}")


def test_it_is_valid_openapi() -> None:
    OpenAPIV31SpecValidator(document()).validate()


@pytest.mark.parametrize("profile", [profile for profile in PROFILES if profile != "documented"])
def test_what_a_profile_changes_is_valid_openapi(profile: str) -> None:
    assert_valid(document(profile))


GROUPS = sorted({endpoint.group for endpoint in ENDPOINTS.values()})


@pytest.mark.parametrize("group", GROUPS)
def test_that_of_a_group_is_valid_openapi_with_its_endpoints_and_what_they_refer_to(group: str) -> None:
    answers = PROFILES["documented"].answers
    whole, part = document(), render("documented", answers, group)
    OpenAPIV31SpecValidator(part).validate()
    own = operations(part)
    assert own == {name: it for name, it in operations(whole).items() if ENDPOINTS[name].group == group}
    schemas = part["components"]["schemas"]
    assert schemas.items() <= whole["components"]["schemas"].items()
    text = json.dumps(part)
    assert all(f'"#/components/schemas/{name}"' in text for name in schemas), "and nothing else"


def test_a_group_that_there_is_not_is_told_those_that_there_are() -> None:
    with pytest.raises(ValueError, match=r"^there is no group 'spot'; there are account, .*, wallets$"):
        render("documented", PROFILES["documented"].answers, "spot")


@pytest.mark.parametrize("vary", ALL_ANSWERS)
def test_what_answers_change_is_valid_openapi(vary: dict[str, str]) -> None:
    assert_valid(document(vary=vary))


def assert_valid(whole: Schema) -> None:
    """Hold what the usual document has not against the standard, and see that all that is named is there."""
    OpenAPIV31SpecValidator(changed(plain(whole), plain(document()))).validate()
    for _, part in every_part(whole):
        assert resolved(whole, part) is not None


def plain(part: Any) -> Any:
    """A part of a document without what the standard says nothing about."""
    if isinstance(part, dict):
        return {name: plain(inner) for name, inner in part.items() if not name.startswith("x-")}
    return [plain(inner) for inner in part] if isinstance(part, list) else part


def changed(whole: Schema, valid: Schema) -> Schema:
    """The document without what a valid one has too; a schema that both have may be anything."""
    kept = {path: item for path, item in whole["paths"].items() if item != valid["paths"].get(path)}
    known = valid["components"]["schemas"]
    schemas = {
        name: {} if schema == known.get(name) else schema
        for name, schema in whole["components"]["schemas"].items()
    }
    return whole | {"paths": kept, "components": whole["components"] | {"schemas": schemas}}


switchable = [variation for variation in VARIATIONS.values() if variation.is_switchable]


@given(
    st.fixed_dictionaries(
        {
            variation.id: st.sampled_from([answer.name for answer in variation.answers])
            for variation in switchable
        }
    )
)
def test_any_answers_together_make_a_document(answers: dict[str, str]) -> None:
    assert operations(render("any", answers)).keys() == ENDPOINTS.keys()


def test_every_endpoint_is_in_it_with_its_limits_and_permission() -> None:
    whole = document()
    for operation_id, operation in operations(whole).items():
        endpoint = ENDPOINTS[operation_id]
        assert whole["paths"][endpoint.path][endpoint.method.lower()] is operation
        assert operation["x-permission"] == endpoint.permission
        assert ("uid" in {limit["scope"] for limit in operation["x-limits"]}) != endpoint.public
        assert operation.get("deprecated", False) == endpoint.old_route
    assert operations(whole).keys() == ENDPOINTS.keys()


def test_every_signed_request_has_its_frame() -> None:
    whole = document()
    for operation_id, operation in operations(whole).items():
        endpoint = ENDPOINTS[operation_id]
        parameters = [resolved(whole, reference) for reference in operation["parameters"]]
        headers = [parameter for parameter in parameters if parameter["in"] == "header"]
        assert [header["name"] for header in headers] == ["X-SOURCE-KEY"], "public requests carry it too"
        found = taken(whole, operation)
        if endpoint.public:
            assert found.keys() == {parameter.name for parameter in endpoint.parameters}
            assert operation["security"] == []
        else:
            signed_in_query: list[dict[str, list[str]]] = [{"apiKey": [], "signature": []}]
            in_body = endpoint.method == "POST"
            assert operation["security"] == ([{"apiKey": []}] if in_body else signed_in_query)
            assert ("signature" in found) == in_body
            assert found["timestamp"]["required"]
            window = found["recvWindow"]
            assert (window["default"], window["minimum"], window["maximum"]) == (5000, 1, 5000)
    schemes = whole["components"]["securitySchemes"]
    assert (schemes["apiKey"]["in"], schemes["apiKey"]["name"]) == ("header", "X-BX-APIKEY")
    assert schemes["signature"]["name"] == "signature"


def test_limits_are_the_ones_of_the_profile() -> None:
    assert limits_of_fund_balance("reference") == [
        {"scope": "uid", "count": 2, "window-ms": 1000, "counted": "spot_account.fund_balance"},
        {"scope": "ip", "count": 2, "window-ms": 1000, "counted": "spot_account.fund_balance"},
    ]
    assert limits_of_fund_balance("documented") == [
        {"scope": "uid", "count": 10, "window-ms": 1000, "counted": "spot_account.fund_balance"},
        {"scope": "ip", "count": 2000, "window-ms": 10_000, "counted": "account-2"},
        {"scope": "ip", "count": 300, "window-ms": 10_000, "counted": "spot_account.fund_balance"},
    ]


def limits_of_fund_balance(profile: str) -> Any:
    return operations(document(profile))["spot_account.fund_balance"]["x-limits"]


@pytest.mark.parametrize(("profile", "vary"), CHOICES.values(), ids=CHOICES)
def test_it_takes_the_requests_that_the_fake_takes(profile: str, vary: dict[str, str]) -> None:
    whole = document(profile, vary)
    rules = GatewayRules.of(choose(profile, vary).answers)
    for endpoint in rules.routes.values():
        operation = whole["paths"][endpoint.path][endpoint.method.lower()]
        found = {name: schema for name, schema in taken(whole, operation).items() if name not in SIGNED}
        assert found.keys() == {parameter.name for parameter in endpoint.parameters}
        for parameter in endpoint.parameters:
            schema, rule = found[parameter.name], RULES[parameter.rule]
            assert schema["required"] == parameter.required
            assert schema.get("default") == parameter.default
            assert schema.get("x-aliases", []) == list(parameter.aliases)
            assert schema.get("pattern") == rule.pattern
            assert schema.get("enum", []) == [*rule.values, *rule.also]
            of_a_number = (rule.minimum, rule.maximum) if rule.kind == "integer" else (None, None)
            assert (schema.get("minimum"), schema.get("maximum")) == of_a_number
        assert operation.get("x-needs-one-of", []) == [list(group) for group in endpoint.needs_one_of]
        quotas = rules.quotas[endpoint.id]
        assert sorted((limit["count"], limit["window-ms"]) for limit in operation["x-limits"]) == sorted(
            (quota.count, quota.window_ms) for quota in (*quotas.address, *quotas.user)
        )
        if not endpoint.public:
            window = taken(whole, operation)["recvWindow"]
            assert window["minimum"] == (0 if rules.zero_window_is_default else 1)
            assert window["maximum"] == rules.largest_window_ms


def test_every_error_code_is_in_it_with_its_meaning() -> None:
    (code,) = [
        schema["properties"]["code"]
        for name, schema in document()["components"]["schemas"].items()
        if name.startswith("Error")
    ]
    assert code["enum"] == list(ERRORS)
    assert [(known["code"], known["meaning"]) for known in code["x-errors"]] == [
        (error.code, error.meaning) for error in ERRORS.values()
    ]


def test_under_4xx_each_code_has_one_status() -> None:
    whole = document(vary={"V21": "4xx"})
    schemas = whole["components"]["schemas"]
    codes = {
        name: schema["properties"]["code"]["enum"]
        for name, schema in schemas.items()
        if name.startswith("Error")
    }
    assert {name: found for name, found in codes.items() if name != "Error"} == {
        "Error401": [100413],
        "Error403": [100004, 100419],
        "Error429": [100410],
    }
    assert sorted(code for found in codes.values() for code in found) == sorted(ERRORS)


def test_the_environments_are_its_servers() -> None:
    urls = [server["url"] for server in document()["servers"]]
    assert urls == [url for known in ENVIRONMENTS.values() for url in (known.com, known.pro)]


@pytest.mark.parametrize("profile", PROFILES)
def test_answers_are_exact(profile: str) -> None:
    schemas = document(profile)["components"]["schemas"]
    answers = {name: schema for name, schema in schemas.items() if not name.endswith(".request")}
    for place, part in every_part(answers):
        if part.get("type") == "object" and "properties" in part:
            assert part["required"] == list(part["properties"]), place
            assert part["additionalProperties"] is False, place


@pytest.mark.parametrize("profile", PROFILES)
def test_operations_parameters_answers_and_errors_name_their_sources(profile: str) -> None:
    whole = document(profile)
    sourced = [
        *operations(whole).values(),
        *whole["components"]["schemas"].values(),
        *whole["components"]["parameters"].values(),
        *whole["components"]["securitySchemes"].values(),
        *whole["x-gateway-statuses"],
    ]
    for operation in operations(whole).values():
        sourced += taken(whole, operation).values()
    for part in sourced:
        assert part["x-source"]
    letters = whole["info"]["x-sources"]
    assert list(letters) == ["S", "R", "D", "O", "P"]


def test_it_says_under_which_answers_it_holds() -> None:
    info = document("observed", {"V7": "data.balances"})["info"]["x-profile"]
    assert info["name"] == "observed"
    answers = {variation_id: known["answer"] for variation_id, known in info["answers"].items()}
    assert answers == {**PROFILES["observed"].answers, "V7": "data.balances"}


def test_it_is_the_same_every_time_and_survives_json() -> None:
    text = json.dumps(document())
    assert json.dumps(document()) == text
    assert json.loads(text) == document()


@pytest.mark.parametrize(
    ("profile", "vary", "message"),
    [
        ("nobody", {}, "there is no profile 'nobody'; there are documented, skill"),
        ("skill", {"V99": "x"}, "there is no variation 'V99' that can be switched"),
        ("skill", {"V17": "separate"}, "there is no variation 'V17' that can be switched"),
        ("skill", {"V7": "x"}, "V7 has no answer 'x'"),
    ],
)
def test_what_does_not_exist_is_refused(profile: str, vary: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        document(profile, vary)


def facts_with_conditions() -> list[Conditional]:
    return [
        *CONTRACT.values,
        *CONTRACT.shapes,
        *CONTRACT.answers,
        *CONTRACT.failures,
        *CONTRACT.statuses,
        *CONTRACT.departures,
        *CONTRACT.windows,
        *CONTRACT.notes,
    ]


def test_conditions_name_answers_of_the_register() -> None:
    known = {(variation.id, answer.name) for variation in VARIATIONS.values() for answer in variation.answers}
    unknown = [
        f"{fact}: {variation_id} has no answer {name}"
        for fact in facts_with_conditions()
        for variation_id, names in fact.when.items()
        for name in names
        if (variation_id, name) not in known
    ]
    assert not unknown, "\n".join(unknown)


def test_every_value_and_shape_is_used_by_some_answer() -> None:
    used = set()
    for fields in (
        *(shape.fields for shape in CONTRACT.shapes),
        *(answer.fields for answer in (*CONTRACT.answers, *CONTRACT.failures)),
        CONTRACT.error.fields,
    ):
        used |= {name for reference in fields.values() for name in re.findall(r"\w+", reference)}
    assert used == {value.name for value in CONTRACT.values} | {shape.name for shape in CONTRACT.shapes}
