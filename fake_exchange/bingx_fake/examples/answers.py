"""An answer of each endpoint, of an exchange in which there is something to be read."""

from collections.abc import Iterator, Mapping

from bingx_contracts import CONTRACT, ENDPOINTS, Endpoint
from bingx_fake.examples.asking import AT_MS, Asked, ask, examples_of, exchange_of
from bingx_fake.exchange import Exchange
from bingx_fake.gateway.refusal import BAD_PARAMETER
from bingx_fake.profiles.choice import Profile

_HISTORY_OF = {"swap_account": "swap_trade"}
"""The groups that read what another one makes."""
_MAKING = ("place_order", "place_orders", "place_oco", "place_twap", "transfer", "inner_transfer")
"""What is asked for beforehand, as the contract's examples ask for it."""
_AT_THE_MARKET = {
    "swap_trade.place_order": {"type": "MARKET"},
    "coinm_trade.place_order": {"type": "MARKET"},
}
"""Orders of the same examples that fill as well, so that there is a position: what is asked instead."""
_OF_HEDGE_MODE = "swap_trade.set_auto_margin"
_OF_ISOLATED_MARGIN = ("swap_trade.change_margin", "coinm_trade.change_margin", _OF_HEDGE_MODE)
_BOUGHT = {"side": "BUY", "positionSide": "LONG", "type": "MARKET", "quantity": "0.001"}
_LEFT_OUT = ("price", "clientOrderId")


def answers(profile: Profile, group: str | None = None) -> Iterator[tuple[Endpoint, Asked]]:
    """Each endpoint with a request and its answer, the same every time.

    :param group: only the endpoints of this one.
    """
    for endpoint in ENDPOINTS.values():
        if group in (None, endpoint.group):
            tried = (_asked(endpoint, sent, profile) for sent in examples_of(endpoint))
            yield endpoint, _first_taken(tried)


def _asked(endpoint: Endpoint, sent: Mapping[str, str], profile: Profile) -> Asked:
    exchange = exchange_of(profile)
    _prepare(exchange, endpoint, sent)
    return ask(exchange, endpoint, _with_real_ids(exchange, sent))


def _first_taken(tried: Iterator[Asked]) -> Asked:
    """The first request whose form this profile takes; the last where it takes none."""
    for asked in tried:
        if asked.answer.code != BAD_PARAMETER:
            break
    return asked


def _prepare(exchange: Exchange, endpoint: Endpoint, sent: Mapping[str, str]) -> None:
    """Make what a request names, and what it lists."""
    (uid, *_) = exchange.books.directory.users
    if "listenKey" in sent:
        exchange.books.listen_keys.take(sent["listenKey"], uid, AT_MS)
    if endpoint.id in _OF_ISOLATED_MARGIN:
        desk = exchange.books.swap if endpoint.group == "swap_trade" else exchange.books.coinm
        desk.set_margin_type(uid, sent["symbol"], is_isolated=True)
    if endpoint.id == _OF_HEDGE_MODE:
        exchange.books.swap.set_mode(uid, is_hedging=True)
        ask(exchange, ENDPOINTS["swap_trade.place_order"], {"symbol": sent["symbol"], **_BOUGHT})
    group = _HISTORY_OF.get(endpoint.group, endpoint.group)
    for example in CONTRACT.examples:
        made = ENDPOINTS[example.endpoint]
        if made.group == group and made.id.partition(".")[2] in _MAKING and made.id != endpoint.id:
            ask(exchange, made, example.request)
            if made.id in _AT_THE_MARKET:
                kept = {name: value for name, value in example.request.items() if name not in _LEFT_OUT}
                ask(exchange, made, kept | _AT_THE_MARKET[made.id])
                named = {name: sent[name] for name in ("clientOrderId",) if name in sent}
                ask(exchange, made, {**example.request, **named})


def _with_real_ids(exchange: Exchange, sent: Mapping[str, str]) -> Mapping[str, str]:
    """The parameters with the ids of the position and the slices there are instead of the documents'."""
    (uid, *_) = exchange.books.directory.users
    slices = exchange.books.swap.records.of(uid).twaps if "mainOrderId" in sent else {}
    if slices:
        return {**sent, "mainOrderId": str(next(iter(slices)))}
    held = exchange.books.swap.records.positions(uid) if "positionId" in sent else []
    if held:
        return {**sent, "positionId": str(held[0].id)}
    if [*sent] == ["orderId"]:  # of fills, which are there of one that filled
        return {**sent, "orderId": str(exchange.books.coinm.records.of(uid).fills[0].order.id)}
    return sent
