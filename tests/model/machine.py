"""What can happen to an exchange: calls by our client, calls by hand, and what goes on around them."""

from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, multiple, rule
from model.asking import CALLERS, FORMS, Refusal
from model.histories import (
    ACCOUNTS,
    ALICE,
    ASSETS,
    BOB,
    CAROL,
    DORA,
    LONG_AGO_MS,
    RECEIVERS,
    START,
    TYPES,
    Request,
    amounts,
    reads,
    stamps,
    writes,
)
from model.pair import Pair
from model.parameters import DIRECTIONS, WALLETS
from support.sender import (
    COINS,
    FUND_BALANCE,
    INNER_RECORDS,
    INNER_TRANSFER,
    OVERVIEW,
    SERVER_TIME,
    SPOT_BALANCE,
    TRANSFER,
    TRANSFER_RECORDS,
    TRANSFERS,
)

from bingx_client import Client

# alice, bob and dora may ask for everything, so they are the ones who mostly do.
callers = st.sampled_from([*(["alice"] * 12), *(["bob"] * 6), "carol, a sub account", *CALLERS])
assets = st.sampled_from([*(["USDT"] * 9), *(["BTC"] * 4), *ASSETS])
receivers = st.sampled_from([*(RECEIVERS[:1] * 4), *(RECEIVERS[1:2] * 4), *RECEIVERS])
types = st.sampled_from([*(["FUND_PFUTURES"] * 4), *TYPES])
account_pairs = st.sampled_from([(one, other) for one in ACCOUNTS for other in ACCOUNTS if one != other])
domains = st.sampled_from(["com", "pro"])
forms = st.sampled_from([*(["sorted"] * 9), *FORMS])
offs_ms = st.sampled_from([0, 0, 0, -1, 1])
page_sizes = st.sampled_from([None, 1, 2, 3, 100])
page_numbers = st.sampled_from([None, 1, 2, 3])


