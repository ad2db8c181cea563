"""Choosing a profile: in Python, on the command line, by the control API, for a test run, from a report."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from support.commands import BINGX_FAKE, bingx_fake
from support.prepared import Done

from bingx_contracts import PROFILES, VARIATIONS
from bingx_contracts.rendering import register
from bingx_fake import FakeExchange
from bingx_fake.profiles.adoption import adopted_profiles
from bingx_fake.profiles.choice import ProfileError, choose, read_vary
from bingx_fake.profiles.rules import GatewayRules

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for adopted profiles."""
    monkeypatch.setenv("BINGX_OFFLINE_HOME", str(tmp_path))
    return tmp_path


def put(exchange: FakeExchange, body: Any) -> tuple[int, Any]:
    """``PUT /profile``: HTTP status and answer."""
    request = Request(f"{exchange.control_url}/profile", json.dumps(body).encode(), method="PUT")
    try:
        with urlopen(request, timeout=10) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        return error.code, json.load(error)


# The data


@pytest.mark.parametrize("profile", PROFILES.values(), ids=list(PROFILES))
def test_a_profile_answers_every_switchable_variation_and_no_other(profile: Any) -> None:
    assert set(profile.answers) == {v.id for v in VARIATIONS.values() if v.is_switchable}
    for variation_id, answer in profile.answers.items():
        assert answer in [known.name for known in VARIATIONS[variation_id].answers]


@pytest.mark.parametrize(
    ("profile", "letters"), [("reference", {"R"}), ("docs-site", {"D"}), ("observed", {"O"})]
)
def test_a_profile_of_one_document_gives_that_document_s_answer_wherever_it_has_one(
    profile: str, letters: set[str]
) -> None:
    for variation_id, answer in PROFILES[profile].answers.items():
        sources = {
            known.name: set(re.findall(r"\b[SRDO]\b", known.source))
            for known in VARIATIONS[variation_id].answers
        }
        if answer != "any" and any(letters & found for found in sources.values()):
            assert letters & sources[answer], (variation_id, answer)


def test_every_variation_that_can_be_switched_says_where_it_is_served() -> None:
    package = ROOT / "fake_exchange" / "bingx_fake"
    for variation in VARIATIONS.values():
        assert (variation.served_by is not None) == variation.is_switchable, variation.id
        if variation.served_by is not None:
            assert (package / variation.served_by).is_file(), variation.id


def test_the_page_is_what_the_data_says() -> None:
    assert (ROOT / "docs" / "variations.md").read_text(encoding="utf-8") == register.markdown()


# From Python


@pytest.mark.parametrize(
    ("name", "vary", "message"),
    [
        ("nothing", {}, "there is no profile 'nothing'; there are documented, skill, reference"),
        ("skill", {"V999": "x"}, "there is no variation 'V999'; there are V1, V2"),
        ("skill", {"V7": "x"}, "V7 (fund balance answer) has no answer 'x'; it has data.data.balance"),
        ("skill", {"V17": "separate"}, "V17 (spot and fund) is recorded only"),
        ("skill", {"V20": "signed-afresh"}, "V20 (fallback request) concerns the client"),
    ],
)
def test_what_cannot_be_chosen_is_refused_and_says_what_can(
    name: str, vary: dict[str, str], message: str
) -> None:
    with pytest.raises(ProfileError, match=re.escape(message)):
        choose(name, vary)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("V7",), "a variation is given as V7=ANSWER, not 'V7'"),
        (("V7=data.assets", "V7=all"), "V7 is given two answers, data.assets and all"),
    ],
)
def test_a_departure_that_cannot_be_read_is_refused(texts: tuple[str, ...], message: str) -> None:
    with pytest.raises(ProfileError, match=re.escape(message)):
        read_vary(texts)


def test_an_answer_to_a_question_that_another_took_in_is_an_answer_to_that() -> None:
    chosen = choose("documented", {"V16": "reference"})
    assert chosen == choose("documented", {"V25": "reference"})
    assert (chosen.vary, chosen.answers["V25"]) == ({"V25": "reference"}, "reference")
    assert choose("skill", {"V16": "docs-site", "V25": "docs-site"}).vary == {"V25": "docs-site"}
    with pytest.raises(ProfileError, match="V25 is given two answers, reference and docs-site"):
        choose("documented", {"V16": "reference", "V25": "docs-site"})
    with pytest.raises(ProfileError, match=re.escape("V16 (rate limits of the account endpoints) has no")):
        choose("documented", {"V16": "groups"})


