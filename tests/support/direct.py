"""Puts requests to a fake exchange without a connection, for tests of what a connection has no part in."""

from bingx_fake.answers.answer import Answer
from bingx_fake.gateway.wire import WireRequest
from support.sender import Reply, Sender


class Direct(Sender):
    """Gives the com domain's requests to the exchange itself, in a fifth of the time that sending takes."""

    def raw(
        self,
        method: str,
        target: str,
        *,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 10,
    ) -> Reply:
        """Ask exactly this."""
        found = {"host": "127.0.0.1"} | {name.lower(): value for name, value in (headers or {}).items()}
        if body is not None:
            found["content-length"] = str(len(body))
        request = WireRequest("com", method, target, found, body or b"", "127.0.0.1")
        answer = self.exchange.call(lambda inner: inner.receive(request))
        assert isinstance(answer, Answer), f"a fault is in force, which takes a connection: {answer}"
        return Reply(
            answer.http_status, {"Content-Type": answer.content_type, **dict(answer.headers)}, answer.body
        )
