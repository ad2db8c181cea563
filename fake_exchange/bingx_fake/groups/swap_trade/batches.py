"""Several orders for perpetuals at once, all after a while, and cancelling one to place another."""

from datetime import UTC, datetime

from bingx_contracts import ENDPOINTS
from bingx_fake.gateway.parameters import Parameters
from bingx_fake.gateway.refusal import BAD_PARAMETER, Refusal
from bingx_fake.groups.batches import element
from bingx_fake.groups.call import Books, Call
from bingx_fake.groups.spot_trade.facts import Countdown
from bingx_fake.groups.swap_trade.asking import cuts, named_by, new_order
from bingx_fake.groups.swap_trade.facts import NotCancelled, Order, Orders
from bingx_fake.groups.swap_trade.past_facts import (
    NO_ORDER,
    Batch,
    NotPlaced,
    Replaced,
    Replacements,
)
from bingx_fake.groups.swap_trade.refusals import declined, refuse, said
from bingx_fake.perpetuals.orders import PerpOrder, PerpStatus
from bingx_fake.perpetuals.reasons import Declined

_PLACE, _REPLACE = ENDPOINTS["swap_trade.place_order"], ENDPOINTS["swap_trade.replace_order"]


def place_orders(books: Books, call: Call) -> Batch:
    """Place up to five orders, each by itself (ours, A171).

    Those that are taken are told; where none is, why each was not, in one message (D).
    """
    sent = call.parameters.document("batchOrders")
    asked = [element(_PLACE, "batchOrders", index, each) for index, each in enumerate(sent, 1)]
    taken: list[Order] = []
    refused: list[Refusal] = []
    for parameters in asked:
        try:
            new = new_order(parameters, call)
            taken.append(Order.of(books.swap.place(call.caller.uid, new, call.now_ms, cuts=cuts(call))))
        except Declined as why:
            refused.append(declined(why, call.answers))
        except Refusal as refusal:
            refused.append(refusal)
    if refused and not taken:
        raise Refusal(refused[0].code, "; ".join(it.message for it in refused), because=refused[0].because)
    return Batch(taken, [NotPlaced(it.code, it.message) for it in refused])


def cancel_orders(books: Books, call: Call) -> Orders:
    """Cancel up to ten orders, as far as they can be (ours, A171)."""
    ids = [int(it) for it in call.parameters.document("orderIdList") or ()]
    names = [str(it).lower() for it in call.parameters.document("clientOrderIdList") or ()]
    symbol = call.parameters.required_text("symbol")
    try:
        several = books.swap.cancel_many(
            call.caller.uid, symbol, call.now_ms, order_ids=ids, client_ids=names
        )
    except Declined as why:
        refuse(why, call.answers)
    failed = []
    for given, reason in several.failed:
        refusal = declined(reason, call.answers)
        order_id, name = (given, "") if isinstance(given, int) else (0, given)
        failed.append(NotCancelled(order_id, name, refusal.code, refusal.message))
    return Orders([Order.of(order) for order in several.cancelled], failed)


def cancel_all_after(books: Books, call: Call) -> Countdown:
    """Begin a countdown to cancelling everything, begin it again, or stop it."""
    swap, uid = books.swap, call.caller.uid
    if call.parameters.required_text("type") == "CLOSE":
        swap.cancel_all_after(uid, None, call.now_ms)
        return Countdown(0, "CLOSED", "The timer is closed")
    after_s = int(call.parameters.required_text("timeOut"))
    if not after_s:
        raise Refusal(BAD_PARAMETER, "timeOut must be 10 to 120 seconds, not 0", parameter="timeOut")
    at_ms = swap.cancel_all_after(uid, after_s * 1000, call.now_ms)
    assert at_ms is not None, "a countdown that was begun has an end"
    moment = f"{datetime.fromtimestamp(at_ms // 1000, UTC):%Y-%m-%d %H:%M:%S}"
    return Countdown(
        at_ms,
        "ACTIVATED",
        f"All your perpetual pending orders will be closed automatically at {moment} UTC(+0),before that you "
        "can cancel the timer, or extend triggerTime time by this request",
    )


def replace_order(books: Books, call: Call) -> Replaced:
    """Cancel an order, then place another on the same pair (ours, A172: what is told where one fails)."""
    cancelled, placed = _replace(books, call, call.parameters)
    not_cancelled = declined(cancelled, call.answers) if isinstance(cancelled, Declined) else None
    not_placed = declined(placed, call.answers) if isinstance(placed, Declined) else None
    if not_cancelled is not None and placed is None:
        raise said("nothing-replaced", call.answers, why=not_cancelled.message) from not_cancelled
    if not_cancelled is not None and not_placed is not None:
        facts = {"why": not_placed.message, "cancel": not_cancelled.message}
        raise said("neither-replaced", call.answers, **facts) from not_placed
    return _replaced(cancelled, placed, call)


def replace_orders(books: Books, call: Call) -> Replacements:
    """Do so with several, one after the other; each says for itself what became of it (ours, A212)."""
    sent = call.parameters.document("batchOrders")
    asked = [element(_REPLACE, "batchOrders", index, each) for index, each in enumerate(sent, 1)]
    rows = []
    for parameters in asked:
        try:
            rows.append(_replaced(*_replace(books, call, parameters), call))
        except Refusal as refusal:
            rows.append(Replaced(NO_ORDER, NO_ORDER, refusal.message, refusal.message))
    return Replacements(rows)


def _replace(
    books: Books, call: Call, parameters: Parameters
) -> tuple[PerpOrder | Declined, PerpOrder | Declined | None]:
    """What became of the order that was to be cancelled, and of the new one."""
    order_id, client_id = named_by(parameters, "cancelOrderId", "cancelClientOrderId")
    only = parameters.text("cancelRestrictions")
    return books.swap.replace(
        call.caller.uid,
        new_order(parameters, call),
        call.now_ms,
        order_id=order_id,
        client_id=client_id,
        only_if=None if only is None else PerpStatus(only.removeprefix("ONLY_")),
        stops=parameters.required_text("cancelReplaceMode") == "STOP_ON_FAILURE",
        cuts=cuts(call),
    )


def _replaced(cancelled: PerpOrder | Declined, placed: PerpOrder | Declined | None, call: Call) -> Replaced:
    """The same in the words of the exchange."""
    not_cancelled = declined(cancelled, call.answers).message if isinstance(cancelled, Declined) else ""
    not_placed = declined(placed, call.answers).message if isinstance(placed, Declined) else ""
    if placed is None:
        not_placed = said("nothing-replaced", call.answers, why=not_cancelled).message
    return Replaced(
        NO_ORDER if isinstance(cancelled, Declined) else Order.of(cancelled),
        NO_ORDER if placed is None or isinstance(placed, Declined) else Order.of(placed),
        not_cancelled,
        not_placed,
    )
