"""``bingx-fake examples``: every answer and every frame as files, byte for byte, the same every time."""

import gzip
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from support.sender import rows_of

from bingx_contracts import ENDPOINTS, PROFILES, STREAM_MESSAGES, TOPICS
from bingx_fake.commands.examples import examples


def written(folder: Path, *options: str) -> dict[str, bytes]:
    done = CliRunner().invoke(examples, ["--to", str(folder), *options])
    assert done.exit_code == 0, done.output
    files = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert done.output == f"{len(files)} files in {folder}\n"
    return files


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return written(tmp_path_factory.mktemp("examples"))


def test_each_endpoint_has_its_request_and_an_answer_that_is_none_of_refusal(
    everything: dict[str, bytes],
) -> None:
    for endpoint in ENDPOINTS.values():
        place = endpoint.id.replace(".", "/")
        request = json.loads(everything[f"{place}.request.json"])
        assert (request["method"], urlsplit(request["target"]).path) == (endpoint.method, endpoint.path)
        sent = parse_qs(urlsplit(request["target"]).query) | parse_qs(request["body"])
        assert ("signature" in sent) is not endpoint.public
        if endpoint.media is None:
            assert json.loads(everything[f"{place}.json"]).get("code", 0) == 0, endpoint.id
        else:
            assert json.loads(rows_of(everything[f"{place}.xlsx"]))["data"], endpoint.id


@pytest.mark.parametrize(
    "name",
    ["open_orders", "order_history", "fills", "open_ocos"],
)
def test_what_is_listed_has_rows(everything: dict[str, bytes], name: str) -> None:
    data = json.loads(everything[f"spot_trade/{name}.json"])["data"]
    rows = data if isinstance(data, list) else next(iter(data.values()))
    assert rows


def test_each_topic_and_each_thing_the_exchange_says_has_a_frame(everything: dict[str, bytes]) -> None:
    names = {topic.id for topic in TOPICS.values()}
    names |= {f"{said.product}.{said.id}" for said in STREAM_MESSAGES.values() if said.by == "exchange"}
    frames = {
        name.removeprefix("streams/").removesuffix(".gz") for name in everything if name.endswith(".gz")
    }
    assert frames == names
    for name in frames:
        text = everything[f"streams/{name}.json"]
        assert gzip.decompress(everything[f"streams/{name}.gz"]) == text
    filled = json.loads(everything["streams/swap.orders.json"])["o"]
    assert (filled["x"], filled["X"], filled["l"]) == ("TRADE", "FILLED", "0.00100000")
    contracts = json.loads(everything["streams/coinm.orders.json"])["o"]
    assert (contracts["s"], contracts["X"], contracts["l"]) == ("BTC-USD", "FILLED", "1.00000000")
    report = json.loads(everything["streams/spot.orders.json"])
    assert (report["data"]["x"], report["data"]["X"]) == ("TRADE", "FILLED")


def test_they_are_the_same_every_time(everything: dict[str, bytes], tmp_path: Path) -> None:
    assert written(tmp_path) == everything


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_has_its_own(everything: dict[str, bytes], tmp_path: Path, profile: str) -> None:
    files = written(tmp_path, "--profile", profile, "--group", "streams")
    files |= written(tmp_path / "trade", "--profile", profile, "--group", "spot_trade")
    price = json.loads(files["streams/spot.orders.json"])["data"]["p"]
    assert isinstance(price, str) is (PROFILES[profile].answers["V100"] == "strings")
    for name, content in files.items():
        if name.startswith("spot_trade/") and not name.endswith(".request.json"):
            assert json.loads(content)["code"] == 0, name


def test_one_group_is_written_alone(tmp_path: Path) -> None:
    files = written(tmp_path, "--group", "common")
    assert {name.partition("/")[0] for name in files} == {"common"}


@pytest.mark.parametrize(
    ("options", "says"),
    [(["--group", "nowhere"], "spot_trade"), (["--profile", "nowhere"], "nowhere")],
)
def test_what_there_is_not_is_refused(tmp_path: Path, options: list[str], says: str) -> None:
    done = CliRunner().invoke(examples, ["--to", str(tmp_path), *options])
    assert done.exit_code != 0
    assert says in done.output


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "common").write_text("in the way")
    done = CliRunner().invoke(examples, ["--to", str(tmp_path), "--group", "common"])
    assert (done.exit_code, "cannot be written" in done.output) == (1, True)
