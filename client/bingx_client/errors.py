"""Everything the client raises.

::

    BingXError
    ├── ParameterError          refused before a byte was sent
    ├── ConfirmationRequired    a write to a live host without CONFIRM
    ├── APIError                the exchange said no: code, msg, documented meaning
    │   ├── SignatureRefused    100001, 100412
    │   ├── KeyRefused          100413
    │   ├── PermissionMissing   100004
    │   ├── AddressNotAllowed   100419
    │   ├── TimestampRefused    100421
    │   ├── ParameterRefused    100400
    │   ├── RateLimited         100410
    │   ├── InsufficientBalance 100202
    │   ├── UnknownCoin         100437
    │   └── Busy                100500
    ├── TransportError          no domain answered; each one's failure
    ├── ProtocolError           an answer that is no JSON, or not of a documented shape
    └── OutcomeUnknown          a write that may or may not have happened

Each carries its facts as attributes and can be pickled. None ever holds a secret or a signature.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from bingx_contracts import ERRORS, REFUSALS, WINDOW


class Settler(Protocol):
    """What can find out about a lost write: ``Client`` and ``AsyncClient``."""

    def reconcile(self, unknown: "OutcomeUnknown") -> Any:
        """See ``OutcomeUnknown.reconcile``."""


class BingXError(Exception):
    """What all errors of the client have in common."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(kind: type[BingXError], args: tuple[Any, ...], facts: dict[str, Any]) -> BingXError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(facts)
    return error


class ParameterError(BingXError, ValueError):
    """A value breaks its documented rule. Nothing was sent."""


