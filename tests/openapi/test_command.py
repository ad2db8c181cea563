"""``bingx-fake openapi``."""

import json

import pytest
from support.commands import bingx_fake

from bingx_contracts.rendering.openapi import document


def test_it_prints_the_document_and_nothing_else() -> None:
    done = bingx_fake("openapi")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == document()
    assert done.stdout.count("\n") > 1000, "one that people can read"


def test_it_prints_that_of_a_profile_and_of_single_departures_on_one_line_if_asked() -> None:
    done = bingx_fake(
        "openapi", "--profile", "observed", "--vary", "V7=data.balances", "--vary", "V21=4xx", "--json"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == document("observed", {"V7": "data.balances", "V21": "4xx"})
    assert done.stdout.count("\n") == 1


def test_it_prints_the_endpoints_of_one_group_alone() -> None:
    done = bingx_fake("openapi", "--group", "agent", "--json")
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)
    paths = json.loads(done.stdout)["paths"]
    assert paths == {
        path: it for path, it in document()["paths"].items() if path.startswith("/openApi/agent/")
    }
    assert len(paths) == 9


def test_streams_are_of_no_group() -> None:
    done = bingx_fake("openapi", "--group", "agent", "--streams")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--group is about endpoints" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--profile", "nobody"), "Error: there is no profile 'nobody'; there are documented, "),
        (("--vary", "V7"), "Error: a variation is given as V7=ANSWER, not 'V7'"),
        (
            ("--group", "spot_trad"),
            "Error: there is no group 'spot_trad'; there are account, agent, coinm_trade, common, ",
        ),
        (("--vary", "V17=separate"), "Error: V17 (spot and fund) is recorded only"),
    ],
)
def test_what_does_not_exist_is_one_line_that_says_so(arguments: tuple[str, ...], message: str) -> None:
    done = bingx_fake("openapi", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(message)
    assert done.stderr.count("\n") == 1
