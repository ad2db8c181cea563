"""Where namespaces are not to be had: the proxy, what is said about it, and what it can hold."""

import os
import platform
import sys
from pathlib import Path

import pytest
from run.forbidding import NUMBERS
from run.running import COM, EXAMPLES, NAMESPACE, PROXY, STREAM, WEAKER, curls, run, run_anew

CANNOT = "no network namespace can be made here"


def forbidding(call: str) -> list[str]:
    if sys.platform != "linux" or platform.machine() not in NUMBERS:
        pytest.skip("did not run: forbidding system calls is written for Linux on x86-64 and ARM64")
    return [sys.executable, str(Path(__file__).with_name("forbidding.py")), call]


def test_where_the_kernel_forbids_namespaces_it_says_why_and_what_to_do_and_takes_the_proxy(
    curl: str,
) -> None:
    done = run_anew("curl", "-s", COM, under=forbidding("unshare"))
    assert (done.status, done.err) == (0, "")
    assert "serverTime" in done.out
    why, weaker, _ = done.said
    assert why.startswith(f"bingx-fake: {CANNOT}: unshare: Operation not permitted; ")
    assert ("docker run --privileged" if os.geteuid() == 0 else "run it as root") in why
    assert weaker == WEAKER


def test_who_insists_on_a_namespace_gets_none_in_one_line() -> None:
    done = run_anew("echo", "began", under=forbidding("unshare"), options=NAMESPACE)
    assert (done.status, done.out, done.err) == (1, "", "")
    (why,) = done.said
    assert why.startswith(f"Error: {CANNOT}: unshare: Operation not permitted; ")
    assert why.endswith("; or choose --isolation proxy, which guarantees less")


@pytest.mark.usefixtures("namespaces")
def test_a_namespace_that_fails_halfway_is_none() -> None:
    done = run_anew("echo", "began", under=forbidding("mount"))
    assert done.said[0].startswith(f"bingx-fake: {CANNOT}: mount /: Operation not permitted; ")
    assert (done.status, done.out) == (0, "began\n")


def test_a_script_that_uses_requests_moves_money_of_the_fake_and_has_no_lint() -> None:
    bot = str(EXAMPLES / "requests_bot.py")
    done = run(sys.executable, bot, options=[*PROXY, "--fail-on-lint"])
    assert done.out.startswith("moved 400 USDT, transfer "), done
    assert (done.status, done.said) == (0, [WEAKER, "bingx-fake: 3 requests, 0 errors, 0 lint marks"])


def test_the_proxy_refuses_everything_else_and_says_what_it_was(curl: str, neighbour: str) -> None:
    secret = COM.replace("https://", "http://user:password@")
    urls = ["https://example.com/", COM.replace(".com/", ".com:8443/"), neighbour, f"{secret}?signature=1"]
    script = 'for url; do curl -s "$url"; echo "$?"; done'
    done = run("sh", "-c", script, "sh", *urls, options=PROXY)
    reason = "is none of the hosts that the fake answers by https"
    host = neighbour.removeprefix("http://").removesuffix("/")
    plain = [f"bingx-fake run: {host} {reason}", "0", f"bingx-fake run: open-api.bingx.com {reason}", "0"]
    assert done.out.splitlines() == ["56", "56", *plain], done
    assert done.said[-1].endswith(
        f"; the proxy refused 4 requests ({host}, example.com:443, open-api.bingx.com, …)"
    )


def test_outages_reach_through_the_proxy(curl: str) -> None:
    seen = {"refuse": 56, "dns": 56, "tls": 60, "reset": 56, "empty": 52, "timeout": 28}
    with curls(PROXY) as inside:
        for kind, says in seen.items():
            assert inside.in_outage(kind) == (says, 0, 0), kind
        assert inside.in_outage("dns", "stream", STREAM) == (seen["dns"], 0, 0)


def test_a_program_that_asks_no_proxy_is_noticed_and_trusts_nobody_but_the_throwaway_ca(node: str) -> None:
    options = {"NODE_OPTIONS": "--no-warnings"}
    done = run(node, "-p", "process.execArgv + process.env.NODE_OPTIONS", options=PROXY, environment=options)
    assert done.out.endswith("--no-warnings --use-openssl-ca\n")
    assert done.said[-1].endswith(
        "; nothing asked the proxy, so whatever the program reached was not the fake"
    )
