"""A session with streams: what clients do there is written down, and a replay pushes the same."""

import json
from pathlib import Path

import pytest
from streams.listener import Listener
from streams.test_account import new_key
from support.sender import ALICE, NOW_MS

from bingx_fake import FakeExchange
from bingx_fake.recording.replay import replay

BTC = "BTC-USDT"


@pytest.mark.parametrize("frozen_at_ms", [NOW_MS, None])
def test_what_was_pushed_is_pushed_again(tmp_path: Path, frozen_at_ms: int | None) -> None:
    path = tmp_path / "session.jsonl"
    with FakeExchange(frozen_at_ms=frozen_at_ms, market="walk", record=path) as exchange:
        exchange.credit(ALICE, "spot", "USDT", 1_000)
        with Listener(f"{exchange.stream_url}/market?listenKey={new_key(exchange)}") as listener:
            listener.subscribe(f"{BTC}@trade", f"{BTC}@incrDepth", "ACCOUNT_UPDATE")
            exchange.play([{"domain": "stream", "kind": "ws-drop", "probability": 0.5}])
            for price in (60_100, 60_200, 60_300):
                exchange.market(BTC).move(price)
                exchange.credit(ALICE, "spot", "USDT", 1)
                exchange.clock.advance(2_000)
            assert len(listener.so_far()) > 4
    done = replay(path)
    assert (done.difference, done.cut_line) == (None, None)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    kinds = [line["input"] for line in lines if "input" in line]
    assert {"handshake", "connect", "message", "leave"} <= set(kinds)
    last = max(number for number, line in enumerate(lines) if line.get("input") == "message")
    lines[last]["output"]["digest"] = "0" * 16
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    difference = replay(path).difference
    assert difference is not None
    assert (difference.line, difference.asked) == (last + 1, "what was pushed to connection 1")


def test_a_handshake_that_is_refused_is_refused_again(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    with FakeExchange(frozen_at_ms=NOW_MS, record=path) as exchange:
        exchange.play([{"domain": "stream", "kind": "ws-refuse", "times": 1}])
        with pytest.raises(Exception, match="503"):
            Listener(f"{exchange.stream_url}/market")
        with Listener(f"{exchange.stream_url}/market") as listener:
            assert listener.so_far() == []
    done = replay(path)
    assert (done.difference, done.outputs) == (None, 5)
