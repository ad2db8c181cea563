"""The one form of a market: what it may say, and what is said of a mistake."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from bingx_fake.market.house import Ladder
from bingx_fake.market.sources import Constant, Flow, Steps, Walk
from bingx_fake.state.markets import MarketForm, forms_of, listing_of
from bingx_fake.state.wrong import Wrong

BTC = {"symbol": "BTC-USDT", "tick": "0.01", "step": "0.00001", "price": 60000}


def listings(**changes: Any) -> list[Any]:
    entry, place = msgspec.convert(BTC | changes, MarketForm), ("markets", 0)
    prices = {"ETH": Decimal(3000)}
    return [listing_of(form, place, prices=prices, usual_source="walk") for form in forms_of(entry, place)]


def refusal(**changes: Any) -> tuple[tuple[str | int, ...], str]:
    with pytest.raises(Wrong) as raised:
        listings(**changes)
    return tuple(raised.value.path), raised.value.reason


def test_a_market_that_says_only_what_it_must_is_a_spot_market_with_a_ladder_and_a_past() -> None:
    (listing,) = listings()
    assert (listing.instrument.product, listing.instrument.base, listing.opening) == (
        "spot",
        "BTC",
        6_000_000,
    )
    assert listing.ladder is not None
    assert listing.has_past
    assert listing.instrument.online_ms == 1_577_836_800_000


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (None, Walk()),
        ("constant", Constant()),
        ("walk", Walk()),
        ({"kind": "walk", "every_ms": 50, "most_ticks": 3}, Walk(every_ms=50, most_ticks=3)),
        (
            {"kind": "steps", "steps": [[0, "60000"], [5, 61000]]},
            Steps(steps=((0, 6_000_000), (5, 6_100_000))),
        ),
    ],
)
def test_a_source_is_a_word_or_a_table(source: Any, expected: object) -> None:
    (listing,) = listings(**({} if source is None else {"source": source}))
    assert listing.source == expected


def test_a_ladder_has_as_many_levels_as_wide_apart_and_as_large_as_it_is_told() -> None:
    told = {"levels": 3, "gap_ticks": 4, "spread_ticks": 5, "size": [10, 10], "refill_ms": 7}
    (listing,) = listings(ladder=told)
    assert listing.ladder == Ladder(levels=3, gap_ticks=4, spread_ticks=5, least=10, most=10)
    assert listing.refill_ms == 7
    assert listings(ladder="none")[0].ladder is None


@pytest.mark.parametrize(
    ("source", "flow", "expected"),
    [
        ("constant", None, None),
        ("walk", None, Flow()),
        ({"kind": "steps", "steps": [[0, 5]]}, None, None),
        ("walk", "none", None),
        ("constant", {"every_ms": 500, "size": [1, 2]}, Flow(every_ms=500, least=1, most=2)),
    ],
)
def test_takers_come_by_themselves_where_the_price_walks_unless_a_market_says_otherwise(
    source: Any, flow: Any, expected: Flow | None
) -> None:
    assert listings(source=source, flow=flow)[0].flow == expected


def test_mark_index_and_funding_are_the_prices_and_the_rate_that_are_given() -> None:
    (listing,) = listings(product="swap", mark="41000", index=42000, funding="-0.0001")
    assert (listing.mark, listing.index, listing.funding) == (4_100_000, 4_200_000, Decimal("-0.0001"))
    (listing,) = listings()
    assert (listing.mark, listing.index, listing.funding) == (None, None, None)


def test_many_markets_that_are_alike_take_one_line() -> None:
    alike = listings(symbol=None, symbols=[f"COIN{number}-USDT" for number in range(50)])
    assert len({listing.instrument.symbol for listing in alike}) == 50


def test_a_price_stands_with_the_market_or_in_the_prices_of_the_state() -> None:
    (listing,) = listings(symbol="ETH-USDT", price=None)
    assert listing.opening == 300_000


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"symbol": None}, ("markets", 0), "needs symbol, or symbols"),
        ({"symbols": ["ETH-USDT"]}, ("markets", 0), "needs symbol, or symbols"),
        ({"price": None}, ("markets", 0), "BTC-USDT has no price"),
        ({"price": "60000.001"}, ("markets", 0, "price"), "not two or more whole ticks of 0.01"),
        ({"price": "0.01"}, ("markets", 0, "price"), "not two or more whole ticks of 0.01"),
        ({"tick": "0"}, ("markets", 0, "tick"), "above zero"),
        ({"step": "-1"}, ("markets", 0, "step"), "not a plain decimal"),
        (
            {"source": {"kind": "steps", "steps": [[5, 1], [5, 2]]}},
            ("markets", 0, "source", "steps"),
            "do not rise",
        ),
        (
            {"source": {"kind": "steps", "steps": [[5, "0.001"]]}},
            ("markets", 0, "source", "steps", 0, 1),
            "not two or more whole ticks",
        ),
        ({"mark": "0.001"}, ("markets", 0, "mark"), "not two or more whole ticks"),
        ({"index": "no"}, ("markets", 0, "index"), "'no' is not a plain decimal"),
        ({"product": "swap", "funding": "1e-4"}, ("markets", 0, "funding"), "'1e-4' is not a plain decimal"),
        ({"funding": "0.0001"}, ("markets", 0, "funding"), "a spot market has no funding"),
        (
            {"ladder": {"size": [9, 8]}},
            ("markets", 0, "ladder", "size"),
            "the least, 9, is more than the most",
        ),
        (
            {"flow": {"size": [9, 8]}},
            ("markets", 0, "flow", "size"),
            "the least, 9, is more than the most, 8",
        ),
        (
            {"source": {"kind": "replay", "file": "/nowhere.csv"}},
            ("markets", 0, "source", "file"),
            "/nowhere.csv: cannot be read: No such file or directory",
        ),
    ],
)
def test_a_mistake_is_named_by_its_place_and_its_reason(
    changes: dict[str, Any], path: tuple[str | int, ...], reason: str
) -> None:
    where, said = refusal(**changes)
    assert where == path
    assert reason in said


@pytest.mark.parametrize(
    "changes",
    [
        {"colour": "red"},
        {"symbol": "btc-usdt"},
        {"product": "margin"},
        {"source": "moon"},
        {"tick": 0.01},
        {"ladder": {"levels": 0}},
        {"ladder": {"spread_ticks": 1}},
        {"flow": {"every_ms": 0}},
        {"flow": "some"},
    ],
)
def test_what_the_form_does_not_know_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        listings(**changes)


def test_what_a_step_is_worth_at_a_tick_has_places_for_the_books() -> None:
    (listing,) = listings(tick="0.0000000001", step="0.0000000001", price=1)
    assert listing.instrument.places == 20
    assert refusal(tick="0.0000000001", step="0.00000000001", price=1) == (
        ("markets", 0),
        "tick and step have together more digits after the point than 20",
    )
