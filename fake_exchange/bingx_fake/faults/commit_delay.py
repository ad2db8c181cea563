"""A write that is answered now and takes effect later."""

from bingx_fake.faults.fault import MATCHING, Kind

COMMIT_DELAY = Kind(
    name="commit-delay",
    fields=MATCHING | {"ms"},
    needs=frozenset({"ms"}),
    may_fall_back=False,
    acts_on="commit",
)
"""Applied ``ms`` after its answer, on the exchange's clock.

It is met by writes that the gateway admitted, and goes together with another fault: where that one loses
the answer of a request that was carried out, the request still takes effect ``ms`` later.
"""
