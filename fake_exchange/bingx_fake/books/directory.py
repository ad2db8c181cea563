"""Who the exchange knows: users, their API keys, whom they invited, and the coins with names and prices."""

from dataclasses import dataclass, field
from decimal import Decimal

from bingx_contracts import Permission
from bingx_fake.books.referrals import Referrals


@dataclass(frozen=True, slots=True)
class Key:
    """An API key. ``addresses`` empty means any address may use it. The secret stays out of its repr."""

    key: str
    secret: bytes = field(repr=False)
    permissions: frozenset[Permission]
    addresses: frozenset[str]


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number as internal transfers name it."""

    calling_code: str
    number: str


@dataclass(frozen=True, slots=True)
class User:
    """A user of the exchange."""

    uid: int
    email: str | None
    phone: Phone | None
    is_main: bool
    keys: tuple[Key, ...]


@dataclass(slots=True)
class Directory:
    """Users by every name they go by, and the coins."""

    coins: dict[str, str] = field(default_factory=dict)
    prices: dict[str, Decimal] = field(default_factory=dict)
    users: dict[int, User] = field(default_factory=dict)
    keys: dict[str, tuple[User, Key]] = field(default_factory=dict)
    former_secrets: frozenset[bytes] = field(default=frozenset(), repr=False)
    """Of keys that there were: what is told of earlier requests keeps them covered."""
    referrals: Referrals = field(default_factory=Referrals)
    _by_email: dict[str, User] = field(default_factory=dict)
    _by_phone: dict[Phone, User] = field(default_factory=dict)

    @property
    def secrets(self) -> set[bytes]:
        """Whatever must not be told to anybody."""
        return {key.secret for _, key in self.keys.values()} | self.former_secrets

    def taken(self, user: User) -> str | None:
        """What of a user is another's (UID, a key, e-mail address, phone number), in words; or None."""
        if user.uid in self.users:
            return f"uid {user.uid}"
        if user.email is not None and user.email.lower() in self._by_email:
            return f"email {user.email}"
        if user.phone is not None and user.phone in self._by_phone:
            return f"phone {user.phone.number}"
        return next((f"key {key.key}" for key in user.keys if key.key in self.keys), None)

    def add(self, user: User) -> None:
        """Enter a user.

        :raises ValueError: when the UID, a key, the e-mail address or the phone number is taken.
        """
        names = [key.key for key in user.keys]
        twice = self.taken(user) or next((f"key {name}" for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"{twice} is given twice")
        self.users[user.uid] = user
        self.keys.update({key.key: (user, key) for key in user.keys})
        if user.email is not None:
            self._by_email[user.email.lower()] = user
        if user.phone is not None:
            self._by_phone[user.phone] = user

    def copy(self, *, without: int | None = None) -> "Directory":
        """The same, to be changed by itself, so that whoever refused a request goes on knowing who was there.

        :param without: the UID of a user that it does not have.
        """
        other = Directory(dict(self.coins), dict(self.prices), former_secrets=self.former_secrets)
        other.referrals = self.referrals.copy(without=without)
        for user in self.users.values():
            if user.uid != without:
                other.add(user)
            else:
                other.former_secrets |= {key.secret for key in user.keys}
        return other

    def know_coin(self, asset: str) -> None:
        """Make sure that an asset counts as a coin, named by itself where nothing better is known."""
        self.coins.setdefault(asset, asset)

    def by_email(self, email: str) -> User | None:
        """The user with this address, in any case of letters."""
        return self._by_email.get(email.lower())

    def by_phone(self, phone: Phone) -> User | None:
        """The user with this phone number."""
        return self._by_phone.get(phone)
