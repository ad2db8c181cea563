"""The markets that an exchange was told of: the usual ones, those of its state, those it was given later."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from bingx_contracts.reading.toml_lines import Path as KeyPath
from bingx_fake.books.money import plain, read_amount
from bingx_fake.market.floor import Floor
from bingx_fake.market.stall import Listing, Stall
from bingx_fake.state.files import StateForm, errors, read_markets
from bingx_fake.state.markets import (
    MarketForm,
    SourceForm,
    forms_of,
    listing_of,
    usual_forms,
    usual_listing,
)
from bingx_fake.state.wrong import Wrong
from bingx_fake.venue.commands import MarketId, Refused
from bingx_fake.venue.venue import Status


class Markets:
    """Every market's form. Where two are of the same product and symbol, the later one holds.

    :param form: the state that describes some.
    :param usual_source: what prices do where a form does not say it.
    :param added: more forms, which come after those of the state.
    :raises StateError: where there can be no such market.
    """

    def __init__(
        self, form: StateForm, usual_source: SourceForm = "constant", added: Sequence[MarketForm] = ()
    ) -> None:
        self._prices = {asset: Decimal(price) for asset, price in form.prices.items()}
        self._usual_source = usual_source
        self.described = [*form.markets, *added]
        """Those that somebody has described: what a saved state keeps."""
        self._forms: dict[MarketId, MarketForm] = {}
        self._listings: dict[MarketId, Listing] = {}
        for usual in usual_forms():
            self._enter(usual, usual_listing(usual, self._prices, usual_source))
        with errors("the state", lambda _: None):
            for index, entry in enumerate(self.described):
                for one in forms_of(entry, ("markets", index)):
                    self._enter(one, self._listing(one, ("markets", index)))
            for index, standing in enumerate(form.standings):
                if (standing.product, standing.symbol) not in self._listings:
                    place = ("run", "markets", index, "symbol")
                    raise Wrong(place, f"there is no market {standing.product} {standing.symbol}")
        self._standings = {(standing.product, standing.symbol): standing for standing in form.standings}

    @property
    def listings(self) -> Mapping[MarketId, Listing]:
        """Every market as it opens."""
        return self._listings

    def copy(self) -> "Markets":
        """The same markets, to be changed by themselves."""
        other = object.__new__(Markets)
        other._prices, other._usual_source = self._prices, self._usual_source
        other.described = list(self.described)
        other._forms, other._listings = dict(self._forms), dict(self._listings)
        other._standings = self._standings
        return other

    def enter(self, floor: Floor, now_ms: int) -> None:
        """Open every market, or let it go on from where the state has it stand."""
        for market, listing in self._listings.items():
            floor.add(listing, now_ms, self._standings.get(market))

    def change(self, floor: Floor, market: MarketId, body: Mapping[str, Any], now_ms: int) -> None:
        """Give a market some fields of its form, and leave the rest; one that is not there is opened.

        A price moves it there. A source begins at once, and so does a flow. Another tick, step or past opens
        it anew, at the price that it has.

        :raises Wrong: where the form cannot be.
        :raises msgspec.ValidationError: where a field is unknown, or not what it has to be.
        :raises Refused: while the market does not allow it. In all three cases nothing has changed.
        """
        product, symbol = market
        stall = floor.stalls.get(market)
        body = {key: value for key, value in body.items() if (key, value) != ("price", None)}
        for key, value in (("product", product), ("symbol", symbol), ("symbols", None)):
            if body.get(key, value) != value:
                raise Wrong((key,), f"{body[key]!r} is not {value!r}, which this call is about")
        present = msgspec.to_builtins(self._forms[market]) if market in self._forms else {}
        if stall is not None:
            present["price"] = plain(_price(stall, body))
        form = msgspec.convert(present | body | {"product": product, "symbol": symbol}, MarketForm)
        listing = self._listing(form, ())
        if stall is None:
            floor.add(listing, now_ms)
        else:
            _check(stall, body)
            if _opens_anew(stall.listing, listing):
                floor.reopen(listing, now_ms)
            else:
                floor.change(
                    listing,
                    now_ms,
                    restarts_source="source" in body,
                    restarts_flow="flow" in body or listing.flow != stall.listing.flow,
                )
                if "price" in body:
                    floor.move(market, listing.opening, now_ms)
        alone = [entry for entry in self.described if (entry.product, entry.symbol) != market]
        self.described = [*alone, form]
        self._enter(form, listing)

    def _listing(self, form: MarketForm, path: KeyPath) -> Listing:
        return listing_of(form, path, prices=self._prices, usual_source=self._usual_source)

    def _enter(self, form: MarketForm, listing: Listing) -> None:
        market = listing.instrument.product, listing.instrument.symbol
        self._forms[market], self._listings[market] = form, listing


def read_market(
    choice: SourceForm | Path | str, form: StateForm, *, otherwise: SourceForm
) -> tuple[SourceForm, tuple[MarketForm, ...]]:
    """What ``--market`` and its like say: the source of markets that name none, and more markets.

    :param choice: a source, or the path of a file of markets.
    :param form: the state beside which the file is to stand.
    :param otherwise: the source where it is a file.
    :raises StateError: where the file cannot be used.
    """
    if isinstance(choice, Path | str) and choice not in _WORDS:
        return otherwise, tuple(read_markets(Path(choice), form.prices))
    return _WORDS[choice] if isinstance(choice, Path | str) else choice, ()


_WORDS: Mapping[Path | str, SourceForm] = {"constant": "constant", "walk": "walk"}


_OPENING_ANEW = ("tick", "step", "contract", "time_online", "past")


def _price(stall: Stall, body: Mapping[str, Any]) -> Decimal:
    """The price that a market opened at; where it opens anew the one that it has, cut to whole ticks."""
    instrument, market = stall.market.instrument, stall.market
    if body.keys().isdisjoint(_OPENING_ANEW):
        return instrument.price(stall.listing.opening)
    last, tick = instrument.price(market.last), body.get("tick")
    if not isinstance(tick, str | int):
        return last
    try:
        unit = read_amount(str(tick))
    except ValueError:
        return last  # the form says what is wrong with the tick
    return last // unit * unit if unit else last


def _check(stall: Stall, body: Mapping[str, Any]) -> None:
    market = stall.market
    if market.status is Status.DELISTED or (not market.is_trading and "price" in body):
        raise Refused(f"{market.instrument.symbol} is {market.status.value}")


def _opens_anew(former: Listing, listing: Listing) -> bool:
    before, after = former.instrument, listing.instrument
    return (before.tick, before.step, before.contract, before.online_ms, former.has_past) != (
        after.tick,
        after.step,
        after.contract,
        after.online_ms,
        listing.has_past,
    )
