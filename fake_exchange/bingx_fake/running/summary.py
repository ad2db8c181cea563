"""What a run came to: one line for people, one object for programs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bingx_fake.journal.journal import JournalEntry
from bingx_fake.running.session import Outcome

_MOST_NAMED = 3
_SWITCHING_PROTOCOLS = 101
"""The status with which a stream begins."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a run.

    :param isolation: ``namespace`` or ``proxy``.
    :param requests: how many reached the exchange, by domain.
    :param streams: how many streams were opened. What is subscribed to on them is a request.
    :param forgotten: how much of both the journal has dropped; the other counts are of the rest.
    :param errors: how many got an error, or no answer.
    :param lint: each rule's marks.
    """

    outcome: Outcome
    isolation: str
    requests: int
    streams: int
    forgotten: int
    errors: int
    lint: Mapping[str, int]

    @classmethod
    def of(cls, journal: Sequence[JournalEntry], outcome: Outcome, isolation: str) -> "Summary":
        """Count a journal's entries."""
        latest = int(journal[-1]["id"].removeprefix("r")) if journal else 0
        streams = sum(entry["http_status"] == _SWITCHING_PROTOCOLS for entry in journal)
        return cls(
            outcome=outcome,
            isolation=isolation,
            requests=latest - streams,
            streams=streams,
            forgotten=latest - len(journal),
            errors=sum(map(_failed, journal)),
            lint=Counter(mark["rule"] for entry in journal for mark in entry["lint"]),
        )

    @property
    def lint_marks(self) -> int:
        """How many departures from S there were."""
        return sum(self.lint.values())

    def as_line(self) -> str:
        """For people."""
        parts = [_count(self.requests, "request")]
        if self.streams:
            parts[0] += f", {_count(self.streams, 'stream')}"
        parts[0] += (
            f", {_count(self.errors, 'error')}, {_count(self.lint_marks, 'lint mark')}{_named(self.lint)}"
        )
        if self.forgotten:
            kept = self.requests + self.streams - self.forgotten
            parts[0] += f" (errors and lint among the latest {kept} only)"
        distrusted, refused = self.outcome.distrusted, self.outcome.refused
        if refused:
            parts.append(f"the proxy refused {_count(sum(refused.values()), 'request')}{_named(refused)}")
        if self.outcome.asked == 0:
            parts.append("nothing asked the proxy, so whatever the program reached was not the fake")
        if distrusted:
            were = "handshake was" if distrusted == 1 else "handshakes were"
            parts.append(
                f"{distrusted} {were} refused by the program: it does not trust the CA in the file that "
                "SSL_CERT_FILE names; name that file where the program is told its CAs"
            )
        return "bingx-fake: " + "; ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "requests": self.requests,
            "streams": self.streams,
            "forgotten": self.forgotten,
            "errors": self.errors,
            "lint": self.lint_marks,
            "rules": dict(self.lint),
            "refused_handshakes": self.outcome.distrusted,
            "refused_by_proxy": dict(self.outcome.refused),
            "isolation": self.isolation,
            "exit_status": self.outcome.exit_status,
        }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _named(counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    names = sorted(counts, key=lambda name: (-counts[name], name))
    more = ["…"] if len(names) > _MOST_NAMED else []
    return f" ({', '.join([*names[:_MOST_NAMED], *more])})"


def _failed(entry: JournalEntry) -> bool:
    """Whether a request got an error or no answer; a listen key and a stream come without any code."""
    if entry["code"] is None:
        return entry["http_status"] not in (200, _SWITCHING_PROTOCOLS) or entry["fault"] is not None
    return entry["code"] != 0
