"""The numbers of transfers and of orders: sequences that an exchange goes through once in its life.

A client takes a record for another transfer's when it has met the id before, so no id is handed out twice,
whatever happens to the books in between.
"""

from random import Random

_FIRST = 1_800_000_000_000_000_001
"""Beyond 2^53 and odd, as every later id is, so that a reader that takes ids for floats is found out."""


class Ids:
    """The ``tranId`` of one transfer after the other, and the ids of internal transfers among them.

    :param seed: decides over the sequence; the same one gives the same ids.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(f"{seed}/ids")
        self._latest = _FIRST

    def count_on(self, latest: int) -> None:
        """Go on above an id that is in the books already; one that is passed changes nothing."""
        self._latest = max(self._latest, latest | 1)

    def next(self) -> int:
        """An id above every earlier one."""
        self._latest += 2 * self._random.randrange(1, 500_000)
        return self._latest


def transfer_id_of(tran_id: int) -> int:
    """The other number of a transfer: 22 digits, as O shows a ``transferId``, odd, and another one for each.

    How the exchange comes to it is unknown; that it is made of the ``tranId`` is ours (A18).
    """
    return 1000 * tran_id + 1


_TWITTER_EPOCH_MS = 1_288_834_974_657
_ONE_ORDER = 1 << 12


class OrderIds:
    """The ids of orders: an order's time in its upper bits, as in all that were recorded, a count below.

    The lowest 12 bits are zero. A millisecond that has had 1,024 orders borrows from the next one, and a
    clock that was set back counts on from the last id, so that none comes twice.
    """

    def __init__(self) -> None:
        self._latest = 0

    def count_on(self, latest: int) -> None:
        """Go on above an id that is in the books already; one that is passed changes nothing."""
        self._latest = max(self._latest, latest)

    def next(self, at_ms: int) -> int:
        """An id above every earlier one, of an order that is placed at a time."""
        of_the_time = max(at_ms - _TWITTER_EPOCH_MS, 1) << 22
        self._latest = max(of_the_time, (self._latest // _ONE_ORDER + 1) * _ONE_ORDER)
        return self._latest
