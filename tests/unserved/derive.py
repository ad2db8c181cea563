"""Writes paths.txt: every path that published clients are known to call.

    python tests/unserved/derive.py REFERENCE

REFERENCE is the folder with trading/needs.md, which says in words what four clients call, and with
trading/client-requests.jsonl, which has requests of one as it sent them.
"""

import json
import re
import sys
from pathlib import Path

_PATH = re.compile(
    r"\b(?:account|agent|api|contract|cswap|fund|market|spot|swap|user|wallets)/(?:v\d|auth)[\w/]*"
)


def paths(reference: Path) -> list[str]:
    """Each path once, in order."""
    told = (reference / "trading" / "needs.md").read_text(encoding="utf-8")
    sent = (reference / "trading" / "client-requests.jsonl").read_text(encoding="utf-8")
    found = {f"/openApi/{path.rstrip('/')}" for path in _PATH.findall(told)}
    return sorted(found | {json.loads(line)["path"] for line in sent.splitlines()})


if __name__ == "__main__":
    text = "\n".join(paths(Path(sys.argv[1])))
    Path(__file__).with_name("paths.txt").write_text(f"{text}\n", encoding="utf-8")
