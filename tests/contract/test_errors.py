"""What an exchange says when it refuses, and in which order it looks."""

import pytest
from contract.conftest import Meet
from contract.target import Account, How, Target, Unpaced
from support.sender import COINS, FUND_BALANCE, OVERVIEW, SPOT_BALANCE, TRANSFER

from bingx_fake import FakeExchange

NOWHERE = "/openApi/spot/v1/account/nothing"
STRANGER = Account("no-such-key", "no-secret")
NO_SIGNATURE = How(signature=lambda right: None)
STALE = How(timestamp=-60_000)
STALE_UNSIGNED = How(timestamp=-60_000, signature=lambda right: None)
STALE_AND_WRONG = How(timestamp=-60_000, signature=lambda right: "0" * 64)
WRONG = How(signature=lambda right: "0" * 64)


@pytest.mark.clause("ERR-1")
def test_an_error_is_an_integer_code_a_text_and_no_data(target: Target, meets: Meet) -> None:
    reply = target.ask("GET", SPOT_BALANCE, {}, WRONG)
    answer = reply.json
    meets("V21", *({"200"} if reply.status == 200 else {"4xx"}))
    assert isinstance(answer["code"], int)
    assert isinstance(answer["msg"], str)
    assert answer.get("data") in (None, {})


@pytest.mark.clause("ERR-3")
def test_a_path_that_does_not_exist_is_refused(target: Target) -> None:
    assert target.get(NOWHERE).code == 100404


@pytest.mark.clause("ORDER-1")
@pytest.mark.parametrize(
    ("path", "how", "stranger", "parameters", "code"),
    [
        pytest.param(NOWHERE, NO_SIGNATURE, True, {}, 100404, id="route before key"),
        pytest.param(SPOT_BALANCE, NO_SIGNATURE, True, {}, 100413, id="key before signature present"),
        pytest.param(SPOT_BALANCE, STALE_UNSIGNED, False, {}, 100412, id="signature there before timestamp"),
        pytest.param(SPOT_BALANCE, STALE_AND_WRONG, False, {}, 100421, id="timestamp before signature"),
        pytest.param(OVERVIEW, WRONG, False, {"accountType": "x"}, 100001, id="signature before parameters"),
    ],
)
def test_the_order_of_the_checks(
    target: Target, path: str, how: How, stranger: bool, parameters: dict[str, str], code: int
) -> None:
    account = STRANGER if stranger else target.account
    assert target.ask("GET", path, parameters, how, account=account).code == code


@pytest.mark.clause("ERR-4")
@pytest.mark.fake_only("it needs a second key without the permission")
def test_a_key_without_the_permission_is_refused(target: Target) -> None:
    reader = Account("alice-read-key", "alice-read-secret")
    order = {"type": "FUND_PFUTURES", "asset": "USDT", "amount": "1"}
    assert target.ask("POST", TRANSFER, order, account=reader).code == 100004


@pytest.mark.clause("ERR-5")
@pytest.mark.fake_only("it needs a key that is bound to another address")
def test_an_address_outside_the_whitelist_is_refused() -> None:
    user = {
        "uid": 1,
        "keys": [{"key": "k", "secret": "s", "permissions": ["read"], "ips": ["192.0.2.1"]}],
    }
    with FakeExchange({"users": [user]}) as exchange:
        assert _target(exchange, Account("k", "s")).get(SPOT_BALANCE).code == 100419


@pytest.mark.clause("ERR-6")
@pytest.mark.fake_only("no garbage is sent to a live exchange")
@pytest.mark.parametrize("query", ["%zz=%&&&=", "a=%ff%fe", "timestamp=1&timestamp=2", "\x01"])
def test_an_odd_query_gets_a_documented_error(target: Target, query: str) -> None:
    quoted = query.replace("\x01", "%01")
    assert target.raw("GET", SPOT_BALANCE, quoted).code == 100413


@pytest.mark.clause("LIMIT-1")
@pytest.mark.fake_only("no limit of a live exchange is broken")
def test_more_requests_of_one_address_than_are_allowed_are_refused() -> None:
    with _limited("reference") as exchange:
        target = _target(exchange, STRANGER)
        assert [target.get(SPOT_BALANCE).code for _ in range(4)] == [100413, 100413, 100413, 100410]


@pytest.mark.clause("LIMIT-2")
@pytest.mark.fake_only("no limit of a live exchange is broken")
def test_more_requests_of_one_user_than_are_allowed_are_refused(meets: Meet) -> None:
    for answer, per_second in (("reference", 2), ("docs-site", 10)):
        with _limited(answer) as exchange:
            target = _target(exchange, Account("alice-key", "alice-secret"))
            assert [target.get(COINS).code for _ in range(3)] == [0, 0, 100410]
            codes = [target.get(FUND_BALANCE).code for _ in range(per_second + 1)]
            assert codes == per_second * [0] + [100410]
            meets("V25", answer)


@pytest.mark.clause("LIMIT-3")
@pytest.mark.fake_only("no limit of a live exchange is broken")
def test_more_requests_of_one_address_than_an_endpoint_of_a_group_allows_are_refused() -> None:
    with _limited("docs-site") as exchange:
        target = _target(exchange, STRANGER)
        codes = [target.get(SPOT_BALANCE).code for _ in range(301)]
        assert codes == 300 * [100413] + [100410]
        assert target.get(COINS).code == 100413


@pytest.mark.clause("LIMIT-4")
@pytest.mark.fake_only("no limit of a live exchange is broken")
def test_a_limit_that_was_broken_refuses_for_five_minutes() -> None:
    with _limited("docs-site") as exchange:
        target = _target(exchange, Account("alice-key", "alice-secret"))
        assert [target.get(COINS).code for _ in range(3)] == [0, 0, 100410]
        exchange.clock.advance(ms=299_999)
        assert target.get(COINS).code == 100410
        exchange.clock.advance(ms=1)
        assert target.get(COINS).code == 0


def _limited(answer: str) -> FakeExchange:
    return FakeExchange(frozen_at_ms=1_700_000_000_000, rate_limits=True, vary={"V25": answer})


def _target(exchange: FakeExchange, account: Account) -> Target:
    return Target(
        "fake",
        exchange.base_urls,
        account,
        now_ms=exchange.clock.now_ms,
        pace=Unpaced(),
        writes=True,
    )
