"""Outages in a namespace, where the fake cannot make new sockets: it takes its ports down and up in place."""

from pathlib import Path

import pytest
from run.running import COM, EXAMPLES, NAMESPACE, PRO, STREAM, curls, run

pytestmark = pytest.mark.usefixtures("namespaces")

# What curl says about each.
CURL_SAYS = {"refuse": 7, "blackhole": 28, "tls": 60, "dns": 6, "timeout": 28, "reset": 56, "empty": 52}


def test_a_domain_or_the_streams_go_down_in_every_way_and_come_back_and_the_others_stay(curl: str) -> None:
    with curls(NAMESPACE) as inside:
        for kind in (*CURL_SAYS, "refuse", "blackhole", "dns"):  # each also after what is not a refusal
            assert inside.in_outage(kind) == (CURL_SAYS[kind], 0, 0), kind
        for kind in ("refuse", "blackhole", "tls", "dns"):
            assert inside.in_outage(kind, "stream", STREAM) == (CURL_SAYS[kind], 0, 0), kind


def test_a_schedule_holds_from_the_start_and_the_bot_reads_elsewhere(tmp_path: Path, node: str) -> None:
    schedule = tmp_path / "schedule.toml"
    schedule.write_text('[[faults]]\ndomain = "com"\nkind = "refuse"\n', encoding="utf-8")
    options = [*NAMESPACE, "--schedule", str(schedule)]
    done = run(node, str(EXAMPLES / "node_bot.mjs"), options=options)
    assert done.out == "https://open-api.bingx.com: ECONNREFUSED\n" * 2, done
    assert "fetch failed" in done.err
    assert (done.status, done.said) == (1, ["bingx-fake: 2 requests, 0 errors, 0 lint marks"])


def test_a_schedule_may_take_a_name_away_or_spoil_a_handshake(curl: str, tmp_path: Path) -> None:
    schedule = tmp_path / "schedule.toml"
    faults = {"com": "dns", "pro": "tls"}
    text = "".join(f'[[faults]]\ndomain = "{domain}"\nkind = "{kind}"\n' for domain, kind in faults.items())
    schedule.write_text(text, encoding="utf-8")
    program = ["sh", "-c", f"curl -s {COM}; echo $?; curl -s {PRO}; echo $?"]
    done = run(*program, options=[*NAMESPACE, "--schedule", str(schedule)])
    assert done.out.split() == ["6", "60"]
    assert "handshake" not in done.said[0], "what a fault did is not the program's distrust"
