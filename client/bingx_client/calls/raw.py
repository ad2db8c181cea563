"""Calls of any endpoint that the contract describes, by its id, as ``Client.call`` makes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from bingx_client.calls.coinm_trade.writes import WRITES as COINM_TRADE
from bingx_client.calls.documented import Receipt, Writing, read, unsettled_write, write
from bingx_client.calls.spot_account.writes import WRITES as SPOT_ACCOUNT
from bingx_client.calls.spot_trade.writes import WRITES as SPOT_TRADE
from bingx_client.calls.swap_trade.assets import WRITES as SWAP_ASSETS
from bingx_client.calls.swap_trade.settings import WRITES as SWAP_SETTINGS
from bingx_client.calls.swap_trade.twap import WRITES as SWAP_TWAP
from bingx_client.calls.swap_trade.writes import WRITES as SWAP_TRADE
from bingx_client.errors import ParameterError
from bingx_client.flow.call import Call
from bingx_client.wire.decode import Node
from bingx_contracts import ENDPOINTS

WRITES: Mapping[str, Writing[Any]] = {
    **SPOT_ACCOUNT,
    **SPOT_TRADE,
    **SWAP_TRADE,
    **SWAP_SETTINGS,
    **SWAP_ASSETS,
    **COINM_TRADE,
    **SWAP_TWAP,
}
"""Every write that has a typed call, by endpoint."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the exchange answered; integers and decimals exact.

    :ivar data: what its envelope holds, or the whole answer where it has none (V9); bytes of a workbook.
    :ivar answer: the whole answer.
    :ivar reconciled: whether the answer of a write was lost, and the exchange's records showed that it
        happened: then both are the record.
    """

    data: Any
    answer: Any
    reconciled: bool = False

    @classmethod
    def of(cls, result: "Answer | Receipt") -> "Answer":
        """What came of a raw call: a write returns its receipt, as a typed one does."""
        return result if isinstance(result, Answer) else _answer(result.raw, result.reconciled)


def raw_call(endpoint_id: str, parameters: Mapping[str, object]) -> Call[Any]:
    """A call of any documented endpoint. A write is read, told to people and settled as the typed one is.

    :param parameters: values by wire name; None means absent. Amounts are Decimal, int or str.
    :raises ParameterError: for an endpoint or parameter that is not documented, or a value that breaks its
        rule.
    """
    if endpoint_id not in ENDPOINTS:
        named = [known for known in ENDPOINTS if known.endswith(f".{endpoint_id}")]
        near = named or get_close_matches(endpoint_id, ENDPOINTS, n=1)
        hint = f"; do you mean {near[0]!r}?" if near else ""
        raise ParameterError(f"there is no endpoint {endpoint_id!r}{hint}")
    if not ENDPOINTS[endpoint_id].write:
        return read(endpoint_id, parameters, _whole)
    writing = WRITES.get(endpoint_id)
    if writing is None:
        return unsettled_write(endpoint_id, parameters, _whole)
    return write(endpoint_id, parameters, writing)


def _whole(answer: Node) -> Answer:
    return _answer(answer.value, False)


def _answer(answer: Any, reconciled: bool) -> Answer:
    data = answer if isinstance(answer, bytes) else answer.get("data", answer)
    return Answer(data, answer, reconciled)
