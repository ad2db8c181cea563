"""The numbers of transfers: a sequence that an exchange goes through once in its life.

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

    How the exchange comes to it is unknown; that it is made of the ``tranId`` is ours.
    """
    return 1000 * tran_id + 1
