"""The form of a market, the same wherever one is described: in files, timelines and the control API."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from bingx_contracts.reading.files import text_of
from bingx_contracts.reading.toml_lines import Path as KeyPath
from bingx_fake.books.money import EXACT, PLACES, plain, read_amount
from bingx_fake.market.archives import ArchiveError, read_archive
from bingx_fake.market.house import Ladder
from bingx_fake.market.sources import Constant, Flow, Replay, Source, Steps, Walk
from bingx_fake.market.stall import Listing
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


class ReplayForm(_Form, tag_field="kind", tag="replay", kw_only=True):
    """``source = { kind = "replay", file = "BTCUSDT-trades-2024-03-01.csv" }``.

    ``file`` is looked for from the folder that the exchange runs in.
    """

    file: Annotated[str, msgspec.Meta(min_length=1)]


SourceForm = Literal["constant", "walk"] | WalkForm | StepsForm | ReplayForm | ConstantForm


class FlowForm(_Form, kw_only=True):
    """``flow = { every_ms = 4000, size = [20, 2000] }``. ``size`` is in the quote coin, for each taker."""

    every_ms: Ms = Flow().every_ms
    size: tuple[Ms, Ms] = (Flow().least, Flow().most)


class MarketForm(_Form, kw_only=True):
    """One entry of ``[[markets]]``.

    ``symbols`` stands for as many markets that are alike; one of ``symbol`` and ``symbols`` is given.
    """

    product: Product = "spot"
    symbol: Symbol | None = None
    symbols: list[Symbol] = []
    tick: Number
    step: Number
    contract: Number | None = None
    min_notional: Number = "5"
    max_notional: Number = "500000"
    price: Number | None = None
    source: SourceForm | None = None
    ladder: Literal["none"] | LadderForm | None = None
    flow: Literal["none"] | FlowForm | None = None
    mark: Number | None = None
    index: Number | None = None
    funding: Number | None = None
    past: Literal["walk", "flat"] = "walk"
    time_online: Annotated[int, msgspec.Meta(ge=0)] = 0


def forms_of(form: MarketForm, path: KeyPath) -> list[MarketForm]:
    """A form for each of the markets that an entry stands for.

    :raises Wrong: where it names none.
    """
    if (form.symbol is None) == (not form.symbols):
        raise Wrong(path, "needs symbol, or symbols for several markets that are alike")
    if form.symbol is not None:
        return [form]
    return [msgspec.structs.replace(form, symbol=symbol, symbols=[]) for symbol in form.symbols]


@cache
def usual_forms() -> tuple[MarketForm, ...]:
    """The markets that there are without anybody having described them."""
    text = text_of(resources.files("bingx_fake").joinpath("default_markets.toml").read_bytes())
    return tuple(msgspec.convert(tomllib.loads(text)["markets"], list[MarketForm]))


def usual_listing(form: MarketForm, prices: Mapping[str, Decimal], usual_source: SourceForm) -> Listing:
    """One of those markets.

    :param prices: by base coin; what opens it in place of a price of ours, cut to whole ticks.
    """
    listing = listing_of(form, ("markets",), prices={}, usual_source=usual_source)
    price = prices.get(listing.instrument.base)
    opening = listing.opening if price is None else max(2, listing.instrument.ticks(price))
    return msgspec.structs.replace(listing, opening=opening)


def listing_of(
    form: MarketForm, path: KeyPath, *, prices: Mapping[str, Decimal], usual_source: SourceForm
) -> Listing:
    """The market that a form of one market describes.

    :param prices: what opens a market whose form names no price, by base coin.
    :param usual_source: for one whose form names none.
    :raises Wrong: where there can be none such.
    """
    symbol = form.symbol
    assert symbol is not None, form
    base, quote = symbol.split("-")
    step, contract = _positive(form.step, (*path, "step")), _contract(form, base, path)
    least = _positive(form.min_notional, (*path, "min_notional"))
    instrument = Instrument(
        product=form.product,
        symbol=symbol,
        base=base,
        quote=quote,
        tick=_positive(form.tick, (*path, "tick")),
        step=step,
        min_notional=least if contract is None else max(least, EXACT.multiply(contract, step)),
        max_notional=_positive(form.max_notional, (*path, "max_notional")),
        online_ms=form.time_online or _ONLINE_MS,
        contract=contract,
    )
    if instrument.places > PLACES:
        raise Wrong(path, f"tick and step have together more digits after the point than {PLACES}")
    source = _source(form.source or usual_source, instrument, (*path, "source"))
    ladder = LadderForm() if form.ladder is None else form.ladder
    if form.funding is not None and form.product == "spot":
        raise Wrong((*path, "funding"), "a spot market has no funding")
    return Listing(
        instrument=instrument,
        opening=_opening(form, instrument, source, path, prices),
        source=source,
        ladder=None if ladder == "none" else _ladder(ladder, (*path, "ladder")),
        refill_ms=LadderForm().refill_ms if ladder == "none" else ladder.refill_ms,
        flow=_flow(form.flow, source, (*path, "flow")),
        mark=_ticks_or_none(instrument, form.mark, (*path, "mark")),
        index=_ticks_or_none(instrument, form.index, (*path, "index")),
        funding=None if form.funding is None else _rate(form.funding, (*path, "funding")),
        has_past=form.past == "walk",
    )


def shown(listing: Listing) -> dict[str, Any]:
    """What prices and orders do on a market, in the words of its form and whole."""
    ladder, flow = listing.ladder, listing.flow
    return {
        "source": _shown_source(listing),
        "ladder": "none"
        if ladder is None
        else {
            "levels": ladder.levels,
            "gap_ticks": ladder.gap_ticks,
            "spread_ticks": ladder.spread_ticks,
            "size": [ladder.least, ladder.most],
            "refill_ms": listing.refill_ms,
        },
        "flow": "none" if flow is None else {"every_ms": flow.every_ms, "size": [flow.least, flow.most]},
        "past": "walk" if listing.has_past else "flat",
        "time_online": listing.instrument.online_ms,
    }


def _shown_source(listing: Listing) -> Any:
    """A word where that says it all."""
    match listing.source:
        case Constant():
            return "constant"
        case Walk() as source:
            form = WalkForm(every_ms=source.every_ms, most_ticks=source.most_ticks)
            return "walk" if source == Walk() else msgspec.to_builtins(form)
        case Steps(steps=steps):
            price = listing.instrument.price
            return {"kind": "steps", "steps": [[at_ms, plain(price(ticks))] for at_ms, ticks in steps]}
        case Replay(file=file):
            return {"kind": "replay", "file": file}


def _opening(
    form: MarketForm, instrument: Instrument, source: Source, path: KeyPath, prices: Mapping[str, Decimal]
) -> int:
    """The price that a market opens at, in ticks: its own, its base coin's, or that of what it replays."""
    if form.price is not None:
        return _ticks(instrument, _positive(form.price, (*path, "price")), (*path, "price"))
    if instrument.base in prices:
        return _ticks(instrument, prices[instrument.base], (*path, "price"))
    if isinstance(source, Replay):
        return source.archive[0].price
    raise Wrong(
        path, f"{instrument.symbol} has no price: give one here, or {instrument.base} one in [prices]"
    )


