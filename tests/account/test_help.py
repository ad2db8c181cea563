"""What ``bingx-account`` says about itself, and that its examples work."""

import shlex

import pytest
from account.conftest import Run
from account.programs import Done, run_process

from bingx_client.account.command import account, main

COMMANDS = list(account.commands)


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> Done:
    code = main([command, "--help"])
    return Done(code, *capsys.readouterr())


def examples_in(text: str) -> list[list[str]]:
    """The commands below ``Examples:``, with continued lines joined."""
    lines = text.partition("Examples:\n")[2].replace("\\\n", " ").splitlines()
    return [shlex.split(line)[1:] for line in lines if line.strip().startswith("bingx-account ")]


def test_there_are_the_seven_commands() -> None:
    assert set(COMMANDS) == {
        "balance",
        "overview",
        "transfer",
        "records",
        "coins",
        "inner-transfer",
        "inner-records",
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_help_needs_no_credentials_and_shows_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = help_of(command, capsys)
    assert (code, err) == (0, "")
    assert examples_in(out)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_example_in_the_help_works(command: str, run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    for example in examples_in(help_of(command, capsys).out):
        assert run(*example).code == 0, example


def test_the_examples_of_the_whole_work(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    examples = examples_in(capsys.readouterr().out)
    assert len(examples) == 3
    for example in examples:
        assert run(*example).code == 0, example


def test_the_installed_command_knows_its_version() -> None:
    code, out, err = run_process("--version", environment={})
    assert (code, err) == (0, "")
    assert out.startswith("bingx-account, version ")
