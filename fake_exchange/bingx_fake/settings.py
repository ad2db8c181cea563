"""What an exchange starts with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bingx_fake.clock import ExchangeClock
from bingx_fake.faults.fault import Fault
from bingx_fake.gateway.limits import Ban
from bingx_fake.profiles.choice import Profile
from bingx_fake.state.files import StateForm
from bingx_fake.state.markets import MarketForm, SourceForm

DEFAULT_JOURNAL_SIZE = 10_000
"""How many requests the journal keeps."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an exchange starts with, and goes back to on reset.

    :param clock: makes the clock to start with.
    :param seed: decides over transfer ids, over faults with a probability, and over what prices do.
    :param market: the source of markets that name none.
    :param markets: those that there are besides the state's, whatever state is loaded.
    :param ban: what going on after 100410 leads to, where limits hold.
    :param journal_size: how many requests the journal keeps.
    :param tls: whether the domains are served over TLS; ``tls`` faults exist only then.
    :param schedule: faults whose times count from the start, and from each reset.
    :param profile: which documented answer is given to each contested question.
    :param adopted: gives the profiles made of live reports, which it may be changed to.
    """

    form: StateForm
    clock: Callable[[], ExchangeClock]
    seed: int = 0
    rate_limits: bool = False
    ban: Ban = field(default_factory=Ban)
    journal_size: int = DEFAULT_JOURNAL_SIZE
    tls: bool = False
    schedule: tuple[Fault, ...] = ()
    profile: Profile = field(default_factory=Profile)
    adopted: Callable[[], Mapping[str, Mapping[str, str]]] = dict
    market: SourceForm = "constant"
    markets: tuple[MarketForm, ...] = ()
