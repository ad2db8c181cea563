"""The streams as an AsyncAPI 3.0 document: topics, what is pushed, and what keeps a connection alive.

Everything in it comes from the facts under ``spec/``, as in ``openapi``.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from bingx_contracts import (
    RULES,
    STREAM_MESSAGES,
    STREAM_RULES,
    STREAMS,
    TOPIC_INTERVALS,
    TOPICS,
)
from bingx_contracts.facts.base import Answers
from bingx_contracts.facts.streams import StreamMessage, Topic

Document = dict[str, Any]


def render(profile: str, answers: Answers) -> Document:
    """The streams under these answers, one for each switchable variation.

    :param profile: what the bundle of answers is called.
    :returns: an AsyncAPI 3.0 document of the exchange, ready for JSON; the same every time.
    """
    messages = {name: _message(said) for name, said in sorted(_named(STREAM_MESSAGES).items())}
    messages |= {topic.id: _push(topic, answers) for topic in TOPICS.values()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "BingX streams",
            "version": profile,
            "description": (
                "A client connects, and subscribes by a message with the topic's address as dataType. Every "
                "frame of the exchange's is gzip. A connection has at most "
                f"{STREAM_RULES.most_topics} topics, and makes at most {STREAM_RULES.most_subscriptions} "
                f"subscriptions in {STREAM_RULES.subscriptions_window_ms} ms; every "
                f"{STREAM_RULES.heartbeat_ms} ms a heartbeat comes and wants an answer."
            ),
        },
        "defaultContentType": "application/json",
        "servers": _servers(),
        "channels": {
            **{f"{product}.connection": _connection(product) for product in _products()},
            **{topic.id: _channel(topic) for topic in TOPICS.values()},
        },
        "operations": _operations(),
        "components": {"messages": messages},
        "x-stream-rules": {
            name: getattr(STREAM_RULES, name) for name in STREAM_RULES.__struct_fields__ if name != "source"
        }
        | {"x-source": STREAM_RULES.source},
    }


def pushed(topic: Topic, answers: Answers) -> Any:
    """One push of a topic as it is sent under these answers, its numbers exact."""
    push = json.loads(topic.push, parse_float=Decimal)
    is_text = any(answers.get(variation) in names for variation, names in topic.as_text.items())
    return _with_texts(push) if is_text else push


def _with_texts(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dict):
        return {name: _with_texts(inner) for name, inner in value.items()}
    return [_with_texts(inner) for inner in value] if isinstance(value, list) else value


def _products() -> list[str]:
    return sorted({topic.product for topic in TOPICS.values()})


def _named(said: Mapping[Any, StreamMessage]) -> dict[str, StreamMessage]:
    return {f"{message.product}.{message.id}": message for message in said.values()}


def _servers() -> Document:
    return {
        f"{stream.environment}.{stream.product}": {
            "host": urlsplit(stream.url).netloc,
            "pathname": urlsplit(stream.url).path,
            "protocol": urlsplit(stream.url).scheme,
            "x-source": stream.source,
        }
        for stream in STREAMS.values()
    }


def _server_references(product: str) -> list[Document]:
    return [
        {"$ref": f"#/servers/{stream.environment}.{stream.product}"}
        for stream in STREAMS.values()
        if stream.product == product
    ]


def _connection(product: str) -> Document:
    """What is said on a connection besides pushes."""
    return {
        "address": None,
        "title": f"The connection of {product}",
        "servers": _server_references(product),
        "messages": {
            name: {"$ref": f"#/components/messages/{name}"}
            for name, message in sorted(_named(STREAM_MESSAGES).items())
            if message.product == product
        },
    }


def _channel(topic: Topic) -> Document:
    channel: Document = {
        "address": topic.form,
        "title": topic.title,
        "servers": _server_references(topic.product),
        "messages": {topic.id: {"$ref": f"#/components/messages/{topic.id}"}},
        "x-source": topic.source,
    }
    parameters = {name: _parameter(topic, name) for name in re.findall(r"{(\w+)}", topic.form)}
    if parameters:
        channel["parameters"] = parameters
    if topic.every_ms is not None:
        channel["x-every-ms"] = topic.every_ms
    if topic.account:
        channel["x-listen-key"] = "the connection's address has ?listenKey= behind it"
    return channel


def _parameter(topic: Topic, name: str) -> Document:
    match name:
        case "levels":
            return {
                "description": "levels a side; 20 where left out",
                "enum": [str(number) for number in topic.levels],
            }
        case "interval":
            names = [row.name for row in TOPIC_INTERVALS if row.product == topic.product]
            return {"description": "the length of a candle", "enum": names}
    return {"description": RULES["marketSymbol"].says, "examples": ["BTC-USDT"]}


def _operations() -> Document:
    """What the exchange sends and what it takes, as AsyncAPI tells it of whom the document is about."""
    operations: Document = {
        f"push.{topic.id}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{topic.id}"},
            "summary": topic.title,
        }
        for topic in TOPICS.values()
    }
    for name, message in sorted(_named(STREAM_MESSAGES).items()):
        channel = f"{message.product}.connection"
        operations[name] = {
            "action": "send" if message.by == "exchange" else "receive",
            "channel": {"$ref": f"#/channels/{channel}"},
            "summary": message.title,
            "messages": [{"$ref": f"#/channels/{channel}/messages/{name}"}],
        }
    return operations


def _message(said: StreamMessage) -> Document:
    try:
        example = json.loads(said.message, parse_float=Decimal)
    except ValueError:  # a text, such as a heartbeat of swap's
        example = said.message
    return {
        "title": said.title,
        "payload": _schema(example),
        "examples": [{"payload": _plain(example)}],
        "x-source": said.source,
    }


def _push(topic: Topic, answers: Answers) -> Document:
    example = pushed(topic, answers)
    return {
        "title": topic.title,
        "payload": _schema(example, may_lack=topic.may_lack),
        "examples": [{"payload": _plain(example)}],
        "x-source": topic.source,
    }


def _schema(example: Any, path: str = "", may_lack: tuple[str, ...] = ()) -> Document:
    """The schema of which this is an example: every field that it has, of the type that it has there."""
    match example:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case Decimal():
            return {"type": "number"}
        case str():
            return {"type": "string"}
        case list():
            return {"type": "array", "items": _schema(example[0], path, may_lack)}
        case dict():
            inner = {name: f"{path}.{name}".removeprefix(".") for name in example}
            return {
                "type": "object",
                "properties": {
                    name: _schema(value, inner[name], may_lack) for name, value in example.items()
                },
                "required": [name for name in example if inner[name] not in may_lack],
            }
    return {}


def _plain(value: Any) -> Any:
    """The same with numbers that ``json`` writes."""
    match value:
        case Decimal():
            return float(value)
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
    return value
