"""A signed client of the BingX spot account API that never moves money twice."""

from importlib import import_module
from typing import TYPE_CHECKING

from bingx_client.calls.raw import Answer
from bingx_client.calls.spot_account.models import (
    AccountWorth,
    Balance,
    Balances,
    Coin,
    InnerTransferPage,
    InnerTransferReceipt,
    InnerTransferRecord,
    TransferPage,
    TransferReceipt,
    TransferRecord,
)
from bingx_client.errors import (
    AddressNotAllowed,
    APIError,
    BingXError,
    Busy,
    ConfirmationRequired,
    DomainFailure,
    InsufficientBalance,
    KeyRefused,
    OutcomeUnknown,
    ParameterError,
    ParameterRefused,
    PermissionMissing,
    ProtocolError,
    RateLimited,
    SignatureRefused,
    TimestampRefused,
    TransportError,
    UnknownCoin,
)
from bingx_client.flow.call import Call
from bingx_client.flow.limiter import PROCESS_LIMITER, Limiter
from bingx_client.wire.environments import ENVIRONMENTS
from bingx_client.wire.parameters import check_order_parameters

if TYPE_CHECKING:
    from bingx_client.aio import AsyncClient
    from bingx_client.client import Client
    from bingx_client.fetch import fetch_signed

__all__ = [
    "ENVIRONMENTS",
    "PROCESS_LIMITER",
    "APIError",
    "AccountWorth",
    "AddressNotAllowed",
    "Answer",
    "AsyncClient",
    "Balance",
    "Balances",
    "BingXError",
    "Busy",
    "Call",
    "Client",
    "Coin",
    "ConfirmationRequired",
    "DomainFailure",
    "InnerTransferPage",
    "InnerTransferReceipt",
    "InnerTransferRecord",
    "InsufficientBalance",
    "KeyRefused",
    "Limiter",
    "OutcomeUnknown",
    "ParameterError",
    "ParameterRefused",
    "PermissionMissing",
    "ProtocolError",
    "RateLimited",
    "SignatureRefused",
    "TimestampRefused",
    "TransferPage",
    "TransferReceipt",
    "TransferRecord",
    "TransportError",
    "UnknownCoin",
    "check_order_parameters",
    "fetch_signed",
]

_LATE = {"AsyncClient": "aio", "Client": "client", "fetch_signed": "fetch"}
"""What brings an HTTP library along, and its module: imported when it is first asked for."""

if not TYPE_CHECKING:  # a type checker would take any name for one of these

    def __getattr__(name: str) -> object:
        if name not in _LATE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
        return found
