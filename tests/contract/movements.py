"""Moving the smallest amount there and back, so that a live account ends as it began."""

from decimal import Decimal
from typing import Any, Self

import pytest
from contract.target import DOCUMENTED, How, Target
from contract.test_balances import fund_rows
from support.sender import FUND_BALANCE, TRANSFER, Reply

ASSET = "USDT"
_AMOUNTS = ("0.00000001", "0.000001", "0.0001", "0.01", "1")


def fund_of(target: Target, asset: str = ASSET) -> Decimal:
    """What the fund account holds free."""
    return fund_rows(target.get(FUND_BALANCE, asset=asset).json).get(asset, (Decimal(0), Decimal(0)))[0]


def refusal(reply: Reply) -> object:
    """The refusal in a transfer's answer, in any documented dialect; falsy where there is none."""
    answer = reply.json
    data = answer.get("data") or {}
    return answer.get("code") or answer.get("transferErrorMsg") or data.get("transferErrorMsg")


def shown_ids(reply: Reply) -> dict[str, str]:
    """``tranId`` and ``transferId`` in a transfer's answer, or the one that it shows, wherever they are."""
    assert not refusal(reply), reply.json
    answer: dict[str, Any] = reply.json
    shown: dict[str, str] = {}
    for name in ("tranId", "transferId"):
        found = {str(place[name]) for place in (answer, answer.get("data") or {}) if name in place}
        assert len(found) <= 1, f"two numbers are called {name}: {answer}"
        shown.update((name, number) for number in found)
    assert shown, f"no id: {answer}"
    return shown


class RoundTrip:
    """A transfer out of the fund account, which is taken back when the ``with`` block ends.

    ``amount`` is the smallest that the exchange takes.
    """

    def __init__(
        self, target: Target, parameters: dict[str, str] | None = None, how: How = DOCUMENTED
    ) -> None:
        self._target, self._how = target, how
        self._parameters = parameters or {"type": "FUND_PFUTURES"}

    def __enter__(self) -> Self:
        self.before = fund_of(self._target)
        for text in _AMOUNTS:
            order = {**self._parameters, "asset": ASSET, "amount": text}
            self.reply = self._target.ask("POST", TRANSFER, order, self._how)
            if not refusal(self.reply):
                self.amount = Decimal(text)
                return self
        return pytest.fail(
            f"no {ASSET} could be moved out of the fund account; the last answer: {self.reply.json}",
            pytrace=False,
        )

    def __exit__(self, *exception: object) -> None:
        back = {"asset": ASSET, "amount": f"{self.amount:f}"}
        if "type" in self._parameters:
            source, _, destination = self._parameters["type"].partition("_")
            back["type"] = f"{destination}_{source}"
        else:
            back["fromAccount"] = self._parameters["toAccount"]
            back["toAccount"] = self._parameters["fromAccount"]
        shown_ids(self._target.ask("POST", TRANSFER, back))
        assert fund_of(self._target) == self.before, "the fund account is not as it was before"

    @property
    def ids(self) -> dict[str, str]:
        """The transfer's numbers by name."""
        return shown_ids(self.reply)
