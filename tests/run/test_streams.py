"""Streams of a program that knows the documented hosts alone, in a namespace and behind a proxy."""

import json
import sys

import pytest
from run.running import NAMESPACE, PROXY, run

STREAMS = [
    "wss://open-api-ws.bingx.com/market",
    "wss://open-api-swap.bingx.com/swap-market",
    "wss://open-api-cswap-ws.bingx.com/market",
    "wss://vst-open-api-ws.bingx.com/swap-market",
]
LISTENS = """
import gzip, json, sys
from websockets.sync.client import connect

for url in sys.argv[1:]:
    with connect(url) as stream:
        stream.send("{}")
        print(json.loads(gzip.decompress(stream.recv(timeout=20)))["code"])
with connect(sys.argv[1]) as stream:
    stream.send(json.dumps({"id": "1", "dataType": "BTC-USDT@depth5"}))
    stream.recv(timeout=20)
    print(len(json.loads(gzip.decompress(stream.recv(timeout=20)))["data"]["bids"]))
"""


@pytest.mark.parametrize("isolation", [NAMESPACE, PROXY], ids=["namespace", "proxy"])
def test_a_program_listens_at_the_documented_hosts(
    request: pytest.FixtureRequest, isolation: list[str]
) -> None:
    if isolation is NAMESPACE:
        request.getfixturevalue("namespaces")
    done = run(sys.executable, "-c", LISTENS, *STREAMS, options=isolation)
    assert [json.loads(line) for line in done.out.splitlines()] == [80014] * 4 + [5], done
