"""Runs ``bingx-account`` with BingX's real host names answered by a fake exchange.

Arguments: a file for the journal, how often to run, and the command's own arguments.
"""

import json
import sys
from pathlib import Path

from account.programs import ALICE_UID, KEY, SECRET

from bingx_client.account.command import main
from bingx_fake import FakeExchange, intercept

STATE = {
    "users": [
        {
            "uid": ALICE_UID,
            "keys": [{"key": KEY, "secret": SECRET, "permissions": ["read", "transfer", "inner_transfer"]}],
            "balances": {"fund": {"USDT": "1000"}},
        }
    ]
}

if __name__ == "__main__":
    journal, times, *arguments = sys.argv[1:]
    with FakeExchange(STATE, tls=True) as exchange, intercept(exchange):
        for _ in range(int(times)):
            code = main(arguments)
            print(f"[exit {code}]", file=sys.stderr, flush=True)  # noqa: T201  # what the test waits for
        Path(journal).write_text(json.dumps(exchange.requests), encoding="utf-8")
