"""The control API's calls about users. Each checks its input whole before it changes anything."""

from typing import Any, get_args

import msgspec

from bingx_contracts import Account
from bingx_fake.books.money import plain
from bingx_fake.control.calls import ControlCall, bad_input, only, the_object, the_uid
from bingx_fake.exchange import Exchange
from bingx_fake.state.forms import UserForm, user_form
from bingx_fake.state.order_forms import SettingsForm
from bingx_fake.state.orders import settings_of
from bingx_fake.trading.settlement import Rates


def post_user(exchange: Exchange, call: ControlCall) -> Any:
    """One user, in the state file's form, who was none so far."""
    body, directory = the_object(call.body), exchange.books.directory
    with bad_input():
        form = msgspec.convert(body, UserForm)
        exchange.know(exchange.users.add(directory, form, exchange.markets.listings))
    return _described(exchange, form.uid)


def delete_user(exchange: Exchange, call: ControlCall) -> Any:
    """Take a user away, with all that he has."""
    uid, directory = the_uid(exchange, call), exchange.books.directory
    with bad_input():
        exchange.know(exchange.users.remove(directory, uid, exchange.clock.now_ms()))
    return {}


def reset_user(exchange: Exchange, call: ControlCall) -> Any:
    """Put a user back as the state has him; needs no body."""
    uid, directory = the_uid(exchange, call), exchange.books.directory
    only({} if call.body is None else the_object(call.body))
    with bad_input():
        listings, now_ms = exchange.markets.listings, exchange.clock.now_ms()
        exchange.know(exchange.users.restore(directory, uid, listings, now_ms))
    return _described(exchange, uid)


def get_settings(exchange: Exchange, call: ControlCall) -> Any:
    """A user's settings as they hold, the usual ones included."""
    uid, desk = the_uid(exchange, call), exchange.books.desk
    symbols = {symbol: _shown(rates) for symbol, rates in desk.symbol_rates.get(uid, {}).items()}
    return {"spot_fees": {**_shown(desk.rates(uid)), "symbols": symbols}}


def put_settings(exchange: Exchange, call: ControlCall) -> Any:
    """Any settings of a user; the others stay. Null stands for the usual ones."""
    uid, body = the_uid(exchange, call), the_object(call.body)
    present = msgspec.to_builtins(settings_of(exchange.books.desk, (), uid) or SettingsForm())
    with bad_input():
        settings = msgspec.convert({**present, **body}, SettingsForm)
        exchange.users.set_up(uid, settings, exchange.markets.listings)
    return get_settings(exchange, call)


def _described(exchange: Exchange, uid: int) -> Any:
    """A user as the whole state has him."""
    books = exchange.books
    held = {account: books.ledger.balances(uid, account) for account in get_args(Account)}
    balances = {account: its for account, its in held.items() if its}
    settings = settings_of(books.desk, books.perps, uid)
    return msgspec.to_builtins(user_form(books.directory.users[uid], balances, settings))


def _shown(rates: Rates) -> dict[str, str]:
    return {"maker": plain(rates.maker), "taker": plain(rates.taker)}
