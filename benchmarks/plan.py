"""How thorough a run is, and where it shows its progress."""

from dataclasses import dataclass

from rich.progress import Progress


@dataclass(frozen=True, slots=True)
class Plan:
    """What every measurement is given.

    :param quick: fewer rounds; a smoke test rather than a figure to quote.
    """

    quick: bool
    progress: Progress

    def rounds(self, full: int, quick: int) -> int:
        """How many rounds to make."""
        return quick if self.quick else full
