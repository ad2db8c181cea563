"""``FakeExchange``: the exchange in a background thread, for tests and scripts in Python."""

import asyncio
import os
import selectors
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, Self, TypeVar, get_args

from bingx_fake.books.accounts import Balance
from bingx_fake.clock import ExchangeClock, system_ms
from bingx_fake.control import calls, orders, positions
from bingx_fake.edge.systems import check_system
from bingx_fake.exchange import Exchange, IdsAtReset
from bingx_fake.gateway.limits import Ban
from bingx_fake.inprocess.clock import Clock
from bingx_fake.inprocess.forks import Copies, remove_in
from bingx_fake.inprocess.markets import Market
from bingx_fake.journal.journal import JournalEntry, LintMark
from bingx_fake.profiles.adoption import adopted_profiles
from bingx_fake.profiles.choice import DEFAULT_PROFILE, Profile, choose
from bingx_fake.real_time import RealTimeLoop
from bingx_fake.recording.recorded import Recorded
from bingx_fake.serving import Ports, Serving
from bingx_fake.settings import DEFAULT_JOURNAL_SIZE, Settings
from bingx_fake.state import files as state
from bingx_fake.state import saving
from bingx_fake.state.listed import read_market
from bingx_fake.state.markets import SourceForm
from bingx_fake.venue.instruments import Product

T = TypeVar("T")


