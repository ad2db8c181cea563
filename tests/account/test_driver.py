"""Ctrl-C, told to the call that it interrupts."""

from bingx_client.account.driver import PatientDriver
from bingx_client.signing import public_request
from bingx_client.steps import Attempt, Cancelled, Outcome, Sleep, Steps
from bingx_fake import FakeExchange


def press_ctrl_c(_: float) -> None:
    raise KeyboardInterrupt


def test_nothing_is_sent_after_ctrl_c_even_by_a_call_that_does_not_mind_it(exchange: FakeExchange) -> None:
    def careless() -> Steps[tuple[Outcome, Outcome]]:
        first = yield Sleep(1)
        request = public_request("GET", "/openApi/swap/v2/server/time")
        return first, (yield Attempt(exchange.base_urls[0], request, 1000))

    outcomes = PatientDriver(press_ctrl_c).drive(careless())
    assert outcomes == (Cancelled(), Cancelled())
    assert exchange.requests == []
