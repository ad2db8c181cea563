"""``bingx-fake variations``, ``assumptions``, ``adopt``: the contract's doubts, and what a live run said."""

import json
from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from bingx_contracts import ASSUMPTIONS, VARIATIONS
from bingx_contracts.rendering import assumptions as page_of_assumptions
from bingx_contracts.rendering import groups as page_of_groups
from bingx_contracts.rendering import register
from bingx_fake.profiles.adoption import AdoptionError, adopt, adopted_profiles, keep, read_report
from bingx_fake.profiles.choice import DEFAULT_PROFILE, Profile, ProfileError, choose


@click.command(
    epilog="""
\b
Examples:
  bingx-fake variations --profile skill
  bingx-fake variations --json
  bingx-fake variations --markdown > variations.md
"""
)
@click.option("--profile", default=DEFAULT_PROFILE, show_default=True, help="Whose answers to show.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the whole register as a page.")
def variations(profile: str, as_json: bool, as_markdown: bool) -> None:
    """Print where BingX's documents disagree, and what a profile answers."""
    try:
        chosen = choose(profile, adopted=adopted_profiles)
    except (ProfileError, AdoptionError) as error:
        raise click.ClickException(str(error)) from None
    if as_markdown:
        click.echo(register.markdown(), nl=False)
    elif as_json:
        click.echo(json.dumps(_document(chosen), indent=1))
    else:
        _print(chosen)


@click.command(
    epilog="""
\b
Examples:
  bingx-fake assumptions
  bingx-fake assumptions --json
  bingx-fake assumptions --markdown > assumptions.md
"""
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print everything that is ours as a page.")
def assumptions(as_json: bool, as_markdown: bool) -> None:
    """Print what no document says and the exchange does all the same."""
    if as_markdown:
        click.echo(page_of_assumptions.markdown(), nl=False)
    elif as_json:
        click.echo(
            json.dumps({known.id: msgspec.to_builtins(known) for known in ASSUMPTIONS.values()}, indent=1)
        )
    else:
        table = _table("id", "says", "because", "documents")
        for known in ASSUMPTIONS.values():
            table.add_row(known.id, known.says, known.reason, known.source)
        Console(soft_wrap=False).print(table)


@click.command(
    epilog="""
\b
Examples:
  bingx-fake groups
  bingx-fake groups --json
  bingx-fake groups --markdown > groups.md
"""
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print every group as a page.")
def groups(as_json: bool, as_markdown: bool) -> None:
    """Print which endpoints there are, what documents disagree about of each, and what is ours."""
    if as_markdown:
        click.echo(page_of_groups.markdown(), nl=False)
        return
    rows = [
        (endpoint, page_of_groups.differing(endpoint), page_of_groups.ours(endpoint))
        for endpoints in page_of_groups.groups().values()
        for endpoint in endpoints
    ]
    if as_json:
        found = {
            endpoint.id: {
                "method": endpoint.method,
                "path": endpoint.path,
                "title": endpoint.title,
                "permission": endpoint.permission,
                "differs": differs,
                "ours": ours,
            }
            for endpoint, differs, ours in rows
        }
        click.echo(json.dumps(found, indent=1))
    else:
        for endpoint, differs, ours in rows:
            route = f"{endpoint.method} {endpoint.path}"
            click.echo(f"{endpoint.id:<36} {route:<64} {' '.join(differs + ours)}".rstrip())


@click.command(
    name="adopt",
    epilog="""
\b
Examples:
  bingx-fake adopt vst.json
  bingx-fake adopt vst.json --json
""",
)
@click.argument("report", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the profile as JSON.")
def adopt_report(report: Path, as_json: bool) -> None:
    """Make the profile "vst" of REPORT, written by pytest --bingx-env vst --bingx-report REPORT.json."""
    try:
        profile = adopt(read_report(report))
        path = keep(profile)
    except AdoptionError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"the profile cannot be kept: {error}") from None
    if as_json:
        click.echo(json.dumps({"name": profile.name, "source": profile.source, "answers": profile.answers}))
        return
    click.echo(f"profile {profile.name!r} ({profile.source}) is kept in {path}", err=True)
    for variation_id in profile.met:
        click.echo(
            f"{variation_id:<4} {profile.answers[variation_id]:<24} {VARIATIONS[variation_id].question}"
        )
    click.echo(f"bingx-fake serve --profile {profile.name} answers so from now on", err=True)


def _document(profile: Profile) -> dict[str, object]:
    return {
        variation.id: {
            "question": variation.question,
            "side": variation.side,
            "answer": profile.answers.get(variation.id),
            "answers": {answer.name: answer.source for answer in variation.answers},
            "copes": variation.copes,
            "served_by": variation.served_by,
        }
        for variation in VARIATIONS.values()
    }


def _print(profile: Profile) -> None:
    table = _table("id", "question", profile.name, "documented answers")
    for variation in VARIATIONS.values():
        answers = "; ".join(f"{answer.name} ({answer.source})" for answer in variation.answers)
        table.add_row(variation.id, variation.question, profile.answers.get(variation.id, "-"), answers)
    Console(soft_wrap=False).print(table)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
