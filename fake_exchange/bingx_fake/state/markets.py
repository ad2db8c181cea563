"""The form of a market, the same wherever one is described: in files, timelines and the control API."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import msgspec

from bingx_contracts.reading.files import text_of
from bingx_contracts.reading.toml_lines import Path as KeyPath
from bingx_fake.books.money import plain, read_amount
from bingx_fake.market.floor import Listing
from bingx_fake.market.house import Ladder
from bingx_fake.market.sources import Constant, Source, Steps, Walk
from bingx_fake.state.wrong import Wrong
from bingx_fake.venue.instruments import Instrument, Product

Symbol = Annotated[str, msgspec.Meta(pattern=r"^[A-Z0-9]{1,20}-[A-Z0-9]{1,20}$")]
Number = str | int
"""A plain decimal as text, or a whole number; a number with a point would have lost digits by now."""
Count = Annotated[int, msgspec.Meta(gt=0, le=1_000)]
Ms = Annotated[int, msgspec.Meta(gt=0)]
_ONLINE_MS = 1_577_836_800_000
"""2020-01-01, since when markets that do not say are traded (ours, A24)."""


class _Form(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A table of a market; an unknown key in it is an error."""


class LadderForm(_Form, kw_only=True):
    """``ladder = { levels = 20, spread_ticks = 2 }``. ``size`` is in the quote coin, for each level."""

    levels: Count = 20
    gap_ticks: Count = 1
    spread_ticks: Annotated[int, msgspec.Meta(ge=2)] = 2
    size: tuple[Ms, Ms] = (5_000, 20_000)
    refill_ms: Ms = 1_000


class WalkForm(_Form, tag_field="kind", tag="walk", kw_only=True):
    """``source = { kind = "walk", every_ms = 1000, most_ticks = 300 }``."""

    every_ms: Ms = 1_000
    most_ticks: Ms | None = None


class StepsForm(_Form, tag_field="kind", tag="steps", kw_only=True):
    """``source = { kind = "steps", steps = [[0, "60000"], [60000, "59000"]] }``."""

    steps: list[tuple[Annotated[int, msgspec.Meta(ge=0)], Number]]


class ConstantForm(_Form, tag_field="kind", tag="constant", kw_only=True):
    """``source = { kind = "constant" }``, or the word alone."""


SourceForm = Literal["constant", "walk"] | WalkForm | StepsForm | ConstantForm


class MarketForm(_Form, kw_only=True):
    """One entry of ``[[markets]]``.

    ``symbols`` stands for as many markets that are alike; one of ``symbol`` and ``symbols`` is given.
    """

    product: Product = "spot"
    symbol: Symbol | None = None
    symbols: list[Symbol] = []
    tick: Number
    step: Number
    min_notional: Number = "5"
    max_notional: Number = "500000"
    price: Number | None = None
    source: SourceForm | None = None
    ladder: Literal["none"] | LadderForm | None = None
    past: Literal["walk", "flat"] = "walk"
    time_online: Annotated[int, msgspec.Meta(ge=0)] = 0


def listings_of(
    form: MarketForm, path: KeyPath, *, prices: Mapping[str, Decimal], usual_source: SourceForm
) -> list[Listing]:
    """The markets that an entry describes.

    :param prices: what opens a market whose entry names no price, by base coin.
    :param usual_source: for those whose entry names none.
    :raises Wrong: where there can be none such.
    """
    if (form.symbol is None) == (not form.symbols):
        raise Wrong(path, "needs symbol, or symbols for several markets that are alike")
    symbols = form.symbols if form.symbol is None else [form.symbol]
    return [_listing(form, symbol, path, prices, form.source or usual_source) for symbol in symbols]


def usual_listings(prices: Mapping[str, Decimal], usual_source: SourceForm) -> list[Listing]:
    """The markets that there are where a state describes none.

    :param prices: by base coin; what opens a market in place of a price of ours, cut to whole ticks.
    """
    listings = []
    for index, form in enumerate(_usual_forms()):
        (listing,) = listings_of(form, ("markets", index), prices={}, usual_source=usual_source)
        price = prices.get(listing.instrument.base)
        opening = listing.opening if price is None else max(2, listing.instrument.ticks(price))
        listings.append(msgspec.structs.replace(listing, opening=opening))
    return listings


@cache
def _usual_forms() -> list[MarketForm]:
    text = text_of(resources.files("bingx_fake").joinpath("default_markets.toml").read_bytes())
    return msgspec.convert(tomllib.loads(text)["markets"], list[MarketForm])


def _listing(
    form: MarketForm, symbol: str, path: KeyPath, prices: Mapping[str, Decimal], source: SourceForm
) -> Listing:
    base, quote = symbol.split("-")
    instrument = Instrument(
        product=form.product,
        symbol=symbol,
        base=base,
        quote=quote,
        tick=_positive(form.tick, (*path, "tick")),
        step=_positive(form.step, (*path, "step")),
        min_notional=_positive(form.min_notional, (*path, "min_notional")),
        max_notional=_positive(form.max_notional, (*path, "max_notional")),
        online_ms=form.time_online or _ONLINE_MS,
    )
    if form.price is not None:
        price = _positive(form.price, (*path, "price"))
    elif base in prices:
        price = prices[base]
    else:
        raise Wrong(path, f"{symbol} has no price: give one here, or {base} one in [prices]")
    ladder = LadderForm() if form.ladder is None else form.ladder
    return Listing(
        instrument=instrument,
        opening=_ticks(instrument, price, (*path, "price")),
        source=_source(source, instrument, (*path, "source")),
        ladder=None
        if ladder == "none"
        else Ladder(
            levels=ladder.levels,
            gap_ticks=ladder.gap_ticks,
            spread_ticks=ladder.spread_ticks,
            least=ladder.size[0],
            most=ladder.size[1],
        ),
        refill_ms=LadderForm().refill_ms if ladder == "none" else ladder.refill_ms,
        has_past=form.past == "walk",
    )


def _source(form: SourceForm, instrument: Instrument, path: KeyPath) -> Source:
    match form:
        case "constant" | ConstantForm():
            return Constant()
        case "walk":
            return Walk()
        case WalkForm(every_ms=every_ms, most_ticks=most_ticks):
            return Walk(every_ms=every_ms, most_ticks=most_ticks)
        case StepsForm(steps=steps):
            times = [at_ms for at_ms, _ in steps]
            if times != sorted(set(times)):
                raise Wrong((*path, "steps"), "has times that do not rise from each step to the next")
            return Steps(
                steps=tuple(
                    (at_ms, _ticks(instrument, _positive(price, here), here))
                    for index, (at_ms, price) in enumerate(steps)
                    if (here := (*path, "steps", index, 1))
                )
            )


def _positive(number: Number, path: KeyPath) -> Decimal:
    try:
        value = read_amount(str(number))
    except ValueError as error:
        raise Wrong(path, str(error)) from None
    if value == 0:
        raise Wrong(path, "must be above zero")
    return value


def _ticks(instrument: Instrument, price: Decimal, path: KeyPath) -> int:
    ticks = instrument.ticks(price)
    if instrument.price(ticks) != price or ticks < 2:
        raise Wrong(path, f"{plain(price)} is not two or more whole ticks of {plain(instrument.tick)}")
    return ticks
