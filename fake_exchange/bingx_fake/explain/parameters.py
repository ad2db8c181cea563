"""Why a parameter was refused (100400): which one, and by which rule."""

from difflib import get_close_matches

from bingx_contracts import LINT_RULES, RULES, WINDOW, Endpoint, Parameter
from bingx_fake.explain.mistake import Mistake
from bingx_fake.gateway.refusal import cut
from bingx_fake.gateway.wire import Unreadable, as_text, read_wire
from bingx_fake.journal.journal import Refused


def parameter_refused(refused: Refused) -> Mistake:
    """What is wrong with the parameters of a request that got 100400."""
    message = refused.message
    if refused.departure is not None:
        rule = LINT_RULES[refused.departure]
        return Mistake(
            f"strict-{rule.id}",
            "Under --strict what S does not allow is refused.",
            f"{rule.message}.",
            rule.source,
        )
    try:
        wire = read_wire(refused.request)
    except Unreadable:
        change = (
            "Send the parameters of a POST as a form, as one plain JSON object, or in the query, each once."
        )
        return Mistake(
            "unreadable",
            f"The parameters cannot be read: {message}.",
            change,
            "S, R, O (REQ-4, REQ-5, REQ-6)",
        )
    sent = {as_text(parameter.name): as_text(parameter.value) for parameter in wire}
    if refused.parameter == "recvWindow":
        largest_ms = refused.rules.largest_window_ms
        change = f"Send milliseconds, 1 to {largest_ms}, or no recvWindow, which means {WINDOW.default_ms}."
        return Mistake("recv-window", f"{message}.", change, "S, R (TIME-5; V2, V3)")
    endpoint = refused.rules.routes.get((refused.request.method, refused.request.path))
    if endpoint is not None:
        for parameter in endpoint.parameters:
            # A rule that is not the parameter's own comes of another parameter: then all of them are told.
            if refused.rule == parameter.rule and refused.parameter in (parameter.name, *parameter.aliases):
                return _broken(parameter, refused.parameter, sent, message)
    return Mistake("parameters", f"{message}.", _what_it_takes(endpoint), _source(endpoint))


def _broken(parameter: Parameter, name: str, sent: dict[str, str], message: str) -> Mistake:
    """A parameter that is missing or not as its rule says, under the name by which it came."""
    rule = RULES[parameter.rule]
    source = f"{parameter.source}; rule: {rule.source}"
    if name not in sent:
        return _missing(parameter, sent, source)
    change = f"Send {name} as {rule.says}"
    change += f": one of {', '.join(rule.values)}." if rule.values else "."
    near = get_close_matches(cut(sent[name]).upper(), [value.upper() for value in rule.values], 1)
    meant = next((value for value in rule.values if near and value.upper() == near[0]), None)
    if meant is not None:
        change += f" Perhaps {meant} was meant."
    return Mistake(f"parameter-{name}", f"{message}.", change, source)


def _missing(parameter: Parameter, sent: dict[str, str], source: str) -> Mistake:
    rule = RULES[parameter.rule]
    happened = f"{parameter.name} is missing."
    near = get_close_matches(parameter.name.lower(), [name.lower() for name in sent], 1)
    meant = next((name for name in sent if near and name.lower() == near[0]), None)
    if meant is not None:
        happened += f" There is {meant!r}: the name counts letter by letter."
    return Mistake(f"parameter-{parameter.name}", happened, f"Send {parameter.name}: {rule.says}.", source)


def _what_it_takes(endpoint: Endpoint | None) -> str:
    if endpoint is None or not endpoint.parameters:
        return "Look at what the message names."
    names = ", ".join(
        f"{parameter.name} (required)" if parameter.required else parameter.name
        for parameter in endpoint.parameters
    )
    return f"{endpoint.method} {endpoint.path} takes {names}."


def _source(endpoint: Endpoint | None) -> str:
    return "R" if endpoint is None else endpoint.source