def test_a_question_that_another_took_in_has_the_same_answers() -> None:
    for variation in VARIATIONS.values():
        if variation.taken_in_by is not None:
            now = {answer.name for answer in VARIATIONS[variation.taken_in_by].answers}
            assert {answer.name for answer in variation.answers} <= now, variation.id


def test_reset_goes_back_to_the_profile_of_the_start() -> None:
    with FakeExchange(profile="skill", vary={"V14": "int"}) as exchange:
        exchange.change_profile("observed", strict=True)
        assert (exchange.profile.name, exchange.profile.strict) == ("observed", True)
        exchange.reset()
        assert (exchange.profile.name, exchange.profile.vary) == ("skill", {"V14": "int"})


# Over the control API


def test_put_profile_changes_what_it_names(exchange: FakeExchange) -> None:
    status, answer = put(exchange, {"profile": "skill", "vary": {"V14": "int"}, "strict": True})
    assert status == 200
    assert (answer["profile"], answer["vary"], answer["strict"]) == ("skill", {"V14": "int"}, True)
    assert answer["variations"]["V14"]["answer"] == "int"
    assert answer["variations"]["V7"]["answer"] == "data.data.balance"
    assert answer["variations"]["V17"]["answer"] is None
    _, kept = put(exchange, {"strict": False})
    assert (kept["profile"], kept["vary"], kept["strict"]) == ("skill", {"V14": "int"}, False)
    _, other = put(exchange, {"profile": "observed"})
    assert (other["profile"], other["vary"]) == ("observed", {})


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"profile": "nothing"}, "there is no profile"),
        ({"profile": 1}, "profile must be a name"),
        ({"profile": "skill", "vary": {"V7": "x"}}, "has no answer 'x'"),
        ({"vary": {"V7": 1}}, "vary must be an object"),
        ({"vary": ["V7=all"]}, "vary must be an object"),
        ({"strict": "yes"}, "strict must be true or false"),
        ({"stricter": True}, "stricter"),
        ([], "object"),
    ],
)
def test_a_bad_choice_gets_400_and_changes_nothing(exchange: FakeExchange, body: Any, words: str) -> None:
    before = exchange.profile
    status, answer = put(exchange, body)
    assert status == 400
    assert words in answer["error"]
    assert exchange.profile == before


# On the command line


