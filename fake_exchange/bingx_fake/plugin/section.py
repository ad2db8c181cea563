"""What a failed test's report says about the requests that were refused in it."""

from collections.abc import Iterable

from bingx_fake.exchange import Exchange
from bingx_fake.explain.explanation import explain
from bingx_fake.explain.text import render
from bingx_fake.inprocess.fake_exchange import FakeExchange
from bingx_fake.journal.journal import Refused

TITLE = "BingX requests refused in this test"
_MOST_SHOWN = 3


def refusals(exchanges: Iterable[FakeExchange]) -> str:
    """The explanations of the latest refused requests; empty where none was refused."""
    refused = [(entry_id, kept) for exchange in exchanges for entry_id, kept in exchange.call(_refused)]
    blocks = [f"{entry_id}: {_explained(kept)}" for entry_id, kept in refused[-_MOST_SHOWN:]]
    earlier = len(refused) - len(blocks)
    if earlier:
        blocks.insert(0, f"({earlier} earlier ones are left out)")
    return "\n\n".join(blocks)


def _explained(kept: Refused) -> str:
    try:
        return render(explain(kept))
    except Exception as error:
        # An error here would end the whole run, and the failure of one test is not worth that.
        return f"refused with {kept.code}; explaining it failed over a {type(error).__name__}"


def _refused(exchange: Exchange) -> list[tuple[str, Refused]]:
    return exchange.journal.refusals()
