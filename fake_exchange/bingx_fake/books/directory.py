"""Who the exchange knows: users, their API keys, and the coins with their names and prices."""

from dataclasses import dataclass, field
from decimal import Decimal

from bingx_contracts import Permission


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
    _by_email: dict[str, User] = field(default_factory=dict)
    _by_phone: dict[Phone, User] = field(default_factory=dict)

    def add(self, user: User) -> None:
        """Enter a user.

        :raises ValueError: when the UID, a key, the e-mail address or the phone number is taken.
        """
        if user.uid in self.users:
            raise ValueError(f"uid {user.uid} is given twice")
        if user.email is not None and user.email.lower() in self._by_email:
            raise ValueError(f"email {user.email} is given twice")
        if user.phone is not None and user.phone in self._by_phone:
            raise ValueError(f"phone {user.phone.number} is given twice")
        names = [key.key for key in user.keys]
        for name in names:
            if name in self.keys or names.count(name) > 1:
                raise ValueError(f"key {name} is given twice")
        self.users[user.uid] = user
        self.keys.update({key.key: (user, key) for key in user.keys})
        if user.email is not None:
            self._by_email[user.email.lower()] = user
        if user.phone is not None:
            self._by_phone[user.phone] = user

    def know_coin(self, asset: str) -> None:
        """Make sure that an asset counts as a coin, named by itself where nothing better is known."""
        self.coins.setdefault(asset, asset)

    def by_email(self, email: str) -> User | None:
        """The user with this address, in any case of letters."""
        return self._by_email.get(email.lower())

    def by_phone(self, phone: Phone) -> User | None:
        """The user with this phone number."""
        return self._by_phone.get(phone)
