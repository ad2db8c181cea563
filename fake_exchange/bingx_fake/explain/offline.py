"""A request judged without an exchange: whether its signature verifies with a secret, and if not, why."""

from dataclasses import dataclass

from bingx_contracts import HEADERS
from bingx_fake.books.directory import Directory, Key, User
from bingx_fake.explain.timing import timestamp_refused
from bingx_fake.gateway.guards import Admission, check_signature, check_signature_present, check_timestamp
from bingx_fake.gateway.refusal import Refusal
from bingx_fake.gateway.signature import Form
from bingx_fake.gateway.wire import WireRequest
from bingx_fake.journal.journal import Refused
from bingx_fake.profiles.choice import Profile
from bingx_fake.profiles.rules import GatewayRules

_ONLY_A_QUESTION_OF_TIME = frozenset({"timestamp-too-old", "timestamp-ahead"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a request.

    :param form: what was signed, where it verifies.
    :param refused: what explains the refusal, where it does not.
    :param note: what else there is to say about a request that verifies.
    """

    form: Form | None
    refused: Refused | None
    note: str | None = None


def judge(request: WireRequest, secret: bytes, now_ms: int) -> Verdict:
    """Check a request as the exchange does, but for route, key, limits and permission.

    A timestamp that is right in itself and only old is no refusal: what is explained is mostly of the past.

    :param now_ms: what to hold the timestamp against.
    """
    key = Key(request.headers.get(HEADERS.key.lower(), ""), secret, frozenset(), frozenset())
    directory = Directory()
    directory.add(User(uid=1, email=None, phone=None, is_main=True, keys=(key,)))
    rules = GatewayRules.of(Profile().answers)
    admission = Admission(request, directory, None, rules, now_ms)
    admission.key = key
    note = None
    for check in (check_signature_present, check_timestamp, check_signature):
        try:
            check(admission)
        except Refusal as refusal:
            refused = Refused.of(request, refusal, now_ms, directory, rules)
            if check is not check_timestamp:
                return Verdict(None, refused)
            cause = timestamp_refused(refused)
            if cause.id not in _ONLY_A_QUESTION_OF_TIME:
                return Verdict(None, refused)
            note = f"Sent now, it would be refused with {refusal.code}: {refusal.message}."
    return Verdict(admission.form, None, note)
