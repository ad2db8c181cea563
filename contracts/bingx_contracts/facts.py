"""The types that give the facts in ``spec/*.toml`` their shape. Every fact names its source."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1)]
Account = Literal[
    "fund", "spot", "stdFutures", "coinMPerp", "USDTMPerp", "copyTrading", "grid", "eran", "c2c"
]
Permission = Literal["read", "transfer", "inner_transfer"]
Method = Literal["GET", "POST", "DELETE"]
Scope = Literal["uid", "ip"]


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One documented fact. An unknown key in its TOML table is an error, and so is a missing source."""

    source: Text


class Source(Fact, frozen=True, kw_only=True):
    """What a letter in ``source`` stands for."""

    letter: Text
    title: Text
    released: str | None = None


class Parameter(Fact, frozen=True, kw_only=True):
    """One parameter of an endpoint: its wire name, the rule its value follows, other accepted names."""

    name: Text
    rule: Text
    required: bool = False
    default: int | None = None
    aliases: tuple[str, ...] = ()


class Endpoint(Fact, frozen=True, kw_only=True):
    """One method and path.

    ``limit_per_uid`` and ``limit_per_ip`` are R's requests a second, ``limit_per_uid_docs_site`` is D's; None
    means that the document gives none. ``limit_group`` is D's group (see ``GroupLimit``); ``limits_of`` puts
    them together.

    ``old_route`` marks paths kept for clients that still call them. ``needs_one_of`` lists groups of
    parameters of which at least one has to be given whole. ``settled_by`` names the endpoint whose records
    show whether a write happened.
    """

    id: Text
    method: Method
    path: Text
    title: Text
    permission: Permission | None = None
    public: bool = False
    write: bool = False
    settled_by: str | None = None
    old_route: bool = False
    main_account_only: bool = False
    limit_per_uid: int | None = None
    limit_per_ip: int | None = None
    limit_per_uid_docs_site: int | None = None
    limit_group: Text | None = None
    parameters: tuple[Parameter, ...] = ()
    needs_one_of: tuple[tuple[str, ...], ...] = ()

    @property
    def parameter_names(self) -> frozenset[str]:
        """Every name that a parameter goes by."""
        return frozenset(
            name for parameter in self.parameters for name in (parameter.name, *parameter.aliases)
        )


class Rule(Fact, frozen=True, kw_only=True):
    """What a value must look like.

    ``pattern`` and ``amount`` rules match ``pattern`` against the whole value, ASCII only (an amount is
    also above zero); ``integer`` rules are decimal digits between ``minimum`` and ``maximum``; ``enum``
    rules list ``values``, and in ``also`` those that are known to be taken but not documented for clients
    to send. ``says`` is the rule in words, for messages.
    """

    name: Text
    kind: Literal["pattern", "amount", "integer", "enum"]
    says: Text
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class OrderType(Fact, frozen=True, kw_only=True):
    """What an order of one type needs besides."""

    type: Text
    needs: tuple[str, ...]


class TransferType(Fact, frozen=True, kw_only=True):
    """A named direction between two accounts."""

    name: Text
    from_account: Account
    to_account: Account


class WalletType(Fact, frozen=True, kw_only=True):
    """The number by which an internal transfer names the account that pays."""

    value: int
    account: Account


class OverviewType(Fact, frozen=True, kw_only=True):
    """One line of the overview: the accounts it sums up, and other accepted names."""

    name: Text
    accounts: tuple[Account, ...]
    aliases: tuple[str, ...] = ()


class InnerStatus(Fact, frozen=True, kw_only=True):
    """The status number of an internal transfer."""

    value: int
    meaning: Text


class ErrorCode(Fact, frozen=True, kw_only=True):
    """A business error code. ``definite``: an answer with it proves that a write was not carried out.

    ``looked_for`` is what published clients look for in its message, in any capitals, all of it.
    """

    code: int
    name: Text
    meaning: Text
    definite: bool = False
    looked_for: tuple[Text, ...] = ()


class VariationAnswer(Fact, frozen=True, kw_only=True):
    """One documented answer to a contested question, under the name that ``--vary`` takes."""

    name: Text


