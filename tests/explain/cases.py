"""The usual signing mistakes, each made by code of its own: what was signed, and what was sent."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from urllib.parse import quote

from explain.sending import Sent
from support.sender import FUND_BALANCE, NOW_MS, TRANSFER, hmac_hex

SECRET = "alice-secret"
JSON = "application/json"

WIRE = f"asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES&amount=1.0"
RIGHT = f"amount=1.0&asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES"


@dataclass(frozen=True)
class Case:
    """A mistake: what was signed, and what was sent.

    :param signed: the string that the client signs, None where that is not what is wrong.
    :param sent: the request, with SIGNATURE where the signature comes.
    :param vary: what departs from the profile.
    """

    sent: Sent
    signed: str | None = None
    signature: str = ""
    vary: dict[str, str] | None = None


def form(signed: str, wire: str = WIRE, *, query: str = "", vary: dict[str, str] | None = None) -> Case:
    """A POST with a form body."""
    target = f"{TRANSFER}?{query}" if query else TRANSFER
    return Case(Sent(target, f"{wire}&signature=SIGNATURE"), signed, vary=vary)


def get(signed: str, wire: str) -> Case:
    """A GET with everything in its query."""
    return Case(Sent(f"{FUND_BALANCE}?{wire}&signature=SIGNATURE", method="GET"), signed)


def document(signed: str, text: str) -> Case:
    """A POST with a JSON body, ``text`` without its closing brace."""
    return Case(Sent(TRANSFER, f'{text},"signature":"SIGNATURE"}}', content_type=JSON), signed)


def with_note(signed: str, sent: str) -> Case:
    """A GET with one more value, signed in one form and sent in another."""
    return get(f"note={signed}&timestamp={NOW_MS}", f"note={sent}&timestamp={NOW_MS}")


def made(signature: str | bytes, *, key: str = "alice-key") -> Case:
    """The right string, and something else wrong with the signature."""
    text = signature.hex() if isinstance(signature, bytes) else signature
    return Case(replace(form("").sent, key=key), None, quote(text, safe=""))


def digest(secret: str, string: str = RIGHT, name: str = "sha256") -> bytes:
    return hmac.digest(secret.encode(), string.encode(), name)


def _lost_zeros() -> Case:
    for note in range(1000):
        string = f"note={note}&timestamp={NOW_MS}"
        signature = hmac_hex(SECRET, string)
        if signature.startswith("0"):
            return replace(get("", string), signed=None, signature=signature.lstrip("0"))
    raise AssertionError("one in sixteen begins with a zero")


MOVE_JSON = f'{{"type":"FUND_PFUTURES","asset":"USDT","amount":1.0,"timestamp":{NOW_MS}'
PYTHON_DICT = {"asset": "USDT", "timestamp": str(NOW_MS), "type": "FUND_PFUTURES", "amount": "1.0"}

CASES: dict[str, Case] = {
    # another order
    "timestamp-appended": form(f"amount=1.0&asset=USDT&type=FUND_PFUTURES&timestamp={NOW_MS}"),
    "query-and-body-sorted-apart": form(
        f"asset=USDT&type=FUND_PFUTURES&amount=1.0&timestamp={NOW_MS}",
        f"timestamp={NOW_MS}&amount=1.0",
        query="type=FUND_PFUTURES&asset=USDT",
    ),
    "body-before-query": form(
        f"timestamp={NOW_MS}&amount=1.0&type=FUND_PFUTURES&asset=USDT",
        f"timestamp={NOW_MS}&amount=1.0",
        query="type=FUND_PFUTURES&asset=USDT",
    ),
    "signed-as-sent": form(WIRE, vary={"V1": "sorted"}),
    "signed-sorted": form(RIGHT, vary={"V1": "as-sent"}),
    "reversed": form(f"type=FUND_PFUTURES&timestamp={NOW_MS}&asset=USDT&amount=1.0"),
    "timestamp-first": form(f"timestamp={NOW_MS}&amount=1.0&asset=USDT&type=FUND_PFUTURES"),
    "sorted-ignoring-case": form(f"{RIGHT}&Zone=1", f"Zone=1&{WIRE}"),
    "sorted-by-value": form(f"amount=1.0&timestamp={NOW_MS}&type=FUND_PFUTURES&asset=USDT"),
    "sorted-as-pairs": form(f"a1=2&a=1&{RIGHT}", f"{WIRE}&a=1&a1=2"),
    "another-order": form(f"asset=USDT&amount=1.0&type=FUND_PFUTURES&timestamp={NOW_MS}"),
    # another spelling of values
    "blank-for-plus": with_note("a b", "a+b"),
    "numbers-reformatted": document(RIGHT.replace("1.0", "1"), MOVE_JSON),
    "double-encoded": with_note("a@b", "a%2540b"),
    "percent-encoded": document(f"{RIGHT}&who=a%40b", f'{MOVE_JSON},"who":"a@b"'),
    "plus-for-blank": with_note("a+b", "a%20b"),
    "values-in-quotes": form(f'amount="1.0"&asset="USDT"&timestamp="{NOW_MS}"&type="FUND_PFUTURES"'),
    "other-words": document(f"{RIGHT}&z=True", f'{MOVE_JSON},"z":true'),
    "blanks-trimmed": with_note("a", "a%20"),
    "other-letter-case": form(f"amount=1.0&asset=usdt&timestamp={NOW_MS}&type=fund_pfutures"),
    # other parameters
    "body-left-out": form(
        f"timestamp={NOW_MS}", "type=FUND_PFUTURES&asset=USDT&amount=1", query=f"timestamp={NOW_MS}"
    ),
    "query-left-out": form(
        "amount=1&asset=USDT&type=FUND_PFUTURES",
        "type=FUND_PFUTURES&asset=USDT&amount=1",
        query=f"timestamp={NOW_MS}",
    ),
    "nothing-signed": get("", f"asset=USDT&timestamp={NOW_MS}"),
    "only-timestamp-signed": form(f"timestamp={NOW_MS}"),
    "recv-window-left-out": form(RIGHT, f"{WIRE}&recvWindow=5000"),
    "timestamp-left-out": form("amount=1.0&asset=USDT&type=FUND_PFUTURES"),
    "empty-values-left-out": form(RIGHT, f"{WIRE}&note="),
    "empty-signature-signed": form(f"amount=1.0&asset=USDT&signature=&timestamp={NOW_MS}&type=FUND_PFUTURES"),
    "unset-parameter-signed": get(f"asset=None&timestamp={NOW_MS}", f"timestamp={NOW_MS}"),
    "recv-window-not-sent": form(RIGHT.replace("&timestamp", "&recvWindow=5000&timestamp")),
    "key-signed": form(f"apiKey=alice-key&{RIGHT}"),
    "parameters-left-out": form(f"asset=USDT&timestamp={NOW_MS}&type=FUND_PFUTURES"),
    # something around the string, or another text
    "question-mark-signed": form(f"?{RIGHT}"),
    "ampersand-signed": form(f"{RIGHT}&"),
    "line-end-signed": form(f"{RIGHT}\n"),
    "path-signed": form(f"{TRANSFER}?{RIGHT}"),
    "method-signed": form(f"POST\n{TRANSFER}\n{RIGHT}"),
    "url-signed": form(f"https://open-api.bingx.com{TRANSFER}?{RIGHT}"),
    "json-signed": document(f"{MOVE_JSON}}}", MOVE_JSON),
    "object-signed": form(str(PYTHON_DICT)),
    "other-separators": form(RIGHT.replace("&", "")),
    "string-encoded": form(quote(RIGHT, safe="")),
    "string-case-changed": form(RIGHT.upper()),
    "string-in-quotes": form(f'"{RIGHT}"'),
    # another time
    "seconds-signed": form(RIGHT.replace(str(NOW_MS), str(NOW_MS // 1000))),
    "another-timestamp": form(RIGHT.replace(str(NOW_MS), str(NOW_MS - 1234))),
    # another secret
    "another-keys-secret": made(digest("bob-secret")),
    "key-as-secret": made(digest("alice-key")),
    "blanks-around-secret": made(digest(f"{SECRET}\n")),
    "no-secret": made(digest("")),
    "secret-decoded": made(digest(base64.b64encode(SECRET.encode()).decode())),
    "secret-case-changed": made(digest(SECRET.upper())),
    # another function
    "other-hash": made(digest(SECRET, name="sha512")),
    "key-and-string-swapped": made(digest(RIGHT, SECRET)),
    "plain-hash": made(hashlib.sha256(f"{SECRET}{RIGHT}".encode()).digest()),
    "hash-without-secret": made(hashlib.sha256(RIGHT.encode()).digest()),
    "string-hashed-first": made(digest(SECRET, hashlib.sha256(RIGHT.encode()).hexdigest())),
    # another form
    "upper-case": made(hmac_hex(SECRET, RIGHT).upper()),
    "base64": made(base64.b64encode(digest(SECRET)).decode()),
    "text-around-signature": made(f"SHA2-256(stdin)= {hmac_hex(SECRET, RIGHT)}\n"),
    "leading-zeros-lost": _lost_zeros(),
    "no-signature-computed": made("[object Promise]"),
}


def sent_by(case: Case) -> Sent:
    signature = case.signature if case.signed is None else hmac_hex(SECRET, case.signed)
    target = case.sent.target.replace("SIGNATURE", signature)
    body = None if case.sent.body is None else case.sent.body.replace("SIGNATURE", signature)
    return replace(case.sent, target=target, body=body)


# Further ways to make the same mistakes

VARIANTS: list[tuple[str, Case]] = [
    (
        "timestamp-appended",
        form(
            f"amount=1.0&asset=USDT&type=FUND_PFUTURES&recvWindow=5000&timestamp={NOW_MS}",
            f"recvWindow=5000&{WIRE}",
        ),
    ),
    ("reversed", form(f"amount=1.0&type=FUND_PFUTURES&timestamp={NOW_MS}&asset=USDT")),
    ("body-left-out", form("")),
    ("numbers-reformatted", document(RIGHT.replace("1.0", "100.5"), MOVE_JSON.replace("1.0", '"100.50"'))),
    ("numbers-reformatted", document(RIGHT.replace("1.0", "1.0"), MOVE_JSON.replace("1.0", "1"))),
    ("numbers-reformatted", form(RIGHT.replace("1.0", "1e-05"), WIRE.replace("1.0", "0.00001"))),
    ("numbers-reformatted", form(RIGHT.replace("1.0", "1e-7"), WIRE.replace("1.0", "0.0000001"))),
    ("numbers-reformatted", form(RIGHT.replace("1.0", "0.10000000"), WIRE.replace("1.0", "0.1"))),
    ("percent-encoded", with_note("a%40b", "a@b")),
    ("percent-encoded", with_note("a%3a%2fb", "a:/b")),
    ("percent-encoded", with_note("%5B1%2C2%5D", "%5B1,2%5D")),
    ("double-encoded", with_note("a%2540b", "a%40b")),
    ("plus-for-blank", with_note("a+%40", "a%20@")),
    ("other-words", document(f"{RIGHT}&z=None", f'{MOVE_JSON},"z":null')),
    ("unset-parameter-signed", get(f"timestamp={NOW_MS}&asset=", f"timestamp={NOW_MS}")),
    ("json-signed", document(json.dumps(json.loads(f"{MOVE_JSON}}}")), MOVE_JSON)),
    ("json-signed", form(json.dumps(PYTHON_DICT))),
    ("object-signed", form("[object Object]")),
    ("other-separators", form(f"1.0USDT{NOW_MS}FUND_PFUTURES")),
    ("path-signed", form(f"{TRANSFER}{RIGHT}")),
    ("method-signed", form(f"{NOW_MS}POST{TRANSFER}?{RIGHT}")),
    ("seconds-signed", form(RIGHT.replace(str(NOW_MS), f"{NOW_MS / 1000}"))),
    ("another-timestamp", form(RIGHT.replace(str(NOW_MS), str(NOW_MS + 10_000)))),
    ("another-timestamp", form(RIGHT.replace(str(NOW_MS), str(NOW_MS - 600_000)))),
    ("another-timestamp", form(WIRE.replace(str(NOW_MS), str(NOW_MS - 1)))),
    ("blanks-around-secret", made(digest(f"{SECRET} "))),
    ("no-secret", made(digest("undefined"))),
    ("other-hash", made(digest(SECRET, name="md5"))),
    ("other-hash", made(digest(SECRET, name="sha1"))),
    ("plain-hash", made(hashlib.md5(f"{RIGHT}&secret={SECRET}".encode()).digest())),
    ("hash-without-secret", made(hashlib.sha1(RIGHT.encode()).digest())),
    ("upper-case", made(hmac_hex(SECRET, RIGHT).title())),
    ("base64", made(base64.urlsafe_b64encode(digest(SECRET)).decode().rstrip("="))),
    ("base64", made(base64.b64encode(hmac_hex(SECRET, RIGHT).encode()).decode())),
    ("text-around-signature", made(f"b'{hmac_hex(SECRET, RIGHT)}'")),
    ("text-around-signature", made(f"0x{hmac_hex(SECRET, RIGHT)}")),
    ("no-signature-computed", made("undefined")),
]