def _ladder(form: LadderForm, path: KeyPath) -> Ladder:
    least, most = _size(form.size, path)
    return Ladder(
        levels=form.levels,
        gap_ticks=form.gap_ticks,
        spread_ticks=form.spread_ticks,
        least=least,
        most=most,
    )


def _flow(form: Literal["none"] | FlowForm | None, source: Source, path: KeyPath) -> Flow | None:
    """What a form says; where it says nothing, takers come where the price walks, and nowhere else."""
    if form is None:
        return Flow() if isinstance(source, Walk) else None
    if form == "none":
        return None
    least, most = _size(form.size, path)
    return Flow(every_ms=form.every_ms, least=least, most=most)


def _size(size: tuple[int, int], path: KeyPath) -> tuple[int, int]:
    if size[0] > size[1]:
        raise Wrong((*path, "size"), f"the least, {size[0]}, is more than the most, {size[1]}")
    return size


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
        case ReplayForm(file=file):
            try:
                archive = read_archive(Path(file), instrument.tick, instrument.step)
            except ArchiveError as error:
                raise Wrong((*path, "file"), str(error)) from None
            return Replay(file=file, archive=archive)


def _contract(form: MarketForm, base: str, path: KeyPath) -> Decimal | None:
    """What a contract of an inverse perpetual is worth in its quote coin (V80); None of other markets."""
    if form.product != "coinm":
        if form.contract is not None:
            raise Wrong((*path, "contract"), 'is of markets with product = "coinm" only: others count coins')
        return None
    step = _positive(form.step, (*path, "step"))
    if step != int(step):
        raise Wrong((*path, "step"), f"coin-margined perpetuals count whole contracts, not {plain(step)}")
    if form.contract is not None:
        return _positive(form.contract, (*path, "contract"))
    return Decimal(100 if base == "BTC" else 10)


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


def _ticks_or_none(instrument: Instrument, number: Number | None, path: KeyPath) -> int | None:
    return None if number is None else _ticks(instrument, _positive(number, path), path)


def _rate(number: Number, path: KeyPath) -> Decimal:
    """A plain decimal that may be below zero."""
    text = str(number)
    try:
        rate = read_amount(text.removeprefix("-"))
    except ValueError as error:
        raise Wrong(path, str(error)) from None
    return -rate if text.startswith("-") else rate
