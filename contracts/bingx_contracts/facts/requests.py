"""What can be asked for: endpoints, their parameters, what values look like and mean, and how often."""

from typing import Annotated, Any, Literal

import msgspec

from bingx_contracts.facts.base import Account, Conditional, Fact, Text

Permission = Literal["read", "transfer", "inner_transfer", "trade"]
Workbook = Literal["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"]
Method = Literal["GET", "POST", "PUT", "DELETE"]
Scope = Literal["uid", "ip"]
WriteKind = Literal["transfer", "order", "batch", "cancel", "setting"]


class Parameter(Fact, frozen=True, kw_only=True):
    """One parameter of an endpoint: its wire name, the rule its value follows, other accepted names.

    ``required_if`` names other parameters with values: it is required where each of them has one of those
    values, or any where none is listed.
    """

    name: Text
    rule: Text
    required: bool = False
    required_if: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    default: int | None = None
    aliases: tuple[str, ...] = ()


class Write(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a request changes, and how to find out whether it did.

    ``kind`` decides which codes prove that nothing happened (``ErrorCode.is_definite``). ``settled_by`` names
    the endpoint whose records show whether it happened, ``key`` the parameter by which one record is known to
    be this write's; None where there is none.
    """

    kind: WriteKind
    settled_by: Text | None = None
    key: Text | None = None


class EndpointLimit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often an endpoint may be asked, says each document in ``by``.

    By one user or one address, ``count`` times in any ``window_ms``; or, with the scope ``group``, as often
    as the limits of that group say (``GroupLimit``).
    """

    scope: Literal["uid", "ip", "group"]
    by: tuple[Text, ...]
    count: Annotated[int, msgspec.Meta(ge=1)] | None = None
    window_ms: Annotated[int, msgspec.Meta(ge=1)] | None = None
    group: Text | None = None


class Endpoint(Fact, frozen=True, kw_only=True):
    """One method and path. Its id is ``<group>.<name>``; ``earlier_ids`` are those it had in other versions.

    ``limits`` are those of each document; ``limits_of`` puts them together. ``places`` says where in a
    document, by its letter, the endpoint is found. ``write`` is None for reads. ``tells_time`` marks reads of
    the exchange's clock, which settle any write.

    ``key_alone`` marks endpoints to which the key in its header is enough: they ask for no signature, and
    hold who sends one to it.

    ``media`` is what the answer to a request that was carried out is, where that is not JSON; refusals are. A
    workbook has one sheet: the rows that the answer's shape says are its ``data``, below their fields' names.

    ``old_route`` marks paths kept for clients that still call them. ``needs_one_of`` lists groups of
    parameters of which at least one has to be given whole.
    """

    id: Text
    earlier_ids: tuple[Text, ...] = ()
    method: Method
    path: Text
    title: Text
    permission: Permission | None = None
    public: bool = False
    key_alone: bool = False
    write: Write | None = None
    tells_time: bool = False
    old_route: bool = False
    main_account_only: bool = False
    media: Workbook | None = None
    limits: tuple[EndpointLimit, ...] = ()
    places: dict[str, Text] = msgspec.field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    needs_one_of: tuple[tuple[str, ...], ...] = ()

    @property
    def group(self) -> str:
        """The group that it belongs to."""
        return self.id.partition(".")[0]

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
    to send. ``decimal`` rules match ``pattern`` like amounts, but may be zero or negative; ``boolean`` ones
    are ``true`` or ``false``; ``list`` rules are ``minimum`` to ``maximum`` values that each follow the rule
    ``items``, joined by commas; ``json`` rules are the text of a JSON array or object, as ``form`` says, an
    array of ``minimum`` to ``maximum`` elements, which follow ``items`` where it is given. ``says`` is the
    rule in words, for messages.
    """

    name: Text
    kind: Literal["pattern", "amount", "integer", "enum", "decimal", "boolean", "list", "json"]
    says: Text
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    items: Text | None = None
    form: Literal["array", "object"] | None = None


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


class EndpointDeparture(Conditional, frozen=True, kw_only=True):
    """What is different about an endpoint's request.

    ``without`` lists parameters that it does not know, ``names`` gives others the one name that they go by,
    ``rules`` other rules. None leaves ``needs_one_of`` as it is.
    """

    endpoint: Text
    without: tuple[str, ...] = ()
    names: dict[str, str] = msgspec.field(default_factory=dict)
    rules: dict[str, str] = msgspec.field(default_factory=dict)
    needs_one_of: tuple[tuple[str, ...], ...] | None = None


class WindowDeparture(Conditional, frozen=True, kw_only=True):
    """What is different about recvWindow."""

    minimum_ms: int | None = None
    maximum_ms: int | None = None
    says: str | None = None


class Note(Conditional, frozen=True, kw_only=True):
    """What there is to say about a parameter that a schema cannot."""

    about: Literal["signature", "timestamp", "transferClientId"]
    says: Text


class Example(Fact, frozen=True, kw_only=True):
    """A request of an endpoint as documented, and its answer in the form that ``profile`` serves.

    Values are ours, and fit the example state. ``request`` has no parameters that every signed request has.
    """

    endpoint: Text
    profile: Text
    request: dict[str, str]
    answer: dict[str, Any]
