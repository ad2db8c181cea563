"""Every code of the contract: the condition that brings it about, or that none is known."""

from collections.abc import Callable, Mapping

import pytest
from support.sender import (
    CAROL,
    COINS,
    INNER_TRANSFER,
    NOW_MS,
    PLACE_ORDER,
    SPOT_BALANCE,
    TRANSFER,
    Reply,
    Sender,
)

from bingx_contracts import ERRORS
from bingx_fake import FakeExchange
from bingx_fake.perpetuals.funding import next_funding_ms

MOVE = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "1"}
GIFT = {"coin": "USDT", "amount": "1", "userAccountType": 1, "userAccount": CAROL, "walletType": 1}
OF_ALICE = {"X-BX-APIKEY": "alice-key"}


def from_elsewhere(sender: Sender) -> Reply:
    state = sender.exchange.state
    state["users"][0]["keys"][0]["ips"] = ["192.0.2.7"]
    sender.exchange.load(state)
    return sender.get(SPOT_BALANCE)


def too_often(_: Sender) -> Reply:
    with FakeExchange(frozen_at_ms=NOW_MS, rate_limits=True, vary={"V25": "reference"}) as limited:
        return [Sender(limited).get(COINS) for _ in range(3)][-1]


BID = {"symbol": "BTC-USDT", "side": "BUY", "type": "LIMIT", "quantity": "0.001", "price": "50000"}


def delisted(sender: Sender) -> Reply:
    sender.exchange.market("BTC-USDT", "spot").delist()
    return sender.post(PLACE_ORDER, **BID)


def twice(sender: Sender) -> Reply:
    first, second = (sender.post(PLACE_ORDER, **BID, newClientOrderId="mine") for _ in range(2))
    assert first.code == 0
    return second


def too_fine(sender: Sender) -> Reply:
    sender.exchange.change_profile(vary={"V40": "refused"})
    return sender.post(PLACE_ORDER, **BID | {"price": "50000.001"})


SWAP = "/openApi/swap/v2/trade"
LONG = {
    "symbol": "BTC-USDT",
    "side": "BUY",
    "positionSide": "BOTH",
    "type": "LIMIT",
    "quantity": "0.0001",
    "price": "50000",
}


def swap(**changed: str) -> Callable[[Sender], Reply]:
    """An order for a perpetual, changed in some parameters."""
    return lambda sender: sender.post(f"{SWAP}/order", **LONG | changed)


def in_old_codes(condition: Callable[[Sender], Reply]) -> Callable[[Sender], Reply]:
    def meet(sender: Sender) -> Reply:
        sender.exchange.change_profile(vary={"V24": "old"})
        return condition(sender)

    return meet


def holding(condition: Callable[[Sender], Reply]) -> Callable[[Sender], Reply]:
    """With a long position."""

    def meet(sender: Sender) -> Reply:
        assert swap(type="MARKET")(sender).code == 0
        return condition(sender)

    return meet


def reducing_too_much(sender: Sender) -> Reply:
    return swap(side="SELL", price="70000", reduceOnly="true", quantity="0.0002")(sender)


def in_use(sender: Sender) -> Reply:
    return sender.post("/openApi/swap/v1/positionSide/dual", dualSidePosition="true")


def unknown_order(sender: Sender) -> Reply:
    return sender.get(f"{SWAP}/order", symbol="BTC-USDT", orderId="1")


def unknown_position(sender: Sender) -> Reply:
    return sender.post("/openApi/swap/v1/trade/closePosition", positionId="1")


def adding_margin(sender: Sender) -> Reply:
    return sender.post(f"{SWAP}/positionMargin", symbol="BTC-USDT", amount="1", type="1")


def filled_order(sender: Sender) -> Reply:
    order = swap(type="MARKET")(sender).data["order"]
    return sender.call("DELETE", f"{SWAP}/order", {"symbol": "BTC-USDT", "orderId": order["orderId"]})


