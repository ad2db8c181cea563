"""What a call to a published client is, and how its answer is held to the truth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bingx_fake import FakeExchange

Ask = Callable[[Any], Any]
"""A call; the same for a library's synchronous client and its asynchronous one, which gives an awaitable."""

Truth = Callable[[FakeExchange], object]
Judge = Callable[[Any, FakeExchange], str | None]
"""What is wrong with an answer, in a few words, or None."""


@dataclass(frozen=True)
class Call:
    """One call.

    :param shown: how the table names it.
    :param judge: what is wrong with what it returned.
    :param moves: whether money must have moved when it returns.
    """

    shown: str
    ask: Ask
    judge: Judge
    moves: bool = False


@dataclass(frozen=True)
class Failure:
    """A call that must not succeed.

    :param shown: how the table names it.
    :param asks: the call, by library; a library that has none is left out.
    :param vary: in which of the documented forms the exchange answers.
    :param key: the key that is used, and with which secret.
    :param clock_ms: by how much the exchange's clock is ahead of the client's.
    :param code: the code that the exchange answers by order of a fault.
    """

    shown: str
    asks: Mapping[str, Ask]
    vary: Mapping[str, str]
    key: str = "alice-key"
    secret: str = "alice-secret"
    clock_ms: int = 0
    code: int | None = None


def says(read: Callable[[Any], object], truth: Truth, *, lacking: str) -> Judge:
    """An answer is right when what is read from it is the truth.

    :param lacking: what to say where nothing is read.
    """

    def judge(answer: Any, exchange: FakeExchange) -> str | None:
        got, expected = read(answer), truth(exchange)
        if got == expected:
            return None
        if not got:
            return lacking
        if _rounded(got) == _rounded(expected):
            return "digits lost"
        return "other records too" if _is_part(expected, got) else f"{got}"

    return judge


def carries(truth: Callable[[FakeExchange], tuple[object, ...]]) -> Judge:
    """A raw answer is right when one object in it holds all of these values, wherever it stands.

    Where to look is left to the caller of a method that hands the raw answer over.
    """

    def judge(answer: Any, exchange: FakeExchange) -> str | None:
        wanted = {str(value) for value in truth(exchange)}
        return None if _holds(answer, wanted) else "not in the answer"

    return judge


def always(value: object) -> Truth:
    """A truth that no call changes."""
    return lambda exchange: value


def latest_tran_id(exchange: FakeExchange) -> str:
    """The tranId of the transfer between accounts that was made last."""
    return str(exchange.state["transfers"][-1]["id"])


def latest_transfer_id(exchange: FakeExchange) -> str:
    """Its transferId, which is another number where the answer shows both."""
    row = exchange.state["transfers"][-1]
    return str(row.get("transfer_id", row["id"]))


def latest_inner_transfer(exchange: FakeExchange) -> str:
    """The id of the transfer to another user that was made last."""
    return str(exchange.state["inner_transfers"][-1]["id"])


def latest_order_id(exchange: FakeExchange) -> str:
    """The id of the order that was placed last."""
    return str(exchange.state["orders"][-1]["id"])


def exact(number: float | str | None) -> Decimal | None:
    """A number as a client gives it."""
    return None if number is None else Decimal(str(number))


def _rounded(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return value


def _is_part(expected: object, got: object) -> bool:
    return isinstance(got, list) and isinstance(expected, list) and all(row in got for row in expected)


def _holds(document: Any, wanted: set[str]) -> bool:
    if isinstance(document, dict):
        if wanted <= {str(value) for value in document.values()}:
            return True
        document = list(document.values())
    return isinstance(document, list) and any(_holds(inner, wanted) for inner in document)
