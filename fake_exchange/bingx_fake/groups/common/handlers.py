"""The reads of the exchange's clock."""

from collections.abc import Mapping

from bingx_fake.groups.call import Books, Call, Done, Handler


def server_time(books: Books, call: Call) -> Done:
    """Nothing but the time, which every answer can tell."""
    return Done()


HANDLERS: Mapping[str, Handler] = {
    "server_time": server_time,
    "server_time_v1": server_time,
    "server_time_spot": server_time,
}
"""By the endpoint's name in the group."""
