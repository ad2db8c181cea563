"""Wrong use: exit code 2, a message that names the option, and nothing sent."""

import pytest
from account.conftest import Run

from bingx_client.account.command import main
from bingx_client.account.options import read_time
from bingx_client.errors import ParameterError
from bingx_fake import FakeExchange

TRANSFER = ("transfer", "--type", "FUND_PFUTURES", "--asset", "USDT", "--amount", "1")
INNER = ("inner-transfer", "--coin", "USDT", "--amount", "1", "--wallet-type", "fund")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "give one of the commands balance, overview, transfer,"),
        (("deposit",), "No such command 'deposit'"),
        (("balance",), "missing --account; there is no terminal to ask at"),
        (("balance", "--account", "margin"), "Invalid value for '--account'"),
        (("balance", "--account", "spot", "--asset", "usdt"), "Invalid value for '--asset'"),
        (("balance", "--account", "spot", "--asset", "USDT&x=1"), "Invalid value for '--asset'"),
        (("balance", "--account", "all", "--asset", "USDT"), "--asset goes with --account spot or fund"),
        (("overview", "--account-type", "margin"), "Invalid value for '--account-type'"),
        (("transfer",), "missing --type (or --from and --to), --asset, --amount; there is no terminal"),
        ((*TRANSFER, "--from", "fund", "--to", "spot"), "give either --type or --from and --to"),
        (("transfer", "--from", "fund"), "--from and --to belong together"),
        (("transfer", "--from", "fund", "--to", "fund"), "--from and --to are both fund"),
        (("transfer", "--type", "fund_pfutures"), "Invalid value for '--type'"),
        (("transfer", "--amount", "-1"), "Invalid value for '--amount'"),
        (("transfer", "--amount", "0"), "Invalid value for '--amount'"),
        (("transfer", "--amount", "1e3"), "Invalid value for '--amount'"),
        (("transfer", "--amount", "١"), "Invalid value for '--amount'"),
        ((*TRANSFER, "--deadline", "0"), "Invalid value for '--deadline'"),
        ((*TRANSFER, "--deadline", "nan"), "deadline must be a positive number of seconds"),
        (("records", "--page", "0"), "Invalid value for '--page'"),
        (("records", "--page-size", "101"), "Invalid value for '--page-size'"),
        (("records", "--id", "x"), "Invalid value for '--id'"),
        (("records", "--since", "yesterday"), "Invalid value for '--since'"),
        (("records", "--since", "2026-02-01", "--until", "2026-01-01"), "--until is before --since"),
        (("coins", "--from", "fund"), "--from and --to belong together"),
        ((*INNER, "--user-account", "1"), "missing --user-account-type"),
        ((*INNER, "--user-account-type", "fax"), "'fax' is none of uid (1), phone (2), email (3)"),
        ((*INNER, "--user-account-type", "uid", "--user-account", "a@b.c"), "--user-account: userAccount"),
        ((*INNER, "--user-account-type", "2", "--user-account", "15100000000"), "missing --calling-code"),
        ((*INNER, "--wallet-type", "4"), "Invalid value for '--wallet-type'"),
        (("inner-records",), "missing --coin"),
        (("inner-records", "--coin", "USDT", "--limit", "1001"), "Invalid value for '--limit'"),
        (("--env", "prod-live", "coins", "--env", "prod-vst"), "given twice, and not the same"),
        (("coins", "--env", "paper"), "Invalid value for '--env'"),
    ],
)
def test_wrong_use_names_what_is_wrong_and_sends_nothing(
    run: Run, exchange: FakeExchange, arguments: tuple[str, ...], message: str
) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert exchange.requests == []


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "missing --env; there is no terminal to ask at"),
        (("--base-urls", "http://127.0.0.1:1"), "give two base URLs"),
        (("--base-urls", "http://127.0.0.1:1,ftp://127.0.0.1"), "'ftp://127.0.0.1' is no base URL"),
        (
            ("--env", "prod-vst", "--base-urls", "https://open-api.bingx.com,https://open-api.bingx.pro"),
            "--env prod-vst contradicts --base-urls",
        ),
        (
            ("--env", "prod-live", "--base-urls", "http://127.0.0.1:1,https://open-api-vst.bingx.pro"),
            "--env prod-live contradicts --base-urls",
        ),
    ],
)
def test_where_it_goes_is_never_guessed(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert main(["coins", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, "BINGX_API_KEY and BINGX_SECRET_KEY"),
        ({"BINGX_API_KEY": "some-key"}, "BINGX_SECRET_KEY"),
        ({"BINGX_SECRET_KEY": "some-secret", "BINGX_API_KEY": " "}, "BINGX_API_KEY"),
    ],
)
def test_missing_credentials_are_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], missing: str
) -> None:
    for name in ("BINGX_API_KEY", "BINGX_SECRET_KEY"):
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert run("coins") == (2, "", f"Error: {missing} must be set in the environment.\n")


@pytest.mark.parametrize(
    ("text", "at_ms"),
    [
        ("0", 0),
        ("1700000000123", 1_700_000_000_123),
        ("2023-11-14", 1_699_920_000_000),
        ("2023-11-14T22:13:20", 1_700_000_000_000),
        ("2023-11-14T22:13:20Z", 1_700_000_000_000),
        ("2023-11-14 22:13:20.123456+00:00", 1_700_000_000_123),
        ("2023-11-15T00:13:20+02:00", 1_700_000_000_000),
        ("1970-01-01", 0),
    ],
)
def test_a_time_is_unix_milliseconds_or_iso_8601_in_utc_unless_it_says_otherwise(
    text: str, at_ms: int
) -> None:
    assert read_time(text) == at_ms


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1700000000",
        "20231114",
        "-1",
        "1.7e12",
        "٠",
        "2023-13-01",
        "1969-12-31",
        "0001-01-01T00:00+23:59",
        "9" * 16,
        "now",
    ],
)
def test_seconds_and_anything_else_are_no_time(text: str) -> None:
    with pytest.raises(ParameterError):
        read_time(text)
