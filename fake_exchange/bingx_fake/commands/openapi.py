"""``bingx-fake openapi``."""

import json

import click

from bingx_fake.profiles.adoption import AdoptionError, adopted_profiles
from bingx_fake.profiles.choice import DEFAULT_PROFILE, ProfileError, choose, read_vary


@click.command(
    epilog="""
\b
Examples:
  bingx-fake openapi > openapi.json
  bingx-fake openapi --profile docs-site --vary V14=int --json
  bingx-fake openapi --group swap_trade > swap_trade.json
  bingx-fake openapi --streams > asyncapi.json
"""
)
@click.option(
    "--profile", default=DEFAULT_PROFILE, show_default=True, help="Whose contract, where documents disagree."
)
@click.option(
    "--vary",
    multiple=True,
    metavar="V=ANSWER",
    help="One departure from the profile, such as V7=data.assets; may be given again.",
)
@click.option("--group", metavar="NAME", help="Only the endpoints of one group, such as spot_trade.")
@click.option("--streams", is_flag=True, help="The streams, as an AsyncAPI 3.0 document.")
@click.option("--json", "as_json", is_flag=True, help="All on one line.")
def openapi(profile: str, vary: tuple[str, ...], group: str | None, streams: bool, as_json: bool) -> None:
    """Print the contract as an OpenAPI 3.1 document, or its streams as an AsyncAPI 3.0 document."""
    from bingx_contracts.rendering import asyncapi, openapi  # their facts are needed here alone

    try:
        chosen = choose(profile, read_vary(vary), adopted=adopted_profiles)
    except (ProfileError, AdoptionError) as error:
        raise click.ClickException(str(error)) from None
    if streams:
        if group is not None:
            raise click.UsageError("--group is about endpoints, and --streams prints none: give one of them")
        document = asyncapi.render(chosen.name, chosen.answers)
    else:
        try:
            document = openapi.render(chosen.name, chosen.answers, group)
        except ValueError as error:
            raise click.ClickException(str(error)) from None
    click.echo(json.dumps(document, indent=None if as_json else 2))