def over_the_limit(sender: Sender) -> Reply:
    leverage = sender.post(f"{SWAP}/leverage", symbol="BTC-USDT", side="BOTH", leverage="125")
    assert leverage.code == 0
    return swap(quantity="20")(sender)


def stopped(how: str) -> Callable[[Sender], Reply]:
    def meet(sender: Sender) -> Reply:
        getattr(sender.exchange.market("BTC-USDT", "swap"), how)()
        return swap()(sender)

    return meet


def of_a_short(condition: Callable[[Sender], Reply]) -> Callable[[Sender], Reply]:
    def meet(sender: Sender) -> Reply:
        assert swap(type="MARKET", side="SELL")(sender).code == 0
        return condition(sender)

    return meet


def while_funding_is_settled(sender: Sender) -> Reply:
    at_ms = next_funding_ms(NOW_MS)
    sender.exchange.clock.advance(ms=at_ms - NOW_MS)
    return sender.call("POST", f"{SWAP}/order", LONG, timestamp=at_ms)


def before_it_begins(sender: Sender) -> Reply:
    sender.exchange.market("BTC-USDT", "swap").change(time_online=NOW_MS + 1)
    return swap()(sender)


def beyond_liquidation(side: str, price: str) -> Callable[[Sender], Reply]:
    def meet(sender: Sender) -> Reply:
        assert sender.post(f"{SWAP}/marginType", symbol="BTC-USDT", marginType="ISOLATED").code == 0
        assert swap(type="MARKET", side=side)(sender).code == 0
        return swap(side=side, price=price)(sender)

    return meet


def closing_all_twice(kind: str, stop: str) -> Callable[[Sender], Reply]:
    def meet(sender: Sender) -> Reply:
        closing = LONG | {"side": "SELL", "type": kind, "stopPrice": stop, "closePosition": "true"}
        del closing["quantity"]
        return [sender.post(f"{SWAP}/order", **closing) for _ in range(2)][-1]

    return holding(meet)


def cancelled_twice(sender: Sender) -> Reply:
    named = {"symbol": "BTC-USDT", "orderId": swap()(sender).data["order"]["orderId"]}
    return [sender.call("DELETE", f"{SWAP}/order", named) for _ in range(2)][-1]


def slicing(sender: Sender) -> Reply:
    wanted = {"symbol": "BTC-USDT", "side": "BUY", "positionSide": "LONG", "priceType": "constant"}
    wanted |= {"priceVariance": "10", "triggerPrice": "90000", "interval": "8"}
    wanted |= {"amountPerOrder": "0.0001", "totalAmount": "0.0002"}
    assert sender.post("/openApi/swap/v1/twap/order", **wanted).code == 0
    return in_use(sender)


