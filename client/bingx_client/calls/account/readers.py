"""From the places of an answer to whose a key is, and what it may do."""

from bingx_client.calls.account.models import KeyRights
from bingx_client.wire.decode import Node


def uid(answer: Node) -> str:
    """``data.uid``."""
    return answer.get("data").get("uid").id()


def api_permissions(answer: Node) -> KeyRights:
    """The answer itself, which has no envelope."""
    return KeyRights(
        key=answer.get("apiKey").optional(Node.text),
        permissions=[it.integer() for it in answer.get("permissions").items()],
        addresses=[it.text() for it in answer.get("ipAddresses").items()],
        note=answer.get("note").optional(Node.text),
        raw=answer.value,
    )
