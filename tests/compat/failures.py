"""What must not succeed, asked of each library: does the program that uses it notice?"""

from typing import Any

from compat import bingx_py_calls, bingx_python_calls, ccxt_calls
from compat.asking import Ask, Failure

from bingx_contracts import VARIATIONS

_MORE_THAN_THERE_IS = 1_000_000
_NOBODY = 99999999


def _transfer(coin: str, amount: float) -> dict[str, Ask]:
    return {
        "ccxt": lambda it: it.transfer(coin, amount, "funding", "swap"),
        "bingx-py": lambda it: it.spot.transfer_asset("FUND_PFUTURES", coin, amount),
        "bingx-python": lambda it: bingx_python_calls.transfer(it, coin, amount),
    }


def _inner_transfer(**details: Any) -> dict[str, Ask]:
    return {
        "ccxt": lambda it: ccxt_calls.inner_transfer(it, **details),
        "bingx-py": lambda it: bingx_py_calls.inner_transfer(it, **details),
        "bingx-python": lambda it: bingx_python_calls.inner_transfer(it, **details),
    }


_READ: dict[str, Ask] = {
    "ccxt": lambda it: it.fetch_balance(),
    "bingx-py": lambda it: it.spot.query_assets(),
    "bingx-python": lambda it: it.spot_account().get_balance(),
}

FAILURES = [
    *(
        Failure(f"a transfer of {what}, answered with `V6={dialect.name}`", asks, {"V6": dialect.name})
        for what, asks in (
            ("more than there is", _transfer("USDT", _MORE_THAN_THERE_IS)),
            ("an unknown coin", _transfer("NOPE", 1)),
        )
        for dialect in VARIATIONS["V6"].answers
    ),
    Failure(
        "a transfer to another user of more than there is", _inner_transfer(amount=_MORE_THAN_THERE_IS), {}
    ),
    Failure("a transfer to a user who does not exist", _inner_transfer(amount=1, receiver=_NOBODY), {}),
    Failure(
        "a transfer with a key that may only read",
        _transfer("USDT", 1),
        {},
        key="alice-read-key",
        secret="alice-read-secret",
    ),
    Failure("an unknown key", _READ, {}, key="nobodys-key"),
    Failure("an unknown key, answered with `V21=4xx`", _READ, {"V21": "4xx"}, key="nobodys-key"),
    Failure("another key's secret", _READ, {}, secret="another-secret"),
    Failure("a clock 10 s behind the exchange's", _READ, {}, clock_ms=10_000),
    Failure("too many requests (100410)", _READ, {}, code=100410),
    Failure("a transfer while the exchange is busy (100500)", _transfer("USDT", 1), {}, code=100500),
]