class ConfirmationRequired(BingXError):
    """A write to a live host needs CONFIRM and did not get it. Nothing was sent.

    :ivar sentence: what was about to be sent.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(f"{sentence} This moves real money: give `confirm`, which must return CONFIRM.")
        self.sentence = sentence


class APIError(BingXError):
    """The exchange refused a request.

    :ivar code: the business code, or None where the answer carried only a message (``transferErrorMsg``).
    :ivar msg: the exchange's message.
    :ivar endpoint: method and path.
    :ivar http_status: the HTTP status it came with.
    :ivar meaning: what the code is documented to mean, or None.
    """

    def __init__(self, *, code: int | None, msg: str, endpoint: str, http_status: int) -> None:
        documented = ERRORS.get(code) if code is not None else None
        self.code, self.msg, self.endpoint, self.http_status = code, msg, endpoint, http_status
        self.meaning = documented.meaning if documented else None
        label = "refused" if code is None else str(code)
        meaning = f" ({self.meaning})" if self.meaning else ""
        super().__init__(f"{endpoint}: {label}{meaning}: {msg}")

    @staticmethod
    def of(*, code: int | None, msg: str, endpoint: str, http_status: int) -> "APIError":
        """The error of the class that belongs to the code, or to the words where they tell more."""
        is_told = code in _BUSINESS and msg.startswith(_BUSINESS[code])
        kind = APIError if is_told else _KINDS.get(code, APIError)
        return kind(code=code, msg=msg, endpoint=endpoint, http_status=http_status)


class SignatureRefused(APIError):
    """100001 or 100412: the signature does not verify, or is missing."""


class KeyRefused(APIError):
    """100413: the API key is missing or wrong."""


class PermissionMissing(APIError):
    """100004: the key may not do this."""


class AddressNotAllowed(APIError):
    """100419: the key may not be used from this address."""


class TimestampRefused(APIError):
    """100421: the clock is off, or a business refusal under the same code in words that are not known.

    One whose words the contract has, such as that a symbol is not known, is an ``APIError``.
    """


class ParameterRefused(APIError):
    """100400: the exchange found a parameter wrong."""


class RateLimited(APIError):
    """100410: too many requests."""


class InsufficientBalance(APIError):
    """100202: less is free than was asked for."""


class UnknownCoin(APIError):
    """100437: the coin does not exist."""


class Busy(APIError):
    """100500: the exchange is busy."""


_KINDS: Mapping[int | None, type[APIError]] = {
    100001: SignatureRefused,
    100004: PermissionMissing,
    100202: InsufficientBalance,
    100400: ParameterRefused,
    100410: RateLimited,
    100412: SignatureRefused,
    100413: KeyRefused,
    100419: AddressNotAllowed,
    100421: TimestampRefused,
    100437: UnknownCoin,
    100500: Busy,
}


_BUSINESS: Mapping[int | None, tuple[str, ...]] = {
    100421: tuple(text.says.partition("{")[0] for text in REFUSALS if text.code == 100421)
}
"""How messages about the business begin, of codes that mean something else as well."""


class DomainFailure(NamedTuple):
    """How one domain failed."""

    base_url: str
    reason: str


class TransportError(BingXError):
    """No domain gave an answer.

    :ivar failures: each domain's failure, in the order tried.
    """

    def __init__(self, endpoint: str, failures: Sequence[DomainFailure]) -> None:
        self.endpoint, self.failures = endpoint, tuple(failures)
        tried = "; ".join(f"{failure.base_url}: {failure.reason}" for failure in failures)
        super().__init__(f"{endpoint}: no domain answered: {tried}")


class ProtocolError(BingXError):
    """An answer came that no document describes.

    :ivar endpoint: method and path.
    :ivar detail: what is wrong with it, with the JSON path where there is one.
    :ivar http_status: the HTTP status it came with.
    """

    def __init__(self, endpoint: str, detail: str, http_status: int) -> None:
        self.endpoint, self.detail, self.http_status = endpoint, detail, http_status
        super().__init__(f"{endpoint}: unexpected answer (HTTP {http_status}): {detail}")


class Claimant(NamedTuple):
    """A lost write, as one that a record of the exchange may belong to.

    :param name: tells it from every other, in this process and any other.
    :param since_ms: between this and
    :param until_ms: the exchange's clock stood when it took the write, if it did.
    """

    name: str
    since_ms: int
    until_ms: int


class OutcomeUnknown(BingXError):
    """A write that may or may not have happened. It must not simply be sent again.

    It can be pickled, and settled later, by another process too, with ``reconcile``: as often as one likes,
    always with the same answer.

    :ivar endpoint: method and path.
    :ivar sent: the business parameters of the request.
    :ivar timestamp_ms: the timestamp it was signed with.
    :ivar recv_window_ms: how long it stays valid after that.
    :ivar failures: what was seen of it, in order.
    :ivar claimed: ids of records that account for other writes, as far as the process knew that raised it.
    :ivar inferred: those of them that were found to be other lost writes', rather than answered to them.
    :ivar endpoint_id: which documented write it is, or None for one that the contract does not describe.
    :ivar claimant: the write as one that a record may belong to; None where nobody knows how to settle it.
    """

    claimant: Claimant | None = None  # what version 0.1.0 pickled has none, and nothing inferred
    inferred: frozenset[str] = frozenset()

    def __init__(
        self,
        endpoint: str,
        sent: Mapping[str, object],
        timestamp_ms: int,
        failures: Sequence[DomainFailure],
        *,
        endpoint_id: str | None = None,
        claimed: frozenset[str] = frozenset(),
        recv_window_ms: int = WINDOW.default_ms,
        claimant: Claimant | None = None,
        inferred: frozenset[str] = frozenset(),
    ) -> None:
        self.endpoint, self.sent, self.timestamp_ms = endpoint, dict(sent), timestamp_ms
        self.failures, self.claimed, self.endpoint_id = tuple(failures), claimed, endpoint_id
        self.recv_window_ms, self.claimant, self.inferred = recv_window_ms, claimant, inferred
        seen = "; ".join(f"{failure.base_url}: {failure.reason}" for failure in failures)
        super().__init__(f"{endpoint}: may or may not have happened: {seen}")

    def because(self, reason: str) -> "OutcomeUnknown":
        """The same, with the reason why it could not be settled."""
        return OutcomeUnknown(
            self.endpoint,
            self.sent,
            self.timestamp_ms,
            [*self.failures, DomainFailure("records", reason)],
            endpoint_id=self.endpoint_id,
            claimed=self.claimed,
            recv_window_ms=self.recv_window_ms,
            claimant=self.claimant,
            inferred=self.inferred,
        )

    def reconcile(self, client: Settler) -> Any:
        """Find out from the exchange's records what became of it. It is not sent again.

        :param client: a ``Client``, or an ``AsyncClient`` whose result is to be awaited, of the same key.
        :returns: the receipt when it happened. None when complete records show that it did not, which the
            client goes on to say of this write: it may be sent again.
        :raises APIError: when the exchange recorded that it failed.
        :raises OutcomeUnknown: when it still cannot be told; ask again later.

        What it cannot tell:

        - an identical write in the same seconds of which this process does not know, because another process
          made it, or another one lost it too and settles it;
        - an exchange that applies a request later than the client's ``settle_ms`` after the request expired,
          or that shows a record, stamped when it accepted the request, only after an identical lost write was
          asked about: one of the two may be told that it did not happen;
        - a write that a clock ahead of the exchange's had signed, where the exchange minds only clocks that
          are behind: on a machine whose clock is right its record looks too old to be this one's, and None
          is said of a write that happened. Ask with the clock that signed it, or look at the records.
        """
        return client.reconcile(self)
