"""The control API over HTTP: its routes, who may call it, and what is wrong with a call."""

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import web
from aiohttp.http import HttpProcessingError

from bingx_fake.control import calls as control
from bingx_fake.control import markets, orders, positions, streams, users
from bingx_fake.control.access import CHALLENGE, Token, check_caller
from bingx_fake.control.calls import ControlCall, ControlError
from bingx_fake.control.console import trading, views
from bingx_fake.control.console.routes import add_console
from bingx_fake.exchange import Exchange

if TYPE_CHECKING:
    from aiohttp.typedefs import Middleware

_LARGEST_BODY = 64 * 1024 * 1024
_BAD_REQUEST = (HttpProcessingError, web.RequestPayloadError)
_JSON = "application/json"
_log = logging.getLogger("bingx_fake")

ControlFunction = Callable[[Exchange, ControlCall], Any]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

CONTROL_ROUTES: tuple[tuple[str, str, ControlFunction], ...] = (
    ("GET", "/state", control.get_state),
    ("PUT", "/state", control.put_state),
    ("POST", "/reset", control.reset),
    ("GET", "/clock", control.get_clock),
    ("PUT", "/clock", control.put_clock),
    ("POST", "/clock/advance", control.advance_clock),
    ("GET", "/faults", control.get_faults),
    ("POST", "/faults", control.post_faults),
    ("DELETE", "/faults", control.delete_faults),
    ("DELETE", "/faults/{id}", control.delete_fault),
    ("GET", "/requests", control.get_requests),
    ("DELETE", "/requests", control.delete_requests),
    ("GET", "/requests/{id}", control.get_request),
    ("GET", "/profile", control.get_profile),
    ("PUT", "/profile", control.put_profile),
    ("POST", "/users/{uid}/{move:credit|debit|lock|unlock}", control.move_balance),
    ("POST", "/users", users.post_user),
    ("DELETE", "/users/{uid}", users.delete_user),
    ("POST", "/users/{uid}/reset", users.reset_user),
    ("GET", "/users/{uid}/settings", users.get_settings),
    ("PUT", "/users/{uid}/settings", users.put_settings),
    ("GET", "/orders", orders.get_orders),
    ("DELETE", "/orders/{id}", orders.delete_order),
    ("GET", "/positions", positions.get_positions),
    ("GET", "/streams", streams.get_streams),
    ("GET", "/markets", markets.get_markets),
    ("GET", "/markets/{product}/{symbol}", markets.get_market),
    ("PUT", "/markets/{product}/{symbol}", markets.put_market),
    ("POST", "/markets/{product}/{symbol}/move", markets.move_market),
    ("POST", "/markets/{product}/{symbol}/mark", markets.mark_market),
    ("POST", "/markets/{product}/{symbol}/trade", markets.trade_market),
    ("POST", "/markets/{product}/{symbol}/funding", markets.fund_market),
    ("POST", "/markets/{product}/{symbol}/funding/settle", markets.settle_funding),
    ("POST", "/markets/{product}/{symbol}/{change:halt|resume|delist}", markets.change_status),
    ("GET", "/console/faults", views.get_faults),
    ("GET", "/console/streams", streams.get_streams),
    ("GET", "/console/users", views.get_users),
    ("GET", "/console/transfers", views.get_transfers),
    ("GET", "/console/markets/{product}/{symbol}", trading.get_market),
    ("GET", "/console/orders", trading.get_orders),
    ("GET", "/console/positions", trading.get_positions),
    ("GET", "/console/journal", views.get_journal),
    ("GET", "/console/requests/{id}", views.get_request),
    ("GET", "/console/profile", views.get_profile),
)


def control_application(
    exchange: Exchange,
    describe: Callable[[], dict[str, Any]],
    after_change: Callable[[], Awaitable[None]],
    token: Token | None = None,
) -> web.Application:
    """The control API.

    :param describe: gives the answer of ``GET /health``.
    :param after_change: is awaited after each call, so that listeners follow the faults in force.
    :param token: what every call has to bring; without one, only programs of this machine are answered.
    """

    async def health(request: web.Request) -> web.Response:
        return _json(describe())

    application = web.Application(middlewares=[_control_errors(token)], client_max_size=_LARGEST_BODY)
    application.router.add_get("/health", health)
    for method, path, function in CONTROL_ROUTES:
        application.router.add_route(method, path, _control_handler(exchange, function, after_change))
    add_console(application, exchange)
    return application


def _control_handler(
    exchange: Exchange, function: ControlFunction, after_change: Callable[[], Awaitable[None]]
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            text = await request.read()
            body = msgspec.json.decode(text) if text else None
        except (*_BAD_REQUEST, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ControlError(f"the body is not JSON: {error}") from None
        call = ControlCall(request.match_info, request.query, body)
        result = exchange.obey(
            f"{request.method} {request.path}",
            lambda: function(exchange, call),
            body=lambda: body,
            query=request.query,
            is_answered=True,
        )
        await after_change()
        return _json(result)

    return handle


def _control_errors(token: Token | None) -> "Middleware":
    """Let in who may call, and say what is wrong with a call.

    :param token: what a call has to bring; None where this machine's programs call.
    """

    @web.middleware
    async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            check_caller(request, token)
            return await handler(request)
        except ControlError as error:
            refused = _json({"error": str(error)}, error.status)
            if error.status == 401:
                refused.headers["WWW-Authenticate"] = CHALLENGE
            return refused
        except web.HTTPException as error:
            return _json({"error": f"{request.method} {request.path}: {error.reason}"}, error.status)
        except Exception:
            _log.exception("a call of the control API failed")
            return _json({"error": "the control API failed over this call; its log says why"}, 500)

    return handle


def _json(value: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(value), content_type=_JSON)
