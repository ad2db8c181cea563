"""What can be read of a key."""

from bingx_client.calls.account import readers
from bingx_client.calls.account.models import KeyRights
from bingx_client.calls.documented import read
from bingx_client.flow.call import Call


def uid() -> Call[str]:
    """Whose the key is that asks."""
    return read("account.uid", {}, readers.uid)


def api_permissions() -> Call[KeyRights]:
    """What the key that asks may do, and from where."""
    return read("account.api_permissions", {}, readers.api_permissions)
