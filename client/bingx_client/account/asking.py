"""Questions to a person at a terminal. A wrong answer is asked again, with the rule in words."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from bingx_client.account.speaking import say
from bingx_client.errors import ParameterError
from bingx_client.wire.parameters import check_value
from bingx_contracts import RULES

T = TypeVar("T")


class Unanswered(Exception):
    """The person gave up at a question; nothing was sent.

    :ivar exit_code: 130 after Ctrl-C, 2 at the end of the input.
    """

    def __init__(self, exit_code: int) -> None:
        super().__init__("Nothing was sent.")
        self.exit_code = exit_code


def at_terminal() -> bool:
    """Whether there is a person to ask: stdin is a terminal."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def can_confirm() -> bool:
    """Whether there is a person who also sees what is asked."""
    return at_terminal() and sys.stderr is not None and sys.stderr.isatty()


def choose(question: str, answers: Mapping[str, str]) -> str:
    """Ask for one of several answers, by its number or its name.

    :param answers: each answer's name, and how it reads.
    :returns: the name.
    :raises Unanswered: when the person gives up.
    """
    say(question)
    for number, label in enumerate(answers.values(), start=1):
        say(f"  {number}. {label}")
    names = {str(number): name for number, name in enumerate(answers, start=1)}
    names |= {name: name for name in answers}

    def check(text: str) -> str:
        if text not in names:
            raise ParameterError(f"answer with a number from 1 to {len(answers)}")
        return names[text]

    return ask(f"1 to {len(answers)}", check)


def ask(question: str, check: Callable[[str], T]) -> T:
    """Ask until the answer passes ``check``, which raises ``ParameterError`` with the rule in words.

    :raises Unanswered: when the person gives up.
    """
    while True:
        try:
            return check(read_line(f"{question}: ").strip())
        except ParameterError as error:
            say(f"  {error}")


def ask_rule(question: str, name: str, rule: str | None = None) -> str:
    """Ask for a value that follows a documented rule.

    :param name: what the value is called, and its rule unless ``rule`` is given.
    """
    return ask(question, lambda text: str(check_value(RULES[rule or name], name, text)))


def read_line(question: str) -> str:
    """What is typed after a question until Enter, as it is.

    :raises Unanswered: after Ctrl-C, and at the end of the input.
    """
    with nothing_sent_yet():
        say(question, end="")
        line = sys.stdin.buffer.readline()
    if not line.endswith(b"\n"):
        say("")
        raise Unanswered(2)
    return line[:-1].decode("utf-8", "replace")


@contextmanager
def nothing_sent_yet() -> Iterator[None]:
    """Around what comes before the first byte is sent: Ctrl-C here means that nothing was.

    :raises Unanswered: after Ctrl-C.
    """
    try:
        yield
    except KeyboardInterrupt:
        say("")
        raise Unanswered(130) from None
