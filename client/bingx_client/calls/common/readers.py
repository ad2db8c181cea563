"""From the places of an answer to what it says."""

from bingx_client.wire.decode import Node


def server_time(answer: Node) -> int:
    """``data.serverTime`` in milliseconds."""
    return answer.get("data").get("serverTime").integer()
