"""Programs with BingX's URLs compiled in, as they are, in a namespace: they see the fake and nothing else."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from run.running import COM, EXAMPLES, NAMESPACE, PRO, TIME, read_report, run

pytestmark = pytest.mark.usefixtures("namespaces")

# Each prints one line for each URL that it is given: what it got, or the name of what it met.
ASKING = {
    "curl": """
        for url; do curl -s -m 5 "$url" | tr -d '\\n' || true; echo " ${PIPESTATUS[0]}"; done
    """,
    "requests": """
        import sys, requests
        for url in sys.argv[1:]:
            try: print(requests.get(url, timeout=5).text)
            except requests.RequestException as error: print(type(error).__name__)
    """,
    "ccxt": """
        import sys, ccxt
        exchange = ccxt.bingx({"timeout": 5000})
        for url in sys.argv[1:]:
            try: print(exchange.fetch(url))
            except ccxt.NetworkError as error: print(type(error).__name__)
    """,
    "node": """
        for (const url of process.argv.slice(1)) {
            try { console.log(await (await fetch(url)).text()); }
            catch (error) { console.log(error.cause?.code ?? error.name); }
        }
    """,
}


def asking(name: str, *urls: str) -> list[str]:
    lines = ASKING[name].strip("\n").splitlines()
    indent = len(lines[0]) - len(lines[0].lstrip())
    text = "\n".join(line[indent:] for line in lines)
    match name:
        case "curl":
            return ["bash", "-c", text, "bash", *urls]
        case "node":
            return ["node", "--input-type=module", "-e", text, "--", *urls]
        case _:
            return [sys.executable, "-c", text, *urls]


@pytest.mark.parametrize("name", ASKING)
def test_a_program_sees_the_fake_on_both_domains_and_cannot_reach_anything_else(
    name: str, curl: str, node: str, neighbour: str, tmp_path: Path
) -> None:
    elsewhere = [
        neighbour,
        "https://192.0.2.1/",  # an address
        "https://example.com/",  # another name
        "https://bingx.com/",  # more of the real exchange
        f"https://open-api.bingx.io{TIME}",
        COM.replace(".com/", ".com:8443/"),  # other ports
        COM.replace("https", "http"),
    ]
    report = tmp_path / "report.json"
    done = run(*asking(name, COM, PRO, *elsewhere), options=[*NAMESPACE, "--report", str(report)])
    lines = done.out.splitlines()
    assert all("serverTime" in line for line in lines[:2]), done
    assert len(lines) == 2 + len(elsewhere), done
    assert not any("serverTime" in line or "neighbour" in line or "{" in line for line in lines[2:]), lines
    assert [entry["domain"] for entry in read_report(report)] == ["com", "pro"]


def test_the_neighbour_whom_nobody_reached_can_be_reached_from_outside(curl: str, neighbour: str) -> None:
    done = subprocess.run(asking("curl", neighbour), capture_output=True, text=True, check=True)
    assert done.stdout == "neighbour 0\n"


def test_no_packet_of_any_kind_finds_a_way(neighbour: str) -> None:
    probe = """
        import errno, socket, sys
        def errors(kind, *addresses):
            for address in addresses:
                family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
                try:
                    with socket.socket(family, kind) as probe:
                        probe.settimeout(5)
                        probe.connect(address)
                        probe.send(b"?")
                        probe.recv(1)
                    print("reached", address)
                except OSError as error: print(errno.errorcode[error.errno])
        errors(socket.SOCK_STREAM, ("192.0.2.1", 443), ("10.0.0.1", 443), ("2001:db8::1", 443))
        errors(socket.SOCK_DGRAM, ("192.0.2.1", 53), ("8.8.8.8", 53), ("2001:db8::1", 53))
        errors(socket.SOCK_DGRAM, ("127.0.0.53", 53))
        errors(socket.SOCK_STREAM, ("127.0.0.1", int(sys.argv[1])), ("127.77.0.1", 80))
        print(*sorted(name for _, name in socket.if_nameindex()))
    """
    text = "\n".join(line[8:] for line in probe.splitlines())
    port = neighbour.rstrip("/").rpartition(":")[2]
    done = run(sys.executable, "-c", text, port, options=NAMESPACE)
    assert done.out.split() == ["ENETUNREACH"] * 6 + ["ECONNREFUSED"] * 3 + ["lo"], done


def test_a_script_that_uses_requests_moves_money_of_the_fake(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    bot = str(EXAMPLES / "requests_bot.py")
    done = run(sys.executable, bot, options=[*NAMESPACE, "--report", str(report)])
    assert re.fullmatch(r"moved 400 USDT, transfer \d+\n", done.out), done
    assert (done.status, done.said) == (0, ["bingx-fake: 3 requests, 0 errors, 0 lint marks"])
    assert [entry["applied"] for entry in read_report(report)] == [False, False, True]


def test_a_script_that_uses_ccxt_moves_money_of_the_fake() -> None:
    done = run(sys.executable, str(EXAMPLES / "ccxt_bot.py"), options=[*NAMESPACE, "--json"])
    assert re.fullmatch(r"moved 400 USDT, transfer \d+\n", done.out), done
    summary = json.loads(done.said[0])
    assert (summary["requests"], summary["errors"], summary["isolation"]) == (3, 0, "namespace")
    assert summary["rules"] == {"source-key-missing": 3, "post-in-query": 1}


def test_a_node_script_that_uses_fetch_moves_money_of_the_fake(node: str) -> None:
    done = run(node, str(EXAMPLES / "node_bot.mjs"), options=NAMESPACE)
    assert re.fullmatch(r"moved 400 USDT, transfer \d+\n", done.out), done
    assert (done.status, done.said) == (0, ["bingx-fake: 3 requests, 0 errors, 0 lint marks"])


@pytest.mark.parametrize("name", ["requests_bot.py", "ccxt_bot.py", "node_bot.mjs"])
def test_the_scripts_know_nothing_of_the_fake(name: str) -> None:
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    assert not re.search(
        r"bingx_(fake|client|contracts)|127\.|localhost|verify|proxy|process\.env\.[^B]", text
    )
