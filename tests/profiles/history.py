"""One short history of an account, and what each endpoint answers to it."""

from typing import Any

from support.entries import make_what_it_names, request_under
from support.history import History, Met, key
from support.sender import (
    BOB,
    CANCEL_ORDER,
    COINS,
    FUND_BALANCE,
    INNER_RECORDS,
    INNER_TRANSFER,
    NOW_MS,
    OVERVIEW,
    PLACE_ORDER,
    SPOT_BALANCE,
    TRANSFER,
    TRANSFER_RECORDS,
    TRANSFERS,
    Sender,
)

from bingx_contracts import ENDPOINTS, present_id
from bingx_fake import FakeExchange
from bingx_fake.state.files import read_form
from bingx_fake.state.saving import document_of

_EXAMPLE = document_of(read_form(None))
STATE = {
    "users": [
        {
            "uid": 16779999,
            "keys": [key("alice"), key("alice-read", "read")],
            "balances": {
                "fund": {"USDT": "1000", "BTC": {"free": "0.5", "locked": "0.1"}},
                "spot": {"USDT": "250.5"},
            },
        },
        {"uid": BOB, "keys": [], "balances": {}},
    ],
    "prices": {"BTC": "60000"},
    "coins": {"USDT": "Tether USD", "BTC": "Bitcoin"},
    **{name: _EXAMPLE[name] for name in ("invitees", "commissions", "deposits")},
}

Answers = dict[str, Any]


def ask_everything(exchange: FakeExchange) -> Answers:
    """The answer to each endpoint, and to four refusals, by a name; to most after a history of its own."""
    return {met.name: [met.reply.status, met.reply.json] for met in meet_everything(exchange) if met.name}


def meet_everything(exchange: FakeExchange, sender: type[Sender] = Sender) -> list[Met]:
    """The same, with the requests, in the order in which they were sent."""
    exchange.clock.freeze(NOW_MS)
    history = History(sender(exchange))
    call = history.call
    order = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "100000"}
    atom = {"fromAccount": "fund", "toAccount": "spot", "asset": "BTC", "amount": "0.00000000000000000001"}
    gift = {
        "coin": "USDT",
        "amount": "1.50",
        "userAccountType": 1,
        "userAccount": BOB,
        "walletType": 1,
        "transferClientId": "first",
    }
    call("POST", TRANSFER, order | {"amount": "100.5"}, name="transfer")
    exchange.clock.advance(ms=1)
    call("POST", TRANSFER, atom)
    call("POST", INNER_TRANSFER, gift, name="inner_transfer")
    call("GET", SPOT_BALANCE, name="spot_balance")
    call("GET", FUND_BALANCE, name="fund_balance")
    call("GET", OVERVIEW, name="account_overview")
    call("GET", TRANSFERS, {"type": "FUND_PFUTURES"}, name="transfers")
    call("GET", TRANSFER_RECORDS, name="transfer_records")
    call("GET", COINS, name="transferable_coins")
    call("GET", INNER_RECORDS, {"coin": "USDT"}, name="inner_transfer_records")
    call("POST", TRANSFER, order, name="too much")
    call("GET", SPOT_BALANCE, name="wrong key", key="nobody-key")
    call("POST", TRANSFER, order, name="no permission", key="alice-read-key")
    call("POST", INNER_TRANSFER, gift, name="repeated transferClientId")
    market = {"symbol": "BTC-USDT", "side": "BUY", "type": "MARKET"}
    call("POST", PLACE_ORDER, market | {"quoteOrderQty": "20"}, name="market order")
    call("POST", PLACE_ORDER, market | {"quoteOrderQty": "400"}, name="market order without the funds")
    call("POST", PLACE_ORDER, market | {"quoteOrderQty": "1"}, name="market order for too little")
    call("POST", CANCEL_ORDER, {"symbol": "BTC-USDT", "orderId": "1"}, name="cancel of an unknown order")
    named = {present_id(met.name) for met in history.met if met.name}
    answers = exchange.profile.answers
    # What came later comes last, so that what is written down of others keeps its ids.
    for endpoint in sorted(ENDPOINTS.values(), key=lambda it: it.group == "coinm_trade"):
        if not (endpoint.id in named or endpoint.old_route or endpoint.tells_time):
            sent = request_under(endpoint, answers)
            make_what_it_names(exchange, endpoint, sent)
            call(endpoint.method, endpoint.path, sent, name=endpoint.id)
    return history.met
