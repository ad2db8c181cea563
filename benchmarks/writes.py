"""Signed transfers, orders, and reads that are counted against limits: against the same bare handler."""

import statistics

from benchmarks import ordering_fake, perp_fake
from benchmarks.plan import Plan
from benchmarks.processes import fake_command, module
from benchmarks.reads import (
    DISTINCT_URLS,
    HEADERS,
    PATH,
    Requests,
    Side,
    frozen_paths,
    how,
    run_pair,
    with_signature,
)
from benchmarks.table import Row, Target, median_row

TRANSFER = "/openApi/api/asset/v1/transfer"
ORDER = "/openApi/spot/v1/trade/order"
FORM = "application/x-www-form-urlencoded"
PERP_ORDER = "/openApi/swap/v2/trade/order"
ORDER_HEADERS = {"X-BX-APIKEY": ordering_fake.KEY, "X-SOURCE-KEY": "BX-AI-SKILL", "Content-Type": FORM}


def signed_transfers(plan: Plan) -> list[Row]:
    """Measure transfers of the smallest amount, one after the other."""
    now_ms, _ = frozen_paths()
    order = "amount=0.00000001&asset=USDT&recvWindow={}&timestamp={}&type=FUND_PFUTURES"
    bodies = [with_signature(order.format(5_000 - number, now_ms)) for number in range(DISTINCT_URLS)]
    requests = Requests(TRANSFER, [TRANSFER] * DISTINCT_URLS, {**HEADERS, "Content-Type": FORM}, bodies)
    command = fake_command("--no-rate-limits", "--clock", f"frozen:{now_ms}")
    return [_measure(plan, "signed transfer, rate", command, requests, 0.60)]


def signed_orders(plan: Plan) -> list[Row]:
    """Measure LIMIT orders that rest, and such that fill another user's."""
    return [
        _measure(plan, f"signed LIMIT order that {what}, rate", *_orders(what, price), least)
        for what, price, least in (
            ("rests", ordering_fake.RESTING_AT, 0.45),
            ("fills", ordering_fake.FILLING_AT, 0.40),
        )
    ]


def _orders(what: str, price: str) -> tuple[list[str], Requests]:
    now_ms, _ = frozen_paths()
    order = (
        f"price={price}&quantity={ordering_fake.QUANTITY}&recvWindow={{}}&side=BUY"
        f"&symbol={ordering_fake.SYMBOL}&timestamp={now_ms}&type=LIMIT"
    )
    bodies = [
        with_signature(order.format(5_000 - number), ordering_fake.SECRET) for number in range(DISTINCT_URLS)
    ]
    command = [*module("ordering_fake"), str(now_ms), what]
    return command, Requests(ORDER, [ORDER] * DISTINCT_URLS, ORDER_HEADERS, bodies)


def signed_perp_orders(plan: Plan) -> list[Row]:
    """Measure the same on a perpetual, by a user who holds fifty positions in cross margin."""
    return [
        _measure(
            plan,
            f"signed swap order that {what}, {perp_fake.POSITIONS} positions, rate",
            *_perp_orders(what, price),
            0.35,
        )
        for what, price in (("rests", perp_fake.RESTING_AT), ("fills", perp_fake.PRICE))
    ]


def _perp_orders(what: str, price: str) -> tuple[list[str], Requests]:
    now_ms, _ = frozen_paths()
    order = (
        f"positionSide=BOTH&price={price}&quantity={perp_fake.QUANTITY}&recvWindow={{}}&side=BUY"
        f"&symbol={perp_fake.SYMBOL}&timestamp={now_ms}&type=LIMIT"
    )
    bodies = [
        with_signature(order.format(5_000 - number), perp_fake.SECRET) for number in range(DISTINCT_URLS)
    ]
    headers = ORDER_HEADERS | {"X-BX-APIKEY": perp_fake.KEY}
    command = [*module("perp_fake"), str(now_ms), what]
    return command, Requests(PERP_ORDER, [PERP_ORDER] * DISTINCT_URLS, headers, bodies)


def limited_reads(plan: Plan) -> list[Row]:
    """Measure reads that are counted, with limits so high that none is refused."""
    now_ms, paths = frozen_paths()
    command = [*module("limited_fake"), str(now_ms)]
    return [_measure(plan, "signed read with limits on, rate", command, Requests(PATH, paths, HEADERS), 0.70)]


def _measure(plan: Plan, what: str, command: list[str], requests: Requests, least: float) -> Row:
    fake, bare = Side("fake"), Side("bare")
    pairs, rounds = plan.rounds(full=4, quick=2), plan.rounds(full=20, quick=6)
    for _ in plan.progress.track(range(pairs), description=what):
        run_pair(command, requests, fake, bare, rounds)
    ratios = [ours / theirs for ours, theirs in zip(fake.rates, bare.rates, strict=True)]
    quarters = statistics.quantiles(ratios, n=4)
    return median_row(
        what,
        "bare aiohttp handler, same bytes",
        ratios,
        "",
        Target("at least", least),
        f"{how()}; {pairs} pairs of processes with {rounds} paired rounds; middle half {quarters[0]:.3f} to "
        f"{quarters[2]:.3f}; {fake.busy()}",
    )
