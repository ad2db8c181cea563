"""What became of a run of made-up requests."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    """What became of one profile's examples.

    :param accepted: how many were signed, and taken for signed by the exchange.
    :param refused_although_signed: those that were not.
    :param unsigned: how many have no place for a signature, such as a JSON body that is a list.
    :param succeeded: the endpoints that were carried out.
    :param orders: how many were taken, and how many ``fills`` they had.
    """

    examples: int = 0
    failures: list[str] = field(default_factory=list)
    accepted: int = 0
    refused_although_signed: list[str] = field(default_factory=list)
    unsigned: int = 0
    succeeded: list[str] = field(default_factory=list)
    orders: int = 0
    fills: int = 0
