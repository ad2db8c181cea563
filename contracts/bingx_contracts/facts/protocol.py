"""How a request is addressed, framed, signed and timed."""

from bingx_contracts.facts.base import Fact, Product, Text


class SigningVector(Fact, frozen=True, kw_only=True):
    """A canonical string and its signature, made by the openssl command."""

    name: Text
    secret: Text
    string: Text
    signature: Text


class Environment(Fact, frozen=True, kw_only=True):
    """A primary and a fallback base URL. ``live`` environments move real money."""

    name: Text
    com: Text
    pro: Text
    live: bool
    notice: str | None = None


class Stream(Fact, frozen=True, kw_only=True):
    """Where the websocket of a product is, in one environment.

    The account's stream is at the same URL, with ``?listenKey=`` behind it.
    """

    environment: Text
    product: Product
    url: Text


class SpareDomain(Fact, frozen=True, kw_only=True):
    """The other fallback that only the documentation site names (V19)."""

    url: Text
    limit_per_minute: int


class Headers(Fact, frozen=True, kw_only=True):
    """Names of headers, and the constant one's value.

    Requests carry ``key`` and ``source_key``; answers ``limit_remain`` and ``limit_expire``, which tell how
    many requests are left in the present window, and when it ends.
    """

    key: Text
    source_key: Text
    source_key_value: Text
    limit_remain: Text
    limit_expire: Text


class Window(Fact, frozen=True, kw_only=True):
    """How long a signed request stays valid, in milliseconds."""

    default_ms: int
    maximum_ms: int


class Timeout(Fact, frozen=True, kw_only=True):
    """After how many milliseconds without a complete answer a domain counts as failed."""

    whole_exchange_ms: int


class Values(Fact, frozen=True, kw_only=True):
    """Characters that no parameter value may contain."""

    forbidden_characters: Text
