"""The control API, over HTTP as any program would use it."""

from typing import Any

import pytest
import requests
from support.sender import ALICE, FUND_BALANCE, NOW_MS, SERVER_TIME, SPOT_BALANCE, TRANSFER, Sender

from bingx_fake import FakeExchange


class Control:
    """A caller of the control API."""

    def __init__(self, exchange: FakeExchange) -> None:
        self.url = exchange.control_url

    def __call__(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:
        return requests.request(method, f"{self.url}{path}", json=body, timeout=10, **options)


@pytest.fixture
def control(exchange: FakeExchange) -> Control:
    return Control(exchange)


def test_health_names_both_domains_and_the_profile(control: Control, exchange: FakeExchange) -> None:
    com, pro = exchange.base_urls
    expected = {
        "status": "ok",
        "com": com,
        "pro": pro,
        "stream": exchange.stream_url,
        "profile": "documented",
    }
    assert control("GET", "/health").json() == expected


def test_a_saved_state_loads_into_the_same_exchange(control: Control, sender: Sender) -> None:
    sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount="1.5")
    saved = control("GET", "/state").json()
    control("POST", "/reset")
    assert control("GET", "/state").json() != saved
    assert control("PUT", "/state", saved).json() == saved
    assert control("GET", "/state").json() == saved


def test_ids_after_loading_a_saved_state_are_new(control: Control, sender: Sender) -> None:
    first = sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1).data["tranId"]
    saved = control("GET", "/state").json()
    control("POST", "/reset")
    control("PUT", "/state", saved)
    control("PUT", "/clock", {"mode": "frozen", "now": NOW_MS})
    second = sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1).data["tranId"]
    assert int(second) > int(first)


def test_reset_goes_on_with_the_ids_or_begins_them_again(control: Control, sender: Sender) -> None:
    def first_after(body: object) -> str:
        assert control("POST", "/reset", body).json() == {}
        control("PUT", "/clock", {"mode": "frozen", "now": NOW_MS})
        return str(sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1).data["tranId"])

    begun = first_after({"ids": "restart"})
    kept = [first_after(body) for body in (None, {}, {"ids": "keep"})]
    assert len({begun, *kept}) == 4
    assert first_after({"ids": "restart"}) == begun


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"ids": "anew"}, "ids: 'anew' is neither keep nor restart"),
        ({"ids": None}, "ids: None is neither keep nor restart"),
        ({"ids": ["keep"]}, "ids: ['keep'] is neither keep nor restart"),
        ({"id": "keep"}, "id: unknown field; there are ids"),
        (["keep"], "the body must be a JSON object"),
        ("restart", "the body must be a JSON object"),
    ],
)
def test_a_reset_of_bad_input_changes_nothing(
    control: Control, sender: Sender, body: object, message: str
) -> None:
    sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1)
    before = control("GET", "/state").json()
    reply = control("POST", "/reset", body)
    assert (reply.status_code, reply.json()) == (400, {"error": message})
    assert control("GET", "/state").json() == before


def test_reset_takes_everything_back_to_the_start(control: Control, sender: Sender) -> None:
    start = control("GET", "/state").json()
    sender.post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1)
    control("POST", "/faults", {"domain": "com", "kind": "refuse"})
    assert control("POST", "/reset").json() == {}
    assert control("GET", "/state").json() == start
    assert control("GET", "/faults").json() == []
    assert control("GET", "/requests").json() == []
    assert control("GET", "/clock").json()["mode"] == "system"
    assert sender.raw("GET", SERVER_TIME).code == 0


@pytest.mark.parametrize(
    ("order", "mode"),
    [
        ({"mode": "frozen", "now": 5}, {"mode": "frozen", "now": 5, "offset": 0}),
        ({"mode": "frozen"}, {"mode": "frozen", "now": NOW_MS, "offset": 0}),
    ],
)
def test_the_clock_can_stand_still(control: Control, order: dict[str, Any], mode: dict[str, Any]) -> None:
    assert control("PUT", "/clock", order).json() == mode
    assert control("GET", "/clock").json() == mode


def test_the_clock_can_run_with_an_offset(control: Control, sender: Sender) -> None:
    control("PUT", "/clock", {"mode": "system"})
    before = sender.raw("GET", SERVER_TIME).data["serverTime"]
    assert control("PUT", "/clock", {"offset": 600_000}).json()["mode"] == "system"
    after = sender.raw("GET", SERVER_TIME).data["serverTime"]
    assert 600_000 <= after - before < 660_000