CONDITIONS: Mapping[int, Callable[[Sender], Reply]] = {
    100001: lambda sender: sender.call("GET", SPOT_BALANCE, secret="another"),
    100004: lambda sender: sender.call("POST", TRANSFER, MOVE, key="alice-read-key"),
    100202: lambda sender: sender.post(TRANSFER, **MOVE | {"amount": "1000000"}),
    100400: lambda sender: sender.post(TRANSFER, **MOVE | {"amount": "-1"}),
    100403: lambda sender: sender.call("POST", INNER_TRANSFER, GIFT, key="carol-key"),
    100404: lambda sender: sender.get(f"{SPOT_BALANCE}/nothing"),
    100410: too_often,
    100412: lambda sender: sender.raw("GET", f"{SPOT_BALANCE}?timestamp={NOW_MS}", headers=OF_ALICE),
    100413: lambda sender: sender.call("GET", SPOT_BALANCE, key="mallory-key"),
    100419: from_elsewhere,
    100421: lambda sender: sender.call("GET", SPOT_BALANCE, timestamp=NOW_MS - 5001),
    100437: lambda sender: sender.post(TRANSFER, **MOVE | {"asset": "DOGE"}),
    100440: lambda sender: sender.post(PLACE_ORDER, **BID | {"price": "1"}),
    100450: lambda sender: sender.post(INNER_TRANSFER, **GIFT | {"userAccount": 1}),
    100490: delisted,
    101481: twice,
    101204: swap(quantity="0.1"),
    101205: swap(side="SELL", type="STOP_MARKET", stopPrice="50000"),
    101209: over_the_limit,
    101211: swap(price="1"),
    101215: swap(price="61000", timeInForce="PostOnly"),
    101290: holding(reducing_too_much),
    101400: swap(quantity="0.00001"),
    101414: lambda sender: sender.post(f"{SWAP}/leverage", symbol="BTC-USDT", side="BOTH", leverage="126"),
    101415: stopped("halt"),
    104103: holding(in_use),
    104108: lambda sender: sender.post(
        f"{SWAP}/marginType", symbol="BTC-USDT", marginType="SEPARATE_ISOLATED"
    ),
    109400: swap(positionSide="LONG"),
    109401: in_old_codes(holding(in_use)),
    109418: stopped("delist"),
    109421: unknown_order,
    109422: filled_order,
    109430: slicing,
    109425: swap(symbol="NOPE-USDT"),
    101214: holding(while_funding_is_settled),
    101460: beyond_liquidation("BUY", "47000"),
    101461: beyond_liquidation("SELL", "73000"),
    109201: cancelled_twice,
    109417: before_it_begins,
    110406: closing_all_twice("STOP_MARKET", "50000"),
    110407: closing_all_twice("TAKE_PROFIT_MARKET", "70000"),
    110284: swap(
        type="TRIGGER_MARKET", stopPrice="61000", stopGuaranteed="true", workingType="CONTRACT_PRICE"
    ),
    110415: swap(type="TRAILING_STOP_MARKET", priceRate="0.0001"),
    110418: swap(type="TRAILING_STOP_MARKET", price="60000"),
    110419: swap(type="TRAILING_STOP_MARKET", side="SELL", price="500", activationPrice="59000"),
    110420: swap(type="TRAILING_STOP_MARKET", price="500", activationPrice="61000"),
    110411: holding(swap(side="SELL", type="STOP_MARKET", stopPrice="61000")),
    110412: of_a_short(swap(side="BUY", type="STOP_MARKET", stopPrice="59000")),
    110413: holding(swap(side="SELL", type="TAKE_PROFIT_MARKET", stopPrice="59000")),
    110414: of_a_short(swap(side="BUY", type="TAKE_PROFIT_MARKET", stopPrice="61000")),
    110425: too_fine,
    80001: in_old_codes(holding(adding_margin)),
    80017: in_old_codes(unknown_position),
    101479: holding(adding_margin),
    109420: unknown_position,
    80014: in_old_codes(swap(price="0")),
    80016: in_old_codes(unknown_order),
    80018: in_old_codes(filled_order),
}

WITHOUT_A_CONDITION = {
    80013: "a thousand open orders, in the older codes: see 101419",
    110206: "two hundred waiting orders: tests/perpetuals counts them",
    101419: "a thousand open orders: tests/perpetuals counts fewer",
    100204: "R names it and says no more: what is not there is an empty list or page",
    100441: "R does not say what an account has to have done",
    100500: "no document says when it is busy; a fault makes it so",
    101402: "no document says which account may not trade which pair",
}
"""Why nothing in the state or in a request brings these about."""


@pytest.mark.parametrize("code", CONDITIONS)
def test_its_condition_brings_a_code_about(sender: Sender, code: int) -> None:
    assert CONDITIONS[code](sender).code == code


@pytest.mark.parametrize("code", WITHOUT_A_CONDITION)
def test_a_code_without_a_condition_is_to_be_had_by_a_fault(sender: Sender, code: int) -> None:
    with sender.exchange.fault("com", "business-error", code=code):
        assert sender.get(SPOT_BALANCE).code == code


def test_every_code_has_a_condition_or_is_known_to_have_none() -> None:
    assert sorted([*CONDITIONS, *WITHOUT_A_CONDITION]) == sorted(ERRORS)
