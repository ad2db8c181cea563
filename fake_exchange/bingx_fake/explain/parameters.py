"""Why a parameter was refused (100400): which one, and by which rule."""

from difflib import get_close_matches

from bingx_contracts import LINT_RULES, RULES, WINDOW, Endpoint, Parameter
from bingx_fake.explain.mistake import Mistake
from bingx_fake.journal import Refused
from bingx_fake.parameters import read_value
from bingx_fake.refusal import Refusal
from bingx_fake.wire import Unreadable, as_text, read_wire

_STRICT = "strict: "


def parameter_refused(refused: Refused) -> Mistake:
    """What is wrong with the parameters of a request that got 100400."""
    message = refused.message
    if message.startswith(_STRICT):
        rule = LINT_RULES[message.removeprefix(_STRICT).partition(":")[0]]
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
    if message.startswith("recvWindow "):
        largest_ms = refused.rules.largest_window_ms
        change = f"Send milliseconds, 1 to {largest_ms}, or no recvWindow, which means {WINDOW.default_ms}."
        return Mistake("recv-window", f"{message}.", change, "S, R (TIME-5; V2, V3)")
    endpoint = refused.rules.routes.get((refused.request.method, refused.request.path))
    if endpoint is not None:
        for parameter in endpoint.parameters:
            found = _broken(parameter, sent, message)
            if found is not None:
                return found
    return Mistake("parameters", f"{message}.", _what_it_takes(endpoint), _source(endpoint))


def _broken(parameter: Parameter, sent: dict[str, str], message: str) -> Mistake | None:
    """The parameter, when it is the one that the message is about."""
    rule = RULES[parameter.rule]
    names = [name for name in (parameter.name, *parameter.aliases) if name in sent]
    source = f"{parameter.source}; rule: {rule.source}"
    if not names and message.startswith(f"{parameter.name} is missing"):
        return _missing(parameter, sent, source)
    for name in names:
        try:
            read_value(rule, name, sent[name])
        except Refusal as refusal:
            if refusal.message == message:
                change = f"Send {name} as {rule.says}"
                change += f": one of {', '.join(rule.values)}." if rule.values else "."
                near = get_close_matches(sent[name].upper(), [value.upper() for value in rule.values], 1)
                meant = next((value for value in rule.values if near and value.upper() == near[0]), None)
                if meant is not None:
                    change += f" Perhaps {meant} was meant."
                return Mistake(f"parameter-{name}", f"{message}.", change, source)
    return None


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
