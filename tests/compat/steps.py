"""What clients are had do, step by step, and what is right to come back.

Methods are named as Python's ccxt names them; Node's has them in camel case.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from compat.asking import exact

Given = Mapping[str, Any]
"""Earlier answers, by the names of their steps."""

Judge = Callable[[Any, Given], str | None]
"""What is wrong with an answer, in a few words, or None."""


@dataclass(frozen=True)
class Step:
    """A call of a method, or of the control API.

    :param arguments: ``$name`` stands for the id of an earlier answer, ``$name.1`` for that of its second.
    :param judge: without one, the step prepares for others and has no row in the table.
    :param shown: what the arguments say, for the table.
    :param name: by which later steps know the answer.
    :param who: whose key; ``control`` is nobody's, and takes method, path and body.
    """

    method: str
    arguments: tuple[Any, ...] = ()
    judge: Judge | None = None
    shown: str = ""
    name: str = ""
    who: str = "alice"

    @property
    def title(self) -> str:
        """How the table names it."""
        return self.shown if self.who == "control" else f"`{self.method}`{self.shown}"

    @property
    def name_for_node(self) -> str:
        """Its name in Node's ccxt, and among what Python's says it has."""
        first, *rest = self.method.split("_")
        return first + "".join("OHLCV" if word == "ohlcv" else word.capitalize() for word in rest)

    def form(self) -> dict[str, Any]:
        """The same as JSON."""
        method = self.method if self.who == "control" else self.name_for_node
        return {"who": self.who, "method": method, "arguments": self.arguments, "name": self.name}


def control(method: str, path: str, body: Any = None) -> Step:
    """A step of whoever steers the exchange."""
    return Step(method, (path, body), who="control")


def by_bob(method: str, *arguments: Any) -> Step:
    """A step of the one that Alice trades with."""
    return Step(method, arguments, who="bob")


def _ids(named: tuple[str, ...], given: Given) -> list[str]:
    """The ids of earlier answers: of one order, or of one or all of several."""
    found = []
    for name in named:
        name, _, place = name.partition(".")
        answer = given[name]
        orders = answer if isinstance(answer, list) else [answer]
        found += [str((order or {}).get("id")) for order in (orders[int(place) :][:1] if place else orders)]
    return sorted(found)


def has(**wanted: Any) -> Judge:
    """An answer has these values."""

    def judge(answer: Any, given: Given) -> str | None:
        wrong = [f"{name} {answer.get(name)}" for name, value in wanted.items() if answer.get(name) != value]
        return ", ".join(wrong) or None

    return judge


def are(*named: str) -> Judge:
    """These orders, and no other, are in an answer."""

    def judge(answer: Any, given: Given) -> str | None:
        expected, got = _ids(named, given), sorted(str(order["id"]) for order in answer)
        if got == expected:
            return None
        return "other orders too" if set(got) > set(expected) else f"{len(got)} of {len(expected)} orders"

    return judge


def is_placed(**wanted: Any) -> Judge:
    """An order has an id, and says which it is."""

    def judge(answer: Any, given: Given) -> str | None:
        return has(**wanted)(answer, given) if answer.get("id") else "no id"

    return judge


def are_placed(count: int) -> Judge:
    """So many orders have ids, each its own."""

    def judge(answer: Any, given: Given) -> str | None:
        return None if len({order["id"] for order in answer} - {None}) == count else "ids missing"

    return judge


def replaces(named: str) -> Judge:
    """An order took another's place."""

    def judge(answer: Any, given: Given) -> str | None:
        if not answer.get("id"):
            return "no id"
        return "the same id" if [answer["id"]] == _ids((named,), given) else None

    return judge


def traded(*fills: tuple[str, float, float, str | None]) -> Judge:
    """Fills of these sides, amounts, prices and parts played (where they are told) are in an answer."""

    def judge(answer: Any, given: Given) -> str | None:
        got = sorted((it["side"], it["amount"], it["price"], it.get("takerOrMaker")) for it in answer)
        return None if got == sorted(fills) else f"{len(got)} fills, of {len(fills)}"

    return judge


def holds(**wanted: tuple[str, str]) -> Judge:
    """Coins are free and held as told."""

    def judge(answer: Any, given: Given) -> str | None:
        got = {coin: (exact(answer[coin]["free"]), exact(answer[coin]["used"])) for coin in wanted}
        expected = {coin: (Decimal(free), Decimal(used)) for coin, (free, used) in wanted.items()}
        return None if got == expected else f"{got}"

    return judge


def paid(coin: str, cost: str) -> Judge:
    """An order cost this fee, as a number or as text."""

    def judge(answer: Any, given: Given) -> str | None:
        fee = answer["fee"]
        return None if (fee["currency"], exact(fee["cost"])) == (coin, Decimal(cost)) else f"{fee}"

    return judge


def says_data(**wanted: Any) -> Judge:
    """A raw answer has these values in ``data``."""

    def judge(answer: Any, given: Given) -> str | None:
        return has(**wanted)(answer.get("data") or {}, given)

    return judge
