"""What a program finds in its namespace: its own files and rights, names that lead to the fake, trust."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from run.running import COM, COMMAND, CREDENTIALS, NAMESPACE, PATIENCE_S, PRO, curls, run, run_anew
from urllib3.exceptions import InsecureRequestWarning

pytestmark = pytest.mark.usefixtures("namespaces")

AS_NOBODY_SPECIAL = ["unshare", "--user", "--map-user=1234", "--map-group=1234"]
A_SYSTEMS_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")

LOOKS_AROUND = """
import json, os, pathlib, socket, ssl, subprocess, sys, certifi, users_own

def look_up(name, family=socket.AF_INET, flags=0):
    try: return socket.getaddrinfo(name, 443, family, socket.SOCK_STREAM, 0, flags)[0][4][0]
    except socket.gaierror as error: return error.errno

def curl(*command):
    return subprocess.run([*command, sys.argv[1]], capture_output=True, text=True).stdout

pathlib.Path("made").write_text("made")
names = ("open-api.bingx.com", "open-api-vst.bingx.com", "open-api.bingx.pro", "open-api-vst.bingx.pro")
streams = ("open-api-ws", "open-api-swap", "open-api-cswap-ws", "vst-open-api-ws")
print(json.dumps({
    "folder": os.getcwd(),
    "file": pathlib.Path("file").read_text(),
    "environment": {name: os.environ.get(name) for name in ("HOME", "BINGX_API_KEY", "HTTPS_PROXY")},
    "ids": [os.getuid(), os.getgid()],
    "stdin": sys.stdin.read(),
    "names": [look_up(name) for name in names],
    "streams": [look_up(name + ".bingx.com") for name in streams],
    "only-ipv4": look_up(names[0], flags=socket.AI_ADDRCONFIG),
    "other-name": look_up("example.com", family=0),
    "local-name": look_up("localhost"),
    "certifi": [certifi.contents(), pathlib.Path(certifi.where()).read_text()],
    "ca": pathlib.Path(os.environ["SSL_CERT_FILE"]).read_text(),
    "usual-cas": [len(ssl.create_default_context().get_ca_certs()), os.listdir(os.environ["SSL_CERT_DIR"])],
    "curl": curl("curl", "-s"),
    "curl-alone": curl("env", "-i", "PATH=" + os.environ["PATH"], "curl", "-s"),
}))
print("err", file=sys.stderr)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folder")
    (folder / "file").write_text("mine", encoding="utf-8")
    (folder / "users_own.py").write_text("", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def found(folder: Path, namespaces: None) -> Any:
    """What one program found that looked around."""
    nobodys = "http://192.0.2.1:3128"
    environment = {"PYTHONPATH": str(folder), "HTTPS_PROXY": nobodys, "https_proxy": nobodys}
    program = [sys.executable, "-c", LOOKS_AROUND, COM]
    done = run(*program, options=NAMESPACE, folder=folder, environment=environment, stdin="typed")
    assert (done.status, done.err) == (0, "err"), done
    return json.loads(done.out)


def test_it_runs_where_it_was_started_with_its_own_files_streams_and_environment(
    found: dict[str, Any], folder: Path
) -> None:
    assert (found["folder"], found["file"], found["stdin"]) == (str(folder), "mine", "typed")
    assert found["environment"]["HOME"] == os.environ["HOME"]
    assert found["environment"]["BINGX_API_KEY"] == CREDENTIALS["BINGX_API_KEY"]


def test_it_is_who_started_it(found: dict[str, Any], folder: Path) -> None:
    assert found["ids"] == [os.getuid(), os.getgid()]
    assert (folder / "made").stat().st_uid == os.getuid()


def test_the_documented_names_lead_to_the_fake(found: dict[str, Any]) -> None:
    assert found["names"] == ["127.77.0.1", "127.77.0.1", "127.77.0.2", "127.77.0.2"]
    assert found["streams"] == ["127.77.0.3"] * 4


def test_a_lookup_that_wants_what_the_machine_has_wants_ipv4(found: dict[str, Any]) -> None:
    assert found["only-ipv4"] == "127.77.0.1"


def test_nobody_is_asked_for_another_name_and_local_ones_stay(found: dict[str, Any]) -> None:
    assert found["other-name"] == socket.EAI_NONAME
    assert found["local-name"] == "127.0.0.1"


def test_a_proxy_of_the_environment_is_not_asked(found: dict[str, Any], curl: str) -> None:
    assert "serverTime" in found["curl"]
    assert found["environment"]["HTTPS_PROXY"] is None


def test_a_library_that_asks_certifi_gets_the_throwaway_ca(found: dict[str, Any]) -> None:
    assert found["certifi"] == [found["ca"], found["ca"]]


def test_a_library_that_trusts_whom_everybody_trusts_trusts_nobody_else(found: dict[str, Any]) -> None:
    assert found["usual-cas"] == [1, []]


@pytest.mark.skipif(not A_SYSTEMS_BUNDLE.exists(), reason="did not run: this system keeps its CAs elsewhere")
def test_a_program_without_any_variable_finds_the_ca_in_the_systems_bundle(
    found: dict[str, Any], curl: str
) -> None:
    assert "serverTime" in found["curl-alone"]


def test_a_user_without_rights_gets_the_same_isolation_and_stays_who_they_are(
    curl: str, neighbour: str
) -> None:
    script = 'id -u; id -g; curl -s "$1" | grep -o serverTime; curl -s "$2"; echo $?'
    program = ["sh", "-c", script, "sh", COM, neighbour]
    done = run_anew(*program, options=NAMESPACE, under=AS_NOBODY_SPECIAL)
    assert done.out.split() == ["1234", "1234", "serverTime", "7"], done


def test_the_machine_outside_stays_as_it_is_while_a_program_runs(neighbour: str) -> None:
    before = Path("/etc/hosts").read_bytes()
    command = [COMMAND, "run", *NAMESPACE, "--", "sh", "-c", "cat /etc/hosts; echo ready; read wait"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdout is not None
        seen = list(iter(running.stdout.readline, "ready\n"))
        assert "127.77.0.1 open-api.bingx.com open-api-vst.bingx.com\n" in seen
        assert Path("/etc/hosts").read_bytes() == before
        assert requests.get(neighbour, timeout=10).text == "neighbour"
        running.communicate("go\n", timeout=PATIENCE_S)


def test_a_program_that_does_not_trust_the_ca_is_told_so_in_the_summary(
    curl: str, openssl: str, tmp_path: Path
) -> None:
    made = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=another -keyout key -out ca"
    )
    subprocess.run([openssl, *made.split()], check=True, capture_output=True, cwd=tmp_path)
    done = run("curl", "-s", "--cacert", str(tmp_path / "ca"), COM, PRO, options=NAMESPACE)
    assert done.status == 60
    assert "; 2 handshakes were refused by the program: it does not trust the CA" in done.said[0]


def test_the_control_api_is_outside_and_the_streams_may_be_there_as_well(curl: str) -> None:
    with curls([*NAMESPACE, "--stream-port", "0"]) as inside:
        health = requests.get(f"{inside.control}/health", timeout=10).json()
        assert [health[site] for site in ("com", "pro", "stream")] == [
            *("https://127.77.0.1:443", "https://127.77.0.2:443", "wss://127.77.0.3:443")
        ]
        assert inside.ask(f"{inside.control}/health") == 7
        outside = inside.said[0].split()[-1].replace("wss", "https")
        assert inside.ask(f"{outside}/market") == 7
        with pytest.warns(InsecureRequestWarning):
            assert requests.get(f"{outside}/cswap-market", verify=False, timeout=10).status_code == 400


def test_a_control_port_in_use_is_one_line_and_the_program_never_begins() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("echo", "began", options=[*NAMESPACE, "--control-port", port])
    assert (done.status, done.out, done.err) == (1, "", "")
    assert done.said == [f"Error: the control port 127.0.0.1:{port} cannot be opened: Address already in use"]