class History(Pair):
    """A history of calls. Each rule is a line of the script that a difference shrinks to."""

    transfers = Bundle("transfers")
    sent = Bundle("sent")
    moments = Bundle("moments")
    perhaps_a_moment = st.one_of(st.none(), moments)

    @initialize(target=transfers)
    def transfers_of_yesterday(self) -> Any:
        return multiple("1000", "1013", str(10**21 + 1013), "12345")

    @initialize(target=sent)
    def an_inner_transfer_of_yesterday(self) -> Any:
        row = START["inner_transfers"][-1]
        return Sent(str(row["id"]), _inner_request("USDT", "2", RECEIVERS[0], "1", row["transfer_client_id"]))

    @initialize(target=moments)
    def yesterday_and_now(self) -> Any:
        return multiple(LONG_AGO_MS, self.model.now_ms)

    # Calls by our client

    @rule(who=callers)
    def spot_balance(self, who: str) -> None:
        self._call(who, lambda client: client.spot_balance(), "GET", SPOT_BALANCE)

    @rule(who=callers, asset=st.one_of(st.none(), assets))
    def fund_balance(self, who: str, asset: str | None) -> None:
        self._call(who, lambda client: client.fund_balance(asset), "GET", FUND_BALANCE, asset=asset)

    @rule(who=callers, account_type=st.sampled_from([None, "sopt", "spot", "USDTMPerp", "grid"]))
    def account_overview(self, who: str, account_type: str | None) -> None:
        def call(client: Client) -> Any:
            return client.account_overview(account_type)

        self._call(who, call, "GET", OVERVIEW, accountType=account_type)

    @rule(who=callers, accounts=st.one_of(st.none(), account_pairs))
    def transferable_coins(self, who: str, accounts: tuple[str, str] | None) -> None:
        source, target = accounts or (None, None)
        self._call(
            who,
            lambda client: client.transferable_coins(source, target),
            "GET",
            COINS,
            fromAccount=source,
            toAccount=target,
        )

    @rule(who=callers)
    def server_time(self, who: str) -> None:
        self._call(who, lambda client: client.server_time(), "GET", SERVER_TIME)

    @rule(
        target=transfers,
        who=callers,
        asset=assets,
        amount=amounts,
        way=st.one_of(types, account_pairs),
    )
    def transfer(self, who: str, asset: str, amount: str, way: str | tuple[str, str]) -> Any:
        named = way if isinstance(way, str) else None
        source, target = (None, None) if isinstance(way, str) else way
        text = self._amount(amount, self._uid(who), source or DIRECTIONS[str(named)][0], asset)
        got = self._call(
            who,
            lambda client: client.transfer(asset, text, type=named, from_account=source, to_account=target),
            "POST",
            TRANSFER,
            asset=asset,
            amount=text,
            type=named,
            fromAccount=source,
            toAccount=target,
        )
        return multiple() if isinstance(got, Refusal) else multiple(*got)

    @rule(
        who=callers,
        by=st.one_of(types, transfers),
        since=perhaps_a_moment,
        until=perhaps_a_moment,
        off_ms=offs_ms,
        page=page_numbers,
        size=page_sizes,
    )
    def transfers_by_type_or_id(
        self,
        who: str,
        by: str,
        since: int | None,
        until: int | None,
        off_ms: int,
        page: int | None,
        size: int | None,
    ) -> None:
        named, number = (by, None) if by in TYPES else (None, by)
        start, end = _period(since, until, off_ms)
        self._call(
            who,
            lambda client: client.transfers(
                type=named, tran_id=number, start_ms=start, end_ms=end, current=page, size=size
            ),
            "GET",
            TRANSFERS,
            type=named,
            tranId=number,
            startTime=start,
            endTime=end,
            current=page,
            size=size,
        )

    @rule(
        who=callers,
        by=st.one_of(st.none(), types, account_pairs, transfers),
        since=perhaps_a_moment,
        until=perhaps_a_moment,
        off_ms=offs_ms,
        page=page_numbers,
        size=page_sizes,
    )
    def transfer_records(
        self,
        who: str,
        by: str | tuple[str, str] | None,
        since: int | None,
        until: int | None,
        off_ms: int,
        page: int | None,
        size: int | None,
    ) -> None:
        source, target = by if isinstance(by, tuple) else (None, None)
        named = by if isinstance(by, str) and by in TYPES else None
        number = by if isinstance(by, str) and by not in TYPES else None
        start, end = _period(since, until, off_ms)
        self._call(
            who,
            lambda client: client.transfer_records(
                type=named,
                from_account=source,
                to_account=target,
                transfer_id=number,
                start_ms=start,
                end_ms=end,
                page_index=page,
                page_size=size,
            ),
            "GET",
            TRANSFER_RECORDS,
            type=named,
            fromAccount=source,
            toAccount=target,
            transferId=number,
            startTime=start,
            endTime=end,
            pageIndex=page,
            pageSize=size,
        )

    @rule(
        target=sent,
        who=callers,
        coin=assets,
        amount=amounts,
        receiver=receivers,
        wallet=st.sampled_from(["1", "1", "2", "3", "15"]),
    )
    def inner_transfer(self, who: str, coin: str, amount: str, receiver: dict[str, str], wallet: str) -> Any:
        self.client_ids += 1
        text = self._amount(amount, self._uid(who), WALLETS[wallet], coin)
        return self._send(who, _inner_request(coin, text, receiver, wallet, f"new{self.client_ids}"))

    @rule(
        target=sent,
        who=callers,
        earlier=sent,
        changed=st.sampled_from(
            [
                {},
                {},
                *RECEIVERS,
                *({"amount": text} for text in ("1", "2.000", "0.00000000000000000001")),
                *({"walletType": wallet} for wallet in ("1", "2", "15")),
                *({"coin": coin} for coin in ASSETS),
            ]
        ),
    )
    def inner_transfer_under_a_used_client_id(
        self, who: str, earlier: "Sent", changed: dict[str, str]
    ) -> Any:
        return self._send(who, earlier.request | changed)

    @rule(
        who=callers,
        coin=assets,
        number=st.one_of(st.none(), st.none(), sent),
        client_id=st.one_of(st.none(), st.none(), sent),
        since=perhaps_a_moment,
        until=perhaps_a_moment,
        off_ms=offs_ms,
        offset=st.sampled_from([None, 0, 1, 2]),
        limit=page_sizes,
    )
    def inner_transfer_records(
        self,
        who: str,
        coin: str,
        number: "Sent | None",
        client_id: "Sent | None",
        since: int | None,
        until: int | None,
        off_ms: int,
        offset: int | None,
        limit: int | None,
    ) -> None:
        wanted = None if number is None else number.id
        name = None if client_id is None else client_id.request["transferClientId"]
        start, end = _period(since, until, off_ms)
        self._call(
            who,
            lambda client: client.inner_transfer_records(
                coin=coin,
                id=wanted,
                transfer_client_id=name,
                start_ms=start,
                end_ms=end,
                offset=offset,
                limit=limit,
            ),
            "GET",
            INNER_RECORDS,
            coin=coin,
            id=wanted,
            transferClientId=name,
            startTime=start,
            endTime=end,
            offset=offset,
            limit=limit,
        )

    # Calls by hand

    @rule(who=callers, domain=domains, request=reads, form=forms, stamp=stamps)
    def a_read_by_hand(
        self, who: str, domain: str, request: Request, form: str, stamp: int | str | None
    ) -> None:
        self._by_hand(who, domain, request, form, stamp, "query")

    @rule(
        who=callers,
        domain=domains,
        request=writes,
        form=forms,
        stamp=stamps,
        place=st.sampled_from(["form", "query", "json"]),
    )
    def a_write_by_hand(
        self, who: str, domain: str, request: Request, form: str, stamp: int | str | None, place: str
    ) -> None:
        self._by_hand(who, domain, request, form, stamp, place)

    # What happens around them

    @rule(target=moments, ms=st.sampled_from([1, 2, 99, 4999, 5000, 5001, 3_600_000]))
    def time_passes(self, ms: int) -> int:
        self.exchange.clock.advance(ms)
        self.model.now_ms += ms
        self._every_balance_is_the_models()
        return self.model.now_ms

    @rule(who=callers, ms=st.sampled_from([0, -4999, -5001, 5000, 5001, -86_400_000, 86_400_000]))
    def a_clients_clock_is_ahead(self, who: str, ms: int) -> None:
        self.ahead_ms[who] = ms
        self._every_balance_is_the_models()

    @rule(domain=st.sampled_from(["com", "com", "pro", "*"]))
    def connections_are_refused_at(self, domain: str) -> None:
        self.exchange.play([{"domain": domain, "kind": "refuse"}])
        self.refusing |= {"com", "pro"} if domain == "*" else {domain}
        self._every_balance_is_the_models()

    @rule()
    def both_domains_answer_again(self) -> None:
        self.exchange.clear_faults()
        self.refusing.clear()
        self._every_balance_is_the_models()

    @rule(
        what=st.sampled_from(["credit", "debit", "lock", "unlock"]),
        uid=st.sampled_from([ALICE, ALICE, BOB, DORA, CAROL]),
        account=st.sampled_from(["fund", "spot", "stdFutures", "USDTMPerp", "grid"]),
        asset=assets,
        amount=amounts,
    )
    def the_operator_moves(self, what: str, uid: int, account: str, asset: str, amount: str) -> None:
        pot = self.model.locked if what == "unlock" else self.model.free
        text = self._amount(amount, uid, account, asset, pot)
        body = {"account": account, "asset": asset, "amount": text}
        reply = self.control.post(f"{self.exchange.control_url}/users/{uid}/{what}", json=body, timeout=10)
        note(f"# {what} {body} of {uid} -> HTTP {reply.status_code}")
        expected = 200 if self.model.move(what, uid, account, asset, Fraction(text)) else 400
        assert reply.status_code == expected, reply.text
        self._every_balance_is_the_models()

    def _send(self, who: str, request: dict[str, str]) -> Any:
        def call(client: Client) -> Any:
            return client.inner_transfer(
                coin=request["coin"],
                amount=request["amount"],
                user_account=request["userAccount"],
                user_account_type=int(request["userAccountType"]),
                wallet_type=int(request["walletType"]),
                calling_code=request.get("callingCode"),
                transfer_client_id=request["transferClientId"],
            )

        got = self._call(who, call, "POST", INNER_TRANSFER, **request)
        return multiple() if isinstance(got, Refusal) else Sent(got[0], request)


class Sent(NamedTuple):
    """An inner transfer that was made: its id and the request."""

    id: str
    request: dict[str, str]


def _inner_request(
    coin: str, amount: str, receiver: dict[str, str], wallet: str, client_id: str
) -> dict[str, str]:
    return {"coin": coin, "amount": amount, "walletType": wallet, "transferClientId": client_id} | receiver


def _period(since: int | None, until: int | None, off_ms: int) -> tuple[int | None, int | None]:
    start = None if since is None else since + off_ms
    if start is not None and until is not None and until < start:
        return until, start
    return start, until
