"""What is said twice, and what leads nowhere, stops the import, naming file, line and key."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import bingx_contracts
from bingx_contracts.reading.checking import check
from bingx_contracts.reading.loading import Folder, SpecificationError

PACKAGE = Path(bingx_contracts.__path__[0])
ENDPOINT = '[[endpoints]]\nid = "{}"\nmethod = "GET"\npath = "{}"\ntitle = "x"\npublic = true\nsource = "S"\n'
DEPARTURE = (
    '[[departures]] # here\nendpoint = "spot_account.transfer"\nwhen = { V4 = ["type"] }\nneeds_one_of = []\n'
)


def folder_of(place: Path) -> Folder:
    folder = Folder(place)
    for filename in folder.files():
        folder.load(filename, dict[str, Any])
    return folder


class Copy(NamedTuple):
    """A copy of the specification, and what its files say."""

    place: Path
    documents: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """One for all tests, each of which changes a file and puts it back: reading them all takes long."""
    place = tmp_path_factory.mktemp("copy") / "spec"
    shutil.copytree(PACKAGE / "spec", place)
    return Copy(place, folder_of(place).documents)


def check_with(folder: Folder, filename: str) -> None:
    folder.load(filename, dict[str, Any])
    check(folder)


def refusal_of(copy: Copy, filename: str, old: str, new: str) -> tuple[str, int]:
    """What is said about the specification with one change, and the line that the change marks as wrong."""
    file = copy.place / filename
    before = file.read_bytes() if file.exists() else None
    text = (before or b"").decode()
    assert old in text
    text = text.replace(old, new, 1) if old else f"{text}\n{new}"
    file.write_text(text, encoding="utf-8")
    try:
        folder = Folder(copy.place)
        folder.documents = {name: copy.documents.get(name, {}) for name in folder.files()}
        with pytest.raises(SpecificationError) as refusal:
            check_with(folder, filename)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_bytes(before)
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line.endswith("# here")]
    return str(refusal.value), lines[0]


def row(table: str, **columns: str) -> str:
    """A table of an array, whose first column is the one that is wrong."""
    lines = [f"{name} = {value}" for name, value in columns.items()]
    return "\n".join([f"[[{table}]]", f"{lines[0]} # here", *lines[1:], 'source = "S"'])


DUPLICATES = {
    "endpoint id": (
        "spot_account/endpoints.toml",
        "",
        ENDPOINT.format("spot_account.spot_balance", "/x").replace('spot_balance"', 'spot_balance" # here'),
        "endpoint 'spot_account.spot_balance' is given before: spot_account/endpoints.toml, line 6",
    ),
    "earlier id of an endpoint": (
        "spot_account/endpoints.toml",
        'earlier_ids = ["transfers"]',
        'earlier_ids = ["server_time"] # here',
        "endpoint 'server_time' is given before: common/endpoints.toml, line 5",
    ),
    "route": (
        "spot_account/endpoints.toml",
        "",
        ENDPOINT.format("spot_account.x", "/openApi/spot/v1/account/balance").replace("s]]", "s]] # here"),
        "route 'GET /openApi/spot/v1/account/balance' is given before: spot_account/endpoints.toml, line 5",
    ),
    "parameter of an endpoint": (
        "spot_account/endpoints.toml",
        "",
        row("endpoints.parameters", name='"offset"', rule='"asset"'),
        "parameter 'offset' is given before: spot_account/endpoints.toml, line",
    ),
    "alias that is another's name": (
        "spot_account/endpoints.toml",
        'aliases = ["tranId"]',
        'aliases = ["tranId", "pageIndex"] # here',
        "parameter 'pageIndex' is given before: spot_account/endpoints.toml",
    ),
    "rule": ("rules.toml", "", row("rules", name='"asset"'), "rule 'asset' is given before"),
    "value of a rule": (
        "rules.toml",
        'values = ["BUY", "SELL"]',
        'values = ["BUY", "SELL", "BUY"] # here',
        "value 'BUY' is given before",
    ),
    "value that is taken as well": (
        "spot_account/rules.toml",
        'also = ["4"]',
        'also = ["15"] # here',
        "value '15' is given before",
    ),
    "error code": (
        "errors.toml",
        "",
        row("errors", code="100500", name='"x"'),
        "error code 100500 is given before",
    ),
    "name of an error": (
        "errors.toml",
        "",
        row("errors", name='"busy"', code="1"),
        "error 'busy' is given before",
    ),
    "clause": ("clauses.toml", "", row("clauses", id='"SIGN-1"'), "clause 'SIGN-1' is given before"),
    "variation": (
        "variations.toml",
        "",
        '[[variations]]\nid = "V23" # here\nside = "client"\nanswers = []\n',
        "variation 'V23' is given before",
    ),
    "answer of a variation": (
        "variations.toml",
        'answers = [\n    { name = "sorted", source = "S, R" },',
        'answers = [ # here\n    { name = "any", source = "S, R" },',
        "answer 'any' is given before",
    ),
    "profile": (
        "profiles.toml",
        'name = "skill"',
        'name = "documented" # here',
        "profile 'documented' is given before: profiles.toml, line 5",
    ),
    "lint rule": ("lint.toml", "", row("lint", id='"old-route"'), "lint rule 'old-route' is given before"),
    "letter": ("sources.toml", "", row("sources", letter='"S"'), "source 'S' is given before"),
    "signing vector": (
        "signing_vectors.toml",
        "",
        row("vectors", name='"docs-site"'),
        "vector 'docs-site' is",
    ),
    "environment": (
        "requests.toml",
        'name = "prod-vst"',
        'name = "prod-live" # here',
        "environment 'prod-live' is given before",
    ),
    "base URL": (
        "requests.toml",
        'pro = "https://open-api-vst.bingx.pro"',
        'pro = "https://open-api.bingx.pro" # here',
        "base URL 'https://open-api.bingx.pro' is given before",
    ),
    "order type": (
        "orders.toml",
        "",
        '[[order_types]]\ntype = "LIMIT" # here\nneeds = []\n',
        "order type 'LIMIT' is",
    ),
    "parameter of orders": (
        "orders.toml",
        "",
        row("order_parameters", name='"side"'),
        "parameter 'side' is given before",
    ),
    "transfer type": (
        "spot_account/rules.toml",
        'name = "SFUTURES_FUND"',
        'name = "FUND_SFUTURES" # here',
        "transfer type 'FUND_SFUTURES' is given before",
    ),
    "direction": (
        "spot_account/rules.toml",
        '[[transfer_types]]\nname = "FUND_PFUTURES"\nfrom_account = "fund"\nto_account = "USDTMPerp"',
        '[[transfer_types]] # here\nname = "FUND_PFUTURES"\nfrom_account = "fund"\nto_account = "stdFutures"',
        "direction 'fund stdFutures' is given before",
    ),
    "wallet type": (
        "spot_account/rules.toml",
        "",
        row("wallet_types", value="15"),
        "wallet type 15 is given before",
    ),
    "overview type": (
        "spot_account/rules.toml",
        'aliases = ["spot"]',
        'aliases = ["grid"] # here',
        "overview type 'grid' is given before",
    ),
    "account in the overview": (
        "spot_account/rules.toml",
        'accounts = ["grid"]',
        'accounts = ["fund"] # here',
        "account 'fund' is given before",
    ),
    "status of inner transfers": (
        "spot_account/rules.toml",
        "",
        row("inner_statuses", value="6"),
        "status 6 is given before",
    ),
    "shape under the same answers": (
        "spot_account/answers.toml",
        "",
        '[[shapes]] # here\nname = "FundBalances"\nwhen = { V7 = ["all"] }\nfields = {}\nsource = "S"\n',
        "value or shape FundBalances is given for the same answers before",
    ),
    "answer of an endpoint": (
        "spot_account/answers.toml",
        "",
        '[[answers]] # here\nendpoints = ["spot_account.spot_balance"]\nfields = {}\nsource = "S"\n',
        "an entry of answers for spot_account.spot_balance is given for the same answers before",
    ),
    "HTTP status of a code": (
        "answers.toml",
        "",
        '[[statuses]] # here\nstatus = 402\ncodes = [100413]\nsource = "S"\n',
        "the status of 100413 is given for the same answers before",
    ),
    "departure of an endpoint": (
        "spot_account/variations.toml",
        "",
        DEPARTURE,
        "needs_one_of of spot_account.transfer is given for the same answers before",
    ),
    "note": (
        "variations.toml",
        "",
        '[[notes]] # here\nabout = "signature"\nwhen = { V1 = ["any"] }\nsays = "x"\nsource = "S"\n',
        "the note about signature is given for the same answers before",
    ),
    "window": (
        "variations.toml",
        "",
        '[[windows]] # here\nwhen = { V3 = ["default"] }\nmaximum_ms = 1\nsource = "S"\n',
        "maximum_ms of recvWindow is given for the same answers before",
    ),
}

DANGLING = {
    "rule of a parameter": (
        "spot_account/endpoints.toml",
        'rule = "accountType"',
        'rule = "acountType" # here',
        "there is no rule 'acountType'; perhaps 'accountType'",
    ),
    "rule of a parameter of orders": (
        "orders.toml",
        'rule = "side"',
        'rule = "sides" # here',
        "there is no rule 'sides'",
    ),
    "rule of a value of answers": (
        "answers.toml",
        'rule = "asset"',
        'rule = "assets" # here',
        "there is no rule 'assets'; perhaps 'asset'",
    ),
    "records that settle a write": (
        "spot_account/endpoints.toml",
        'settled_by = "spot_account.transfer_records" }',
        'settled_by = "records" } # here',
        "there is no endpoint 'records'",
    ),
    "group of parameters": (
        "spot_account/endpoints.toml",
        'needs_one_of = [["type"], ["fromAccount", "toAccount"]]',
        'needs_one_of = [["type"], ["fromAccount", "to"]] # here',
        "there is no parameter of spot_account.transfer 'to'; ",
    ),
    "endpoint of a departure": (
        "spot_account/variations.toml",
        'endpoint = "spot_account.transferable_coins"',
        'endpoint = "coins" # here',
        "there is no endpoint 'coins'",
    ),
    "parameter that a departure takes out": (
        "spot_account/variations.toml",
        'without = ["type"]',
        'without = ["typ"] # here',
        "there is no parameter of spot_account.transfer 'typ'; perhaps 'type'",
    ),
    "name that a parameter does not have": (
        "spot_account/variations.toml",
        'names = { transferId = "tranId" }',
        'names = { transferId = "recordId" } # here',
        "there is no name of transferId 'recordId'",
    ),
    "parameter whose rule departs": (
        "spot_account/variations.toml",
        'rules = { walletType = "walletType12" }',
        'rules = { wallet = "walletType12" } # here',
        "there is no parameter of spot_account.inner_transfer 'wallet'; perhaps 'walletType'",
    ),
    "rule of a departure": (
        "spot_account/variations.toml",
        'rules = { walletType = "walletType12" }',
        'rules = { walletType = "walletType99" } # here',
        "there is no rule 'walletType99'",
    ),
    "variation of a condition": (
        "spot_account/variations.toml",
        'when = { V4 = ["type"] }',
        'when = { V240 = ["type"] } # here',
        "there is no variation 'V240'",
    ),
    "answer of a condition": (
        "spot_account/variations.toml",
        'when = { V4 = ["type"] }',
        'when = { V4 = ["typ"] } # here',
        "there is no answer of V4 'typ'; perhaps 'type'",
    ),
    "profile of a variation": (
        "variations.toml",
        'profiles = { documented = "any" }',
        'profiles = { documented = "any", skil = "any" } # here',
        "there is no profile 'skil'; perhaps 'skill'",
    ),
    "profile's answer to a variation that cannot be switched": (
        "variations.toml",
        'id = "V20"',
        'id = "V20"\nprofiles = { documented = "signed-afresh" } # here',
        "V20 cannot be switched, so no profile has an answer to it",
    ),
    "answer of a profile": (
        "spot_account/variations.toml",
        'profiles = { documented = "all", skill = "list"',
        'profiles = { documented = "every", skill = "list" } # here\n_rest = { x = "y"',
        "there is no answer of V9 'every'",
    ),
    "question without an answer of the usual profile": (
        "variations.toml",
        'documented = "5000", docs-site = "60000" }',
        'skill = "5000" } # here',
        "profiles gives no answer of documented to V2",
    ),
    "parameter that is a write's key": (
        "spot_account/endpoints.toml",
        'key = "transferClientId" }',
        'key = "clientId" } # here',
        "there is no parameter of spot_account.inner_transfer 'clientId'",
    ),
    "parameter of a condition": (
        "spot_account/endpoints.toml",
        'required_if = { userAccountType = ["2"] }',
        'required_if = { userAccountKind = ["2"] } # here',
        "there is no parameter of spot_account.inner_transfer 'userAccountKind'; perhaps ",
    ),
    "document of a limit": (
        "common/endpoints.toml",
        'limits = [\n    { scope = "group", group = "market", by = ["O"] },',
        'limits = [ # here\n    { scope = "group", group = "market", by = ["X"] },',
        "there is no source 'X'",
    ),
    "document of a place": (
        "spot_account/endpoints.toml",
        'D = "Query Fund Account Assets" }',
        'X = "Query Fund Account Assets" } # here',
        "there is no source 'X'",
    ),
    "endpoint of an example": (
        "common/examples.toml",
        'endpoint = "common.server_time"',
        'endpoint = "common.server_clock" # here',
        "there is no endpoint 'common.server_clock'",
    ),
    "parameter of an example": (
        "spot_account/examples.toml",
        'request = { asset = "BTC" }',
        'request = { coin = "BTC" } # here',
        "there is no parameter of spot_account.fund_balance 'coin'",
    ),
    "rule of the values of a list": (
        "rules.toml",
        "",
        row("rules", items='"orderIdz"', name='"x"', kind='"list"', minimum="1", maximum="2"),
        "there is no rule 'orderIdz'",
    ),
    "code of a refusal": (
        "spot_trade/refusals.toml",
        "code = 100490",
        "code = 100491 # here",
        "there is no error code 100491",
    ),
    "group of a refusal": (
        "spot_trade/refusals.toml",
        'group = "spot_trade"',
        'group = "spot_market" # here',
        "a refusal of this folder is of the group 'spot_trade', not 'spot_market'",
    ),
    "braces of a refusal": (
        "spot_trade/refusals.toml",
        'says = "spot symbol is offline"',
        'says = "spot symbol {is offline" # here',
        "this has braces that hold nothing",
    ),
    "code of a status": (
        "answers.toml",
        "codes = [100413]",
        "codes = [100414] # here",
        "there is no error code 100414",
    ),
    "endpoint of an answer": (
        "spot_account/answers.toml",
        'endpoints = ["spot_account.fund_balance"]',
        'endpoints = ["fund"] # here',
        "there is no endpoint 'fund'",
    ),
    "kind of a field": (
        "spot_account/answers.toml",
        'fields = { balances = "[Balance]" }',
        'fields = { balances = "[Balanse]" } # here',
        "there is no value or shape 'Balanse'; perhaps 'Balance'",
    ),
    "one of two kinds of a field": (
        "spot_account/answers.toml",
        'data = "[NamedCoin]"',
        'data = "NamedCoin|[NamedCoyn]" # here',
        "there is no value or shape 'NamedCoyn'; perhaps 'NamedCoin'",
    ),
    "key of an object of shapes": (
        "spot_account/answers.toml",
        'fields = { balances = "[Balance]" }',
        'fields = { balances = "{CoinAmount}" } # here',
        "there is no shape with a key 'CoinAmount'; perhaps 'Balance'",
    ),
    "field that is a key": (
        "spot_account/answers.toml",
        'key = "asset"',
        'key = "coin" # here',
        "there is no field 'coin'; there are asset, free, locked",
    ),
    "field that a fact is given for": (
        "spot_account/answers.toml",
        'facts = { balances = "by_asset" }',
        'facts = { balance = "by_asset" } # here',
        "there is no field 'balance'; perhaps 'balances'",
    ),
    "field of an envelope that a fact is given for": (
        "spot_account/answers.toml",
        'facts = { data = "worth" }',
        'facts = { date = "worth" } # here',
        "there is no field 'date'; perhaps 'data'",
    ),
    "envelope": (
        "spot_account/answers.toml",
        'envelope = "debug"',
        'envelope = "debugged" # here',
        "there is no envelope 'debugged'; perhaps 'debug'",
    ),
    "code of a failure": (
        "spot_account/answers.toml",
        "codes = [100202, 100400, 100437]",
        "codes = [100202, 100401] # here",
        "there is no error code 100401",
    ),
    "data without an envelope": (
        "spot_account/answers.toml",
        '[[answers]]\nendpoints = ["spot_account.spot_balance"]\nenvelope = "debug"\n',
        '[[answers]] # here\nendpoints = ["spot_account.spot_balance"]\n',
        "an answer has either fields or data in an envelope",
    ),
    "fields beside an envelope": (
        "spot_account/answers.toml",
        '[[answers]]\nendpoints = ["spot_account.spot_balance"]\n',
        '[[answers]] # here\nendpoints = ["spot_account.spot_balance"]\nfields = { code = "Success" }\n',
        "an answer has either fields or data in an envelope",
    ),
    "parameter that an order needs": (
        "orders.toml",
        'needs = ["stopPrice", "price"]',
        'needs = ["stopPrise", "price"] # here',
        "there is no parameter of orders 'stopPrise'; perhaps 'stopPrice'",
    ),
    "order type": (
        "orders.toml",
        'type = "MARKET"',
        'type = "MARKED" # here',
        "value of rule orderType 'MARKED'",
    ),
    "transfer type": (
        "spot_account/rules.toml",
        'name = "FUND_SFUTURES"',
        'name = "FUND_FUTURES" # here',
        "there is no value of rule type 'FUND_FUTURES'",
    ),
    "value without a meaning": (
        "spot_account/rules.toml",
        'values = ["1", "2", "3", "15"]',
        'values = ["1", "2", "3", "15", "16"] # here',
        "wallet_types does not say what '16' means",
    ),
    "letter of a source": (
        "spot_account/endpoints.toml",
        'source = "S, D"',
        'source = "S, X" # here',
        "there is no source 'X'",
    ),
    "no source at all": (
        "spot_account/endpoints.toml",
        'source = "S, D"',
        'source = "the web" # here',
        "'the web' names no source: D, O, P, R, S or ours",
    ),
    "variation that a source names": (
        "spot_account/endpoints.toml",
        'source = "S (V4)"',
        'source = "S (V444)" # here',
        "there is no variation 'V444'",
    ),
    "clause that a source names": (
        "lint.toml",
        "REQ-8",
        'REQ-88)" # here\n#',
        "there is no clause 'REQ-88'",
    ),
}


@pytest.mark.parametrize(("filename", "old", "new", "says"), DUPLICATES.values(), ids=DUPLICATES)
def test_what_is_said_twice_is_refused_with_file_and_line(
    copy: Copy, filename: str, old: str, new: str, says: str
) -> None:
    message, line = refusal_of(copy, filename, old, new)
    assert message.startswith(f"{filename}: line {line}: ")
    assert says in message


@pytest.mark.parametrize(("filename", "old", "new", "says"), DANGLING.values(), ids=DANGLING)
def test_what_leads_nowhere_is_refused_with_file_and_line(
    copy: Copy, filename: str, old: str, new: str, says: str
) -> None:
    message, line = refusal_of(copy, filename, old, new)
    assert message.startswith(f"{filename}: line {line}: ")
    assert says in message


UNDECIDED = {
    "nothing to match": (
        row("rules", name='"x"', kind='"pattern"').replace("[[rules]]", "[[rules]] # here", 1),
        "a rule of kind pattern needs pattern",
    ),
    "a pattern that is none": (
        row("rules", pattern="'('", name='"x"', kind='"decimal"'),
        "this is no pattern: ",
    ),
    "a list of nothing": (
        row("rules", name='"x"', kind='"list"').replace("[[rules]]", "[[rules]] # here", 1),
        "a rule of kind list needs items",
    ),
    "what its kind does not look at": (
        row("rules", values='["1"]', name='"x"', kind='"boolean"'),
        "a rule of kind boolean does not look at values",
    ),
    "bounds the wrong way round": (
        row("rules", minimum="2", maximum="1", name='"x"', kind='"integer"'),
        "the minimum is above the maximum",
    ),
}


@pytest.mark.parametrize(("entry", "says"), UNDECIDED.values(), ids=UNDECIDED)
def test_a_rule_that_cannot_decide_is_refused_with_file_and_line(copy: Copy, entry: str, says: str) -> None:
    message, line = refusal_of(copy, "rules.toml", "", entry)
    assert message.startswith(f"rules.toml: line {line}: ")
    assert says in message


def test_a_limit_without_its_numbers_is_refused(copy: Copy) -> None:
    whole = '{ scope = "uid", count = 5, window_ms = 1000, by = ["R", "D"] },'
    message, _ = refusal_of(
        copy, "spot_account/endpoints.toml", whole, '{ scope = "uid", count = 5, by = ["R"] }, # here'
    )
    assert "a limit of the scope uid has count and window_ms, and no more" in message


MISPLACED = {
    "endpoint beside the groups": (
        "endpoints.toml",
        ENDPOINT.format("x.x", "/x"),
        "an endpoint stands in the endpoints.toml of a group",
    ),
    "id of another group": (
        "common/endpoints.toml",
        ENDPOINT.format("spot_account.x", "/x"),
        "the id of an endpoint of this group is common.NAME, not 'spot_account.x'",
    ),
    "id with more parts": (
        "common/endpoints.toml",
        ENDPOINT.format("common.x.y", "/x"),
        "the id of an endpoint of this group is common.NAME, not 'common.x.y'",
    ),
}


@pytest.mark.parametrize(("filename", "entry", "says"), MISPLACED.values(), ids=MISPLACED)
def test_an_endpoint_in_the_wrong_place_is_refused_with_file_and_line(
    copy: Copy, filename: str, entry: str, says: str
) -> None:
    marked = entry.replace('"\nmethod', '" # here\nmethod')
    message, line = refusal_of(copy, filename, "", marked)
    assert message.startswith(f"{filename}: line {line}: ")
    assert says in message


def test_the_specification_as_it_is_holds() -> None:
    check(folder_of(PACKAGE / "spec"))


@pytest.mark.parametrize(
    ("filename", "old", "new"),
    [
        ("spot_account/endpoints.toml", 'rule = "asset"', 'rule = "asse"'),
        ("spot_account/variations.toml", 'endpoint = "spot_account.transfer"', 'endpoint = "transfers_"'),
        ("spot_account/answers.toml", '"[Balance]"', '"[Balanse]"'),
    ],
)
def test_the_import_is_what_refuses(tmp_path: Path, filename: str, old: str, new: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "bingx_contracts")
    spoilt = tmp_path / "bingx_contracts" / "spec" / filename
    spoilt.write_text(spoilt.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", "import bingx_contracts"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert f"SpecificationError: {filename}: line " in done.stderr