class Variation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question on which the documents disagree; each answer names its own source.

    ``side`` says whom the answer concerns; those about the ``client`` and ``recorded`` ones are written down,
    not switchable in the fake. ``copes`` is the rule by which our client is right under every answer,
    ``served_by`` the place in the fake that makes the difference. ``taken_in_by`` is the variation that asks
    the question now and has every answer of this one, which stays so that its id can still be given.
    """

    id: Text
    question: Text
    copes: Text
    served_by: Text | None = None
    taken_in_by: Text | None = None
    side: Literal["request", "answer", "gateway", "client", "recorded"]
    answers: tuple[VariationAnswer, ...]

    @property
    def is_switchable(self) -> bool:
        """Whether the fake can serve one answer or another."""
        return self.side not in ("client", "recorded") and self.taken_in_by is None


class Profile(Fact, frozen=True, kw_only=True):
    """A bundle of answers: one for each switchable variation, by its id."""

    name: Text
    answers: dict[str, str]


class SigningVector(Fact, frozen=True, kw_only=True):
    """A canonical string and its signature, made by the openssl command."""

    name: Text
    secret: Text
    string: Text
    signature: Text


class LintRule(Fact, frozen=True, kw_only=True):
    """A departure from S that the exchange tolerates. ``message`` says what to do instead."""

    id: Text
    message: Text


class Clause(Fact, frozen=True, kw_only=True):
    """One sentence of the contract that a test can prove. ``about`` says whose behaviour it is."""

    id: Text
    about: Literal["exchange", "client"]
    statement: Text


class Environment(Fact, frozen=True, kw_only=True):
    """A primary and a fallback base URL. ``live`` environments move real money."""

    name: Text
    com: Text
    pro: Text
    live: bool
    notice: str | None = None


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


class LimitWindow(Fact, frozen=True, kw_only=True):
    """The length of the window that an endpoint's own limits count in, in milliseconds."""

    window_ms: int


class GroupLimit(Fact, frozen=True, kw_only=True):
    """What D allows one address, or one user, in any ``window_ms`` at a group of endpoints.

    ``number`` is the group in D's data, which R took for a rate. ``each``: every endpoint of the group counts
    by itself, not all of them together.
    """

    group: Text
    number: int
    count: Annotated[int, msgspec.Meta(ge=1)]
    window_ms: Annotated[int, msgspec.Meta(ge=1)]
    scope: Scope
    each: bool = False


class Limit(msgspec.Struct, frozen=True):
    """At most ``count`` requests of one user or one address in any ``window_ms``.

    ``counted`` names what counts together: a group, or an endpoint by its id.
    """

    count: int
    window_ms: int
    scope: Scope
    counted: str


class LimitRelease(Fact, frozen=True, kw_only=True):
    """For how long a limit that was broken refuses, under which answers of V25."""

    after_ms: int
    under: tuple[Text, ...]


Answers = Mapping[str, str]
"""Variation id to the name of its answer."""


class Conditional(Fact, frozen=True, kw_only=True):
    """A fact that holds where each variation in ``when`` has one of the answers listed there."""

    when: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)

    def holds(self, answers: Answers) -> bool:
        """Whether the fact holds under these answers."""
        return all(answers[variation] in names for variation, names in self.when.items())


Fields = dict[str, str]
"""Field name to the name of a value or shape; ``[name]`` is a list of them, ``{name}`` one for each asset."""


class Value(Conditional, frozen=True, kw_only=True):
    """A field's value: as a rule of ``rules.toml`` says, or a JSON type with what narrows it."""

    name: Text
    rule: str | None = None
    type: Literal["string", "integer", "number", "null"] | None = None
    nullable: bool = False
    values: tuple[str | int, ...] = ()
    pattern: str | None = None
    minimum: int | None = None
    says: str | None = None


class Shape(Conditional, frozen=True, kw_only=True):
    """An object within an answer. All its fields are always there, and no others."""

    name: Text
    fields: Fields


class AnswerShape(Conditional, frozen=True, kw_only=True):
    """The answer of one or several endpoints."""

    endpoints: tuple[str, ...]
    fields: Fields


class ErrorShape(Fact, frozen=True, kw_only=True):
    """The fields of the error answer besides its code."""

    fields: Fields


class Status(Conditional, frozen=True, kw_only=True):
    """The HTTP status that answers with these codes have."""

    status: int
    codes: tuple[int, ...]


class GatewayStatus(Fact, frozen=True, kw_only=True):
    """An HTTP status that says nothing about an endpoint."""

    status: int
    meaning: Text