def test_variations_prints_the_register() -> None:
    table = bingx_fake("variations", "--profile", "skill")
    assert table.returncode == 0
    document = json.loads(bingx_fake("variations", "--profile", "skill", "--json").stdout)
    assert document["V7"]["answer"] == "data.data.balance"
    assert set(document) == set(VARIATIONS)
    assert all(variation_id in table.stdout for variation_id in VARIATIONS)
    assert bingx_fake("variations", "--markdown").stdout == register.markdown()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("variations", "--profile", "x"), "Error: there is no profile 'x'"),
        (("serve", "--profile", "x"), "Error: there is no profile 'x'"),
        (("serve", "--vary", "V7"), "Error: a variation is given as V7=ANSWER"),
        (("serve", "--vary", "V19=io"), "Error: V19 (fallback domain) concerns the client"),
        (("adopt", "nothing.json"), "Error: cannot read nothing.json: No such file or directory"),
    ],
)
def test_a_bad_choice_on_the_command_line_is_one_line(arguments: tuple[str, ...], message: str) -> None:
    done = bingx_fake(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith(message)
    assert len(done.stderr.splitlines()) == 1


def test_serve_answers_by_its_profile() -> None:
    command = [BINGX_FAKE, "serve", "--json", "--profile", "skill", "--vary", "V14=int", "--strict"]
    command += ["--com-port", "0", "--pro-port", "0", "--control-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as serving:
        assert serving.stdout is not None
        control = json.loads(serving.stdout.readline())["control"]
        with urlopen(f"{control}/profile", timeout=10) as response:
            answer = json.load(response)
        with urlopen(f"{control}/health", timeout=10) as response:
            assert json.load(response)["profile"] == "skill"
        serving.terminate()
    assert (answer["profile"], answer["vary"], answer["strict"]) == ("skill", {"V14": "int"}, True)


# For a test run


def test_a_test_run_chooses_the_profile_of_its_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_profile(bingx_exchange, bingx_client):
            assert bingx_exchange.profile.name == "observed"
            assert "assets" in bingx_client.fund_balance().raw["data"]
        """
    )
    pytester.runpytest_subprocess("--bingx-profile", "observed").assert_outcomes(passed=1)
    wrong = pytester.runpytest_subprocess("--bingx-profile", "nothing")
    assert wrong.ret == pytest.ExitCode.USAGE_ERROR
    wrong.stderr.fnmatch_lines(["ERROR: --bingx-profile: there is no profile 'nothing'*"])


# From a report


def report(**met: list[str]) -> dict[str, Any]:
    register = [{"id": variation_id, "met": met.get(variation_id, [])} for variation_id in VARIATIONS]
    return {"format": 1, "environment": "vst", "date": "2026-01-02T03:04:05+00:00", "register": register}


def adopt(home: Path, document: Any) -> Done:
    path = home / "report.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return bingx_fake("adopt", str(path))


def test_an_adopted_report_is_a_profile_from_then_on(home: Path) -> None:
    done = adopt(home, report(V1=["sorted", "as-sent"], V2=["60000"], V7=["data.assets"], V17=["separate"]))
    assert done.returncode == 0, done.stderr
    assert "profile 'vst' (vst, 2026-01-02) is kept in " in done.stderr
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [
        *(["V1", "any"], ["V2", "60000"], ["V7", "data.assets"])
    ]
    with FakeExchange(profile="vst") as exchange:
        answers = exchange.profile.answers
    assert (answers["V1"], answers["V2"], answers["V7"]) == ("any", "60000", "data.assets")
    assert answers["V5"] == PROFILES["documented"].answers["V5"]
    assert (
        json.loads(bingx_fake("variations", "--profile", "vst", "--json").stdout)["V2"]["answer"] == "60000"
    )


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "this is no report"),
        ({"format": 2}, "this is no report"),
        (report() | {"environment": "fake"}, "only one of --bingx-env vst can be adopted"),
        (report(), "met no answer to any contested question"),
        (report(V2=["5000", "60000"]), "V2 (largest recvWindow) was met as 5000 and as 60000"),
        ({"format": 1, "environment": "vst", "register": [{"no": 1}]}, "this is no report"),
    ],
)
def test_a_report_that_says_nothing_is_not_adopted(home: Path, document: Any, words: str) -> None:
    done = adopt(home, document)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (home / "profiles").exists()


@pytest.mark.parametrize(("met", "answer"), [(["V2"], "docs-site"), (["V2", "V16"], "reference")])
def test_a_profile_that_was_kept_before_a_question_was_taken_in_still_answers(
    home: Path, met: list[str], answer: str
) -> None:
    """What it had not met came from ``documented``, and does now."""
    answers = {**PROFILES["documented"].answers, "V2": "60000", "V16": "reference"}
    del answers["V25"]
    kept = {"name": "vst", "source": "vst, 2026-11-01", "met": met, "answers": answers}
    (home / "profiles").mkdir()
    (home / "profiles" / "vst.json").write_text(json.dumps(kept), encoding="utf-8")
    chosen = choose("vst", adopted=adopted_profiles)
    assert (chosen.answers["V2"], chosen.answers["V25"]) == ("60000", answer)


@pytest.mark.parametrize("text", ["{}", "not json", '{"name":"vst","source":"x","met":[],"answers":{}}'])
def test_a_kept_profile_that_does_not_fit_is_named(home: Path, text: str) -> None:
    (home / "profiles").mkdir()
    (home / "profiles" / "vst.json").write_text(text, encoding="utf-8")
    done = bingx_fake("variations", "--profile", "vst")
    assert done.returncode == 1
    assert "adopt the report again" in done.stderr
    assert bingx_fake("variations", "--profile", "skill").returncode == 0


def test_the_rules_of_the_same_answers_are_made_once_however_often_an_exchange_is_reset() -> None:
    answers = PROFILES["documented"].answers
    assert GatewayRules.of(dict(reversed(answers.items()))) is GatewayRules.of(answers)
    assert GatewayRules.of({**answers, "V2": "60000"}) is not GatewayRules.of(answers)
