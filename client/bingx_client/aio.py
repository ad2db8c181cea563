"""The asynchronous client: the same calls, over aiohttp."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Concatenate, Self

from bingx_client.calls import common, spot_account
from bingx_client.calls.raw import Answer
from bingx_client.calls.signer import Confirm, Signer
from bingx_client.calls.spot_account.models import InnerTransferReceipt, TransferReceipt
from bingx_client.calls.spot_account.writes import Amount
from bingx_client.core import (
    DEFAULT_SETTLE_MS,
    DEFAULT_TIMEOUT_S,
    Core,
    OnUnknown,
    P,
    T,
    check_seconds,
    method_of,
)
from bingx_client.drivers.aiohttp_driver import AiohttpDriver
from bingx_client.drivers.sessions import Sessions
from bingx_client.drivers.stream_driver import Stream
from bingx_client.errors import OutcomeUnknown, ParameterError
from bingx_client.flow.call import Call
from bingx_client.flow.clocks import monotonic_ms, system_ms
from bingx_client.flow.limiter import Limiter
from bingx_client.streaming.actions import Options
from bingx_client.streaming.cassette import RecordedCore
from bingx_client.streaming.core import StreamCore
from bingx_client.streaming.topics import Topic, named
from bingx_client.wire.environments import choose_stream_url
from bingx_contracts import STREAM_RULES, WINDOW, Product

DEFAULT_SILENT_AFTER_S = 3 * STREAM_RULES.heartbeat_ms / 1000
DEFAULT_MOST_WAITING = 10_000


def _sends(make: Callable[P, Call[T]]) -> "Callable[Concatenate[AsyncClient, P], Coroutine[Any, Any, T]]":
    """A method that sends what a function makes, with the function's parameters and docstring."""

    async def method(self: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.send(make(*args, **kwargs))

    return method_of(make, method)


def _up_to(most_ms: int) -> int:
    return random.randint(0, most_ms)


def _listened(topics: tuple[Topic | str, ...], product: Product | None) -> tuple[Product, list[Topic]]:
    """Of which product a stream is, and what it listens to, each once.

    :raises ParameterError: for topics of several products.
    """
    products = {topic.product for topic in topics if isinstance(topic, Topic) and topic.product}
    products |= {product} if product else set()
    if len(products) > 1:
        raise ParameterError(
            f"a stream is of one product, not of {' and '.join(sorted(products))}: open one for each"
        )
    of: Product = next(iter(products), "spot")
    wanted = (topic if isinstance(topic, Topic) else named(topic, of) for topic in topics)
    return of, list({topic.name: topic for topic in wanted}.values())


class AsyncClient:
    """``Client`` for asyncio: the same methods, awaited. Use it with ``async with``.

    The parameters are those of ``Client``; ``sleep`` is a coroutine function, by default ``asyncio.sleep``.
    ``stream_url`` is where ``stream`` connects instead of the environment's stream, such as a fake's.
    Cancelling a write while it is under way raises ``OutcomeUnknown``, chained to the cancellation.

    One client may serve several event loops, one after the other or at the same time in several threads: it
    has connections for each, which end with their loop. A child made by ``fork`` needs a loop of its own, and
    gets connections of its own.
    """

    def __init__(
        self,
        env: str,
        api_key: str | None = None,
        secret_key: str | None = None,
        *,
        base_urls: tuple[str, str] | None = None,
        stream_url: str | None = None,
        timeout: float = DEFAULT_TIMEOUT_S,
        recv_window: int = WINDOW.default_ms,
        confirm: Confirm | None = None,
        on_unknown: OnUnknown = "reconcile",
        settle_ms: int = DEFAULT_SETTLE_MS,
        deadline: float | None = None,
        clock: Callable[[], int] = system_ms,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        limiter: Limiter | None = None,
        driver: AiohttpDriver | None = None,
    ) -> None:
        self._account = Signer.of(env, api_key, secret_key, base_urls, recv_window)
        self._core = Core(
            self._account,
            timeout=timeout,
            confirm=confirm,
            on_unknown=on_unknown,
            settle_ms=settle_ms,
            deadline=deadline,
            clock=clock,
            monotonic_ms=monotonic_ms,
            limiter=limiter,
        )
        self._driver = AiohttpDriver(sleep) if driver is None else driver
        self._stream_url = stream_url
        self._sessions = Sessions()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncClient(env={self._account.env!r}, base_urls={self._account.base_urls!r})"

    async def close(self) -> None:
        """Close kept-alive connections of this event loop. A later call opens new ones, as in ``Client``."""
        await self._driver.close()
        await self._sessions.close_here()

    async def send(
        self, call: Call[T], *, on_unknown: OnUnknown | None = None, deadline: float | None = None
    ) -> T:
        """See ``Client.send``."""
        return await self._driver.drive(self._core.send(call, on_unknown, deadline))

    async def call(self, endpoint_id: str, /, **parameters: object) -> Answer:
        """See ``Client.call``."""
        return await self._driver.drive(self._core.call(endpoint_id, parameters))

    def stream(
        self,
        *topics: Topic | str,
        product: Product | None = None,
        close_gaps: bool = False,
        silent_after: float = DEFAULT_SILENT_AFTER_S,
        most_waiting: int = DEFAULT_MOST_WAITING,
        record: Callable[[str], object] | None = None,
        clock: Callable[[], int] = monotonic_ms,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        jitter: Callable[[int], int] = _up_to,
    ) -> Stream:
        """Listen to topics of markets and of the account: an asynchronous iterator of events.

        It keeps itself alive: it answers heartbeats, makes and renews the listen key, finds out when a
        connection is dead though it is open, connects again after a pause, and subscribes again. It never
        hides that something may have been missed: after each break every topic has a ``Gap``, with the
        reason, since when, and the calls that tell what was missed. See ``bingx_client.streams`` for topics
        and events.

        :param topics: such as ``streams.trades("BTC-USDT")``, or ``dataType`` texts; at most 200, all of one
            product.
        :param product: ``spot``, ``swap`` or ``coinm``, for ``dataType`` texts; by default that of the other
            topics, or spot.
        :param close_gaps: whether to make those calls itself, and tell what they find as events, before a
            ``GapClosed``; or a ``GapStays`` where that is not possible.
        :param silent_after: seconds without a push of what is pushed all the time, such as tickers, after
            which a connection is taken for dead, although heartbeats may come; 15 by default. The exchange's
            clock has to run: one that stands still pushes nothing. Without any frame a connection is dead
            after three heartbeats, which are 15 s.
        :param most_waiting: events that may wait to be read; of what comes beyond, a ``Gap`` tells.
        :param record: takes a line for everything that happens, frames byte for byte, which
            ``streams.replay`` plays again; a listen key is not in it. Not with ``close_gaps``.
        :param clock: gives milliseconds that only grow; by default the system's monotonic clock.
        :param sleep: lets seconds pass; by default ``asyncio.sleep``, whatever the client's own is.
        :param jitter: draws milliseconds from 0 to its argument, the pause before connecting again.
        :raises ParameterError: for no topic or too many, topics of the account without keys, and where it is
            not known to which stream to connect.

        What it cannot tell: a trade that the exchange never sends while it sends everything else; a report on
        an order that is lost without a trace in the next one; what REST does not know yet while a gap is
        closed.
        """
        of, wanted = _listened(topics, product)
        url = choose_stream_url(self._account.env, self._account.base_urls, self._stream_url, of)
        if not 0 < len(wanted) <= STREAM_RULES.most_topics:
            raise ParameterError(
                f"a stream has 1 to {STREAM_RULES.most_topics} topics, not {len(wanted)}: open several"
            )
        if any(topic.is_account for topic in wanted) and self._account.secret_key is None:
            raise ParameterError("topics of the account need a listen key: give api_key and secret_key")
        if isinstance(most_waiting, bool) or not isinstance(most_waiting, int) or most_waiting < 1:
            raise ParameterError(f"most_waiting must be a positive number of events, not {most_waiting!r}")
        silent_ms = round(check_seconds("silent_after", silent_after) * 1000)
        options = Options(
            close_gaps=close_gaps, silent_ms=silent_ms, most_waiting=most_waiting, jitter=jitter
        )
        if record is not None and close_gaps:
            raise ParameterError("what REST says is not recorded: record goes without close_gaps")
        core = StreamCore(wanted, options) if record is None else RecordedCore(wanted, options, record)
        return Stream(
            core,
            url,
            self._sessions,
            lambda call: self._driver.drive(self._core.ask(call)),
            timeout_s=self._core.settings.timeout_ms / 1000,
            clock=clock,
            sleep=sleep,
        )

    spot_balance = _sends(spot_account.spot_balance)
    fund_balance = _sends(spot_account.fund_balance)
    account_overview = _sends(spot_account.account_overview)
    transfers = _sends(spot_account.transfers)
    transfer_records = _sends(spot_account.transfer_records)
    transferable_coins = _sends(spot_account.transferable_coins)
    inner_transfer_records = _sends(spot_account.inner_transfer_records)
    server_time = _sends(common.server_time)

    async def transfer(
        self,
        asset: str,
        amount: Amount,
        *,
        type: str | None = None,  # noqa: A002  # the documented name
        from_account: str | None = None,
        to_account: str | None = None,
        on_unknown: OnUnknown | None = None,
        deadline: float | None = None,
    ) -> TransferReceipt:
        """See ``Client.transfer``."""
        call = spot_account.transfer(
            asset, amount, type=type, from_account=from_account, to_account=to_account
        )
        return await self.send(call, on_unknown=on_unknown, deadline=deadline)

    async def inner_transfer(
        self,
        *,
        coin: str,
        amount: Amount,
        user_account: str | int,
        user_account_type: int = 1,
        wallet_type: int = 1,
        calling_code: str | int | None = None,
        transfer_client_id: str | None = None,
        on_unknown: OnUnknown | None = None,
        deadline: float | None = None,
    ) -> InnerTransferReceipt:
        """See ``Client.inner_transfer``."""
        call = spot_account.inner_transfer(
            coin=coin,
            amount=amount,
            user_account=user_account,
            user_account_type=user_account_type,
            wallet_type=wallet_type,
            calling_code=calling_code,
            transfer_client_id=transfer_client_id,
        )
        return await self.send(call, on_unknown=on_unknown, deadline=deadline)

    async def reconcile(self, unknown: OutcomeUnknown) -> Any:
        """See ``OutcomeUnknown.reconcile``."""
        return await self._driver.drive(self._core.settle(unknown))