def test_the_clock_can_be_advanced(control: Control, sender: Sender) -> None:
    assert control("POST", "/clock/advance", {"ms": 6000}).json()["now"] == NOW_MS + 6000
    assert sender.call("GET", SPOT_BALANCE).code == 100421


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/clock", None),
        ("PUT", "/clock", []),
        ("PUT", "/clock", {"mode": "stopped"}),
        ("PUT", "/clock", {"mode": "frozen", "now": "5"}),
        ("PUT", "/clock", {"mode": "frozen", "now": -1}),
        ("PUT", "/clock", {"mode": "frozen", "now": 1.5}),
        ("PUT", "/clock", {"mode": "frozen", "now": True}),
        ("PUT", "/clock", {"mode": "system", "speed": 2}),
        ("PUT", "/clock", {"offset": 10**18}),
        ("POST", "/clock/advance", {}),
        ("POST", "/clock/advance", {"ms": -1}),
        ("POST", "/clock/advance", {"ms": 1, "s": 1}),
        ("POST", "/clock/advance", {"ms": 10**15}),
        ("PUT", "/state", []),
        ("PUT", "/state", {"users": [{"uid": 0}]}),
        ("PUT", "/state", {"people": []}),
        ("PUT", "/profile", {"profile": "nobody's"}),
        ("PUT", "/profile", {"colour": 1}),
        ("POST", "/faults", None),
        ("POST", "/faults", {"domain": "com"}),
        ("POST", "/faults", {"kind": "refuse"}),
        ("POST", "/faults", {"domain": "org", "kind": "refuse"}),
        ("POST", "/faults", {"domain": "com", "kind": "earthquake"}),
        ("POST", "/faults", {"domain": "com", "kind": "refuse", "path": "/x"}),
        ("POST", "/faults", {"domain": "com", "kind": "timeout", "status": 500}),
        ("POST", "/faults", {"domain": "com", "kind": "timeout", "colour": "red"}),
        ("POST", "/faults", {"domain": "com", "kind": "timeout", "probability": 1.1}),
        ("POST", "/faults", {"domain": "com", "kind": "timeout", "probability": -0.1}),
        ("POST", "/faults", {"domain": "com", "kind": "timeout", "times": 0}),
        ("POST", "/faults", {"domain": "com", "kind": "timeout", "skip": -1}),
        ("POST", "/faults", {"domain": "com", "kind": "timeout", "phase": "during"}),
        ("POST", "/faults", {"domain": "com", "kind": "http-error", "status": 200}),
        ("POST", "/faults", {"domain": "com", "kind": "http-error", "body": "<html>"}),
        ("POST", "/faults", {"domain": "com", "kind": "business-error", "code": 0}),
        ("POST", "/faults", {"domain": "com", "kind": "business-error", "phase": "after"}),
        ("POST", "/faults", [{"domain": "com", "kind": "empty"}, {"domain": "com", "kind": "nothing"}]),
        ("POST", f"/users/{ALICE}/credit", {"account": "fund", "asset": "USDT"}),
        ("POST", f"/users/{ALICE}/credit", {"account": "fund", "asset": "USDT", "amount": 1}),
        ("POST", f"/users/{ALICE}/credit", {"account": "fund", "asset": "USDT", "amount": "-1"}),
        ("POST", f"/users/{ALICE}/credit", {"account": "fund", "asset": "USDT", "amount": "0"}),
        ("POST", f"/users/{ALICE}/credit", {"account": "fund", "asset": "USDT", "amount": "1e30"}),
        ("POST", f"/users/{ALICE}/credit", {"account": "fund", "asset": "USDT", "amount": "9" * 30}),
        ("POST", f"/users/{ALICE}/credit", {"account": "purse", "asset": "USDT", "amount": "1"}),
        ("POST", f"/users/{ALICE}/credit", {"account": "fund", "asset": "usdt", "amount": "1"}),
        ("POST", f"/users/{ALICE}/credit", {"account": "fund", "asset": "USDT", "amount": "1", "why": ""}),
        ("POST", f"/users/{ALICE}/debit", {"account": "fund", "asset": "USDT", "amount": "1001"}),
        ("POST", f"/users/{ALICE}/lock", {"account": "fund", "asset": "USDT", "amount": "1001"}),
        ("POST", f"/users/{ALICE}/unlock", {"account": "fund", "asset": "BTC", "amount": "0.2"}),
        ("GET", "/requests?limit=-1", None),
        ("GET", "/requests?limit=x", None),
        ("GET", "/requests?domain=org", None),
    ],
)
def test_bad_input_gets_400_with_a_reason_and_changes_nothing(
    control: Control, exchange: FakeExchange, method: str, path: str, body: object
) -> None:
    def everything() -> list[Any]:
        return [control("GET", what).json() for what in ("/state", "/clock", "/faults", "/profile")]

    before = everything()
    answer = control(method, path, body)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert everything() == before


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/faults/f99"),
        ("GET", "/requests/r99"),
        ("POST", "/users/1/credit"),
        ("POST", "/users/x/debit"),
        ("GET", "/nowhere"),
    ],
)
def test_what_is_not_there_gets_404(control: Control, method: str, path: str) -> None:
    answer = control(method, path, {"account": "fund", "asset": "USDT", "amount": "1"})
    assert answer.status_code == 404
    assert answer.json()["error"]


def test_a_body_that_is_no_json_gets_400(control: Control) -> None:
    assert control("PUT", "/clock", data="{").status_code == 400


