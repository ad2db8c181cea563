"""One run of ``bingx-account``: where it goes, with whose key, and how its result is wanted."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from bingx_client.account import asking, menus
from bingx_client.account.masking import (
    KEY_VARIABLE,
    SECRET_VARIABLE,
    from_environment,
    masked_key,
    masked_secret,
)
from bingx_client.account.options import usage_error
from bingx_client.account.showing import Shown
from bingx_client.account.speaking import OutputFailed, say, write
from bingx_client.wire.environments import ENVIRONMENTS, BaseUrls, is_simulated, moves_real_money

if TYPE_CHECKING:
    from bingx_client.client import Client


class CredentialsMissing(Exception):
    """The environment has no key, or no secret."""


class Session:
    """What the options and the person at the terminal decided.

    :ivar given: the options that every command takes, by name.
    :ivar in_flight: whether a write was begun of which nobody was told yet what became of it.
    :ivar is_told_to_end: whether somebody wants the process to end, whatever has become of the interruption.
    """

    def __init__(self) -> None:
        self.given: dict[str, Any] = {}
        self.in_flight = False
        self.is_told_to_end = False
        self._env = ""
        self._is_introduced = False

    def begin(self, *missing: str) -> None:
        """See to everything that has to be known before the first question.

        :param missing: the options that the command needs and did not get.
        :raises CredentialsMissing: before anything is asked.
        :raises click.UsageError: when there is nobody to ask for what is missing.
        """
        absent = [name for name in (KEY_VARIABLE, SECRET_VARIABLE) if not from_environment(name)]
        if absent:
            raise CredentialsMissing(f"{' and '.join(absent)} must be set in the environment.")
        env = _environment(self.given.get("env"), self.given.get("base_urls"))
        options = ["--env", *missing] if env is None else [*missing]
        if options and not asking.at_terminal():
            raise usage_error(f"missing {', '.join(options)}; there is no terminal to ask at")
        if env is None:
            env = asking.choose("Which environment?", menus.ENVIRONMENTS)
        self._env = env
        if missing:
            self.introduce()

    @property
    def base_urls(self) -> BaseUrls:
        """Where requests go."""
        given: BaseUrls | None = self.given.get("base_urls")
        return given or ENVIRONMENTS[self._env]

    @property
    def credentials(self) -> str:
        """Key and secret, masked."""
        key, secret = from_environment(KEY_VARIABLE), from_environment(SECRET_VARIABLE)
        return f"key {masked_key(key)}, secret {masked_secret(secret)}"

    @property
    def target(self) -> list[str]:
        """The options that make another command go to the same place."""
        given: BaseUrls | None = self.given.get("base_urls")
        return ["--env", self._env, *(["--base-urls", ",".join(given)] if given else [])]

    def introduce(self) -> None:
        """Tell the person at the terminal, once, where this goes and with whose key."""
        if not self._is_introduced:
            self._is_introduced = True
            hosts = " and ".join(urlsplit(url).netloc for url in self.base_urls)
            say(f"{self._env} at {hosts}, {self.credentials}")

    def client(self, *, deadline: float | None = None) -> "Client":
        """A client for this run.

        :param deadline: seconds that a write may take in all.
        """
        from bingx_client.account.driver import PatientDriver
        from bingx_client.client import Client

        return Client(
            self._env,
            from_environment(KEY_VARIABLE),
            from_environment(SECRET_VARIABLE),
            base_urls=self.given.get("base_urls"),
            confirm=self._confirm,
            deadline=deadline,
            driver=PatientDriver(),
        )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around a write: should anything end it in between, nobody may believe that it did not happen."""
        self.in_flight = True
        yield

    def show(self, shown: Shown) -> None:
        """Write a result to stdout, and what there is to say about it to stderr.

        :raises OutputFailed: when stdout does not take it; what a write did is then part of the message.
        :raises KeyboardInterrupt: when the process was told to end, and Python let nothing out: so it is in
            whatever it runs by itself, such as closing a connection that nobody needs any more.
        """
        if self.is_told_to_end:
            raise KeyboardInterrupt
        if shown.remark is not None:
            say(shown.remark)
        try:
            write(shown.as_json() if self.given.get("as_json") else shown.as_table())
        except OutputFailed as error:
            done = "" if shown.done is None else f"; this was done: {shown.done}"
            raise OutputFailed(f"{error}{done}", is_closed_pipe=error.is_closed_pipe) from error
        self.in_flight = False

    def _confirm(self, sentence: str) -> str:
        """Ask for the word CONFIRM; without a person who sees the question there is no answer."""
        if not asking.can_confirm():
            return ""
        with asking.nothing_sent_yet():
            self.introduce()
            say(sentence)
            return asking.read_line("This moves real money. Type CONFIRM to send it: ")


def _environment(env: str | None, base_urls: BaseUrls | None) -> str | None:
    """The environment's name, or None where nothing says which.

    Given base URLs say it themselves: the live rules follow the hosts.

    :raises click.UsageError: when both are given and contradict each other.
    """
    if base_urls is None:
        return env
    is_live = moves_real_money(base_urls)
    if env is None:
        return "prod-live" if is_live else "prod-vst"
    if (env == "prod-vst" and is_live) or (env == "prod-live" and is_simulated(base_urls)):
        raise usage_error(f"--env {env} contradicts --base-urls {','.join(base_urls)}")
    return env
