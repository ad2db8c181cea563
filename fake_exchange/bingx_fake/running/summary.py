"""What a run came to: one line for people, one object for programs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bingx_fake.journal import JournalEntry

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a run.

    :param exit_status: the program's.
    :param isolation: ``namespace`` or ``proxy``.
    :param requests: how many reached the exchange, by domain.
    :param forgotten: how many of them the journal has dropped; errors and lint are of the others.
    :param errors: how many got an error, or no answer.
    :param lint: each rule's marks.
    :param distrusted: how many handshakes the program broke off because it does not trust the CA.
    :param refused: what the proxy refused, and how often.
    """

    exit_status: int
    isolation: str
    requests: int
    forgotten: int
    errors: int
    lint: Mapping[str, int]
    distrusted: int
    refused: Mapping[str, int]

    @classmethod
    def of(
        cls,
        journal: Sequence[JournalEntry],
        *,
        exit_status: int,
        isolation: str,
        distrusted: int,
        refused: Mapping[str, int],
    ) -> "Summary":
        """Count a journal's entries."""
        latest = int(journal[-1]["id"].removeprefix("r")) if journal else 0
        return cls(
            exit_status=exit_status,
            isolation=isolation,
            requests=latest,
            forgotten=latest - len(journal),
            errors=sum(entry["code"] != 0 for entry in journal),
            lint=Counter(mark["rule"] for entry in journal for mark in entry["lint"]),
            distrusted=distrusted,
            refused=refused,
        )

    @property
    def lint_marks(self) -> int:
        """How many departures from S there were."""
        return sum(self.lint.values())

    def as_line(self) -> str:
        """For people."""
        parts = [f"{_count(self.requests, 'request')}, {_count(self.errors, 'error')}"]
        parts[0] += f", {_count(self.lint_marks, 'lint mark')}{_named(self.lint)}"
        if self.forgotten:
            parts[0] += f" (errors and lint among the latest {self.requests - self.forgotten} only)"
        if self.refused:
            refusals = sum(self.refused.values())
            parts.append(f"the proxy refused {_count(refusals, 'request')}{_named(self.refused)}")
        if self.isolation == "proxy" and not (self.requests or self.refused or self.distrusted):
            parts.append("nothing asked the proxy, so whatever the program reached was not the fake")
        if self.distrusted:
            were = "handshake was" if self.distrusted == 1 else "handshakes were"
            parts.append(
                f"{self.distrusted} {were} refused by the program: it does not trust the CA in the file that "
                "SSL_CERT_FILE names; name that file where the program is told its CAs"
            )
        return "bingx-fake: " + "; ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "requests": self.requests,
            "forgotten": self.forgotten,
            "errors": self.errors,
            "lint": self.lint_marks,
            "rules": dict(self.lint),
            "refused_handshakes": self.distrusted,
            "refused_by_proxy": dict(self.refused),
            "isolation": self.isolation,
            "exit_status": self.exit_status,
        }


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _named(counts: Mapping[str, int]) -> str:
    if not counts:
        return ""
    names = sorted(counts, key=lambda name: (-counts[name], name))
    more = ["…"] if len(names) > _MOST_NAMED else []
    return f" ({', '.join([*names[:_MOST_NAMED], *more])})"
