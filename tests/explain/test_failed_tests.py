"""The report of a test that fails explains the requests that were refused in it."""

import pytest

pytest_plugins = ["pytester"]

TITLE = "BingX requests refused in this test"

HELPERS = """
    import hashlib
    import hmac
    from http.client import HTTPConnection
    from urllib.parse import urlsplit

    import pytest

    def ask(exchange, signed, sent=None, path="/openApi/spot/v1/account/balance"):
        signature = hmac.new(b"alice-secret", signed.encode(), hashlib.sha256).hexdigest()
        connection = HTTPConnection(urlsplit(exchange.base_urls[0]).netloc)
        target = f"{path}?{sent or signed}&signature={signature}"
        connection.request("GET", target, headers={"X-BX-APIKEY": "alice-key"})
        connection.getresponse().read()
        connection.close()

    def now(exchange):
        return f"timestamp={exchange.clock.now_ms()}"
"""


def report_of(pytester: pytest.Pytester, tests: str, **outcomes: int) -> str:
    pytester.makepyfile(f"{HELPERS}\n{tests}")
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(**(outcomes or {"failed": 1}))
    return result.stdout.str()


MY_BOT = """
    def test_my_bot(bingx_exchange):
        query = now(bingx_exchange)
        ask(bingx_exchange, f"?{query}", query)
        assert False
"""


def test_a_failed_tests_report_names_the_mistake(pytester: pytest.Pytester) -> None:
    report = report_of(pytester, MY_BOT)
    assert report.count(TITLE) == 1
    assert "r1: GET /openApi/spot/v1/account/balance was refused with 100001" in report
    assert "[question-mark-signed]" in report
    assert "alice-secret" not in report.partition(TITLE)[2]


def test_so_does_that_of_a_worker(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(f"{HELPERS}\n{MY_BOT}")
    result = pytester.runpytest_subprocess("-n", "1")
    result.assert_outcomes(failed=1)
    assert "[question-mark-signed]" in result.stdout.str()


@pytest.mark.parametrize("fixture", ["bingx_client", "my_fixture"])
def test_it_does_not_matter_by_which_fixture_the_exchange_came(
    pytester: pytest.Pytester, fixture: str
) -> None:
    report = report_of(
        pytester,
        f"""
    @pytest.fixture
    def my_fixture(bingx_exchange):
        return bingx_exchange

    def test_my_bot(request, {fixture}):
        exchange = request.getfixturevalue("bingx_exchange")
        ask(exchange, "timestamp=1")
        assert False
        """,
    )
    assert "[timestamp-too-old]" in report


def test_a_test_that_intercepts_is_explained_as_well(pytester: pytest.Pytester) -> None:
    report = report_of(
        pytester,
        """
    import requests

    def test_my_bot(bingx_intercept):
        answer = requests.get("https://open-api.bingx.com/openApi/spot/v1/account/balances", timeout=10)
        assert answer.json()["code"] == 0
        """,
    )
    assert TITLE in report
    assert "[path-misspelt]" in report


def test_a_fixture_that_fails_is_explained_as_well(pytester: pytest.Pytester) -> None:
    report = report_of(
        pytester,
        """
    @pytest.fixture
    def balance(bingx_exchange):
        ask(bingx_exchange, "timestamp=1")
        raise ValueError("no balance")

    def test_my_bot(balance):
        pass
        """,
        errors=1,
    )
    assert "[timestamp-too-old]" in report


@pytest.mark.parametrize(
    "body",
    [
        'ask(bingx_exchange, "timestamp=1")',
        "ask(bingx_exchange, now(bingx_exchange)); assert False",
        "assert False",
    ],
    ids=["refused and passed", "accepted and failed", "nothing asked and failed"],
)
def test_nothing_is_said_where_there_is_nothing_to_say(pytester: pytest.Pytester, body: str) -> None:
    test = f"""
    def test_my_bot(bingx_exchange):
        {body}
    """
    fails = "assert" in body
    assert TITLE not in report_of(pytester, test, failed=int(fails), passed=int(not fails))


def test_the_requests_of_other_tests_are_not_in_it(pytester: pytest.Pytester) -> None:
    report = report_of(
        pytester,
        """
    def test_another(bingx_exchange):
        ask(bingx_exchange, "timestamp=1")

    def test_my_bot(bingx_exchange):
        ask(bingx_exchange, "timestamp=", now(bingx_exchange))
        assert False
        """,
        failed=1,
        passed=1,
    )
    assert "r1: " in report
    assert "timestamp-too-old" not in report


def test_of_many_requests_the_latest_three_are_shown(pytester: pytest.Pytester) -> None:
    report = report_of(
        pytester,
        """
    def test_my_bot(bingx_exchange):
        for number in range(5):
            ask(bingx_exchange, "timestamp=1", path=f"/path{number}")
        assert False
        """,
    )
    assert "(2 earlier ones are left out)" in report
    assert [f"GET /path{number} was refused" in report for number in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_what_cannot_be_explained_does_not_end_the_run(pytester: pytest.Pytester) -> None:
    report = report_of(
        pytester,
        """
    from dataclasses import replace

    def test_my_bot(bingx_exchange):
        ask(bingx_exchange, "timestamp=1")

        def spoil(inner):
            inner.journal.note_refusal("r1", replace(inner.journal.refusal("r1"), code=1))

        bingx_exchange.call(spoil)
        assert False
        """,
    )
    assert "r1: refused with 1; explaining it failed over a KeyError" in report