@pytest.mark.parametrize(
    ("move", "amount", "free", "locked"),
    [
        ("credit", "0.00000000000000000001", "0.50000000000000000001", "0.1"),
        ("debit", "0.5", "0", "0.1"),
        ("lock", "0.2", "0.3", "0.3"),
        ("unlock", "0.1", "0.6", "0"),
    ],
)
def test_balances_can_be_changed(
    control: Control, sender: Sender, exchange: FakeExchange, move: str, amount: str, free: str, locked: str
) -> None:
    body = {"account": "fund", "asset": "BTC", "amount": amount}
    after = {"asset": "BTC", "free": free, "locked": locked}
    assert control("POST", f"/users/{ALICE}/{move}", body).json() == after
    assert sender.get(FUND_BALANCE, asset="BTC").data["balances"] == [after]
    exchange.call(lambda inner: inner.books.ledger.assert_conserved())


def test_a_credit_makes_an_asset_known(control: Control, sender: Sender) -> None:
    control("POST", f"/users/{ALICE}/credit", {"account": "fund", "asset": "NEW", "amount": "1"})
    assert sender.post(TRANSFER, type="FUND_PFUTURES", asset="NEW", amount=1).code == 0


def test_the_journal_shows_what_happened(control: Control, exchange: FakeExchange) -> None:
    Sender(exchange).post(TRANSFER, type="FUND_PFUTURES", asset="USDT", amount=1)
    Sender(exchange, "pro").raw("GET", SERVER_TIME)
    write, read = control("GET", "/requests").json()
    assert write == {
        "id": "r1",
        "domain": "com",
        "method": "POST",
        "path": TRANSFER,
        "parameters": write["parameters"],
        "received_at": NOW_MS,
        "code": 0,
        "http_status": 200,
        "fault": None,
        "applied": True,
        "lint": [],
    }
    assert write["parameters"].keys() == {"amount", "asset", "type", "timestamp", "signature"}
    assert (read["id"], read["domain"], read["applied"]) == ("r2", "pro", False)
    assert control("GET", "/requests?limit=1").json() == [read]
    assert control("GET", "/requests?limit=0").json() == []
    assert control("GET", "/requests?domain=com").json() == [write]
    one = control("GET", "/requests/r1").json()
    assert (one.pop("decided_by")[0], one) == ("V5", {**write, "explanation": None})
    assert control("DELETE", "/requests").json() == {}
    assert control("GET", "/requests").json() == []


def test_a_refused_request_explains_its_code(control: Control, sender: Sender) -> None:
    sender.call("GET", SPOT_BALANCE, secret="wrong")
    explanation = control("GET", "/requests/r1").json()["explanation"]
    assert (explanation["code"], explanation["canonical"]) == (100001, f"timestamp={NOW_MS}")


def test_the_journal_is_bounded() -> None:
    with FakeExchange(journal_size=3) as exchange:
        for _ in range(5):
            Sender(exchange).raw("GET", SERVER_TIME)
        assert [entry["id"] for entry in exchange.requests] == ["r3", "r4", "r5"]


def test_the_profile_comes_with_the_register(control: Control) -> None:
    profile = control("GET", "/profile").json()
    assert (profile["profile"], profile["vary"], profile["strict"]) == ("documented", {}, False)
    assert profile["variations"]["V6"]["answers"] == ["code", "transferErrorMsg", "data.transferErrorMsg"]
    assert control("PUT", "/profile", {"profile": "documented"}).json() == profile


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "[bad"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
    ],
)
@pytest.mark.parametrize(("method", "path"), [("GET", "/state"), ("POST", "/reset")])
def test_a_web_page_elsewhere_cannot_steer_the_exchange(
    control: Control, headers: dict[str, str], method: str, path: str
) -> None:
    assert control(method, path, headers=headers).status_code in (400, 403)


def test_its_own_origin_and_loopback_names_are_welcome(control: Control) -> None:
    port = control.url.rpartition(":")[2]
    assert control("GET", "/health", headers={"Origin": control.url}).status_code == 200
    assert control("GET", "/health", headers={"Host": f"localhost:{port}"}).status_code == 200


def test_faults_are_listed_with_their_hits_and_taken_back(control: Control, sender: Sender) -> None:
    order = {"domain": "com", "kind": "business-error", "code": 100500, "times": 2, "path": "/openApi/swap/*"}
    fault_id = control("POST", "/faults", order).json()["id"]
    assert sender.raw("GET", SERVER_TIME).code == 100500
    assert control("GET", "/faults").json() == [{"id": fault_id, **order, "hits": 1}]
    assert control("DELETE", f"/faults/{fault_id}").json() == {}
    assert sender.raw("GET", SERVER_TIME).code == 0


def test_a_list_of_faults_is_taken_whole(control: Control) -> None:
    orders = [{"domain": "com", "kind": "timeout"}, {"domain": "pro", "kind": "empty"}]
    assert len(control("POST", "/faults", orders).json()) == 2
    assert control("DELETE", "/faults").json() == {}
    assert control("GET", "/faults").json() == []