class FakeExchange:
    """A fake BingX on free ports of this machine, ready when the constructor returns.

    :param state: a state file's path (TOML, or JSON lines), the JSON form of one, or None for the example.
    :param profile: whose answers are given where documents disagree: ``documented``, ``skill``,
        ``reference``, ``docs-site``, ``observed``, or an adopted one.
    :param vary: single departures from it, such as ``{"V7": "data.assets"}``.
    :param strict: refuse what S does not allow, instead of marking it in the journal.
    :param frozen_at_ms: freeze the exchange's clock at this Unix time; by default it runs.
    :param seed: decides over transfer ids and over faults with a probability.
    :param rate_limits: whether the documented limits hold; off by default, so that tests need not wait.
    :param ban: after how many refused requests an address is banned, and for how long, where limits hold.
    :param tls: serve both domains over TLS; ``ca_file`` then names the CA to trust.
    :param journal_size: how many requests the journal keeps, 1 or more; fewer where those would be more than
        64 MiB, or 1 KiB each if that is more.
    :param market: what the prices of markets do that say nothing themselves: ``constant`` or ``walk``; or the
        path of a TOML file of ``[[markets]]``, which there are besides those of any state.
    :param record: a file into which goes what the exchange is asked and told, for ``bingx-fake replay``. It
        holds the secrets of the state's keys.
    :raises StateError: when the state cannot be used.
    :raises ProfileError: when there is no such profile, variation or answer.
    :raises RecordingExists: when the file for the recording is there already, and is none.
    :raises OSError: when it cannot be written.
    :raises UnsupportedSystem: on Windows.
    :raises ValueError: when ``frozen_at_ms`` or ``journal_size`` is no such number.

    Use it as a context manager, or call ``close``.
    """

    def __init__(
        self,
        state: Path | str | Mapping[str, Any] | None = None,
        profile: str = DEFAULT_PROFILE,
        *,
        vary: Mapping[str, str] | None = None,
        strict: bool = False,
        frozen_at_ms: int | None = None,
        seed: int = 0,
        rate_limits: bool = False,
        ban: Ban | None = None,
        tls: bool = False,
        journal_size: int = DEFAULT_JOURNAL_SIZE,
        market: SourceForm | Path | str = "constant",
        record: Path | str | None = None,
    ) -> None:
        check_system()
        form = _read_state(state)
        source, markets = read_market(market, form, otherwise="constant")
        settings = Settings(
            form=form,
            clock=lambda: ExchangeClock(system_ms, frozen_ms=frozen_at_ms),
            seed=seed,
            rate_limits=rate_limits,
            ban=Ban() if ban is None else ban,
            journal_size=journal_size,
            tls=tls,
            market=source,
            markets=markets,
            profile=choose(profile, vary, strict=strict, adopted=adopted_profiles),
            adopted=adopted_profiles,
        )
        self._inner = Exchange(settings) if record is None else Recorded(settings, Path(record))
        self._remove_directory: Callable[[], object] = bool
        self.ca_file: Path | None = None
        certificates = None
        if tls:
            from bingx_fake.edge.tls import Certificates  # its libraries take long to import

            certificates = Certificates()
            directory = tempfile.mkdtemp(prefix="bingx-fake-")
            self._remove_directory = weakref.finalize(self, remove_in, os.getpid(), directory)
            self.ca_file = Path(directory, "ca.pem")
            self.ca_file.write_bytes(certificates.ca_pem)
        self._serving = Serving(self._inner, Ports(), certificates)
        selector = selectors.DefaultSelector()
        self._loop = RealTimeLoop(selector)
        self._copies = Copies(selector, self._serving.descriptors)
        self._thread = threading.Thread(target=self._run, name="bingx-fake", daemon=True)
        self._pid, self._is_closed = os.getpid(), False
        self._thread.start()
        try:
            self._await(self._serving.start())
        except BaseException:
            self.close()
            raise
        self.clock = Clock(self)

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving. Safe to call twice.

        It waits for the exchange's thread only where that runs. A forked process has no part in the exchange,
        which goes on in its own; while the interpreter shuts down it ends by itself; and called in its own
        thread, as a garbage collection may do, it stops as soon as it can.
        """
        gone, self._is_closed = self._why_gone(), True
        if gone is not None:
            return
        if threading.current_thread() is self._thread:
            self._loop.create_task(self._serving.stop()).add_done_callback(lambda _: self._loop.stop())
        else:
            try:
                asyncio.run_coroutine_threadsafe(self._serving.stop(), self._loop).result()
            finally:
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join()
        if isinstance(self._inner, Recorded):
            self._inner.close()
        self._remove_directory()

    def _why_gone(self) -> str | None:
        """Why nothing can be asked of the exchange's thread; None while it runs."""
        if self._is_closed:
            return "this exchange is closed"
        if os.getpid() != self._pid:
            return (
                f"this exchange runs in process {self._pid}; in process {os.getpid()}, which was forked from "
                "it, only its URLs can be used"
            )
        if sys.is_finalizing() or not self._thread.is_alive():
            return "the thread of this exchange has ended with the interpreter"
        return None

    @property
    def base_urls(self) -> tuple[str, str]:
        """The URLs of ``.com`` and ``.pro``."""
        return self._serving.urls["com"], self._serving.urls["pro"]

    @property
    def stream_url(self) -> str:
        """Where the streams are: paths ``/market``, ``/swap-market`` and ``/cswap-market`` behind it."""
        return self._serving.urls["stream"]

    @property
    def control_url(self) -> str:
        """The URL of the control API."""
        return self._serving.urls["control"]

    @property
    def requests(self) -> list[JournalEntry]:
        """The journal, newest last, in the form of ``GET /requests``."""
        return self.call(lambda inner: list(inner.journal))

    @property
    def lint(self) -> list[LintMark]:
        """What the journal's requests did that S does not allow, oldest first; empty where all is well."""
        return [mark for entry in self.requests for mark in entry["lint"]]

    @property
    def profile(self) -> Profile:
        """Whose answers are given where documents disagree."""
        return self.call(lambda inner: inner.profile)

    @property
    def state(self) -> dict[str, Any]:
        """The whole state in the JSON form of the state file."""
        return self.call(lambda inner: inner.state())

    def balance(self, uid: int, account: str, asset: str) -> Balance:
        """What a user's account holds of an asset, free and locked."""
        return self.call(lambda inner: inner.books.ledger.balance(uid, account, asset))

    def credit(self, uid: int, account: str, asset: str, amount: Decimal | int | str) -> None:
        """Give a user an amount of an asset."""
        body = {"account": account, "asset": asset, "amount": str(amount)}
        path = {"uid": str(uid), "move": "credit"}
        call = calls.ControlCall(path, {}, body)
        self.call(
            lambda inner: inner.obey(
                f"POST /users/{uid}/credit", lambda: calls.move_balance(inner, call), body=lambda: body
            )
        )

    def orders(self, uid: int | None = None, status: str | None = None) -> list[dict[str, Any]]:
        """Users' orders as rows of the state file, the oldest first.

        :param status: one of the exchange's words, or ``open`` for all that may still trade.
        :raises ValueError: where there is no such user or status.
        """
        return self.call(lambda inner: orders.rows(inner, uid, status))

    def positions(self, uid: int | None = None) -> list[dict[str, Any]]:
        """Open positions in perpetuals, as ``GET /positions`` tells them.

        :raises ValueError: where there is no such user.
        """
        return self.call(lambda inner: positions.rows(inner, uid))

    def market(self, symbol: str, product: Product = "spot", **fields: Any) -> Market:
        """A market, whose price can be moved.

        :param symbol: such as ``BTC-USDT``.
        :param fields: of its form, as for ``Market.change``; a market that is not there is opened.
        :raises ValueError: where there is none, or there can be none such.
        """
        return Market(self, symbol, product, fields)

    def load(self, source: Path | str | Mapping[str, Any] | None) -> None:
        """Replace the state; clock, faults and journal stay.

        :raises StateError: when the state cannot be used; the old one stays.
        """
        form = _read_state(source)
        self.call(
            lambda inner: inner.obey(
                "PUT /state", lambda: inner.load(form), body=lambda: saving.document_of(form)
            )
        )

    def save(self, path: Path | str) -> None:
        """Write the state as it is now to a file of JSON lines, which ``state`` and ``load`` take.

        A long history is written in a stream, while the exchange goes on.

        :raises ValueError: when the name does not end in ``.jsonl``.
        :raises OSError: when the file cannot be written; one that was there stays as it was.
        """
        file = saving.lines_file(path)
        saving.write_lines(file, self.call(_snapshot))

    def reset(self, *, ids: IdsAtReset = "keep") -> None:
        """Back to the start: state, clock, faults, journal, limits.

        :param ids: ``keep``: transfers get ids that this exchange has not given yet, so that a client that
            lives on cannot take a new transfer for an old one. ``restart``: the same ids as after the start;
            whoever asks for it sees to it that no client remembers them, as the pytest fixtures do.
        :raises ValueError: for anything else; nothing changes then.
        """
        if ids not in get_args(IdsAtReset):
            raise ValueError(f"ids: {ids!r} is neither 'keep' nor 'restart'")
        self._change(
            lambda inner: inner.obey("POST /reset", lambda: inner.reset(ids), body=lambda: {"ids": ids})
        )

    def change_profile(
        self, profile: str = DEFAULT_PROFILE, vary: Mapping[str, str] | None = None, *, strict: bool = False
    ) -> None:
        """Give another profile's answers from now on, until ``reset``.

        :raises ProfileError: when there is no such profile, variation or answer; nothing changes then.
        """

        def change(inner: Exchange) -> None:
            inner.change_profile(choose(profile, vary, strict=strict, adopted=inner.adopted))

        body = {"profile": profile, "vary": dict(vary or {}), "strict": strict}
        self.call(lambda inner: inner.obey("PUT /profile", lambda: change(inner), body=lambda: body))

    @contextmanager
    def fault(self, domain: str, kind: str, **fields: Any) -> Iterator[str]:
        """Put a fault in force for the duration of a ``with`` block.

        :param domain: ``com``, ``pro`` or ``*``.
        :param kind: one of the kinds of ``POST /faults``; ``fields`` are its other fields.
        :raises FaultError: when the fault makes no sense, or cannot be had here.
        """
        (fault_id,) = self._order({"domain": domain, "kind": kind, **fields})
        try:
            yield fault_id
        finally:
            if self._why_gone() is None:
                self._change(
                    lambda inner: inner.obey(
                        f"DELETE /faults/{fault_id}", lambda: inner.remove_fault(fault_id)
                    )
                )

    def play(self, orders: Sequence[Mapping[str, Any]]) -> list[str]:
        """Take a list of faults, whole or not at all, and return their ids.

        :param orders: in the form of ``POST /faults``. ``at_ms`` and ``for_ms`` say when one begins, counted
            from now, and how long it stays, on the exchange's clock.
        :raises FaultError: when one makes no sense, or cannot be had here.
        """
        return self._order([dict(order) for order in orders])

    def _order(self, faults: dict[str, Any] | list[dict[str, Any]]) -> list[str]:
        return self._change(
            lambda inner: inner.obey("POST /faults", lambda: inner.order_faults(faults), body=lambda: faults)
        )

    def clear_faults(self) -> None:
        """Take every fault back, scheduled ones included."""
        self._change(lambda inner: inner.obey("DELETE /faults", inner.clear_faults))

    def intercept_names(self, active: bool) -> None:
        """Say whether the documented host names resolve to this exchange; ``dns`` faults need it.

        For whoever intercepts names: ask ``resolves`` before each answer.
        """
        self._change(lambda inner: setattr(inner, "names_intercepted", active))

    def resolves(self, domain: str) -> bool:
        """Whether a domain's name is to resolve: no ``dns`` fault is in force.

        Safe in any thread, the exchange's own included: it reads, and waits for nothing.
        """
        inner = self._inner
        return not inner.faults.unresolvable(domain, inner.clock.now_ms())

    def change_clock(self, change: Callable[[ExchangeClock], object]) -> None:
        """Change the exchange's clock; faults begin and end as it says when this returns."""
        self._change(
            lambda inner: inner.obey(
                "PUT /clock", lambda: inner.set_clock(change), body=lambda: _set(inner.clock)
            )
        )

    def call(self, function: Callable[[Exchange], T]) -> T:
        """Run a function of the inner exchange in its thread, between two requests.

        :raises RuntimeError: where that would never answer: after ``close``, in a forked process, in the
            exchange's own thread.
        """

        async def run() -> T:
            return function(self._inner)

        return self._await(run())

    def _change(self, function: Callable[[Exchange], T]) -> T:
        async def run() -> T:
            result = function(self._inner)
            await self._serving.follow_faults()
            return result

        return self._await(run())

    def _await(self, coroutine: Coroutine[Any, Any, T]) -> T:
        gone = self._why_gone()
        if gone is None and threading.current_thread() is self._thread:
            gone = "the exchange's own thread cannot wait for itself"
        if gone is not None:
            coroutine.close()
            raise RuntimeError(gone)
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()


def _set(clock: ExchangeClock) -> dict[str, Any]:
    """What ``PUT /clock`` would be told to have a clock as it is."""
    if clock.frozen_ms is None:
        return {"offset": clock.offset_ms}
    return {"mode": "frozen", "now": clock.frozen_ms}


def _snapshot(exchange: Exchange) -> saving.Snapshot:
    books, described = exchange.books, exchange.markets.described
    standings = books.floor.standings(exchange.clock.now_ms())
    return saving.snapshot(books.directory, books.ledger, described, books.desk, books.perps, standings)


def _read_state(source: Path | str | Mapping[str, Any] | None) -> state.StateForm:
    return state.read_form(Path(source) if isinstance(source, str) else source)
