"""Requests in the forms in which published clients write them, each by code of its own: signed by alice."""

import json
from typing import Any
from urllib.parse import quote

from support.sender import FORM, NOW_MS, Reply, Sender, hmac_hex, pairs

SECRET = "alice-secret"


def ccxt(sender: Sender, method: str, path: str, **parameters: Any) -> Reply:
    """All in the query, sorted; signed as it is, sent percent-encoded; an empty body."""
    everything = sorted((parameters | {"timestamp": NOW_MS}).items())
    signed = "&".join(f"{name}={value}" for name, value in everything)
    wire = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in everything)
    headers = {"X-BX-APIKEY": "alice-key", "X-SOURCE-KEY": "CCXT"}
    target = f"{path}?{wire}&signature={hmac_hex(SECRET, signed)}"
    return sender.raw(method, target, headers=headers, body=b"" if method == "POST" else None)


def hummingbot(sender: Sender, method: str, path: str, **parameters: Any) -> Reply:
    """All in the query; the sorted and percent-encoded text is signed; JSON is announced and none is sent."""
    everything = sorted((parameters | {"timestamp": NOW_MS}).items())
    wire = "&".join(f"{name}={quote(str(value))}" for name, value in everything)
    headers = {"X-BX-APIKEY": "alice-key", "X-SOURCE-KEY": "Hummingbot", "Content-Type": "application/json"}
    target = f"{path}?{wire}&signature={hmac_hex(SECRET, wire)}"
    return sender.raw(method, target, headers=headers, body=b"" if method == "POST" else None)


def bingx_net(sender: Sender, method: str, path: str, **parameters: Any) -> Reply:
    """A write in a form body, sorted; a read in the query; recvWindow on each."""
    everything = sorted((parameters | {"timestamp": NOW_MS, "recvWindow": 5000}).items())
    signed = "&".join(f"{name}={value}" for name, value in everything)
    signature = hmac_hex(SECRET, signed)
    wire = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in everything)
    headers = {"X-BX-APIKEY": "alice-key"}
    if method == "GET":
        return sender.raw("GET", f"{path}?{wire}&signature={signature}", headers=headers)
    body = f"{wire}&signature={signature}".encode()
    return sender.raw("POST", path, headers=headers | {"Content-Type": FORM}, body=body)


def json_body(sender: Sender, method: str, path: str, **parameters: Any) -> Reply:
    """A write in a JSON body with the signature inside it, numbers as numbers."""
    if method == "GET":
        return bingx_net(sender, method, path, **parameters)
    everything = dict(sorted((parameters | {"timestamp": NOW_MS}).items()))
    signed = "&".join(f"{name}={value}" for name, value in everything.items())
    document = json.dumps(everything | {"signature": hmac_hex(SECRET, signed)}).encode()
    headers = {"X-BX-APIKEY": "alice-key", "Content-Type": "application/json"}
    return sender.raw("POST", path, headers=headers, body=document)


def bingx_net_of_perpetuals(sender: Sender, method: str, path: str, **parameters: Any) -> Reply:
    """As BingX.Net writes about perpetuals: recvWindow on each; see below for where the rest goes.

    Orders, amendments and replacements in a JSON body, the type of margin in the query although it is a
    write, other writes in a form body, sorted; reads and cancels in the query, in the order in which they are
    given. Truths are lower-case words.
    """
    given = {name: str(it).lower() if isinstance(it, bool) else it for name, it in parameters.items()}
    everything = given | {"recvWindow": 5000, "timestamp": NOW_MS}
    headers = {"X-BX-APIKEY": "alice-key"}
    if method == "POST" and path.endswith(("/trade/order", "/trade/amend", "/trade/cancelReplace")):
        ordered = dict(sorted(everything.items()))
        document = ordered | {"signature": hmac_hex(SECRET, pairs(ordered))}
        headers |= {"Content-Type": "application/json"}
        return sender.raw("POST", path, headers=headers, body=json.dumps(document).encode())
    if method == "POST" and not path.endswith("/marginType"):
        ordered = dict(sorted(everything.items()))
        signature = hmac_hex(SECRET, pairs(ordered))
        body = f"{pairs(ordered, encoded=True)}&signature={signature}".encode()
        return sender.raw("POST", path, headers=headers | {"Content-Type": FORM}, body=body)
    wire = f"{pairs(everything, encoded=True)}&signature={hmac_hex(SECRET, pairs(everything))}"
    return sender.raw(method, f"{path}?{wire}", headers=headers, body=b"" if method == "POST" else None)
